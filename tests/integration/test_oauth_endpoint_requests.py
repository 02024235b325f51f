"""What a token request may look like, and what is refused before it is believed (S-41 to S-45)."""

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.integration.api_client import Api
from tests.integration.token_endpoint import (
    PATH,
    REDIRECT_URI,
    consented_code,
    exchange,
    first_pair,
    refresh,
    set_redirect_uri,
    told,
)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PARAMETERS = "Check that all required parameters have been provided"


def honest(api: Api, code: str) -> dict[str, str]:
    return {
        "client_id": api.acme.client_id,
        "client_secret": api.acme.secret,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
    }


async def post(
    api: Api, content: bytes | str, kind: str | None = JSON, **options: Any
) -> httpx.Response:
    headers = options.pop("headers", {}) | ({} if kind is None else {"content-type": kind})
    path = options.pop("path", PATH)
    return await api.call("POST", path, token=None, content=content, headers=headers, **options)


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


async def ready(api: Api) -> str:
    await set_redirect_uri(api)
    return await consented_code(api)


@pytest.mark.parametrize(
    "kind",
    [JSON, FORM, f"{JSON}; charset=utf-8", f"{FORM};charset=UTF-8", "Application/JSON ; x=y"],
)
async def test_both_encodings_are_read_whatever_is_said_beside_them(api: Api, kind: str) -> None:
    fields = honest(api, await ready(api)) | {"extra": "ignored", "scope": "everything"}
    content = json.dumps(fields) if "json" in kind.lower() else urlencode(fields)

    assert (await post(api, content, kind)).status_code == 200


async def test_basic_fills_in_what_the_body_leaves_out_and_the_body_wins(api: Api) -> None:
    await set_redirect_uri(api)
    client_id, secret = api.acme.client_id, api.acme.secret
    left_out = {"client_id": ..., "client_secret": ...}
    wrong_secret = basic(client_id, "wrong")
    spelled = basic(quote(client_id), "".join(f"%{ord(c):02X}" for c in secret))
    for headers, fields in [
        (basic(client_id, secret), left_out),
        (spelled, left_out),
        (basic(client_id, secret), {}),
        (basic(client_id, secret), {"client_secret": ...}),
        (basic(client_id, secret), {"client_id": ...}),
        (wrong_secret, {}),
        ({"authorization": "bAsIc " + basic(client_id, secret)["authorization"][6:]}, left_out),
        ({"authorization": "Bearer of-something-else"}, {}),
    ]:
        code = await consented_code(api)
        answer = await exchange(api, code, fields=fields, headers=headers)
        assert answer.status_code == 200, (headers, fields, answer.text)


async def test_basic_that_disagrees_or_proves_nothing_is_refused(api: Api) -> None:
    code = await ready(api)
    client_id, secret = api.acme.client_id, api.acme.secret
    left_out = {"client_id": ..., "client_secret": ...}
    check = "Check the `{}` parameter".format
    rows: list[tuple[Any, dict[str, Any], str]] = [
        (basic(api.bolt.client_id, api.bolt.secret), {}, check("client_id")),
        (basic(api.bolt.client_id, secret), {"client_secret": ...}, check("client_id")),
        (basic(client_id, "wrong"), left_out, check("client_secret")),
        (basic(client_id, secret), {"client_secret": "wrong"}, check("client_secret")),
        (basic("", secret), left_out, check("client_id")),
        ({"authorization": "Basic !!!"}, left_out, check("client_id")),
        ({"authorization": "Basic /////w=="}, left_out, check("client_id")),
        ({"authorization": "Basic"}, left_out, check("client_id")),
        ({"authorization": f"Bearer {api.acme.token}"}, left_out, check("client_id")),
        (list(basic(client_id, secret).items()) * 2, left_out, check("client_id")),
    ]
    for headers, fields, hint in rows:
        sent = {k: v for k, v in (honest(api, code) | fields).items() if v is not ...}
        listed = headers if isinstance(headers, list) else list(headers.items())
        answer = await api.call("POST", PATH, token=None, json=sent, headers=listed)
        assert told(answer) == (400, hint), (headers, fields)

    assert (await exchange(api, code)).status_code == 200


