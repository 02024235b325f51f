"""How long codes and tokens live, and what ends them (authorization.md 5.3; S-34, S-50 to S-56).

The clock is moved to the last second that is good and the first that is not.
"""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from grantway.accounts import activation, suspension
from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.installations import everywhere
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from tests.integration.api_client import NOW, Api
from tests.integration.forging import parts
from tests.integration.token_endpoint import (
    DAY,
    MINUTE,
    consented_code,
    events,
    exchange,
    first_pair,
    is_accepted,
    make_strict,
    new_code,
    next_pair,
    refresh,
    set_redirect_uri,
    told,
)

EXPIRED = (401, "Token has expired")
REVOKED = (401, "Token has been revoked")
CODE_REVOKED = (400, "Authorization code has been revoked")


def moment(year: int, month: int, day: int) -> int:
    return int(dt.datetime(year, month, day, 12, 30, 15, tzinfo=dt.UTC).timestamp())


async def test_a_code_lives_for_twenty_minutes(api: Api) -> None:
    await set_redirect_uri(api)
    for issue in (new_code, consented_code):
        early, late = await issue(api), await issue(api)
        api.clock.advance(20 * MINUTE - 1)
        assert (await exchange(api, early)).status_code == 200
        api.clock.advance(1)
        assert told(await exchange(api, late)) == (400, "Authorization code has expired")
        api.clock.now = NOW


async def test_a_strict_integrations_code_lives_for_ten(api: Api) -> None:
    await set_redirect_uri(api)
    await make_strict(api)
    early, late = await new_code(api), await new_code(api)
    api.clock.advance(10 * MINUTE - 1)
    assert (await exchange(api, early)).status_code == 200
    api.clock.advance(1)
    assert told(await exchange(api, late)) == (400, "Authorization code has expired")


async def test_an_access_token_lives_for_a_day_and_a_refresh_does_not_end_it(api: Api) -> None:
    first = await first_pair(api)
    claims = parts(first["access_token"])[1]
    assert (claims["exp"], first["expires_in"]) == (NOW + DAY, DAY)
    api.clock.advance(DAY - 1)
    second = await next_pair(api, first)
    assert await is_accepted(api, first)
    assert await is_accepted(api, second)
    api.clock.advance(1)

    assert not await is_accepted(api, first)
    assert await is_accepted(api, second)


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        (moment(2027, 1, 5), moment(2027, 4, 5)),
        (moment(2027, 6, 1), moment(2027, 9, 1)),
        (moment(2027, 11, 30), moment(2028, 2, 29)),  # 91 days; there is no 30 February
        (moment(2026, 11, 30), moment(2027, 2, 28)),
        (moment(2026, 11, 29), moment(2027, 2, 28) - 0 * DAY),
        (moment(2027, 1, 31), moment(2027, 5, 1)),  # 30 April would be 89 days
        (moment(2027, 12, 1), moment(2028, 3, 1)),
        (moment(2027, 2, 1), moment(2027, 5, 2)),  # 1 May would be 89 days
    ],
)
async def test_a_refresh_token_lives_for_three_calendar_months_and_ninety_days_at_least(
    api: Api, issued: int, ends: int
) -> None:
    api.clock.now = issued
    early, late = await first_pair(api), await first_pair(api)
    api.clock.now = ends - 1
    following = await next_pair(api, early)
    api.clock.now = ends

    assert ends - issued >= 90 * DAY
    assert told(await refresh(api, late["refresh_token"])) == EXPIRED
    assert (await refresh(api, following["refresh_token"])).status_code == 200


async def test_a_token_that_is_given_again_has_its_own_three_months(api: Api) -> None:
    first = await first_pair(api)
    api.clock.advance(89 * DAY)
    second = await next_pair(api, first)
    api.clock.advance(3 * DAY)

    assert told(await refresh(api, first["refresh_token"])) == EXPIRED
    assert (await refresh(api, second["refresh_token"])).status_code == 200


