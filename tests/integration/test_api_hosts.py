"""Which host answers what (contract C-7, C-10; S-101, S-102)."""

from typing import Any

import httpx

from tests.integration.api_client import Api
from tests.integration.conftest import OpenApi

ACCOUNT = "/api/v4/account"


async def ask(api: Api, *hosts: bytes, path: str = ACCOUNT, token: str | None = None) -> Any:
    """Send a request whose Host headers are exactly *hosts*."""

    async def front(scope: Any, receive: Any, send: Any) -> None:
        others = [one for one in scope["headers"] if one[0] != b"host"]
        scope["headers"] = [*((b"host", host) for host in hosts), *others]
        await api.platform.front(scope, receive, send)

    answer: httpx.Response = await api.get(path, front=front, token=token or api.acme.token)
    return answer


async def test_the_spelling_of_a_host(api: Api) -> None:
    same = [
        *(b"acme.grantway.test", b"ACME.grantway.TEST", b"acme.grantway.test."),
        *(b"acme.grantway.test:443", b"acme.grantway.test:8000", b"acme.grantway.test:"),
    ]
    for host in same:
        assert (await ask(api, host)).status_code == 200, host
    for host in (b"api.grantway.test", b"API.grantway.test:443", b"grantway.test"):
        assert (await ask(api, host)).json()["subdomain"] == "acme", host
    others = [
        *(b"bolt.grantway.test", b"nosuch.grantway.test", b"alice@acme.grantway.test"),
        *(b"acme\x00.grantway.test", b" acme.grantway.test", b"-.grantway.test"),
    ]
    for host in others:
        assert (await ask(api, host)).status_code == 401, host


async def test_hosts_that_are_none_of_ours_have_no_api(api: Api) -> None:
    hosts = [
        *(b"", b".", b"..", b":", b"acme", b"127.0.0.1", b"127.0.0.1:443", b"[::1]", b"[::1]:443"),
        *(b"acme.grantway.test.evil.test", b"evil.test", b"acme.evil.test", b"a.b.grantway.test"),
        *(b".grantway.test", b"acme.grantway.test@evil.test", b"acme.grantway.test/api"),
        *(b"xacme.grantway.testx", b"acmegrantway.test", b"\xff\xfe.grantway.tes", b"[acme"),
        *(b"acme.grantway.test, evil.test", b"a" * 5000),
    ]
    for host in hosts:
        answer = await ask(api, host)
        assert 400 <= answer.status_code < 500, host
        assert b"Alice" not in answer.content
        assert "acme@" not in answer.text
    assert (await ask(api)).status_code == 404
    for label in ("www", "accounts", "static"):
        assert (await api.get(ACCOUNT, host=label)).status_code == 404


async def test_two_host_headers_are_refused(api: Api) -> None:
    answer = await ask(api, b"acme.grantway.test", b"bolt.grantway.test")
    assert (answer.status_code, answer.json()["detail"]) == (400, "Send exactly one Host header")
    assert (await ask(api, b"acme.grantway.test", b"acme.grantway.test")).status_code == 400
    assert (await ask(api, b"acme.grantway.test")).status_code == 200


async def test_no_header_of_a_client_moves_a_request_or_an_address(api: Api) -> None:
    forwarding = {
        "x-forwarded-host": "bolt.grantway.test",
        "forwarded": "host=bolt.grantway.test;proto=http",
        "x-forwarded-proto": "http",
        "x-forwarded-port": "8080",
        "x-original-url": "/api/v4/users",
        "x-rewrite-url": "/api/v4/users",
        "x-http-method-override": "DELETE",
    }
    answer = await api.get(ACCOUNT, headers=forwarding)

    assert answer.json()["_links"] == {"self": {"href": f"https://acme.grantway.test{ACCOUNT}"}}


async def test_addresses_never_come_from_the_request(api: Api) -> None:
    for host in (b"acme.grantway.test:9999", b"ACME.GRANTWAY.TEST", b"api.grantway.test:1"):
        answer = await ask(api, host)
        assert answer.json()["_links"]["self"]["href"] == f"https://acme.grantway.test{ACCOUNT}"


async def test_the_source_is_believed_from_configured_proxies_alone(open_api: OpenApi) -> None:
    direct = await open_api()
    behind = await open_api(trusted_proxies=("10.0.0.0/8", "2001:db8::/32"))

    async def noted(api: Api, peer: str, *forwarded: str) -> str:
        token, grant_id = await api.issue()
        headers = [("x-forwarded-for", one) for one in forwarded]
        answer = await api.get(ACCOUNT, token=token, source=peer, headers=headers)
        assert answer.status_code == 200
        await api.platform.usage.finish()
        async with api.db.read() as reader:
            found: str = await reader.value(
                "select last_used_from from grants where id = :id", id=grant_id
            )
        return found

    assert await noted(direct, "10.0.0.1", "198.51.100.7") == "10.0.0.1"
    assert await noted(behind, "192.0.2.1", "198.51.100.7") == "192.0.2.1"
    assert await noted(behind, "10.0.0.1", "198.51.100.7") == "198.51.100.7"
    assert await noted(behind, "10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2") == "198.51.100.7"
    assert await noted(behind, "10.0.0.1", "6.6.6.6", "198.51.100.7") == "198.51.100.7"
    assert await noted(behind, "10.0.0.1") == "10.0.0.1"
    assert await noted(behind, "2001:db8::1", "2001:db9::7") == "2001:db9::7"


async def test_health_is_told_without_a_secret_and_metrics_are_closed(
    api: Api, open_api: OpenApi
) -> None:
    watched = await open_api(metrics_token="a-metrics-token")
    for path, body in (
        ("/health/live", b'{"status":"alive"}'),
        ("/health/ready", b'{"status":"ready"}'),
    ):
        answer = await api.get(path, token=None)
        assert (answer.status_code, answer.content) == (200, body)
        head = await api.call("HEAD", path, token=None)
        assert (head.status_code, head.content) == (200, b"")
    for one, token in (
        (api, None),
        (api, "None"),
        (watched, None),
        (watched, "wrong"),
        (watched, ""),
    ):
        assert (await one.get("/metrics", token=token)).status_code == 404
    await watched.call("FORGED\u0041METHOD" * 3, ACCOUNT)
    shown = await watched.get("/metrics", token="a-metrics-token")
    assert shown.status_code == 200
    assert "grantway_requests_total{" in shown.text
    assert "FORGED" not in shown.text
