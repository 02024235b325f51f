"""Ratings: who may give one, the integrator's answer, and what a moderator removes.

Contract: widgets-and-marketplace.md 7. Users rate in person what is installed
in an account that they administer, each once. What it all adds up to is stored
with the listings in the same transaction; whoever rates holds the integration,
so that two at once add up to both.
"""

from __future__ import annotations

from grantway import audit
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.audit import Entry, Event
from grantway.db import Reader, Transaction
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.integrations import states, trials
from grantway.integrations.rules import optional_text_problem, text_problem
from grantway.kernel.errors import Forbidden, NotFound
from grantway.marketplace import listing_store, rating_store
from grantway.marketplace.errors import (
    ListingNotFound,
    NotInPerson,
    NotInstalledHere,
    OwnListing,
    RatingNotFound,
    RatingRefused,
    RatingRemoved,
)
from grantway.marketplace.model import STARS, Rating, Ratings
from grantway.marketplace.tally import add_up
from grantway.moderation import desk
from grantway.moderation.desk import Moderator
from grantway.notices import service as notices
from grantway.notices.model import Kind

MAX_TEXT = 2_000
MAX_REASON = 500
PAGE = 20
_NEWEST = 2**62


async def of_listing(
    reader: Reader, client_id: str, *, before_id: int | None = None, limit: int = PAGE
) -> Ratings:
    """Return what users think of a listed integration, the newest first. Raises ListingNotFound."""
    await _must_be_listed(reader, client_id)
    return await _page(reader, client_id, before_id, limit, removed_too=False)


async def for_moderator(
    reader: Reader,
    moderator: Moderator,  # noqa: ARG001 - proof that a moderator asks
    client_id: str,
    *,
    before_id: int | None = None,
    limit: int = PAGE,
) -> Ratings:
    """Return the same with what was removed, and why, listed or not."""
    return await _page(reader, client_id, before_id, limit, removed_too=True)


async def own(reader: Reader, actor: Actor, client_id: str) -> Rating | None:
    """Return what the actor gave, though it was removed or its listing is seen no more.

    Raises ListingNotFound when they gave nothing and it is not listed.
    """
    mine = await rating_store.find_of_user(reader, client_id, actor.user_id)
    if mine is None:
        await _must_be_listed(reader, client_id)
    return mine


async def unanswered(reader: Reader, actor: Actor) -> int:
    """Return how many ratings of the account's integrations have no answer. For administrators."""
    actor.must_administer()
    return await rating_store.count_unanswered(reader, actor.account_id)


async def unanswered_by_integration(reader: Reader, actor: Actor) -> dict[str, int]:
    """Return the same by integration, without those that have none. For administrators."""
    actor.must_administer()
    found = await rating_store.list_unanswered(reader, actor.account_id)
    return {one.client_id: one.ratings for one in found}


async def may_rate(reader: Reader, actor: Actor, client_id: str) -> bool:
    """Tell whether the form is to be shown to the actor."""
    try:
        await must_rate(reader, actor, client_id)
        mine = await rating_store.find_of_user(reader, client_id, actor.user_id)
    except (Forbidden, NotFound):
        return False
    return mine is None or mine.removed_at is None


async def must_rate(reader: Reader, actor: Actor, client_id: str) -> None:
    """Raise unless the actor may rate it, but for what a moderator removed.

    Raises Forbidden, NotInPerson, ListingNotFound, NotInstalledHere, OwnListing.
    """
    _must_be_in_person(actor)
    actor.must_administer()
    await _must_be_listed(reader, client_id)
    made_by = (await integrations.of_any_account(reader, client_id)).account_id
    # In whatever account they come: who works for the integrator does not judge the integrator.
    if await accounts.find_member(reader, made_by, actor.user_id) is not None:
        raise OwnListing
    if await trials.among(reader, [actor.account_id]):
        raise NotInstalledHere
    if await installations.live_installation(reader, actor.account_id, client_id) is None:
        raise NotInstalledHere


async def rate(
    tx: Transaction, actor: Actor, client_id: str, *, stars: int, text: str, now: int
) -> Rating:
    """Store what the actor thinks, in place of what they thought before.

    For administrators of accounts that have it installed. Raises Forbidden,
    NotInPerson, ListingNotFound, NotInstalledHere, OwnListing, RatingRemoved,
    RatingRefused.
    """
    problems = {}
    if stars not in STARS:
        problems["stars"] = f"give {STARS[0]} to {STARS[-1]} stars"
    if problem := optional_text_problem(text, MAX_TEXT, lines=True):
        problems["text"] = problem
    await states.hold(tx, client_id)
    await must_rate(tx, actor, client_id)
    if problems:
        raise RatingRefused(problems)
    before = await rating_store.find_of_user(tx, client_id, actor.user_id)
    if not await rating_store.put(
        tx,
        client_id,
        account_id=actor.account_id,
        user_id=actor.user_id,
        stars=stars,
        text=text.strip(),
        now=now,
    ):
        raise RatingRemoved
    await add_up(tx, client_id)
    event = Event.LISTING_RATED if before is None else Event.LISTING_RATING_CHANGED
    rating = await rating_store.find_of_user(tx, client_id, actor.user_id)
    if rating is None:
        raise RatingNotFound
    await audit.record(tx, actor.did(event, at=now, subject=f"{client_id} {rating.id}"))
    made = await integrations.of_any_account(tx, client_id)
    await notices.tell_administrators(
        tx,
        made.account_id,
        Kind.LISTING_RATED if before is None else Kind.LISTING_RATING_CHANGED,
        now,
        facts={"integration": made.name, "stars": str(stars), "quote": text},
        path=f"integrations/{client_id}/ratings",
    )
    return rating


