"""What can go wrong with pictures."""

from __future__ import annotations

from collections.abc import Iterable

from grantway.kernel.errors import Conflict, Invalid


class PictureRefused(Invalid):
    """A file cannot become a picture; *field* is the kind it was meant for."""

    def __init__(self, field: str, expected: str, came: str, *, why: str = "") -> None:
        super().__init__(f"{field}: expected {expected}, and {came} came", why=why)
        self.field = field
        self.expected = expected
        self.came = came


class PictureUnknown(Invalid):
    """The account has no such pictures, or they were removed because nothing used them."""

    def __init__(self, hashes: Iterable[str]) -> None:
        super().__init__("A picture is not stored, or is not any more; upload it again")
        self.hashes = frozenset(hashes)


class TooManyPictures(Conflict):
    """An account has as many pictures that nothing uses as it may have."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"This account has {most} pictures that no version uses; they are removed after a day"
        )
