"""Who may do what on the control origin: one table, caller by action."""

from typing import NamedTuple

import pytest

from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web


class Action(NamedTuple):
    """An honest request of Alice's: method, path, fields, what she gets.

    In the path, `{w}` is the window of her integration, `{i}` its place among what is installed,
    `{bob}` the other user.
    """

    method: str
    path: str
    fields: tuple[tuple[str, str], ...] = ()
    answer: int = 200


DEEDS = ("view", "edit", "add", "delete", "export")
SETTINGS = (("name", "Export"), ("description", "Text"), ("scopes", "crm"), ("scopes", "files"))
ERIN = (("name", "Erin"), ("email", "erin@acme.example"), ("password", "Erin's pass phrase"))
ROLE = (
    ("name", "Sales"),
    *((f"{kind}.{deed}", "A") for kind in ("leads", "contacts", "companies") for deed in DEEDS),
    *((f"tasks.{deed}", "A") for deed in ("edit", "delete")),
)
ACTIONS = {
    "see the account": Action("GET", "/accounts/acme", answer=303),
    "list integrations": Action("GET", "/accounts/acme/integrations"),
    "create an integration": Action("POST", "/accounts/acme/integrations", answer=303),
    "see the settings": Action("GET", "{w}"),
    "change the settings": Action("POST", "{w}", SETTINGS, 303),
    "delete the integration": Action(
        "POST", "{w}/delete", (("confirm_name", "Integration name"),), 303
    ),
    "see the keys": Action("GET", "{w}/keys"),
    "generate a secret": Action("POST", "{w}/keys/secret", (("replace", "yes"),)),
    "generate a token": Action("POST", "{w}/keys/token", (("expires_on", "2027-06-01"),)),
    "see who has access": Action("GET", "{w}/authorization"),
    "revoke a token": Action("POST", "{w}/authorization/{grant}/revoke", answer=303),
    "see what was sent": Action("GET", "{w}/calls"),
    "see what is installed": Action("GET", "/accounts/acme/installed"),
    "see who gave access": Action("GET", "{i}"),
    "revoke what is installed": Action("POST", "{i}/{grant}/revoke", answer=303),
    "revoke all": Action("POST", "{i}/revoke-all", answer=303),
    "revoke all of an own one": Action("POST", "{w}/authorization/revoke-all", answer=303),
    "uninstall": Action("POST", "{i}/uninstall", answer=303),
    "end unused access": Action(
        "POST", "/accounts/acme/unused-access", (("unused_days", "30"),), 303
    ),
    "see the users": Action("GET", "/accounts/acme/users"),
    "add a user": Action("POST", "/accounts/acme/users", ERIN, 303),
    "see a user": Action("GET", "/accounts/acme/users/{bob}"),
    "change a user": Action("POST", "/accounts/acme/users/{bob}", (("group", "0"),), 303),
    "send a user away": Action(
        "POST", "/accounts/acme/users/{bob}/state", (("state", "inactive"),), 303
    ),
    "write a role": Action("GET", "/accounts/acme/roles/new"),
    "add a role": Action("POST", "/accounts/acme/roles", ROLE, 303),
    "add a group": Action("POST", "/accounts/acme/groups", (("group_name", "North"),), 303),
    "read the activity": Action("GET", "/accounts/acme/activity"),
}
CHANGES = [name for name, action in ACTIONS.items() if action.method == "POST"]
TABLES = (
    *("integrations", "installations", "grants", "authorization_codes", "audit_entries"),
    *("users", "user_roles", "user_groups"),
)


def path_of(web: Web, action: Action) -> str:
    installed = f"/accounts/acme/installed/{web.api.acme.client_id}"
    acme = web.api.acme
    return action.path.format(w=web.window, i=installed, grant=acme.grant_id, bob=acme.users["Bob"])


async def perform(
    web: Web, browser: Browser, action: Action, **options: object
) -> tuple[int, str | None]:
    """Do *action* with the form token of the page that is open; return status and location."""
    path = path_of(web, action)
    if action.method == "GET":
        answer = await browser.get(path)
    else:
        answer = await browser.submit(path, *action.fields, **options)
    return answer.status_code, answer.headers.get("location")


async def state(web: Web) -> list[object]:
    """Return what a refusal must leave alone, secrets and the like included."""
    async with web.api.db.read() as reader:
        marks = await reader.column(
            "select coalesce(secret_hash, '') || name || status"
            " from integrations order by client_id"
        )
        ended = await reader.column("select coalesce(ended_at, 0) from grants order by id")
        rules = await reader.column("select coalesce(unused_grant_days, 0) from accounts")
        rules += await reader.column("select is_active from account_users order by user_id")
    return [marks, ended, rules, [await web.api.count(table) for table in TABLES]]


