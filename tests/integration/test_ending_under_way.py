"""Who ends access wins over what is under way at the same moment (S-79, S-82, S-95)."""

import asyncio
from typing import Any

import pytest

from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.audit import service as audit_service
from grantway.installations import everywhere
from grantway.installations import store as installation_store
from grantway.integrations import service as integrations
from grantway.oauth import code_store, grants
from tests.integration.api_client import NOW, Api
from tests.integration.granted import Parcel, make_parcel
from tests.integration.token_endpoint import exchange, first_pair, new_code, refresh
from tests.integration.token_endpoint import set_redirect_uri as with_redirect_uri


@pytest.fixture
async def parcel(api: Api) -> Parcel:
    return await make_parcel(api)


async def test_a_new_secret_waits_for_an_exchange_and_ends_what_it_made(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, other = await parcel.consent(), await parcel.pair()
    claimed = asyncio.Event()
    claim = code_store.claim_code

    async def claim_and_dawdle(*given: Any) -> bool:
        is_ours = await claim(*given)
        claimed.set()
        await asyncio.sleep(0.3)
        return is_ours

    async def regenerate() -> None:
        await claimed.wait()
        async with parcel.api.db.write() as tx:
            await integrations.generate_secret(
                tx,
                parcel.dana,
                parcel.client_id,
                parcel.api.platform.seal,
                NOW,
                end_grants=grants.end_families,
            )

    monkeypatch.setattr(code_store, "claim_code", claim_and_dawdle)
    answer, _ = await asyncio.gather(parcel.exchange(code), regenerate())

    assert answer.status_code == 200
    assert not await parcel.works(answer.json())
    assert not await parcel.works(other)


async def test_a_new_secret_is_told_to_each_account_and_names_nobody_of_another(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_service, "_AT_ONCE", 1)
    await parcel.pair()
    await parcel.pair("Bob")
    await parcel.pair("Charlie", "bolt")
    async with parcel.api.db.write() as tx:
        await grants.end_families(tx, parcel.dana, parcel.client_id, NOW)
    alice = await parcel.actor()
    async with parcel.api.db.read() as reader:
        shown = await grants.of_integration(reader, alice, parcel.client_id)
        told = await reader.column(
            "select account_id from audit_entries where event = 'grant.revoked' order by id"
        )
        named = await reader.column(
            "select user_id from audit_entries where event = 'grant.revoked'"
        )

    assert [(one.ended_at, one.ended_by) for one in shown] == [(NOW, None)] * 2
    assert told == [alice.account_id, parcel.api.bolt.account_id]
    assert named == [None, None]


async def test_enabling_revives_nothing_while_the_end_is_under_way(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everywhere, "_AT_ONCE", 3)
    db, client_id = parcel.api.db, parcel.client_id
    async with db.write() as tx:
        for n in range(30):
            new = NewAccount(subdomain=f"shop{n}", name="Shop")
            account = await accounts.create_account(tx, new, NOW)
            await installation_store.add_installation(tx, account.id, client_id, 1, NOW)
        await tx.change("update integrations set revoke_hook_uri = null")

    async def enable() -> None:
        status = "select status from integrations where client_id = :id"
        while True:
            async with db.read() as reader:
                if await reader.value(status, id=client_id) == "disabled":
                    break
            await asyncio.sleep(0)
        await everywhere.let_work(db, client_id, NOW)

    await asyncio.gather(everywhere.stop(db, client_id, "It leaked.", NOW), enable())
    live = "select count(*) from installations where client_id = :id and ended_at is null"
    async with db.read() as reader:
        assert await reader.value(live, id=client_id) == 0


async def test_a_code_of_somebody_demoted_gives_what_they_may_now(api: Api) -> None:
    await with_redirect_uri(api)
    before, after = await new_code(api), await new_code(api)
    kept = (await exchange(api, before)).json()
    async with api.db.write() as tx:
        for name, role in (("Bob", Role.ADMINISTRATOR), ("Alice", Role.USER)):
            user_id = api.acme.users.get(name, api.acme.admin_id)
            await accounts.add_user_to_account(tx, api.acme.account_id, user_id, role, NOW)
    demoted = (await exchange(api, after)).json()

    def users(pair: dict[str, str]) -> Any:
        return api.get("/api/v4/users", token=pair["access_token"])

    assert (await users(kept)).status_code == 200  # an administrator's grant outlives their desk
    assert (await users(demoted)).status_code == 403


async def test_a_spent_token_that_never_stops_is_told_once_an_hour(api: Api) -> None:
    pair = await first_pair(api)
    second = (await refresh(api, pair["refresh_token"])).json()
    await refresh(api, second["refresh_token"])
    for moment in (0, 1, 2, 3_599, 3_600, 3_601):
        api.clock.now = NOW + moment
        assert (await refresh(api, pair["refresh_token"])).status_code == 401
    async with api.db.read() as reader:
        told = await reader.column(
            "select at from audit_entries where event = 'grant.refresh_token_reused' order by id"
        )

    assert told == [NOW, NOW + 3_600]
