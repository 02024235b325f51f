"""Who may answer, from where, how often and how soon (S-18 to S-29); each refusal with its twin."""

import asyncio
from urllib.parse import urlencode

import msgspec
import pytest

from grantway.audit import service as audit
from grantway.installations.service import uninstall
from grantway.kernel.credentials import Kind, new_credential
from tests.integration.consent_world import (
    BY_HAND,
    CALLBACK,
    DANA,
    ISSUER,
    World,
    answer_of,
    credential,
    make_world,
)
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, Browser, Web

SAFARI = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605"
CHROME = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"
NO_METADATA: dict[str, str | None] = dict.fromkeys(BY_HAND)


@pytest.fixture
async def world(web: Web, password_hashes: dict[str, str]) -> World:
    return await make_world(web, password_hashes)


@pytest.mark.parametrize(
    "headers",
    [
        *({name: None} for name in BY_HAND),
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://acme.grantway.test"},
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-mode": "cors"},
        {"sec-fetch-mode": "no-cors"},
        {"sec-fetch-dest": "iframe"},
        {"sec-fetch-dest": "empty"},
        {"sec-fetch-user": "?0"},
        {"sec-fetch-user": None, "user-agent": CHROME},
        {**NO_METADATA, "origin": "https://acme.grantway.test"},
        {**NO_METADATA, "origin": "null"},
        {**NO_METADATA, "origin": None},
    ],
)
async def test_only_a_press_on_our_page_answers(
    world: World, alice: Browser, headers: dict[str, str | None]
) -> None:
    await world.ask(alice)
    page = alice.page
    forged = await world.answer(alice, headers=headers)
    untouched = await world.nothing_happened()
    alice.page = page
    honest = await world.answer(alice)

    assert (forged.status_code, "location" in forged.headers) == (403, False)
    assert untouched
    assert honest.status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-user": None, "user-agent": SAFARI},
        NO_METADATA,
    ],
)
async def test_what_browsers_say_of_a_press_is_kept_and_some_say_less(
    world: World, alice: Browser, headers: dict[str, str | None]
) -> None:
    await world.ask(alice)

    assert (await world.answer(alice, headers=headers)).status_code == 303
    async with world.web.api.db.read() as reader:
        found = await audit.entries(reader, world.web.api.acme.account_id)
    (entry,) = [one for one in found.entries if one.event == "consent.given"]
    said = {"origin": ISSUER, **BY_HAND, **headers}
    assert msgspec.json.decode(entry.details)["fetch"] == {
        name: said[name] for name in ("origin", *BY_HAND) if said[name]
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"request": None},
        {"request": ""},
        {"request": new_credential(Kind.CONSENT)},
        {"request": new_credential(Kind.SESSION)},
        {"form_token": None},
        {"form_token": "0" * 64},
    ],
)
async def test_an_answer_needs_the_credential_of_its_question(
    world: World, alice: Browser, fields: dict[str, str | None]
) -> None:
    await world.ask(alice)
    page = alice.page
    forged = await world.answer(alice, fields=fields)
    untouched = await world.nothing_happened()
    alice.page = page

    assert (forged.status_code, untouched) == (403, True)
    assert (await world.answer(alice)).status_code == 303


async def test_a_credential_in_the_query_is_none(world: World, alice: Browser) -> None:
    await world.ask(alice)
    query = urlencode({"request": credential(alice)})
    forged = await world.answer(alice, path=f"/oauth?{query}", fields={"request": None})

    assert forged.status_code == 403
    assert await world.nothing_happened()


async def test_a_used_one_is_refused_and_gives_nothing_more(world: World, alice: Browser) -> None:
    await world.ask(alice)
    page = alice.page
    first = await world.answer(alice)
    alice.page = page
    second = await world.answer(alice)
    alice.page = page
    denied = await world.answer(alice, "deny")

    assert (first.status_code, second.status_code, denied.status_code) == (303, 403, 403)
    assert await world.web.api.count("authorization_codes") == 1


async def test_an_old_one_is_refused(world: World, alice: Browser) -> None:
    await world.ask(alice)
    page = alice.page
    world.clock.advance(10 * 60 - 2)
    late = await world.answer(alice)
    alice.page = page

    assert late.status_code == 403
    assert "older than 10 minutes" in alice.text() or await world.nothing_happened()
    await world.ask(alice)
    world.clock.advance(10 * 60 - 3)
    assert (await world.answer(alice)).status_code == 303


async def test_another_browser_or_person_cannot_finish_it(world: World, alice: Browser) -> None:
    await world.ask(alice)
    page, started = alice.page, credential(alice)
    other = await world.web.signed_in(ALICE)
    charlie = await world.web.signed_in(CHARLIE)
    for browser, account in ((other, "acme"), (charlie, "bolt"), (charlie, "acme")):
        await world.ask(browser)
        forged = await world.answer(browser, account=account, fields={"request": started})
        assert forged.status_code == 403
    assert await world.nothing_happened()
    alice.page = page

    assert (await world.answer(alice)).status_code == 303


async def test_many_answers_at_once_give_one_code(world: World, alice: Browser) -> None:
    await world.ask(alice)
    answers = await asyncio.gather(*(world.answer(alice) for _ in range(12)))

    assert sorted(one.status_code for one in answers) == [303] + [403] * 11
    assert await world.web.api.count("authorization_codes") == 1
    assert await world.installed() == 1


