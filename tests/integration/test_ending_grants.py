"""What ends when somebody ends it, and who is told (authorization.md 21 row 18; S-57, S-76)."""

import msgspec
import pytest

from grantway.accounts import grant_rule
from grantway.accounts.errors import FieldRefused
from grantway.installations import everywhere
from grantway.installations import service as installations
from grantway.kernel.errors import Forbidden
from grantway.oauth import grants, unused
from grantway.oauth.errors import GrantNotFound, TokenNotFound
from grantway.worker.sweeping import Sweeper
from tests.contract.crm_cast import audited
from tests.integration.api_client import NOW, Api
from tests.integration.granted import Parcel, make_parcel

DAY = 86_400


@pytest.fixture
async def parcel(api: Api) -> Parcel:
    return await make_parcel(api)


async def revoke(parcel: Parcel, grant_id: int, user: str = "Alice") -> None:
    async with parcel.api.db.write() as tx:
        await grants.revoke(tx, await parcel.actor(user), grant_id, parcel.api.clock())


async def test_a_revoked_grant_ends_alone_and_its_integration_is_told_once(
    api: Api, parcel: Parcel
) -> None:
    alices, bobs = await parcel.pair(), await parcel.pair("Bob")
    bobs_id, alices_id = await parcel.live()
    await revoke(parcel, bobs_id)

    assert (await parcel.works(alices), await parcel.works(bobs)) == (True, False)
    assert (await parcel.refresh(bobs["refresh_token"])).json()["hint"] == "Token has been revoked"
    assert (await parcel.refresh(alices["refresh_token"])).status_code == 200
    assert await parcel.live() == [alices_id]
    assert await parcel.hooks() == 1
    entry = ("grant.revoked", f"{parcel.client_id} grant {bobs_id}")
    assert (await audited(api.db, api.acme.account_id))[-1] == entry
    with pytest.raises(GrantNotFound):
        await revoke(parcel, bobs_id)
    assert await parcel.hooks() == 1


async def test_users_end_their_own_and_nobody_elses(parcel: Parcel) -> None:
    alices, bobs = await parcel.pair(), await parcel.pair("Bob")
    bobs_id, alices_id = await parcel.live()
    with pytest.raises(GrantNotFound):
        await revoke(parcel, alices_id, "Bob")
    await revoke(parcel, bobs_id, "Bob")

    assert (await parcel.works(alices), await parcel.works(bobs)) == (True, False)


async def test_a_grant_is_ended_in_its_own_account_and_integration(
    api: Api, parcel: Parcel
) -> None:
    pair = await parcel.pair()
    (grant_id,) = await parcel.live()
    async with api.db.write() as tx:
        with pytest.raises(GrantNotFound):
            await grants.revoke(tx, await parcel.actor("Charlie", "bolt"), grant_id, NOW)
        with pytest.raises(GrantNotFound):
            await grants.revoke(
                tx, await parcel.actor(), grant_id, NOW, client_id=api.acme.client_id
            )

    assert await parcel.works(pair)
    assert await parcel.hooks() == 0


async def test_a_long_lived_token_is_a_grant_like_any_other(api: Api, parcel: Parcel) -> None:
    token, grant_id = await api.issue()
    pair = await parcel.pair()
    (code_grant,) = await parcel.live()
    async with api.db.write() as tx:
        with pytest.raises(TokenNotFound):
            await api.platform.long_lived.revoke(tx, api.acme.actor, code_grant, NOW)
    await revoke(parcel, grant_id)

    assert (await api.get("/api/v4/account", token=token)).status_code == 401
    assert await parcel.works(pair)
    events = [event for event, _ in await audited(api.db, api.acme.account_id)]
    assert events[-1] == "long_lived_token.revoked"


async def test_all_end_together_and_the_integration_is_told_once(api: Api, parcel: Parcel) -> None:
    pairs = [await parcel.pair(user) for user in ("Alice", "Bob", "Alice")]
    elsewhere = await parcel.pair("Charlie", "bolt")
    code = await parcel.consent("Bob")
    async with api.db.write() as tx:
        with pytest.raises(Forbidden):
            await grants.revoke_all(tx, await parcel.actor("Bob"), parcel.client_id, NOW)
        assert await grants.revoke_all(tx, await parcel.actor(), parcel.client_id, NOW) == 3

    assert [await parcel.works(pair) for pair in pairs] == [False, False, False]
    assert await parcel.hooks() == 1
    refused = await parcel.exchange(code)
    assert refused.json()["hint"] == "Authorization code has been revoked"
    assert (
        await api.get("/api/v4/account", token=elsewhere["access_token"], host="bolt")
    ).is_success
    async with api.db.write() as tx:
        assert await grants.revoke_all(tx, await parcel.actor(), parcel.client_id, NOW) == 0
    assert await parcel.hooks() == 1
    assert await parcel.works(await parcel.pair())


