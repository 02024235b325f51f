"""The API called by pages of a workspace, with nothing but the session (contract 3.13; S-139)."""

import re
from typing import Any

import httpx
import msgspec
import pytest

from grantway.accounts.rights import EntityRights, Right, Rights, TaskRights
from grantway.asgi.limits import Limiter
from grantway.asgi.operations import Operation
from tests.contract.installing_cast import give_widget, manifest
from tests.integration.openapi_document import TABLE
from tests.integration.web_client import ALICE, BOB, CHARLIE, SESSION, Browser, Web
from tests.limiters import MakeLimiter

ACME, LEADS = "https://acme.grantway.test", "/api/v4/leads"
NOT_THERE = "999999"
HONEST: dict[str, str | None] = {"origin": ACME, "sec-fetch-site": "same-origin"}

CLOSED = {
    ("POST", "/api/v4/users"),
    ("POST", "/api/v4/users/activate"),
    ("POST", "/api/v4/users/deactivate"),
    ("POST", "/api/v4/roles"),
    ("PATCH", "/api/v4/roles/{id}"),
    ("DELETE", "/api/v4/roles/{id}"),
    ("GET", "/api/v4/webhooks"),
    ("POST", "/api/v4/webhooks"),
    ("DELETE", "/api/v4/webhooks"),
    ("POST", "/api/v4/widgets/{code}"),
    ("DELETE", "/api/v4/widgets/{code}"),
}
"""What gives access or shows what does: whatever is added to the table has to be looked at here."""
OPEN_TAGS = {
    *("Leads", "Contacts", "Companies", "Links", "Notes", "Tasks", "Pipelines", "Stages"),
    *("Loss reasons", "Events", "Tags", "Custom fields", "Account"),
}
OPEN = {
    *(("GET", "/api/v4/users"), ("GET", "/api/v4/users/{id}")),
    *(("GET", "/api/v4/roles"), ("GET", "/api/v4/roles/{id}")),
    *(("GET", "/api/v4/widgets"), ("GET", "/api/v4/widgets/{code}")),
}
"""Reading that tells no secret, beside operations of the same tag that are closed."""


async def call(
    browser: Browser,
    method: str,
    path: str,
    body: Any = ...,
    *,
    label: str = "acme",
    **headers: str | None,
) -> httpx.Response:
    given = HONEST | {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in given.items() if value is not None}
    content = None
    if body is not ...:
        sent["content-type"], content = "application/json", msgspec.json.encode(body)
    return await browser.request(method, path, label=label, headers=sent, content=content)


def path_of(operation: Operation) -> str:
    return re.sub(r"\{\w+\}", NOT_THERE, operation.path)


async def test_each_operation_says_whether_a_session_may_call_it(web: Web) -> None:
    """Each with the workspace's cookie; the closed ones with a token as the honest twin."""
    alice = await web.entered(ALICE)
    wrong: list[Any] = []
    for operation in TABLE:
        body = _example(operation.method, operation.path)
        answer = await call(alice, operation.method, path_of(operation), body)
        place = (operation.method, operation.path)
        assert place in CLOSED or operation.tag in OPEN_TAGS or place in OPEN, place
        refused = answer.status_code == 403 and "needs a token" in answer.text
        if refused != (place in CLOSED) or answer.status_code in (401, 500):
            wrong.append((place, answer.status_code, answer.text[:200]))
        if refused:
            twin = await web.api.call(operation.method, path_of(operation), json=body)
            if twin.status_code in (401, 403):
                wrong.append((place, "token", twin.text))
    assert wrong == []


async def test_what_is_closed_to_sessions_changes_nothing_and_without_anybody_is_401(
    web: Web,
) -> None:
    """About things that there are, so that nothing but the refusal keeps them as they were."""
    acme = web.api.acme
    async with web.api.db.write() as tx:
        code = await give_widget(tx, acme.actor, acme.client_id, manifest())
    role = await web.api.call("POST", "/api/v4/roles", json=_example("POST", "/api/v4/roles"))
    things = {"code": code, "id": role.json()["_embedded"]["roles"][0]["id"]}
    alice, nobody = await web.entered(ALICE), web.browser()
    before = await _given(web)
    statuses = set()
    for method, path in CLOSED:
        body, there = _example(method, path), path.format(**things)
        for headers in _SENT:
            answer = await call(alice, method, there, body, **headers)
            statuses.add(("session", answer.status_code))
        statuses.add(("nothing", (await call(nobody, method, there, body)).status_code))
    after = await _given(web)
    installed = await web.api.call("POST", f"/api/v4/widgets/{code}", json={})

    assert statuses == {("session", 403), ("nothing", 401)}
    assert before == after
    assert installed.status_code == 200
    assert await _given(web) != after


async def _given(web: Web) -> list[list[Any]]:
    """Return all that says who may do what."""
    tables = {
        "account_users": "user_id || role || rights || is_active",
        "user_roles": "id || name || rights",
        "webhooks": "id || destination",
        "installations": "id || client_id || coalesce(ended_at, 0)",
        "widget_settings": "client_id || settings",
    }
    async with web.api.db.read() as reader:
        return [
            await reader.column(f"select {told} from {name} order by 1")
            for name, told in tables.items()
        ]


def _example(method: str, path: str) -> Any:
    (told,) = [one for one in TABLE if (one.method, one.path) == (method, path)]
    return ... if told.body is None else told.body.example


