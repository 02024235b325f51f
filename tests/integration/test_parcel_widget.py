"""The sample widget's server: who asks is proven, and the install hook never waits."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.integration.example_site import HOST, RENAMED, PlayedPlatform, access, revoked
from tests.integration.parcel_server import ORIGIN, Widget, lead, parcel_server, parcels, token

DAY = 86_400


@dataclass
class SlowPlatform(PlayedPlatform):
    """Answers nothing before it is *free*."""

    free: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        await self.free.wait()
        return await super().answer(request)


@pytest.fixture
def platform() -> SlowPlatform:
    made = SlowPlatform(leads=[lead(1), lead(2)])
    made.free.set()
    return made


@pytest.fixture
async def widget(
    platform: SlowPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Widget]:
    async with parcel_server(platform, tmp_path, monkeypatch) as served:
        yield served


@pytest.fixture
async def installed(widget: Widget) -> Widget:
    """Give the widget in an account where it is installed."""
    await widget.installed()
    await connected(widget)
    return widget


async def connected(widget: Widget) -> None:
    """Wait until the code of the install hook was exchanged."""
    for _ in range(500):
        if (await widget.ask(x_auth_token=token())).status_code != 403:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the server never got access")


async def test_the_install_hook_is_answered_before_the_code_is_exchanged(
    widget: Widget, platform: SlowPlatform
) -> None:
    platform.free.clear()
    answer = await widget.installed()
    without = await widget.ask(x_auth_token=token())
    platform.free.set()
    await connected(widget)

    assert answer.status_code == 200
    assert without.status_code == 403
    assert "no access to this account" in without.text
    assert platform.heard[0][:2] == (HOST, "/oauth2/access_token")
    assert platform.paths.count("/oauth2/access_token") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"referer": "mallory.example"},
        {"referer": f"{HOST}.mallory.example"},
        {"referer": f"mallory.example/{HOST}"},
        {"referer": f"user@{HOST}"},
        {"referer": "platform.example:8000"},
        {"referer": ""},
        {"code": ""},
        {"from_widget": ""},
    ],
)
async def test_a_forged_install_hook_sends_nothing_anywhere(
    widget: Widget, platform: SlowPlatform, changes: dict[str, str]
) -> None:
    forged = await widget.installed(**changes)

    assert forged.status_code == 403
    assert platform.heard == []


async def test_a_code_that_is_refused_leaves_the_installation_as_it_was(
    installed: Widget, platform: SlowPlatform
) -> None:
    await installed.installed(code="used")
    for _ in range(500):
        if platform.paths.count("/oauth2/access_token") == 2:
            break
        await asyncio.sleep(0.01)

    assert platform.paths.count("/oauth2/access_token") == 2
    assert (await installed.ask(x_auth_token=token())).status_code == 200


async def test_parcels_are_told_by_the_installations_tokens_and_are_always_the_same(
    installed: Widget, platform: SlowPlatform
) -> None:
    first = await installed.ask("1,2", x_auth_token=token())
    again = await installed.ask("1,2", x_auth_token=token())

    assert parcels(first) == parcels(again)
    assert [one["lead_id"] for one in parcels(first)] == [1, 2]
    assert {one["state"] for one in parcels(first)} == {"arrived"}
    assert platform.heard[-1][:2] == (HOST, "/api/v4/leads")
    assert "Secret plan" not in first.text, "the user may have no right to see the lead"


async def test_a_parcel_goes_from_one_state_to_the_next(
    installed: Widget, platform: SlowPlatform
) -> None:
    platform.leads = [lead(1, age=0), lead(2, age=10 * DAY)]
    answer = await installed.ask("1,2", days="30", x_auth_token=token())
    new, old = parcels(answer)

    assert (new["state"], old["state"]) == ("waiting", "travelling")
    assert old["leaves_at"] < time.time() < old["arrives_at"]


MONTH_AGO = int(time.time()) - 30 * DAY
IN_AN_HOUR = int(time.time()) + 3600


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "no.token.this",
        "\xe9",
        token(secret="m" * 64),
        token(algorithm="HS512"),
        token(aud="http://mallory.example"),
        token(aud="http://127.0.0.1:8002"),
        token(iss="http://acme.mallory.example:8000"),
        token(iss="https://acme.platform.example:8000"),
        token(client_uuid="another"),
        token(iat=MONTH_AGO, nbf=MONTH_AGO, exp=MONTH_AGO + 1800),
        token(nbf=IN_AN_HOUR),
        token(iat=IN_AN_HOUR),
        token(iss=None),
        token(aud=None),
        token(jti=None),
        token(exp=None),
        token(client_uuid=None),
    ],
)
async def test_whoever_has_no_good_token_is_told_nothing(
    installed: Widget, platform: SlowPlatform, sent: str
) -> None:
    before = len(platform.heard)
    refused = await installed.ask(x_auth_token=sent.encode())

    assert refused.status_code == 401
    assert "parcels" not in refused.text
    assert len(platform.heard) == before
    assert (await installed.ask(x_auth_token=token())).status_code == 200


async def test_a_token_counts_once_and_its_session_goes_on(installed: Widget) -> None:
    sent = token()
    first = await installed.ask(x_auth_token=sent)
    replayed = await installed.ask(x_auth_token=sent)
    session = first.json()["session"]
    statuses = [(await installed.ask(x_session=session)).status_code for _ in range(2)]

    assert (first.status_code, replayed.status_code) == (200, 401)
    assert statuses == [200, 200]


async def test_of_the_same_token_twice_at_once_one_counts(installed: Widget) -> None:
    sent = token()
    answers = await asyncio.gather(*(installed.ask(x_auth_token=sent) for _ in range(5)))

    assert sorted(one.status_code for one in answers) == [200, 401, 401, 401, 401]


async def test_a_session_is_no_token_and_a_token_no_session(installed: Widget) -> None:
    session = (await installed.ask(x_auth_token=token())).json()["session"]

    assert (await installed.ask(x_auth_token=session)).status_code == 401
    assert (await installed.ask(x_session=token())).status_code == 401
    assert (await installed.ask(x_session=token(host=HOST))).status_code == 401


async def test_a_token_of_another_account_brings_that_accounts_parcels_or_none(
    installed: Widget, platform: SlowPlatform
) -> None:
    before = len(platform.heard)
    other = await installed.ask(
        x_auth_token=token(account_id=8, iss="http://bolt.platform.example:8000")
    )

    assert other.status_code == 403
    assert len(platform.heard) == before


@pytest.mark.parametrize("lead_id", ["", "x", "1,x", "-1", "0", "1 or 1", "1&limit=250", "9" * 30])
async def test_what_is_asked_has_to_be_numbers(installed: Widget, lead_id: str) -> None:
    answer = await installed.ask(lead_id, x_auth_token=token())

    assert answer.status_code == 400
    assert "lead_id" in answer.text


async def test_only_pages_of_accounts_may_read_the_answer(installed: Widget) -> None:
    wanted = {"access-control-request-headers": "x-auth-token"}
    own = await installed.client.options("/parcels", headers={"origin": ORIGIN, **wanted})
    answer = await installed.ask(x_auth_token=token())
    refused = await installed.ask()
    for origin in ("http://mallory.example", f"{ORIGIN}.mallory.example", "null", ""):
        asked = await installed.client.options("/parcels", headers={"origin": origin, **wanted})
        read = await installed.ask(origin=origin, x_auth_token=token())

        assert asked.status_code == 403
        assert "access-control-allow-origin" not in asked.headers
        assert "access-control-allow-origin" not in read.headers

    assert own.status_code == 204
    assert "x-auth-token" in own.headers["access-control-allow-headers"]
    for one in (own, answer, refused):
        assert one.headers["access-control-allow-origin"] == ORIGIN
        assert "access-control-allow-credentials" not in one.headers


async def test_the_revoke_hook_deletes_the_tokens_if_they_are_dead(
    installed: Widget, platform: SlowPlatform
) -> None:
    async def hear(**query: Any) -> int:
        return (await installed.client.get("/revoked", params=query)).status_code

    of_an_earlier_one = await hear(**revoked()), installed.keeps("refresh 1")
    platform.live.clear()
    forged = await hear(**revoked(secret="m" * 64)), installed.keeps("refresh 1")
    genuine = await hear(**revoked())

    assert of_an_earlier_one == (200, True)
    assert forged == (403, True)
    assert genuine == 200
    assert (await installed.ask(x_auth_token=token())).status_code == 403


async def test_old_tokens_are_renewed_and_kept(widget: Widget, platform: SlowPlatform) -> None:
    platform.life = 30
    await widget.installed()
    await connected(widget)
    platform.life = DAY
    for _ in range(3):
        assert (await widget.ask(x_auth_token=token())).status_code == 200

    assert platform.live >= {access(platform.generation), f"refresh {platform.generation}"}
    assert widget.keeps(f"refresh {platform.generation}")


async def test_a_renamed_account_is_found_by_its_token(
    installed: Widget, platform: SlowPlatform
) -> None:
    platform.host = RENAMED
    answer = await installed.ask(x_auth_token=token(iss=f"http://{RENAMED}"))

    assert answer.status_code == 200
    assert platform.heard[-1][0] == RENAMED
