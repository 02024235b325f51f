"""Processes that tell of installations are killed in the middle: at most once (S-204, S-214)."""

import asyncio
import random
import time
from collections import Counter

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.hooks.model import MAX_UNDER_WAY
from grantway.installing.model import Channel
from grantway.installing.service import install
from grantway.installing.unheard import unheard
from grantway.integrations import public
from grantway.moderation import publication
from tests.concurrency.processes import kill, started
from tests.concurrency.test_killed_hooks import PATIENCE, until_received, wait_for_ready
from tests.contract.installing_cast import give_widget, manifest
from tests.integration.api_client import NOW, Api
from tests.integration.granted import PARCEL
from tests.integration.hooks.receiver import receiving

ACCOUNTS = 30


async def make_accounts(api: Api) -> list[Actor]:
    """Return the administrators of many accounts, Dana's first."""
    actors = []
    async with api.db.write() as tx:
        user = await accounts.create_user(
            tx, email="many@acme.example", name="Many", password_hash=None, now=NOW
        )
        for n in range(ACCOUNTS + 1):
            new = NewAccount(subdomain=f"many{n}", name=f"Many {n}", is_technical=n == 0)
            account = await accounts.create_account(tx, new, NOW)
            await accounts.add_user_to_account(tx, account.id, user.id, Role.ADMINISTRATOR, NOW)
            actor = await accounts.actor_for(tx, account.id, user.id, "tests")
            assert actor is not None
            actors.append(actor)
    return actors


async def make_integration(api: Api, owner: Actor, uri: str) -> str:
    async with api.db.write() as tx:
        made = await public.create_public(tx, owner, PARCEL, NOW)
        await publication.publish_unreviewed(tx, made.client_id, NOW)
        await give_widget(tx, owner, made.client_id, manifest())
        await tx.change(
            "update integrations set redirect_uri = :uri where client_id = :client_id",
            uri=uri,
            client_id=made.client_id,
        )
    return made.client_id


async def states(api: Api) -> Counter[str]:
    """Count the calls by what is known of them."""
    async with api.db.read() as reader:
        found = await reader.column(
            """
            select coalesce(result, case when claimed_at is null then 'waiting' else 'claimed' end)
              from deliveries
            """
        )
    return Counter(map(str, found))


async def test_killing_who_tells_of_installations_tells_each_once_at_most(api: Api) -> None:
    choose = random.Random(11)
    database = api.platform.settings.database
    dana, *actors = await make_accounts(api)
    async with receiving(pause=0.15) as receiver:
        uri = f"http://127.0.0.1:{receiver.port}/in"
        client_id = await make_integration(api, dana, uri)
        arguments = (database, str(receiver.port))
        async with started("hook_worker", *arguments, str(NOW)) as worker:
            await wait_for_ready(worker)
            for actor in actors:
                async with api.db.write() as tx:
                    await install(tx, actor, client_id, channel=Channel.UI, now=NOW)
            await until_received(receiver, choose.randint(1, 3))
            await kill(worker)
        left = await states(api)
        later = NOW + 2 * MAX_UNDER_WAY
        async with started("hook_worker", *arguments, str(later)):
            deadline = time.monotonic() + PATIENCE
            while (await states(api)).keys() & {"waiting", "claimed"}:
                assert time.monotonic() < deadline, "what was left is not sent"
                await asyncio.sleep(0.1)
        told = Counter(
            one.target.partition("referer=")[2].partition("&")[0] for one in receiver.received
        )
        codes = {one.target.partition("code=")[2].partition("&")[0] for one in receiver.received}
    async with api.db.read() as reader:
        issued = await reader.value("select count(*) from authorization_codes")
        lost = await unheard(reader, dana, client_id)
        notices = await reader.value("select count(*) from notices")
    over = await states(api)

    assert left["waiting"] > 0, "some had not begun"
    assert set(told.values()) == {1}, "an installation was told twice"
    assert len(codes) == len(receiver.received)
    assert set(over) <= {"answered", "unknown"}
    assert over["answered"] + over["unknown"] == ACCOUNTS
    assert over["answered"] <= len(told) <= ACCOUNTS
    assert issued == ACCOUNTS, "a code for each attempt that may have been made, and no more"
    assert len(lost) == over["unknown"], "each that may not know is shown to the integrator"
    assert notices == bool(lost), "and told in one notice"
