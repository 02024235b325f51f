"""Throw-away accounts to try what is reviewed (widgets-and-marketplace.md 6.8; S-147, S-151)."""

import asyncio

import pytest

from grantway.accounts import moderators
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.errors import AccountNotFound
from grantway.accounts.model import Role
from grantway.db import Database
from grantway.installations import service as installations
from grantway.integrations import by_button, clients, public, trials
from grantway.integrations import service as integrations
from grantway.integrations.by_button import Proposal
from grantway.integrations.errors import InTrialAccount, WrongState
from grantway.kernel.errors import GrantwayError
from grantway.marketplace import catalogue, counting, ratings
from grantway.marketplace.errors import NotInstalledHere
from grantway.moderation import (
    closing_trials,
    desk,
    drafts,
    publication,
    submissions,
    technical_accounts,
)
from grantway.moderation import trials as tries
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import NotAModerator, OwnIntegration, TrialNotFound
from grantway.moderation.model import Version
from grantway.moderation.states import State
from grantway.moderation.trials import LIFETIME, Tried
from grantway.worker.sweeping import Sweeper
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import COMPLETE, NOW, SEAL, People, open_people
from tests.contract.listing_cast import install, list_it
from tests.contract.version_cast import REASONS, RULES, bring_to, make_mo, submit


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


@pytest.fixture
async def seen(people: People, mo: Moderator) -> Version:
    return await bring_to(people, mo, State.IN_REVIEW)


async def begin(people: People, mo: Moderator, version: Version, now: int = NOW) -> Tried:
    async with people.db.write() as tx:
        return await tries.begin(tx, mo, version.client_id, version.number, now)


async def actor_in(people: People, tried: Tried, mo: Moderator) -> Actor:
    async with people.db.read() as reader:
        actor = await accounts.actor_for(reader, tried.account.id, mo.user_id, "tests")
    assert actor is not None
    return actor


async def may(people: People, client_id: str, account_id: int, user_id: int) -> tuple[bool, bool]:
    """Return whether a user of the account may authorize the integration, and may know of it."""
    async with people.db.read() as reader:
        client = await clients.find_client(reader, client_id)
        tried_in = await trials.tried_in(reader, client_id, user_id, [account_id])
    assert client is not None
    return (
        clients.may_be_authorized_in(client, account_id, tried_in),
        clients.is_known_to(client, [account_id], tried_in),
    )


async def own_accounts(people: People, mo: Moderator) -> list[str]:
    async with people.db.read() as reader:
        return [one.subdomain for one in await accounts.accounts_of_user(reader, mo.user_id)]


async def planned_hooks(people: People) -> int:
    async with people.db.read() as reader:
        count: int = await reader.value("select count(*) from deliveries")
        return count


async def test_the_account_is_the_moderators_alone_and_has_what_new_ones_have(
    people: People, mo: Moderator, seen: Version
) -> None:
    tried = await begin(people, mo, seen)
    assert tried.account.subdomain.startswith("try-")
    assert tried.account.name == "Trial of Parcel tracker"
    assert not tried.account.is_technical
    async with people.db.read() as reader:
        users = await accounts.all_users(reader, tried.account.id)
        counted = [
            await reader.value(
                f"select count(*) from {table} where account_id = :id",
                id=tried.account.id,
            )
            for table in ("leads", "pipelines", "custom_fields")
        ]
    assert [(one.id, one.role) for one in users] == [(mo.user_id, "administrator")]
    assert counted == [6, 1, 7]
    assert ("version.trial_begun", f"{seen.client_id} 1") in await audited(
        people.db, tried.account.id
    )
    made_by = await audited(people.db, people.dana.account_id)
    assert not any(event.startswith("version.trial") for event, _ in made_by)


async def test_it_may_be_tried_there_and_nowhere_else(
    people: People, mo: Moderator, seen: Version
) -> None:
    other = await submit(people, await bring_to(people, mo, State.DRAFT))
    alice, dana = people.alice, people.dana
    before = await may(people, seen.client_id, alice.account_id, alice.user_id)
    tried = await begin(people, mo, seen)

    assert before == (False, False)
    assert await may(people, seen.client_id, tried.account.id, mo.user_id) == (True, True)
    assert await may(people, seen.client_id, dana.account_id, dana.user_id) == (True, True)
    assert await may(people, seen.client_id, alice.account_id, alice.user_id) == (False, False)
    assert await may(people, other.client_id, tried.account.id, mo.user_id) == (False, False)
    async with people.db.read() as reader:
        assert await trials.tried_in(reader, seen.client_id, mo.user_id, []) == frozenset()


async def test_whoever_else_is_let_into_it_tries_nothing(
    people: People, mo: Moderator, seen: Version
) -> None:
    tried = await begin(people, mo, seen)
    async with people.db.write() as tx:
        await accounts.add_user_to_account(
            tx, tried.account.id, people.alice.user_id, Role.ADMINISTRATOR, NOW
        )
        second = await make_mo(tx, in_account=tried.account.id)

    for user_id in (people.alice.user_id, second.user_id):
        assert await may(people, seen.client_id, tried.account.id, user_id) == (False, False)
    assert await may(people, seen.client_id, tried.account.id, mo.user_id) == (True, True)


