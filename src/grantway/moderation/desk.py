"""The moderators' desk: what waits, what they decide, and what they say about it.

Nobody moderates an integration of an account that they belong to (S-151), and a
decision is about the content that was seen (S-150).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway import audit
from grantway.accounts import moderators
from grantway.accounts import service as accounts
from grantway.audit import Entry
from grantway.db import Reader, Transaction
from grantway.integrations import service as integrations
from grantway.integrations.errors import WrongState
from grantway.integrations.model import Integration
from grantway.integrations.rules import text_problem
from grantway.kernel.sealing import Seal
from grantway.moderation import closing_trials, message_store, queue_store, store
from grantway.moderation.checks.model import Rule
from grantway.moderation.errors import (
    NotAModerator,
    OwnIntegration,
    SeenAnother,
    VerdictRefused,
    VersionNotFound,
)
from grantway.moderation.model import Message, Reason, Version, Waiting
from grantway.moderation.states import TRANSITIONS, Act, State, may
from grantway.moderation.submissions import MAX_MESSAGE, comment_purpose, must_have_room
from grantway.notices import service as notices
from grantway.notices.model import Kind

_EVERYTHING = ("request", "question", "answer", "note", "verdict")
PAGE = 50


class Moderator(msgspec.Struct, frozen=True, kw_only=True):
    """A person who decides for the platform, and the address that they do it from."""

    user_id: int
    name: str
    source: str = ""


async def moderator_for(reader: Reader, user_id: int, source: str = "") -> Moderator:
    """Return the person as a moderator; raise NotAModerator. Asked anew each time (S-115)."""
    if not await moderators.is_moderator(reader, user_id):
        raise NotAModerator
    user = await accounts.user_by_id(reader, user_id)
    return Moderator(user_id=user.id, name=user.name, source=source)


async def queue(
    reader: Reader,
    moderator: Moderator,
    *,
    after: tuple[int, str] | None = None,
    limit: int = PAGE,
) -> list[Waiting]:
    """Return what waits for a decision, the most urgent first, so many at a time.

    *after* is the due date and integration of the last one seen. What the
    moderator may not decide is marked, and stands there all the same.
    """
    return await queue_store.list_waiting(reader, moderator.user_id, after, limit)


async def look(
    reader: Reader, moderator: Moderator, client_id: str, number: int
) -> tuple[Integration, Version, Version | None]:
    """Return the integration, the version, and the one that the public sees now.

    Raises IntegrationNotFound, VersionNotFound, OwnIntegration.
    """
    integration, version = await _find(reader, moderator, client_id, number)
    in_force = await store.in_force(reader, integration.account_id, client_id)
    return integration, version, in_force


async def conversation(
    reader: Reader, moderator: Moderator, client_id: str, number: int
) -> list[Message]:
    """Return everything that was said about the version, private notes as well.

    Raises IntegrationNotFound, VersionNotFound, OwnIntegration.
    """
    _, version = await _find(reader, moderator, client_id, number)
    return await message_store.list_messages(reader, version, _EVERYTHING)


def comment(seal: Seal, version: Version, message: Message) -> str:
    """Return what the integrator wrote for moderators alone."""
    if message.sealed is None:
        return ""
    return seal.unseal(message.sealed, comment_purpose(version))


async def approve(
    tx: Transaction, moderator: Moderator, client_id: str, number: int, seen_hash: str, now: int
) -> Version:
    """Let the integrator publish the content that was seen, and no other (S-150).

    Raises IntegrationNotFound, VersionNotFound, OwnIntegration, WrongState, SeenAnother.
    """
    version = await _decide(tx, moderator, client_id, number, seen_hash, Act.APPROVE, now)
    await tell(tx, version, Kind.VERSION_APPROVED, now)
    return version


async def reject(
    tx: Transaction,
    moderator: Moderator,
    client_id: str,
    number: int,
    seen_hash: str,
    reasons: Sequence[Reason],
    rules: Sequence[Rule],
    now: int,
) -> Version:
    """Send the version back, with one reason for each rule that it breaks.

    Raises IntegrationNotFound, VersionNotFound, OwnIntegration, WrongState,
    SeenAnother, VerdictRefused.
    """
    if problems := _problems(reasons, {rule.id for rule in rules}):
        raise VerdictRefused(problems)
    version = await _decide(tx, moderator, client_id, number, seen_hash, Act.REJECT, now)
    await message_store.add_message(
        tx,
        version,
        kind="verdict",
        user_id=moderator.user_id,
        text="",
        reasons=msgspec.json.encode(list(reasons)).decode(),
        now=now,
    )
    await tell(tx, version, Kind.VERSION_REJECTED, now, reasons=str(len(reasons)))
    return version


async def ask(
    tx: Transaction, moderator: Moderator, client_id: str, number: int, text: str, now: int
) -> None:
    """Ask the integrator something.

    Raises IntegrationNotFound, VersionNotFound, OwnIntegration, WrongState, VerdictRefused.
    """
    version = await _say(tx, moderator, client_id, number, "question", text, now)
    if version.state != State.IN_REVIEW:
        raise WrongState(f"Version {number} is {version.state}; ask while it is reviewed")
    await tell(tx, version, Kind.VERSION_QUESTION, now, quote=text)


async def note(
    tx: Transaction, moderator: Moderator, client_id: str, number: int, text: str, now: int
) -> None:
    """Write down something for moderators alone.

    Raises IntegrationNotFound, VersionNotFound, OwnIntegration, VerdictRefused.
    """
    await _say(tx, moderator, client_id, number, "note", text, now)


async def must_not_belong(reader: Reader, moderator: Moderator, integration: Integration) -> None:
    """Raise OwnIntegration when the moderator is, or was, in the account that made it (S-151)."""
    made_by = integration.account_id
    if await accounts.find_member(reader, made_by, moderator.user_id) is not None:
        raise OwnIntegration


async def tell(tx: Transaction, version: Version, kind: Kind, now: int, **more: str) -> None:
    """Tell the integrator what became of the version; *more* are facts beside its name."""
    await notices.tell_administrators(
        tx,
        version.account_id,
        kind,
        now,
        facts={
            "integration": version.content.main.name,
            "version": str(version.number),
            **more,
        },
        path=f"integrations/{version.client_id}/review",
    )


async def record(
    tx: Transaction,
    moderator: Moderator,
    version: Version,
    event: audit.Event,
    now: int,
    *,
    account_id: int | None = None,
) -> None:
    """Audit what the moderator did: in the account that the version is of, unless told."""
    await audit.record(
        tx,
        Entry(
            at=now,
            event=event,
            account_id=version.account_id if account_id is None else account_id,
            actor="moderator",
            user_id=moderator.user_id,
            client_id=version.client_id,
            source=moderator.source,
            subject=f"{version.client_id} {version.number}",
        ),
    )


async def _say(
    tx: Transaction,
    moderator: Moderator,
    client_id: str,
    number: int,
    kind: str,
    text: str,
    now: int,
) -> Version:
    if problem := text_problem(text, MAX_MESSAGE, lines=True):
        raise VerdictRefused({"text": problem})
    _, version = await _find(tx, moderator, client_id, number)
    await must_have_room(tx, version, kind)
    await message_store.add_message(
        tx, version, kind=kind, user_id=moderator.user_id, text=text.strip(), now=now
    )
    if kind == "question":
        await record(tx, moderator, version, audit.Event.REVIEW_ASKED, now)
    else:
        # The account that made it does not even learn that there is a note.
        event = audit.Event.REVIEW_NOTED
        await record(tx, moderator, version, event, now, account_id=audit.PLATFORM)
    return version


async def _decide(
    tx: Transaction,
    moderator: Moderator,
    client_id: str,
    number: int,
    seen_hash: str,
    act: Act,
    now: int,
) -> Version:
    _, version = await _find(tx, moderator, client_id, number)
    if not may(version.state, act):
        wanted = " or ".join(TRANSITIONS[act].before)
        raise WrongState(f"Version {number} is {version.state}; it must be {wanted}")
    if version.content_hash != seen_hash:
        raise SeenAnother
    after = TRANSITIONS[act].after
    if after is None or not await store.decide(tx, version, after, moderator.user_id, now):
        raise SeenAnother
    await closing_trials.end_of_review(tx, client_id, now)
    await record(tx, moderator, version, TRANSITIONS[act].event, now)
    return msgspec.structs.replace(
        version, state=after, decided_at=now, decided_by=moderator.user_id, updated_at=now
    )


async def _find(
    reader: Reader, moderator: Moderator, client_id: str, number: int
) -> tuple[Integration, Version]:
    """Return the version, unless it is a draft, which is its integrator's alone (S-154)."""
    integration = await integrations.of_any_account(reader, client_id)
    version = await store.find(reader, integration.account_id, client_id, number)
    if version is None or version.submitted_at is None:
        raise VersionNotFound
    await must_not_belong(reader, moderator, integration)
    return integration, version


def _problems(reasons: Sequence[Reason], known: set[str]) -> dict[str, str]:
    if not reasons:
        return {"reasons": "name at least one rule, and what it means for this integration"}
    found: dict[str, str] = {}
    for one in reasons:
        if one.rule not in known:
            found[one.rule] = "there is no such rule in the checklist"
        elif problem := text_problem(one.text, MAX_MESSAGE, lines=True):
            found[one.rule] = problem
    if len({one.rule for one in reasons}) != len(reasons):
        found["reasons"] = "give one reason for each rule"
    return found
