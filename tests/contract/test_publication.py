"""Publishing, replacing, hiding (widgets-and-marketplace.md 6.3, 6.4; S-55, S-147 to S-149)."""

import msgspec
import pytest

from grantway.accounts import activation
from grantway.accounts import service as accounts
from grantway.db import Database
from grantway.integrations import clients
from grantway.integrations import service as integrations
from grantway.integrations import states as integration_states
from grantway.integrations.errors import IntegrationNotFound, WrongState
from grantway.integrations.model import Integration
from grantway.kernel.errors import Forbidden
from grantway.moderation import desk, drafts, publication, submissions
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import OwnIntegration, VerdictRefused
from grantway.moderation.model import Version
from grantway.moderation.states import State
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.version_cast import bring_to, clean, make_draft, make_mo, newest

OWNER = "Dana Labs S.L."


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


async def published(people: People, mo: Moderator) -> Version:
    seen = await bring_to(people, mo, State.APPROVED)
    async with people.db.write() as tx:
        return await publication.publish(tx, people.dana, seen.client_id, "other", NOW)


async def record(people: People, client_id: str) -> Integration:
    async with people.db.read() as reader:
        return await integrations.of_any_account(reader, client_id)


async def may_meet(people: People, client_id: str) -> list[bool]:
    """Return who may be asked for consent: its own account, and another one."""
    async with people.db.read() as reader:
        client = await clients.find_client(reader, client_id)
    assert client is not None
    return [
        clients.may_be_authorized_in(client, one.account_id) for one in (people.dana, people.alice)
    ]


async def replace(people: People, mo: Moderator, client_id: str) -> Version:
    """Bring another version, of another owner, as far as approval."""
    async with people.db.write() as tx:
        added = await drafts.add_version(tx, people.dana, client_id, NOW)
        content = msgspec.structs.replace(added.content, owner_name=OWNER, scopes=("crm", "files"))
        draft = await drafts.save(
            tx, people.dana, client_id, content, NOW, seen_hash=added.content_hash
        )
        await submissions.request_review(tx, people.dana, client_id, clean(draft), NOW)
        return await desk.approve(tx, mo, client_id, draft.number, draft.content_hash, NOW)


async def test_everybody_meets_it_once_it_is_published_and_not_before(
    people: People, mo: Moderator
) -> None:
    seen = await bring_to(people, mo, State.APPROVED)
    before = await may_meet(people, seen.client_id)
    async with people.db.write() as tx:
        made = await publication.publish(tx, people.dana, seen.client_id, "other", NOW)

    assert before == [True, False]
    assert await may_meet(people, seen.client_id) == [True, True]
    assert (made.state, made.published_at, made.category) == (State.PUBLISHED, NOW, "other")
    assert await newest(people, seen.client_id) == made


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.REJECTED, State.WITHDRAWN])
async def test_only_what_was_approved_is_published(
    people: People, mo: Moderator, state: State
) -> None:
    seen = await bring_to(people, mo, state)
    async with people.db.write() as tx:
        with pytest.raises(WrongState):
            await publication.publish(tx, people.dana, seen.client_id, "other", NOW)

    assert await may_meet(people, seen.client_id) == [True, False]


async def test_only_administrators_of_its_own_account_publish(
    people: People, mo: Moderator
) -> None:
    seen = await bring_to(people, mo, State.APPROVED)
    user = msgspec.structs.replace(people.dana, is_administrator=False)
    for actor, error in ((user, Forbidden), (people.alice, IntegrationNotFound)):
        async with people.db.write() as tx:
            with pytest.raises(error):
                await publication.publish(tx, actor, seen.client_id, "other", NOW)

    assert await may_meet(people, seen.client_id) == [True, False]


async def test_a_newer_version_changes_nothing_until_it_is_published(
    people: People, mo: Moderator
) -> None:
    first = await published(people, mo)
    second = await replace(people, mo, first.client_id)
    before = await record(people, first.client_id)
    async with people.db.write() as tx:
        await publication.publish(tx, people.dana, first.client_id, "sales", NOW + 1)
    after = await record(people, first.client_id)
    async with people.db.read() as reader:
        kept = await drafts.list_versions(reader, people.dana, first.client_id)

    assert (before.owner_name, before.scopes) == ("Dana Labs", "crm notifications")
    assert (after.owner_name, after.scopes) == (OWNER, "files crm")
    assert [(one.number, one.state) for one in kept] == [(2, "published"), (1, "superseded")]
    assert kept[0].content_hash == second.content_hash
    assert await may_meet(people, first.client_id) == [True, True]


async def test_a_draft_beside_a_published_version_can_be_thrown_away(
    people: People, mo: Moderator
) -> None:
    first = await published(people, mo)
    async with people.db.write() as tx:
        added = await drafts.add_version(tx, people.dana, first.client_id, NOW)
        content = msgspec.structs.replace(added.content, owner_name=OWNER)
        await drafts.save(
            tx, people.dana, first.client_id, content, NOW, seen_hash=added.content_hash
        )
        await drafts.delete_version(tx, people.dana, first.client_id, NOW)

    assert await newest(people, first.client_id) == first
    assert (await record(people, first.client_id)).owner_name == "Dana Labs"


