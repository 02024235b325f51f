"""The API behind the real server, byte by byte (S-174 to S-177; RFC 9112)."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator

import pytest

from grantway.app import Application
from grantway.asgi import requests
from grantway.cli.serving import serve_here
from tests.integration.api_client import ADDRESSES, NOW, Api, settings

HOST = b"Host: acme.grantway.test\r\n"


class Wire:
    """Speaks raw HTTP to the server."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self.auth = f"Authorization: Bearer {token}\r\n".encode()

    async def send(self, *pieces: bytes, seconds: float = 10) -> tuple[int, bytes, bytes]:
        """Send bytes on a connection of its own; return status, head and body of the answer.

        The status is 0 when the server closed without a word.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), seconds)
        except (ConnectionError, asyncio.IncompleteReadError):
            return 0, b"", b""
        else:
            lower = head.lower()
            length = 0
            if b"content-length: " in lower:
                length = int(lower.split(b"content-length: ")[1].split(b"\r\n")[0])
            body = b""
            if length and not pieces[0].startswith(b"HEAD"):
                body = await asyncio.wait_for(reader.readexactly(length), seconds)
            return int(head.split()[1]), head, body
        finally:
            writer.close()

    async def drip(
        self, start: bytes, body: bytes, *, pause: float
    ) -> tuple[int, bytes, bytes, float]:
        """Send a body byte by byte until it ends or the server answers.

        Return status, head and body of the answer, and after how many seconds it came.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        began = time.monotonic()
        writer.write(start)
        answered = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
        for n in range(len(body)):
            writer.write(body[n : n + 1])
            await asyncio.wait([answered], timeout=pause)
            if answered.done():
                break
        head = await asyncio.wait_for(answered, 10)
        took = time.monotonic() - began
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        answer = await asyncio.wait_for(reader.readexactly(length), 10)
        writer.close()
        return int(head.split()[1]), head, answer, took

    async def get(self, target: bytes, *more: bytes) -> tuple[int, bytes, bytes]:
        return await self.send(
            b"GET " + target + b" HTTP/1.1\r\n" + HOST + self.auth + b"".join(more) + b"\r\n"
        )

    async def is_well(self) -> bool:
        status, _, body = await self.get(b"/api/v4/account")
        return status == 200 and json.loads(body)["subdomain"] == "acme"


@pytest.fixture
async def wire(api: Api) -> AsyncIterator[Wire]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen = settings(api.platform.settings.database, listen="127.0.0.1", port=port)
    async with serve_here(Application(api.platform), chosen):
        yield Wire(port, api.acme.token)
        await asyncio.sleep(0.05)  # for the server to see that its clients have gone


async def test_odd_targets(wire: Wire) -> None:
    table = {
        b"/api/v4/account": 200,
        b"//api/v4/account": 200,
        b"/api/v4/account?": 200,
        b"/api/v4/account#fragment": (200, 400, 404),
        b"/api/v4/%61ccount": 200,
        b"/api/v4/acc%FFount": 404,
        b"/api/v4/acc%00ount": 404,
        b"/api/v4/%ED%A0%80": 404,
        b"/api/v4/%": 404,
        b"/api/v4/%zz": 404,
        b"/api/v4/\xff\xfe": (400, 404),
        b"/api/v4/" + b"a" * 20_000: (400, 404, 414, 431),
        b"/api/v4/leads?query=%FF%FE": 204,
        b"/api/v4/leads?query=\xc3\xa4": (204, 400),
        b"/api/v4/leads?" + b"a" * 17_000: 400,
        b"https://bolt.grantway.test/api/v4/account": (200, 400, 401),
        b"*": (400, 404),
    }
    for target, expected in table.items():
        status, head, _ = await wire.get(target)
        allowed = expected if isinstance(expected, tuple) else (expected,)
        assert status in allowed, (target[:60], status)
        if status not in {204, 0} and b"x-request-id" in head:
            assert head.lower().count(b"\r\nx-request-id: ") == 1
    assert await wire.is_well()


