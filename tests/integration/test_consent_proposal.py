"""Integrations that a button proposes and consent creates (authorization.md 10; S-168)."""

import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grantway.demo.authority import certificates
from grantway.hooks.addresses import Rules, Target
from grantway.hooks.model import KEPT, Outcome, Planned
from grantway.hooks.names import Names
from grantway.hooks.sender import Sender
from grantway.hooks.service import Hooks
from grantway.integrations.by_button import KEYS_TIME
from grantway.oauth.consent import Consent
from tests.integration.consent_world import World, answer_of, handed_over, make_world
from tests.integration.hooks.receiver import Receiver, receiving
from tests.integration.web_client import ALICE, BOB, Browser, Web

SITE = "https://blumen.example"
CALLBACK = f"{SITE}/agreed"
NAME = "receiver.test"


@pytest.fixture
async def world(web: Web, password_hashes: dict[str, str]) -> World:
    return await make_world(web, password_hashes)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the receiver's side, and whom our hooks trust."""
    folder: Path = tmp_path_factory.mktemp("tls")
    files = certificates(folder, NAME, int(time.time()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    return server, ssl.create_default_context(cafile=str(files.ca))


@pytest.fixture
async def receiver(
    world: World, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> AsyncIterator[Receiver]:
    server, trust = tls
    async with receiving(server) as one:
        rules = Rules(
            world.web.platform.settings.addresses, frozenset({Target("127.0.0.1", one.port)})
        )
        names = Names(lambda host, port: ["127.0.0.1"])
        # Its certificate is our own, which no setting makes a platform trust.
        world.web.platform.hooks._sender = Sender(rules, names=names, trust=trust)  # noqa: SLF001
        world.web.platform.hooks.rules = rules
        yield one


def proposal(receiver: Receiver | None = None, path: str = "/keys", /, **changes: Any) -> Any:
    port = receiver.port if receiver else 443
    return {
        "client_id": None,
        "name": "Blumen Berger",
        "description": "Takes orders from our shop.",
        "redirect_uri": CALLBACK,
        "secrets_uri": f"https://www.{NAME}:{port}{path}",
        "logo": "",
        "scopes[]": "crm",
        **changes,
    }


class KilledHere(BaseException):
    """Nothing of the request runs after this, as if the process had been killed."""


async def dying(*_: object) -> None:
    raise KilledHere


async def made(world: World) -> list[str]:
    """Return the states of what was made of proposals."""
    async with world.web.api.db.read() as reader:
        return await reader.column("select status from integrations where name = 'Blumen Berger'")


async def sweep(world: World) -> None:
    await world.web.platform._sweeper.sweep()  # noqa: SLF001 - the worker has no other door


async def test_the_page_marks_it_and_names_both_hosts(world: World, alice: Browser) -> None:
    page = await world.ask(alice, **proposal())

    assert page.status_code == 200
    words = alice.text()
    assert "Create Blumen Berger in Acme, and let it work there?" in words
    assert "Nobody has verified this integration" in words
    assert "www.receiver.test" in words
    assert "blumen.example" in words
    assert "Show notifications" not in words


async def test_the_keys_come_first_then_the_code(
    world: World, alice: Browser, receiver: Receiver
) -> None:
    await world.ask(alice, **proposal(receiver), state="s/1 ö", mode="popup", origin=f"{SITE}/x")
    page = await world.answer(alice)

    (keys,) = receiver.received
    body = msgspec.json.decode(keys.body)
    assert (keys.method, keys.headers["content-type"]) == ("POST", "application/json")
    assert len(body.pop("client_secret")) == 64
    client_id = body.pop("client_id")
    assert body == {"state": "s/1 ö", "name": "Blumen Berger", "scopes": "crm"}
    given = handed_over(page.text)
    assert given["target"] == SITE
    assert given["url"].startswith(f"{CALLBACK}?code=def502")
    assert f"client_id={client_id}" in given["url"]
    assert "state=s%2F1%20%C3%B6&" in given["url"]
    assert await world.installed() == 1


async def test_the_keys_work_at_once(world: World, alice: Browser, receiver: Receiver) -> None:
    await world.ask(alice, **proposal(receiver))
    code = answer_of(await world.answer(alice))["code"]
    keys = msgspec.json.decode(receiver.received[0].body)
    fields = {
        "client_id": keys["client_id"],
        "client_secret": keys["client_secret"],
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
    }
    pair = await world.web.api.call(
        "POST", "/oauth2/access_token", host="acme", token=None, json=fields
    )

    assert pair.status_code == 200, pair.text


@pytest.mark.parametrize(
    ("path", "shown"), [("/status/204", "204"), ("/status/500", "500"), ("/close", "—")]
)
async def test_a_receiver_that_does_not_take_them_ends_it(
    world: World, alice: Browser, receiver: Receiver, path: str, shown: str
) -> None:
    await world.ask(alice, **proposal(receiver, path))
    refused = await world.answer(alice)

    assert (refused.status_code, "location" in refused.headers) == (422, False)
    assert f"could not be created ( {shown} )" in alice.text()
    assert len(receiver.received) == 1
    api = world.web.api
    assert await api.count("authorization_codes") == 0
    assert await made(world) == ["deleted"]
    assert await world.installed() == 0

    await world.ask(alice, **proposal(receiver))
    assert (await world.answer(alice)).status_code == 303


@pytest.mark.parametrize("place", ["before the call", "after the call"])
async def test_what_a_crash_left_without_its_keys_ends(
    world: World,
    alice: Browser,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    """The process dies between making the integration and noting that its keys arrived."""
    called = place == "after the call"
    with monkeypatch.context() as patched:
        patched.setattr(Consent if called else Hooks, "finish" if called else "call_now", dying)
        await world.ask(alice, **proposal(receiver))
        with pytest.raises(KilledHere):
            await world.answer(alice)
    left = await made(world)
    world.clock.advance(KEYS_TIME - 1)
    await sweep(world)
    not_yet = await made(world)
    world.clock.advance(1)
    await sweep(world)
    ended = await made(world)

    # Its row stays for as long as a call tells of it.
    assert (left, not_yet, ended) == (["private"], ["private"], ["deleted"] * called)
    assert len(receiver.received) == called
    assert await world.web.api.count("authorization_codes") == 0
    assert await world.installed() == 0
    async with world.web.api.db.read() as reader:
        by = await reader.value(
            "select actor || ' ' || outcome from audit_entries where event = 'integration.deleted'"
        )
    assert by == "platform its keys did not arrive"

    await world.ask(alice, **proposal(receiver))
    assert (await world.answer(alice)).status_code == 303
    world.clock.advance(2 * KEYS_TIME)
    await sweep(world)
    assert sorted(await made(world)) == ["deleted"] * called + ["private"]


@pytest.mark.parametrize("taken", ["secret", "code"])
async def test_what_somebody_took_in_hand_stays(
    world: World, alice: Browser, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    """An administrator found it in the list, and generated a secret key, or installed it."""
    with monkeypatch.context() as patched:
        patched.setattr(Hooks, "call_now", dying)
        await world.ask(alice, **proposal(receiver))
        with pytest.raises(KilledHere):
            await world.answer(alice)
    async with world.web.api.db.read() as reader:
        client_id = await reader.value(
            "select client_id from integrations where name = 'Blumen Berger'"
        )
    window = f"/accounts/acme/integrations/{client_id}"
    await alice.get(f"{window}/keys")
    assert (await alice.submit(f"{window}/keys/{taken}", ("replace", "yes"))).status_code == 200
    world.clock.advance(2 * KEYS_TIME)
    await sweep(world)

    assert await made(world) == ["private"]


async def test_keys_that_took_too_long_are_of_nothing(
    world: World, alice: Browser, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Hooks.call_now

    async def slow(hooks: Hooks, planned: Planned, json: bytes) -> Outcome:
        outcome = await call(hooks, planned, json)
        world.clock.advance(KEYS_TIME)
        await sweep(world)
        return outcome

    await world.ask(alice, **proposal(receiver))
    with monkeypatch.context() as patched:
        patched.setattr(Hooks, "call_now", slow)
        late = await world.answer(alice)

    assert (late.status_code, "location" in late.headers) == (403, False)
    assert await made(world) == ["deleted"]
    assert await world.installed() == 0
    assert await world.web.api.count("authorization_codes") == 0


async def test_refused_ones_do_not_pile_up(
    world: World, alice: Browser, receiver: Receiver
) -> None:
    for path in ("/status/500", "/status/204", "/keys"):
        await world.ask(alice, **proposal(receiver, path))
        await world.answer(alice)
    await sweep(world)
    told_of = await made(world)
    world.clock.advance(KEPT + 1)
    await sweep(world)

    assert sorted(told_of) == ["deleted", "deleted", "private"]
    assert await made(world) == ["private"]
    assert await world.web.api.count("deliveries") == 0


async def test_each_consent_makes_one_more(
    world: World, alice: Browser, receiver: Receiver
) -> None:
    ids = set()
    for _ in range(2):
        await world.ask(alice, **proposal(receiver))
        ids.add(answer_of(await world.answer(alice))["client_id"])

    assert len(ids) == 2


async def test_an_answer_sent_twice_makes_one(
    world: World, alice: Browser, receiver: Receiver
) -> None:
    await world.ask(alice, **proposal(receiver))
    page = alice.page
    first = await world.answer(alice)
    alice.page = page
    second = await world.answer(alice)

    assert (first.status_code, second.status_code) == (303, 403)
    assert len(receiver.received) == 1


async def test_denying_makes_nothing_and_names_no_integration(world: World, alice: Browser) -> None:
    await world.ask(alice, **proposal(), mode="popup", origin=f"{SITE}/x")
    page = await world.answer(alice, "deny")

    told = handed_over(page.text)
    assert (told["target"], told["message"]) == (SITE, {"error": "access_denied"})
    assert told["url"] == ""
    assert CALLBACK not in page.text
    assert await world.nothing_happened()


@pytest.mark.parametrize(
    "asked", [{}, {"mode": "popup"}, {"mode": "post_message", "origin": "javascript:alert(1)"}]
)
async def test_denying_leads_to_no_address_that_only_the_link_names(
    world: World, alice: Browser, receiver: Receiver, asked: dict[str, str]
) -> None:
    """Anybody can write such a link: its redirect URI is registered nowhere."""
    await world.ask(alice, **proposal(receiver), **asked)
    denied = await world.answer(alice, "deny")
    words = alice.text()
    await world.ask(alice, **proposal(receiver), **asked)
    allowed = await world.answer(alice)

    assert (denied.status_code, "location" in denied.headers) == (200, False)
    assert "Access not granted" in words
    assert not any(way in denied.text for way in (CALLBACK, "blumen.example", "http-equiv"))
    assert "<script" not in denied.text.partition("<body")[2]
    assert "consent_handover" not in denied.text
    assert CALLBACK in allowed.headers.get("location", allowed.text)


async def test_only_administrators_are_asked(world: World) -> None:
    bob = await world.web.signed_in(BOB)
    page = await world.ask(bob, **proposal())

    assert page.status_code == 403
    assert "Alice" in bob.text()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"redirect_uri": "http://blumen.example/"}, "redirect_uri"),
        ({"redirect_uri": "http://localhost:9000/"}, "redirect_uri"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri"),
        ({"redirect_uri": CALLBACK + "?code=1"}, "redirect_uri"),
        ({"secrets_uri": "http://blumen.example/"}, "secrets_uri"),
        ({"secrets_uri": ""}, "secrets_uri"),
        ({"secrets_uri": "https://10.0.0.1/keys"}, "secrets_uri"),
        ({"secrets_uri": "https://accounts.grantway.test/keys"}, "secrets_uri"),
        ({"secrets_uri": "https://blumen.example:25/keys"}, "secrets_uri"),
        ({"name": ""}, "name"),
        ({"name": "Blu\u202emen"}, "name"),
        ({"description": ""}, "description"),
        ({"scopes[]": "files_delete"}, "scopes"),
        ({"scopes[]": None}, "scopes"),
        ({"logo": "data:text/html,x"}, "logo"),
    ],
)
async def test_a_proposal_that_breaks_a_rule_is_refused(
    world: World, alice: Browser, changes: dict[str, str | None], field: str
) -> None:
    page = await world.ask(alice, **proposal(**changes))

    assert (page.status_code, "location" in page.headers) == (400, False)
    assert field in alice.text()
    assert await world.nothing_happened()


async def test_scopes_are_capped(world: World, alice: Browser, receiver: Receiver) -> None:
    await world.ask(alice, **proposal(receiver, **{"scopes[]": "crm,files_delete,notifications"}))
    await world.answer(alice)

    assert msgspec.json.decode(receiver.received[0].body)["scopes"] == "crm,notifications"


async def test_it_works_in_its_own_account_alone(
    world: World, alice: Browser, receiver: Receiver
) -> None:
    await world.ask(alice, **proposal(receiver))
    client_id = answer_of(await world.answer(alice))["client_id"]
    charlie = await world.web.signed_in("charlie@bolt.example")
    theirs = await world.ask(charlie, client_id=client_id)
    own = await world.ask(await world.web.signed_in(ALICE), client_id=client_id)

    assert (theirs.status_code, own.status_code) == (404, 200)
