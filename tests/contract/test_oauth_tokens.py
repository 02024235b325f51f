"""Long-lived tokens, grants, installations and codes (authorization.md 12; S-69, S-76, S-92)."""

import asyncio
import datetime as dt

import pytest

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.crm.pipelines import service as pipelines
from grantway.db import Database
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.integrations.errors import IntegrationNotFound
from grantway.integrations.service import Settings
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import ManualClock
from grantway.kernel.errors import Forbidden
from grantway.kernel.sealing import Seal
from grantway.oauth import grants
from grantway.oauth.codes import CODE_LIFETIME, issue_code
from grantway.oauth.errors import ExpiryRefused, NoRedirectUri, NotForPublic, TokenNotFound
from grantway.oauth.keys import Keyring, NewKey, SigningKey, make_key, store_first_key
from grantway.oauth.long_lived import LongLivedTokens, expiry_bounds
from grantway.oauth.tokens import TokenCodec
from tests.contract.crm_cast import audited

NOW = 1_800_000_000
TODAY = dt.datetime.fromtimestamp(NOW, dt.UTC).date()
SEAL = Seal([bytes(range(32))])


@pytest.fixture(scope="module")
def key() -> NewKey:
    with asyncio.Runner() as runner:
        return runner.run(make_key())


class World:
    """acme with Alice and Bob, bolt with Charlie, an integration of each."""

    alice: Actor
    bob: Actor
    charlie: Actor
    client_id: str
    theirs: str
    tokens: LongLivedTokens
    db: Database


async def _open(db: Database, subdomain: str, *people: tuple[str, Role]) -> list[Actor]:
    actors = []
    async with db.write() as tx:
        account = await accounts.create_account(tx, NewAccount(subdomain=subdomain, name="x"), NOW)
        await pipelines.create_default(tx, account.id, NOW)
        for name, role in people:
            user = await accounts.create_user(
                tx, email=f"{name}@{subdomain}.example", name=name, password_hash=None, now=NOW
            )
            await accounts.add_user_to_account(tx, account.id, user.id, role, NOW)
            actor = await accounts.actor_for(tx, account.id, user.id, "tests")
            assert actor is not None
            actors.append(actor)
    return actors


@pytest.fixture
async def world(db: Database, key: NewKey) -> World:
    world = World()
    world.db = db
    world.alice, world.bob = await _open(
        db, "acme", ("alice", Role.ADMINISTRATOR), ("bob", Role.USER)
    )
    (world.charlie,) = await _open(db, "bolt", ("charlie", Role.ADMINISTRATOR))
    async with db.write() as tx:
        await store_first_key(tx, key, SEAL, NOW)
        world.client_id = (await integrations.create_private(tx, world.alice, NOW)).client_id
        world.theirs = (await integrations.create_private(tx, world.charlie, NOW)).client_id
    codec = TokenCodec(Keyring(SEAL, ManualClock(NOW)))
    world.tokens = LongLivedTokens(codec, Addresses("https", "grantway.test", 443))
    return world


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


async def issue(world: World, actor: Actor, client_id: str, until: dt.date) -> int:
    async with world.db.write() as tx:
        return (await world.tokens.issue(tx, actor, client_id, until, NOW)).grant_id


async def test_expiry_lies_between_tomorrow_and_five_years(world: World) -> None:
    first, last = expiry_bounds(NOW)
    assert (first, last.year, last.month, last.day) == (
        *(day(1), TODAY.year + 5, TODAY.month, TODAY.day),
    )
    for until in (day(-1), day(0), last + dt.timedelta(days=1), dt.date(9999, 12, 31), dt.date.min):
        with pytest.raises(ExpiryRefused, match="choose a date from"):
            await issue(world, world.alice, world.client_id, until)
    async with world.db.read() as reader:
        assert await reader.value("select count(*) from grants") == 0
    for until in (first, last):
        await issue(world, world.alice, world.client_id, until)


async def test_a_token_is_signed_once_and_after_the_transaction(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = []
    sign = SigningKey.sign

    def note_and_sign(key: SigningKey, text: bytes) -> bytes:
        signed.append(text)
        return sign(key, text)

    monkeypatch.setattr(SigningKey, "sign", note_and_sign)
    async with world.db.write() as tx:
        issued = await world.tokens.issue(tx, world.alice, world.client_id, day(1), NOW)
    assert signed == []
    token = issued.token

    assert issued.token == token
    assert len(signed) == 1


def test_the_bounds_on_a_leap_day() -> None:
    leap_day = int(dt.datetime(2028, 2, 29, 12, tzinfo=dt.UTC).timestamp())

    assert expiry_bounds(leap_day) == (dt.date(2028, 3, 1), dt.date(2033, 2, 28))
    midnight = int(dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC).timestamp())
    assert expiry_bounds(midnight)[0] == dt.date(2027, 1, 1)