async def test_ambiguous_framing_is_refused(wire: Wire, api: Api) -> None:
    body = b'[{"name":"x"}]'
    start = b"POST /api/v4/leads HTTP/1.1\r\n" + HOST + wire.auth
    chunked = b"Transfer-Encoding: chunked\r\n"
    length = b"Content-Length: %d\r\n" % len(body)
    chunks = b"7\r\n" + body[:7] + b"\r\n7\r\n" + body[7:] + b"\r\n0\r\n\r\n"
    refused = {
        "length twice, differing": start + length + b"Content-Length: 3\r\n\r\n" + body,
        "length with a sign": start + b"Content-Length: +14\r\n\r\n" + body,
        "length with a word": start + b"Content-Length: 14, 3\r\n\r\n" + body,
        "negative length": start + b"Content-Length: -1\r\n\r\n" + body,
        "bad chunk size": start + chunked + b"\r\nzz\r\n" + body + b"\r\n0\r\n\r\n",
        "space before colon": start + b"X-Odd : 1\r\n" + length + b"\r\n" + body,
        "no colon": start + b"odd\r\n" + length + b"\r\n" + body,
        "NUL in a header": start + b"X-Odd: a\0b\r\n" + length + b"\r\n" + body,
        "chunks twice": start + chunked + chunked + b"\r\n" + chunks,
        "compressed chunks": start + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunks,
        "unknown coding": start + b"Transfer-Encoding: x\r\n" + length + b"\r\n" + body,
        "two hosts": start + b"Host: bolt.grantway.test\r\n" + length + b"\r\n" + body,
    }
    for name, request in refused.items():
        status, _, _ = await wire.send(request)
        assert status in {0, 400}, (name, status)
    assert await api.count("leads") == 0
    status, _, _ = await wire.send(start + length + b"\r\n" + body)
    assert status == 200
    status, _, _ = await wire.send(start + chunked + b"\r\n" + chunks)
    assert status == 200
    assert await api.count("leads") == 2


async def test_chunks_decide_where_a_length_is_announced_as_well(wire: Wire, api: Api) -> None:
    body = b'[{"name":"x"}]'
    both = b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
    start = b"POST /api/v4/leads HTTP/1.1\r\n" + HOST + wire.auth
    chunks = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    hidden = b"POST /api/v4/leads HTTP/1.1\r\n" + HOST + b"\r\n"
    status, _, _ = await wire.send(start + both + chunks + hidden)

    # RFC 9112, 6.3: one reading and no other.
    assert status in {200, 400}
    assert await api.count("leads") == (status == 200)


async def test_hosts_on_the_wire(wire: Wire) -> None:
    line = b"GET /api/v4/account HTTP/1.1\r\n"
    without, _, _ = await wire.send(line + wire.auth + b"\r\n")
    old, _, _ = await wire.send(b"GET /api/v4/account HTTP/1.0\r\n" + HOST + wire.auth + b"\r\n")
    other, _, _ = await wire.send(line + b"Host: bolt.grantway.test\r\n" + wire.auth + b"\r\n")

    assert without in {0, 400, 404}
    assert old == 200
    assert other == 401


async def test_big_requests_are_cut(wire: Wire, api: Api) -> None:
    start = b"POST /api/v4/leads HTTP/1.1\r\n" + HOST + wire.auth
    announced = start + b"Content-Length: 99999999999\r\n\r\n"
    status, _, body = await wire.send(announced)
    assert status == 413
    assert json.loads(body)["title"] == "Request Entity Too Large"
    flood = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    status, _, _ = await wire.send(
        start + b"Transfer-Encoding: chunked\r\n\r\n", *([flood] * 80), b"0\r\n\r\n"
    )
    assert status in {0, 413}
    many = b"".join(b"X-%d: x\r\n" % n for n in range(5_000))
    status, _, _ = await wire.get(b"/api/v4/account", many)
    assert status in {0, 400, 431}
    huge = b"Authorization: Bearer " + b"x" * 500_000 + b"\r\n"
    status, _, _ = await wire.send(b"GET /api/v4/account HTTP/1.1\r\n" + HOST + huge + b"\r\n")
    assert status in {0, 400, 401, 431}
    assert await api.count("leads") == 0
    assert await wire.is_well()


