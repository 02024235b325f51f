"""The install hook: one GET within 3 seconds, with a code that only its sender ever has.

Contract: authorization.md 14.1; rules S-160, S-204, S-214.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from grantway.app import open_platform
from grantway.hooks import service as hooks
from grantway.hooks.addresses import Target
from grantway.hooks.model import Attempt
from grantway.installations.service import live_installation
from grantway.installing.model import Channel
from grantway.installing.service import install, uninstall
from grantway.installing.unheard import tell_unheard
from grantway.installing.unheard import unheard as unheard_of
from grantway.notices import service as notices
from grantway.notices.model import Notice
from tests.contract.installing_cast import give_widget, manifest
from tests.integration.api_client import Api
from tests.integration.conftest import OpenApi
from tests.integration.hooks.receiver import Receiver
from tests.integration.token_endpoint import ask

DAY = 24 * 3600


class World:
    """acme's own integration with a widget, and a receiver at its redirect URI."""

    def __init__(self, api: Api, receiver: Receiver) -> None:
        self.api = api
        self.receiver = receiver
        self.path = "/in?team=7"

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.receiver.port}{self.path}"

    async def register(self, path: str) -> None:
        """Register a redirect URI without TLS, which forms refuse."""
        self.path = path
        async with self.api.db.write() as tx:
            await tx.change(
                "update integrations set redirect_uri = :uri where client_id = :client_id",
                uri=self.uri,
                client_id=self.api.acme.client_id,
            )

    async def do(self, what: Any, **more: Any) -> Any:
        acme = self.api.acme
        async with self.api.db.write() as tx:
            return await what(tx, acme.actor, acme.client_id, now=self.api.clock(), **more)

    async def install(self) -> None:
        await self.do(install, channel=Channel.UI)

    async def attempts(self) -> list[Attempt]:
        async with self.api.db.read() as reader:
            acme = self.api.acme
            page = await hooks.attempts(reader, acme.actor, acme.client_id)
        return [one for one in page.attempts[::-1] if one.kind == "install"]

    async def told(self) -> list[Notice]:
        """Return what Alice was told; she made the integration."""
        async with self.api.db.read() as reader:
            return (await notices.page(reader, self.api.acme.actor.user_id)).notices

    async def codes(self) -> int:
        return await self.api.count("authorization_codes")

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        deliverer = self.api.platform.deliverer
        deliverer.start()
        try:
            yield
        finally:
            await deliverer.stop()

    async def send(self) -> list[Attempt]:
        """Send what waits, until it is over."""
        async with self.sending():
            self.api.platform.hooks.wake()
            for _ in range(500):
                found = await self.attempts()
                if all(one.state not in {"waiting", "under_way"} for one in found):
                    return found
                await asyncio.sleep(0.02)
        raise AssertionError("it is not sent")


@pytest.fixture
async def world(open_api: OpenApi, receiver: Receiver) -> World:
    api = await open_api(allow_targets=(Target("127.0.0.1", receiver.port),))
    async with api.db.write() as tx:
        # The cast's long-lived token has installed it already.
        await uninstall(tx, api.acme.actor, api.acme.client_id, api.clock())
        await give_widget(tx, api.acme.actor, api.acme.client_id, manifest())
    world = World(api, receiver)
    await world.register(world.path)
    return world


async def test_it_carries_a_code_that_can_be_exchanged_and_is_stored_nowhere(world: World) -> None:
    await world.install()
    before = await world.codes()
    (attempt,) = await world.send()
    (received,) = world.receiver.received
    sent = dict(parse_qsl(urlsplit(received.target).query))
    code = sent.pop("code")
    dump = await everything(world)
    pair = await ask(
        world.api,
        {"grant_type": "authorization_code", "code": code, "redirect_uri": world.uri},
    )

    assert before == 0
    assert (received.method, received.path) == ("GET", "/in")
    assert sent == {
        "team": "7",
        "referer": "acme.grantway.test",
        "from_widget": "1",
        "client_id": world.api.acme.client_id,
    }
    assert attempt.state == "answered"
    assert "code=[hidden]&referer=acme.grantway.test&from_widget=1" in attempt.shown_uri
    assert code not in dump
    assert pair.status_code == 200, pair.text


async def everything(world: World) -> str:
    """Return all that the database keeps of calls, codes and what happened."""
    rows = []
    async with world.api.db.read() as reader:
        for table, column in (
            ("deliveries", "uri"),
            ("authorization_codes", "code_hash"),
            ("audit_entries", "subject"),
            ("audit_entries", "details"),
        ):
            rows += await reader.column(f"select {column} from {table}")
    return "\n".join(map(str, rows))


@pytest.mark.parametrize("path", ["/hang", "/drip-status", "/drip-body", "/drip-headers"])
async def test_a_receiver_that_takes_its_time_is_cut_and_gets_nothing_more(
    world: World, path: str
) -> None:
    await world.register(path)
    await world.install()
    (attempt,) = await world.send()
    async with world.sending():
        await asyncio.sleep(1.5)

    assert (attempt.state, attempt.why) == ("failed", "too_late")
    assert attempt.milliseconds is not None
    assert attempt.milliseconds >= 2990
    assert len(world.receiver.received) == 1
    assert world.receiver.connections == 1


ANSWERS = {
    "/status/200": None,
    "/status/500": None,
    "/redirect": None,
    "/flood": None,
    **dict.fromkeys(("/flood-headers", "/close", "/reset", "/garbage", "/half"), "no_answer"),
}


