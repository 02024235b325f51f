"""The SQL of throw-away accounts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Transaction

_TRIAL = """
select account_id, client_id, number, user_id, begun_at, ends_at, ended_at, archive_number
  from trial_accounts
"""


class Trial(msgspec.Struct, frozen=True):
    """An account that is there for one moderator to try one integration, for a while.

    *number* is the version that is reviewed meanwhile, and *archive_number* its widget's archive.
    """

    account_id: int
    client_id: str
    number: int
    user_id: int
    begun_at: int
    ends_at: int
    ended_at: int | None = None
    archive_number: int | None = None


async def add(tx: Transaction, trial: Trial) -> None:
    """Add a trial. Raises AlreadyThere when its moderator has one of this integration."""
    await tx.change(
        """
        insert into trial_accounts (account_id, client_id, number, user_id, begun_at, ends_at,
                                    archive_number)
        values (:account_id, :client_id, :number, :user_id, :begun_at, :ends_at, :archive_number)
        """,
        account_id=trial.account_id,
        client_id=trial.client_id,
        number=trial.number,
        user_id=trial.user_id,
        begun_at=trial.begun_at,
        ends_at=trial.ends_at,
        archive_number=trial.archive_number,
    )


async def claim_end(tx: Transaction, account_id: int, now: int) -> int:
    """Mark a trial as over; return 0 when it was already."""
    return await tx.change(
        """
        update trial_accounts set ended_at = :now
         where account_id = :account_id and ended_at is null
        """,
        account_id=account_id,
        now=now,
    )


async def find_live(reader: Reader, client_id: str, user_id: int) -> Trial | None:
    """Return the account in which a moderator tries an integration."""
    return await reader.one(
        Trial,
        f"""{_TRIAL} where client_id = :client_id and user_id = :user_id and ended_at is null""",
        client_id=client_id,
        user_id=user_id,
    )


async def list_live_of(reader: Reader, client_id: str) -> list[Trial]:
    """Return in which accounts an integration is tried."""
    return await reader.all(
        Trial,
        f"{_TRIAL} where client_id = :client_id and ended_at is null order by account_id",
        client_id=client_id,
    )


async def list_live_of_user(reader: Reader, user_id: int) -> list[Trial]:
    """Return what a moderator tries."""
    return await reader.all(
        Trial,
        f"{_TRIAL} where user_id = :user_id and ended_at is null order by account_id",
        user_id=user_id,
    )


async def list_due(reader: Reader, now: int, limit: int) -> list[Trial]:
    """Return trials that have not ended, of which the time or the integration is over."""
    return await reader.all(
        Trial,
        f"""{_TRIAL} t
         where ended_at is null
           and (ends_at <= :now
                or exists (select 1 from integrations n
                            where n.client_id = t.client_id and n.status = 'deleted'))
         order by ends_at limit :limit""",
        now=now,
        limit=limit,
    )


async def list_tried_in(
    reader: Reader, client_id: str, user_id: int, account_ids: Sequence[int]
) -> list[int]:
    """Return in which of these accounts the person tries the integration, now."""
    return await reader.column(
        """
        select account_id from trial_accounts
         where client_id = :client_id and user_id = :user_id and ended_at is null
           and account_id in (:account_ids)
        """,
        client_id=client_id,
        user_id=user_id,
        account_ids=account_ids,
    )


async def list_among(reader: Reader, account_ids: Sequence[int]) -> list[int]:
    """Return which of these accounts are, or were, there to try something."""
    return await reader.column(
        "select account_id from trial_accounts where account_id in (:account_ids)",
        account_ids=account_ids,
    )
