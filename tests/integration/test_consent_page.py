"""The question: who is asked, about what, for which account (authorization.md 3; S-01 to S-17)."""

from typing import Any

import pytest

from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.kernel.credentials import new_uuid
from tests.integration.consent_world import (
    CALLBACK,
    DANA,
    VERIFIER_CHALLENGE,
    World,
    credential,
    make_world,
)
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, Browser, Web


@pytest.fixture
async def world(web: Web, password_hashes: dict[str, str]) -> World:
    return await make_world(web, password_hashes)


@pytest.fixture
async def dana(world: World) -> Browser:
    browser = world.web.browser()
    assert (await browser.sign_in(DANA, PASSWORDS[ALICE])).status_code == 303
    return browser


async def test_the_page_says_who_wants_what_where_for_how_long_and_how_to_end_it(
    world: World, alice: Browser
) -> None:
    page = await world.ask(alice)

    assert page.status_code == 200
    words = alice.text()
    for told in (
        "Let Parcel tracker work in Acme?",
        "by Dana Labs",
        "Verified",
        "Work with account data",
        "Show notifications",
        "acme.grantway.test",
        "has not been used for 3 months",
        "How to end it",
        "You then go on to parcel.example",
        "Privacy policy",
    ):
        assert told in words, told
    assert "Delete files" not in words


async def test_the_page_keeps_to_itself(world: World, alice: Browser) -> None:
    page = await world.ask(alice)
    headers = page.headers

    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "unsafe-none"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "form-action 'self' https: https://parcel.example;" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert not [name for name in headers if name.startswith("access-control")]
    assert "<script>" not in page.text
    assert " style=" not in page.text


async def test_whoever_is_not_signed_in_signs_in_first_and_comes_back_to_the_same_question(
    world: World,
) -> None:
    browser = world.web.browser()
    raw = f'state=a%26b%00"ö&mode=popup&origin=https://parcel.example/?x=1&client_id={world.published}'
    led = await world.ask(browser, raw=raw)

    assert led.status_code == 303
    assert led.headers["cross-origin-opener-policy"] == "unsafe-none"
    sign_in = await browser.open(led.headers["location"])
    assert sign_in.headers["cross-origin-opener-policy"] == "unsafe-none"
    return_to = sign_in.text.split('name="return_to" value="')[1].split('"')[0]
    back = await browser.submit(
        "/sign-in",
        ("email", ALICE),
        ("password", PASSWORDS[ALICE]),
        ("return_to", return_to.replace("&amp;", "&").replace("&#34;", '"')),
    )
    assert back.headers["cross-origin-opener-policy"] == "unsafe-none"
    page = await browser.get(back.headers["location"])
    world.clock.advance(2)
    answered = await world.answer(browser)

    assert page.status_code == answered.status_code == 200
    assert "state=a%26b%00%22%C3%B6&" in answered.text.replace("&amp;", "&")


@pytest.mark.parametrize("path", ["/oauth", "/oauth/", "/es/oauth/", "/br/oauth", "/id/oauth/"])
async def test_the_public_host_leads_to_the_page_with_the_query_as_it_came(
    world: World, path: str
) -> None:
    query = "state=%7e&mode=popup&origin=https://a.example/?a=%20b&scopes[]=crm&x={}"
    led = await world.web.browser().get(f"{path}?{query}", "www")

    assert led.status_code == 302
    assert led.headers["location"] == f"https://accounts.grantway.test{path}?{query}"
    assert led.headers["cross-origin-opener-policy"] == "unsafe-none"


async def test_an_accounts_host_leads_there_too_and_an_unknown_one_does_not(world: World) -> None:
    browser = world.web.browser()
    known = await browser.get("/oauth/?client_id=x", "acme")
    unknown = await browser.get("/oauth/?client_id=x", "nobody")

    assert known.headers["location"] == "https://accounts.grantway.test/oauth/?client_id=x"
    assert unknown.status_code == 404


SKIP = {
    "en": ">Skip to the content</a>",
    "es": ">Saltar al contenido</a>",
    "pt": ">Pular para o conteúdo</a>",
    "id": ">Langsung ke isi</a>",
}


