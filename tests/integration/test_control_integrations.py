"""The list of integrations, the one click that makes one, its settings and its end."""

import re
from collections.abc import Sequence
from urllib.parse import quote_plus

import pytest

from grantway.accounts.sessions import PROOF_LIFETIME
from grantway.integrations.model import MAX_DESCRIPTION
from tests.integration.web_client import ALICE, PASSWORDS, SESSION, Browser, Web

HONEST = {
    "name": "Warehouse export",
    "description": "Copies won leads.",
    "redirect_uri": "https://hooks.example.org/callback",
    "revoke_hook_url": "https://hooks.example.org/off",
}


async def save(web: Web, browser: Browser, scopes: Sequence[str] = ("crm",), **changes: str) -> int:
    """Send the honest form; return the status."""
    await browser.get(web.window)
    fields = [*(HONEST | changes).items(), *(("scopes", scope) for scope in scopes)]
    return (await browser.submit(web.window, *fields)).status_code


async def stored(web: Web) -> dict[str, str]:
    async with web.api.db.read() as reader:
        values = {
            name: await reader.value(
                f"select {name} from integrations where client_id = :client_id",
                client_id=web.api.acme.client_id,
            )
            for name in ("name", "description", "redirect_uri", "revoke_hook_uri", "scopes")
        }
    return {name: value or "" for name, value in values.items()}


async def test_one_click_makes_a_private_integration_with_all_scopes(
    web: Web, alice: Browser
) -> None:
    await alice.get("/accounts/acme/integrations")
    answer = await alice.submit("/accounts/acme/integrations")
    location = answer.headers["location"]

    assert answer.status_code == 303
    assert re.fullmatch(r"/accounts/acme/integrations/[0-9a-f-]{36}/keys", location)
    await alice.get(location)
    assert "Integration name" in alice.text()
    assert "None has been generated yet" in alice.text()
    await alice.get(location.removesuffix("/keys"))
    assert "Description" in alice.text()
    assert alice.page.count('name="scopes"') == alice.page.count(" checked") == 4
    assert await web.events("integration.created") == 3  # one in acme and one in bolt were there


async def test_the_list_tells_of_each_what_is_live(web: Web, alice: Browser) -> None:
    await web.api.get("/api/v4/leads")
    await web.api.platform.usage.finish()
    await alice.get("/accounts/acme/integrations")
    assert "Private Installed 1 live authorization just now" in alice.text()

    await alice.submit("/accounts/acme/integrations")
    await alice.get("/accounts/acme/integrations")
    assert "Private Not in use yet Nobody Never" in alice.text()


async def test_settings_are_kept(web: Web, alice: Browser) -> None:
    assert await save(web, alice, ("files", "crm")) == 303
    await alice.get(f"{web.window}?saved")

    assert "Saved" in alice.text()
    for value in HONEST.values():
        assert value in alice.page
    assert alice.page.count(" checked") == 2
    assert await stored(web) == {
        "name": "Warehouse export",
        "description": "Copies won leads.",
        "redirect_uri": "https://hooks.example.org/callback",
        "revoke_hook_uri": "https://hooks.example.org/off",
        "scopes": "files crm",
    }


async def test_foreign_text_is_text_on_every_page(web: Web, alice: Browser) -> None:
    name = "<script>alert(1)</script> \"quoted\" 'and' <b>bold</b> &amp;"
    assert await save(web, alice, name=name, description=f"</textarea>{name}") == 303

    for path in (
        "/accounts/acme/integrations",
        web.window,
        f"{web.window}/keys",
        f"{web.window}/authorization",
        "/accounts/acme/activity",
    ):
        await alice.get(path)
        assert "<script>alert" not in alice.page
        assert "&lt;script&gt;alert(1)" in alice.page


WRONG = [
    ("name", "", "Write 1 to 255 characters."),
    ("name", "   ", "Write 1 to 255 characters."),
    ("name", "x" * 256, "Write 1 to 255 characters."),
    ("name", "half\u202eflah", "The character U+202E is invisible"),
    ("name", "two\nlines", "is invisible and cannot be used"),
    ("description", "x" * (MAX_DESCRIPTION + 1), "Write 1 to 65000 characters."),
    ("redirect_uri", "http://hooks.example.org/", "must begin with https://"),
    ("redirect_uri", "javascript:alert(1)", "must begin with https://"),
    ("redirect_uri", "https://a.example/?code=1", "already contains the parameter code"),
    ("redirect_uri", "https://a.example/#part", "leave out the #"),
    ("redirect_uri", "https://user@a.example/", "no user name"),
    ("redirect_uri", "https://a.example/" + "a" * 2000, "Use at most 2000 characters."),
    ("revoke_hook_url", "http://localhost/off", "must begin with https://"),
    ("revoke_hook_url", "ftp://hooks.example.org/", "must begin with https://"),
    ("revoke_hook_url", "https://hooks.example.org:25/", "use one of the ports 80, 443,"),
    ("revoke_hook_url", "https://169.254.169.254/off", "reachable from everywhere"),
    ("revoke_hook_url", "https://0x7f.1/off", "an IP address in its usual form"),
    ("revoke_hook_url", "https://acme.grantway.test/off", "does not call its own addresses"),
]


