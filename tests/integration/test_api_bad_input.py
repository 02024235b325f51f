"""Bad input gets a clear error and changes nothing (S-92 to S-98, S-174 to S-177)."""

import gzip
from collections.abc import Iterator
from typing import Any

from tests.integration.api_client import Api
from tests.integration.conftest import OpenApi

LEADS = "/api/v4/leads"


async def post(api: Api, content: bytes | str, **headers: str) -> tuple[int, dict[str, Any]]:
    """Post a raw body; an answer of 400 must be JSON in the dialect's frame."""
    answer = await api.call("POST", LEADS, content=content, headers=headers)
    assert answer.status_code < 500, (content[:100], answer.text)
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"title", "type", "status", "detail"} <= answer.json().keys()
    return answer.status_code, answer.json()


async def test_what_is_no_json_is_told_so(api: Api) -> None:
    bodies: list[bytes | str] = [
        *("{", "[", "[{]", '{"name"}', '{"name": }', "{'name': 'x'}", "[{},]", '{"name": "x"'),
        *("nonsense", "\x00", "\ufeff[{}]", "[{}] [{}]", "[{}]x", '{"a": 01}', '{"a": +1}'),
        *('{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}', '{"a": .5}', '{"a": 1.}'),
        *(b'{"name": "\xed\xa0\xbd"}', b'{"name": "\xff\xfe"}', b'{"name": "\xc0\x80"}'),
        *(r'{"name": "\ud800"}', r'{"name": "\udc00\ud800"}', '{"name": "line\nend"}'),
        *('{"name": "\x1f"}', r'{"name": "\x41"}', "<xml/>", "name=x&price=1", b"\x1f\x8b\x08"),
        *("[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000),
    ]
    for content in bodies:
        status, body = await post(api, content)
        assert (status, body["detail"]) == (400, "The request body is not valid JSON"), content[:90]
        assert "validation-errors" not in body
    assert await api.count("leads") == 0
    assert (await post(api, '[{"name": "fine"}]'))[0] == 200


async def test_an_empty_body_is_told_so(api: Api) -> None:
    for method, path in (("POST", LEADS), ("PATCH", LEADS), ("PATCH", f"{LEADS}/1")):
        for content in (b"", b"  \r\n\t "):
            answer = await api.call(method, path, content=content)
            assert answer.status_code == 400
            assert answer.json() == {
                "title": "Bad Request",
                "type": "https://httpstatus.es/400",
                "status": 400,
                "detail": "Request data can not be empty",
            }


async def test_json_is_read_whatever_the_content_type_says(api: Api) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""):
        assert (await post(api, '[{"name": "x"}]', **{"content-type": kind}))[0] == 200
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await post(api, "0[name]=x", **form))[0] == 400
    assert await api.count("leads") == 4


async def test_compressed_bodies_are_refused(api: Api) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    for encoding in ("gzip", "br", "deflate", "gzip, identity"):
        status, body = await post(api, bomb, **{"content-encoding": encoding})
        assert (status, body["detail"]) == (400, "Send the body without content-encoding")
    assert (await post(api, "[{}]", **{"content-encoding": "identity"}))[0] == 200


async def test_bodies_above_4_mib_are_refused_while_they_come(api: Api) -> None:
    most = 4 * 1024 * 1024
    padded = b"[{}]".ljust(most)
    assert (await post(api, padded))[0] == 200
    status, body = await post(api, padded + b" ")
    assert (status, body["title"]) == (413, "Request Entity Too Large")
    read = 0

    async def endless(scope: Any, _: Any, send: Any) -> None:
        async def receive() -> dict[str, Any]:
            nonlocal read
            read += 1
            return {"type": "http.request", "body": b" " * 65_536, "more_body": True}

        scope["headers"] = [one for one in scope["headers"] if one[0] != b"content-length"]
        await api.platform.front(scope, receive, send)

    answer = await api.call("POST", LEADS, content=b"x", front=endless)
    assert answer.status_code == 413
    assert read == most // 65_536 + 1


async def test_every_wrong_type_is_named(api: Api) -> None:
    wrong: dict[str, Any] = {
        "name": 7,
        "price": "7",
        "status_id": "7",
        "pipeline_id": 7.5,
        "loss_reason_id": [7],
        "responsible_user_id": {"id": 7},
        "created_by": True,
        "updated_by": "0",
        "created_at": "2020-01-01",
        "updated_at": False,
        "closed_at": "now",
        "visitor_uid": 7,
        "custom_fields_values": "x",
        "tags_to_add": "x",
        "_embedded": 7,
    }
    answer = await api.call("POST", LEADS, json=[{}, wrong])
    (entity,) = answer.json()["validation-errors"]
    named = {(fault["path"], fault["code"]) for fault in entity["errors"]}

    assert entity["request_id"] == "1"
    first = {(name, "InvalidType") for name in wrong} - {
        # Read by rules of their own, once the rest is sound.
        ("custom_fields_values", "InvalidType"),
        ("tags_to_add", "InvalidType"),
    }
    assert first <= named
    for name in ("custom_fields_values", "tags_to_add"):
        answer = await api.call("POST", LEADS, json=[{name: "x"}])
        (entity,) = answer.json()["validation-errors"]
        assert [(f["path"], f["code"]) for f in entity["errors"]] == [(name, "InvalidType")]
    assert await api.count("leads") == 0


