"""The SQL of what widgets keep beside their settings."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from grantway.db import Reader, Transaction


class StoredForm(msgspec.Struct, frozen=True):
    """Values of one form; *content* is a JSON object."""

    form: str
    content: str


class StoredMessage(msgspec.Struct, frozen=True):
    """A message that waits for its reader; *content* is a JSON object."""

    id: int
    kind: str
    code: str
    content: str


async def list_forms(
    reader: Reader, account_id: int, client_id: str, forms: Collection[str]
) -> Sequence[StoredForm]:
    """Return the values of these forms of a widget; an older version may have had others."""
    if not forms:
        return ()
    return await reader.all(
        StoredForm,
        """
        select form, content from widget_forms
         where account_id = :account_id and client_id = :client_id and form in (:forms)
         order by form
        """,
        account_id=account_id,
        client_id=client_id,
        forms=sorted(forms),
    )


async def put_form(
    tx: Transaction,
    account_id: int,
    client_id: str,
    stored: StoredForm,
    user_id: int,
    now: int,
) -> None:
    """Keep other values in place of those that are there."""
    await tx.change(
        """
        insert into widget_forms (account_id, client_id, form, content, updated_at, updated_by)
        values (:account_id, :client_id, :form, :content, :now, :user_id)
        on conflict (account_id, client_id, form) do update
           set content = :content, updated_at = :now, updated_by = :user_id
        """,
        account_id=account_id,
        client_id=client_id,
        form=stored.form,
        content=stored.content,
        user_id=user_id,
        now=now,
    )


async def list_messages(reader: Reader, account_id: int, user_id: int) -> Sequence[StoredMessage]:
    """Return what waits for the user, the oldest first."""
    return await reader.all(
        StoredMessage,
        """
        select id, kind, code, content from widget_messages
         where account_id = :account_id and user_id = :user_id order by id
        """,
        account_id=account_id,
        user_id=user_id,
    )


async def add_message(
    tx: Transaction, account_id: int, user_id: int, message: StoredMessage, now: int
) -> None:
    """Keep one more."""
    await tx.change(
        """
        insert into widget_messages (account_id, user_id, id, kind, code, content, created_at)
        values (:account_id, :user_id, :id, :kind, :code, :content, :now)
        """,
        account_id=account_id,
        user_id=user_id,
        id=message.id,
        kind=message.kind,
        code=message.code,
        content=message.content,
        now=now,
    )


async def remove_messages(tx: Transaction, account_id: int, user_id: int, up_to: int) -> None:
    """Remove those up to this one."""
    await tx.change(
        """
        delete from widget_messages
         where account_id = :account_id and user_id = :user_id and id <= :up_to
        """,
        account_id=account_id,
        user_id=user_id,
        up_to=up_to,
    )


async def runs_in_frames(reader: Reader, account_id: int) -> bool:
    """Tell whether every widget of the account runs in a frame of its own."""
    found = await reader.value(
        "select 1 from widget_rules where account_id = :account_id and in_frames",
        account_id=account_id,
    )
    return found is not None


async def put_rule(tx: Transaction, account_id: int, *, in_frames: bool, now: int) -> None:
    """Keep how widgets run."""
    await tx.change(
        """
        insert into widget_rules (account_id, in_frames, updated_at)
        values (:account_id, :in_frames, :now)
        on conflict (account_id) do update set in_frames = :in_frames, updated_at = :now
        """,
        account_id=account_id,
        in_frames=in_frames,
        now=now,
    )