async def test_a_wrong_field_is_named_and_nothing_is_kept(web: Web, alice: Browser) -> None:
    before = await stored(web)
    for field, value, words in WRONG:
        assert await save(web, alice, **{field: value}) == 422
        assert words.lower() in alice.text().lower()
        assert f'id="f-{field}-error"' in alice.page
        assert "Warehouse export" in alice.page or field == "name"
        assert await stored(web) == before

    assert await save(web, alice) == 303


@pytest.mark.parametrize("scopes", [(), ("everything",), ("push_notifications",)])
async def test_scopes_are_chosen_among_those_on_offer(
    web: Web, alice: Browser, scopes: tuple[str, ...]
) -> None:
    assert await save(web, alice, scopes) == 422
    assert 'id="f-scopes-error"' in alice.page


async def test_the_longest_description_fits_however_it_is_encoded(web: Web, alice: Browser) -> None:
    description = "ж" * MAX_DESCRIPTION
    assert len(quote_plus(description)) > 64 * 1024

    assert await save(web, alice, description=description) == 303
    assert (await stored(web))["description"] == description


async def test_a_form_beyond_every_limit_is_too_large(web: Web, alice: Browser) -> None:
    assert await save(web, alice, description="ж" * 90_000) == 413
    assert "That was more than we take" in alice.text()


async def test_changing_an_address_needs_the_password_again_after_a_while(
    web: Web, alice: Browser
) -> None:
    assert await save(web, alice) == 303
    web.clock.advance(PROOF_LIFETIME)

    assert await save(web, alice, name="Renamed") == 303
    changed = {"redirect_uri": "https://other.example.org/", "name": "Renamed twice"}
    assert await save(web, alice, **changed) == 422
    assert "Type your password to change them" in alice.text()
    assert "https://other.example.org/" in alice.page
    assert (await stored(web))["name"] == "Renamed"

    assert await save(web, alice, **changed, password="not hers") == 422
    assert "This is not your password" in alice.text()
    assert (await stored(web))["redirect_uri"] == HONEST["redirect_uri"]

    secret = alice.cookie(SESSION)
    assert await save(web, alice, **changed, password=PASSWORDS[ALICE]) == 303
    assert alice.cookie(SESSION) != secret
    assert (await stored(web))["redirect_uri"] == "https://other.example.org/"
    assert await save(web, alice, revoke_hook_url="https://third.example.org/") == 303


async def test_a_password_in_the_form_proves_nothing_for_a_form_that_is_not_ours(
    web: Web, alice: Browser
) -> None:
    web.clock.advance(PROOF_LIFETIME)
    fields = [*HONEST.items(), ("scopes", "crm"), ("password", PASSWORDS[ALICE])]
    refused = await alice.post(web.window, fields)

    assert refused.status_code == 403
    assert await web.events("user.password_proved") == 0


async def test_deleting_ends_everything_at_once(web: Web, alice: Browser) -> None:
    token = web.api.acme.token
    assert await web.leads_answer(token) == 204
    await alice.get(web.window)
    answer = await alice.submit(f"{web.window}/delete", ("confirm_name", "Integration name"))

    assert answer.headers["location"] == "/accounts/acme/integrations?done=deleted"
    await alice.open(answer.headers["location"])
    assert "The integration is deleted" in alice.text()
    assert "No integration yet" in alice.text()
    assert await web.leads_answer(token) == 401
    assert await web.leads_answer(web.api.bolt.token) == 401  # at acme's host, as ever
    assert (await alice.get(web.window)).status_code == 404
    assert await web.events("installation.ended") == 1
    assert await web.events("integration.deleted") == 1


@pytest.mark.parametrize("name", ["", "integration name", "Integration name!"])
async def test_deleting_needs_the_name_to_be_typed(web: Web, alice: Browser, name: str) -> None:
    await alice.get(web.window)
    answer = await alice.submit(f"{web.window}/delete", ("confirm_name", name))

    assert answer.status_code == 422
    assert "This is not its name" in alice.text()
    assert await web.leads_answer(web.api.acme.token) == 204
