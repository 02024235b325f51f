"""The answer: what it gives, and how it gets back (authorization.md 3.3, 3.4; S-09 to S-13)."""

import json

import pytest

from grantway.integrations import service as integrations
from tests.integration.consent_world import (
    CALLBACK,
    DANA,
    ISSUER,
    SITE,
    VERIFIER_CHALLENGE,
    World,
    answer_of,
    handed_over,
    make_world,
)
from tests.integration.web_client import ALICE, BOB, PASSWORDS, Browser, Web

BUTTON = {"mode": "popup", "origin": f"{SITE}/connect"}


@pytest.fixture
async def world(web: Web, password_hashes: dict[str, str]) -> World:
    return await make_world(web, password_hashes)


async def test_allowing_installs_and_takes_a_code_back(world: World, alice: Browser) -> None:
    await world.ask(alice)
    answered = await world.answer(alice)

    assert answered.status_code == 303
    assert answered.headers["location"].startswith(f"{CALLBACK}?code=def502")
    assert answered.headers["referrer-policy"] == "no-referrer"
    assert answered.headers["cache-control"] == "no-store"
    told = answer_of(answered)
    code = told.pop("code")
    assert told == {
        "state": "s1",
        "referer": "acme.grantway.test",
        "client_id": world.published,
        "iss": ISSUER,
    }
    assert await world.installed() == 1
    assert await world.web.events("consent.given") == 1
    assert await world.web.events("code.issued") == 1
    async with world.web.api.db.read() as reader:
        row = await reader.value("select client_id || ' ' || scopes from authorization_codes")
    assert row == f"{world.published} push_notifications crm notifications"
    assert code not in alice.page


async def test_the_challenge_is_kept_with_the_code(world: World, alice: Browser) -> None:
    await world.ask(alice, code_challenge=VERIFIER_CHALLENGE, code_challenge_method="S256")
    assert (await world.answer(alice)).status_code == 303

    async with world.web.api.db.read() as reader:
        kept = await reader.value("select code_challenge from authorization_codes")
    assert kept == VERIFIER_CHALLENGE


async def test_a_user_joins_what_is_installed_with_their_own_rights(
    world: World, alice: Browser
) -> None:
    await world.ask(alice)
    await world.answer(alice)
    bob = await world.web.signed_in(BOB)
    await world.ask(bob)
    joined = await world.answer(bob)

    assert joined.status_code == 303
    assert await world.installed() == 1
    async with world.web.api.db.read() as reader:
        by = await reader.column(
            "select by_administrator from authorization_codes order by user_id"
        )
        installed = await reader.column("select distinct installation_id from authorization_codes")
    assert sorted(map(bool, by)) == [False, True]
    assert len(installed) == 1


@pytest.mark.parametrize(
    ("sent", "back"),
    [
        (None, None),
        ("", None),
        ("plain", "plain"),
        ("a%26code%3Devil", "a%26code%3Devil"),
        ("%3Cscript%3E%22%27", "%3Cscript%3E%22%27"),
        ("%F0%9F%A6%8A", "%F0%9F%A6%8A"),
        ("%00%0D%0A", "%00%0D%0A"),
        ("%ff%FE", "%FF%FE"),
        ("a+b%20c", "a%20b%20c"),
        ("%2525", "%2525"),
        ("~._-", "~._-"),
    ],
)
async def test_the_state_comes_back_byte_for_byte(
    world: World, alice: Browser, sent: str | None, back: str | None
) -> None:
    state = "" if sent is None else f"&state={sent}"
    for decision in ("allow", "deny"):
        await world.ask(alice, raw=f"client_id={world.published}{state}")
        location = (await world.answer(alice, decision)).headers["location"]
        pairs = location.partition("?")[2].split("&")

        assert [p for p in pairs if p.startswith("state=")] == (
            [] if back is None else [f"state={back}"]
        )
        assert sum(p.startswith("code=") for p in pairs) == (decision == "allow")


