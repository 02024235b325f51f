"""What becomes of an archive: it is kept, or refused for what is wrong with it."""

import pytest

from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import LIMITS, Archive, Limits
from grantway.widgets.archives.reading import read_archive


def refused(raw: bytes, limits: Limits = LIMITS) -> list[tuple[str, str]]:
    """Return code and path of each fault."""
    with pytest.raises(ArchiveRefused) as caught:
        read_archive(raw, limits)
    return [(fault.code, fault.path) for fault in caught.value.faults]


def kept(raw: bytes, limits: Limits = LIMITS) -> Archive:
    return read_archive(raw, limits)
