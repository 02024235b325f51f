"""What can go wrong in the Marketplace."""

from __future__ import annotations

from collections.abc import Iterable

from grantway.kernel.errors import Forbidden, Invalid, NotFound, Unprocessable


class ListingNotFound(NotFound):
    """Nothing of this name is listed in this language, or it must not be seen (S-154)."""

    def __init__(self) -> None:
        super().__init__("There is no such listing")


class CategoryUnknown(Invalid):
    """There is no such category."""

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(f"category: choose one of {', '.join(known)}")
        self.problems = {"category": f"choose one of {', '.join(known)}"}


class RatingNotFound(NotFound):
    """There is no such rating, or it was removed."""

    def __init__(self) -> None:
        super().__init__("There is no such rating")


class RatingRefused(Invalid):
    """A rating or an answer cannot be stored as it is; *problems* says why, by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in problems.items()))
        self.problems = problems


class RatingRemoved(Unprocessable):
    """A moderator removed this user's rating; it is not written anew."""

    def __init__(self) -> None:
        super().__init__("A moderator removed your rating of this integration; it stays as it is")


class NotInPerson(Forbidden):
    """Users rate in person: neither an integration nor the operator does it for them."""

    def __init__(self) -> None:
        super().__init__("Only a user in person may do this")


class NotInstalledHere(Forbidden):
    """Only those who have an integration know what it is worth."""

    def __init__(self) -> None:
        super().__init__("Only accounts that have this integration installed may rate it")


class OwnListing(Forbidden):
    """Nobody rates what their own account made."""

    def __init__(self) -> None:
        super().__init__("You belong to the account that made this integration")