async def test_what_is_hidden_is_met_by_nobody_new_until_it_is_shown_again(
    people: People, mo: Moderator
) -> None:
    seen = await published(people, mo)
    async with people.db.write() as tx:
        hidden = await publication.hide(tx, mo, seen.client_id, "The link is dead.", NOW)
    during = await may_meet(people, seen.client_id)
    async with people.db.read() as reader:
        told = await submissions.conversation(reader, people.dana, seen.client_id, 1)
    async with people.db.write() as tx:
        await publication.show(tx, mo, seen.client_id, NOW)

    assert hidden.state == State.HIDDEN
    assert during == [True, False]
    assert told[-1].text == "The link is dead."
    assert await may_meet(people, seen.client_id) == [True, True]


async def test_a_draft_of_what_is_hidden_changes_nothing_for_those_who_have_it(
    people: People, mo: Moderator
) -> None:
    seen = await published(people, mo)
    async with people.db.write() as tx:
        await publication.hide(tx, mo, seen.client_id, "The link is dead.", NOW)
    second = await replace(people, mo, seen.client_id)
    before = await record(people, seen.client_id)
    async with people.db.write() as tx:
        await publication.publish(tx, people.dana, seen.client_id, "other", NOW)

    assert before.owner_name == "Dana Labs"
    assert (await record(people, seen.client_id)).owner_name == OWNER
    assert (await newest(people, seen.client_id)).number == second.number


async def test_hiding_needs_another_moderator_a_reason_and_something_to_hide(
    people: People, mo: Moderator
) -> None:
    seen = await published(people, mo)
    draft = await make_draft(people)
    async with people.db.write() as tx:
        danalabs = await accounts.account_by_id(tx, people.dana.account_id)
        partial = await make_mo(tx, in_account=danalabs.id)
        # Who was let go knows what they made, and for whom.
        former = await make_mo(tx, in_account=danalabs.id, name="former")
        user = await accounts.user_by_id(tx, former.user_id)
        await activation.deactivate_in_account(tx, danalabs, user, NOW)
    cases = (
        (partial, seen.client_id, "The link is dead.", OwnIntegration),
        (former, seen.client_id, "The link is dead.", OwnIntegration),
        (mo, seen.client_id, " ", VerdictRefused),
        (mo, draft.client_id, "The link is dead.", WrongState),
        (mo, "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810", "Dead.", IntegrationNotFound),
    )
    for who, client_id, reason, error in cases:
        async with people.db.write() as tx:
            with pytest.raises(error):
                await publication.hide(tx, who, client_id, reason, NOW)

    assert await may_meet(people, seen.client_id) == [True, True]
    async with people.db.write() as tx:
        with pytest.raises(WrongState):
            await publication.show(tx, mo, seen.client_id, NOW)


async def test_what_the_operator_stopped_is_neither_published_nor_hidden(
    people: People, mo: Moderator
) -> None:
    seen = await bring_to(people, mo, State.APPROVED)
    async with people.db.write() as tx:
        await integration_states.disable(tx, seen.client_id, "Its keys leaked.", NOW)
    async with people.db.write() as tx:
        with pytest.raises(WrongState):
            await publication.publish(tx, people.dana, seen.client_id, "other", NOW)
        await integration_states.enable(tx, seen.client_id, NOW)
        await publication.publish(tx, people.dana, seen.client_id, "other", NOW)

    assert await may_meet(people, seen.client_id) == [True, True]


async def test_each_step_is_audited(people: People, mo: Moderator) -> None:
    seen = await published(people, mo)
    async with people.db.write() as tx:
        await publication.hide(tx, mo, seen.client_id, "The link is dead.", NOW)
        await publication.show(tx, mo, seen.client_id, NOW)
    await replace(people, mo, seen.client_id)
    async with people.db.write() as tx:
        await publication.publish(tx, people.dana, seen.client_id, "other", NOW)

    told = [event for event, _ in await audited(people.db, people.dana.account_id)]
    assert [one for one in told if one.startswith("version.")][2:] == [
        "version.published",
        "version.hidden",
        "version.shown_again",
        "version.added",
        "version.review_requested",
        "version.approved",
        "version.superseded",
        "version.published",
    ]


async def test_what_was_published_before_versions_were_kept_can_be_looked_at_and_hidden(
    people: People, mo: Moderator
) -> None:
    draft = await make_draft(people)
    async with people.db.write() as tx:
        await tx.change(
            "update integrations set status = 'published', published_at = :now", now=NOW - 5
        )
        hidden = await publication.hide(tx, mo, draft.client_id, "The link is dead.", NOW)
        _, seen, in_force = await desk.look(tx, mo, draft.client_id, 1)

    assert (hidden.state, seen.submitted_at) == (State.HIDDEN, NOW - 5)
    assert in_force == seen
    assert await may_meet(people, draft.client_id) == [True, False]