async def test_nothing_is_read_from_the_query(api: Api) -> None:
    code = await ready(api)
    fields = honest(api, code)
    for name in fields:
        rest = {k: v for k, v in fields.items() if k != name}
        path = f"{PATH}?{urlencode({name: fields[name]})}"
        assert told(await post(api, json.dumps(rest), path=path))[0] == 400, name
        assert told(await post(api, urlencode(rest), FORM, path=path))[0] == 400, name
    path = f"{PATH}?{urlencode(fields)}"
    assert (await api.call("POST", path, token=None)).status_code in {400, 415}
    misleading = f"{PATH}?client_id={api.bolt.client_id}&code=nonsense"

    assert (await post(api, json.dumps(fields), path=misleading)).status_code == 200


async def test_a_field_that_comes_twice_is_refused_even_with_one_value(api: Api) -> None:
    code = await ready(api)
    fields = honest(api, code)
    form, text = urlencode(fields), json.dumps(fields)
    for name, value in fields.items():
        for other in (value, "another", ""):
            again = urlencode({name: other})
            assert told(await post(api, f"{form}&{again}", FORM)) == (400, PARAMETERS), name
            assert told(await post(api, f"{again}&{form}", FORM)) == (400, PARAMETERS), name
            doubled = f'{text[:-1]}, "{name}": {json.dumps(other)}}}'
            assert told(await post(api, doubled)) == (400, PARAMETERS), name
    escaped = text[:-1] + ', "c\\u006fde": "x"}'
    assert told(await post(api, escaped)) == (400, PARAMETERS)
    assert told(await post(api, form + "&c%6Fde=x", FORM)) == (400, PARAMETERS)

    assert (await post(api, text)).status_code == 200


async def test_values_are_texts_and_the_body_is_an_object(api: Api) -> None:
    code = await ready(api)
    fields: dict[str, Any] = dict(honest(api, code))
    values: list[Any] = [None, 1, 1.5, True, False, [code], {"code": code}, [], {}]
    for name in fields:
        for value in values:
            answer = await post(api, json.dumps(fields | {name: value}))
            assert told(answer) == (400, PARAMETERS), (name, value)
    for content in (
        *(b"", b"[]", b"null", b'"text"', b"1", b"{", b"{}x", b"NaN", b'{"client_id":NaN}'),
        json.dumps([fields]).encode(),
        json.dumps(fields).encode() + b"x",
        json.dumps(fields).encode() + json.dumps(fields).encode(),
        b"\xef\xbb\xbf" + json.dumps(fields).encode(),
        json.dumps(fields).encode("utf-16"),
        json.dumps(fields).encode().replace(b"authorization", b"\xff"),
        b"[" * 50_000,
        b'{"a":' * 10_000,
        b'{"client_id": ' + b"9" * 10_000 + b"}",
    ):
        assert told(await post(api, content)) == (400, PARAMETERS), content[:40]

    assert (await post(api, json.dumps(fields))).status_code == 200


async def test_other_kinds_of_body_are_refused(api: Api) -> None:
    code = await ready(api)
    text = json.dumps(honest(api, code))
    form = urlencode(honest(api, code))
    part = "\r\n".join(
        f'--b\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}'
        for name, value in honest(api, code).items()
    )
    for content, kind in (
        (text, None),
        (text, "text/plain"),
        (text, "text/json"),
        (text, "application/hal+json"),
        (text, "application/json2"),
        (text, f"{FORM}, {JSON}"),
        (form, "text/plain"),
        (f"{part}\r\n--b--\r\n", "multipart/form-data; boundary=b"),
    ):
        assert told(await post(api, content, kind)) == (415, PARAMETERS), kind
    for content, kind in ((text, FORM), (form, JSON)):
        assert told(await post(api, content, kind)) == (400, PARAMETERS), kind
    packed = gzip.compress(text.encode())
    for coding in ("gzip", "deflate", "br", "zstd", "GZIP", "identity, gzip"):
        answer = await post(api, packed, headers={"content-encoding": coding})
        assert told(answer) == (415, PARAMETERS), coding
    answer = await post(api, text, headers={"transfer-encoding": "gzip, chunked"})
    assert answer.status_code == 400

    assert (await post(api, text, headers={"content-encoding": "identity"})).status_code == 200


