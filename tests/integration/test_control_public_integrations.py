"""Pages of public integrations: choosing, writing in several languages, what is published."""

import re
from typing import Any

import pytest

from grantway.accounts.sessions import PROOF_LIFETIME
from grantway.installations import everywhere
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.integrations.by_button import Proposal, create_by_button
from grantway.integrations.model import Integration
from grantway.moderation import publication
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, Browser, Web

LIST = "/accounts/acme/integrations"
NEW = f"{LIST}/new"
HONEST = {
    "name": "Parcel tracker",
    "short_description": "Parcels beside your leads",
    "description": "Shows where each parcel is.",
    "instructions": "Press the button on our site.",
    "redirect_uri": "https://parcel.example/agreed",
    "revoke_hook_uri": "https://parcel.example/revoked",
    "owner_name": "Alice & Sons",
    "owner_uri": "https://parcel.example/about",
    "privacy_uri": "https://parcel.example/privacy",
}
SPANISH = {
    "language": "es",
    "name": "Rastreador",
    "short_description": "Paquetes junto a tus leads",
    "description": "Muestra cada paquete.",
    "instructions": "Pulsa el botón.",
}


@pytest.fixture
async def technical(web: Web) -> None:
    async with web.api.db.write() as tx:
        await tx.change("update accounts set is_technical = true where subdomain = 'acme'")


@pytest.fixture
async def window(web: Web, alice: Browser, technical: None) -> str:
    """Make a draft by the page and return where its window is."""
    await alice.get(NEW)
    made = await alice.submit(NEW, ("name", "Parcel tracker"), ("language", "en"))
    assert made.status_code == 303
    location: str = made.headers["location"]
    return location


async def save(browser: Browser, window: str, /, **changes: str) -> int:
    """Send the honest form of the main language; return the status."""
    await browser.get(window)
    fields = [*(HONEST | changes).items(), ("scopes", "crm"), ("scopes", "notifications")]
    return (await browser.submit(f"{window}/public", *fields)).status_code


async def say(browser: Browser, window: str, /, **changes: str) -> int:
    """Send the honest form of a further language; return the status."""
    await browser.get(f"{window}?language=es")
    sent = await browser.submit(f"{window}/languages", *(SPANISH | changes).items())
    return sent.status_code


async def stored(web: Web, window: str) -> Integration:
    async with web.api.db.read() as reader:
        return await integrations.of_any_account(reader, window.rpartition("/")[2])


async def publish(web: Web, window: str) -> None:
    async with web.api.db.write() as tx:
        await publication.publish_unreviewed(tx, window.rpartition("/")[2], web.clock.now)


async def test_a_technical_account_chooses_and_others_make_private_ones(
    web: Web, alice: Browser
) -> None:
    assert (await alice.get(NEW)).status_code == 404
    await alice.get(LIST)
    assert "Create private integration" in alice.text()
    refused = await alice.submit(NEW, ("name", "x"), ("language", "en"))
    assert refused.status_code == 409
    async with web.api.db.write() as tx:
        await tx.change("update accounts set is_technical = true where subdomain = 'acme'")

    await alice.get(LIST)
    assert "Create private integration" not in alice.text()
    assert f'href="{NEW}"' in alice.page
    await alice.get(NEW)
    assert "Create public integration" in alice.text()
    private = await alice.submit(LIST)
    assert private.headers["location"].endswith("/keys")


async def test_a_draft_begins_with_its_name_and_says_what_it_lacks(
    web: Web, alice: Browser, window: str
) -> None:
    assert re.fullmatch(rf"{LIST}/[0-9a-f-]{{36}}", window)
    await alice.get(window)
    assert "Before a review, the checks ask for" in alice.text()
    for words in ("The integration owner: nothing is filled in", "There is no redirect URI"):
        assert words in alice.text()
    assert re.search(r"[0-9]+ of them under Listing", alice.text())
    assert "Users of Acme only" in alice.text()
    await alice.get(f"{window}/listing")
    assert "The link to the privacy policy is missing" in alice.text()
    assert "The integration owner: nothing is filled in" not in alice.text()
    await alice.get(LIST)
    assert "Parcel tracker Draft Nobody Never" in alice.text()


