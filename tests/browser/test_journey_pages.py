"""Every page, by keyboard, on desk and phone, light and dark: no complaint, nothing cut off."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served, Walker

DESK: Any = {"width": 1280, "height": 860}
PHONE: Any = {"width": 390, "height": 844}


def pages_of(served: Served) -> list[tuple[str, str]]:
    """Return host and path of every page that Alice may open."""
    window = f"/accounts/acme/integrations/{served.ready['integrations']['private']['client_id']}"
    return [
        ("www", "/"),
        ("accounts", "/"),
        ("accounts", "/sessions"),
        ("accounts", "/profile"),
        ("accounts", "/password"),
        ("accounts", "/confirm-password?for=token&return_to=/"),
        ("accounts", "/accounts/acme/integrations"),
        ("accounts", window),
        ("accounts", f"{window}/keys"),
        ("accounts", f"{window}/authorization"),
        ("accounts", "/accounts/acme/installed"),
        ("accounts", window.replace("/integrations/", "/installed/")),
        ("accounts", "/grants"),
        ("accounts", "/accounts/acme/activity"),
        ("acme", "/leads/"),
        ("acme", "/leads/detail/1"),
        ("acme", "/leads/add/"),
        ("acme", "/contacts/list/"),
        ("acme", "/contacts/detail/1"),
        ("acme", "/todo/"),
        ("acme", "/settings/integrations/"),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_whole(
    chromium: Browser, served: Served, viewport: Any, scheme: Literal["light", "dark"]
) -> None:
    walker = Walker(chromium, served, viewport=viewport, color_scheme=scheme)
    walker.open("accounts")
    walker.sign_in("Alice")
    for label, path in pages_of(served):
        walker.open(label, path)
        expect(walker.page.get_by_role("heading", level=1)).to_have_count(1)
        width = walker.page.evaluate("document.documentElement.scrollWidth")
        assert (width, path) == (viewport["width"], path)
    walker.context.close()

    assert walker.complaints == []


def test_signing_in_takes_a_keyboard_alone(chromium: Browser, served: Served) -> None:
    walker = Walker(chromium, served)
    person = served.person("Alice")
    walker.open("accounts")
    keys = walker.page.keyboard
    expect(walker.page.get_by_label("E-mail")).to_be_focused()
    keys.type(person.email)
    keys.press("Tab")
    keys.type(person.password)
    keys.press("Enter")
    expect(walker.page.get_by_role("heading", name="Your accounts")).to_be_visible()

    keys.press("Tab")
    expect(walker.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(walker.page.get_by_role("link", name="Integrations of Acme")).to_be_focused()
    keys.press("Enter")
    expect(walker.page.get_by_role("heading", name="Integrations", exact=True)).to_be_visible()
    walker.context.close()


@pytest.fixture
def bob(chromium: Browser, served: Served) -> Iterator[Walker]:
    """Bob opens acme's workspace, and signs in on the way."""
    walker = Walker(chromium, served)
    walker.open("acme")
    assert walker.page.url.startswith(served.url("accounts", "/sign-in"))
    walker.sign_in("Bob")
    expect(walker.page.get_by_role("heading", name="Leads")).to_be_visible()
    yield walker
    walker.context.close()


def test_the_workspace_is_entered_by_the_control_origin(bob: Walker, served: Served) -> None:
    assert bob.page.url == served.url("acme", "/leads/")
    assert bob.page.evaluate("document.cookie") == ""
    bob.page.get_by_role("link", name="Next").click()
    expect(bob.page.get_by_role("link", name="Previous")).to_be_visible()

    bob.page.get_by_role("link", name="Integrations").click()
    expect(bob.page.get_by_text("Only administrators install integrations")).to_be_visible()
    expect(bob.page.get_by_text("Ask Alice")).to_be_visible()
    assert bob.complaints == []


def test_leaving_a_workspace_leads_to_ones_accounts(bob: Walker, served: Served) -> None:
    bob.page.locator("summary", has_text="Bob").click()
    bob.page.get_by_role("button", name="Leave this workspace").click()
    expect(bob.page.get_by_role("heading", name="Your accounts")).to_be_visible()

    bob.page.locator("summary", has_text="Bob").click()
    bob.page.get_by_role("button", name="Sign out").click()
    expect(bob.page.get_by_text("You are signed out")).to_be_visible()
    bob.open("acme")
    assert bob.page.url.startswith(served.url("accounts", "/sign-in"))
    assert bob.complaints == []


def test_a_user_who_is_no_administrator_is_told_whom_to_ask(bob: Walker, served: Served) -> None:
    bob.open("accounts", "/accounts/acme/integrations")
    expect(bob.page.get_by_role("heading", name="This is for administrators")).to_be_visible()
    expect(bob.page.get_by_text("or to change your role: Alice")).to_be_visible()


def test_a_script_on_a_workspace_cannot_send_forms_to_the_control_origin(
    bob: Walker, served: Served
) -> None:
    """Widgets will run there; the page's policy stops the form before it is sent."""
    target = served.url("accounts", "/sessions/end-others")
    sent: list[str] = []
    bob.page.wait_for_load_state("networkidle")
    bob.page.on("request", lambda request: sent.append(request.url))
    bob.page.evaluate(
        """target => {
            const form = document.createElement("form");
            form.method = "post";
            form.action = target;
            document.body.append(form);
            form.submit();
        }""",
        target,
    )
    bob.page.wait_for_timeout(300)

    assert target not in sent
    assert [one for one in bob.complaints if "form-action" in one]
    bob.complaints.clear()


def test_a_page_of_a_stranger_cannot_send_our_forms(bob: Walker, served: Served) -> None:
    target = served.url("accounts", "/sessions/end-others")
    bob.page.goto("about:blank")
    bob.page.set_content(f'<form method="post" action="{target}"><button>Win</button></form>')
    bob.page.get_by_role("button", name="Win").click()
    bob.page.wait_for_url(served.url("accounts", "/**"))
    bob.open("accounts", "/sessions")

    expect(bob.page.get_by_role("row").filter(has_text="Workspace of Acme")).not_to_have_count(0)
