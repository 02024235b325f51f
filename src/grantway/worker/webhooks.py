"""Sends the deliveries of account webhooks (api-v4.md 3.13; S-162, S-165, S-215, S-216)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from grantway.crm.webhooks import sending, service
from grantway.crm.webhooks.model import (
    DEADLINE,
    MAX_ANSWER,
    NO_ANSWER,
    Answer,
    Claim,
    Waiting,
    Webhook,
    headers,
    whole_body,
)
from grantway.crm.webhooks.signing import signature
from grantway.db import Database, Reader, Transaction
from grantway.hooks.model import Answered, Failed, Outcome, Why
from grantway.hooks.sender import Call, Sender
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import Clock
from grantway.kernel.sealing import Seal, UnsealError
from grantway.notices import service as notices
from grantway.notices.model import Kind
from grantway.worker.delivering import Count, ignore, result_of
from grantway.worker.fairness import FairSender, Shares

log = structlog.get_logger()

_STORING = 4  # of the connections of a pool that requests share


class Teller(FairSender[Waiting, Claim]):
    """Sends each until it is taken or given up. *count* hears the result of each attempt."""

    name = "teller"
    housekeeping_seconds = 1.0

    def __init__(
        self,
        db: Database,
        sender: Sender,
        seal: Seal,
        addresses: Addresses,
        now: Clock,
        *,
        shares: Shares | None = None,
        count: Count = ignore,
    ) -> None:
        super().__init__(db, shares)
        self._sender = sender
        self._seal = seal
        self._addresses = addresses
        self._now = now
        self._count = count
        self._storing = asyncio.Semaphore(_STORING)

    async def prepare(self) -> None:
        """Load the client."""
        await asyncio.to_thread(self._sender.prepare)

    async def keep_house(self) -> int:
        """Let wait what is due again, and what somebody claimed and did not live to settle."""
        return await sending.let_due_wait(self.db, self._now())

    async def receivers(self, reader: Reader, after: str, limit: int) -> Sequence[str]:
        """Return receivers that deliveries wait for."""
        return await sending.receivers(reader, after, limit)

    async def waiting_for(
        self, reader: Reader, receiver: str, after_account: int, limit: int
    ) -> Sequence[Waiting]:
        """Return the oldest delivery of each account."""
        return await sending.waiting_for(reader, receiver, after_account, limit)

    async def claim(self, waiting: Waiting) -> Claim | None:
        """Take a delivery for a minute."""
        async with self._storing, self.db.write() as tx:
            return await sending.claim(tx, waiting, self._now())

    async def carry_out(self, claimed: Claim) -> None:
        """Send a delivery that was claimed, and note what came back."""
        outcome = await self._send(claimed)
        answer = _answer(outcome)
        async with self._storing, self.db.write() as tx:
            now = self._now()
            settled = await sending.settle(tx, claimed, answer, now)
            if settled.switched_off is not None:
                await tell_switched_off(tx, settled.switched_off, now)
        self._count("webhook", result_of(outcome))
        log.info(
            "webhooks.sent",
            delivery=claimed.id,
            account=claimed.account_id,
            webhook=claimed.webhook_id,
            told=claimed.event,
            attempt=claimed.number,
            status=answer.status or None,
            why=answer.why,
            milliseconds=answer.milliseconds,
            state=settled.state,
        )
        if settled.switched_off is not None:
            log.warning(
                "webhooks.switched_off", account=claimed.account_id, webhook=claimed.webhook_id
            )

    async def _send(self, claim: Claim) -> Outcome:
        try:
            call = self._call(claim)
        except UnsealError as error:
            log.error(  # noqa: TRY400 - the reason says all
                "webhooks.secret_not_opened",
                account=claim.account_id,
                webhook=claim.webhook_id,
                why=str(error),
            )
            return Failed(Why.NO_SECRET, 0)
        return await self._sender.send(call)

    def _call(self, claim: Claim) -> Call:
        """Return what is sent, as the account is called now. Raises UnsealError."""
        origin = self._addresses.origin(claim.subdomain)
        body = whole_body(claim.body, claim.account_id, claim.subdomain, origin)
        purpose = service.purpose(claim.account_id, claim.webhook_id)
        sealed = [one for one in (claim.secret_sealed, claim.former_secret_sealed) if one]
        secrets = [self._seal.unseal(one, purpose) for one in sealed]
        now = self._now()
        signed = signature(secrets, claim.message_id, now, body)
        return Call(
            account_id=claim.account_id,
            method="POST",
            uri=claim.destination,
            body=body.encode(),
            headers=headers(claim.message_id, now, claim.number, signed),
            deadline=DEADLINE,
            keeps=MAX_ANSWER,
        )


async def tell_switched_off(tx: Transaction, webhook: Webhook, now: int) -> None:
    """Tell the account's administrators, in the transaction that switches it off (S-167)."""
    await notices.tell_administrators(
        tx,
        webhook.account_id,
        Kind.WEBHOOK_OFF,
        now,
        facts={"receiver": webhook.receiver.removesuffix(":443")},
        path=f"webhooks/{webhook.id}",
    )


def _answer(outcome: Outcome) -> Answer:
    if isinstance(outcome, Answered):
        return Answer(outcome.status, outcome.milliseconds, text=outcome.excerpt)
    was_sent = outcome.why is not Why.NO_SECRET
    return Answer(NO_ANSWER, outcome.milliseconds, why=str(outcome.why), was_sent=was_sent)