async def test_the_pair_that_is_given_again_is_the_same_to_the_byte_and_says_what_is_left(
    api: Api,
) -> None:
    first = await first_pair(api)
    second = await next_pair(api, first)
    api.clock.advance(3_600)
    again = await next_pair(api, first)
    api.clock.advance(30 * DAY)
    late = await next_pair(api, first)

    for one in (again, late):
        assert one["access_token"] == second["access_token"]
        assert one["refresh_token"] == second["refresh_token"]
    assert (again["expires_in"], again["server_time"]) == (DAY - 3_600, NOW + 3_600)
    # RFC 6749, A.14: digits alone; and clients read zero as "for ever".
    assert late["expires_in"] >= 1
    assert not await is_accepted(api, late)
    assert (await refresh(api, late["refresh_token"])).status_code == 200


async def test_a_dialect_family_goes_on_as_long_as_it_is_used_and_a_strict_one_for_a_year(
    api: Api,
) -> None:
    pair = await first_pair(api)
    for _ in range(5):
        api.clock.advance(73 * DAY - (1 if _ == 4 else 0))
        pair = await next_pair(api, pair)
    await make_strict(api)
    before = await refresh(api, pair["refresh_token"])
    api.clock.advance(1)
    after = await refresh(api, before.json()["refresh_token"])
    await make_strict(api, "kommo")

    assert before.status_code == 200
    assert told(after) == EXPIRED
    assert (await refresh(api, before.json()["refresh_token"])).status_code == 200


async def test_clocks_that_step_revive_nothing_and_end_nothing_early(api: Api) -> None:
    """S-217: an hour back, and forward again."""
    first = await first_pair(api)
    used = await consented_code(api)
    await exchange(api, used)
    second = await next_pair(api, await next_pair(api, first))
    for step in (-3_600, -5, 5, 60, 3_600, -(10**7)):
        api.clock.now = NOW + step
        assert told(await refresh(api, first["refresh_token"])) == REVOKED, step
        assert (await exchange(api, used)).status_code == 400, step
        second = await next_pair(api, second)


async def uninstall(api: Api) -> None:
    async with api.db.write() as tx:
        assert await installations.uninstall(tx, api.acme.actor, api.acme.client_id, NOW)


async def delete_integration(api: Api) -> None:
    async with api.db.write() as tx:
        await integrations.delete(tx, api.acme.actor, api.acme.client_id, NOW)


async def disable(api: Api) -> None:
    await everywhere.stop(api.db, api.acme.client_id, "It sent spam.", NOW)


async def suspend(api: Api) -> None:
    async with api.db.write() as tx:
        await suspension.suspend(tx, "acme", NOW)


