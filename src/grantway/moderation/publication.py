"""What the public sees of an integration: one version of it, or none.

Contract: widgets-and-marketplace.md 6.3 and 6.4; rules S-148, S-149. A version
that is hidden takes nothing from those who have it installed; nobody else meets
the integration meanwhile.
"""

from __future__ import annotations

import msgspec

from grantway import audit
from grantway.accounts import technical
from grantway.accounts.actor import Actor
from grantway.audit import Entry
from grantway.db import Transaction
from grantway.integrations import record
from grantway.integrations import service as integrations
from grantway.integrations.errors import Unfinished, WrongState
from grantway.integrations.model import Integration
from grantway.integrations.public import must_be_technical
from grantway.integrations.rules import text_problem
from grantway.moderation import closing_trials, desk, drafts, message_store, store
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import SeenAnother, VerdictRefused
from grantway.moderation.model import Version
from grantway.moderation.states import TRANSITIONS, Act, State, may
from grantway.moderation.submissions import MAX_MESSAGE
from grantway.notices.model import Kind

FIRST_CATEGORY = "other"


async def publish(
    tx: Transaction, actor: Actor, client_id: str, category: str, now: int
) -> Version:
    """Put the approved version before the public, in place of the one before it.

    Existing grants keep the scopes that were agreed (S-55). For
    administrators of a technical account. Raises IntegrationNotFound,
    TechnicalAccountNeeded, WrongState.
    """
    # Who has something published stays technical, so nobody may end that meanwhile.
    await technical.hold(tx, actor.account_id)
    version = await drafts.held(tx, actor, client_id)
    await must_be_technical(tx, actor.account_id)
    if not may(version.state, Act.PUBLISH):
        raise WrongState(f"Version {version.number} is {version.state}; it must be approved")
    integration = await integrations.get_own(tx, actor, client_id)
    before = await store.in_force(tx, actor.account_id, client_id)
    if before is not None:
        if not await store.move(tx, before, State.SUPERSEDED, now):
            raise SeenAnother
        subject = f"{client_id} {before.number}"
        event = TRANSITIONS[Act.SUPERSEDE].event
        await audit.record(tx, actor.did(event, at=now, subject=subject))
    if not await store.publish(tx, version, category, now):
        raise SeenAnother
    content = version.content
    await drafts.put_in_force(tx, integration, content, actor.user_id, now, is_public=True)
    await record.move(tx, integration, before=("draft", "published"), after="published", now=now)
    subject = f"{client_id} {version.number}"
    await audit.record(tx, actor.did(TRANSITIONS[Act.PUBLISH].event, at=now, subject=subject))
    return msgspec.structs.replace(
        version, state=State.PUBLISHED, published_at=now, category=category, updated_at=now
    )


async def hide(
    tx: Transaction, moderator: Moderator, client_id: str, reason: str, now: int
) -> Version:
    """Take the published version from the public; the integrator reads the reason.

    Raises IntegrationNotFound, OwnIntegration, WrongState, VerdictRefused.
    """
    if problem := text_problem(reason, MAX_MESSAGE, lines=True):
        raise VerdictRefused({"reason": problem})
    integration, version = await _in_force(tx, moderator, client_id, Act.HIDE)
    await message_store.add_message(
        tx, version, kind="verdict", user_id=moderator.user_id, text=reason.strip(), now=now
    )
    await record.move(tx, integration, before=("published",), after="draft", now=now)
    await desk.tell(tx, version, Kind.LISTING_HIDDEN, now, quote=reason)
    return await _move(tx, moderator, version, Act.HIDE, now)


async def show(tx: Transaction, moderator: Moderator, client_id: str, now: int) -> Version:
    """Put a hidden version before the public again.

    Raises IntegrationNotFound, OwnIntegration, WrongState.
    """
    integration, version = await _in_force(tx, moderator, client_id, Act.SHOW)
    await record.move(tx, integration, before=("draft",), after="published", now=now)
    await desk.tell(tx, version, Kind.LISTING_SHOWN, now)
    return await _move(tx, moderator, version, Act.SHOW, now)


