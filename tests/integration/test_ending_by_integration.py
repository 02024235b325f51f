"""An integration that gives up its own access, and how the audit tells the end of a token."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from grantway.accounts import grant_rule
from grantway.installations import service as installations
from grantway.oauth import grants, unused
from tests.contract.crm_cast import audited
from tests.integration.api_client import NOW, Api
from tests.integration.granted import Parcel, make_parcel
from tests.integration.token_endpoint import ask

DAY = 86_400

End = Callable[[Api, str, int], Awaitable[object]]


@pytest.fixture
async def parcel(api: Api) -> Parcel:
    return await make_parcel(api)


async def give_up(api: Api, token: str, **credentials: Any) -> None:
    answer = await ask(api, {"token": token} | credentials, path="/oauth2/revoke", as_form=True)
    assert (answer.status_code, answer.content) == (200, b"")


async def entries(api: Api) -> list[tuple[str, str]]:
    return await audited(api.db, api.acme.account_id)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_the_hook_is_called_once_for_access_that_its_integration_gave_up(
    api: Api, parcel: Parcel, kind: str
) -> None:
    pair = await parcel.pair()
    (grant_id,) = await parcel.live()
    for _ in range(2):
        await give_up(api, pair[kind], **parcel.credentials)

    assert await parcel.hooks() == 1
    assert not await parcel.works(pair)
    told = ("grant.revoked", f"{parcel.client_id} grant {grant_id}")
    assert (await entries(api)).count(told) == 1


async def test_no_hook_is_called_when_nothing_was_given_up(api: Api, parcel: Parcel) -> None:
    pair = await parcel.pair()
    await give_up(api, "nonsense", **parcel.credentials)
    await give_up(api, pair["refresh_token"])  # by acme's own integration
    assert await parcel.works(pair)
    assert await parcel.hooks() == 0
    async with api.db.write() as tx:
        await installations.uninstall(tx, await parcel.actor(), parcel.client_id, NOW)
    before = await entries(api)
    await give_up(api, pair["refresh_token"], **parcel.credentials)

    assert await parcel.hooks() == 1  # the one of uninstalling
    assert await entries(api) == before


async def by_its_integration(api: Api, token: str, grant_id: int) -> None:
    await give_up(api, token)


async def on_the_authorization_page(api: Api, token: str, grant_id: int) -> None:
    async with api.db.write() as tx:
        await grants.revoke(tx, api.acme.actor, grant_id, NOW)


async def by_the_command(api: Api, token: str, grant_id: int) -> None:
    await api.revoke(grant_id)


async def with_all_others(api: Api, token: str, grant_id: int) -> None:
    async with api.db.write() as tx:
        assert await grants.revoke_all(tx, api.acme.actor, api.acme.client_id, NOW) == 2


async def because_nobody_used_it(api: Api, token: str, grant_id: int) -> None:
    async with api.db.write() as tx:
        await grant_rule.change_unused_grant_days(tx, api.acme.actor, 30, NOW)
    assert await unused.sweep(api.db, NOW + 31 * DAY) == 2


@pytest.mark.parametrize(
    "end",
    [
        by_its_integration,
        on_the_authorization_page,
        by_the_command,
        with_all_others,
        because_nobody_used_it,
    ],
)
async def test_the_end_of_a_long_lived_token_is_told_by_its_own_event(api: Api, end: End) -> None:
    token, grant_id = await api.issue()
    await end(api, token, grant_id)
    name = f"{api.acme.client_id} token {grant_id}"
    told = [event for event, subject in await entries(api) if subject.split(",")[0] == name]

    assert told == ["long_lived_token.revoked"]
    assert (await api.get("/api/v4/account", token=token)).status_code == 401
