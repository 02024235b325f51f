"""Ratings as they are read by those who may answer them, and what a user gave so far."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from grantway.accounts.actor import Actor
from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.marketplace import rating_store
from grantway.marketplace.model import STARS, Ratings
from grantway.marketplace.rating_store import Given
from grantway.marketplace.ratings import PAGE

__all__ = ["Given", "Received", "given", "page", "sum_up", "unanswered"]

_NEWEST = 2**62


class Received(msgspec.Struct, frozen=True):
    """How many gave so many stars, the best first, and how many have no answer."""

    by_stars: Mapping[int, int]
    unanswered: int

    @property
    def count(self) -> int:
        return sum(self.by_stars.values())

    @property
    def mean(self) -> float | None:
        """The mean; None before there is a rating."""
        total = sum(stars * amount for stars, amount in self.by_stars.items())
        return round(total / self.count, 1) if self.count else None


async def page(
    reader: Reader,
    actor: Actor,
    client_id: str,
    *,
    unanswered_only: bool = False,
    before_id: int | None = None,
    limit: int = PAGE,
) -> Ratings:
    """Return what users think of an own integration, listed or not, the newest first.

    For administrators of the account that made it. Raises Forbidden, IntegrationNotFound.
    """
    await integrations.get_own(reader, actor, client_id)
    found = await rating_store.list_ratings(
        reader,
        client_id,
        before_id or _NEWEST,
        limit + 1,
        removed_too=False,
        unanswered_only=unanswered_only,
    )
    shown = found[:limit]
    return Ratings(shown, shown[-1].id if len(found) > limit else None)


async def sum_up(reader: Reader, actor: Actor, client_id: str) -> Received:
    """Return what the ratings of an own integration add up to. For administrators.

    Raises Forbidden, IntegrationNotFound.
    """
    await integrations.get_own(reader, actor, client_id)
    counted = await rating_store.count_by_stars(reader, client_id)
    amounts = {one.stars: one.ratings for one in counted}
    return Received(
        {stars: amounts.get(stars, 0) for stars in reversed(STARS)},
        await rating_store.count_unanswered_of(reader, client_id),
    )


async def unanswered(reader: Reader, actor: Actor, client_id: str) -> int:
    """Return how many ratings of an own integration have no answer. For administrators.

    Raises Forbidden, IntegrationNotFound.
    """
    await integrations.get_own(reader, actor, client_id)
    return await rating_store.count_unanswered_of(reader, client_id)


async def given(reader: Reader, actor: Actor) -> dict[str, Given]:
    """Return by client id what the actor may rate in their account or rated, and what they gave."""
    actor.must_administer()
    found = await rating_store.list_given(reader, actor.account_id, actor.user_id)
    return {one.client_id: one for one in found}
