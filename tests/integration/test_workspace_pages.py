"""The workspace: coming in with a ticket, leads, what is installed, leaving."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.accounts.rights import EntityRights, Right, Rights
from grantway.accounts.sessions import TICKET_LIFETIME
from grantway.kernel.credentials import Kind, digest, new_credential
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, SESSION, Browser, Web

ENTRY = "__Host-grantway-entry"


async def test_the_way_in_leads_by_the_control_origin_and_back(web: Web, alice: Browser) -> None:
    start = await alice.get("/leads/?page=1", "acme")
    to_control = start.headers["location"]
    back = (await alice.get(to_control)).headers["location"]
    entered = await alice.get(back)

    assert to_control.startswith("https://accounts.grantway.test/enter/acme?nonce=")
    assert alice.cookie(ENTRY, "acme") is None
    assert back.startswith("https://acme.grantway.test/enter?ticket=gwtick_")
    assert entered.headers["location"] == "/leads/?page=1"
    assert (await alice.get("/leads/?page=1", "acme")).status_code == 200


async def test_who_is_not_signed_in_signs_in_on_the_way(web: Web) -> None:
    browser = web.browser()
    await browser.open("/settings/integrations/", "acme")
    assert "Sign in" in browser.text()
    return_to = re.search(r'name="return_to" value="([^"]*)"', browser.page)
    assert return_to is not None
    answer = await browser.submit(
        "/sign-in",
        ("email", BOB),
        ("password", PASSWORDS[BOB]),
        ("return_to", return_to[1].replace("&amp;", "&")),
    )
    await browser.open(answer.headers["location"])

    assert "Software that works with the data of Acme" in browser.text()


async def test_a_ticket_is_good_once_for_a_minute_for_one_browser_and_one_account(
    web: Web, alice: Browser
) -> None:
    async def ticket() -> str:
        start = await alice.get("/leads/", "acme")
        return str((await alice.get(start.headers["location"])).headers["location"])

    stolen = await ticket()
    mallory = web.browser("203.0.113.66")
    refused = await mallory.get(stolen)
    assert refused.headers["location"].startswith("https://accounts.grantway.test/enter/acme?")
    assert mallory.cookie(SESSION, "acme") is None

    assert (await alice.get(stolen.replace("acme.", "bolt."))).status_code == 303
    assert alice.cookie(SESSION, "bolt") is None

    web.clock.advance(TICKET_LIFETIME)
    assert "/enter/acme" in (await alice.get(stolen)).headers["location"]
    assert alice.cookie(SESSION, "acme") is None

    fresh = await ticket()
    nonce = str(alice.cookie(ENTRY, "acme"))
    assert (await alice.get(fresh)).headers["location"] == "/leads/"
    again = web.browser()
    again.plant(ENTRY, nonce, "acme")
    assert "/enter/acme" in (await again.get(fresh)).headers["location"]
    assert again.cookie(SESSION, "acme") is None


async def test_a_browser_that_keeps_no_cookies_is_not_sent_round_and_round(
    web: Web, alice: Browser
) -> None:
    answer = await alice.get("/leads/", "acme")
    for _ in range(6):
        alice.cookies.pop("acme.grantway.test", None)
        if not answer.is_redirect:
            break
        answer = await alice.get(answer.headers["location"])

    assert answer.status_code == 403
    assert "Your browser must accept cookies" in alice.text()


async def test_two_tabs_can_come_in_at_once(alice: Browser) -> None:
    first = await alice.get("/leads/", "acme")
    second = await alice.get("/settings/integrations/", "acme")
    tickets = [
        (await alice.get(a.headers["location"])).headers["location"] for a in (first, second)
    ]

    assert (await alice.get(tickets[0])).headers["location"] == "/leads/"
    assert (await alice.get(tickets[1])).headers["location"] == "/settings/integrations/"


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_the_way_in_never_leads_elsewhere(alice: Browser, to: str) -> None:
    nonce = new_credential(Kind.ENTRY)
    alice.plant(ENTRY, nonce, "acme")
    query = urlencode({"nonce": digest(nonce), "to": to})
    answer = await alice.get(f"/enter/acme?{query}")
    location = answer.headers["location"]

    assert parse_qs(urlsplit(location).query)["to"] == ["/"]
    changed = location.replace("to=%2F", urlencode({"to": to}))
    assert (await alice.get(changed)).headers["location"] == "/"


@pytest.mark.parametrize("nonce", ["", "x", "0" * 63, "G" * 64, "0" * 65, "0" * 64 + "\n"])
async def test_a_nonce_that_is_none_gets_no_ticket(web: Web, alice: Browser, nonce: str) -> None:
    answer = await alice.get(f"/enter/acme?{urlencode({'nonce': nonce})}")

    assert answer.status_code == 400
    assert await web.api.count("workspace_tickets") == 0


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
async def test_only_a_get_makes_or_spends_a_ticket(web: Web, alice: Browser, method: str) -> None:
    start = await alice.get("/leads/", "acme")
    made = await alice.request(method, start.headers["location"])
    assert made.status_code == 405
    assert await web.api.count("workspace_tickets") == 0

    ticket = (await alice.get(start.headers["location"])).headers["location"]
    assert (await alice.request(method, ticket)).status_code == 405
    assert (await alice.get(ticket)).headers["location"] == "/leads/"


async def test_somebody_of_another_account_gets_the_answer_of_a_missing_one(web: Web) -> None:
    charlie = await web.signed_in(CHARLIE)
    nonce = digest("anything")
    foreign = await charlie.get(f"/enter/acme?nonce={nonce}")
    page = charlie.text().rpartition("Request number")[0]
    missing = await charlie.get(f"/enter/nobody?nonce={nonce}")

    assert foreign.status_code == missing.status_code == 404
    assert page == charlie.text().rpartition("Request number")[0]


async def test_the_cookie_of_one_origin_is_useless_on_another(web: Web) -> None:
    alice = await web.entered(ALICE)
    workspace, control = alice.cookie(SESSION, "acme"), alice.cookie(SESSION)
    assert workspace != control
    for secret, label, path in (
        (workspace, "accounts", "/"),
        (control, "acme", "/leads/"),
        (workspace, "bolt", "/leads/"),
    ):
        thief = web.browser()
        thief.plant(SESSION, str(secret), label)
        assert (await thief.get(path, label)).status_code == 303


async def test_a_workspace_session_ends_with_the_one_above_it(web: Web) -> None:
    alice = await web.entered(ALICE)
    await alice.get("/")
    await alice.submit("/sign-out")

    answer = await alice.get("/leads/", "acme")
    assert answer.headers["location"].startswith("https://accounts.grantway.test/enter/acme")
    await alice.open("/leads/", "acme")
    assert "Sign in" in alice.text()


async def test_leaving_a_workspace_ends_its_session_alone(web: Web) -> None:
    alice = await web.entered(ALICE)
    token = ("form_token", alice.form_token())
    assert (await alice.post("/sign-out", label="acme")).status_code == 403
    control = {"origin": "https://accounts.grantway.test"}
    from_control = await alice.post("/sign-out", [token], label="acme", headers=control)
    assert from_control.status_code == 403

    await alice.get("/leads/", "acme")
    left = await alice.submit("/sign-out", label="acme")
    assert left.headers["location"] == "https://accounts.grantway.test/"
    assert alice.cookie(SESSION, "acme") is None
    assert (await alice.get("/")).status_code == 200


async def test_who_was_taken_out_of_the_account_is_out_at_once(web: Web) -> None:
    bob = await web.entered(BOB)
    async with web.api.db.write() as tx:
        await tx.change(
            "update account_users set is_active = false where user_id = :user_id",
            user_id=web.api.acme.users["Bob"],
        )

    assert (await bob.get("/leads/", "acme")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/acme/integrations",
        "/sessions/end-others",
        "/password",
        "/confirm-password",
        "/sign-in",
    ],
)
async def test_nothing_that_gives_access_is_on_the_workspace(web: Web, path: str) -> None:
    alice = await web.entered(ALICE)

    assert (await alice.submit(path, label="acme")).status_code == 404


async def test_leads_are_listed_with_the_latest_change_first(web: Web) -> None:
    await web.api.add_leads({"name": "Older", "price": 1500, "updated_at": web.clock() - 7200})
    await web.api.add_leads({"name": "<b>Newer</b>", "price": 12000})
    alice = await web.entered(ALICE)
    words = alice.text()

    assert words.index("<b>Newer</b>") < words.index("Older")
    assert "&lt;b&gt;Newer" in alice.page
    assert "$12,000 Initial contact Sales pipeline Alice just now" in words
    assert "2 leads, the latest change first" in words


async def test_many_leads_are_read_page_by_page(web: Web) -> None:
    await web.api.add_leads(*({"name": f"Lead {n:03}"} for n in range(120)))
    alice = await web.entered(ALICE)
    found = []
    for page in (1, 2, 3):
        await alice.get(f"/leads/?page={page}", "acme")
        found.append(re.findall(r"Lead \d{3}", alice.text()))

    assert [len(names) for names in found] == [50, 50, 20]
    assert len({name for names in found for name in names}) == 120
    assert "101\u2013120" in alice.text()
    assert 'href="/leads/?page=2" rel="prev"' in alice.page
    assert 'rel="next"' not in alice.page


async def test_an_odd_page_is_not_found(web: Web) -> None:
    alice = await web.entered(ALICE)
    for page in ["0", "-1", "x", "1.5", "", "9" * 30, "\u0661", "1e9", "4"]:
        answer = await alice.get(f"/leads/?page={page}", "acme")
        assert (answer.status_code, page) == (404, page)


async def test_an_empty_workspace_says_how_the_first_lead_comes_in(web: Web) -> None:
    alice = await web.entered(ALICE)

    assert "No leads yet" in alice.text()
    assert "curl 'https://acme.grantway.test/api/v4/leads'" in alice.text()


async def test_a_user_sees_the_leads_that_their_rights_show(web: Web) -> None:
    bob_id = web.api.acme.users["Bob"]
    await web.api.add_leads({"name": "Hers"}, {"name": "His", "responsible_user_id": bob_id})
    await web.api.token_of("Bob", Rights(leads=EntityRights(view=Right.OWN)))
    bob = await web.entered(BOB)

    assert "His" in bob.text()
    assert "Hers" not in bob.text()


async def test_settings_show_what_is_installed_and_where_to_manage_it(web: Web) -> None:
    alice = await web.entered(ALICE, path="/settings/integrations/")
    shown = "Integration name Private, made in this account Installed 15 Jan 2027 by Alice"
    assert shown in alice.text()
    assert "Access to account data" in alice.text()
    assert 'href="https://accounts.grantway.test/accounts/acme/installed"' in alice.page

    bob = await web.entered(BOB, path="/settings/integrations/")
    assert "Only administrators install integrations and handle keys. Ask Alice" in bob.text()
    assert "/accounts/acme/" not in bob.page


async def test_an_unknown_subdomain_gets_a_helpful_page(web: Web) -> None:
    browser = web.browser()
    for path in ("/", "/leads/", "/no/such/page", "/enter?ticket=x"):
        answer = await browser.get(path, "nobody")
        assert answer.status_code == 404
        assert "No account lives at this address" in browser.text()
        assert "https:// name .grantway.test" in browser.text()
    assert (await browser.get("/assets/layout.css", "nobody")).status_code == 200


async def test_a_user_of_two_accounts_is_in_each_by_itself(web: Web) -> None:
    async with web.api.db.write() as tx:
        await accounts.add_user_to_account(
            tx, web.api.bolt.account_id, web.api.acme.admin_id, Role.USER, web.clock()
        )
    await web.api.add_leads({"name": "Of acme"})
    alice = await web.entered(ALICE)
    assert "Of acme" in alice.text()
    await alice.open("/leads/", "bolt")

    assert "Of acme" not in alice.text()
    assert "Bolt" in alice.text()


async def test_a_form_token_of_another_origin_is_useless(web: Web) -> None:
    alice: Browser = await web.entered(ALICE)
    await alice.get("/")
    token = alice.form_token()

    refused = await alice.post("/sign-out", [("form_token", token)], label="acme")
    assert refused.status_code == 403
