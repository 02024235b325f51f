"""What widgets reach through the host: one-time tokens and `crm_post` (S-144, S-145, S-156 ff.)."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from grantway.hooks.addresses import read_target
from grantway.integrations import service as integrations
from tests.contract.installing_cast import DEPOT
from tests.integration.conftest import OpenApi
from tests.integration.hooks.receiver import Receiver, receiving
from tests.integration.install_world import Installing, call, make_installing
from tests.integration.log_capture import captured
from tests.integration.web_client import BOB, CHARLIE, SESSION, Web, give_passwords

PROXY = "/ajax/v1/proxy"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
async def installing(
    open_api: OpenApi, receiver: Receiver, password_hashes: dict[str, str]
) -> Installing:
    """Return the platform that may reach the receiver, with the widget installed in acme."""
    api = await open_api(allow_targets=(read_target(f"127.0.0.1:{receiver.port}"),))
    await give_passwords(api, password_hashes)
    made = await make_installing(Web(api), password_hashes, {"depot": DEPOT})
    await made.install(await made.alice())
    return made


def token_path(client_id: str) -> str:
    return f"/ajax/v2/integrations/{client_id}/disposable_token"


async def give_secret(installing: Installing) -> str:
    api = installing.web.api
    async with api.db.write() as tx:
        return await integrations.generate_secret(
            tx, installing.world.dana, installing.client_id, api.platform.seal, api.clock()
        )


def read(token: str, secret: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check the token as any library does, and return its header and its claims."""
    head, body, mark = token.split(".")
    expected = hmac.digest(secret.encode(), f"{head}.{body}".encode(), "sha256")
    assert base64.urlsafe_b64decode(mark + "==") == expected
    first, second = (json.loads(base64.urlsafe_b64decode(one + "==")) for one in (head, body))
    return first, second


async def test_a_token_tells_who_asks_and_is_signed_for_this_integration(
    installing: Installing,
) -> None:
    secret = await give_secret(installing)
    bob = await installing.web.entered(BOB)
    path = token_path(installing.client_id)
    answer = await call(bob, "GET", path)
    again = await call(bob, "GET", path)
    header, claims = read(answer.json()["token"], secret)
    now = installing.web.clock()
    acme = installing.web.api.acme

    assert list(answer.json()) == ["token"]
    assert answer.headers["cache-control"] == "no-store"
    assert header == {"typ": "JWT", "alg": "HS256"}
    assert len(claims.pop("jti")) == 36
    assert claims == {
        "iss": "https://acme.grantway.test",
        "aud": "https://parcel.example",
        "iat": now,
        "nbf": now,
        "exp": now + 1800,
        "account_id": acme.account_id,
        "user_id": acme.users["Bob"],
        "subdomain": "acme",
        "client_uuid": installing.client_id,
        "is_admin": False,
    }
    assert answer.json() != again.json()


async def test_a_token_is_no_bearer_token(installing: Installing) -> None:
    await give_secret(installing)
    alice = await installing.alice()
    token = (await call(alice, "GET", token_path(installing.client_id))).json()["token"]

    assert await installing.web.leads_answer(token) == 401


async def test_tokens_are_for_what_is_installed_here_and_for_our_own_scripts(
    installing: Installing,
) -> None:
    alice, charlie = await installing.alice(), await installing.web.entered(CHARLIE, "bolt")
    path = token_path(installing.client_id)
    keyless = await call(alice, "GET", path)
    await give_secret(installing)
    statuses = {
        "alice": (await call(alice, "GET", path)).status_code,
        "in bolt": (await call(charlie, "GET", path, label="bolt")).status_code,
        "a draft": (await call(alice, "GET", token_path(installing.world.draft))).status_code,
        "bolt's": (
            await call(alice, "GET", token_path(installing.web.api.bolt.client_id))
        ).status_code,
        "no id": (await call(alice, "GET", token_path("x"))).status_code,
        "nobody": (await call(installing.web.browser(), "GET", path)).status_code,
        "no header": (await call(alice, "GET", path, x_requested_with=None)).status_code,
        "another site": (await call(alice, "GET", path, sec_fetch_site="cross-site")).status_code,
    }

    assert keyless.status_code == 422
    assert statuses == {
        "alice": 200,
        "in bolt": 404,
        "a draft": 404,
        "bolt's": 404,
        "no id": 404,
        "nobody": 401,
        "no header": 403,
        "another site": 403,
    }


def posting(installing: Installing, receiver: Receiver, path: str, **changes: Any) -> Any:
    url = f"http://127.0.0.1:{receiver.port}{path}"
    honest = {"widget": installing.code, "url": url, "data": {"a": {"b": [1, 2]}}, "type": "text"}
    return honest | changes