async def test_only_administrators_of_the_owning_account_issue_list_and_revoke(
    world: World,
) -> None:
    grant_id = await issue(world, world.alice, world.client_id, day(30))
    with pytest.raises(Forbidden):
        await issue(world, world.bob, world.client_id, day(30))
    for client_id in (world.theirs, "nonsense", ""):
        with pytest.raises(IntegrationNotFound):
            await issue(world, world.alice, client_id, day(30))
    async with world.db.write() as tx:
        with pytest.raises(Forbidden):
            await world.tokens.list(tx, world.bob, world.client_id)
        with pytest.raises(IntegrationNotFound):
            await world.tokens.list(tx, world.charlie, world.client_id)
        with pytest.raises(Forbidden):
            await world.tokens.revoke(tx, world.bob, grant_id, NOW)
        with pytest.raises(TokenNotFound):
            await world.tokens.revoke(tx, world.charlie, grant_id, NOW)
        with pytest.raises(TokenNotFound):
            await world.tokens.revoke(tx, world.alice, 999, NOW)
    async with world.db.read() as reader:
        (listed,) = await world.tokens.list(reader, world.alice, world.client_id)
    assert (listed.grant_id, listed.state(NOW)) == (grant_id, "live")


async def test_public_integrations_have_none(world: World) -> None:
    async with world.db.write() as tx:
        await tx.change(
            "update integrations set kind = 'public', status = 'draft' where client_id = :id",
            id=world.client_id,
        )

    with pytest.raises(NotForPublic):
        await issue(world, world.alice, world.client_id, day(30))


async def test_a_token_is_revoked_once_and_its_states_are_told(world: World) -> None:
    first = await issue(world, world.alice, world.client_id, day(30))
    second = await issue(world, world.alice, world.client_id, day(2))
    async with world.db.write() as tx:
        await world.tokens.revoke(tx, world.alice, first, NOW)
    async with world.db.write() as tx:
        with pytest.raises(TokenNotFound):
            await world.tokens.revoke(tx, world.alice, first, NOW + 5)
    later = NOW + 3 * 86_400
    async with world.db.read() as reader:
        listed = await world.tokens.list(reader, world.alice, world.client_id)
        usage = await grants.usage(reader, world.alice, NOW)
    states = {one.grant_id: (one.state(NOW), one.state(later)) for one in listed}

    assert states == {second: ("live", "expired"), first: ("revoked", "revoked")}
    assert [one.grant_id for one in listed] == [second, first]
    assert usage[world.client_id].live == 1
    told = await audited(world.db, world.alice.account_id)
    assert [event for event, _ in told if event.startswith("long_lived")] == [
        *("long_lived_token.issued", "long_lived_token.issued", "long_lived_token.revoked"),
    ]


async def test_installing_again_makes_another_installation(world: World) -> None:
    async with world.db.write() as tx:
        first = await installations.install(tx, world.alice, world.client_id, NOW)
        assert await installations.install(tx, world.alice, world.client_id, NOW) == first
        assert await installations.uninstall(tx, world.alice, world.client_id, NOW)
        assert not await installations.uninstall(tx, world.alice, world.client_id, NOW)
        second = await installations.install(tx, world.alice, world.client_id, NOW)
        with pytest.raises(Forbidden):
            await installations.install(tx, world.bob, world.client_id, NOW)
        with pytest.raises(Forbidden):
            await installations.uninstall(tx, world.bob, world.client_id, NOW)

    assert second != first
    events = [event for event, _ in await audited(world.db, world.alice.account_id)]
    assert [one for one in events if one.startswith("installation")] == [
        *("installation.installed", "installation.ended", "installation.installed"),
    ]


async def test_a_code_needs_a_redirect_uri_and_is_kept_as_a_hash(world: World) -> None:
    async with world.db.write() as tx:
        with pytest.raises(NoRedirectUri):
            await issue_code(tx, world.alice, world.client_id, NOW)
        form = Settings(redirect_uri="https://integration.example/callback")
        await integrations.change_settings(tx, world.alice, world.client_id, form, NOW)
        code = await issue_code(tx, world.alice, world.client_id, NOW)
        again = await issue_code(tx, world.alice, world.client_id, NOW)
        with pytest.raises(Forbidden):
            await issue_code(tx, world.bob, world.client_id, NOW)
        with pytest.raises(IntegrationNotFound):
            await issue_code(tx, world.charlie, world.client_id, NOW)
    async with world.db.read() as reader:
        hashes = await reader.column("select code_hash from authorization_codes")

    assert code.expires_at == NOW + CODE_LIFETIME
    assert code.code != again.code
    assert len(hashes) == 2
    assert code.code not in hashes
