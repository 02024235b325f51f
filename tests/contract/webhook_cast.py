"""Subscriptions of acme and bolt, and a worker that sends nothing for real."""

from collections.abc import Sequence

from grantway.accounts.actor import Actor
from grantway.crm.webhooks import history, sending, service
from grantway.crm.webhooks.model import (
    NO_ANSWER,
    Answer,
    Attempt,
    Claim,
    Delivery,
    Occurrence,
    Waiting,
    Wanted,
    Webhook,
)
from grantway.crm.webhooks.sending import Settled
from grantway.db import Database
from grantway.kernel.sealing import Seal
from tests.contract.crm_cast import ALICE, NOW

SEAL = Seal([bytes(range(32))])
HOOK = "https://hook.example/in"
RECEIVER = "hook.example:443"
GOOD = Answer(200, 12, text="thanks")
BAD = Answer(503, 30, text="later")
SILENCE = Answer(NO_ANSWER, 2_000, why="too_late")


def added(lead_id: int, event: str = "add_lead") -> Occurrence:
    return Occurrence(event, {"leads": {event.partition("_")[0]: [{"id": lead_id}]}})


class Webhooks:
    """What tests of subscriptions and deliveries have at hand."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def subscribe(
        self,
        destination: str = HOOK,
        *settings: str,
        actor: Actor = ALICE,
        receiver: str = RECEIVER,
        sort: int | None = None,
        now: int = NOW,
    ) -> Webhook:
        wanted = Wanted(destination, settings or ("add_lead",), sort)
        async with self.db.write() as tx:
            return await service.subscribe(tx, actor, wanted, receiver, SEAL, now)

    async def plan(self, *occurrences: Occurrence, actor: Actor = ALICE, now: int = NOW) -> int:
        async with self.db.write() as tx:
            return await service.plan(tx, actor.account_id, occurrences, now)

    async def get(self, webhook: Webhook, actor: Actor = ALICE) -> Webhook:
        async with self.db.read() as reader:
            return await service.get(reader, actor, webhook.id)

    async def waiting(self) -> list[Waiting]:
        """Return the oldest of each account and receiver."""
        async with self.db.read() as reader:
            return [
                one
                for receiver in await sending.receivers(reader, "", 100)
                for one in await sending.waiting_for(reader, receiver, 0, 100)
            ]

    async def claim(self, now: int = NOW) -> Claim | None:
        """Take the first delivery that waits and is to be sent."""
        await sending.let_due_wait(self.db, now)
        for one in await self.waiting():
            async with self.db.write() as tx:
                claimed = await sending.claim(tx, one, now)
            if claimed is not None:
                return claimed
        return None

    async def settle(self, claim: Claim, answer: Answer, now: int = NOW) -> Settled:
        async with self.db.write() as tx:
            return await sending.settle(tx, claim, answer, now)

    async def send(self, answer: Answer, now: int = NOW) -> Settled | None:
        """Send the next delivery that is due, to somebody who answers so."""
        claimed = await self.claim(now)
        return None if claimed is None else await self.settle(claimed, answer, now)

    async def deliveries(
        self, webhook: Webhook, actor: Actor = ALICE, state: str = ""
    ) -> list[Delivery]:
        async with self.db.read() as reader:
            page = await history.deliveries(reader, actor, webhook.id, state=state, limit=1000)
        return page.deliveries

    async def states(self, webhook: Webhook) -> list[str]:
        """Return the states of what was told, oldest first."""
        return [one.state for one in await self.deliveries(webhook)][::-1]

    async def attempts(self, webhook: Webhook, delivery_id: int) -> Sequence[Attempt]:
        async with self.db.read() as reader:
            _, attempts = await history.delivery(reader, ALICE, webhook.id, delivery_id)
        return attempts

    async def send_again(
        self, webhook: Webhook, delivery_id: int, actor: Actor = ALICE, now: int = NOW
    ) -> None:
        async with self.db.write() as tx:
            await history.send_again(tx, actor, webhook.id, delivery_id, now)


__all__ = ["ALICE", "BAD", "GOOD", "HOOK", "NOW", "RECEIVER", "SEAL", "SILENCE", "Webhooks"]
