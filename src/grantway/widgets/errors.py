"""What can go wrong with widgets."""

from __future__ import annotations

from grantway.kernel.errors import Conflict, Invalid


class ArchiveUnknown(Invalid):
    """The integration has no such archive, or it was removed because nothing used it."""

    def __init__(self) -> None:
        super().__init__("This archive is not stored, or is not any more; upload it again")


class TooMuchStored(Conflict):
    """The widgets of an account have as many bytes as they may have together."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The widgets of this account have more than {most // 2**20:,} MiB together. What "
            "nothing uses any more is removed after a day"
        )
