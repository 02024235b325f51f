"""What an integrator does with a version that is finished: have it reviewed, or take it back."""

from __future__ import annotations

import datetime as dt

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction
from grantway.integrations.errors import WrongState
from grantway.integrations.public import must_be_technical
from grantway.integrations.rules import optional_text_problem, text_problem
from grantway.kernel.sealing import Seal
from grantway.moderation import closing_trials, drafts, message_store, store
from grantway.moderation.checks.errors import NotReady
from grantway.moderation.checks.model import Report
from grantway.moderation.errors import SeenAnother, VerdictRefused, VersionNotFound
from grantway.moderation.model import Message, Version
from grantway.moderation.states import TRANSITIONS, Act, State, may

MAX_MESSAGE = 5_000
MAX_MESSAGES = 100
"""So many answers, questions and notes about one version at most: its pages show all of them."""
BUSINESS_DAYS = 2  # contract: widgets-and-marketplace.md 6.8
_SATURDAY = 5
_HEARD = ("request", "question", "answer", "verdict")


async def request_review(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    report: Report,
    now: int,
    *,
    comment: str = "",
    seal: Seal | None = None,
) -> Version:
    """Hand the draft to the moderators; from now on its content stays what it is.

    *report* is what the checks said of this very content. *comment* is for
    moderators alone, such as a sign-in to try the integration with; it is kept
    sealed. For administrators of a technical account. Raises
    IntegrationNotFound, TechnicalAccountNeeded, WrongState, SeenAnother, NotReady.
    """
    if problem := optional_text_problem(comment, MAX_MESSAGE, lines=True):
        raise VerdictRefused({"comment": problem})
    draft = await _own(tx, actor, client_id, Act.REQUEST_REVIEW)
    await must_be_technical(tx, actor.account_id)
    if report.content_hash != draft.content_hash:
        raise SeenAnother
    if report.errors:
        raise NotReady(report.errors)
    found = msgspec.json.encode(report.counts).decode()
    if not await store.submit(tx, draft, due_at(now), found, now):
        raise SeenAnother
    sealed = None
    if comment.strip() and seal is not None:
        sealed = seal.seal(comment.strip(), comment_purpose(draft))
    await message_store.add_message(
        tx, draft, kind="request", user_id=actor.user_id, text="", sealed=sealed, now=now
    )
    await _record(tx, actor, draft, Act.REQUEST_REVIEW, now)
    return msgspec.structs.replace(
        draft, state=State.IN_REVIEW, submitted_at=now, due_at=due_at(now), updated_at=now
    )


async def withdraw(tx: Transaction, actor: Actor, client_id: str, now: int) -> Version:
    """Take back what is being reviewed, or was approved and is not published.

    For administrators. Raises IntegrationNotFound, WrongState.
    """
    version = await _own(tx, actor, client_id, Act.WITHDRAW)
    if not await store.move(tx, version, State.WITHDRAWN, now):
        raise SeenAnother
    await closing_trials.end_of_review(tx, client_id, now)
    await _record(tx, actor, version, Act.WITHDRAW, now)
    return msgspec.structs.replace(version, state=State.WITHDRAWN, updated_at=now)


async def answer(tx: Transaction, actor: Actor, client_id: str, text: str, now: int) -> None:
    """Answer the moderators' question. For administrators.

    Raises IntegrationNotFound, WrongState, VerdictRefused.
    """
    if problem := text_problem(text, MAX_MESSAGE, lines=True):
        raise VerdictRefused({"text": problem})
    version = await drafts.newest(tx, actor, client_id)
    if version.state != State.IN_REVIEW:
        raise WrongState(f"Version {version.number} is {version.state}; nobody is asking about it")
    await must_have_room(tx, version, "answer")
    await message_store.add_message(
        tx, version, kind="answer", user_id=actor.user_id, text=text.strip(), now=now
    )
    subject = f"{client_id} {version.number}"
    await audit.record(tx, actor.did(audit.Event.REVIEW_ANSWERED, at=now, subject=subject))


async def must_have_room(reader: Reader, version: Version, kind: str) -> None:
    """Raise VerdictRefused when the version has as many messages of this kind as it may."""
    if await message_store.count_messages(reader, version, kind) >= MAX_MESSAGES:
        problem = f"there are {MAX_MESSAGES} of this kind about this version, and no more fit"
        raise VerdictRefused({"text": problem})


async def conversation(reader: Reader, actor: Actor, client_id: str, number: int) -> list[Message]:
    """Return what the integrator may read of a review: everything but private notes.

    For administrators. Raises IntegrationNotFound, VersionNotFound.
    """
    for version in await drafts.list_versions(reader, actor, client_id):
        if version.number == number:
            return await message_store.list_messages(reader, version, _HEARD)
    raise VersionNotFound


def due_at(now: int) -> int:
    """Return when a decision is promised for what is submitted now.

    Saturdays and Sundays do not count. Friday at noon is due on Tuesday at noon:

    >>> friday = int(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC).timestamp())
    >>> dt.datetime.fromtimestamp(due_at(friday), dt.UTC).strftime("%a %H:%M")
    'Tue 12:00'
    """
    moment = dt.datetime.fromtimestamp(now, dt.UTC)
    left = BUSINESS_DAYS
    while left:
        moment += dt.timedelta(days=1)
        left -= moment.weekday() < _SATURDAY
    return int(moment.timestamp())


def comment_purpose(version: Version) -> str:
    """Return what the comment for moderators is sealed for."""
    return f"comment on {version.client_id} {version.number}"


async def _own(tx: Transaction, actor: Actor, client_id: str, act: Act) -> Version:
    version = await drafts.held(tx, actor, client_id)
    if not may(version.state, act):
        wanted = " or ".join(TRANSITIONS[act].before)
        raise WrongState(f"Version {version.number} is {version.state}; it must be {wanted}")
    return version


async def _record(tx: Transaction, actor: Actor, version: Version, act: Act, now: int) -> None:
    subject = f"{version.client_id} {version.number}"
    await audit.record(tx, actor.did(TRANSITIONS[act].event, at=now, subject=subject))