async def end_grants(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change("update grants set ended_at = :now where account_id = 1", now=NOW)


async def leave(api: Api) -> None:
    """Deactivate Bob, who gave the grant."""
    async with api.db.write() as tx:
        bob = await accounts.user_by_id(tx, api.acme.users["Bob"])
        await activation.deactivate(tx, bob, NOW)


async def leave_here(api: Api) -> None:
    async with api.db.write() as tx:
        account = await accounts.account_by_subdomain(tx, "acme")
        bob = await accounts.user_by_id(tx, api.acme.users["Bob"])
        await activation.deactivate_in_account(tx, account, bob, NOW)


Ending = Callable[[Api], Awaitable[None]]


@pytest.mark.parametrize(
    "take_away",
    [uninstall, delete_integration, disable, suspend, end_grants, leave, leave_here],
)
async def test_a_refresh_looks_at_the_world_again(api: Api, take_away: Ending) -> None:
    """Bob gave the grant, who is no administrator (S-54)."""
    pair = await first_pair(api, user="Bob")
    before = await next_pair(api, pair)
    code = await consented_code(api, user="Bob")
    assert await is_accepted(api, before)
    await take_away(api)
    refused = [
        await refresh(api, one["refresh_token"], host=host)
        for one in (before, pair)
        for host in ("acme", "api")
    ]
    late = await exchange(api, code)

    stopped = 401 if take_away in (delete_integration, disable) else None
    for answer in refused:
        assert told(answer) == ((401, "Client authentication failed") if stopped else REVOKED)
    assert not await is_accepted(api, before)
    if take_away is end_grants:
        assert late.status_code == 200  # the code is no grant yet
    else:
        assert late.status_code == (stopped or 400)
    assert await api.count("grants") == (4 if take_away is end_grants else 3)


@pytest.mark.parametrize("take_away", [suspend, leave, leave_here])
async def test_what_is_taken_away_for_a_while_comes_back(api: Api, take_away: Ending) -> None:
    pair = await first_pair(api, user="Bob")
    await take_away(api)
    assert told(await refresh(api, pair["refresh_token"])) == REVOKED
    async with api.db.write() as tx:
        account = await accounts.account_by_subdomain(tx, "acme")
        bob = await accounts.user_by_id(tx, api.acme.users["Bob"])
        if take_away is suspend:
            await suspension.resume(tx, "acme", NOW)
        elif take_away is leave:
            await activation.activate(tx, bob, NOW)
        else:
            await activation.activate_in_account(tx, account, bob, NOW)

    assert await is_accepted(api, await next_pair(api, pair))


async def test_what_has_ended_does_not_come_back_with_the_integration(api: Api) -> None:
    """S-76, S-79, S-83: disabled, enabled again and installed again."""
    pair, code = await first_pair(api), await consented_code(api)
    await disable(api)
    await everywhere.let_work(api.db, api.acme.client_id, NOW)
    again = await first_pair(api)

    assert told(await refresh(api, pair["refresh_token"])) == REVOKED
    assert told(await exchange(api, code)) == CODE_REVOKED
    assert not await is_accepted(api, pair)
    assert await is_accepted(api, await next_pair(api, again))


async def without_alice(api: Api) -> None:
    async with api.db.write() as tx:
        bob, alice = api.acme.users["Bob"], await accounts.user_by_id(tx, api.acme.admin_id)
        await accounts.add_user_to_account(tx, api.acme.account_id, bob, Role.ADMINISTRATOR, NOW)
        await activation.deactivate(tx, alice, NOW)


async def test_an_administrators_grant_outlives_their_desk_unless_it_is_strict(api: Api) -> None:
    pair = await first_pair(api)
    await without_alice(api)
    following = await next_pair(api, pair)
    assert await is_accepted(api, following)
    await make_strict(api)
    assert told(await refresh(api, following["refresh_token"])) == REVOKED
    assert not await is_accepted(api, following)
    await make_strict(api, "kommo")

    assert await is_accepted(api, await next_pair(api, following))


async def test_a_grant_keeps_its_scopes_whatever_becomes_of_the_integrations(api: Api) -> None:
    """S-55: neither does a refresh ask for more."""
    pair = await first_pair(api)
    async with api.db.write() as tx:
        await tx.change("update integrations set scopes = 'crm notifications files files_delete'")
    asked = {"scope": "push_notifications crm notifications files"}
    following = (await refresh(api, pair["refresh_token"], fields=asked)).json()
    async with api.db.write() as tx:
        await tx.change("update integrations set scopes = 'notifications'")
    last = await next_pair(api, following)

    for one in (pair, following, last):
        assert parts(one["access_token"])[1]["scopes"] == ["push_notifications", "crm"]


async def test_a_replayed_code_is_refused_and_recorded_and_the_pair_lives(api: Api) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api)
    pair = (await exchange(api, code)).json()
    api.clock.advance(30)
    assert told(await exchange(api, code)) == CODE_REVOKED

    assert await events(api, "code.replayed") == 1
    assert await is_accepted(api, pair)
    assert (await refresh(api, pair["refresh_token"])).status_code == 200


