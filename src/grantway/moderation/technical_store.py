"""The SQL of requests for technical accounts, and of what the desk lists of such accounts."""

from __future__ import annotations

from grantway.db import Reader, Transaction
from grantway.moderation.technical_model import (
    NEVER,
    Asking,
    Due,
    Stage,
    TechnicalAccount,
    TechnicalRequest,
)

_REQUEST = """
select account_id, number, state, about, site, requested_at, requested_by, decided_at, decided_by,
       ended_at, reason
  from technical_requests
"""


async def newest(reader: Reader, account_id: int) -> TechnicalRequest | None:
    """Return what the account asked last."""
    return await reader.one(
        TechnicalRequest,
        f"{_REQUEST} where account_id = :account_id order by number desc limit 1",
        account_id=account_id,
    )


async def list_of_account(reader: Reader, account_id: int) -> list[TechnicalRequest]:
    """Return all that the account ever asked, the newest first."""
    return await reader.all(
        TechnicalRequest,
        f"{_REQUEST} where account_id = :account_id order by number desc",
        account_id=account_id,
    )


async def add(tx: Transaction, request: TechnicalRequest) -> None:
    """Add a request that waits. Raises AlreadyThere when one of the account waits already."""
    await tx.change(
        """
        insert into technical_requests (account_id, number, state, about, site, requested_at,
                                        requested_by)
        values (:account_id, :number, :state, :about, :site, :requested_at, :requested_by)
        """,
        account_id=request.account_id,
        number=request.number,
        state=request.state,
        about=request.about,
        site=request.site,
        requested_at=request.requested_at,
        requested_by=request.requested_by,
    )


async def decide(
    tx: Transaction,
    account_id: int,
    number: int,
    after: Stage,
    decided_by: int | None,
    reason: str,
    now: int,
) -> bool:
    """Answer the request; False when it waits no more."""
    changed = await tx.change(
        """
        update technical_requests
           set state = :after, decided_at = :now, decided_by = :decided_by, reason = :reason
         where account_id = :account_id and number = :number and state = 'waiting'
        """,
        account_id=account_id,
        number=number,
        after=str(after),
        decided_by=decided_by,
        reason=reason,
        now=now,
    )
    return changed == 1


async def mark_ended(tx: Transaction, account_id: int, reason: str, now: int) -> None:
    """Note on what made and kept the account technical that it is so no more, if anything did."""
    await tx.change(
        """
        update technical_requests set state = 'ended', ended_at = :now, reason = :reason
         where account_id = :account_id and state = 'approved'
        """,
        account_id=account_id,
        reason=reason,
        now=now,
    )


async def list_waiting(
    reader: Reader, user_id: int | None, after: tuple[int, int], limit: int
) -> list[Asking]:
    """Return requests of all accounts that wait, the oldest first, from behind *after*."""
    requested_at, account_id = after
    return await reader.all(
        Asking,
        """
        select r.account_id, a.subdomain, a.name, r.number, r.about, r.site, r.requested_at, u.name,
               a.technical_until,
               exists (select 1 from account_users m
                        where m.account_id = r.account_id and m.user_id = :user_id)
          from technical_requests r
          join accounts a on a.id = r.account_id
          join users u on u.id = r.requested_by
         where r.state = 'waiting' and a.status <> 'deleted'
           and (r.requested_at, r.account_id) > (:requested_at, :account_id)
         order by r.requested_at, r.account_id
         limit :limit
        """,
        user_id=user_id,
        requested_at=requested_at,
        account_id=account_id,
        limit=limit,
    )


async def list_technical(
    reader: Reader, user_id: int | None, after: tuple[int, int], limit: int
) -> list[TechnicalAccount]:
    """Return technical accounts, the first to end first, from behind *after*."""
    until, account_id = after
    return await reader.all(
        TechnicalAccount,
        """
        select a.id, a.subdomain, a.name, a.technical_until,
               (select count(*) from integrations n
                 where n.account_id = a.id and n.kind = 'public' and n.status = 'published'),
               exists (select 1 from account_users m
                        where m.account_id = a.id and m.user_id = :user_id)
          from accounts a
         where a.is_technical and a.status <> 'deleted'
           and (coalesce(a.technical_until, :never), a.id) > (:until, :account_id)
         order by coalesce(a.technical_until, :never), a.id
         limit :limit
        """,
        user_id=user_id,
        never=NEVER,
        until=until,
        account_id=account_id,
        limit=limit,
    )


async def list_due(reader: Reader, now: int, first: int, last: int, limit: int) -> list[int]:
    """Return the technical accounts whose end has come, or for which a reminder is due.

    The first reminder is due to those that end until *first*, the last one to
    those that end until *last*; none to those with something published.
    """
    return await reader.column(
        """
        select a.id
          from accounts a
         where a.is_technical and a.status <> 'deleted' and a.technical_until <= :first
           and (a.technical_until <= :now
                or ((a.technical_reminders < 1
                     or (a.technical_reminders < 2 and a.technical_until <= :last))
                    and not exists (select 1 from integrations n
                                     where n.account_id = a.id and n.kind = 'public'
                                       and n.status = 'published')))
         order by a.technical_until, a.id
         limit :limit
        """,
        now=now,
        first=first,
        last=last,
        limit=limit,
    )


async def find_due(reader: Reader, account_id: int) -> Due | None:
    """Return the account unless it is not technical, or without end."""
    return await reader.one(
        Due,
        """
        select a.id, a.name, a.technical_until, a.technical_reminders,
               exists (select 1 from integrations n
                        where n.account_id = a.id and n.kind = 'public' and n.status = 'published')
          from accounts a
         where a.id = :account_id and a.is_technical and a.technical_until is not null
           and a.status <> 'deleted'
        """,
        account_id=account_id,
    )