async def test_hostile_numbers(api: Api) -> None:
    refused = [
        *('"price": 1e400', '"price": -1e400', '"price": 1e308', '"price": 10000000000001'),
        *('"price": ' + "9" * 4000, '"price": ' + "9" * 5000, '"status_id": 1e3000'),
        *('"status_id": 9223372036854775808', '"status_id": -1', '"pipeline_id": 1e18'),
        *('"created_at": -1', '"created_at": 253402300800', '"created_at": 1.5'),
        *('"responsible_user_id": 99999999999999999999', '"created_by": 1e-5'),
    ]
    for member in refused:
        status, _ = await post(api, f"[{{{member}}}]")
        assert status == 400, member[:60]
    accepted = {
        '"price": -0': 0,
        '"price": -0.0': 0,
        '"price": 1e2': 100,
        '"price": 1E+2': 100,
        '"price": 0.000000000000000000000000001': 0,
        '"price": 100.00000000000000000000000001': 100,
    }
    for member, price in accepted.items():
        status, body = await post(api, f"[{{{member}}}]")
        assert status == 200, member
        lead = await api.lead(body["_embedded"]["leads"][0]["id"])
        assert lead["price"] == price, member
        assert str(lead["price_with_minor_units"]) != "-0.0"
    assert await api.count("leads") == len(accepted)


async def test_hostile_text(api: Api) -> None:
    accepted = [
        *("\u202eabc", "\u200b", "\ufeff", "\uffff", "e\u0301", "\x7f", "\x1b[2J", "\u2028"),
        *("'; drop table leads; --", "{{7*7}}", "${x}", "%s%n", "../../etc/passwd", "\r\nSet: x"),
    ]
    ids = await api.add_leads(*({"name": name} for name in accepted))
    assert [(await api.lead(one))["name"] for one in ids] == accepted

    for member in ('"name": "a\\u0000b"', '"visitor_uid": "\\u0000"'):
        status, body = await post(api, f"[{{{member}}}]")
        assert status == 400
        assert body["validation-errors"][0]["errors"][0]["code"] == "InvalidCharacters"
    tag = {"tags_to_add": [{"name": "a\0b"}]}
    assert (await api.call("POST", LEADS, json=[tag])).status_code == 400
    assert await api.count("leads") == len(accepted)


async def test_hostile_shapes(api: Api) -> None:
    deep: Any = {}
    for _ in range(400):
        deep = {"a": deep, "b": [deep] if not deep else []}
    many = {f"member {n}": n for n in range(20_000)}
    accepted: list[Any] = [{"unknown": deep}, many, {"request_id": {"deep": deep}}, {"": 1}]
    for lead in accepted:
        assert (await api.call("POST", LEADS, json=[lead])).status_code == 200
    refused: list[Any] = [
        {"tags_to_add": [{"name": "x"}] * 1000 + [7]},
        {"_embedded": {"contacts": [{}] * 300}},
        {"custom_fields_values": [[]] * 1000},
        {"custom_fields_values": [{"field_id": 1, "values": [deep]}]},
        {"_embedded": {"tags": [deep]}},
    ]
    for lead in refused:
        assert (await api.call("POST", LEADS, json=[lead])).status_code == 400
    assert await api.count("leads") == len(accepted)


async def test_members_that_stand_twice_count_once(api: Api) -> None:
    status, body = await post(api, '[{"name": "first", "name": "second"}]')

    assert status == 200
    assert (await api.lead(body["_embedded"]["leads"][0]["id"]))["name"] == "second"


async def test_request_ids_of_any_kind_are_answered_as_text(api: Api) -> None:
    sent: list[Any] = ["x", "", 7, 7.5, None, True, [], {}]
    answer = await api.call("POST", LEADS, json=[{"request_id": one} for one in sent])

    echoed = [one["request_id"] for one in answer.json()["_embedded"]["leads"]]
    assert echoed[:3] == ["x", "", "7"]
    assert all(isinstance(one, str) for one in echoed)


