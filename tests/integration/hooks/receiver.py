"""A receiver of hooks that behaves as its path says: well, or in every bad way there is."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from socket import SO_LINGER, SOL_SOCKET

import msgspec

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Received(msgspec.Struct, frozen=True):
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Receiver:
    """Listens on loopback and keeps what came; answers after *pause* seconds."""

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        self.port = 0
        self.received: list[Received] = []
        self.connections = 0
        self.written = 0
        self.resume = asyncio.Event()

    def paths(self) -> list[str]:
        return [one.path for one in self.received]

    async def serve(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            try:
                request = await _read(reader)
                self.received.append(request)
                await asyncio.sleep(self.pause)
                behave = BEHAVIOURS.get(request.path.split("/")[1], _answer)
                await behave(self, request, writer)
            finally:
                writer.close()

    async def send(self, writer: Writer, data: bytes) -> None:
        writer.write(data)
        self.written += len(data)
        await writer.drain()


async def _read(reader: Reader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, target, _ = first.split(" ")
    return Received(method, target, headers, body)


async def _answer(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.send(writer, OK)


async def _status(receiver: Receiver, request: Received, writer: Writer) -> None:
    number = request.path.split("/")[2]
    await receiver.send(
        writer, f"HTTP/1.1 {number} X\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n".encode()
    )


async def _redirect(receiver: Receiver, request: Received, writer: Writer) -> None:
    location = f"http://127.0.0.1:{receiver.port}/redirect"
    await receiver.send(
        writer, f"HTTP/1.1 302 X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    )


async def _hang(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.resume.wait()
    await receiver.send(writer, OK)


async def _drip(data: bytes, receiver: Receiver, writer: Writer) -> None:
    while True:
        await receiver.send(writer, data)
        await asyncio.sleep(0.1)


async def _drip_status(receiver: Receiver, request: Received, writer: Writer) -> None:
    for byte in b"HTTP/1.1 200 OK but it takes its time":
        await receiver.send(writer, bytes([byte]))
        await asyncio.sleep(0.1)


async def _drip_headers(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.send(writer, b"HTTP/1.1 200 OK\r\n")
    await _drip(b"X: y\r\n", receiver, writer)


async def _drip_body(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.send(writer, b"HTTP/1.1 200 OK\r\n\r\n")
    await _drip(b"x", receiver, writer)


async def _drip_early(receiver: Receiver, request: Received, writer: Writer) -> None:
    await _drip(b"HTTP/1.1 103 Early Hints\r\n\r\n", receiver, writer)


async def _flood(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.send(writer, b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await receiver.send(writer, b"x" * 65536)


async def _flood_headers(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.send(writer, b"HTTP/1.1 200 OK\r\n")
    while True:
        await receiver.send(writer, b"X: yyyyyyyyyyyyyyyyyyyyyyy\r\n" * 1000)


async def _flood_line(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.send(writer, b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        await receiver.send(writer, b"y" * 65536)


async def _zip(receiver: Receiver, request: Received, writer: Writer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\n"
    await receiver.send(writer, head + b"no gzip")


async def _reset(receiver: Receiver, request: Received, writer: Writer) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, linger)
    writer.transport.abort()


async def _close(receiver: Receiver, request: Received, writer: Writer) -> None:
    """Say nothing."""


async def _garbage(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.send(writer, b"220 mail.example ESMTP\r\n")


async def _half(receiver: Receiver, request: Received, writer: Writer) -> None:
    await receiver.send(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


BEHAVIOURS: dict[str, Callable[[Receiver, Received, Writer], Awaitable[None]]] = {
    "status": _status,
    "redirect": _redirect,
    "hang": _hang,
    "drip-status": _drip_status,
    "drip-headers": _drip_headers,
    "drip-body": _drip_body,
    "drip-early": _drip_early,
    "flood": _flood,
    "flood-headers": _flood_headers,
    "flood-line": _flood_line,
    "zip": _zip,
    "reset": _reset,
    "close": _close,
    "garbage": _garbage,
    "half": _half,
}


@asynccontextmanager
async def receiving(
    tls: ssl.SSLContext | None = None, *, pause: float = 0.0
) -> AsyncIterator[Receiver]:
    """Listen until the block has been left."""
    receiver = Receiver(pause)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: Reader, writer: Writer) -> None:
        task = asyncio.create_task(receiver.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for one in list(tasks):
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
