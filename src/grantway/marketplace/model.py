"""A listing, its ratings, and where a page of a list ends."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from grantway.integrations.model import PRICES, initials, tone

PAGE = 24
"""Listings on a page: it divides into rows of two, three and four."""
MOST_COUNTED = 100
"""Listings that a search counts: to look at so many costs next to nothing."""
STARS = (1, 2, 3, 4, 5)

# Nobody's mean is believed before some have rated: it starts as if so many had given so much.
_ASSUMED_RATINGS = 5
_ASSUMED_STARS = 3.5
_THOUSANDTHS = 1000


class Tile(msgspec.Struct, frozen=True):
    """A listing as lists show it. *icon* and *logo* name pictures by their content hash.

    *installs* is as counted last. *published_at* is when it was first published.
    """

    number: int
    client_id: str
    language: str
    category: str
    name: str
    short_description: str
    icon: str
    logo: str
    owner_name: str
    has_widget: bool
    price: str
    is_featured: bool
    published_at: int
    installs: int
    rating_sum: int
    rating_count: int
    rank: int

    @property
    def place(self) -> Place:
        """Where it stands in lists."""
        return Place(0, self.rank, self.number)

    @property
    def is_paid(self) -> bool:
        """Whether users pay for it, somewhere else."""
        return self.price != PRICES[0]

    @property
    def stars(self) -> float | None:
        """The mean of its ratings; None before there is one."""
        return round(self.rating_sum / self.rating_count, 1) if self.rating_count else None

    @property
    def initials(self) -> str:
        """One or two letters for its icon, should it have no picture."""
        return initials(self.name)

    @property
    def tone(self) -> int:
        """The number of its icon's colour."""
        return tone(self.client_id)


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What only a listing's own page shows.

    *is_approved* says whether moderators approved it, or the operator published it alone.
    """

    is_approved: bool = True
    description: str = ""
    instructions: str = ""
    owner_uri: str = ""
    privacy_uri: str = ""
    support_uri: str = ""
    support_email: str = ""
    gallery: tuple[str, ...] = ()


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A listing as its own page shows it.

    *has_widget* says whether it is installed here, or on the integrator's site.
    *updated_at* is when the version that is shown was published. *languages* are
    all those in which it is listed, *by_stars* how many gave so many stars.
    """

    tile: Tile
    details: Details
    updated_at: int
    languages: tuple[str, ...]
    by_stars: Mapping[int, int]


class Listed(msgspec.Struct, frozen=True):
    """That an integration is listed in a language, since when as it is now."""

    client_id: str
    language: str
    updated_at: int


class Page(msgspec.Struct, frozen=True):
    """Some listings of a list; *after* leads to the next ones and is empty at the end.

    *found* is how many a search found in all, told with its first page; beyond
    MOST_COUNTED nobody counted on.
    """

    tiles: list[Tile]
    after: str = ""
    found: int | None = None


class Place(msgspec.Struct, frozen=True):
    """Where a listing stands in a list: what lists are ordered by, the highest first.

    *points* say how well it matches a search, and are 0 elsewhere.
    """

    points: int
    rank: int
    number: int

    @classmethod
    def read(cls, text: str) -> Place:
        """Return the place that *text* names; that before all others when it names none.

        It comes back from a browser. Whatever somebody makes of it, it is no
        more than a place in a list that they may see.
        """
        if not _PLACE.fullmatch(text):
            return _BEFORE_ALL
        return cls(*map(int, text.split(".")))

    def __str__(self) -> str:
        """Write it for an address.

        >>> place = Place(160, 35_000_000_000_012, 7)
        >>> str(place)
        '160.35000000000012.7'
        >>> Place.read(str(place)) == place
        True
        """
        return f"{self.points}.{self.rank}.{self.number}"


_PLACE = re.compile(r"[0-9]{1,18}\.[0-9]{1,18}\.[0-9]{1,18}")
_BEFORE_ALL = Place(2**62, 2**62, 2**62)


class Rating(msgspec.Struct, frozen=True):
    """What a user thinks of an integration, and what its integrator says to that.

    *language* is the author's. *removed_reason* is known to its author and to moderators.
    """

    client_id: str
    id: int
    user_id: int
    author: str
    language: str
    stars: int
    text: str
    rated_at: int
    changed_at: int | None
    answer: str | None
    answered_at: int | None
    removed_at: int | None
    removed_reason: str | None


class Ratings(msgspec.Struct, frozen=True):
    """Some ratings, the newest first; *before_id* leads to older ones."""

    ratings: list[Rating]
    before_id: int | None = None


class Day(msgspec.Struct, frozen=True):
    """How many installations began and ended on a day of UTC, by users of one language."""

    day: str
    language: str
    installs: int
    uninstalls: int


def score_of(rating_sum: int, rating_count: int) -> int:
    """Return the mean of ratings by which listings are ordered, in thousandths of a star.

    Few ratings hardly move it from where all begin, so one friend's five stars
    do not lead the list:

    >>> score_of(0, 0), score_of(5, 1), score_of(480, 100)
    (3500, 3750, 4738)
    """
    total = rating_sum + _ASSUMED_RATINGS * _ASSUMED_STARS
    return round(_THOUSANDTHS * total / (rating_count + _ASSUMED_RATINGS))
