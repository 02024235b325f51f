import asyncio
import re
from urllib.parse import quote

import pytest

from grantway.accounts.sessions import ABSOLUTE_LIFETIME, IDLE_LIFETIME
from grantway.accounts.sign_in import LIMIT_OF_PERSON_AND_SOURCE, LIMIT_OF_SOURCE, WINDOW
from grantway.kernel.credentials import Kind, new_credential
from tests.integration.web_client import ALICE, BOB, PASSWORDS, SESSION, Browser, Web

OWN_PLACES = ["/accounts/acme/integrations", "/sessions?done=ended", "/enter/acme?nonce=00&to=%2F"]
FOREIGN_PLACES = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\x01//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/é",
    "",
    "/" + "a" * 20_000,
]


async def test_the_right_password_opens_a_session(web: Web) -> None:
    browser = web.browser()
    answer = await browser.sign_in(ALICE)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await browser.get("/")).status_code == 200
    assert "Your accounts" in browser.text()
    assert await web.events("user.signed_in") == 1


async def test_the_sessions_cookie_is_of_this_host_alone_and_out_of_reach(web: Web) -> None:
    answer = await web.browser().sign_in(ALICE)
    (line,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith(f"{SESSION}=")]

    assert {part.strip().lower() for part in line.split(";")[1:]} == {
        "httponly",
        "path=/",
        "samesite=lax",
        "secure",
    }


@pytest.mark.parametrize("email", [ALICE, "nobody@nowhere.example", "", "x" * 5000, "a@b\u0000c"])
async def test_a_wrong_sign_in_tells_nothing_about_existence(web: Web, email: str) -> None:
    browser = web.browser()
    answer = await browser.sign_in(email, "not the password")

    if "\0" in email:
        assert answer.status_code == 400
        return
    assert answer.status_code == 422
    assert "The e-mail address or the password is not right" in browser.text()
    assert browser.cookie(SESSION) is None


async def test_a_password_of_another_length_than_passwords_have_is_wrong(web: Web) -> None:
    browser = web.browser()

    assert (await browser.sign_in(ALICE, "x" * 30_000)).status_code == 422
    assert (await browser.sign_in(ALICE, "")).status_code == 422
    assert (await browser.sign_in(ALICE)).status_code == 303


async def test_what_was_typed_comes_back_but_the_password(web: Web) -> None:
    browser = web.browser()
    await browser.sign_in(ALICE, "a secret typing error")

    assert f'value="{ALICE}"' in browser.page
    assert "a secret typing error" not in browser.page


@pytest.mark.parametrize("place", OWN_PLACES)
async def test_signing_in_leads_back_to_a_page_of_ours(web: Web, place: str) -> None:
    browser = web.browser()
    await browser.get(f"/sign-in?return_to={quote(place, safe='')}")
    answer = await browser.submit(
        "/sign-in", ("email", ALICE), ("password", PASSWORDS[ALICE]), ("return_to", place)
    )

    assert answer.headers["location"] == place


async def test_signing_in_never_leads_elsewhere(web: Web) -> None:
    for place in FOREIGN_PLACES:
        browser = web.browser()
        await browser.get(f"/sign-in?return_to={quote(place, safe='')}")
        shown = re.search(r'name="return_to" value="([^"]*)"', browser.page)
        answer = await browser.submit(
            "/sign-in", ("email", ALICE), ("password", PASSWORDS[ALICE]), ("return_to", place)
        )
        already = await browser.get(f"/sign-in?return_to={quote(place, safe='')}")

        assert shown is not None
        assert (shown[1], place) == ("/", place)
        assert answer.headers["location"] == "/"
        assert already.headers["location"] == "/"


async def test_a_page_that_needs_a_session_comes_back_after_signing_in(web: Web) -> None:
    browser = web.browser()
    first = await browser.get("/accounts/acme/activity?page=1")
    await browser.open(first.headers["location"])
    answer = await browser.submit(
        "/sign-in",
        ("email", ALICE),
        ("password", PASSWORDS[ALICE]),
        ("return_to", "/accounts/acme/activity?page=1"),
    )

    assert first.headers["location"] == (
        "/sign-in?return_to=%2Faccounts%2Facme%2Factivity%3Fpage%3D1"
    )
    assert 'value="/accounts/acme/activity?page=1"' in browser.page
    assert (await browser.open(answer.headers["location"])).status_code == 200


async def test_a_session_from_outside_is_not_taken_on(web: Web) -> None:
    mallory = new_credential(Kind.SESSION)
    browser = web.browser()
    browser.plant(SESSION, mallory)
    answer = await browser.sign_in(ALICE)

    assert answer.status_code == 303
    assert browser.cookie(SESSION) != mallory
    other = web.browser()
    other.plant(SESSION, mallory)
    assert (await other.get("/")).status_code == 303


