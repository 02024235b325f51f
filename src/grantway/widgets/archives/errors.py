"""What can go wrong with an archive."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.kernel.errors import Invalid
from grantway.widgets.archives.model import ArchiveFault


class ArchiveRefused(Invalid):
    """An archive cannot be kept; *faults* says all that stands against it."""

    def __init__(self, faults: Sequence[ArchiveFault]) -> None:
        super().__init__("Widget archive is not valid")
        self.faults = tuple(faults)
