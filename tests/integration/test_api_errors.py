"""What errors tell the caller and the log (S-178 to S-183), and where secrets stay (S-84, S-89)."""

import asyncio
import base64
import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from grantway.accounts import service as accounts
from grantway.db.errors import StorageUnavailable
from grantway.integrations import service as integrations
from grantway.integrations.service import Settings
from grantway.kernel.clock import ManualClock
from grantway.oauth.codes import issue_code
from tests.integration.api_client import NOW, Api
from tests.integration.conftest import OpenApi
from tests.integration.forging import parts
from tests.integration.log_capture import captured

LEADS = "/api/v4/leads"


def spellings(secret: str) -> list[bytes]:
    """Return the forms in which a secret might turn up."""
    raw = secret.encode()
    reversed_ = raw[::-1]
    return [
        raw,
        quote(secret, safe="").encode(),
        base64.b64encode(raw),
        raw.hex().encode(),
        reversed_,
    ]


async def issued(api: Api) -> dict[str, str]:
    """Issue one secret of every kind there is, and return them by name."""
    actor, client_id = api.acme.actor, api.acme.client_id
    token, _ = await api.issue()
    async with api.db.write() as tx:
        form = Settings(redirect_uri="https://integration.example/callback")
        await integrations.change_settings(tx, actor, client_id, form, NOW)
        secret = await integrations.generate_secret(
            tx,
            actor,
            client_id,
            api.platform.seal,
            NOW,
            end_grants=lambda *_: asyncio.sleep(0),
        )
        code = await issue_code(tx, actor, client_id, NOW)
    return {
        "first token": api.acme.token,
        "its signature": api.acme.token.rpartition(".")[2],
        "its id": parts(api.acme.token)[1]["jti"],
        "second token": token,
        "first secret": api.acme.secret,
        "secret": secret,
        "code": code.code,
        "its private key": api.key.private_pem.splitlines()[1],
    }