@pytest.mark.parametrize("name", ACTIONS)
async def test_an_administrator_may(web: Web, alice: Browser, name: str) -> None:
    await alice.get("/")

    assert (await perform(web, alice, ACTIONS[name]))[0] == ACTIONS[name].answer


async def test_another_user_of_the_account_is_told_whom_to_ask(web: Web) -> None:
    bob = await web.signed_in(BOB)
    before = await state(web)
    for name, action in ACTIONS.items():
        await bob.get("/")
        assert (name, *await perform(web, bob, action)) == (name, 403, None)
        assert "This is for administrators" in bob.text()
        assert "to change your role: Alice" in bob.text()

    assert await state(web) == before


async def test_somebody_of_another_account_sees_what_everybody_sees_of_nothing(web: Web) -> None:
    charlie = await web.signed_in(CHARLIE)
    before = await state(web)
    for name, action in ACTIONS.items():
        missing = action._replace(
            path=action.path.replace("{w}", "/accounts/acme/integrations/1")
            .replace("{i}", "/accounts/acme/installed/1")
            .replace("/accounts/acme", "/accounts/nobody")
        )
        seen = []
        for one in (action, missing):
            await charlie.get("/")
            assert (name, *await perform(web, charlie, one)) == (name, 404, None)
            seen.append(_without_number(charlie.text()))
        assert seen[0] == seen[1]

    assert await state(web) == before


async def test_nobody_is_asked_to_sign_in(web: Web) -> None:
    nobody = web.browser()
    before = await state(web)
    for name, action in ACTIONS.items():
        await nobody.get("/sign-in")
        status, location = await perform(web, nobody, action)
        assert (name, status, str(location)[:8]) == (name, 303, "/sign-in")

    assert await state(web) == before


async def test_demotion_works_between_page_and_form(web: Web, alice: Browser) -> None:
    await alice.get(web.window)
    token = alice.form_token()
    await web.demote()
    before = await state(web)
    for name in CHANGES:
        path = path_of(web, ACTIONS[name])
        answer = await alice.post(path, [("form_token", token), *ACTIONS[name].fields])
        assert (name, answer.status_code) == (name, 403)

    assert await state(web) == before


async def test_an_integration_of_another_account_is_missing(web: Web, alice: Browser) -> None:
    """The account in the path is one's own; the integration in it is not."""
    before = await state(web)
    theirs = web.api.bolt.client_id
    for name, action in ACTIONS.items():
        if "{" in action.path:
            await alice.get("/")
            path = action.path.replace("{w}", f"/accounts/acme/integrations/{theirs}")
            path = path.replace("{bob}", str(web.api.bolt.admin_id))
            crossed = action._replace(
                path=path.replace("{i}", f"/accounts/acme/installed/{theirs}")
            )
            assert (name, *await perform(web, alice, crossed)) == (name, 404, None)

    assert await state(web) == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_no_other_method_changes_anything(web: Web, alice: Browser, method: str) -> None:
    await alice.get("/")
    query = f"?form_token={alice.form_token()}&replace=yes&_method=POST"
    before = await state(web)
    for name in CHANGES:
        path = path_of(web, ACTIONS[name])
        answer = await alice.request(
            method, path + query, headers={"x-http-method-override": "POST"}
        )
        assert answer.status_code in (200, 405)

    assert await state(web) == before


OTHER_FORMS = ("/sign-out", "/sessions/end-others", "/profile", "/password", "/confirm-password")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://acme.grantway.test", "sec-fetch-site": "same-site"},
        {"origin": "https://evil.example", "sec-fetch-site": None},
        {"origin": "https://accounts.grantway.test", "sec-fetch-site": "same-site"},
        {"origin": None, "sec-fetch-site": "none"},
        {"origin": "null", "sec-fetch-site": None},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "http://accounts.grantway.test", "sec-fetch-site": None},
        {"origin": "https://accounts.grantway.test.evil.example", "sec-fetch-site": None},
    ],
)
async def test_a_form_of_another_origin_is_refused_even_with_the_right_token(
    web: Web, alice: Browser, headers: dict[str, str | None]
) -> None:
    before = await state(web)
    for action in [*(ACTIONS[name] for name in CHANGES), *(Action("POST", p) for p in OTHER_FORMS)]:
        await alice.get("/")
        assert (await perform(web, alice, action, headers=headers))[0] == 403
        assert "This form is no longer valid" in alice.text()

    assert await state(web) == before
    assert (await alice.get("/")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": None, "sec-fetch-site": None},
        {"origin": None, "sec-fetch-site": "same-origin"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "https://accounts.grantway.test", "sec-fetch-site": None},
    ],
)
async def test_a_form_of_ours_is_taken_from_every_browser(
    web: Web, alice: Browser, headers: dict[str, str | None]
) -> None:
    await alice.get("/")
    action = ACTIONS["create an integration"]

    assert (await perform(web, alice, action, headers=headers))[0] == 303


