"""Asking an administrator whether to install or uninstall, and taking the answer (contract 5.4).

An intent is opened from the workspace, where integrations' scripts run, and is
harmless: it grants nothing. The question is put on the control origin, where
none of them runs, to the same person in the session above the workspace's.
"""

from __future__ import annotations

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction
from grantway.installations import service as installations
from grantway.installing import intent_store as store
from grantway.installing import service as installing
from grantway.installing.errors import (
    AlreadyInstalled,
    NoRoom,
    NotInstallable,
    NotInstalled,
    TooManyIntents,
    WidgetNotFound,
)
from grantway.installing.model import (
    Action,
    Again,
    Channel,
    Decided,
    Given,
    Intent,
    Moment,
    Outcome,
    Person,
    Question,
    Reason,
    Refused,
)
from grantway.integrations import clients
from grantway.kernel.credentials import Kind, digest, is_credential, new_credential, new_uuid
from grantway.kernel.errors import Forbidden, GrantwayError
from grantway.widgets.service import Widget

LIFETIME = 10 * 60
MAX_OPEN = 5
"""Questions of a kind that may wait for one user in one account: nobody installs more at a time.

A widget can open so many behind the user's back, and that must stop neither its
own removal nor what the user does in another account.
"""
_KEPT = 24 * 3600
_USER_AGENT = 300


async def open_intent(
    tx: Transaction, actor: Actor, session_id: str, client_id: str, action: Action, now: int
) -> Intent:
    """Keep the wish of an administrator who is signed in with *session_id* on the control origin.

    Wishing the same again gives the same intent, so that whoever presses twice
    needs no room. Raises Forbidden, WidgetNotFound, NotInstallable,
    AlreadyInstalled, NotInstalled, TooManyIntents.
    """
    actor.must_administer()
    number = _number(await _subject(tx, actor, client_id, action))
    await store.hold_user(tx, actor.user_id)
    waiting = await store.list_open(tx, actor.user_id, now)
    for one in waiting:
        subject = (one.account_id, one.client_id, one.session_id, one.action, one.number)
        if subject == (actor.account_id, client_id, session_id, action, number):
            return one
    alike = [one for one in waiting if (one.account_id, one.action) == (actor.account_id, action)]
    if len(alike) >= MAX_OPEN:
        raise TooManyIntents(MAX_OPEN, alike[0].expires_at - now)
    intent = Intent(
        account_id=actor.account_id,
        id=new_uuid(),
        client_id=client_id,
        user_id=actor.user_id,
        session_id=session_id,
        action=action,
        number=number,
        stored_state="open",
        nonce_hash=None,
        shown_hash=None,
        shown_at_ms=None,
        expires_at=now + LIFETIME,
    )
    await store.add_intent(tx, intent, now)
    return intent


async def _subject(reader: Reader, actor: Actor, client_id: str, action: Action) -> Widget | None:
    """Return the widget that the wish is about, having looked whether it can come true.

    None where something is to be removed: it can be, whatever it has become.
    """
    live = await installations.find_live(reader, actor.account_id, client_id)
    if action is Action.UNINSTALL:
        if live is None:
            raise NotInstalled
        return None
    widget = await installing.installable(reader, actor, client_id)
    if live is not None:
        raise AlreadyInstalled
    await installing.must_have_room(reader, actor)
    return widget


def _number(widget: Widget | None) -> int:
    return 0 if widget is None else widget.number


async def state_of(reader: Reader, actor: Actor, intent_id: str, now: int) -> str | None:
    """Return what became of the actor's intent in this account; None when there is none."""
    intent = await store.find_intent(reader, intent_id, actor.user_id)
    if intent is None or intent.account_id != actor.account_id:
        return None
    return intent.state(now)


