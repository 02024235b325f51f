"""Processes that send webhooks are killed in the middle: nothing is lost, ids stay (S-215)."""

import asyncio
import time
from collections import Counter, defaultdict

from grantway.crm.webhooks import history, service
from grantway.crm.webhooks.model import CLAIM_LIFETIME, Occurrence, Wanted, Webhook
from tests.concurrency.processes import kill, started
from tests.concurrency.test_killed_hooks import until_received, wait_for_ready
from tests.integration.api_client import NOW, Api
from tests.integration.hooks.receiver import receiving

DELIVERIES = 40
PATIENCE = 20.0


async def states(api: Api, webhook: Webhook) -> Counter[str]:
    async with api.db.read() as reader:
        page = await history.deliveries(reader, api.acme.actor, webhook.id, limit=1000)
    return Counter(one.state for one in page.deliveries)


async def test_killing_who_sends_loses_nothing(api: Api) -> None:
    database = api.platform.settings.database
    async with receiving(pause=0.15) as receiver:
        name = f"127.0.0.1:{receiver.port}"
        async with api.db.write() as tx:
            webhook = await service.subscribe(
                tx,
                api.acme.actor,
                Wanted(f"http://{name}/in", ["add_lead"]),
                name,
                api.platform.seal,
                NOW,
            )
        arguments = (database, str(receiver.port))
        async with started("teller_worker", *arguments, str(NOW)) as doomed:
            await wait_for_ready(doomed)
            leads = [{"leads": {"add": [{"id": n}]}} for n in range(DELIVERIES)]
            async with api.db.write() as tx:
                occurrences = [Occurrence("add_lead", one) for one in leads]
                await service.plan(tx, api.acme.account_id, occurrences, NOW)
            # Some are over then, some were sent and not answered, and some wait.
            await until_received(receiver, 13)
            await kill(doomed)
        left = await states(api, webhook)
        assert left["under_way"], "nothing was killed in the middle"
        later = str(NOW + CLAIM_LIFETIME)
        async with started("teller_worker", *arguments, later) as heir:
            await wait_for_ready(heir)
            deadline = time.monotonic() + PATIENCE
            while (await states(api, webhook))["delivered"] < DELIVERIES:
                assert time.monotonic() < deadline, "what was left is not sent"
                await asyncio.sleep(0.1)
        sent: dict[str, set[bytes]] = defaultdict(set)
        times = Counter(one.headers["webhook-id"] for one in receiver.received)
        for one in receiver.received:
            sent[one.headers["webhook-id"]].add(one.body)

    assert len(sent) == DELIVERIES
    assert all(len(bodies) == 1 for bodies in sent.values()), "an id belongs to one event"
    assert max(times.values()) == 2, "what was sent and not noted was sent again"