async def test_every_sign_in_has_a_secret_of_its_own(web: Web) -> None:
    browser = web.browser()
    await browser.sign_in(ALICE)
    first = browser.cookie(SESSION)
    await browser.get("/")
    await browser.submit("/sign-out")
    await browser.sign_in(ALICE)

    assert browser.cookie(SESSION) not in (None, first)


async def test_two_cookies_of_one_name_are_none(web: Web, alice: Browser) -> None:
    secret = alice.cookie(SESSION)
    planted = f"{SESSION}=planted; {SESSION}={secret}"
    signed_out = await web.browser().get("/", cookie=planted)
    honest = await web.browser().get("/", cookie=f"other=1; {SESSION}={secret}")

    assert signed_out.headers["location"] == "/sign-in"
    assert honest.status_code == 200


async def test_signing_out_ends_the_session_on_the_server(web: Web, alice: Browser) -> None:
    secret = alice.cookie(SESSION)
    await alice.get("/")
    answer = await alice.submit("/sign-out")
    thief = web.browser()
    thief.plant(SESSION, str(secret))

    assert answer.headers["location"] == "/sign-in?signed_out"
    assert alice.cookie(SESSION) is None
    assert (await thief.get("/")).status_code == 303
    await alice.open("/sign-in?signed_out")
    assert "You are signed out" in alice.text()


async def test_signing_out_by_a_link_is_impossible(alice: Browser) -> None:
    assert (await alice.get("/sign-out")).status_code == 405
    assert (await alice.get("/")).status_code == 200


async def test_a_session_ends_when_it_is_idle(web: Web, alice: Browser) -> None:
    web.clock.advance(IDLE_LIFETIME - 1)
    assert (await alice.get("/")).status_code == 200
    web.clock.advance(IDLE_LIFETIME - 1)
    assert (await alice.get("/")).status_code == 200
    web.clock.advance(IDLE_LIFETIME + 1)

    assert (await alice.open("/")).status_code == 200
    assert "Your session has ended" in alice.text()


async def test_a_session_ends_at_last_however_much_it_is_used(web: Web, alice: Browser) -> None:
    for _ in range(ABSOLUTE_LIFETIME // (IDLE_LIFETIME // 2) - 1):
        web.clock.advance(IDLE_LIFETIME // 2)
        assert (await alice.get("/")).status_code == 200
    web.clock.advance(IDLE_LIFETIME // 2)

    assert (await alice.get("/")).status_code == 303


async def test_guessing_at_one_person_is_slowed_down_and_she_is_not_locked_out(web: Web) -> None:
    mallory = web.browser("203.0.113.66")
    for _ in range(LIMIT_OF_PERSON_AND_SOURCE):
        assert (await mallory.sign_in(ALICE, "guess")).status_code == 422
    slowed = await mallory.sign_in(ALICE, "guess")
    even_when_right = await mallory.sign_in(ALICE)

    assert slowed.status_code == even_when_right.status_code == 429
    assert int(slowed.headers["retry-after"]) == WINDOW
    assert "Too many attempts" in mallory.text()
    assert (await web.browser().sign_in(ALICE)).status_code == 303

    web.clock.advance(WINDOW)
    assert (await mallory.sign_in(ALICE, "guess")).status_code == 422


async def test_guesses_at_the_same_moment_count_as_well(web: Web) -> None:
    tries = 4 * LIMIT_OF_PERSON_AND_SOURCE
    browsers = [web.browser("203.0.113.66") for _ in range(tries)]
    answers = await asyncio.gather(*(one.sign_in(ALICE, "guess") for one in browsers))
    statuses = [answer.status_code for answer in answers]

    assert statuses.count(422) == LIMIT_OF_PERSON_AND_SOURCE
    assert statuses.count(429) == tries - LIMIT_OF_PERSON_AND_SOURCE


async def test_signing_in_many_times_is_no_guessing(web: Web) -> None:
    for _ in range(LIMIT_OF_SOURCE + 1):
        assert (await web.browser().sign_in(ALICE)).status_code == 303


async def test_guessing_at_many_people_from_one_place_is_slowed_down(web: Web) -> None:
    mallory = web.browser("203.0.113.66")
    for n in range(LIMIT_OF_SOURCE):
        assert (await mallory.sign_in(f"user{n}@acme.example", "guess")).status_code == 422

    assert (await mallory.sign_in(BOB, "guess")).status_code == 429
    assert (await web.browser().sign_in(BOB)).status_code == 303


async def test_the_sign_in_form_may_lead_to_the_workspace_that_sent_the_browser(web: Web) -> None:
    browser = web.browser()
    plain = await browser.get("/sign-in")
    entering = await browser.get("/sign-in?return_to=%2Fenter%2Facme%3Fnonce%3D0")
    odd = await browser.get("/sign-in?return_to=%2Fenter%2Fwww%3Fnonce%3D0")

    assert "form-action 'self';" in plain.headers["content-security-policy"]
    assert (
        "form-action 'self' https://acme.grantway.test;"
        in entering.headers["content-security-policy"]
    )
    assert "form-action 'self';" in odd.headers["content-security-policy"]
