"""What a check needs to know beside the content, taken from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grantway.db import Reader
from grantway.integrations.rules import CallRules
from grantway.kernel.addresses import Addresses
from grantway.moderation import store
from grantway.moderation.checks.model import Surroundings
from grantway.moderation.model import Version
from grantway.pictures import service as pictures
from grantway.widgets import service as widgets
from grantway.widgets.archives.model import Archive

PRODUCT = "Grantway"


def host_names_of(addresses: Addresses) -> Sequence[str]:
    """Return what the platform is called: the product, and the name of its domain.

    >>> host_names_of(Addresses("https", "crm.parcels.co.uk", 443))
    ['Grantway', 'parcels']
    >>> host_names_of(Addresses("http", "localhost", 8000))
    ['Grantway']
    >>> host_names_of(Addresses("https", "grantway.test", 443))
    ['Grantway']
    """
    *labels, _ = addresses.root.split(".")
    # Second levels that are given out, such as co.uk, are short; a name hardly ever is.
    names = [label for label in labels if len(label) > len("com")] or labels
    return [PRODUCT, *(one for one in names[-1:] if one != PRODUCT.lower())]


async def surroundings_of(
    reader: Reader,
    version: Version,
    addresses: Addresses,
    *,
    rules: CallRules | None = None,
    alike: Mapping[str, Sequence[str]] | None = None,
) -> Surroundings:
    """Return what is known around a version; whoever searches listings hands in those *alike*.

    Its archive is not among that: it may have 60 MiB, and `archive_of` loads it.
    """
    content = version.content
    of_others: Sequence[str] = ()
    if content.archive:
        of_others = await widgets.published_elsewhere(reader, version.account_id, content.archive)
    before = await store.in_force(reader, version.account_id, version.client_id)
    is_another = before is not None and before.number != version.number
    used = {name for one in content.presentations for name in one.pictures}
    return Surroundings(
        pictures=await pictures.facts(reader, used),
        published_hash=before.content_hash if before is not None and is_another else None,
        alike=alike or {},
        host_names=host_names_of(addresses),
        rules=rules,
        archive_of_others=of_others,
    )


async def archive_of(reader: Reader, version: Version) -> Archive | None:
    """Return the archive that a version has, with all its files; None when it has none."""
    content_hash = version.content.archive
    if not content_hash:
        return None
    return await widgets.load(reader, version.account_id, version.client_id, content_hash)
