"""Nothing that was issued lies anywhere afterwards: database, journal, log (S-84, S-86, S-179)."""

import base64
import json
from pathlib import Path
from typing import Any

import asyncpg

from grantway.kernel.credentials import digest
from tests.integration.api_client import Api
from tests.integration.conftest import OpenApi
from tests.integration.log_capture import captured
from tests.integration.token_endpoint import (
    ask,
    consented_code,
    exchange,
    new_code,
    refresh,
    set_redirect_uri,
)

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def spellings(value: str) -> set[bytes]:
    """Return the forms in which a value might have been written somewhere."""
    raw = {value.encode()}
    if value.startswith("def502"):
        raw |= {bytes.fromhex(value), bytes.fromhex(value[8:-8]), value.upper().encode()}
    if value.startswith("eyJ"):
        # The claims are no secret; whoever has the signature has the token.
        raw = {value.encode(), value.rpartition(".")[2].encode()}
    encoded = {base64.b64encode(one) for one in raw}
    # Where it begins within three bytes changes what base64 makes of it.
    shifted = {base64.b64encode(b"xx" + one)[4:-4] for one in raw}
    halves = {one[len(one) // 4 : -len(one) // 4] for one in raw}
    return raw | encoded | shifted | halves


def hits(haystack: bytes, values: list[str]) -> list[str]:
    return [value[:12] for value in values if any(form in haystack for form in spellings(value))]


async def everything_stored(api: Api, database_url: str) -> bytes:
    """Return the raw bytes of the database, or all of its rows."""
    if database_url.startswith("sqlite"):
        path = Path(database_url.removeprefix("sqlite:///"))
        files = sorted(path.parent.glob(f"{path.name}*"))
        assert any(one.name.endswith("-wal") and one.stat().st_size for one in files)
        return b"".join(one.read_bytes() for one in files)
    connection = await asyncpg.connect(database_url)
    try:
        tables = await connection.fetch(
            "select quote_ident(tablename) from pg_tables where schemaname = 'public'"
        )
        rows = [
            row[0]
            for (table,) in tables
            for row in await connection.fetch(f"select t::text from {table} t")
        ]
    finally:
        await connection.close()
    return "\n".join(rows).encode()


async def use_everything(api: Api) -> list[str]:
    """Issue, use, refuse and revoke one of each; return every value that was issued or sent."""
    await set_redirect_uri(api)
    await set_redirect_uri(api, "bolt")
    verifier = {"code_verifier": VERIFIER}
    codes = [await new_code(api), await consented_code(api, code_challenge=CHALLENGE)]
    unused = await consented_code(api)
    pairs: list[dict[str, Any]] = []
    for code, fields, as_form in zip(codes, ({}, verifier), (False, True), strict=True):
        await exchange(api, code, fields=fields | {"client_secret": "wrong"}, as_form=as_form)
        await exchange(api, code, fields=fields, cast="bolt", host="acme", as_form=as_form)
        answer = await exchange(api, code, fields=fields, as_form=as_form)
        assert answer.status_code == 200
        pairs.append(answer.json())
        await exchange(api, code, fields=fields, as_form=as_form)
        for _ in range(3):
            answer = await refresh(api, pairs[-1]["refresh_token"], as_form=as_form)
            assert answer.status_code == 200
            pairs.append(answer.json())
        await refresh(api, pairs[-3]["refresh_token"], as_form=as_form)
    for pair in pairs:
        await api.get("/api/v4/account", token=pair["access_token"])
        await api.get(f"/api/v4/account?access_token={pair['access_token']}", token=None)
        await api.get(f"/oauth2/{pair['refresh_token']}", token=None)
        await api.get(f"/{pair['refresh_token']}/{unused}", token=None)
        held = {"x-refresh-token": pair["refresh_token"]}
        path = "/oauth2/account/current/subdomain"
        await api.get(path, host="api", token=None, headers=held)
        await ask(api, {"token": pair["refresh_token"]}, path="/oauth2/introspect")
    basic = base64.b64encode(f"{api.acme.client_id}:{api.acme.secret}".encode()).decode()
    headers = {"authorization": f"Basic {basic}"}
    await refresh(api, "x", fields={"client_secret": ...}, headers=headers)
    # Names and values in places where they do not belong, which an error might repeat.
    strange = json.dumps({unused: 5, pairs[0]["refresh_token"]: [api.acme.secret]})
    await api.call(
        "POST",
        "/oauth2/access_token",
        token=None,
        content=strange,
        headers={"content-type": "application/json"},
    )
    await refresh(api, pairs[-1]["refresh_token"], fields={"grant_type": api.acme.secret})
    assert (
        await ask(api, {"token": pairs[-1]["access_token"]}, path="/oauth2/revoke")
    ).status_code == 200
    tokens = [value for pair in pairs for value in (pair["access_token"], pair["refresh_token"])]
    assert len(set(tokens)) == 2 * len(pairs) == 16
    return [*codes, unused, *tokens, api.acme.secret, api.acme.token, VERIFIER, basic]


async def test_no_issued_value_is_found_in_the_database_or_in_the_log(
    open_api: OpenApi, database_url: str
) -> None:
    api = await open_api(log_requests=True)
    with captured(api.clock) as written:
        values = await use_everything(api)
        log = written.getvalue()
    await api.platform.usage.finish()
    stored = await everything_stored(api, database_url)

    assert hits(stored, values) == []
    assert hits(log, values) == []
    # The search finds what is there.
    assert digest(values[0]).encode() in stored
    assert api.acme.client_id.encode() in stored
    assert CHALLENGE.encode() in stored
    assert b"oauth.refused" in log
    assert b"http.answered" in log
    assert hits(stored + bytes.fromhex(values[0]), values) == [values[0][:12]]
    assert hits(log + values[-1].encode(), values) == [values[-1][:12]]


async def test_the_seed_of_a_family_is_sealed_and_the_key_is_not_in_the_database(
    open_api: OpenApi, database_url: str
) -> None:
    """S-89: whoever has the database has no token."""
    api = await open_api()
    await use_everything(api)
    async with api.db.read() as reader:
        sealed = await reader.column("select seed_sealed from grants where kind = 'code'")
        uuids = await reader.column("select uuid from grants where kind = 'code'")
    seeds = [
        api.platform.seal.unseal(one, f"seed of {name}")
        for one, name in zip(sealed, uuids, strict=True)
    ]
    stored = await everything_stored(api, database_url)

    assert len(set(sealed)) == len(set(seeds)) == 2
    for seed in seeds:
        assert len(bytes.fromhex(seed)) == 32
        assert seed.encode() not in stored
        assert bytes.fromhex(seed) not in stored
