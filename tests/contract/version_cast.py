"""A version of danalabs' integration in any state, and everybody who may want to move it."""

import msgspec

from grantway.accounts import moderators
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.db import Transaction
from grantway.integrations import public
from grantway.moderation import desk, drafts, submissions
from grantway.moderation.checks.model import Report, Rule, Severity
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Reason, Version
from grantway.moderation.states import State
from tests.contract.integration_cast import COMPLETE, NOW, SEAL, People

RULES = (Rule(id="N1", severity=Severity.ERROR, text="The name has at most 30 characters."),)
REASONS = (Reason("N1", "It has 44."),)
COMMENT = "Sign in as review@parcel.example with the password shown there."


async def make_mo(tx: Transaction, *, in_account: int | None = None, name: str = "mo") -> Moderator:
    """Return a moderator, who may belong to an account as well."""
    address = f"{name}{in_account or ''}@moderation.example"
    user = await accounts.create_user(tx, email=address, name="Mo", password_hash=None, now=NOW)
    await moderators.appoint(tx, user.id, NOW)
    if in_account is not None:
        await accounts.add_user_to_account(tx, in_account, user.id, Role.USER, NOW)
    return await desk.moderator_for(tx, user.id, "203.0.113.7")


async def make_draft(people: People, **changes: object) -> Version:
    """Return the first version of a new integration."""
    async with people.db.write() as tx:
        settings = msgspec.structs.replace(COMPLETE, **changes)
        made = await public.create_public(tx, people.dana, settings, NOW)
        return await drafts.newest(tx, people.dana, made.client_id)


def clean(version: Version) -> Report:
    """Return a report without findings on this very content."""
    return Report(content_hash=version.content_hash, findings=())


async def newest(people: People, client_id: str) -> Version:
    async with people.db.read() as reader:
        return await drafts.newest(reader, people.dana, client_id)


async def rename_owner(tx: Transaction, actor: Actor, seen: Version) -> Version:
    """Change the draft that was seen."""
    content = msgspec.structs.replace(seen.content, owner_name="Dana Labs S.L.")
    return await drafts.save(tx, actor, seen.client_id, content, NOW, seen_hash=seen.content_hash)


async def submit(people: People, draft: Version, now: int = NOW) -> Version:
    async with people.db.write() as tx:
        return await submissions.request_review(
            tx, people.dana, draft.client_id, clean(draft), now, comment=COMMENT, seal=SEAL
        )


async def bring_to(people: People, mo: Moderator, state: State) -> Version:
    """Return a version of a new integration in *state*, reached as people reach it."""
    draft = await make_draft(people)
    if state is State.DRAFT:
        return draft
    seen = await submit(people, draft)
    async with people.db.write() as tx:
        if state is State.WITHDRAWN:
            await submissions.withdraw(tx, people.dana, seen.client_id, NOW)
        elif state is State.REJECTED:
            await desk.reject(tx, mo, seen.client_id, 1, seen.content_hash, REASONS, RULES, NOW)
        elif state is State.APPROVED:
            await desk.approve(tx, mo, seen.client_id, 1, seen.content_hash, NOW)
    found = await newest(people, seen.client_id)
    assert found.state == state
    return found
