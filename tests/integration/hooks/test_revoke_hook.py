"""The revoke hook (authorization.md 14.2), and what its integrator reads of it."""

import hashlib
import hmac
from urllib.parse import parse_qsl

import pytest

from grantway.hooks import service
from grantway.hooks.model import KEPT, MAX_UNDER_WAY, Why
from grantway.installations import service as installations
from grantway.integrations import clients
from grantway.integrations import service as integrations
from grantway.integrations.errors import IntegrationNotFound
from grantway.kernel.errors import Forbidden
from tests.contract.crm_cast import BOB, CHARLIE
from tests.integration.hooks.world import ACME, ALICE, BOLT, NOW, SEAL, World
from tests.integration.log_capture import captured


def expected(secret: str, client_id: str, account_id: int) -> list[tuple[str, str]]:
    message = f"{client_id}|{account_id}".encode()
    signature = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return [
        ("client_uuid", client_id),
        ("account_id", str(account_id)),
        ("client_id", client_id),
        ("signature", signature),
    ]


async def end_nothing(*_: object) -> None:
    """End no grants: there are none here."""


async def test_the_hook_is_sent_signed_and_once(world: World) -> None:
    assert await world.plan_revoke_hook(BOLT)
    deliverer = world.deliverer()
    await deliverer.deliver_all()
    await deliverer.deliver_all()

    (got,) = world.receiver.received
    assert got.method == "GET"
    assert got.path == "/off"
    query = got.target.partition("?")[2]
    assert parse_qsl(query) == expected(world.secret, world.client_id, BOLT)
    (attempt,) = await world.attempts()
    assert (attempt.state, attempt.status, attempt.why) == ("answered", 200, None)
    assert (attempt.account_id, attempt.subdomain, attempt.kind) == (BOLT, "bolt", "revoke")


async def test_a_query_of_the_integrators_own_stays_in_front(world: World) -> None:
    await world.set_revoke_hook(world.uri("/off?tenant=1"))
    await world.plan_revoke_hook()
    await world.deliverer().deliver_all()

    query = world.receiver.received[0].target.partition("?")[2]
    assert parse_qsl(query) == [("tenant", "1"), *expected(world.secret, world.client_id, ACME)]


async def test_the_present_secret_signs(world: World) -> None:
    await world.plan_revoke_hook()
    async with world.db.write() as tx:
        secret = await integrations.generate_secret(
            tx, ALICE, world.client_id, SEAL, NOW, end_grants=end_nothing
        )
    await world.deliverer().deliver_all()

    query = world.receiver.received[0].target.partition("?")[2]
    assert parse_qsl(query) == expected(secret, world.client_id, ACME)


async def test_without_a_hook_nothing_is_planned(world: World) -> None:
    await world.set_revoke_hook(None)

    assert not await world.plan_revoke_hook()
    assert await world.attempts() == []


async def test_a_deleted_integration_is_told_nothing(world: World) -> None:
    async with world.db.write() as tx:
        await integrations.delete(tx, ALICE, world.client_id, NOW)
        assert not await service.plan_revoke_hook(tx, ACME, world.client_id, NOW)
        assert not await service.plan_revoke_hook(tx, ACME, "nonsense", NOW)


async def test_without_a_secret_the_failure_is_told_and_nothing_is_sent(world: World) -> None:
    async with world.db.write() as tx:
        await tx.change("update integrations set secret_hash = null, secret_sealed = null")
    assert await world.plan_revoke_hook()
    await world.deliverer().deliver_all()

    (attempt,) = await world.attempts()
    assert (attempt.state, attempt.why) == ("failed", Why.NO_SECRET)
    assert "no secret key" in attempt.why_text
    assert world.receiver.connections == 0


@pytest.mark.parametrize("change", ["secret_hash = null, secret_sealed = null",
                                    "secret_sealed = 'deadbeef:x'"])  # fmt: skip
async def test_a_secret_that_went_before_it_was_sent(world: World, change: str) -> None:
    await world.plan_revoke_hook()
    async with world.db.write() as tx:
        await tx.change(f"update integrations set {change}")
    await world.deliverer().deliver_all()

    (attempt,) = await world.attempts()
    assert (attempt.state, attempt.why) == ("failed", Why.NO_SECRET)
    assert world.receiver.connections == 0


async def test_what_is_rolled_back_is_not_sent(world: World) -> None:
    class Refused(Exception):
        pass

    async def plan_and_fail() -> None:
        async with world.db.write() as tx:
            await service.plan_revoke_hook(tx, ACME, world.client_id, NOW)
            raise Refused

    with pytest.raises(Refused):
        await plan_and_fail()
    await world.deliverer().deliver_all()

    assert world.receiver.connections == 0
    assert await world.attempts() == []


