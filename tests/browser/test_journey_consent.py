"""From the button on an integrator's site to the code, in real windows (S-12, S-23, S-26)."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served, Walker
from tests.browser.shop import Shop, answer_in, make_integration

REMEMBER = "window.told = []; function onKommoError(data) { told.push(data) }"


@pytest.fixture(scope="module")
def client_id(chromium: Browser, served: Served, server: Shop) -> Iterator[str]:
    walker = Walker(chromium, served)
    walker.open("accounts")
    walker.sign_in("Alice")
    yield make_integration(walker, server.agreed)
    walker.context.close()


@pytest.fixture
def visitor(chromium: Browser, served: Served) -> Iterator[Walker]:
    walker = Walker(chromium, served)
    yield walker
    walker.context.close()


def press(visitor: Walker, name: str = "Continue with Grantway") -> Page:
    """Press the button of the site; return the window that it opens."""
    with visitor.page.expect_popup() as opening:
        visitor.page.get_by_role("button", name=name).click()
    return opening.value


def wait_until_closed(window: Page) -> None:
    if not window.is_closed():
        window.wait_for_event("close")


def lead(window: Page, url: str) -> None:
    """Go there as a page does it, so that the window stays its opener's."""
    window.evaluate("(url) => { location.href = url }", url)
    window.wait_for_url(url)


def sign_in(visitor: Walker, window: Page, name: str = "Alice") -> None:
    person = visitor.served.person(name)
    window.get_by_label("E-mail").fill(person.email)
    window.get_by_label("Password", exact=True).fill(person.password)
    window.get_by_role("button", name="Sign in").click()
    expect(window.get_by_role("heading", name="Let Parcel tracker work in Acme?")).to_be_visible()
    # Before its script has run, the page looks as if *Allow* could be pressed.
    window.wait_for_load_state()


@pytest.mark.parametrize("name", ["button.js", "button.min.js"])
def test_popup_mode_takes_the_site_itself_to_its_redirect_uri(
    visitor: Walker, shop: Shop, client_id: str, name: str
) -> None:
    shop.button(client_id, name=name, state="s/1 ö", mode="popup")
    visitor.page.goto(f"{shop.origin}/connect?page=own")
    window = press(visitor)
    sign_in(visitor, window)
    window.get_by_role("button", name="Allow", exact=True).click()
    visitor.page.wait_for_url(f"{shop.agreed}?**")

    told = answer_in(visitor.page)
    assert told["code"].startswith("def502")
    assert (told["state"], told["client_id"]) == ("s/1 ö", client_id)
    assert told["referer"] == f"acme.{visitor.served.root}"
    assert told["iss"] == visitor.served.url("accounts", "")
    wait_until_closed(window)
    assert visitor.complaints == []


def test_post_message_mode_goes_on_in_the_window(
    visitor: Walker, shop: Shop, client_id: str
) -> None:
    shop.button(client_id, mode="post_message", locale="es")
    visitor.page.goto(f"{shop.origin}/connect")
    window = press(visitor, "Continuar con Grantway")
    person = visitor.served.person("Alice")
    window.get_by_label("E-mail").fill(person.email)
    window.get_by_label("Password", exact=True).fill(person.password)
    window.get_by_role("button", name="Sign in").click()
    window.get_by_role("button", name="Permitir", exact=True).click()
    window.wait_for_url(f"{shop.agreed}?**")

    assert answer_in(window)["code"].startswith("def502")
    assert len(answer_in(window)["state"]) >= 10  # made by the button
    assert visitor.page.url == f"{shop.origin}/connect"


@pytest.mark.parametrize("mode", ["popup", "post_message"])
def test_a_refusal_calls_the_sites_function(
    visitor: Walker, shop: Shop, client_id: str, mode: str
) -> None:
    shop.script = f"window.app = {{handlers: {{}}}}; {REMEMBER}; app.handlers.failed = onKommoError"
    shop.button(client_id, mode=mode, error_callback="window.app.handlers.failed")
    visitor.page.goto(f"{shop.origin}/connect")
    window = press(visitor)
    sign_in(visitor, window)
    window.get_by_role("button", name=re.compile("^Don.t allow$")).click()
    tag = visitor.page.locator("script.kommo_oauth")
    expect(tag).to_have_attribute("data-error", "access_denied")

    assert visitor.page.evaluate("told") == [{"client_id": client_id, "error": "access_denied"}]
    assert visitor.page.url == f"{shop.origin}/connect"
    wait_until_closed(window)
    assert visitor.complaints == []


