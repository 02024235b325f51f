"""The end of throw-away accounts: with the review that they were made for, or after a while."""

from __future__ import annotations

from grantway import audit
from grantway.accounts import closing, moderators
from grantway.audit import Entry, Event
from grantway.db import Transaction
from grantway.installations import closing as installations_closing
from grantway.integrations import trials
from grantway.integrations.trials import Trial

_AT_ONCE = 50


async def end_of_review(tx: Transaction, client_id: str, now: int) -> int:
    """End all trials of an integration whose version was decided about or taken back."""
    return await _end_all(tx, await trials.live_of(tx, client_id), now)


async def end_of_moderator(tx: Transaction, user_id: int, now: int) -> int:
    """End all trials of a person who moderates no more, or works here no more."""
    # One that begins at the same moment is waited for, and ends as well.
    await moderators.hold(tx, user_id)
    return await _end_all(tx, await trials.live_of_user(tx, user_id), now)


async def sweep(tx: Transaction, now: int) -> int:
    """End some of the trials whose time or integration is over; return how many."""
    return await _end_all(tx, await trials.due(tx, now, _AT_ONCE), now)


async def end(
    tx: Transaction, trial: Trial, now: int, *, user_id: int | None = None, source: str = ""
) -> bool:
    """End a trial and close its account; False when it has ended before.

    *user_id* is the moderator who ends it; without it, the platform does.
    Tokens are dead from the commit on, and integrations are told.
    """
    if not await trials.end(tx, trial.account_id, now):
        return False
    await installations_closing.end_all_in(tx, trial.account_id, now)
    entry = Entry(
        at=now,
        event=Event.TRIAL_ENDED,
        account_id=trial.account_id,
        actor="platform" if user_id is None else "moderator",
        user_id=user_id,
        client_id=trial.client_id,
        source=source,
        subject=f"{trial.client_id} {trial.number}",
    )
    await audit.record(tx, entry)
    await closing.close(tx, trial.account_id, now)
    return True


async def _end_all(tx: Transaction, found: list[Trial], now: int) -> int:
    return sum([await end(tx, one, now) for one in found])
