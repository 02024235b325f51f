"""Technical accounts: asked for, granted, extended, ended (widgets-and-marketplace.md 6.1)."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import product

import msgspec
import pytest

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.errors import AccountNotFound
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.accounts.technical import months_later
from grantway.db import Database, Transaction
from grantway.kernel.errors import Forbidden, GrantwayError
from grantway.moderation import technical_accounts
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import (
    AlreadyTechnical,
    EndChanged,
    NoRequestWaits,
    NotTechnical,
    OwnAccount,
    RequestIncomplete,
    RequestWaiting,
    VerdictRefused,
    WithoutEnd,
)
from grantway.moderation.technical_accounts import Decider
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.technical_cast import (
    ABOUT,
    END,
    OPERATOR,
    SITE,
    STATES,
    WHY,
    acme,
    approve,
    ask,
    bring_to,
    entries,
    state_of,
)
from tests.contract.version_cast import make_mo


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


Press = Callable[[Transaction, Actor, Decider], Awaitable[object]]

PRESSES: dict[str, Press] = {
    "request": lambda tx, actor, who: technical_accounts.request(
        tx, actor, about=ABOUT, site=SITE, now=NOW
    ),
    "approve": lambda tx, actor, who: technical_accounts.approve(tx, who, actor.account_id, NOW),
    "refuse": lambda tx, actor, who: technical_accounts.refuse(tx, who, actor.account_id, WHY, NOW),
    "extend": lambda tx, actor, who: technical_accounts.extend(tx, who, actor.account_id, NOW),
    "end": lambda tx, actor, who: technical_accounts.end(tx, who, actor.account_id, WHY, NOW),
}


async def look(tx: Transaction, actor: Actor, who: Decider) -> object:
    return await technical_accounts.look(tx, who, actor.account_id)


AFTER = {
    ("ordinary", "request"): "waiting",
    ("refused", "request"): "waiting",
    ("ended", "request"): "waiting",
    ("waiting", "approve"): "technical",
    ("waiting", "refuse"): "refused",
    ("technical", "extend"): "technical",
    ("technical", "end"): "ended",
    ("without end", "end"): "ordinary",
}
"""Where each act leads; from any other state it leads nowhere."""
WHY_NOT: dict[str, type[GrantwayError]] = {
    "approve": NoRequestWaits,
    "refuse": NoRequestWaits,
    "extend": NotTechnical,
    "end": NotTechnical,
}


@pytest.mark.parametrize(("state", "act"), list(product(STATES, PRESSES)))
async def test_every_act_from_every_state(
    people: People, mo: Moderator, state: str, act: str
) -> None:
    await bring_to(people, mo, state)
    after = AFTER.get((state, act))
    if after is not None:
        async with people.db.write() as tx:
            await PRESSES[act](tx, people.alice, mo)
    else:
        error = WHY_NOT.get(act, RequestWaiting if state == "waiting" else AlreadyTechnical)
        with pytest.raises(WithoutEnd if (state, act) == ("without end", "extend") else error):
            async with people.db.write() as tx:
                await PRESSES[act](tx, people.alice, mo)

    assert await state_of(people) == (after or state)


async def test_what_was_asked_is_read_by_those_who_decide(people: People, mo: Moderator) -> None:
    await ask(people)
    async with people.db.read() as reader:
        (asking,) = await technical_accounts.requests(reader, mo)
        account, (asked,) = await technical_accounts.look(reader, mo, people.alice.account_id)

    assert (asking.subdomain, asking.requested_by, asking.is_own) == ("acme", "alice", False)
    assert (asking.about, asking.site, asking.number) == (ABOUT, SITE, 1)
    assert (account.subdomain, asked.about, asked.requested_at) == ("acme", ABOUT, NOW)


async def test_an_approved_account_is_technical_for_three_months(
    people: People, mo: Moderator
) -> None:
    await ask(people)
    until = await approve(people, mo)
    found = await acme(people)

    assert until == END == found.technical_until
    assert found.is_technical
    entry = (await entries(people))[-1]
    assert (entry.event, entry.actor, entry.user_id, entry.subject) == (
        "account.technical_approved",
        "moderator",
        mo.user_id,
        "until 2027-04-15",
    )


async def test_the_operator_decides_as_the_operator(people: People) -> None:
    await ask(people)
    await approve(people, OPERATOR)
    async with people.db.read() as reader:
        _, (asked,) = await technical_accounts.look(reader, OPERATOR, people.alice.account_id)
    entry = (await entries(people))[-1]

    assert (entry.actor, entry.user_id, asked.decided_by) == ("operator", None, None)


async def test_a_refusal_is_read_and_asked_again(people: People, mo: Moderator) -> None:
    await bring_to(people, mo, "refused")
    async with people.db.read() as reader:
        refused = await technical_accounts.standing(reader, people.alice, NOW)
    await ask(people)
    async with people.db.read() as reader:
        _, asked = await technical_accounts.look(reader, mo, people.alice.account_id)

    assert refused.request is not None
    assert (refused.request.reason, refused.may_ask) == (WHY, True)
    assert [(one.number, one.state) for one in asked] == [(2, "waiting"), (1, "refused")]


async def test_only_the_request_that_was_read_is_decided_about(
    people: People, mo: Moderator
) -> None:
    await bring_to(people, mo, "refused")
    await ask(people)
    account_id = people.alice.account_id
    with pytest.raises(NoRequestWaits):
        async with people.db.write() as tx:
            await technical_accounts.approve(tx, mo, account_id, NOW, number=1)
    with pytest.raises(NoRequestWaits):
        async with people.db.write() as tx:
            await technical_accounts.refuse(tx, mo, account_id, WHY, NOW, number=1)
    assert await state_of(people) == "waiting"
    async with people.db.write() as tx:
        await technical_accounts.approve(tx, mo, account_id, NOW, number=2)
    assert await state_of(people) == "technical"


async def test_extending_adds_to_the_end_that_was_seen(people: People, mo: Moderator) -> None:
    await bring_to(people, mo, "technical")
    account_id = people.alice.account_id
    async with people.db.write() as tx:
        until = await technical_accounts.extend(tx, mo, account_id, NOW, months=1, seen_until=END)
    with pytest.raises(EndChanged):
        async with people.db.write() as tx:
            await technical_accounts.extend(tx, mo, account_id, NOW, seen_until=END)

    assert until == months_later(END, 1)
    assert (await acme(people)).technical_until == until


async def test_who_ends_it_says_why(people: People, mo: Moderator) -> None:
    await bring_to(people, mo, "ended")
    async with people.db.read() as reader:
        found = await technical_accounts.standing(reader, people.alice, NOW)

    assert found.request is not None
    assert (found.request.reason, found.request.ended_at, found.may_ask) == (WHY, NOW, True)
    assert found.account.technical_until is None


@pytest.mark.parametrize(
    ("about", "site", "field"),
    [
        ("", SITE, "about"),
        (" \n ", SITE, "about"),
        ("x" * 2001, SITE, "about"),
        ("Parcels\u200b", SITE, "about"),
        (ABOUT, "http://parcel.example/", "site"),
        (ABOUT, "javascript:alert(1)", "site"),
        (ABOUT, "https://" + "x" * 2050, "site"),
    ],
)
async def test_what_is_no_request(people: People, about: str, site: str, field: str) -> None:
    with pytest.raises(RequestIncomplete) as caught:
        async with people.db.write() as tx:
            await technical_accounts.request(tx, people.alice, about=about, site=site, now=NOW)

    assert set(caught.value.problems) == {field}
    assert await state_of(people) == "ordinary"


async def test_a_site_may_be_left_out(people: People) -> None:
    async with people.db.write() as tx:
        await technical_accounts.request(tx, people.alice, about=ABOUT, site=" ", now=NOW)

    assert await state_of(people) == "waiting"


async def test_decisions_without_a_reason_or_an_impossible_time_are_refused(
    people: People, mo: Moderator
) -> None:
    account_id = people.alice.account_id
    await ask(people)
    for months in (0, 13):
        with pytest.raises(VerdictRefused, match="months"):
            async with people.db.write() as tx:
                await technical_accounts.approve(tx, mo, account_id, NOW, months=months)
    with pytest.raises(VerdictRefused, match="reason"):
        async with people.db.write() as tx:
            await technical_accounts.refuse(tx, mo, account_id, " ", NOW)
    await approve(people, mo)
    with pytest.raises(VerdictRefused, match="reason"):
        async with people.db.write() as tx:
            await technical_accounts.end(tx, mo, account_id, "", NOW)
    with pytest.raises(AccountNotFound):
        async with people.db.write() as tx:
            await technical_accounts.approve(tx, mo, 999, NOW)

    assert await state_of(people) == "technical"


@pytest.mark.parametrize("caller", ["bob", "integration"])
async def test_only_administrators_ask_and_in_person(people: People, caller: str) -> None:
    actor = {
        "bob": people.bob,
        "integration": msgspec.structs.replace(people.alice, client_id="c", grant_id=1),
    }[caller]
    with pytest.raises(Forbidden):
        async with people.db.write() as tx:
            await technical_accounts.request(tx, actor, about=ABOUT, site=SITE, now=NOW)
    assert await state_of(people) == "ordinary"
    await ask(people)
    assert await state_of(people) == "waiting"


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("act", ["look", "approve", "refuse", "extend", "end"])
async def test_nobody_decides_about_an_account_that_they_belong_to(
    people: People, mo: Moderator, act: str, *, is_active: bool
) -> None:
    await bring_to(people, mo, "technical" if act in {"extend", "end"} else "waiting")
    before, account_id = await state_of(people), people.alice.account_id
    async with people.db.write() as tx:
        own = await make_mo(tx, in_account=account_id)
        await tx.change(
            "update account_users set is_active = :is_active where user_id = :user_id",
            is_active=is_active,
            user_id=own.user_id,
        )
    with pytest.raises(OwnAccount):
        async with people.db.write() as tx:
            await (PRESSES | {"look": look})[act](tx, people.alice, own)
    async with people.db.read() as reader:
        listed = await technical_accounts.requests(reader, own)
        listed_technical = await technical_accounts.current(reader, own)

    assert await state_of(people) == before
    marks = {one.subdomain: one.is_own for one in listed}
    marks |= {one.subdomain: one.is_own for one in listed_technical}
    assert marks == {"acme": True, "danalabs": False}


async def test_of_two_who_decide_at_once_one_does(people: People, mo: Moderator) -> None:
    await ask(people)
    async with people.db.write() as tx:
        other = await make_mo(tx, in_account=people.charlie.account_id)

    async def refuse() -> None:
        async with people.db.write() as tx:
            account_id = people.alice.account_id
            await technical_accounts.refuse(tx, other, account_id, WHY, NOW)

    outcomes = await asyncio.gather(
        approve(people, mo), refuse(), approve(people, other), return_exceptions=True
    )

    refusals = [one for one in outcomes if isinstance(one, BaseException)]
    assert [type(one) for one in refusals] == [NoRequestWaits] * 2
    decided = [
        one
        for one in await entries(people)
        if one.event in {"account.technical_approved", "account.technical_refused"}
    ]
    assert len(decided) == 1
    assert await state_of(people) in {"technical", "refused"}


async def test_of_two_requests_at_once_one_is_kept(people: People) -> None:
    outcomes = await asyncio.gather(*(ask(people) for _ in range(3)), return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == [
        "NoneType",
        "RequestWaiting",
        "RequestWaiting",
    ]
    async with people.db.read() as reader:
        assert len(await technical_accounts.requests(reader, OPERATOR)) == 1


async def test_of_two_who_extend_what_they_saw_one_does(people: People, mo: Moderator) -> None:
    await bring_to(people, mo, "technical")

    async def extend() -> None:
        async with people.db.write() as tx:
            await technical_accounts.extend(tx, mo, people.alice.account_id, NOW, seen_until=END)

    outcomes = await asyncio.gather(extend(), extend(), return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == ["EndChanged", "NoneType"]
    assert (await acme(people)).technical_until == months_later(END, 3)


async def test_lists_go_on_behind_a_page(people: People) -> None:
    async with people.db.write() as tx:
        for n in range(60):
            new = NewAccount(subdomain=f"maker{n}", name=f"Maker {n}", is_technical=n >= 55)
            account = await accounts.create_account(tx, new, NOW)
            role = Role.ADMINISTRATOR
            await accounts.add_user_to_account(tx, account.id, people.alice.user_id, role, NOW)
            if n < 55:
                actor = await accounts.actor_for(tx, account.id, people.alice.user_id, "")
                assert actor is not None
                await technical_accounts.request(tx, actor, about=ABOUT, site="", now=NOW)
    async with people.db.read() as reader:
        first = await technical_accounts.requests(reader, OPERATOR)
        last = first[-1]
        rest = await technical_accounts.requests(
            reader, OPERATOR, after=(last.requested_at, last.account_id)
        )
    for one in (*first, *rest):
        async with people.db.write() as tx:
            await technical_accounts.approve(tx, OPERATOR, one.account_id, NOW, months=1)
    async with people.db.read() as reader:
        page = await technical_accounts.current(reader, OPERATOR)
        behind = await technical_accounts.current(reader, OPERATOR, after=page[-1].place)

    assert len({one.account_id for one in (*first, *rest)}) == 55
    found = [*page, *behind]
    assert len({one.account_id for one in found}) == 61  # with danalabs
    assert [one.until for one in found] == [months_later(NOW, 1)] * 55 + [None] * 6


async def test_another_account_is_no_affair_of_the_desk(people: People, mo: Moderator) -> None:
    with pytest.raises(NoRequestWaits):
        async with people.db.read() as reader:
            await technical_accounts.look(reader, mo, people.charlie.account_id)
    async with people.db.read() as reader:
        found, asked = await technical_accounts.look(reader, mo, people.dana.account_id)

    assert (found.subdomain, found.technical_until, asked) == ("danalabs", None, [])
