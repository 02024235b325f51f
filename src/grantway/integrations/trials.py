"""Where an integration may be tried before it is published: in accounts made for that.

Contract: widgets-and-marketplace.md 6.8; rule S-147. Who makes and ends them
stands in `moderation`. Nobody makes integrations in such an account, and it
counts nowhere as one that has something installed.
"""

from __future__ import annotations

from collections.abc import Collection

from grantway.db import Reader, Transaction
from grantway.integrations import trial_store as store
from grantway.integrations.errors import InTrialAccount
from grantway.integrations.trial_store import Trial

__all__ = [
    "Trial",
    "among",
    "begin",
    "due",
    "end",
    "live",
    "live_of",
    "live_of_user",
    "must_not_be_trial",
    "tried_in",
]


async def tried_in(
    reader: Reader, client_id: str, user_id: int, account_ids: Collection[int]
) -> frozenset[int]:
    """Return in which of these accounts this very person tries this very integration, now.

    Whoever else was let into such an account tries nothing there. The same
    question for every id that somebody may ask about, known or not (S-154).
    """
    if not account_ids:
        return frozenset()
    return frozenset(await store.list_tried_in(reader, client_id, user_id, sorted(account_ids)))


async def among(reader: Reader, account_ids: Collection[int]) -> frozenset[int]:
    """Return which of these accounts are there, or were, to try something."""
    if not account_ids:
        return frozenset()
    return frozenset(await store.list_among(reader, sorted(account_ids)))


async def must_not_be_trial(reader: Reader, account_id: int) -> None:
    """Raise InTrialAccount in an account that is there to try something."""
    if await among(reader, [account_id]):
        raise InTrialAccount


async def live(reader: Reader, client_id: str, user_id: int) -> Trial | None:
    """Return the trial that a moderator has of an integration."""
    return await store.find_live(reader, client_id, user_id)


async def live_of(reader: Reader, client_id: str) -> list[Trial]:
    """Return all trials of an integration."""
    return await store.list_live_of(reader, client_id)


async def live_of_user(reader: Reader, user_id: int) -> list[Trial]:
    """Return all trials of a moderator."""
    return await store.list_live_of_user(reader, user_id)


async def due(reader: Reader, now: int, limit: int) -> list[Trial]:
    """Return some trials whose time is over, or whose integration was deleted."""
    return await store.list_due(reader, now, limit)


async def begin(tx: Transaction, trial: Trial) -> None:
    """Let the integration be tried in an account. Raises AlreadyThere for a second one."""
    await store.add(tx, trial)


async def end(tx: Transaction, account_id: int, now: int) -> bool:
    """Let it be tried there no more, from the commit on; False when it has ended before."""
    return bool(await store.claim_end(tx, account_id, now))