@pytest.mark.parametrize(
    ("name", "language", "field"), [("", "en", "name"), ("Parcels", "xx", "language")]
)
async def test_a_draft_without_a_name_or_a_language_is_not_made(
    web: Web, alice: Browser, technical: None, name: str, language: str, field: str
) -> None:
    await alice.get(NEW)
    refused = await alice.submit(NEW, ("name", name), ("language", language), ("has_widget", "yes"))

    assert refused.status_code == 422
    assert f'id="f-{field}-error"' in alice.page
    assert 'name="has_widget" value="yes" checked' in alice.page


async def test_the_whole_form_is_kept_and_shown(web: Web, alice: Browser, window: str) -> None:
    assert await save(alice, window, has_widget="yes") == 303
    await alice.get(f"{window}?saved")

    assert "Saved" in alice.text()
    assert "nothing is filled in" not in alice.text()
    assert "of them under Listing" in alice.text()
    kept = await stored(web, window)
    for field, value in HONEST.items():
        assert getattr(kept, field) == value
        assert value.replace("&", "&amp;") in alice.page
    assert (kept.scopes, kept.has_widget) == ("crm notifications", True)
    assert "A widget and your server." in alice.text()


async def test_the_price_is_chosen_and_stays_what_it_is(
    web: Web, alice: Browser, window: str
) -> None:
    await alice.get(window)
    assert 'value="free" checked' in alice.page
    assert await save(alice, window, price="external") == 303
    await alice.get(window)
    assert 'value="external" checked' in alice.page
    assert (await stored(web, window)).price == "external"
    # A form of an older page names none.
    assert await save(alice, window) == 303
    assert (await stored(web, window)).price == "external"


WRONG = [
    ("name", "", "Write 1 to 255 characters."),
    ("name", "P\u0430rcels", "look alike"),
    ("short_description", "x" * 51, "Write 1 to 50 characters."),
    ("description", "one\u202etwo", "is invisible"),
    ("instructions", "one\u200btwo", "is invisible"),
    ("redirect_uri", "http://localhost/agreed", "must begin with https://"),
    ("redirect_uri", "https://a.example/?state=1", "already contains the parameter state"),
    ("revoke_hook_uri", "https://a.example/#x", "leave out the #"),
    ("revoke_hook_uri", "https://a.example:25/", "use one of the ports 80, 443,"),
    ("revoke_hook_uri", "https://[::ffff:10.0.0.1]/", "reachable from everywhere"),
    ("revoke_hook_uri", "https://www.grantway.test/", "does not call its own addresses"),
    ("owner_uri", "javascript:alert(1)", "must begin with https://"),
    ("privacy_uri", "https://user@a.example/", "no user name"),
    ("owner_name", "Alice\u2066", "is invisible"),
    ("price", "cheap", "Choose one of free, external."),
]


async def test_wrong_fields_are_named_and_nothing_is_kept(
    web: Web, alice: Browser, window: str
) -> None:
    before = await stored(web, window)
    for field, value, words in WRONG:
        assert await save(alice, window, **{field: value}) == 422
        assert f'id="f-{field}-error"' in alice.page
        assert words.lower() in alice.text().lower()
        assert await stored(web, window) == before
    everything = {field: value for field, value, _ in WRONG}
    assert await save(alice, window, **everything) == 422
    assert all(f'href="#f-{field}"' in alice.page for field in everything)

    assert await save(alice, window) == 303


async def test_a_changed_address_needs_the_password_after_a_while(
    web: Web, alice: Browser, window: str
) -> None:
    assert await save(alice, window) == 303
    web.clock.advance(PROOF_LIFETIME)
    assert await save(alice, window, name="Renamed", owner_uri="https://other.example/") == 303
    changed = {"redirect_uri": "https://other.example/agreed"}
    assert await save(alice, window, **changed) == 422
    assert "Type your password to change them" in alice.text()
    assert "https://other.example/agreed" in alice.page
    assert await save(alice, window, **changed, password="not hers") == 422
    assert "This is not your password" in alice.text()
    assert (await stored(web, window)).redirect_uri == HONEST["redirect_uri"]

    assert await save(alice, window, **changed, password=PASSWORDS[ALICE]) == 303
    assert (await stored(web, window)).redirect_uri == "https://other.example/agreed"


