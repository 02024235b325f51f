"""The SQL of what is said about a version."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.db import Reader, Transaction
from grantway.moderation.model import Message, Version


async def add_message(
    tx: Transaction,
    version: Version,
    *,
    kind: str,
    user_id: int,
    text: str,
    now: int,
    sealed: str | None = None,
    reasons: str = "[]",
) -> None:
    """Add what somebody said."""
    (identifier,) = await tx.take_ids("version_message")
    await tx.change(
        """
        insert into version_messages (account_id, client_id, number, id, kind, user_id, text,
                                      sealed, reasons, at)
        values (:account_id, :client_id, :number, :id, :kind, :user_id, :text, :sealed, :reasons,
                :now)
        """,
        account_id=version.account_id,
        client_id=version.client_id,
        number=version.number,
        id=identifier,
        kind=kind,
        user_id=user_id,
        text=text,
        sealed=sealed,
        reasons=reasons,
        now=now,
    )


async def list_messages(reader: Reader, version: Version, kinds: Sequence[str]) -> list[Message]:
    """Return what was said about the version, the oldest first."""
    return await reader.all(
        Message,
        """
        select m.id, m.kind, m.user_id, u.name, m.text, m.sealed, m.reasons, m.at
          from version_messages m join users u on u.id = m.user_id
         where m.account_id = :account_id and m.client_id = :client_id and m.number = :number
           and m.kind in (:kinds)
         order by m.id
        """,
        account_id=version.account_id,
        client_id=version.client_id,
        number=version.number,
        kinds=kinds,
    )