async def test_a_body_that_never_ends_is_nobody_elses_trouble(wire: Wire, api: Api) -> None:
    start = b"POST /api/v4/leads HTTP/1.1\r\n" + HOST + wire.auth + b"Content-Length: 100\r\n\r\n"
    port = wire._port  # noqa: SLF001 - left open on purpose
    stuck = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
    for _, writer in stuck:
        writer.write(start + b'[{"name":')
    await asyncio.sleep(0.05)
    assert await wire.is_well()
    for _, writer in stuck:
        writer.close()
    await asyncio.sleep(0.05)

    assert await api.count("leads") == 0
    assert await wire.is_well()


async def test_a_body_that_drips_is_cut_and_a_slow_one_in_time_is_taken(
    wire: Wire, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "BODY_SECONDS", 1)
    body = b'[{"name":"drop by drop"}]'
    start = b"POST /api/v4/leads HTTP/1.1\r\n" + HOST + wire.auth
    framings = {
        b"Content-Length: %d\r\n\r\n" % len(body): body,
        b"Transfer-Encoding: chunked\r\n\r\n": b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n",
    }
    for n, (framing, sent) in enumerate(framings.items()):
        # It is never idle for long, and it is all of it that has to come in time.
        dripping = asyncio.create_task(wire.drip(start + framing, sent, pause=0.1))
        await asyncio.sleep(0.3)
        assert await wire.is_well(), "a request that waits for its body holds up nobody"
        status, head, answer, took = await dripping

        assert (status, json.loads(answer)) == (
            408,
            {
                "title": "Request Timeout",
                "type": "https://httpstatus.es/408",
                "status": 408,
                "detail": "The body must arrive within 1 seconds",
            },
        )
        assert b"content-type: application/problem+json" in head.lower()
        assert 0.9 < took < 2
        assert await api.count("leads") == n

        status, _, answer, took = await wire.drip(start + framing, sent, pause=0.01)
        assert (status, took > 0.2) == (200, True), answer
        assert await api.count("leads") == n + 1


async def test_what_comes_after_the_answer_to_a_dripping_body_is_no_request(
    wire: Wire, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.2)
    hidden = b"POST /api/v4/leads HTTP/1.1\r\n" + HOST + wire.auth
    hidden += b'Content-Length: 16\r\n\r\n[{"name":"late"}]'
    start = b"POST /api/v4/leads HTTP/1.1\r\n" + HOST + wire.auth
    start += b"Content-Length: %d\r\n\r\n" % (len(hidden) + 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", wire._port)  # noqa: SLF001
    writer.write(start + b" ")
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.write(hidden)
    await asyncio.sleep(0.3)
    writer.close()

    assert head.split()[1] == b"408"
    assert await api.count("leads") == 0
    assert await wire.is_well()


async def test_a_form_that_drips_is_cut_too(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.3)
    form = b"email=alice%40acme.example&password=" + b"x" * 20
    start = (
        b"POST /sign-in HTTP/1.1\r\nHost: accounts.grantway.test\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: %d\r\n\r\n" % len(form)
    )
    slow, head, _, _ = await wire.drip(start, form, pause=0.1)
    # It is read, and refused for another reason: no page of ours has sent it.
    timely, _, _, _ = await wire.drip(start, form, pause=0.001)

    assert (slow, timely) == (408, 403)
    assert b"content-type: text/html" in head.lower()


async def test_head_and_empty_answers_carry_no_body(wire: Wire) -> None:
    line = b" HTTP/1.1\r\n" + HOST + wire.auth + b"\r\n"
    status, head, _ = await wire.send(b"HEAD /api/v4/account" + line)
    assert (status, head.lower().count(b"content-length")) == (200, 1)
    status, head, body = await wire.send(b"GET /api/v4/leads" + line)
    assert (status, body) == (204, b"")
    assert b"content-length" not in head.lower()
    status, head, body = await wire.send(b"DELETE /api/v4/leads" + line)
    assert (status, body) == (405, b"")
    assert b"allow: get, head, options, patch, post" in head.lower()


def test_the_cast_lives_at_the_addresses_of_these_tests() -> None:
    assert ADDRESSES.authority("acme").encode() in HOST
    assert NOW > 0