async def test_an_own_query_of_the_redirect_uri_stays(world: World, dana: Browser) -> None:
    await world.change(world.draft, redirect_uri=CALLBACK + "?shop=1&x={%20}")
    await world.ask(dana, client_id=world.draft)
    answered = await world.answer(dana, account="danalabs")

    assert answered.headers["location"].startswith(CALLBACK + "?shop=1&x={%20}&code=def502")


async def test_in_popup_mode_the_opener_gets_the_address_and_nobody_else(
    world: World, alice: Browser
) -> None:
    await world.ask(alice, **BUTTON)
    page = await world.answer(alice)

    assert page.status_code == 200
    given = handed_over(page.text)
    assert given["target"] == SITE
    assert given["message"] == {"url": given["url"]}
    assert given["url"].startswith(f"{CALLBACK}?code=def502")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["cross-origin-opener-policy"] == "unsafe-none"
    assert "<noscript><meta http-equiv" in page.text


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example/",
        "https://parcel.example.evil.example/",
        "https://parcel.example:444/",
        "http://parcel.example/",
        "https://x@parcel.example/",
    ],
)
async def test_a_page_of_another_origin_never_gets_a_code(
    world: World, alice: Browser, origin: str
) -> None:
    await world.ask(alice, mode="popup", origin=origin)
    answered = await world.answer(alice)

    if origin == "https://x@parcel.example/":  # no origin at all, so the default one
        assert handed_over(answered.text)["target"] == SITE
    else:
        assert answered.status_code == 303
        assert answered.headers["location"].startswith(f"{CALLBACK}?code=")


async def test_in_post_message_mode_the_window_itself_goes_on(world: World, alice: Browser) -> None:
    await world.ask(alice, mode="post_message", origin=f"{SITE}/connect")
    answered = await world.answer(alice)

    assert answered.status_code == 303
    assert answered.headers["location"].startswith(f"{CALLBACK}?code=")


@pytest.mark.parametrize("mode", ["popup", "post_message"])
async def test_a_refusal_is_told_to_the_button(world: World, alice: Browser, mode: str) -> None:
    await world.ask(alice, mode=mode, origin="https://blog.example/page?x")
    page = await world.answer(alice, "deny")

    given = handed_over(page.text)
    assert given["target"] == "https://blog.example"
    assert given["message"] == {"client_id": world.published, "error": "access_denied"}
    assert given["url"].startswith(f"{CALLBACK}?error=access_denied")
    assert await world.nothing_happened()
    assert await world.web.events("consent.denied") == 1


async def test_a_refusal_of_a_plain_link_goes_back_as_a_redirect(
    world: World, alice: Browser
) -> None:
    await world.ask(alice)
    answered = await world.answer(alice, "deny")

    assert answered.status_code == 303
    assert answered.headers["location"].startswith(f"{CALLBACK}?error=access_denied&")
    assert answer_of(answered) == {
        "error": "access_denied",
        "client_id": world.published,
        "state": "s1",
        "iss": ISSUER,
    }
    assert await world.nothing_happened()


async def test_the_code_is_good_for_an_exchange(world: World, alice: Browser) -> None:
    async with world.web.api.db.write() as tx:
        secret = await integrations.generate_secret(
            tx, world.dana, world.published, world.web.platform.seal, world.clock()
        )
    await world.ask(alice)
    code = answer_of(await world.answer(alice))["code"]
    fields = {
        "client_id": world.published,
        "client_secret": secret,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
    }
    pair = await world.web.api.call(
        "POST", "/oauth2/access_token", host="acme", token=None, json=fields
    )

    assert pair.status_code == 200, pair.text
    leads = await world.web.api.get("/api/v4/leads", token=pair.json()["access_token"])
    assert leads.status_code in (200, 204)
    assert json.loads(pair.text)["token_type"] == "Bearer"


@pytest.fixture
async def dana(world: World) -> Browser:
    browser = world.web.browser()
    assert (await browser.sign_in(DANA, PASSWORDS[ALICE])).status_code == 303
    return browser
