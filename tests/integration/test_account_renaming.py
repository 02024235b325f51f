"""An account gets another subdomain, and its integrations find it (authorization.md 8; S-104)."""

import pytest

from grantway.accounts import renaming
from grantway.accounts import service as accounts
from grantway.accounts.errors import FieldRefused, SubdomainTaken
from tests.integration.api_client import Api
from tests.integration.token_endpoint import exchange, new_code, refresh, set_redirect_uri


async def rename(api: Api, old: str, new: str) -> None:
    async with api.db.write() as tx:
        await renaming.rename(tx, old, new, api.clock())


async def test_a_client_that_knows_the_old_name_finds_the_new_one(api: Api) -> None:
    await set_redirect_uri(api)
    pair = (await exchange(api, await new_code(api))).json()
    await rename(api, "acme", "acme-new")
    at_the_old_host = await refresh(api, pair["refresh_token"])
    found = await api.get(
        "/oauth2/account/current/subdomain",
        host="api",
        token=None,
        headers={"x-refresh-token": pair["refresh_token"]},
    )

    assert at_the_old_host.status_code == 404
    assert found.status_code == 200
    assert found.json() == {
        "id": api.acme.account_id,
        "subdomain": "acme-new",
        "domain": "acme-new.grantway.test",
        "top_level_domain": "test",
    }
    assert list(found.json()) == ["id", "subdomain", "domain", "top_level_domain"]
    older = await api.get("/oauth2/account/subdomain", host="www", token=pair["access_token"])
    assert older.json() == found.json()
    answer = await refresh(api, pair["refresh_token"], host="acme-new")
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    assert (await api.get("/api/v4/account", host="acme-new", token=token)).status_code == 200
    moved = await api.get("/api/v4/account", host="acme", token=token)
    assert (moved.status_code, moved.json()["title"]) == (404, "Not Found")
    assert (await api.get("/api/v4/account", host="bolt", token=token)).status_code == 401


async def test_nobody_else_takes_a_name_that_was_given_up(api: Api) -> None:
    await rename(api, "acme", "acme-new")
    with pytest.raises(SubdomainTaken):
        await rename(api, "bolt", "acme")
    with pytest.raises(SubdomainTaken):
        await rename(api, "bolt", "acme-new")
    async with api.db.write() as tx:
        with pytest.raises(SubdomainTaken):
            await accounts.create_account(
                tx, accounts.NewAccount(subdomain="acme", name="Mallory"), api.clock()
            )
    await rename(api, "acme-new", "acme")

    assert (await api.get("/api/v4/account")).json()["subdomain"] == "acme"
    assert (await api.get("/api/v4/account", host="acme-new", token=api.acme.token)).is_error


@pytest.mark.parametrize("name", ["acme", "www", "Acme", "a b", "xn--acme", ""])
async def test_an_impossible_name_changes_nothing(api: Api, name: str) -> None:
    with pytest.raises(FieldRefused):
        await rename(api, "acme", name)

    assert (await api.get("/api/v4/account")).json()["subdomain"] == "acme"


async def test_the_token_s_user_is_told(api: Api) -> None:
    answer = await api.get("/v3/user")
    assert answer.status_code == 200
    assert answer.json()["id"] == api.acme.admin_id
    assert answer.json()["name"] == "Alice"
    assert answer.json()["email"].startswith("alice@")
    assert (await api.get("/v3/user", token=None)).status_code == 401