@pytest.mark.parametrize(
    ("path", "language", "words"),
    [
        ("/oauth/", "en", "Let Parcel tracker work in Acme?"),
        ("/es/oauth/", "es", "¿Permitir que Parcel tracker trabaje en Acme?"),
        ("/br/oauth/", "pt", "Permitir que Parcel tracker trabalhe em Acme?"),
        ("/id/oauth/", "id", "Izinkan Parcel tracker bekerja di Acme?"),
    ],
)
async def test_the_page_speaks_the_language_of_its_path(
    world: World, alice: Browser, path: str, language: str, words: str
) -> None:
    page = await world.ask(alice, path)

    assert f'<html lang="{language}">' in page.text
    assert words in alice.text()
    assert SKIP[language] in page.text


@pytest.mark.parametrize(
    "uri",
    [
        CALLBACK + "/",
        CALLBACK.upper(),
        CALLBACK.replace("https", "http"),
        CALLBACK.replace("parcel.example", "parcel.example."),
        CALLBACK.replace("parcel.example", "parcel.example:443"),
        CALLBACK.replace("parcel.example", "evil.example"),
        CALLBACK.replace("https://", "https://parcel.example@"),
        CALLBACK + "/../agreed",
        CALLBACK + "?x=1",
        CALLBACK + "#x",
        CALLBACK.replace("agreed", "%61greed"),
        "javascript:alert(1)",
    ],
)
async def test_another_redirect_uri_than_the_registered_one_is_refused_on_our_page(
    world: World, alice: Browser, uri: str
) -> None:
    wrong = await world.ask(alice, redirect_uri=uri)
    assert "evil" not in wrong.text
    right = await world.ask(alice, redirect_uri=CALLBACK)

    assert (wrong.status_code, "location" in wrong.headers) == (400, False)
    assert right.status_code == 200


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"response_type": "token"}, "response_type"),
        ({"response_type": "code id_token"}, "response_type"),
        ({"response_mode": "fragment"}, "response_mode"),
        ({"mode": "web_message"}, "mode"),
        ({"client_id": None}, "client_id"),
        ({"state": "x" * 2001}, "state"),
        ({"code_challenge": VERIFIER_CHALLENGE}, "code_challenge_method"),
        ({"code_challenge": VERIFIER_CHALLENGE, "code_challenge_method": ""}, "_method"),
        (
            {"code_challenge": VERIFIER_CHALLENGE, "code_challenge_method": "plain"},
            "code_challenge_method",
        ),
        ({"code_challenge": "", "code_challenge_method": "S256"}, "code_challenge"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "code_challenge"),
        ({"code_challenge": VERIFIER_CHALLENGE + "=", "code_challenge_method": "S256"}, "code_"),
    ],
)
async def test_what_the_contract_does_not_know_is_refused_on_our_page(
    world: World, alice: Browser, changes: dict[str, Any], parameter: str
) -> None:
    page = await world.ask(alice, **changes)

    assert (page.status_code, "location" in page.headers) == (400, False)
    assert parameter in alice.text()


async def test_what_generic_clients_add_does_not_hurt(world: World, alice: Browser) -> None:
    page = await world.ask(
        alice,
        response_type="code",
        scope="",
        approval_prompt="auto",
        redirect_uri=CALLBACK,
        code_challenge="",
        code_challenge_method="",
        prompt="none",
        request_uri="https://evil.example/request",
        decision="allow",
    )

    assert page.status_code == 200
    assert await world.web.api.count("authorization_codes") == 0


async def test_a_strict_integration_needs_a_challenge(world: World, dana: Browser) -> None:
    await world.change(world.draft, fidelity="strict")
    without = await world.ask(dana, client_id=world.draft)
    with_one = await world.ask(
        dana,
        client_id=world.draft,
        code_challenge=VERIFIER_CHALLENGE,
        code_challenge_method="S256",
    )

    assert (without.status_code, with_one.status_code) == (400, 200)


async def test_unknown_stopped_and_hidden_integrations_look_alike(
    world: World, alice: Browser, dana: Browser
) -> None:
    bolts = world.web.api.bolt.client_id
    asked = ["", "no-id", new_uuid(), new_uuid().upper(), world.draft, bolts, "\0", "é"]
    pages = [await world.ask(alice, client_id=one) for one in asked[1:]]
    async with world.web.api.db.write() as tx:
        await tx.change("update integrations set status = 'disabled', status_before = status")
    pages.append(await world.ask(alice))
    theirs = await world.ask(dana, client_id=world.draft)

    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert theirs.status_code == 404
    assert all("location" not in page.headers for page in pages)