async def test_uninstalling_ends_everything_and_tells_once(api: Api, parcel: Parcel) -> None:
    pairs = [await parcel.pair(user) for user in ("Alice", "Bob")]
    code = await parcel.consent("Bob")
    async with api.db.write() as tx:
        assert await installations.uninstall(tx, await parcel.actor(), parcel.client_id, NOW)
        assert not await installations.uninstall(tx, await parcel.actor(), parcel.client_id, NOW)

    assert await parcel.hooks() == 1
    assert (await parcel.exchange(code)).status_code == 400
    fresh = await parcel.pair()
    assert [await parcel.works(pair) for pair in (*pairs, fresh)] == [False, False, True]
    async with api.db.write() as tx:
        assert await grants.revoke_all(tx, await parcel.actor(), parcel.client_id, NOW) == 1
    for one in await parcel.grants():
        with pytest.raises(GrantNotFound):
            await revoke(parcel, one.grant_id)


async def test_stopping_everywhere_tells_once_for_each_account(api: Api, parcel: Parcel) -> None:
    await parcel.pair()
    await parcel.pair("Bob")
    await parcel.pair("Charlie", "bolt")
    await everywhere.stop(api.db, parcel.client_id, "It was sold.", NOW)
    await everywhere.stop(api.db, parcel.client_id, "It was sold.", NOW)

    assert (await parcel.hooks(), await parcel.hooks("bolt")) == (1, 1)


async def uninstall_and_fail(parcel: Parcel) -> None:
    async with parcel.api.db.write() as tx:
        await grants.revoke_all(tx, await parcel.actor(), parcel.client_id, NOW)
        await installations.uninstall(tx, await parcel.actor(), parcel.client_id, NOW)
        raise ZeroDivisionError


async def test_what_is_undone_tells_nobody(api: Api, parcel: Parcel) -> None:
    pair = await parcel.pair()
    with pytest.raises(ZeroDivisionError):
        await uninstall_and_fail(parcel)

    assert await parcel.works(pair)
    assert await parcel.hooks() == 0


async def test_an_authorizer_who_left_is_told_from_one_who_stays(api: Api, parcel: Parcel) -> None:
    await parcel.pair()
    await parcel.pair("Bob")
    async with api.db.write() as tx:
        await tx.change("update account_users set is_active = false, role = 'user'")
    async with api.db.read() as reader:
        listed = await grants.of_integration(reader, api.acme.actor, parcel.client_id)

    bob, alice = sorted(listed, key=lambda one: one.grant_id, reverse=True)
    assert (bob.state(NOW), alice.state(NOW)) == ("stopped", "live")
    assert (bob.is_authorizer_active, alice.is_authorizer_active) == (False, False)
    assert (bob.has_lent_rights, alice.has_lent_rights) == (False, True)


async def set_rule(parcel: Parcel, days: int | None) -> None:
    async with parcel.api.db.write() as tx:
        await grant_rule.change_unused_grant_days(
            tx, await parcel.actor(), days, parcel.api.clock()
        )


