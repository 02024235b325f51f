"""The checklist on a stored version, names of other listings included (rules N5, S-152)."""

from __future__ import annotations

from grantway.db import Reader
from grantway.integrations.rules import CallRules
from grantway.kernel.addresses import Addresses
from grantway.marketplace import search
from grantway.moderation.checks.checklist import check_version
from grantway.moderation.checks.gathering import surroundings_of
from grantway.moderation.checks.model import Report
from grantway.moderation.checks.names import without_maker
from grantway.moderation.model import Version


async def report_on(
    reader: Reader, version: Version, addresses: Addresses, rules: CallRules | None = None
) -> Report:
    """Return what the machine finds in a stored version."""
    content = version.content
    alike = {}
    for one in content.presentations:
        # Makers' names are alike in all that they make.
        name = without_maker(one.name, one.language, content.owner_name)
        alike[one.language] = await search.names_like(reader, one.language, name, version.client_id)
    around = await surroundings_of(reader, version, addresses, rules=rules, alike=alike)
    return check_version(version, around)
