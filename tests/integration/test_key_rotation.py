"""Another signing key comes in, and one that leaked is given up (S-71, S-72)."""

import pytest

from grantway.audit.model import PLATFORM
from grantway.oauth import key_rotation
from grantway.oauth.errors import KeyRefused
from grantway.oauth.key_rotation import AHEAD
from grantway.oauth.keys import NewKey, make_key
from tests.contract.crm_cast import audited
from tests.integration.api_client import Api
from tests.integration.forging import parts
from tests.integration.token_calls import status
from tests.integration.token_endpoint import exchange, new_code, refresh, set_redirect_uri


async def announce(api: Api) -> NewKey:
    key = await make_key()
    async with api.db.write() as tx:
        await key_rotation.announce(tx, key, api.platform.seal, api.clock())
    return key


async def activate(api: Api, *, at_once: bool = False) -> str:
    async with api.db.write() as tx:
        return await key_rotation.activate(tx, api.clock(), at_once=at_once)


async def compromise(api: Api, kid: str) -> str | None:
    key = await make_key()
    async with api.db.write() as tx:
        return await key_rotation.compromise(tx, kid, key, api.platform.seal, api.clock())


async def published(api: Api) -> set[str]:
    answer = await api.get("/.well-known/jwks.json", host="accounts", token=None)
    assert answer.status_code == 200
    assert all(set(one) == {"kty", "use", "alg", "kid", "n", "e"} for one in answer.json()["keys"])
    return {one["kid"] for one in answer.json()["keys"]}


async def pair_of(api: Api) -> dict[str, str]:
    answer = await exchange(api, await new_code(api))
    assert answer.status_code == 200, answer.text
    pair: dict[str, str] = answer.json()
    return pair


async def test_no_token_dies_while_keys_change(api: Api) -> None:
    await set_redirect_uri(api)
    pair = await pair_of(api)
    following = await announce(api)
    api.clock.now += 1
    assert await published(api) == {api.key.kid, following.kid}
    assert parts((await pair_of(api))["access_token"])[0]["kid"] == api.key.kid
    api.clock.now += AHEAD
    assert await activate(api) == following.kid
    api.clock.now += 1
    new = await pair_of(api)

    assert parts(new["access_token"])[0]["kid"] == following.kid
    for token in (pair["access_token"], new["access_token"], api.acme.token):
        assert await status(api, token) == 200
    assert await published(api) == {api.key.kid, following.kid}
    async with api.db.read() as reader:
        kept = await reader.value(
            "select private_sealed from signing_keys where kid = :kid", kid=api.key.kid
        )
    assert kept == ""


async def test_a_key_signs_no_sooner_than_everybody_knows_it(api: Api) -> None:
    with pytest.raises(KeyRefused, match="no key was announced"):
        await activate(api)
    following = await announce(api)
    with pytest.raises(KeyRefused, match="announced already"):
        await announce(api)
    api.clock.now += AHEAD - 1
    with pytest.raises(KeyRefused, match="in 1 seconds"):
        await activate(api)
    assert await activate(api, at_once=True) == following.kid


async def test_the_audit_tells_which_key_another_one_replaced(api: Api) -> None:
    following = await announce(api)
    await activate(api, at_once=True)
    successor = await compromise(api, following.kid)

    assert (await audited(api.db, PLATFORM))[-4:] == [
        ("signing_key.announced", following.kid),
        ("signing_key.activated", f"{following.kid} in place of {api.key.kid}"),
        ("signing_key.compromised", following.kid),
        ("signing_key.activated", f"{successor} in place of {following.kid}"),
    ]


async def test_tokens_of_a_leaked_key_are_dead_and_integrations_go_on(api: Api) -> None:
    await set_redirect_uri(api)
    pair = await pair_of(api)
    successor = await compromise(api, api.key.kid)
    api.clock.now += 1
    assert await status(api, pair["access_token"]) == 401
    assert await status(api, api.acme.token) == 401
    answer = await refresh(api, pair["refresh_token"])

    assert answer.status_code == 200
    assert parts(answer.json()["access_token"])[0]["kid"] == successor
    assert await status(api, answer.json()["access_token"]) == 200
    assert await published(api) == {successor}
    for kid in (api.key.kid, "unknown"):
        with pytest.raises(KeyRefused):
            await compromise(api, kid)


async def test_a_retired_key_can_be_given_up_alone(api: Api) -> None:
    await set_redirect_uri(api)
    old = await pair_of(api)
    following = await announce(api)
    await activate(api, at_once=True)
    api.clock.now += 1
    new = await pair_of(api)
    assert await compromise(api, api.key.kid) is None
    api.clock.now += 1

    assert await status(api, old["access_token"]) == 401
    assert await status(api, new["access_token"]) == 200
    assert await published(api) == {following.kid}
