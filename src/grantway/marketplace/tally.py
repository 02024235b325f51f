"""What the ratings of an integration add up to."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.marketplace import listing_store, rating_store
from grantway.marketplace.model import score_of


class Tally(msgspec.Struct, frozen=True):
    """The sum of all stars, how many gave them, and the mean that listings are ordered by."""

    rating_sum: int
    rating_count: int

    @property
    def score(self) -> int:
        return score_of(self.rating_sum, self.rating_count)


async def tally(reader: Reader, client_id: str) -> Tally:
    """Add up the ratings that count. Always anew, so that no error stays in a sum for good."""
    given = await rating_store.count_by_stars(reader, client_id)
    return Tally(sum(one.stars * one.ratings for one in given), sum(one.ratings for one in given))


async def add_up(tx: Transaction, client_id: str) -> None:
    """Store with the listings what the ratings add up to now; the caller holds the integration."""
    found = await tally(tx, client_id)
    await listing_store.rate(
        tx,
        client_id,
        rating_sum=found.rating_sum,
        rating_count=found.rating_count,
        score=found.score,
    )
    await listing_store.rank(tx, [client_id])