async def prepare(
    reader: Reader, person: Person, intent_id: str, action: Action, language: str, now: int
) -> Question | Decided | Refused:
    """Put together what to ask, from what is stored now."""
    intent = await store.find_intent(reader, intent_id, person.user_id)
    if intent is None or intent.action != action or intent.session_id != person.session_id:
        return Refused(reason=Reason.UNKNOWN)
    account = await accounts.account_by_id(reader, intent.account_id)
    actor = await accounts.actor_for(reader, intent.account_id, person.user_id, person.source)
    if actor is None or account.status != "active":
        return Refused(reason=Reason.UNKNOWN)
    if not actor.is_administrator:
        ask = await accounts.administrators(reader, intent.account_id)
        return Refused(reason=Reason.NOT_ALLOWED, ask=ask)
    presented = await clients.find_presented(reader, intent.client_id, language)
    if presented is None:
        return Refused(reason=Reason.NOT_OFFERED, account=account)
    if intent.stored_state != "open":
        return Decided(intent=intent, account=account, name=presented.name)
    if intent.state(now) == "expired":
        return Refused(reason=Reason.EXPIRED, account=account)
    try:
        widget = await _subject(reader, actor, intent.client_id, action)
    except GrantwayError as error:
        return Refused(reason=_why(error), account=account)
    if _number(widget) != intent.number:
        return Refused(reason=Reason.NEW_VERSION, account=account)
    return Question(intent=intent, account=account, presented=presented, widget=widget)


def _why(error: GrantwayError) -> Reason:
    """Return why the wish cannot come true any more; anything else is no answer to it."""
    match error:
        case NoRoom():
            return Reason.NO_ROOM
        case WidgetNotFound() | NotInstallable():
            return Reason.NOT_OFFERED
        case AlreadyInstalled() | NotInstalled():
            return Reason.OVER
        case _:
            raise error


async def show(tx: Transaction, question: Question, moment: Moment) -> str:
    """Return the nonce of the page that is about to be shown, in place of an earlier one."""
    nonce = new_credential(Kind.INSTALL)
    await store.note_shown(tx, question.intent.id, digest(nonce), question.shown_hash, moment.ms)
    return nonce


async def answer(
    tx: Transaction,
    person: Person,
    intent_id: str,
    action: Action,
    given: Given,
    language: str,
    moment: Moment,
    dwell_ms: int,
) -> Outcome:
    """Take an answer. Everything that can refuse it comes before anything is spent."""
    if not is_credential(given.nonce, Kind.INSTALL):
        return Refused(reason=Reason.STALE)
    question = await prepare(tx, person, intent_id, action, language, moment.now)
    match question:
        case Refused():
            return question
        case Decided():
            return Refused(reason=Reason.OVER, account=question.account)
    intent = question.intent
    nonce_hash = digest(given.nonce)
    if intent.nonce_hash != nonce_hash or intent.shown_at_ms is None:
        return Refused(reason=Reason.STALE, account=question.account)
    if given.is_confirmed:
        if question.shown_hash != intent.shown_hash:
            return Refused(reason=Reason.CHANGED, account=question.account)
        is_soon = moment.ms - intent.shown_at_ms < dwell_ms
        if is_soon or (question.is_install and not given.is_consented):
            await store.show_again(tx, intent.id, moment.ms)
            return Again(question=question, nonce=given.nonce, is_soon=is_soon)
    state = "done" if given.is_confirmed else "cancelled"
    if not await store.claim_intent(tx, intent.id, person, nonce_hash, state, moment.now):
        return Refused(reason=Reason.STALE, account=question.account)
    if given.is_confirmed:
        await _carry_out(tx, person, question, given, moment)
    return Decided(
        intent=msgspec.structs.replace(intent, stored_state=state),
        account=question.account,
        name=question.presented.name,
    )


async def _carry_out(
    tx: Transaction, person: Person, question: Question, given: Given, moment: Moment
) -> None:
    intent = question.intent
    actor = await accounts.actor_for(tx, intent.account_id, person.user_id, person.source)
    if actor is None:
        raise Forbidden("You may no longer work in this account")
    details = {
        "intent": intent.id,
        "user_agent": given.user_agent[:_USER_AGENT],
        # Without `sec-fetch-…`, Origin and nonce had to do.
        "fetch": dict(given.fetched),
        "dwell_ms": moment.ms - (intent.shown_at_ms or moment.ms),
    }
    if question.is_install:
        await installing.install(
            tx,
            actor,
            intent.client_id,
            channel=Channel.UI,
            now=moment.now,
            agreed_scopes=question.presented.scopes,
            details=details,
        )
    else:
        await installing.uninstall(tx, actor, intent.client_id, moment.now, details=details)


async def sweep(tx: Transaction, now: int) -> int:
    """Remove intents that were too old to be answered a day ago; return how many."""
    return await store.sweep_intents(tx, now - _KEPT)
