"""The SQL of what is said about a version."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Transaction
from grantway.moderation.model import Message, Reason, Version


class Verdict(msgspec.Struct, frozen=True):
    """What a moderator said when they decided about one of several versions."""

    number: int
    name: str
    text: str
    stored_reasons: str
    at: int

    @property
    def reasons(self) -> list[Reason]:
        return msgspec.json.decode(self.stored_reasons, type=list[Reason])


class Rejected(msgspec.Struct, frozen=True):
    """Why a version was rejected."""

    client_id: str
    stored_reasons: str


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


async def count_messages(reader: Reader, version: Version, kind: str) -> int:
    """Return how many messages of a kind there are about the version."""
    count: int = await reader.value(
        """
        select count(*) from version_messages
         where account_id = :account_id and client_id = :client_id and number = :number
           and kind = :kind
        """,
        account_id=version.account_id,
        client_id=version.client_id,
        number=version.number,
        kind=kind,
    )
    return count


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


async def list_rejected(reader: Reader, account_id: int) -> list[Rejected]:
    """Return the reasons for which versions of the account's integrations stand rejected."""
    return await reader.all(
        Rejected,
        """
        select m.client_id, m.reasons
          from versions v
          join version_messages m on m.account_id = v.account_id and m.client_id = v.client_id
                                 and m.number = v.number
         where v.account_id = :account_id and v.state = 'rejected' and m.kind = 'verdict'
         order by m.client_id, m.number, m.id
        """,
        account_id=account_id,
    )


async def list_verdicts(reader: Reader, account_id: int, client_id: str) -> list[Verdict]:
    """Return the verdicts on all versions of an integration, the oldest first."""
    return await reader.all(
        Verdict,
        """
        select m.number, u.name, m.text, m.reasons, m.at
          from version_messages m join users u on u.id = m.user_id
         where m.account_id = :account_id and m.client_id = :client_id and m.kind = 'verdict'
         order by m.id
        """,
        account_id=account_id,
        client_id=client_id,
    )