async def test_a_draft_is_for_the_account_that_made_it_alone(world: World, dana: Browser) -> None:
    await dana_joins_acme(world)
    page = await world.ask(dana, client_id=world.draft)

    assert page.status_code == 200
    assert "Nobody has looked at it yet" in dana.text()
    assert 'value="danalabs"' in page.text
    assert 'value="acme"' not in page.text

    await world.publish(world.draft)
    everywhere = await world.ask(dana, client_id=world.draft)
    assert 'value="acme"' in everywhere.text


async def test_a_private_integration_offers_its_own_account_alone(
    world: World, alice: Browser
) -> None:
    await dana_joins_acme(world)
    api = world.web.api
    async with api.db.write() as tx:
        await tx.change(
            "update integrations set redirect_uri = 'https://a.example/' where client_id = :id",
            id=api.acme.client_id,
        )
    page = await world.ask(alice, client_id=api.acme.client_id)

    assert page.status_code == 200
    assert "It works nowhere else" in alice.text()
    assert "Not verified" not in alice.text()


async def test_a_user_is_asked_only_where_it_is_installed(world: World) -> None:
    bob = await world.web.signed_in(BOB)
    before = await world.ask(bob)
    words = bob.text()
    alice = await world.web.signed_in(ALICE)
    await world.ask(alice)
    assert (await world.answer(alice)).status_code == 303
    after = await world.ask(bob)

    assert (before.status_code, after.status_code) == (403, 200)
    assert "Ask an administrator to install it first: Alice" in words
    assert "with your own rights" in bob.text()


async def test_of_several_accounts_none_is_chosen_beforehand(world: World, dana: Browser) -> None:
    await dana_joins_acme(world)
    page = await world.ask(dana)

    assert "work in one of your accounts?" in dana.text()
    assert page.text.count('type="radio"') == 2
    assert "checked" not in page.text


async def test_asking_changes_nothing_whatever_the_method(world: World, alice: Browser) -> None:
    await world.ask(alice)
    request = credential(alice)
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"):
        query = f"request={request}&account=acme&decision=allow"
        await alice.request(
            method,
            f"/oauth?client_id={world.published}&{query}&_method=POST",
            headers={"x-http-method-override": "POST"},
        )

    assert await world.web.api.count("authorization_codes") == 0
    assert await world.web.api.count("installations") == 2  # of the private ones


async def test_the_dialects_raw_addresses_are_read(world: World, dana: Browser) -> None:
    raw = (
        "state=first&mode=popup&origin=https://parcel.example/?a=1&state=evil&mode=evil"
        f"&response_type=token&redirect_uri=/home&client_id=evil&client_id={world.published}"
    )
    page = await world.ask(dana, raw=raw)
    answered = await world.answer(dana, account="danalabs")

    assert page.status_code == 200
    assert "state=first&" in answered.text.replace("&amp;", "&")


async def test_without_its_tail_the_page_brings_the_script_that_finds_it(
    world: World, alice: Browser
) -> None:
    cut = await world.ask(alice, raw="state=1&mode=popup&origin=https://parcel.example/page")

    assert cut.status_code == 400
    assert "/assets/consent_spilled.js" in cut.text


async def test_foreign_text_is_only_text(world: World, dana: Browser) -> None:
    await world.change(world.draft, name="<b onclick=alert(1)>& {owner}", owner_name="{{7*7}}'\"")
    page = await world.ask(dana, client_id=world.draft)

    assert page.status_code == 200
    assert "<b onclick" not in page.text
    assert "&lt;b onclick=alert(1)&gt;&amp; {owner}" in page.text
    assert "{{7*7}}" in page.text


async def test_somebody_who_is_in_no_account_is_told_so(world: World) -> None:
    charlie = await world.web.signed_in(CHARLIE)
    async with world.web.api.db.write() as tx:
        await tx.change("update account_users set is_active = false where role = 'administrator'")
    page = await world.ask(charlie)

    assert page.status_code == 403


async def dana_joins_acme(world: World) -> None:
    async with world.web.api.db.write() as tx:
        await accounts.add_user_to_account(
            tx,
            world.web.api.acme.account_id,
            world.dana.user_id,
            Role.ADMINISTRATOR,
            world.clock(),
        )