_SENT: tuple[dict[str, Any], ...] = (
    {},
    {"origin": None},
    {"origin": None, "sec_fetch_site": None},
)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://bolt.grantway.test"},
        {"origin": "https://accounts.grantway.test"},
        {"origin": "https://evil.example"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "none", "origin": None},
        {"origin": None, "sec_fetch_site": None},
        {"x_context_user_id": "1"},
    ],
)
async def test_only_own_pages_change_anything(web: Web, headers: dict[str, Any]) -> None:
    alice = await web.entered(ALICE)
    refused = await call(alice, "POST", LEADS, [{"name": "Forged"}], **headers)
    honest = await call(alice, "POST", LEADS, [{"name": "By a widget"}])
    older = await call(alice, "POST", LEADS, [{"name": "Older browser"}], sec_fetch_site=None)

    assert refused.status_code == 403
    assert (honest.status_code, older.status_code) == (200, 200)
    assert await web.api.count("leads") == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": None}, 200),
        ({"origin": None, "sec_fetch_site": None}, 200),
        ({"origin": None, "sec_fetch_site": "none"}, 200),
        ({"origin": "https://bolt.grantway.test"}, 403),
        ({"origin": None, "sec_fetch_site": "same-site"}, 403),
        ({"origin": None, "sec_fetch_site": "cross-site"}, 403),
    ],
)
async def test_reading_needs_no_origin(web: Web, headers: dict[str, Any], status: int) -> None:
    alice = await web.entered(ALICE)

    assert (await call(alice, "GET", "/api/v4/account", **headers)).status_code == status


async def test_a_cookie_counts_on_its_own_host_alone(web: Web) -> None:
    alice, charlie = await web.entered(ALICE), await web.entered(CHARLIE, "bolt")
    statuses = {"own": (await call(alice, "GET", LEADS)).status_code}
    inside = alice.cookie(SESSION, "acme") or ""
    signed_in = alice.cookie(SESSION) or ""
    others = {
        "the shared host": (inside, "api"),
        "the root": (inside, ""),
        "another account": (inside, "bolt"),
        "the control session": (signed_in, "acme"),
        "of another account": (charlie.cookie(SESSION, "bolt") or "", "acme"),
        "nobody's": ("gwsess_" + "a" * 43, "acme"),
    }
    for name, (secret, label) in others.items():
        stranger = web.browser()
        host = f"{label}.grantway.test" if label else "grantway.test"
        stranger.cookies[host] = {SESSION: secret}
        answer = await stranger.get(f"https://{host}{LEADS}")
        statuses[name] = answer.status_code
    token = await call(alice, "GET", LEADS, authorization=f"Bearer {web.api.acme.token}")
    wrong = await call(alice, "GET", LEADS, authorization="Bearer x.y.z")
    basic = await call(alice, "GET", LEADS, authorization="Basic YTpi")
    empty = await call(alice, "GET", LEADS, authorization="")

    assert statuses.pop("own") == 204
    assert set(statuses.values()) == {401}, statuses
    assert (token.status_code, wrong.status_code, basic.status_code) == (204, 401, 401)
    assert empty.status_code == 401


async def test_a_session_ends_with_whatever_it_hangs_on(web: Web) -> None:
    alice = await web.entered(ALICE)
    before = (await call(alice, "GET", "/api/v4/account")).status_code
    async with web.api.db.write() as tx:
        await tx.change("update accounts set status = 'suspended' where subdomain = 'acme'")
    suspended = (await call(alice, "GET", "/api/v4/account")).status_code
    async with web.api.db.write() as tx:
        await tx.change("update accounts set status = 'active' where subdomain = 'acme'")
    again = (await call(alice, "GET", "/api/v4/account")).status_code
    await alice.get("/")
    await alice.submit("/sign-out")
    signed_out = (await call(alice, "GET", "/api/v4/account")).status_code

    assert (before, suspended, again, signed_out) == (200, 401, 200, 401)


async def test_a_session_acts_with_its_users_own_rights(web: Web) -> None:
    own = EntityRights(
        view=Right.OWN, edit=Right.OWN, add=Right.ALL, delete=Right.DENIED, export=Right.DENIED
    )
    tasks = TaskRights(edit=Right.OWN, delete=Right.OWN)
    rights = Rights(leads=own, contacts=own, companies=own, tasks=tasks)
    await web.api.token_of("Bob", rights)
    (hidden,) = await web.api.add_leads({"name": "Alice's"})
    bob = await web.entered(BOB)
    made = await call(bob, "POST", LEADS, [{"name": "Bob's"}])
    lead_id = made.json()["_embedded"]["leads"][0]["id"]
    seen = [one["id"] for one in (await call(bob, "GET", LEADS)).json()["_embedded"]["leads"]]
    other = await call(bob, "GET", f"{LEADS}/{hidden}")
    lead = (await call(bob, "GET", f"{LEADS}/{lead_id}")).json()
    user = (await call(bob, "GET", "/v3/user")).json()

    assert seen == [lead_id]
    assert other.status_code in (204, 404)
    assert lead["created_by"] == user["id"] == web.api.acme.users["Bob"]
    assert (await call(bob, "GET", "/api/v4/users")).status_code == 403


def limit(web: Web, limiter: Limiter) -> None:
    """Count calls of the API from now on: a test's platform is opened without limits."""
    table: Any = web.platform.front._table  # noqa: SLF001 - no caller of the product exchanges it
    table._limiter = limiter  # noqa: SLF001 - as above


async def test_a_session_is_counted_as_an_integration_is(
    web: Web, make_limiter: MakeLimiter
) -> None:
    alice = await web.entered(ALICE)
    limit(web, make_limiter())
    sources = [f"198.51.100.{number}" for number in range(1, 10)]
    answers = []
    for alice.source in sources:
        answers.append((await call(alice, "GET", "/api/v4/account")).status_code)
    token = await web.api.get("/api/v4/account", source="203.0.113.9")
    bob = await web.entered(BOB)
    other = await call(bob, "GET", "/api/v4/account")

    assert answers == [200] * 7 + [429] * 2
    assert (token.status_code, other.status_code) == (200, 200)