async def test_unused_access_ends_and_what_is_used_never_does(api: Api, parcel: Parcel) -> None:
    unused_pair, called, refreshed = [await parcel.pair() for _ in range(3)]
    await set_rule(parcel, 30)
    api.clock.now = NOW + 23 * 3600
    assert await parcel.works(called)
    refreshed = (await parcel.refresh(refreshed["refresh_token"])).json()
    await api.platform.usage.finish()
    api.clock.now = NOW + 30 * DAY - 1
    assert await unused.sweep(api.db, api.clock()) == 0
    async with api.db.read() as reader:
        seen = await unused.foreseen(reader, api.acme.actor, 30, api.clock())
    # acme's long-lived token is as old as they are, and nobody used it either.
    assert len(seen) == 4
    api.clock.now += 1
    before = len(await audited(api.db, api.acme.account_id))
    assert await unused.sweep(api.db, api.clock()) == 2
    assert await unused.sweep(api.db, api.clock()) == 0

    refused = await parcel.refresh(unused_pair["refresh_token"])
    assert refused.json()["hint"] == "Token has been revoked"
    assert (await parcel.refresh(called["refresh_token"])).status_code == 200
    assert (await parcel.refresh(refreshed["refresh_token"])).status_code == 200
    assert (await api.get("/api/v4/account", token=api.acme.token)).status_code == 401
    assert await parcel.hooks() == 1
    events = [event for event, _ in (await audited(api.db, api.acme.account_id))[before:]]
    assert events[:2] == ["long_lived_token.revoked", "grant.ended_unused"]
    assert (await api.get("/api/v4/account", host="bolt")).status_code == 200


async def test_unused_access_ends_some_at_a_time_and_is_told_once(
    api: Api, parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await parcel.pair()
    await set_rule(parcel, 30)
    monkeypatch.setattr(unused, "_AT_ONCE", 10)
    api.clock.now = NOW + 31 * DAY
    async with api.db.write() as tx:
        assert await unused.end_some(tx, api.acme.account_id, api.clock()) == 6
    assert await parcel.hooks() == 1
    assert await parcel.live() == []


async def test_the_sweeper_ends_in_many_transactions(
    api: Api, parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await parcel.pair()
    await set_rule(parcel, 30)
    monkeypatch.setattr(unused, "_AT_ONCE", 2)
    api.clock.now = NOW + 31 * DAY
    assert await Sweeper(api.db, api.clock).sweep() >= 4

    assert await parcel.live() == []


async def test_a_grant_that_is_used_at_that_moment_stays(api: Api, parcel: Parcel) -> None:
    await parcel.pair()
    (grant_id,) = await parcel.live()
    await set_rule(parcel, 30)
    api.clock.now = NOW + 30 * DAY
    async with api.db.write() as tx:
        await tx.change(
            "update grants set last_used_at = :now where id = :id", now=NOW + 1, id=grant_id
        )
    assert await unused.sweep(api.db, api.clock()) == 1

    assert await parcel.live() == [grant_id]


async def test_the_rule_is_one_of_few_and_for_administrators(api: Api, parcel: Parcel) -> None:
    async with api.db.write() as tx:
        with pytest.raises(Forbidden):
            await grant_rule.change_unused_grant_days(tx, await parcel.actor("Bob"), 30, NOW)
        for odd in (0, -30, 31, 10**12):
            with pytest.raises(FieldRefused):
                await grant_rule.change_unused_grant_days(tx, await parcel.actor(), odd, NOW)
        assert await grant_rule.change_unused_grant_days(tx, await parcel.actor(), 90, NOW)
        assert not await grant_rule.change_unused_grant_days(tx, await parcel.actor(), 90, NOW)
        assert await grant_rule.unused_grant_days(tx, api.acme.account_id) == 90
        assert await grant_rule.unused_grant_days(tx, api.bolt.account_id) is None
        assert await grant_rule.change_unused_grant_days(tx, await parcel.actor(), None, NOW)
        assert await grant_rule.accounts_with_rule(tx) == []

    subjects = [s for e, s in await audited(api.db, api.acme.account_id) if "unused" in e]
    assert subjects == ["after 90 days without use", "never"]


async def test_without_a_rule_and_in_suspended_accounts_nothing_ends(
    api: Api, parcel: Parcel
) -> None:
    await parcel.pair()
    api.clock.now = NOW + 80 * DAY
    assert await unused.sweep(api.db, api.clock()) == 0
    await set_rule(parcel, 30)
    async with api.db.write() as tx:
        await tx.change("update accounts set status = 'suspended'")
    assert await unused.sweep(api.db, api.clock()) == 0


async def test_the_operator_is_named_as_the_one_who_ended_it(api: Api, parcel: Parcel) -> None:
    await parcel.pair()
    (grant_id,) = await parcel.live()
    operator = msgspec.structs.replace(await parcel.actor(), is_operator=True)
    async with api.db.write() as tx:
        ended = await grants.revoke(tx, operator, grant_id, NOW)

    assert (ended.ended_at, ended.ended_by, ended.is_ended_by_operator) == (NOW, None, True)