async def test_nothing_that_was_issued_stands_in_the_database(api: Api, database_url: str) -> None:
    secrets = await issued(api)
    await api.get("/api/v4/account", token=secrets["second token"])
    assert await api.count("authorization_codes") == 1
    if database_url.startswith("sqlite"):
        path = Path(database_url.removeprefix("sqlite:///"))
        files = [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
        assert len(files) >= 2, "the file and its journal"
        stored = b"".join(one.read_bytes() for one in files)
        with sqlite3.connect(path) as connection:
            stored += "\n".join(connection.iterdump()).encode()
    else:
        stored = await _dump(database_url)
    assert api.acme.client_id.encode() in stored

    for name, secret in secrets.items():
        for spelling in spellings(secret):
            assert spelling not in stored, name


async def _dump(url: str) -> bytes:
    connection = await asyncpg.connect(url)
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    rows = []
    for (table,) in tables:
        rows += await connection.fetch(f"select {table}::text as row from {table}")
    await connection.close()
    return "\n".join(row["row"] for row in rows).encode()


async def test_nothing_that_was_issued_stands_in_the_log(
    open_api: OpenApi, clock: ManualClock
) -> None:
    with captured(clock) as written:
        api = await open_api(log_requests=True)
        secrets = await issued(api)
        # A part of a credential is looked for, and only sent as a part of it.
        whole = [secret for name, secret in secrets.items() if not name.startswith("its ")]
        for secret in whole:
            padding = "p" * (185 - len(LEADS))
            places: list[dict[str, Any]] = [
                {"token": secret},
                {"path": f"{LEADS}/{secret}"},
                {"path": f"{LEADS}{padding}/{secret}"},
                {"path": f"{LEADS}?query={secret}&token={secret}"},
                {"headers": {"x-context-user-id": secret}},
                {"headers": {"x-auth-token": secret, "cookie": f"session={secret}"}},
                {"headers": {"content-encoding": secret}, "json": [{}], "method": "POST"},
                {"content": secret, "method": "POST"},
                {"json": [{"name": 7, secret: secret}], "method": "POST"},
                {"host": "bolt", "token": secret},
                {"path": f"/{secret}", "host": "nosuch"},
            ]
            for place in places:
                await api.call(**{"method": "GET", "path": LEADS} | place)
    log = written.getvalue()

    assert log.count(b'"http.answered"') >= len(whole) * 11
    for name, secret in secrets.items():
        for spelling in spellings(secret)[:4]:
            assert spelling not in log, name
    long = [secret for secret in secrets.values() if len(secret) == 64]
    for secret in long:
        assert secret[:24].encode() not in log, "not even cut in half"


async def test_one_event_is_one_line_and_foreign_text_forges_none(
    open_api: OpenApi, clock: ManualClock
) -> None:
    forged = '\n{"event":"forged"}\r\n\x1b[2J\u2028\x85\x00"'
    with captured(clock) as written:
        api = await open_api(log_requests=True)
        before = len(written.getvalue().splitlines())
        await api.get(f"{LEADS}/{quote(forged)}")
        await api.get("/" + quote(forged), host="nosuch")
        await api.get(LEADS, token=None)
    text = written.getvalue().decode()
    lines = text.split("\n")[before:-1]
    events = [json.loads(line) for line in lines]

    assert [one["event"] for one in events if one["event"] != "api.refused"] == [
        "http.answered"
    ] * 3
    assert all(one["at"] == NOW and one["level"] for one in events)
    assert "\x1b" not in text
    assert "\r" not in text


async def test_every_call_is_traced_to_its_grant(open_api: OpenApi, clock: ManualClock) -> None:
    with captured(clock) as written:
        api = await open_api(log_requests=True)
        answer = await api.get(LEADS, headers={"x-context-user-id": str(api.acme.users["Bob"])})
        refused = await api.get(LEADS, token="nonsense")
    events = [json.loads(line) for line in written.getvalue().splitlines()]
    by_id = {one["request_id"]: one for one in events if one["event"] == "http.answered"}

    one = by_id[answer.headers["x-request-id"]]
    assert (one["account"], one["grant"], one["user"], one["status"]) == (
        *(api.acme.account_id, api.acme.grant_id, api.acme.users["Bob"], 204),
    )
    assert "grant" not in by_id[refused.headers["x-request-id"]]
    reasons = [one for one in events if one["event"] == "api.refused"]
    assert reasons[-1]["request_id"] == refused.headers["x-request-id"]


async def test_a_mistake_of_ours_tells_an_id_and_nothing_else(
    open_api: OpenApi, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("details of the inside")

    with captured(clock) as written:
        api = await open_api(log_requests=True)
        monkeypatch.setattr(accounts, "account_by_id", broken)
        answer = await api.get("/api/v4/account")
    request_id = answer.headers["x-request-id"]

    assert (answer.status_code, answer.json()) == (
        500,
        {
            "title": "ErrInternalServer",
            "status": 500,
            "detail": "Something went wrong on the server; the log has it under this id",
            "trace_id": request_id,
        },
    )
    failed = [json.loads(x) for x in written.getvalue().splitlines() if b"api.failed" in x]
    assert failed[0]["request_id"] == request_id
    assert "details of the inside" in failed[0]["exception"]
    assert (await api.get(LEADS)).status_code == 204


async def test_storage_that_is_away_is_503_and_a_use_that_cannot_be_noted_is_no_fault(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        async def __aenter__(self) -> Any:
            raise StorageUnavailable("put in by a test")

        async def __aexit__(self, *_: object) -> None: ...

    with monkeypatch.context() as patched:
        patched.setattr(api.db, "write", Away)
        refused = await api.call("POST", LEADS, json=[{}])
        read = await api.get("/api/v4/account")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert refused.json() == {
        "title": "Service Unavailable",
        "type": "https://httpstatus.es/503",
        "status": 503,
        "detail": "The change could not be stored; please try again",
    }
    assert read.status_code == 200
    assert (await api.call("POST", LEADS, json=[{}])).status_code == 200
    assert await api.count("leads") == 1


async def test_headers_that_stand_on_every_answer(api: Api) -> None:
    requests: list[dict[str, Any]] = [
        {"path": "/api/v4/account"},
        {"path": LEADS},
        {"path": "/api/v4/nonsense"},
        {"path": LEADS, "method": "DELETE"},
        {"path": LEADS, "token": None},
        {"path": LEADS, "method": "POST", "content": "{"},
    ]
    ids = set()
    for request in requests:
        answer = await api.call(**{"method": "GET"} | request)
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["strict-transport-security"].startswith("max-age=31536000")
        assert "no-store" in headers["cache-control"]
        assert not {"server", "x-powered-by", "set-cookie"} & set(headers)
        assert len(headers.get_list("cache-control")) == 1
        ids.add(headers["x-request-id"])
    assert len(ids) == len(requests)