async def test_routes_and_methods(api: Api) -> None:
    table: list[tuple[str, str, int]] = [
        ("GET", "/api/v4/nonsense", 404),
        ("DELETE", "/api/v4/calls/5!", 404),
        ("GET", "/api/v4", 404),
        ("GET", "/api/v4/", 404),
        ("GET", "/api/v4x", 404),
        ("GET", "/api/v4/leads/abc", 404),
        ("GET", "/api/v4/leads/-1", 404),
        ("GET", "/api/v4/leads/1.0", 404),
        ("GET", "/api/v4/leads/1/2/3", 404),
        ("GET", "/api/v4/%2E%2E/v4/leads", 404),
        ("GET", "/api/v4/Leads", 404),
        ("GET", "/api/v4/leads%00", 404),
        ("GET", "/api/v4/" + "a" * 3000, 404),
        ("DELETE", "/api/v4/leads/1", 405),
        ("DELETE", "/api/v4/leads", 405),
        ("PUT", "/api/v4/leads", 405),
        ("POST", "/api/v4/account", 405),
        ("POST", "/api/v4/leads/1", 405),
        ("OPTIONS", "/api/v4/leads", 405),
        ("TRACE", "/api/v4/leads", 405),
        ("NONSENSE", "/api/v4/leads", 405),
        ("GET", "//api/v4/leads", 204),
        ("GET", "/api/v4/leads/", 204),
        ("GET", "/api//v4///leads//", 204),
        ("GET", "/api/v4/%6Ceads", 204),
        ("GET", "/api/v4/leads%2F1", 204),
        ("HEAD", "/api/v4/account", 200),
        ("HEAD", "/api/v4/leads", 204),
    ]
    for method, path, status in table:
        answer = await api.call(method, path)
        assert answer.status_code == status, (method, path)
        if status == 404:
            assert answer.json()["title"] == "Not Found"
        else:
            assert answer.content == b"" or status == 200


async def test_unknown_routes_and_methods_answer_in_the_contracts_words(api: Api) -> None:
    missing = await api.call("DELETE", "/api/v4/calls/5!")
    assert missing.json() == {
        "title": "Not Found",
        "type": "https://httpstatus.es/404",
        "status": 404,
        "detail": "Cannot DELETE https://acme.grantway.test/api/v4/calls/5!",
    }
    wrong = await api.call("DELETE", LEADS)
    assert (wrong.status_code, wrong.content) == (405, b"")
    assert wrong.headers["allow"] == "GET, HEAD, OPTIONS, PATCH, POST"
    assert "content-type" not in wrong.headers


async def test_head_is_get_without_its_body(api: Api) -> None:
    get = await api.get("/api/v4/account")
    head = await api.call("HEAD", "/api/v4/account")

    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["content-type"] == get.headers["content-type"]


async def test_queries_are_bounded(api: Api) -> None:
    (lead_id,) = await api.add_leads({"name": "x"})
    longest = "query=x&" + "a=" + "b" * (16 * 1024 - 10)
    assert len(longest) == 16 * 1024
    assert await api.lead_ids(longest) == [lead_id]
    too_long = await api.get(f"{LEADS}?{longest}b")
    assert too_long.status_code == 400
    assert "16384" in too_long.json()["detail"]
    many = "&".join(f"filter[id][]={n}" for n in range(900))
    assert await api.lead_ids(f"filter[id][]={lead_id}&{many}") == [lead_id]
    commas = ",".join(str(n) for n in range(3000))
    assert await api.lead_ids(f"filter[id]={commas}") == [lead_id]
    deep = "filter" + "[a]" * 4000 + "=1"
    assert await api.lead_ids(deep) == [lead_id]


async def test_a_body_of_get_is_ignored(api: Api) -> None:
    for content in ("{}", "nonsense", b"\xff" * 100):
        answer = await api.call("GET", "/api/v4/account", content=content)
        assert answer.status_code == 200


async def test_a_connection_that_ends_before_its_body_changes_nothing(api: Api) -> None:
    messages: Iterator[dict[str, Any]] = iter(
        [
            {"type": "http.request", "body": b'[{"name": "half', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def cut(scope: Any, _: Any, send: Any) -> None:
        async def receive() -> dict[str, Any]:
            return next(messages)

        await api.platform.front(scope, receive, send)

    answer = await api.call("POST", LEADS, content=b"x", front=cut)
    assert answer.status_code == 400
    assert await api.count("leads") == 0


async def test_foreign_pages_get_no_leave_to_read(api: Api) -> None:
    for origin in ("https://evil.test", "null", "https://acme.grantway.test", ""):
        answer = await api.get("/api/v4/account", headers={"origin": origin})
        asked = await api.call("OPTIONS", LEADS, token=None, headers={"origin": origin})
        for one in (answer, asked):
            assert not [name for name in one.headers if name.startswith("access-control")]
    own = {"origin": "https://www.grantway.test"}
    answer = await api.get("/api/v4/account", headers=own)
    assert answer.headers["access-control-allow-origin"] == "https://www.grantway.test"
    assert "access-control-allow-credentials" not in answer.headers
    asked = await api.call("OPTIONS", LEADS, token=None, headers=own)
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-methods"] == "GET, PATCH, POST"


async def test_strict_servers_read_the_same_sound_requests(open_api: OpenApi) -> None:
    api = await open_api(is_strict=True)
    (lead_id,) = await api.add_leads({"name": "x", "unknown": 1})

    assert (await api.lead(lead_id))["name"] == "x"