async def delete(tx: Transaction, actor: Actor, client_id: str, now: int) -> bool:
    """Delete the actor's own rating; False when there is none, or a moderator removed it.

    Also after it was uninstalled, and though it is listed no more. Raises NotInPerson.
    """
    _must_be_in_person(actor)
    await states.hold(tx, client_id)
    rating = await rating_store.find_of_user(tx, client_id, actor.user_id)
    if rating is None or not await rating_store.delete(tx, client_id, actor.user_id):
        return False
    await add_up(tx, client_id)
    await audit.record(
        tx,
        actor.did(Event.LISTING_RATING_DELETED, at=now, subject=f"{client_id} {rating.id}"),
    )
    return True


async def answer(
    tx: Transaction, actor: Actor, client_id: str, rating_id: int, text: str, now: int
) -> None:
    """Store the integrator's one answer to a rating, in place of the one before.

    For administrators of the account that made it. Raises Forbidden,
    NotInPerson, IntegrationNotFound, RatingNotFound, RatingRefused.
    """
    _must_be_in_person(actor)
    await integrations.get_own(tx, actor, client_id)
    if problem := text_problem(text, MAX_TEXT, lines=True):
        raise RatingRefused({"answer": problem})
    if not await rating_store.answer(tx, client_id, rating_id, text.strip(), actor.user_id, now):
        raise RatingNotFound
    subject = f"{client_id} {rating_id}"
    await audit.record(tx, actor.did(Event.LISTING_ANSWERED, at=now, subject=subject))
    await _tell_author(tx, client_id, rating_id, Kind.RATING_ANSWERED, now, quote=text)


async def delete_answer(
    tx: Transaction, actor: Actor, client_id: str, rating_id: int, now: int
) -> bool:
    """Take the answer back; False when there is none.

    For administrators of the account that made it. Raises Forbidden,
    NotInPerson, IntegrationNotFound.
    """
    _must_be_in_person(actor)
    await integrations.get_own(tx, actor, client_id)
    if not await rating_store.delete_answer(tx, client_id, rating_id):
        return False
    subject = f"{client_id} {rating_id}"
    await audit.record(tx, actor.did(Event.LISTING_ANSWER_DELETED, at=now, subject=subject))
    return True


async def remove(
    tx: Transaction, moderator: Moderator, client_id: str, rating_id: int, reason: str, now: int
) -> None:
    """Let a rating be seen no more and count no more; its author reads the reason.

    Raises IntegrationNotFound, OwnIntegration, RatingNotFound, RatingRefused.
    """
    if problem := text_problem(reason, MAX_REASON, lines=True):
        raise RatingRefused({"reason": problem})
    await _moderated(tx, moderator, client_id)
    if not await rating_store.remove(
        tx, client_id, rating_id, reason.strip(), moderator.user_id, now
    ):
        raise RatingNotFound
    await add_up(tx, client_id)
    await _record(tx, moderator, client_id, rating_id, Event.LISTING_RATING_REMOVED, now)
    await _tell_author(tx, client_id, rating_id, Kind.RATING_REMOVED, now, quote=reason)


async def restore(
    tx: Transaction, moderator: Moderator, client_id: str, rating_id: int, now: int
) -> None:
    """Let a removed rating be seen and count again.

    Raises IntegrationNotFound, OwnIntegration, RatingNotFound.
    """
    await _moderated(tx, moderator, client_id)
    if not await rating_store.restore(tx, client_id, rating_id):
        raise RatingNotFound
    await add_up(tx, client_id)
    await _record(tx, moderator, client_id, rating_id, Event.LISTING_RATING_RESTORED, now)


async def _must_be_listed(reader: Reader, client_id: str) -> None:
    if not await listing_store.list_shown_languages(reader, client_id):
        raise ListingNotFound


def _must_be_in_person(actor: Actor) -> None:
    if actor.client_id is not None or actor.is_operator:
        raise NotInPerson


async def _moderated(tx: Transaction, moderator: Moderator, client_id: str) -> None:
    """Hold an integration that this moderator may decide about (S-151)."""
    await states.hold(tx, client_id)
    integration = await integrations.of_any_account(tx, client_id)
    await desk.must_not_belong(tx, moderator, integration)


async def _record(
    tx: Transaction,
    moderator: Moderator,
    client_id: str,
    rating_id: int,
    event: Event,
    now: int,
) -> None:
    """Tell both: the account through which it was given, and the one that it is about."""
    made_by = (await integrations.of_any_account(tx, client_id)).account_id
    author = await rating_store.find_author(tx, client_id, rating_id)
    given_in = set() if author is None else {author.account_id}
    for account_id in sorted({made_by, *given_in}):
        await audit.record(
            tx,
            Entry(
                at=now,
                event=event,
                account_id=account_id,
                actor="moderator",
                user_id=moderator.user_id,
                client_id=client_id,
                source=moderator.source,
                subject=f"{client_id} {rating_id}",
            ),
        )


async def _tell_author(
    tx: Transaction, client_id: str, rating_id: int, kind: Kind, now: int, *, quote: str
) -> None:
    author = await rating_store.find_author(tx, client_id, rating_id)
    if author is None:
        return
    made = await integrations.of_any_account(tx, client_id)
    await notices.tell_person(
        tx,
        author.user_id,
        kind,
        now,
        facts={"integration": made.name, "quote": quote},
        path=f"installed/{client_id}/rating",
        account_id=author.account_id,
    )


async def _page(
    reader: Reader, client_id: str, before_id: int | None, limit: int, *, removed_too: bool
) -> Ratings:
    found = await rating_store.list_ratings(
        reader, client_id, before_id or _NEWEST, limit + 1, removed_too=removed_too
    )
    shown = found[:limit]
    return Ratings(shown, shown[-1].id if len(found) > limit else None)
