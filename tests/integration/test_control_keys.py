"""Secret key, code and long-lived token: made by a form, shown once, nowhere after."""

import asyncio
import base64
import datetime as dt
import re
from html import unescape

import msgspec
import pytest

from grantway.accounts.sessions import PROOF_LIFETIME, PROOF_LIMIT, PROOF_WINDOW
from grantway.integrations import service as integrations
from grantway.kernel.credentials import digest
from tests.integration.web_client import ALICE, PASSWORDS, SESSION, Browser, Web

SHOWN = {
    "secret": r'id="secret-value"[^>]*>([A-Za-z0-9]{64})<',
    "code": r'id="code-value"[^>]*>(def502[0-9a-f]+)<',
    "token": r'id="token-value"[^>]*>(eyJ[\w.-]+)<',
}
FIELDS = {
    "secret": (("replace", "yes"),),
    "code": (),
    "token": (("expires_on", "2027-06-01"),),
}
WITH_REDIRECT_URI = (
    ("name", "Integration name"),
    ("description", "Description"),
    ("redirect_uri", "https://hooks.example.org/callback"),
    ("revoke_hook_url", ""),
    ("scopes", "crm"),
)


@pytest.fixture
async def keys(web: Web, alice: Browser) -> Browser:
    """Open the Keys tab of an integration that can have all three."""
    await alice.get(web.window)
    assert (await alice.submit(web.window, *WITH_REDIRECT_URI)).status_code == 303
    await alice.get(f"{web.window}/keys")
    return alice


def shown(page: str, kind: str) -> str:
    found = re.search(SHOWN[kind], page)
    assert found, f"no {kind} on the page"
    return unescape(found[1])


@pytest.mark.parametrize("kind", SHOWN)
@pytest.mark.parametrize("htmx", [False, True], ids=["whole", "part"])
async def test_what_is_made_is_shown_by_the_answer_and_kept_by_nobody(
    web: Web, keys: Browser, kind: str, *, htmx: bool
) -> None:
    answer = await keys.submit(f"{web.window}/keys/{kind}", *FIELDS[kind], htmx=htmx)

    assert answer.status_code == 200
    assert shown(answer.text, kind)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.text.lstrip().startswith("<section" if htmx else "<!doctype html>")


@pytest.mark.parametrize("kind", SHOWN)
async def test_it_is_shown_nowhere_after(web: Web, keys: Browser, kind: str) -> None:
    answer = await keys.submit(f"{web.window}/keys/{kind}", *FIELDS[kind])
    value = shown(answer.text, kind)

    for path in (
        "/",
        "/sessions",
        "/password",
        "/accounts/acme/integrations",
        "/accounts/acme/activity",
        web.window,
        f"{web.window}/keys",
        f"{web.window}/authorization",
    ):
        page = await keys.get(path)
        assert page.status_code == 200
        assert value not in page.text
        assert value[:40] not in page.text
    async with web.api.db.read() as reader:
        for table in ("audit_entries", "integrations", "grants", "authorization_codes"):
            column = {
                "audit_entries": "subject || coalesce(client_id, '')",
                "integrations": "coalesce(secret_hash, '') || coalesce(secret_sealed, '')",
                "grants": "uuid || coalesce(token_id_hash, '')",
                "authorization_codes": "code_hash",
            }[table]
            assert all(
                value not in row for row in await reader.column(f"select {column} from {table}")
            )


async def test_a_new_secret_takes_the_place_of_the_old(web: Web, keys: Browser) -> None:
    first = shown(
        (await keys.submit(f"{web.window}/keys/secret", *FIELDS["secret"])).text, "secret"
    )
    await keys.get(f"{web.window}/keys")
    second = shown(
        (await keys.submit(f"{web.window}/keys/secret", *FIELDS["secret"])).text, "secret"
    )
    async with web.api.db.read() as reader:
        kept = await reader.value(
            "select secret_hash from integrations where client_id = :client_id",
            client_id=web.api.acme.client_id,
        )

    assert first != second
    assert kept == digest(second)


EXISTS = "There is a secret key already"


@pytest.mark.parametrize("htmx", [False, True], ids=["whole", "part"])
async def test_a_secret_is_not_replaced_unless_the_form_says_so(
    web: Web, keys: Browser, *, htmx: bool
) -> None:
    """Another tab made one since: what was a first secret there would end it here."""
    answer = await keys.submit(f"{web.window}/keys/secret", htmx=htmx)

    assert answer.status_code == 200
    assert not re.search(SHOWN["secret"], answer.text)
    assert EXISTS in answer.text
    assert "It cannot be shown again" in answer.text
    assert await web.events("integration.secret_generated") == 2  # those of the two accounts


