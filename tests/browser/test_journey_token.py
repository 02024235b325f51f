"""From a fresh browser to a token that works, and to its end."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served, Walker


@pytest.fixture
def alice(chromium: Browser, served: Served) -> Iterator[Walker]:
    """Alice opens the public page and signs in."""
    walker = Walker(chromium, served)
    walker.open("www")
    walker.page.get_by_role("link", name="Sign in").first.click()
    walker.sign_in("Alice")
    expect(walker.page.get_by_role("heading", name="Your accounts")).to_be_visible()
    yield walker
    walker.context.close()


def to_a_new_integration(page: Page) -> None:
    page.get_by_role("link", name="Integrations of Acme").click()
    page.get_by_role("button", name="Create private integration").click()
    expect(page.get_by_role("heading", name="Integration name")).to_be_visible()
    expect(page.get_by_role("link", name="Keys and scopes")).to_have_attribute(
        "aria-current", "page"
    )


def test_a_token_is_generated_copied_used_and_revoked(alice: Walker, served: Served) -> None:
    page = alice.page
    alice.context.grant_permissions(
        ["clipboard-read", "clipboard-write"], origin=served.url("accounts", "")
    )
    to_a_new_integration(page)

    page.get_by_role("button", name="30 days").click()
    page.get_by_role("button", name="Generate long-lived token").click()
    expect(page.get_by_role("heading", name="Copy your token now")).to_be_visible()
    page.get_by_role("button", name="Copy token").click()
    token: str = page.evaluate("navigator.clipboard.readText()")

    assert token.startswith("eyJ")
    assert served.api_status("/api/v4/leads", token) == 200
    assert served.api_status("/api/v4/leads", token, label="bolt") == 401

    page.get_by_role("link", name="See it under Authorization").click()
    assert token not in page.content()
    row = page.get_by_role("row").filter(has_text="Alice")
    expect(row).to_contain_text("Live")
    expect(row).to_contain_text("just now")
    row.get_by_role("button", name="Revoke access").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("This cannot be undone")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    question.get_by_role("button", name="Revoke access").click()

    expect(row).to_contain_text("Revoked")
    expect(page.locator("#announcer")).to_have_text(
        "Access revoked. Its tokens are refused from now on."
    )
    assert served.api_status("/api/v4/leads", token) == 401
    assert alice.complaints == []


def test_a_secret_is_shown_once_and_replaced_after_a_question(alice: Walker) -> None:
    page = alice.page
    to_a_new_integration(page)
    page.get_by_role("button", name="Generate secret key").click()
    first = page.locator("#secret-value").inner_text()
    page.reload()
    assert first not in page.content()

    page.get_by_role("button", name="Generate a new secret key").click()
    page.get_by_role("button", name="Generate and end the old one").click()
    expect(page.locator("#secret-value")).to_be_visible()
    second = page.locator("#secret-value").inner_text()

    assert len(first) == len(second) == 64
    assert first != second
    assert alice.complaints == []


def test_going_back_does_not_bring_a_token_back(alice: Walker) -> None:
    page = alice.page
    to_a_new_integration(page)
    page.get_by_role("button", name="1 year").click()
    page.get_by_role("button", name="Generate long-lived token").click()
    token = page.locator("#token-value").inner_text()
    page.get_by_role("link", name="See it under Authorization").click()
    expect(page.get_by_role("row").filter(has_text="Alice")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Generate long-lived token")).to_be_visible()

    assert token not in page.content()


def test_a_day_that_is_past_is_told_in_place(alice: Walker) -> None:
    page = alice.page
    to_a_new_integration(page)
    page.get_by_label("Works until").fill("2020-01-01")
    page.get_by_role("button", name="Generate long-lived token").click()

    expect(page.get_by_role("alert")).to_contain_text("No token was generated")
    expect(page.get_by_label("Works until")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Works until")).to_have_value("2020-01-01")


def test_an_integration_is_renamed_and_deleted(alice: Walker) -> None:
    page = alice.page
    to_a_new_integration(page)
    page.get_by_role("link", name="General").click()
    page.get_by_role("textbox", name="Integration name").fill("Short-lived")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()

    page.get_by_role("button", name="Delete integration").click()
    page.get_by_label("To confirm, type the name").fill("Short-lived")
    page.get_by_role("button", name="Delete permanently").click()

    expect(page.get_by_text("The integration is deleted")).to_be_visible()
    expect(page.get_by_role("link", name="Short-lived")).to_have_count(0)
    assert alice.complaints == []


def test_all_of_it_works_without_a_script(chromium: Browser, served: Served) -> None:
    walker = Walker(chromium, served, java_script_enabled=False)
    walker.open("accounts", "/accounts/acme/integrations")
    walker.sign_in("Alice")
    page = walker.page
    page.get_by_role("button", name="Create private integration").click()
    page.get_by_label("Works until").fill("2030-01-01")
    page.get_by_role("button", name="Generate long-lived token").click()
    token = page.locator("#token-value").inner_text()
    assert served.api_status("/api/v4/leads", token) == 200

    page.get_by_role("link", name="See it under Authorization").click()
    page.locator("summary", has_text="Revoke access").click()
    page.get_by_role("button", name="Revoke access").click()
    expect(page.get_by_text("Access revoked. Its tokens are refused from now on.")).to_be_visible()
    assert served.api_status("/api/v4/leads", token) == 401
    walker.context.close()