async def test_a_strict_integrations_replayed_code_takes_its_pair_along(api: Api) -> None:
    await set_redirect_uri(api)
    await make_strict(api)
    code, other = await new_code(api), await new_code(api)
    pair, bystander = [(await exchange(api, one)).json() for one in (code, other)]
    for fields in ({"client_secret": "wrong"}, {"redirect_uri": "https://mallory.example/"}):
        assert (await exchange(api, code, fields=fields)).status_code == 400
    await set_redirect_uri(api, "bolt")
    assert (await exchange(api, code, cast="bolt", host="acme")).status_code == 400
    assert await is_accepted(api, pair)
    api.clock.advance(30)
    assert told(await exchange(api, code)) == CODE_REVOKED

    assert await events(api, "code.replayed") == 1
    assert not await is_accepted(api, pair)
    assert told(await refresh(api, pair["refresh_token"])) == REVOKED
    assert await is_accepted(api, bystander)


async def test_a_spent_refresh_token_is_noted_for_the_administrator_and_the_family_lives(
    api: Api,
) -> None:
    first = await first_pair(api)
    second = await next_pair(api, first)
    third = await next_pair(api, second)
    assert told(await refresh(api, first["refresh_token"])) == REVOKED

    assert await events(api, "grant.refresh_token_reused") == 1
    async with api.db.read() as reader:
        assert await reader.value("select count(*) from grants where reused_at = :t", t=NOW) == 1
    # The one before the last is no stranger: it gives the last pair again.
    assert (await next_pair(api, second))["refresh_token"] == third["refresh_token"]
    assert await is_accepted(api, third)
    assert await events(api, "grant.refresh_token_reused") == 1


async def test_a_strict_family_dies_when_a_spent_token_comes_back(api: Api) -> None:
    await make_strict(api)
    first = await first_pair(api)
    second = await next_pair(api, first)
    assert (await next_pair(api, first))["refresh_token"] == second["refresh_token"]
    third = await next_pair(api, second)
    bystander = await first_pair(api)
    wrong = {"client_secret": "wrong"}
    assert (await refresh(api, first["refresh_token"], fields=wrong)).status_code == 400
    await set_redirect_uri(api, "bolt")
    stolen = await refresh(api, first["refresh_token"], cast="bolt", host="acme")
    assert stolen.status_code == 401
    assert await is_accepted(api, third)
    assert told(await refresh(api, first["refresh_token"])) == REVOKED

    assert await events(api, "grant.refresh_token_reused") == 1
    assert not await is_accepted(api, third)
    for one in (second, third):
        assert told(await refresh(api, one["refresh_token"])) == REVOKED
    assert await is_accepted(api, bystander)


async def test_using_either_token_of_the_new_pair_closes_the_door_behind_it(api: Api) -> None:
    """S-49; what was looked up, refused or used by others is no use."""
    first = await first_pair(api)
    second = await next_pair(api, first)
    token, holder = second["access_token"], {"x-refresh-token": second["refresh_token"]}
    assert (await api.get("/oauth2/account/subdomain", token=token)).status_code == 200
    await api.get("/oauth2/account/current/subdomain", token=None, headers=holder)
    assert (await api.get("/api/v4/account", host="bolt", token=token)).status_code == 401
    wrong = {"client_secret": "wrong"}
    assert (await refresh(api, second["refresh_token"], fields=wrong)).status_code == 400
    assert await is_accepted(api, first)
    assert (await next_pair(api, first))["refresh_token"] == second["refresh_token"]
    third = await next_pair(api, second)
    assert told(await refresh(api, first["refresh_token"])) == REVOKED
    assert await is_accepted(api, third)
    assert told(await refresh(api, second["refresh_token"])) == REVOKED

    assert (await refresh(api, third["refresh_token"])).status_code == 200