def test_without_an_opener_the_window_goes_on_itself(
    visitor: Walker, shop: Shop, client_id: str
) -> None:
    page = visitor.page
    query = f"client_id={client_id}&state=s&mode=popup&origin={shop.origin}/connect"
    page.goto(visitor.served.url("www", f"/oauth/?{query}"))
    sign_in(visitor, page)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url(f"{shop.agreed}?**")

    assert answer_in(page)["state"] == "s"


def test_a_window_that_a_foreign_site_opened_gives_it_nothing(
    visitor: Walker, shop: Shop, client_id: str
) -> None:
    shop.script = "window.heard = []; addEventListener('message', (e) => heard.push(e.data))"
    shop.button(client_id)
    visitor.page.goto(f"{shop.other}/")
    window = press(visitor)
    sign_in(visitor, window)
    window.get_by_role("button", name="Allow", exact=True).click()
    window.wait_for_url(f"{shop.agreed}?**")

    assert visitor.page.url == f"{shop.other}/"
    assert visitor.page.evaluate("heard") == []


def test_the_button_hears_nobody_but_its_own_window(
    visitor: Walker, shop: Shop, client_id: str
) -> None:
    shop.script = REMEMBER
    shop.button(client_id, error_callback="onKommoError")
    page = visitor.page
    page.goto(f"{shop.origin}/connect")
    window = press(visitor)
    expect(window.get_by_role("heading", name="Sign in")).to_be_visible()
    message = f"{{url: '{shop.agreed}?code=evil', client_id: '{client_id}', error: 'evil'}}"
    # From the page itself, and from the right window while it shows another site.
    page.evaluate(f"postMessage({message}, '*')")
    lead(window, f"{shop.other}/agreed")
    window.evaluate(f"opener.postMessage({message}, '*')")
    # From our own origin, but to somewhere else than the site.
    lead(window, visitor.served.url("accounts", "/sign-in?return_to=/oauth"))
    for url in (
        f"{shop.other}/agreed",
        "javascript:alert(1)",
        shop.other[5:],
        "data:text/html,x",
    ):
        window.evaluate("(url) => opener.postMessage({ url }, '*')", url)
    page.wait_for_timeout(300)

    assert page.url == f"{shop.origin}/connect"
    assert page.evaluate("told") == []


@pytest.mark.parametrize("answer", ["^Allow$", "^Don.t allow$"])
@pytest.mark.parametrize("mode", ["popup", "post_message"])
def test_the_site_does_not_learn_from_which_page_somebody_came(
    visitor: Walker, shop: Shop, client_id: str, mode: str, answer: str
) -> None:
    """S-13: the address of the question names the integration and its `state`."""
    page = visitor.page
    page.goto(visitor.served.url("www", f"/oauth?client_id={client_id}&state=s&mode={mode}"))
    sign_in(visitor, page)
    with page.expect_request(lambda one: one.method == "POST") as pressing:
        page.get_by_role("button", name=re.compile(answer)).click()
    page.wait_for_url(f"{shop.agreed}?**")
    sent = pressing.value.all_headers()

    assert shop.referrers[0] == ("/agreed", None)
    assert page.evaluate("document.referrer") == ""
    # The form names our origin: an answer has to (S-24).
    assert sent["origin"] == visitor.served.url("accounts", "")


def test_a_link_on_the_question_tells_nobody_where_it_stands(
    visitor: Walker, shop: Shop, client_id: str
) -> None:
    """Also one that says nothing of referrers itself, as ours to owners do."""
    page = visitor.page
    page.goto(visitor.served.url("www", f"/oauth?client_id={client_id}&state=s"))
    sign_in(visitor, page)
    page.evaluate(
        """(href) => {
            document.querySelector("main").prepend(
                Object.assign(document.createElement("a"), { href, textContent: "Elsewhere" }))
        }""",
        f"{shop.other}/elsewhere",
    )
    page.get_by_role("link", name="Elsewhere").click()
    page.wait_for_url(f"{shop.other}/elsewhere")

    assert shop.referrers[0] == ("/elsewhere", None)


def test_a_refused_proposal_stays_where_it_is(visitor: Walker, shop: Shop) -> None:
    """No window opened this one, and the link's own address is registered nowhere."""
    proposed = {
        "mode": "popup",
        "origin": f"{shop.origin}/connect",
        "name": "Blumen Berger",
        "description": "Takes orders.",
        "redirect_uri": "https://blumen.example/agreed",
        "secrets_uri": "https://blumen.example/keys",
        "scopes[]": "crm",
    }
    page = visitor.page
    page.goto(visitor.served.url("accounts", "/sign-in"))
    visitor.sign_in("Alice")
    expect(page.get_by_role("heading", name="Your accounts")).to_be_visible()
    page.goto(visitor.served.url("accounts", f"/oauth?{urlencode(proposed)}"))
    page.get_by_role("button", name=re.compile("^Don.t allow$")).click()
    expect(page.get_by_role("heading", name="Access not granted")).to_be_visible()
    page.wait_for_timeout(300)

    assert page.url.startswith(visitor.served.url("accounts", "/oauth"))
    assert page.get_by_role("link", name="blumen.example").count() == 0
    assert visitor.complaints == []