async def test_forms_are_read_strictly(api: Api) -> None:
    code = await ready(api)
    form = urlencode(honest(api, code))
    for content in (
        form.replace("&", ";"),
        f"{form}&x=%FF",
        f"{form}&" + "&".join(f"x{n}=1" for n in range(100)),
        form.encode() + b"&x=\xff",
    ):
        assert told(await post(api, content, FORM))[0] == 400, content[-40:]
    assert (await post(api, f"{form}&x=&y", FORM)).status_code == 200


async def test_a_body_beyond_64_kib_is_not_read(api: Api) -> None:
    code = await ready(api)
    fields = honest(api, code) | {"extra": "x" * 65_536}
    too_large = await post(api, json.dumps(fields))
    assert too_large.status_code == 413
    assert (await post(api, json.dumps(fields | {"extra": "x" * 60_000}))).status_code == 200


JUNK = ["", " ", "\0", "\n", "é", "\U0001f511", "%00", "'", '"', "\\", "\ud800", "0", "x" * 30_000]


@pytest.mark.parametrize("name", ["client_id", "client_secret", "code", "redirect_uri"])
async def test_the_right_value_with_junk_around_it_is_wrong(api: Api, name: str) -> None:
    code = await ready(api)
    fields = honest(api, code)
    for junk in JUNK[1:]:
        for value in (fields[name] + junk, junk + fields[name], junk):
            changed = json.dumps(fields | {name: value})
            assert told(await post(api, changed))[0] == 400, value[:80]
            if "\ud800" not in junk:
                form = urlencode(fields | {name: value})
                assert told(await post(api, form, FORM))[0] == 400, value[:80]
    assert told(await post(api, json.dumps(fields | {name: fields[name].swapcase()})))[0] == 400
    assert told(await post(api, json.dumps(fields | {name: fields[name][:-1]})))[0] == 400

    assert (await post(api, json.dumps(fields))).status_code == 200


async def test_a_refresh_token_with_junk_around_it_is_wrong(api: Api) -> None:
    token = (await first_pair(api))["refresh_token"]
    bad = [one for junk in JUNK[1:] for one in (token + junk, junk + token, junk)]
    for value in (*bad, token.upper(), token[:-1], token[:-2], token * 2, f"Bearer {token}"):
        answer = await post(
            api,
            json.dumps(honest(api, "x") | {"grant_type": "refresh_token", "refresh_token": value}),
        )
        assert told(answer)[0] in {400, 401}, value[:80]

    assert (await refresh(api, token)).status_code == 200


async def test_only_post_is_answered(api: Api) -> None:
    code = await ready(api)
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE"):
        answer = await api.call(method, PATH, token=None, json=honest(api, code))
        assert answer.status_code == 405, method
        assert "POST" in answer.headers["allow"].split(", ")
        assert answer.content == b""
        assert len(answer.headers["x-request-id"]) == 32
    for headers in ({"x-http-method-override": "POST"}, {"x-http-method": "POST"}):
        answer = await api.call("GET", PATH, token=None, json=honest(api, code), headers=headers)
        assert answer.status_code == 405

    assert (await exchange(api, code)).status_code == 200


async def test_doubled_slashes_are_one(api: Api) -> None:
    code = await ready(api)

    assert (await exchange(api, code, path="//oauth2//access_token")).status_code == 200
    for path in ("/oauth2/access_token/", "/oauth2/Access_Token", "/oauth2/exchange_api_key"):
        answer = await exchange(api, await consented_code(api), path=path)
        assert answer.status_code == 404, path


async def test_every_answer_has_its_headers(api: Api) -> None:
    code = await ready(api)
    granted = await exchange(api, code)
    refused = await exchange(api, code)
    assert (granted.status_code, refused.status_code) == (200, 400)
    for answer in (granted, refused):
        assert len(answer.headers["x-request-id"]) == 32
        assert answer.headers["cache-control"] == "no-store, no-cache, must-revalidate"
        assert answer.headers["pragma"] == "no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert granted.headers["x-request-id"] != refused.headers["x-request-id"]
    assert granted.headers["content-type"] == "application/json"