async def test_crm_post_sends_a_form_and_nothing_of_anybody(
    installing: Installing, receiver: Receiver
) -> None:
    alice = await installing.alice()
    with captured(installing.web.clock) as written:
        answer = await call(alice, "POST", PROXY, posting(installing, receiver, "/ok"))
    (got,) = receiver.received
    logged = [msgspec.json.decode(line) for line in written.getvalue().splitlines()]
    (line,) = [one for one in logged if one["event"] == "widgets.proxied"]

    assert answer.json() == {"status": 200, "body": "ok"}
    assert got.body == b"a%5Bb%5D%5B%5D=1&a%5Bb%5D%5B%5D=2"
    assert got.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert not {"cookie", "authorization", "origin", "referer"} & set(got.headers)
    assert str(alice.cookie(SESSION, "acme")) not in str(got)
    assert (line["widget"], line["status"]) == (installing.code, 200)
    assert line["to"] == f"127.0.0.1:{receiver.port}"


WRONG = {
    "/redirect": 302,
    "/status/302": 302,
    "/status/500": 500,
    **dict.fromkeys(("/flood", "/close", "/reset", "/half"), 0),
}


async def test_what_goes_wrong_out_there_is_told_without_its_reason(
    installing: Installing, receiver: Receiver
) -> None:
    alice = await installing.alice()
    told = {}
    for path in WRONG:
        installing.web.clock.advance(2)
        answer = await call(alice, "POST", PROXY, posting(installing, receiver, path))
        told[path] = (answer.status_code, answer.json())

    assert told == {path: (200, {"status": one, "body": ""}) for path, one in WRONG.items()}
    assert receiver.paths() == list(WRONG)


async def test_calls_go_to_public_addresses_alone(
    installing: Installing, receiver: Receiver
) -> None:
    alice = await installing.alice()
    urls = [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://acme.grantway.test/api/v4/leads",
        "https://user:password@hooks.example.org/",
        "http://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org:70/",
        "https://hooks.example.org:22/",
    ]
    statuses = {}
    for url in urls:
        sent = posting(installing, receiver, "/", url=url)
        statuses[url] = (await call(alice, "POST", PROXY, sent)).status_code

    assert statuses == dict.fromkeys(urls, 400)
    assert receiver.received == []


async def test_crm_post_is_for_widgets_that_are_installed_here_once_a_second(
    installing: Installing, receiver: Receiver
) -> None:
    alice, bob = await installing.alice(), await installing.web.entered(BOB)
    charlie = await installing.web.entered(CHARLIE, "bolt")
    body = posting(installing, receiver, "/ok")
    statuses = {
        "unknown": (await call(alice, "POST", PROXY, body | {"widget": "nobody"})).status_code,
        "in bolt": (await call(charlie, "POST", PROXY, body, label="bolt")).status_code,
        "no script": (await call(alice, "POST", PROXY, body, x_requested_with=None)).status_code,
        "no url": (await call(alice, "POST", PROXY, {"widget": installing.code})).status_code,
    }
    many = [(await call(alice, "POST", PROXY, body)).status_code for _ in range(3)]
    by_bob = (await call(bob, "POST", PROXY, body)).status_code
    installing.web.clock.advance(2)
    later = (await call(alice, "POST", PROXY, body)).status_code

    assert statuses == {
        "unknown": 404, "in bolt": 404, "no script": 403, "no url": 400,
    }  # fmt: skip
    assert many == [200, 200, 429]
    assert (by_bob, later) == (200, 200)
    assert len(receiver.received) == 4


async def test_data_becomes_no_huge_form_and_none_for_whoever_may_not_call(
    installing: Installing, receiver: Receiver
) -> None:
    """Each value repeats all names around it, so the second one would have 300 MB."""
    alice, nobody = await installing.alice(), installing.web.browser()
    statuses = {}
    for name, data in {
        "deep": _deep(40),
        "long": {"k" * 10_000: [1] * 10_000},
        "many": [0] * 5_001,
        "honest": {"k": [1] * 5_000},
    }.items():
        installing.web.clock.advance(2)
        body = posting(installing, receiver, "/ok", data=data)
        tried = [
            await call(nobody, "POST", PROXY, body),
            await call(alice, "POST", PROXY, body | {"url": "https://127.0.0.1/"}),
            *[await call(alice, "POST", PROXY, body) for _ in range(3)],
        ]
        told = [
            "too long" if "too long as a form" in one.text else one.status_code for one in tried
        ]
        statuses[name] = tuple(told)

    assert statuses == {
        **dict.fromkeys(("deep", "long", "many"), (401, 400, "too long", "too long", 429)),
        "honest": (401, 400, 200, 200, 429),
    }
    assert [one.body for one in receiver.received] == [b"&".join([b"k%5B%5D=1"] * 5_000)] * 2


def _deep(levels: int) -> Any:
    return {"a": _deep(levels - 1)} if levels else 1


async def test_whoever_looks_after_it_is_gone_gets_nothing(
    installing: Installing, receiver: Receiver
) -> None:
    alice = await installing.alice()
    await give_secret(installing)
    path = await installing.path(alice, "uninstall")
    await installing.ask(alice, path)
    await installing.answer(alice, path)
    token = await call(alice, "GET", token_path(installing.client_id))
    proxied = await call(alice, "POST", PROXY, posting(installing, receiver, "/ok"))

    assert (token.status_code, proxied.status_code) == (404, 404)