def test_two_presses_give_one_code(visitor: Walker, shop: Shop, client_id: str) -> None:
    page = visitor.page
    page.goto(visitor.served.url("www", f"/oauth?client_id={client_id}"))
    sign_in(visitor, page)
    codes: list[str] = []
    page.on(
        "request", lambda sent: codes.append(sent.url) if sent.url.startswith(shop.agreed) else None
    )
    allow = page.get_by_role("button", name="Allow", exact=True)
    expect(allow).to_be_enabled()
    allow.dblclick()
    page.wait_for_url(f"{shop.agreed}?**")

    assert len(codes) == 1


def test_a_scripted_press_answers_nothing_and_a_real_one_does(
    visitor: Walker, shop: Shop, client_id: str
) -> None:
    page = visitor.page
    page.goto(visitor.served.url("www", f"/oauth?client_id={client_id}"))
    sign_in(visitor, page)
    allow = page.get_by_role("button", name="Allow", exact=True)
    expect(allow).to_be_enabled()
    page.wait_for_timeout(1000)
    allow.evaluate("(button) => button.click()")
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", name="Let Parcel tracker work in Acme?")).to_be_visible()
    allow.click()
    page.wait_for_url(f"{shop.agreed}?**")

    assert answer_in(page)["code"].startswith("def502")


def test_a_form_that_a_script_sends_is_refused(visitor: Walker, shop: Shop, client_id: str) -> None:
    page = visitor.page
    page.goto(visitor.served.url("accounts", "/sign-in"))
    visitor.sign_in("Alice")
    expect(page.get_by_role("heading", name="Your accounts")).to_be_visible()
    # No press on this page, so the browser says that nobody pressed.
    page.goto(visitor.served.url("accounts", f"/oauth?client_id={client_id}"))
    page.wait_for_timeout(1500)
    # Playwright's own way of running a script counts as a press.
    devtools = visitor.context.new_cdp_session(page)
    devtools.send(
        "Runtime.evaluate",
        {
            "userGesture": False,
            "expression": """{
        const form = document.querySelector("form[data-consent]");
        const decision = document.createElement("input");
        [decision.name, decision.value] = ["decision", "allow"];
        form.append(decision);
        form.submit();
    }""",
        },
    )
    expect(page.get_by_role("heading", name="This was not sent from our page")).to_be_visible()


def test_all_of_it_works_by_keyboard(visitor: Walker, shop: Shop, client_id: str) -> None:
    shop.button(client_id)
    page = visitor.page
    page.goto(f"{shop.origin}/connect")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Continue with Grantway")
    expect(button).to_be_focused()
    outline = button.evaluate("(one) => getComputedStyle(one).outlineWidth")
    with page.expect_popup() as opening:
        page.keyboard.press("Enter")
    window = opening.value
    sign_in(visitor, window)
    allow = window.get_by_role("button", name="Allow", exact=True)
    expect(allow).to_be_enabled()
    for _ in range(10):
        window.keyboard.press("Tab")
        if allow.evaluate("(one) => one === document.activeElement"):
            break
    expect(allow).to_be_focused()
    window.keyboard.press("Enter")
    page.wait_for_url(f"{shop.agreed}?**")

    assert outline == "3px"


def test_it_works_without_a_script(
    chromium: Browser, served: Served, shop: Shop, client_id: str
) -> None:
    walker = Walker(chromium, served, java_script_enabled=False)
    page = walker.page
    for mode in ("post_message", "popup"):
        query = f"client_id={client_id}&state={mode}&mode={mode}&origin={shop.origin}/connect"
        page.goto(served.url("www", f"/oauth/?{query}"))
        if page.get_by_label("E-mail").count():
            walker.sign_in("Alice")
        page.wait_for_timeout(1000)
        page.get_by_role("button", name="Allow", exact=True).click()
        page.wait_for_url(f"{shop.agreed}?**")
        assert answer_in(page)["state"] == mode
    walker.context.close()


def test_what_a_raw_address_with_a_fragment_cuts_off_is_found(
    visitor: Walker, shop: Shop, client_id: str
) -> None:
    page = visitor.page
    query = f"state=s&mode=popup&origin={shop.origin}/page?x=1#part-2&client_id={client_id}"
    page.goto(visitor.served.url("www", f"/oauth/?{query}"))
    sign_in(visitor, page)

    assert f"client_id={client_id}" in page.url
    assert "#" not in page.url