async def test_a_second_press_finds_the_same_account(
    people: People, mo: Moderator, seen: Version
) -> None:
    first, second = await begin(people, mo, seen), await begin(people, mo, seen, NOW + 60)
    async with people.db.write() as tx:
        user = await accounts.create_user(
            tx, email="max@moderation.example", name="Max", password_hash=None, now=NOW
        )
        await moderators.appoint(tx, user.id, NOW)
        max_ = await desk.moderator_for(tx, user.id)
    his = await begin(people, max_, seen)

    assert second == first
    assert his.account.id != first.account.id
    async with people.db.read() as reader:
        assert [one.account.id for one in await tries.of_moderator(reader, max_)] == [
            his.account.id
        ]


@pytest.mark.parametrize(
    "state", [State.WITHDRAWN, State.REJECTED, State.APPROVED], ids=lambda one: one.value
)
async def test_only_what_is_reviewed_is_tried(people: People, mo: Moderator, state: State) -> None:
    version = await bring_to(people, mo, state)

    with pytest.raises(WrongState):
        await begin(people, mo, version)
    assert await own_accounts(people, mo) == []


async def test_a_draft_is_not_there_and_a_stopped_one_works_nowhere(
    people: People, mo: Moderator, seen: Version
) -> None:
    draft = await bring_to(people, mo, State.DRAFT)
    with pytest.raises(GrantwayError, match="no such version"):
        await begin(people, mo, draft)
    async with people.db.write() as tx:
        await tx.change(
            "update integrations set status = 'disabled', status_before = status,"
            " disabled_at = 1, disabled_reason = 'x' where client_id = :id",
            id=seen.client_id,
        )
    with pytest.raises(WrongState, match="works nowhere"):
        await begin(people, mo, seen)


async def test_nobody_tries_what_their_own_account_made(
    people: People, mo: Moderator, seen: Version
) -> None:
    async with people.db.write() as tx:
        insider = await make_mo(tx, in_account=people.dana.account_id)
    with pytest.raises(OwnIntegration):
        await begin(people, insider, seen)
    await begin(people, mo, seen)
    async with people.db.write() as tx:
        made = await desk.approve(tx, mo, seen.client_id, 1, seen.content_hash, NOW)

    assert made.state == State.APPROVED, "who tries it belongs to no account of its integrator"


async def ends(people: People, mo: Moderator, seen: Version, how: str) -> None:
    async with people.db.write() as tx:
        if how == "approved":
            await desk.approve(tx, mo, seen.client_id, 1, seen.content_hash, NOW + 9)
        elif how == "rejected":
            await desk.reject(tx, mo, seen.client_id, 1, seen.content_hash, REASONS, RULES, NOW + 9)
        elif how == "withdrawn":
            await submissions.withdraw(tx, people.dana, seen.client_id, NOW + 9)
        elif how == "published by the operator":
            await publication.publish_unreviewed(tx, seen.client_id, NOW + 9)
        elif how == "ended":
            await tries.end(tx, mo, seen.client_id, NOW + 9)
        elif how == "moderator dismissed":
            await closing_trials.end_of_moderator(tx, mo.user_id, NOW + 9)
    if how == "a week":
        await Sweeper(people.db, lambda: NOW + LIFETIME).sweep()


@pytest.mark.parametrize(
    "how",
    [
        *("approved", "rejected", "withdrawn", "published by the operator"),
        *("ended", "moderator dismissed", "a week"),
    ],
)
async def test_it_ends_with_the_review_and_takes_everything_with_it(
    people: People, mo: Moderator, seen: Version, how: str
) -> None:
    tried = await begin(people, mo, seen)
    actor = await actor_in(people, tried, mo)
    await install(people, actor, seen.client_id)
    assert await own_accounts(people, mo) == [tried.account.subdomain]
    await Sweeper(people.db, lambda: NOW + LIFETIME - 1).sweep()
    assert await own_accounts(people, mo) == [tried.account.subdomain]

    await ends(people, mo, seen, how)

    assert await own_accounts(people, mo) == []
    assert await planned_hooks(people) == 1
    async with people.db.read() as reader:
        assert await installations.installed(reader, tried.account.id) == []
        assert await trials.live_of(reader, seen.client_id) == []
        with pytest.raises(AccountNotFound):
            await accounts.account_by_subdomain(reader, tried.account.subdomain)
    if how != "published by the operator":
        assert await may(people, seen.client_id, tried.account.id, mo.user_id) == (False, False)
    events = [event for event, _ in await audited(people.db, tried.account.id)]
    assert events[-3:] == ["installation.ended", "version.trial_ended", "account.closed"]