async def test_nothing_that_proves_anything_is_stored_shown_or_logged(world: World) -> None:
    with captured(world.clock) as log:
        await world.plan_revoke_hook()
        await world.deliverer().deliver_all()
    written = log.getvalue().decode()
    signature = dict(parse_qsl(world.receiver.received[0].target.partition("?")[2]))["signature"]
    async with world.db.read() as reader:
        stored = str(await reader.column("select uri from deliveries"))
    (attempt,) = await world.attempts()

    assert '"event":"hooks.sent"' in written
    assert attempt.shown_uri.endswith("&signature=[hidden]")
    for text in (written, stored, attempt.uri, attempt.shown_uri):
        assert signature not in text
        assert world.secret not in text
    assert "127.0.0.1" not in written, "where hooks go is between us and the integrator"


async def test_only_administrators_of_the_owner_read_attempts(world: World) -> None:
    await world.plan_revoke_hook(BOLT)
    async with world.db.read() as reader:
        with pytest.raises(Forbidden):
            await service.attempts(reader, BOB, world.client_id)
        with pytest.raises(IntegrationNotFound):
            await service.attempts(reader, CHARLIE, world.client_id)
        assert (await service.attempts(reader, ALICE, world.client_id)).attempts


async def test_attempts_are_read_in_pages_newest_first(world: World) -> None:
    await world.plan(*(f"/{n}" for n in range(5)))
    seen: list[str] = []
    before: int | None = None
    pages = 0
    async with world.db.read() as reader:
        while True:
            page = await service.attempts(reader, ALICE, world.client_id, before_id=before, limit=2)
            seen += [one.uri.rpartition("/")[2] for one in page.attempts]
            pages += 1
            before = page.next_before_id
            if before is None:
                break

    assert seen == ["4", "3", "2", "1", "0"]
    assert pages == 3


async def delete_installed(world: World) -> None:
    """Uninstall and delete it in one transaction, as the page and the command line do."""
    async with world.db.write() as tx:
        assert await installations.uninstall(tx, ALICE, world.client_id, NOW)
        await integrations.delete(tx, ALICE, world.client_id, NOW)


async def kept_secrets(world: World) -> list[tuple[str, str]]:
    """Return what is left of the integration's secret key."""
    async with world.db.read() as reader:
        return await reader.column(
            """
            select coalesce(secret_hash, secret_sealed) from integrations
             where client_id = :client_id and (secret_hash is not null or secret_sealed is not null)
            """,
            client_id=world.client_id,
        )


async def test_a_deleted_integration_gets_its_last_hooks_and_then_its_secret_goes(
    world: World,
) -> None:
    async with world.db.write() as tx:
        await installations.install(tx, ALICE, world.client_id, NOW)
    await world.plan_revoke_hook()
    await delete_installed(world)
    async with world.db.read() as reader:
        client = await clients.find_client(reader, world.client_id)
    assert len(await kept_secrets(world)) == 1
    assert not clients.is_secret_of(client, world.secret), "it signs, and authenticates nobody"
    await world.deliverer().deliver_all()

    queries = [one.target.partition("?")[2] for one in world.receiver.received]
    assert [parse_qsl(one) for one in queries] == [
        expected(world.secret, world.client_id, ACME)
    ] * 2
    assert await kept_secrets(world) == []


async def test_a_secret_that_no_hook_waits_for_goes_with_the_integration(world: World) -> None:
    await world.set_revoke_hook(None)
    async with world.db.write() as tx:
        await installations.install(tx, ALICE, world.client_id, NOW)
    await delete_installed(world)

    assert await kept_secrets(world) == []


async def test_hooks_of_a_live_integration_leave_its_secret(world: World) -> None:
    await world.plan_revoke_hook()
    await world.deliverer().deliver_all()
    async with world.db.write() as tx:
        await service.sweep(tx, NOW + KEPT + 1)

    assert len(await kept_secrets(world)) == 1


async def test_a_secret_whose_last_hook_nobody_finished_is_swept(world: World) -> None:
    async with world.db.write() as tx:
        await installations.install(tx, ALICE, world.client_id, NOW)
    await delete_installed(world)
    async with world.db.write() as tx:
        (waiting,) = await service.waiting_for(tx, f"127.0.0.1:{world.receiver.port}", 0, 1)
        await service.claim(tx, waiting, NOW)
        await service.sweep(tx, NOW)
    assert len(await kept_secrets(world)) == 1
    async with world.db.write() as tx:
        await service.note_unknown(tx, NOW + MAX_UNDER_WAY + 1)
        await service.sweep(tx, NOW)

    assert await kept_secrets(world) == []