async def publish_unreviewed(
    tx: Transaction, client_id: str, now: int, *, category: str = FIRST_CATEGORY
) -> Version:
    """Put the newest version before the public as it is, or a hidden one again.

    For the platform's operator, who answers for it: their own integrations, and
    tests. Raises IntegrationNotFound, WrongState, and Unfinished for one that
    lacks what users are shown.
    """
    integration = await _held(tx, client_id)
    if integration.is_private or integration.is_disabled:
        raise WrongState(f"An integration that is {integration.status} cannot be published")
    version = await drafts.kept(tx, integration)
    if version.state == State.HIDDEN:
        await record.move(tx, integration, before=("draft",), after="published", now=now)
        moved = await store.move(tx, version, State.PUBLISHED, now)
        await desk.tell(tx, version, Kind.LISTING_SHOWN, now)
    elif version.state in {State.DRAFT, State.IN_REVIEW, State.APPROVED}:
        content = version.content
        if problems := drafts.unfinished(content):
            raise Unfinished(problems)
        before = await store.in_force(tx, integration.account_id, client_id)
        if before is not None:
            await store.move(tx, before, State.SUPERSEDED, now)
        moved = await store.publish(tx, version, category, now)
        by = integration.created_by
        await drafts.put_in_force(tx, integration, content, by, now, is_public=True)
        await record.move(
            tx, integration, before=("draft", "published"), after="published", now=now
        )
    else:
        raise WrongState(
            f"Version {version.number} is {version.state}; there is nothing to publish"
        )
    if not moved:
        raise SeenAnother
    await closing_trials.end_of_review(tx, client_id, now)
    await _record_operator(tx, version, audit.Event.INTEGRATION_PUBLISHED, now)
    return msgspec.structs.replace(version, state=State.PUBLISHED, updated_at=now)


async def unpublish(tx: Transaction, client_id: str, now: int) -> Version:
    """Hide the published version; where it is installed it goes on working.

    For the platform's operator. Raises IntegrationNotFound, WrongState.
    """
    integration = await _held(tx, client_id)
    await record.move(tx, integration, before=("published",), after="draft", now=now)
    await drafts.kept(tx, integration)
    version = await store.in_force(tx, integration.account_id, client_id)
    if version is None or not await store.move(tx, version, State.HIDDEN, now):
        raise SeenAnother
    await _record_operator(tx, version, audit.Event.INTEGRATION_UNPUBLISHED, now)
    await desk.tell(tx, version, Kind.LISTING_HIDDEN, now, quote="")
    return msgspec.structs.replace(version, state=State.HIDDEN, updated_at=now)


async def _held(tx: Transaction, client_id: str) -> Integration:
    integration = await integrations.of_any_account(tx, client_id)
    await record.hold(tx, integration.account_id, client_id)
    return await integrations.of_any_account(tx, client_id)


async def _record_operator(tx: Transaction, version: Version, event: audit.Event, now: int) -> None:
    await audit.record(
        tx,
        Entry(
            at=now,
            event=event,
            account_id=version.account_id,
            actor="operator",
            subject=version.client_id,
        ),
    )


async def _in_force(
    tx: Transaction, moderator: Moderator, client_id: str, act: Act
) -> tuple[Integration, Version]:
    integration = await _held(tx, client_id)
    await desk.must_not_belong(tx, moderator, integration)
    await drafts.kept(tx, integration)
    version = await store.in_force(tx, integration.account_id, client_id)
    wanted = " or ".join(TRANSITIONS[act].before)
    if version is None:
        raise WrongState(f"No version of this integration is {wanted}")
    if not may(version.state, act):
        raise WrongState(f"Version {version.number} is {version.state}; it must be {wanted}")
    return integration, version


async def _move(
    tx: Transaction, moderator: Moderator, version: Version, act: Act, now: int
) -> Version:
    after = TRANSITIONS[act].after
    if after is None or not await store.move(tx, version, after, now):
        raise SeenAnother
    await desk.record(tx, moderator, version, TRANSITIONS[act].event, now)
    return msgspec.structs.replace(version, state=after, updated_at=now)