async def test_of_two_first_secrets_at_once_one_is_shown_and_stays(
    web: Web, alice: Browser
) -> None:
    """Both presses begin while there is none, as from two tabs."""
    async with web.api.db.write() as tx:
        new = await integrations.create_private(tx, web.api.acme.actor, web.clock())
    window = f"/accounts/acme/integrations/{new.client_id}"
    await alice.get(f"{window}/keys")
    assert EXISTS not in alice.page
    async with web.api.db.write() as tx:
        await tx.lock(
            "select 1 from integrations where client_id = :client_id", client_id=new.client_id
        )
        presses = [asyncio.create_task(alice.submit(f"{window}/keys/secret")) for _ in range(2)]
        await asyncio.wait(presses, timeout=0.5)
    pages = [(await press).text for press in presses]
    async with web.api.db.read() as reader:
        kept = await reader.value(
            "select secret_hash from integrations where client_id = :client_id",
            client_id=new.client_id,
        )

    (value,) = [shown(page, "secret") for page in pages if re.search(SHOWN["secret"], page)]
    assert kept == digest(value)
    assert sum(EXISTS in page for page in pages) == 1

    await alice.get(f"{window}/keys")
    replaced = await alice.submit(f"{window}/keys/secret", ("replace", "yes"))
    assert shown(replaced.text, "secret") != value
    assert EXISTS not in replaced.text


async def test_without_a_redirect_url_there_is_no_code(web: Web, alice: Browser) -> None:
    await alice.get(f"{web.window}/keys")
    assert "Set the redirect URL" in alice.text()

    answer = await alice.submit(f"{web.window}/keys/code")
    assert answer.status_code == 400
    assert await web.api.count("authorization_codes") == 0


async def test_codes_stay_good_when_there_is_a_newer_one(web: Web, keys: Browser) -> None:
    first = shown((await keys.submit(f"{web.window}/keys/code")).text, "code")
    await keys.get(f"{web.window}/keys")
    second = shown((await keys.submit(f"{web.window}/keys/code")).text, "code")
    async with web.api.db.read() as reader:
        kept = await reader.column(
            "select code_hash from authorization_codes where expires_at = :then",
            then=web.clock() + 20 * 60,
        )

    assert sorted(kept) == sorted([digest(first), digest(second)])


async def test_a_token_works_until_its_day_begins(web: Web, keys: Browser) -> None:
    today = dt.datetime.fromtimestamp(web.clock(), dt.UTC).date()
    tomorrow = today + dt.timedelta(days=1)
    answer = await keys.submit(f"{web.window}/keys/token", ("expires_on", tomorrow.isoformat()))
    token = shown(answer.text, "token")
    assert f"--header &#39;authorization: Bearer {token}&#39;" in answer.text
    assert "https://acme.grantway.test/api/v4/leads?limit=5" in answer.text

    assert await web.leads_answer(token) == 204
    midnight = int(dt.datetime.combine(tomorrow, dt.time.min, dt.UTC).timestamp())
    web.clock.now = midnight - 1
    assert await web.leads_answer(token) == 204
    web.clock.now = midnight + 61  # a minute of leeway for clocks that differ
    assert await web.leads_answer(token) == 401


@pytest.mark.parametrize("htmx", [False, True], ids=["whole", "part"])
async def test_a_day_out_of_bounds_is_refused(web: Web, keys: Browser, *, htmx: bool) -> None:
    today = dt.datetime.fromtimestamp(web.clock(), dt.UTC).date()
    last = today.replace(year=today.year + 5)
    before = await web.api.count("grants")
    for chosen in (
        today.isoformat(),
        (last + dt.timedelta(days=1)).isoformat(),
        "2027-02-30",
        "1970-01-01",
        "9999-12-31",
        "0000-00-00",
        "tomorrow",
        "",
        "2027-6-1",
        "\uff12027-06-01",
        "2027-06-01; drop",
    ):
        answer = await keys.submit(f"{web.window}/keys/token", ("expires_on", chosen), htmx=htmx)
        assert (answer.status_code, chosen) == (422, chosen)
        assert 'id="f-expires_on-error"' in answer.text
    assert await web.api.count("grants") == before

    for good in (today + dt.timedelta(days=1), last):
        answer = await keys.submit(
            f"{web.window}/keys/token", ("expires_on", good.isoformat()), htmx=htmx
        )
        assert answer.status_code == 200
        await keys.get(f"{web.window}/keys")


