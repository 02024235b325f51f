"""An archive, what its manifest says, and what may be wrong with both.

Contract: widgets-and-marketplace.md 2.2 to 2.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

_MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much an archive may hold, counted on what really comes out of it."""

    packed: int = 20 * _MIB
    unpacked: int = 60 * _MIB
    files: int = 2_000
    file: int = 10 * _MIB
    ratio: int = 100
    path: int = 200


LIMITS = Limits()


class ArchiveFault(msgspec.Struct, frozen=True):
    """One thing that is wrong, and where: a file of the archive, and a line of it if there is one.

    *path* is empty for what concerns the archive as a whole.
    """

    code: str
    path: str
    detail: str
    line: int = 0


class SettingField(msgspec.Struct, frozen=True):
    """A field of the widget's form. *name* is a path into its texts, as `settings.login`."""

    code: str
    name: str
    type: str
    is_required: bool = False


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What `manifest.json` says; *raw* is all of it, known or not.

    *locations* name their areas with a suffix: `lcard-1` has a panel, `lcard-0`
    and `everywhere-0` have none. Texts are paths into the files of i18n.
    """

    raw: Mapping[str, Any]
    name: str = ""
    description: str = ""
    short_description: str = ""
    version: str = ""
    interface_version: int = 2
    init_once: bool = False
    locale: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    installation: bool = True
    is_showcase: bool = False
    settings: tuple[SettingField, ...] = ()
    support_link: str = ""
    support_email: str = ""

    @property
    def areas(self) -> frozenset[str]:
        """Where it runs, whether with a panel or without.

        >>> sorted(Manifest(raw={}, locations=("lcard-1", "everywhere-0")).areas)
        ['everywhere', 'lcard']
        """
        return frozenset(one.rpartition("-")[0] for one in self.locations)


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """An archive that can be kept: *files* by their paths from its root, `/` between the parts.

    *texts* are the documents of i18n, by language, for each language of the
    manifest. *hash* names the files that are kept, and *digests* their contents,
    by path: SHA-256 in hex. *warnings* keep nobody from loading it.
    """

    files: Mapping[str, bytes]
    manifest: Manifest
    texts: Mapping[str, Mapping[str, Any]]
    hash: str
    digests: Mapping[str, str] = {}
    warnings: tuple[ArchiveFault, ...] = ()