async def test_it_speaks_further_languages(web: Web, alice: Browser, window: str) -> None:
    await alice.get(f"{window}?language=es")
    assert "What users read in Español" in alice.text()
    assert await say(alice, window, name="") == 422
    assert 'id="f-name-error"' in alice.page
    assert "Muestra cada paquete." in alice.page
    assert await say(alice, window) == 303
    await alice.get(f"{window}?language=es")
    assert "Rastreador" in alice.page
    assert "Make it the main language" in alice.text()
    assert 'name="redirect_uri"' not in alice.page

    moved = await alice.submit(f"{window}/languages/main", ("language", "es"))
    assert moved.status_code == 303
    assert ((await stored(web, window)).language, (await stored(web, window)).name) == (
        *("es", "Rastreador"),
    )
    await alice.get(f"{window}?language=en")
    removed = await alice.submit(f"{window}/languages/remove", ("language", "en"))
    assert removed.status_code == 303
    await alice.get(window)
    assert 'value="Parcel tracker"' not in alice.page
    again = await alice.submit(f"{window}/languages/remove", ("language", "es"))
    assert again.status_code == 422


async def test_an_unknown_language_shows_the_main_one(
    web: Web, alice: Browser, window: str
) -> None:
    await alice.get(f"{window}?language=<script>")
    assert "Where it is called" in alice.text()
    assert await say(alice, window, language="xx") == 422
    assert await say(alice, window, language="en") == 422


async def test_foreign_text_is_text_in_every_state(web: Web, alice: Browser, window: str) -> None:
    bad = "<script>alert(1)</script> \"quoted\" 'and' &amp;"
    texts = {"name": bad, "description": f"</textarea>{bad}", "instructions": bad}
    assert await save(alice, window, **texts, owner_name=bad) == 303
    assert await say(alice, window, **texts) == 303
    pages = (LIST, window, f"{window}?language=es", f"{window}/keys", "/accounts/acme/activity")
    for _ in range(2):
        for path in pages:
            await alice.get(path)
            assert "<script>alert" not in alice.page
            assert "&lt;script&gt;alert(1)" in alice.page
        if (await stored(web, window)).status == "draft":
            await publish(web, window)


async def test_a_published_one_is_read_and_neither_changed_nor_deleted(
    web: Web, alice: Browser, window: str
) -> None:
    assert await save(alice, window) == 303
    assert await say(alice, window) == 303
    await alice.get(f"{window}?language=es")
    token = alice.form_token()
    await publish(web, window)
    for path, words in ((window, "Press the button"), (f"{window}?language=es", "Pulsa el botón")):
        await alice.get(path)
        assert words in alice.text()
        assert "This version stays as it is" in alice.text()
        assert "<textarea" not in alice.page
        assert "Delete permanently" not in alice.text()
    before = await stored(web, window)
    for path, fields in (
        ("/public", HONEST),
        ("/languages", SPANISH),
        ("/languages/main", {"language": "es"}),
        ("/languages/remove", {"language": "es"}),
        ("/delete", {"confirm_name": "Parcel tracker"}),
    ):
        refused = await alice.post(f"{window}{path}", {"form_token": token, **fields})
        assert refused.status_code == 422
    assert await stored(web, window) == before
    await alice.get(LIST)
    assert "Parcel tracker Published Nobody" in alice.text()


async def test_it_counts_the_accounts_that_installed_it(
    web: Web, alice: Browser, window: str
) -> None:
    assert await save(alice, window) == 303
    await publish(web, window)
    client_id = window.rpartition("/")[2]
    async with web.api.db.write() as tx:
        for cast in (web.api.acme, web.api.bolt):
            await installations.install(tx, cast.actor, client_id, web.clock.now)
    await alice.get(window)
    assert "In 2 accounts." in alice.text()
    await alice.get(LIST)
    assert "Parcel tracker Published 2 accounts" in alice.text()


async def test_a_stopped_one_says_why_and_offers_nothing(
    web: Web, alice: Browser, window: str
) -> None:
    await alice.get(f"{window}/keys")
    token = alice.form_token()
    await everywhere.stop(
        web.api.db, window.rpartition("/")[2], "Its keys <leaked>.", web.clock.now
    )
    for path in (window, f"{window}/keys"):
        await alice.get(path)
        assert "operator stopped this integration" in alice.text()
        assert "Its keys &lt;leaked&gt;." in alice.page
        for words in ("Save", "Generate", "Delete permanently", "Get a fresh code"):
            assert words not in alice.text()
    for what in ("secret", "code"):
        made = await alice.post(f"{window}/keys/{what}", {"form_token": token})
        assert made.status_code == 422
    await alice.get(LIST)
    assert "Parcel tracker Stopped by the operator" in alice.text()
    await alice.get("/accounts/acme/activity")
    assert "stopped an integration everywhere" in alice.text()