@pytest.mark.parametrize("kind", SHOWN)
@pytest.mark.parametrize("htmx", [False, True], ids=["whole", "part"])
async def test_after_a_while_the_password_is_asked_for_again(
    web: Web, keys: Browser, kind: str, *, htmx: bool
) -> None:
    web.clock.advance(PROOF_LIFETIME)
    await keys.get(f"{web.window}/keys")
    asked = await keys.submit(f"{web.window}/keys/{kind}", *FIELDS[kind], htmx=htmx)
    target = asked.headers["hx-redirect" if htmx else "location"]

    assert asked.status_code == (200 if htmx else 303)
    assert not re.search(SHOWN[kind], asked.text)
    assert target.startswith(f"/confirm-password?for={kind}&return_to=%2Faccounts%2Facme")
    await keys.get(target)
    return_to = re.search(r'name="return_to" value="([^"]*)"', keys.page)
    assert return_to is not None
    before = keys.cookie(SESSION)

    confirmed = await keys.submit(
        "/confirm-password",
        ("password", PASSWORDS[ALICE]),
        ("for", kind),
        ("return_to", unescape(return_to[1])),
    )
    back = confirmed.headers["location"]
    assert back.startswith(f"{web.window}/keys")
    assert keys.cookie(SESSION) != before
    await keys.get(back)
    if kind == "token":
        assert 'value="2027-06-01"' in keys.page
    again = await keys.submit(f"{web.window}/keys/{kind}", *FIELDS[kind], htmx=htmx)
    assert shown(again.text, kind)


async def test_a_wrong_confirmation_proves_nothing_and_guessing_is_slowed_down(
    web: Web, keys: Browser
) -> None:
    web.clock.advance(PROOF_LIFETIME)
    await keys.get("/confirm-password?for=token&return_to=/sessions")
    for _ in range(PROOF_LIMIT):
        wrong = await keys.submit(
            "/confirm-password", ("password", "guess"), ("for", "token"), ("return_to", "/sessions")
        )
        assert wrong.status_code == 422
        assert "This is not your password" in keys.text()
    slowed = await keys.submit(
        "/confirm-password", ("password", PASSWORDS[ALICE]), ("for", "token")
    )
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) == PROOF_WINDOW
    refused = await keys.submit(f"{web.window}/keys/token", *FIELDS["token"])
    assert refused.headers["location"].startswith("/confirm-password")

    elsewhere = await web.signed_in(ALICE, "192.0.2.9")
    await elsewhere.get("/confirm-password?for=token")
    honest = await elsewhere.submit(
        "/confirm-password", ("password", PASSWORDS[ALICE]), ("for", "token")
    )
    assert honest.status_code == 303


async def test_the_secret_of_before_a_confirmation_is_dead(web: Web, keys: Browser) -> None:
    thief = web.browser()
    thief.plant(SESSION, str(keys.cookie(SESSION)))
    await keys.get("/confirm-password?for=token")
    await keys.submit("/confirm-password", ("password", PASSWORDS[ALICE]), ("for", "token"))

    assert (await thief.get("/")).status_code == 303
    assert (await keys.get("/")).status_code == 200


async def test_a_session_that_ended_meanwhile_leads_htmx_to_the_sign_in_page(
    web: Web, keys: Browser
) -> None:
    url = keys.url
    web.clock.advance(30 * 24 * 3600)
    answer = await keys.submit(f"{web.window}/keys/secret", *FIELDS["secret"], htmx=True)
    forged = await keys.submit(
        f"{web.window}/keys/secret",
        htmx=True,
        headers={"hx-current-url": "https://evil.example/keys"},
    )

    assert answer.headers["hx-redirect"].startswith("/sign-in?return_to=%2Faccounts%2Facme")
    assert url.endswith("/keys")
    assert forged.headers["hx-redirect"] == "/sign-in"


async def test_a_token_carries_the_scopes_that_are_ticked_now(web: Web, keys: Browser) -> None:
    answer = await keys.submit(f"{web.window}/keys/token", *FIELDS["token"])
    payload = shown(answer.text, "token").split(".")[1]
    claims = msgspec.json.decode(_unpadded(payload))

    assert claims["scopes"] == ["push_notifications", "crm"]
    assert claims["account_id"] == web.api.acme.account_id


def _unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
