"""What widgets keep beside their settings: other forms, and messages for a person (3.12, 2.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction
from grantway.installing import kept_store as store
from grantway.installing.errors import NotInstalled, WidgetNotFound
from grantway.installing.kept_store import StoredForm, StoredMessage
from grantway.installing.model import State, Status
from grantway.kernel.errors import Invalid
from grantway.kernel.shapes import is_storable
from grantway.widgets.archives.manifests import MOST_STEPS, steps_of
from grantway.widgets.archives.model import Manifest

MAX_CONTENT = 64 * 1024
MAX_FORMS = 256 * 1024
"""Characters of all forms of a widget together: each page that hosts it carries them."""
MAX_MESSAGE = 4 * 1024
MOST_MESSAGES = 20
KINDS = ("call", "error")
_ONE_FORM = ("digital_pipeline", "lead_sources")
_BOT = "salesbot_designer"
AREAS = frozenset({*_ONE_FORM, _BOT})
"""Where widgets have forms beside their settings."""
# What encodes a null, and not a text that says so: there the backslash itself is escaped.
_NULL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def forms_of(manifest: Manifest) -> frozenset[str]:
    """Return the names of the forms that a widget has: one for each place, and step of a bot."""
    steps = steps_of(manifest.raw)[:MOST_STEPS] if _BOT in manifest.areas else ()
    return frozenset(
        (
            *(one for one in _ONE_FORM if one in manifest.areas),
            *(f"{_BOT}.{code}" for code in steps if is_storable(code)),
        )
    )


async def values(reader: Reader, actor: Actor, state: State) -> dict[str, Any]:
    """Return the values of a widget's forms, by form."""
    forms = forms_of(state.widget.manifest)
    found = await store.list_forms(reader, actor.account_id, state.widget.client_id, forms)
    return {one.form: msgspec.json.decode(one.content) for one in found}


async def save_form(
    tx: Transaction, actor: Actor, state: State, form: str, sent: Mapping[str, Any], now: int
) -> None:
    """Keep what a form of an installed widget says. For administrators.

    Raises NotInstalled, WidgetNotFound for a form that it does not have, Invalid.
    """
    actor.must_administer()
    if state.status is Status.INSTALL:
        raise NotInstalled
    forms = forms_of(state.widget.manifest)
    if form not in forms:
        raise WidgetNotFound("no such form")
    content = _json(sent, MAX_CONTENT)
    stored = StoredForm(form, content)
    others = await store.list_forms(tx, actor.account_id, state.widget.client_id, forms - {form})
    if sum(len(one.content) for one in others) + len(content) > MAX_FORMS:
        raise Invalid(f"All forms of a widget together may have {MAX_FORMS} characters at most")
    await store.put_form(tx, actor.account_id, state.widget.client_id, stored, actor.user_id, now)


async def leave_message(
    tx: Transaction, actor: Actor, kind: str, code: str, sent: Mapping[str, Any], now: int
) -> None:
    """Keep a message for the actor's next page; of too many the oldest goes."""
    content = _json(sent, MAX_MESSAGE)
    (message_id,) = await tx.take_ids("widget_message")
    await store.add_message(
        tx, actor.account_id, actor.user_id, StoredMessage(message_id, kind, code, content), now
    )
    waiting = await store.list_messages(tx, actor.account_id, actor.user_id)
    if len(waiting) > MOST_MESSAGES:
        last = waiting[-MOST_MESSAGES - 1].id
        await store.remove_messages(tx, actor.account_id, actor.user_id, last)


async def has_messages(reader: Reader, actor: Actor) -> bool:
    """Tell whether any message waits for the actor."""
    return bool(await store.list_messages(reader, actor.account_id, actor.user_id))


async def take_messages(tx: Transaction, actor: Actor) -> Sequence[StoredMessage]:
    """Return what waits for the actor, once: nothing of it waits any more."""
    waiting = await store.list_messages(tx, actor.account_id, actor.user_id)
    if waiting:
        await store.remove_messages(tx, actor.account_id, actor.user_id, waiting[-1].id)
    return waiting


def _json(sent: Mapping[str, Any], most: int) -> str:
    content = msgspec.json.encode(sent).decode()
    if len(content) > most:
        raise Invalid(f"That may have {most} characters at most")
    if _NULL.search(content):
        raise Invalid("Texts may have no null characters")
    return content