async def test_one_that_a_button_made_has_no_long_lived_tokens(web: Web, alice: Browser) -> None:
    proposal = Proposal(
        name="Parcel tracker",
        description="Shows where each parcel is.",
        redirect_uri="https://parcel.example/agreed",
        secrets_uri="https://parcel.example/keys",
        scopes=("crm",),
    )
    async with web.api.db.write() as tx:
        actor, seal = web.api.acme.actor, web.api.platform.seal
        made, _ = await create_by_button(tx, actor, proposal, seal, web.clock.now)
    keys = f"{LIST}/{made.client_id}/keys"
    await alice.get(keys)
    assert "made by a button on a site" in alice.text()
    assert "Generate long-lived token" not in alice.text()
    refused = await alice.submit(f"{keys}/token", ("expires_on", "2030-01-01"))
    assert refused.status_code == 403
    await alice.get(keys)
    assert (await alice.submit(f"{keys}/code")).status_code == 200


async def test_a_draft_is_deleted_by_its_name(web: Web, alice: Browser, window: str) -> None:
    await alice.get(window)
    wrong = await alice.submit(f"{window}/delete", ("confirm_name", "parcel"))
    assert wrong.status_code == 422
    assert "This is not its name" in alice.text()
    deleted = await alice.submit(f"{window}/delete", ("confirm_name", "Parcel tracker"))
    assert deleted.headers["location"] == f"{LIST}?done=deleted"


async def test_keys_of_a_public_one_have_no_long_lived_token_and_a_box(
    web: Web, alice: Browser, window: str
) -> None:
    await alice.get(f"{window}/keys")
    assert "Generate long-lived token" not in alice.text()
    assert "keep_grants" not in alice.page
    first = await alice.submit(f"{window}/keys/secret")
    assert first.status_code == 200
    await alice.get(f"{window}/keys")
    assert "Keep existing authorizations" in alice.text()
    kept = await alice.submit(f"{window}/keys/secret", ("replace", "yes"), ("keep_grants", "yes"))
    assert kept.status_code == 200
    assert "Copy the secret key now" in alice.text()
    await alice.get(f"{web.window}/keys")
    assert "Generate long-lived token" in alice.text()
    assert "keep_grants" not in alice.page


# Who may do it: the administrator of the technical account. Everybody else learns nothing.
DOORS: list[tuple[str, str, dict[str, str]]] = [
    ("GET", "", {}),
    ("GET", "/keys", {}),
    ("POST", "/public", HONEST),
    ("POST", "/languages", SPANISH),
    ("POST", "/languages/main", {"language": "es"}),
    ("POST", "/languages/remove", {"language": "es"}),
    ("POST", "/keys/secret", {}),
    ("POST", "/delete", {"confirm_name": "Parcel tracker"}),
]


@pytest.mark.parametrize(("who", "status"), [(BOB, 403), (CHARLIE, 404), (None, 303)])
async def test_others_see_and_change_nothing(
    web: Web, window: str, who: str | None, status: int
) -> None:
    browser = web.browser() if who is None else await web.signed_in(who)
    before = await stored(web, window)
    doors: list[tuple[str, str, dict[str, str]]] = [
        *((method, window + path, fields) for method, path, fields in DOORS),
        ("GET", NEW, {}),
        ("POST", NEW, {"name": "x", "language": "en"}),
    ]
    token: dict[str, Any] = {}
    if who is not None:
        await browser.get("/sessions")
        token = {"form_token": browser.form_token()}
    for method, path, fields in doors:
        if method == "GET":
            answer = await browser.get(path)
        else:
            answer = await browser.post(path, {**fields, **token})
        assert answer.status_code == status, path
        assert "Parcel tracker" not in answer.text
    assert await stored(web, window) == before


@pytest.mark.parametrize("path", [path for method, path, _ in DOORS if method == "POST"])
async def test_forms_without_their_token_change_nothing(
    web: Web, alice: Browser, window: str, path: str
) -> None:
    before = await stored(web, window)
    assert (await alice.post(f"{window}{path}", HONEST)).status_code == 403
    assert (await alice.post(NEW, {"name": "x", "language": "en"})).status_code == 403
    assert await stored(web, window) == before
