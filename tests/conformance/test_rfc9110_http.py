"""RFC 9110 and 9112: what a server of HTTP must do, where the API has a choice to go wrong."""

from typing import Any

from tests.integration.api_client import Api

ACCOUNT = "/api/v4/account"


async def test_rfc9110_9_3_2_head_must_not_have_a_body_and_should_have_the_headers_of_get(
    api: Api,
) -> None:
    get, head = [await api.call(method, ACCOUNT) for method in ("GET", "HEAD")]

    assert head.content == b""
    for name in ("content-length", "content-type", "cache-control"):
        assert head.headers[name] == get.headers[name]


async def test_rfc9110_11_1_the_scheme_must_be_read_in_any_case(api: Api) -> None:
    for scheme in ("bearer", "BEARER"):
        headers = {"authorization": f"{scheme} {api.acme.token}"}
        assert (await api.get(ACCOUNT, token=None, headers=headers)).status_code == 200


async def test_rfc9110_15_3_5_a_204_must_not_have_a_body_or_its_length(api: Api) -> None:
    answer = await api.get("/api/v4/leads")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not {"content-length", "content-type"} & set(answer.headers)


async def test_rfc9110_15_5_2_a_401_must_have_a_challenge(api: Api) -> None:
    assert "www-authenticate" in (await api.get(ACCOUNT, token="x")).headers


async def test_rfc9110_15_5_6_a_405_must_say_what_is_allowed(api: Api) -> None:
    answer = await api.call("DELETE", ACCOUNT)

    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_rfc9112_3_2_two_hosts_must_be_answered_by_400(api: Api) -> None:
    async def front(scope: Any, receive: Any, send: Any) -> None:
        scope["headers"] = [*scope["headers"], (b"host", b"bolt.grantway.test")]
        await api.platform.front(scope, receive, send)

    assert (await api.get(ACCOUNT, front=front)).status_code == 400
    assert (await api.get(ACCOUNT)).status_code == 200