@pytest.mark.parametrize("kind", ["none", "empty", "junk", "foreign", "of the sign-in page"])
async def test_a_form_without_the_sessions_own_token_is_refused(
    web: Web, alice: Browser, kind: str
) -> None:
    charlie = await web.signed_in(CHARLIE)
    await charlie.get("/")
    guest = web.browser()
    await guest.get("/sign-in")
    token = {
        "empty": "",
        "junk": "é" * 64,
        "foreign": charlie.form_token(),
        "of the sign-in page": guest.form_token(),
    }
    before = await state(web)
    fields = [("form_token", token[kind])] if kind in token else []
    for action in (ACTIONS[name] for name in CHANGES):
        path = path_of(web, action)
        assert (await alice.post(path, [*fields, *action.fields])).status_code == 403

    assert await state(web) == before


async def test_the_token_counts_in_the_body_alone(web: Web, alice: Browser) -> None:
    await alice.get("/")
    path = f"/accounts/acme/integrations?form_token={alice.form_token()}"

    assert (await alice.post(path)).status_code == 403


async def test_a_token_stays_good_when_the_password_is_confirmed_in_another_tab(
    web: Web, alice: Browser
) -> None:
    await alice.get("/")
    token = alice.form_token()
    await alice.get("/confirm-password?for=token")
    await alice.submit("/confirm-password", ("password", "Alice's own pass phrase"))

    answer = await alice.post("/accounts/acme/integrations", [("form_token", token)])
    assert answer.status_code == 303


URLENCODED = "application/x-www-form-urlencoded"
UNREADABLE = [
    ("application/json", b"{}", 400),
    ("text/plain", b"form_token=1", 400),
    ("multipart/form-data; boundary=x", b"--x--", 400),
    (URLENCODED, b"name=%ff", 400),
    (URLENCODED, b"name=a%00b", 400),
    (URLENCODED, b"name=a&name=b", 400),
    (URLENCODED, b"form_token=a&form_token=b", 400),
    (URLENCODED, b"&".join(b"f%d=1" % n for n in range(100)), 400),
    (URLENCODED, "é".encode(), 400),
    (URLENCODED, b"name=" + b"a" * 70_000, 413),
]


async def test_a_form_that_cannot_be_read_is_refused(web: Web, alice: Browser) -> None:
    before = await state(web)
    for kind, body, status in UNREADABLE:
        headers = {"content-type": kind, "origin": "https://accounts.grantway.test"}
        answer = await alice.request(
            "POST", "/accounts/acme/integrations", headers=headers, content=body
        )
        assert (answer.status_code, body[:40]) == (status, body[:40])

    assert await state(web) == before


ODD_ADDRESSES = [
    "/accounts/a%00b/integrations",
    "/accounts/acme/integrations/%00",
    "/accounts/acme/integrations/..%2f..",
    "/accounts/ACME/integrations",
    "/accounts/acme/integrations/" + "a" * 3000,
    "/accounts/acme/activity?before=99999999999999999999",
    "/accounts/acme/activity?page=x",
    "{w}/calls?before=x",
    "{w}/calls?after=99999999999999999999",
    "{w}/calls?state=everything",
    "/confirm-password?for=something%20else",
    "/no/such/page",
]


async def test_odd_addresses_are_not_found(web: Web, alice: Browser) -> None:
    for odd in ODD_ADDRESSES:
        path = odd.replace("{w}", web.window)
        assert ((await alice.get(path)).status_code, path) == (404, path)
        assert "There is nothing at this address" in alice.text()


async def test_an_account_that_was_closed_is_gone_for_its_administrators_too(
    web: Web, alice: Browser
) -> None:
    async with web.api.db.write() as tx:
        await tx.change("update accounts set status = 'suspended' where subdomain = 'acme'")

    assert (await alice.get("/accounts/acme/integrations")).status_code == 404


async def test_a_user_who_was_switched_off_is_signed_out(web: Web, alice: Browser) -> None:
    async with web.api.db.write() as tx:
        await tx.change("update users set is_active = false where email = :email", email=ALICE)

    assert (await alice.get("/")).status_code == 303


def _without_number(page: str) -> str:
    """Return the words of an error page but the request's number, which is its own."""
    return page.rpartition("Request number")[0]
