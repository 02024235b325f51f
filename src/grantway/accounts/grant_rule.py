"""After how many days without use access ends in an account: its administrators' choice (S-57)."""

from __future__ import annotations

from grantway import audit
from grantway.accounts import grant_rule_store as store
from grantway.accounts.actor import Actor
from grantway.accounts.errors import FieldRefused
from grantway.audit import Event
from grantway.db import Reader, Transaction

CHOICES = (30, 90, 180)
"""Days; an account may also do without."""


async def unused_grant_days(reader: Reader, account_id: int) -> int | None:
    """Return the account's rule; None when access does not end for want of use."""
    return await store.find_days(reader, account_id)


async def change_unused_grant_days(
    tx: Transaction, actor: Actor, days: int | None, now: int
) -> bool:
    """Keep another rule; False when it was that already. For administrators.

    Raises FieldRefused for a number that is no choice.
    """
    actor.must_administer()
    if days is not None and days not in CHOICES:
        choices = ", ".join(map(str, CHOICES))
        raise FieldRefused("unused_days", f"choose one of {choices} days, or off")
    if not await store.change_days(tx, actor.account_id, days, actor.user_id, now):
        return False
    subject = "never" if days is None else f"after {days} days without use"
    await audit.record(tx, actor.did(Event.GRANT_RULE_CHANGED, at=now, subject=subject))
    return True


async def accounts_with_rule(reader: Reader) -> list[int]:
    """Return the working accounts in which access ends for want of use, for the worker."""
    return await store.list_accounts_with_rule(reader)