async def test_what_the_form_says_beside_the_answer_counts_for_nothing(
    world: World, alice: Browser
) -> None:
    await world.ask(alice)
    answered = await world.answer(
        alice,
        path="/oauth?client_id=x&redirect_uri=https://evil.example/&state=evil&mode=popup",
        fields={
            "client_id": world.draft,
            "redirect_uri": "https://evil.example/",
            "scopes": "files_delete",
            "state": "evil",
            "code_challenge": "evil",
        },
    )

    assert answered.headers["location"].startswith(f"{CALLBACK}?code=")
    assert answer_of(answered)["state"] == "s1"
    assert answer_of(answered)["client_id"] == world.published


@pytest.mark.parametrize("account", ["bolt", "danalabs", "nobody", "", "ACME", "1"])
async def test_only_an_account_that_was_offered_can_be_chosen(
    world: World, alice: Browser, account: str
) -> None:
    await world.ask(alice)
    page = alice.page
    forged = await world.answer(alice, account=account)
    untouched = await world.nothing_happened()
    alice.page = page

    assert (forged.status_code, untouched) == (403, True)
    assert (await world.answer(alice)).status_code == 303


async def test_too_soon_an_answer_shows_the_page_again(world: World, alice: Browser) -> None:
    await world.ask(alice)
    world.clock.advance(-2)  # as if it had been shown this very moment
    soon = await world.answer(alice)
    untouched = await world.nothing_happened()
    at_once = await world.answer(alice)
    world.clock.advance(1)
    honest = await world.answer(alice)

    assert (soon.status_code, at_once.status_code) == (200, 200)
    assert "That was quick" in soon.text
    assert untouched
    assert honest.status_code == 303


async def test_a_refusal_cannot_come_too_soon(world: World, alice: Browser) -> None:
    await world.ask(alice)
    world.clock.advance(-2)

    assert (await world.answer(alice, "deny")).status_code == 303
    assert await world.nothing_happened()


async def test_the_role_counts_at_the_moment_of_the_answer(world: World, alice: Browser) -> None:
    await world.ask(alice)
    await world.web.demote()
    demoted = await world.answer(alice)

    assert demoted.status_code == 403
    assert await world.nothing_happened()

    bob = await world.web.signed_in(BOB)
    assert (await world.ask(bob)).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Parcel tracker 2"},
        {"scopes": ("crm", "notifications", "files_delete")},
        {"redirect_uri": "https://parcel.example/elsewhere"},
        {"owner_name": "Somebody else"},
        {"privacy_uri": "https://else.example/"},
    ],
)
async def test_what_changed_since_is_asked_again(
    world: World, web: Web, changes: dict[str, object]
) -> None:
    dana = await signed_in_dana(world)
    await world.ask(dana, client_id=world.draft)
    await world.change(world.draft, **changes)
    again = await world.answer(dana, account="danalabs")
    untouched = await world.nothing_happened()
    world.clock.advance(2)
    honest = await world.answer(dana, account="danalabs")

    assert again.status_code == 200
    assert "Something has changed meanwhile" in again.text
    assert untouched
    assert honest.status_code == 303


@pytest.mark.parametrize("installed", [True, False], ids=["installed", "uninstalled"])
async def test_what_an_answer_would_do_is_what_the_page_says(
    world: World, alice: Browser, *, installed: bool
) -> None:
    """A colleague installs it, or uninstalls it, while the page is open."""
    colleague = await world.web.signed_in(ALICE)
    says = {True: "Already installed", False: "The integration will be installed"}
    if not installed:
        await world.ask(colleague)
        await world.answer(colleague)
    await world.ask(alice)
    before, page = alice.text(), alice.page
    if installed:
        await world.ask(colleague)
        await world.answer(colleague)
    else:
        actor = world.web.api.acme.actor
        async with world.web.api.db.write() as tx:
            assert await uninstall(tx, actor, world.published, world.clock())
    codes = await world.web.api.count("authorization_codes")
    alice.page = page
    again = await world.answer(alice)
    asked_again = await world.web.api.count("authorization_codes") == codes
    words = alice.text()
    world.clock.advance(2)
    honest = await world.answer(alice)

    assert says[not installed] in before
    assert (again.status_code, asked_again) == (200, True)
    assert "Something has changed meanwhile" in words
    assert says[installed] in words
    assert honest.status_code == 303


async def test_what_was_stopped_since_is_over(world: World, alice: Browser) -> None:
    await world.ask(alice)
    async with world.web.api.db.write() as tx:
        await tx.change(
            "update integrations set status_before = status, status = 'disabled'"
            " where client_id = :client_id",
            client_id=world.published,
        )
    for decision in ("deny", "allow"):
        page = alice.page
        stopped = await world.answer(alice, decision)
        alice.page = page
        assert (stopped.status_code, "location" in stopped.headers) == (404, False)


async def test_an_earlier_consent_answers_nothing(world: World, alice: Browser) -> None:
    await world.ask(alice)
    await world.answer(alice)
    again = await world.ask(alice, prompt="none")

    assert again.status_code == 200
    assert "Already installed" in alice.text()
    assert await world.web.api.count("authorization_codes") == 1


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"]
)
async def test_only_a_form_is_read(world: World, alice: Browser, content_type: str) -> None:
    await world.ask(alice)
    fields = {"request": credential(alice), "account": "acme", "decision": "allow"}
    answered = await alice.request(
        "POST",
        "/oauth",
        headers={
            "content-type": content_type,
            "origin": "https://accounts.grantway.test",
            **BY_HAND,
        },
        content=msgspec.json.encode(fields),
    )

    assert 400 <= answered.status_code < 500
    assert await world.nothing_happened()


async def signed_in_dana(world: World) -> Browser:
    browser = world.web.browser()
    assert (await browser.sign_in(DANA, PASSWORDS[ALICE])).status_code == 303
    return browser
