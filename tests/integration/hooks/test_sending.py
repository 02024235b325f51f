"""One call to the outside, against receivers of every kind (S-156 to S-164, S-216)."""

import asyncio
import ssl
import threading
import time
from pathlib import Path

import pytest

from grantway.demo.authority import certificates
from grantway.hooks.addresses import Rules, Target
from grantway.hooks.model import Answered, Failed, Outcome, Why
from grantway.hooks.names import LookUp, Names
from grantway.hooks.sender import DEADLINE, Call, Sender
from grantway.kernel.addresses import Addresses
from tests.concurrency.processes import free_port
from tests.integration.hooks.receiver import Receiver, receiving

OWN = Addresses("https", "grantway.test", 443)
LATE = DEADLINE + 0.4  # what a busy machine adds
NAME = "receiver.test"
NOW = int(time.time())


def sender_to(
    *ports: int, look_up: LookUp | None = None, trust: ssl.SSLContext | None = None
) -> Sender:
    pairs = frozenset(Target("127.0.0.1", port) for port in ports)
    names = Names(look_up or (lambda host, port: ["127.0.0.1"]))
    return Sender(Rules(OWN, pairs), names=names, trust=trust)


async def send(
    receiver: Receiver, path: str, *, method: str = "GET", json: bytes | None = None
) -> Outcome:
    uri = f"http://127.0.0.1:{receiver.port}{path}"
    headers = {} if json is None else {"Content-Type": "application/json"}
    call = Call(account_id=1, method=method, uri=uri, body=json, headers=headers)
    return await sender_to(receiver.port).send(call)


async def ask(sender: Sender, uri: str, *, account_id: int = 1) -> Outcome:
    return await sender.send(Call(account_id=account_id, method="GET", uri=uri))


async def test_a_call_arrives_as_it_was_written(receiver: Receiver) -> None:
    outcome = await send(receiver, "/off?a=%20b&account_id=7")

    assert isinstance(outcome, Answered)
    assert outcome.status == 200
    assert 0 <= outcome.milliseconds < 1000
    (got,) = receiver.received
    assert (got.method, got.target, got.body) == ("GET", "/off?a=%20b&account_id=7", b"")
    assert got.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "user-agent": "amoService-oAuth-Code-Sender/1.0",
        "accept": "*/*",
        "connection": "close",
    }


async def test_json_is_posted(receiver: Receiver) -> None:
    await send(receiver, "/keys", method="POST", json=b'{"client_id":"c"}')

    (got,) = receiver.received
    assert (got.method, got.body) == ("POST", b'{"client_id":"c"}')
    assert got.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 204, 400, 404, 500, 503])
async def test_any_status_is_an_answer(receiver: Receiver, status: int) -> None:
    outcome = await send(receiver, f"/status/{status}")

    assert isinstance(outcome, Answered)
    assert outcome.status == status


async def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    outcome = await send(receiver, "/redirect")

    assert isinstance(outcome, Answered)
    assert outcome.status == 302
    assert receiver.connections == 1


