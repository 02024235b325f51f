"""The SQL of the audit: it only ever adds."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.audit.model import Entry
from grantway.db import Reader, Transaction


class EntryRow(msgspec.Struct, frozen=True):
    """An entry as it is read back."""

    id: int
    at: int
    event: str
    actor: str
    user_id: int | None
    client_id: str | None
    grant_id: int | None
    source: str
    subject: str
    outcome: str
    authorizer_id: int | None = None
    details: str = ""


_ADD = """
insert into audit_entries (account_id, id, at, event, actor, user_id, client_id, grant_id,
                           source, subject, outcome, authorizer_id, details)
values (:account_id, :id, :at, :event, :actor, :user_id, :client_id, :grant_id,
        :source, :subject, :outcome, :authorizer_id, :details)
"""


async def add_entry(tx: Transaction, entry: Entry) -> None:
    """Add *entry*."""
    (entry_id,) = await tx.take_ids("audit")
    await tx.change(_ADD, **_values(entry_id, entry))


async def add_entries(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Add all *entries*, in their order."""
    ids = await tx.take_ids("audit", len(entries))
    await tx.change_many(_ADD, [_values(*one) for one in zip(ids, entries, strict=True)])


def _values(entry_id: int, entry: Entry) -> dict[str, int | str | None]:
    return {
        "account_id": entry.account_id,
        "id": entry_id,
        "at": entry.at,
        "event": str(entry.event),
        "actor": entry.actor,
        "user_id": entry.user_id,
        "client_id": entry.client_id,
        "grant_id": entry.grant_id,
        "source": entry.source,
        "subject": entry.subject,
        "outcome": entry.outcome,
        "authorizer_id": entry.authorizer_id,
        "details": entry.details,
    }


async def list_entries(
    reader: Reader, account_id: int, before_id: int, limit: int
) -> list[EntryRow]:
    """Return the account's entries older than *before_id*, newest first."""
    return await reader.all(
        EntryRow,
        """
        select id, at, event, actor, user_id, client_id, grant_id, source, subject, outcome,
               authorizer_id, details
          from audit_entries
         where account_id = :account_id and id < :before_id
         order by id desc limit :limit
        """,
        account_id=account_id,
        before_id=before_id,
        limit=limit,
    )


async def list_entries_after(
    reader: Reader, account_id: int, after_id: int, limit: int
) -> list[EntryRow]:
    """Return the account's entries next after *after_id*, oldest first."""
    return await reader.all(
        EntryRow,
        """
        select id, at, event, actor, user_id, client_id, grant_id, source, subject, outcome,
               authorizer_id, details
          from audit_entries
         where account_id = :account_id and id > :after_id
         order by id limit :limit
        """,
        account_id=account_id,
        after_id=after_id,
        limit=limit,
    )