async def test_it_ends_soon_after_its_integration_was_deleted(
    people: People, mo: Moderator, seen: Version
) -> None:
    await begin(people, mo, seen)
    async with people.db.write() as tx:
        await integrations.delete(tx, people.dana, seen.client_id, NOW + 9)
    await Sweeper(people.db, lambda: NOW + 10).sweep()

    assert await own_accounts(people, mo) == []
    async with people.db.read() as reader:
        assert await desk.queue(reader, mo) == []


async def test_a_verdict_at_the_same_moment_leaves_no_account_behind(
    people: People, mo: Moderator
) -> None:
    async def decide(version: Version) -> None:
        async with people.db.write() as tx:
            await desk.approve(tx, mo, version.client_id, 1, version.content_hash, NOW)

    for _ in range(8):
        version = await bring_to(people, mo, State.IN_REVIEW)
        made, decided = await asyncio.gather(
            begin(people, mo, version), decide(version), return_exceptions=True
        )
        assert decided is None
        assert isinstance(made, Tried | WrongState)
        async with people.db.read() as reader:
            assert await trials.live_of(reader, version.client_id) == []
    assert await own_accounts(people, mo) == []


async def test_whoever_was_dismissed_meanwhile_opens_none(
    people: People, mo: Moderator, seen: Version
) -> None:
    async def dismiss() -> None:
        async with people.db.write() as tx:
            await moderators.dismiss(tx, mo.user_id, NOW)
            await closing_trials.end_of_moderator(tx, mo.user_id, NOW)

    for _ in range(8):
        async with people.db.write() as tx:
            await moderators.appoint(tx, mo.user_id, NOW)
        made, _ = await asyncio.gather(begin(people, mo, seen), dismiss(), return_exceptions=True)
        assert isinstance(made, Tried | NotAModerator)
        assert await own_accounts(people, mo) == []
    with pytest.raises(NotAModerator):
        await begin(people, mo, seen)


async def test_two_presses_at_once_open_one_account(
    people: People, mo: Moderator, seen: Version
) -> None:
    first, *others = await asyncio.gather(*(begin(people, mo, seen) for _ in range(5)))

    assert {one.account.id for one in others} == {first.account.id}
    assert len(await own_accounts(people, mo)) == 1


async def test_who_has_none_ends_none(people: People, mo: Moderator, seen: Version) -> None:
    with pytest.raises(TrialNotFound):
        await ends(people, mo, seen, "ended")
    await begin(people, mo, seen)
    await ends(people, mo, seen, "ended")
    with pytest.raises(TrialNotFound):
        await ends(people, mo, seen, "ended")

    again = await begin(people, mo, seen, NOW + 20)
    assert again.trial.begun_at == NOW + 20


async def test_nothing_is_made_in_it(people: People, mo: Moderator, seen: Version) -> None:
    actor = await actor_in(people, await begin(people, mo, seen), mo)
    proposal = Proposal(
        name="Forms",
        description="Leads from forms.",
        redirect_uri="https://forms.example/agreed",
        secrets_uri="https://forms.example/keys",
        scopes=("crm",),
    )
    for one in (actor, people.alice):
        made = 0
        for make in ("private", "public", "button", "technical"):
            try:
                async with people.db.write() as tx:
                    if make == "private":
                        await integrations.create_private(tx, one, NOW)
                    elif make == "public":
                        await public.create_public(tx, one, COMPLETE, NOW)
                    elif make == "button":
                        await by_button.create_by_button(tx, one, proposal, SEAL, NOW)
                    else:
                        await technical_accounts.request(
                            tx, one, about="A parcel tracker", site="", now=NOW
                        )
                made += 1
            except InTrialAccount:
                assert one is actor
            except GrantwayError:
                assert make == "public"
        assert made == (0 if one is actor else 3)


async def test_what_is_tried_counts_nowhere_and_rates_nothing(
    people: People, mo: Moderator
) -> None:
    client_id = await list_it(people, mo)
    async with people.db.write() as tx:
        draft = await drafts.add_version(tx, people.dana, client_id, NOW)
    update = await submit(people, draft)
    actor = await actor_in(people, await begin(people, mo, update), mo)
    for one in (actor, people.alice):
        await install(people, one, client_id)
    await counting.sweep(people.db)
    async with people.db.read() as reader:
        listing = await catalogue.listing(reader, "en", client_id)
        days = await counting.by_day(reader, people.dana, client_id, NOW)
        rating = [await ratings.may_rate(reader, one, client_id) for one in (actor, people.alice)]
        told = [
            await installations.count_accounts_with(reader, client_id),
            (await installations.count_of_made(reader, people.dana))[client_id],
        ]
    assert told == [1, 1]
    assert listing.tile.installs == 1
    assert sum(one.installs for one in days) == 1
    assert rating == [False, True]
    async with people.db.write() as tx:
        with pytest.raises(NotInstalledHere):
            await ratings.rate(tx, actor, client_id, stars=5, text="", now=NOW)