async def test_nothing_of_one_call_is_in_the_next(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:1")
    sender = sender_to(receiver.port)
    for _ in range(2):
        await ask(sender, f"http://127.0.0.1:{receiver.port}/status/200")

    assert receiver.connections == 2
    assert [one.headers.get("cookie") for one in receiver.received] == [None, None]


async def test_nothing_is_unpacked(receiver: Receiver) -> None:
    assert isinstance(await send(receiver, "/zip"), Answered)


async def test_every_way_to_be_slow_is_cut_at_the_deadline(receiver: Receiver) -> None:
    slow = ["hang", "drip-status", "drip-headers", "drip-body", "drip-early"]
    began = time.monotonic()
    outcomes = await asyncio.gather(*(send(receiver, f"/{kind}") for kind in slow))
    took = time.monotonic() - began

    assert [getattr(one, "why", None) for one in outcomes] == [Why.TOO_LATE] * len(slow)
    assert all(DEADLINE * 1000 <= one.milliseconds < LATE * 1000 for one in outcomes)
    assert took < LATE + 0.5
    assert receiver.connections == len(slow)


async def test_a_connection_that_never_speaks_tls_is_cut(receiver: Receiver) -> None:
    outcome = await ask(sender_to(receiver.port), f"https://{NAME}:{receiver.port}/")

    assert isinstance(outcome, Failed)
    assert outcome.why in {Why.NO_TLS, Why.TOO_LATE}

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with silent:
        port = silent.sockets[0].getsockname()[1]
        outcome = await ask(sender_to(port), f"https://{NAME}:{port}/")
    assert isinstance(outcome, Failed)
    assert outcome.why is Why.TOO_LATE
    assert outcome.milliseconds < LATE * 1000


@pytest.mark.parametrize("kind", ["flood", "flood-headers", "flood-line"])
async def test_who_sends_without_end_is_not_listened_to(receiver: Receiver, kind: str) -> None:
    outcome = await send(receiver, f"/{kind}")

    assert outcome.milliseconds < 1500
    assert receiver.written < 16 * 1024 * 1024  # what sockets hold on both sides
    if kind == "flood":
        assert isinstance(outcome, Answered)
    else:
        assert isinstance(outcome, Failed)
        assert outcome.why is Why.NO_ANSWER


@pytest.mark.parametrize("kind", ["reset", "close", "garbage", "half"])
async def test_a_broken_answer_is_a_failure_and_nothing_is_sent_again(
    receiver: Receiver, kind: str
) -> None:
    outcome = await send(receiver, f"/{kind}")

    assert isinstance(outcome, Failed)
    assert outcome.why is Why.NO_ANSWER
    assert receiver.connections == len(receiver.received) == 1


async def test_nobody_listens() -> None:
    port = free_port()
    outcome = await ask(sender_to(port), f"http://127.0.0.1:{port}/")

    assert isinstance(outcome, Failed)
    assert outcome.why is Why.NO_CONNECTION


def server_tls(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the server's side for a host below *name*, and whom its clients trust."""
    files = certificates(folder, name, NOW)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    return server, ssl.create_default_context(cafile=str(files.ca))


async def test_tls_is_spoken_with_the_name_and_not_with_the_address(tmp_path: Path) -> None:
    server, trust = server_tls(tmp_path, NAME)
    asked: list[str | None] = []
    server.sni_callback = lambda _, name, __: asked.append(name)
    async with receiving(server) as receiver:
        sender = sender_to(receiver.port, trust=trust)
        good = await ask(sender, f"https://www.{NAME}:{receiver.port}/off")
        other = await ask(sender, f"https://www.other.test:{receiver.port}/off")
        distrusted = await ask(sender_to(receiver.port), f"https://www.{NAME}:{receiver.port}/off")

    assert isinstance(good, Answered)
    assert asked[0] == f"www.{NAME}"
    for bad in (other, distrusted):
        assert isinstance(bad, Failed)
        assert bad.why is Why.NO_TLS
    (got,) = receiver.received
    assert got.headers["host"] == f"www.{NAME}:{receiver.port}"


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["8.8.8.8", "127.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["nonsense"],
        [],
    ],
)
async def test_what_a_name_stands_for_is_judged_and_all_refusals_look_alike(
    answers: list[str],
) -> None:
    sender = sender_to(look_up=lambda host, port: answers)

    outcome = await ask(sender, "https://a.example/")

    assert isinstance(outcome, Failed)
    assert outcome.why is Why.NO_DESTINATION


@pytest.mark.parametrize(
    "uri",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "http://a.example/",
        "https://a.example:22/",
        "https://www.grantway.test/",
        "https://alice@a.example/",
        "ftp://a.example/",
        "nonsense",
        "",
    ],
)
async def test_a_uri_against_the_rules_is_not_even_looked_up(uri: str) -> None:
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"]

    outcome = await ask(sender_to(look_up=look_up), uri)

    assert isinstance(outcome, Failed)
    assert outcome.why is Why.NO_DESTINATION
    assert asked == []


async def test_a_name_is_looked_up_once_so_its_second_answer_is_never_asked(
    receiver: Receiver,
) -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.3"]]
    sender = sender_to(receiver.port, look_up=lambda host, port: answers.pop(0))

    outcome = await ask(sender, f"http://rebinding.test:{receiver.port}/off")

    assert isinstance(outcome, Answered)
    assert len(answers) == 2
    assert receiver.received[0].headers["host"] == f"rebinding.test:{receiver.port}"


async def test_a_pair_is_exact(receiver: Receiver) -> None:
    async with receiving() as other:
        sender = sender_to(other.port)
        refused = await ask(sender, f"http://127.0.0.1:{receiver.port}/off")
        honest = await ask(sender, f"http://127.0.0.1:{other.port}/off")

    assert isinstance(refused, Failed)
    assert refused.why is Why.NO_DESTINATION
    assert receiver.connections == 0
    assert isinstance(honest, Answered)


async def test_names_that_hang_delay_only_the_account_that_asks_for_them(
    receiver: Receiver,
) -> None:
    resume = threading.Event()

    def look_up(host: str, port: int) -> list[str]:
        if host.startswith("slow"):
            resume.wait(20)
        return ["127.0.0.1"]

    sender = sender_to(receiver.port, look_up=look_up)
    try:
        hanging = [
            asyncio.create_task(ask(sender, f"http://slow{n}.test:{receiver.port}/", account_id=1))
            for n in range(100)
        ]
        await asyncio.sleep(0.1)
        alive = [one for one in threading.enumerate() if one.name == "look-up"]
        honest = await ask(sender, f"http://honest.test:{receiver.port}/", account_id=2)
        outcomes = await asyncio.gather(*hanging)
    finally:
        resume.set()

    assert len(alive) <= 8
    assert isinstance(honest, Answered)
    assert honest.milliseconds < 1000
    assert {getattr(one, "why", None) for one in outcomes} == {Why.TOO_LATE}
    assert max(one.milliseconds for one in outcomes) < LATE * 1000


async def test_a_name_that_hangs_in_many_accounts_delays_no_other_name(
    receiver: Receiver,
) -> None:
    resume = threading.Event()

    def look_up(host: str, port: int) -> list[str]:
        if host.startswith("slow"):
            resume.wait(20)
        return ["127.0.0.1"]

    sender = sender_to(receiver.port, look_up=look_up)
    try:
        hanging = [
            asyncio.create_task(
                ask(sender, f"http://slow.test:{receiver.port}/", account_id=account_id)
            )
            for account_id in range(200)
        ]
        await asyncio.sleep(0.1)
        honest = await ask(sender, f"http://honest.test:{receiver.port}/", account_id=1)
        outcomes = await asyncio.gather(*hanging)
    finally:
        resume.set()

    assert isinstance(honest, Answered)
    assert honest.milliseconds < 1000
    assert {getattr(one, "why", None) for one in outcomes} == {Why.TOO_LATE}