async def test_whatever_it_answers_the_installation_stays_and_nothing_is_repeated(
    world: World,
) -> None:
    why = {}
    for path in ANSWERS:
        await world.register(path)
        await world.install()
        why[path] = (await world.send())[-1].why
        async with world.sending():
            await asyncio.sleep(0.1)
        acme = world.api.acme
        async with world.api.db.read() as reader:
            assert await live_installation(reader, acme.account_id, acme.client_id), path
        await world.do(uninstall)

    assert why == ANSWERS
    assert world.receiver.paths() == list(ANSWERS)
    assert world.receiver.written < 16 * 1024 * 1024  # what sockets hold on both sides


async def test_where_nobody_listens_it_is_tried_once(
    open_api: OpenApi, world: World, receiver: Receiver
) -> None:
    await world.install()
    async with world.api.db.write() as tx:
        await tx.change("update deliveries set uri = 'http://127.0.0.1:1/in'")
        await tx.change("update integrations set redirect_uri = 'http://127.0.0.1:1/in'")
    other = await open_api(allow_targets=(Target("127.0.0.1", 1),))
    world.api = other
    (attempt,) = await world.send()
    async with world.sending():
        await asyncio.sleep(0.1)

    assert (attempt.state, attempt.why) == ("failed", "no_connection")
    assert len(await world.attempts()) == 1
    assert receiver.connections == 0


async def test_what_ended_before_its_turn_is_not_told_and_says_so(world: World) -> None:
    await world.install()
    await world.do(uninstall)
    (ended,) = await world.send()
    codes = await world.codes()
    await world.install()
    _, told = await world.send()

    assert (ended.state, ended.why) == ("failed", "over")
    assert codes == 0
    assert told.state == "answered"
    assert len(world.receiver.received) == 1
    assert await world.codes() == 1


async def test_a_code_goes_to_the_address_that_is_registered_or_nowhere(world: World) -> None:
    await world.install()
    await world.register("/elsewhere")
    (lost,) = await world.send()
    codes = await world.codes()
    await world.do(uninstall)
    await world.install()
    _, told = await world.send()

    assert (lost.why, codes) == ("over", 0)
    assert told.state == "answered"
    assert world.receiver.paths() == ["/elsewhere"]


async def test_it_is_given_what_was_agreed_to_and_no_more(world: World) -> None:
    async with world.api.db.write() as tx:
        await tx.change("update integrations set scopes = 'crm'")
    await world.install()
    async with world.api.db.write() as tx:
        await tx.change("update integrations set scopes = 'crm files notifications'")
    await world.send()
    async with world.api.db.read() as reader:
        scopes = await reader.column("select scopes from authorization_codes")

    assert scopes == ["push_notifications crm"]


async def test_its_integrator_sees_which_installations_it_may_not_know_of(world: World) -> None:
    acme, bolt = world.api.acme, world.api.bolt

    async def unheard() -> list[tuple[str, str]]:
        async with world.api.db.read() as reader:
            found = await unheard_of(reader, acme.actor, acme.client_id)
        return [(one.subdomain, one.result) for one in found]

    await world.register("/close")
    await world.install()
    waiting = await unheard()
    await world.send()
    failed = await unheard()
    async with world.api.db.read() as reader:
        with pytest.raises(Exception, match="not found"):
            await unheard_of(reader, bolt.actor, acme.client_id)
    await world.do(uninstall)
    ended = await unheard()
    await world.register("/in")
    await world.install()
    await world.send()

    assert (waiting, failed, ended) == ([], [("acme", "failed")], [])
    assert await unheard() == []


async def test_its_integrator_is_told_once_a_day_that_calls_are_lost(world: World) -> None:
    await world.register("/close")
    await world.install()
    await world.send()
    (told,) = await world.told()
    for path in ("/in", "/close", "/close"):
        await world.do(uninstall)
        await world.register(path)
        await world.install()
        await world.send()
    that_day = len(await world.told())
    world.api.clock.advance(DAY + 1)
    await world.do(uninstall)
    await world.install()
    await world.send()

    assert (told.kind, told.account_id) == ("installs_unheard", world.api.acme.account_id)
    assert told.facts == {"integration": told.facts["integration"], "accounts": "1"}
    assert told.href == f"/accounts/acme/integrations/{world.api.acme.client_id}/calls"
    assert (that_day, len(await world.told())) == (1, 2)


async def test_nobody_is_told_of_what_arrived_or_has_ended(world: World) -> None:
    await world.install()
    await world.send()
    await world.do(uninstall)
    await world.install()
    await world.do(uninstall)
    (answered, over) = await world.send()

    assert (answered.state, over.why) == ("answered", "over")
    assert await world.told() == []


async def test_what_is_lost_at_once_is_told_once(world: World) -> None:
    await world.register("/close")
    await world.install()
    await world.send()
    world.api.clock.advance(DAY + 1)

    async def tell() -> None:
        async with world.api.db.write() as tx:
            await tell_unheard(tx, world.api.acme.client_id, world.api.clock())
            await asyncio.sleep(0.1)

    await asyncio.gather(*(tell() for _ in range(4)))

    assert len(await world.told()) == 2


async def test_a_process_that_dies_after_the_claim_leaves_an_unknown_call(world: World) -> None:
    await world.install()
    platform = await open_platform(world.api.platform.settings, world.api.clock)
    async with platform.db.read() as reader:
        (receiver,) = await hooks.destinations(reader, "", 10)
        (waiting,) = await hooks.waiting_for(reader, receiver, 0, 10)
    claimed = await platform.hooks.claim(waiting)
    await platform.close()
    assert claimed is not None
    assert "code=def502" in claimed.uri
    assert "def502" not in repr(claimed)
    world.api.clock.advance(120)
    for _ in range(2):
        await world.api.platform.deliverer.note_unknown()
    (attempt,) = await world.send()

    assert attempt.state == "unknown"
    assert [one.kind for one in await world.told()] == ["installs_unheard"]
    assert world.receiver.received == []
    assert await world.codes() == 1
