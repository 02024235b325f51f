"""Planning calls, making them, and reading what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
import structlog

from grantway.accounts.actor import Actor
from grantway.db import Database, Reader, Transaction
from grantway.hooks import store
from grantway.hooks.addresses import read_uri
from grantway.hooks.errors import UriRefused
from grantway.hooks.model import (
    KEPT,
    MAX_UNDER_WAY,
    Answered,
    Attempt,
    Delivery,
    Failed,
    Kind,
    Outcome,
    Planned,
    Waiting,
    Why,
    revoke_uri,
    shown,
    signature,
    with_parameters,
)
from grantway.hooks.sender import Call, Sender
from grantway.hooks.turns import Turns
from grantway.integrations import clients
from grantway.integrations import service as integrations
from grantway.kernel.clock import Clock
from grantway.kernel.errors import Unavailable
from grantway.kernel.sealing import Seal, UnsealError

log = structlog.get_logger()

_NEWEST = 2**62
_NOWHERE = "-"  # takes turns like others, and fails when it is called
# Calls that somebody waits for, at once: in all, to one receiver, for one account.
_WAITED_FOR, _TO_A_DESTINATION, _FOR_AN_ACCOUNT = 256, 8, 32
_STORING = 4  # of the connections of a pool that requests share
# Seconds between tries to store what came back; within `MAX_UNDER_WAY`.
_PATIENCE = (0.1, 0.5, 2.0, 10.0)


Complete = Callable[[Transaction, Delivery, int], Awaitable[Mapping[str, str] | None]]
"""Makes what a call carries that may not be stored, in the transaction that claims the call.

So what it makes is there exactly when the call may be sent, and only its sender ever has it.
None when there is nothing to tell any more.
"""


OnLost = Callable[[Transaction, str, int], Awaitable[None]]
"""Hears that a call to an integration came to nothing, in the transaction that notes it."""


class Page(msgspec.Struct, frozen=True):
    """Some calls, newest first; *next* and *previous* are None when nothing is there."""

    attempts: list[Attempt]
    next_before_id: int | None
    previous_after_id: int | None = None


async def plan(tx: Transaction, planned: Planned, now: int) -> int:
    """Plan a call with the change that it tells; it is sent after the commit, at most once.

    Returns its id. Whether it may go to that URI is judged when it is sent.
    """
    return await store.add_delivery(tx, planned.account_id, planned, _destination(planned.uri), now)


async def plan_now(tx: Transaction, planned: Planned, now: int) -> Delivery:
    """Plan a call that its planner makes itself, by `Hooks.call`, after the commit."""
    delivery_id = await store.add_delivery(
        tx, planned.account_id, planned, _destination(planned.uri), now, is_claimed=True
    )
    return Delivery(
        planned.account_id,
        delivery_id,
        planned.client_id,
        str(planned.kind),
        planned.method,
        planned.uri,
    )


async def plan_revoke_hook(tx: Transaction, account_id: int, client_id: str, now: int) -> bool:
    """Plan to tell the integration that the account's access has ended; False without a hook.

    Once on uninstalling or disabling, and once per revoked grant
    (authorization.md 14.2 and 21, row 18). The signature is made when it is
    sent. An integration without a secret key has nothing to sign with: its
    integrator reads that among the attempts.
    """
    client = await clients.find_client(tx, client_id)
    if client is None or client.status == "deleted" or not client.revoke_hook_uri:
        return False
    planned = Planned(
        account_id=account_id,
        client_id=client_id,
        kind=Kind.REVOKE,
        uri=revoke_uri(client.revoke_hook_uri, client_id, account_id),
    )
    if client.secret_hash is not None:
        await plan(tx, planned, now)
    else:
        delivery = await plan_now(tx, planned, now)
        await finish(tx, delivery, Failed(Why.NO_SECRET, 0), now)
    return True


async def claim(tx: Transaction, waiting: Waiting, now: int) -> Delivery | None:
    """Take a call that waits; None when somebody else has it."""
    return await store.claim_delivery(tx, waiting.account_id, waiting.id, now)


async def finish(tx: Transaction, delivery: Delivery, outcome: Outcome, now: int) -> None:
    """Note what came of a call.

    After the last revoke hook of a deleted integration its secret key goes.
    """
    await store.finish_delivery(
        tx,
        delivery.account_id,
        delivery.id,
        now,
        milliseconds=outcome.milliseconds,
        status=outcome.status if isinstance(outcome, Answered) else None,
        why=outcome.why if isinstance(outcome, Failed) else None,
    )
    if delivery.kind == Kind.REVOKE:
        await clients.forget_unneeded_secret(tx, delivery.client_id)


async def note_unknown(tx: Transaction, now: int) -> int:
    """Call unknown what was claimed a minute ago and never finished; return how many."""
    return await store.mark_unknown(tx, now - MAX_UNDER_WAY, now)


async def sweep(tx: Transaction, now: int) -> int:
    """Remove calls that are older than we tell of, and keys that none needs; return how many.

    A key is left when nobody lived to finish the last call that it signed.
    """
    swept = await store.sweep_deliveries(tx, now - KEPT)
    return swept + await clients.forget_unneeded_secrets(tx)


async def attempts(
    reader: Reader,
    actor: Actor,
    client_id: str,
    *,
    before_id: int | None = None,
    after_id: int | None = None,
    limit: int = 50,
    state: str = "",
) -> Page:
    """Return calls of one of the account's own integrations, in whichever account they began.

    The newest, or those next to a call; with one of `STATES` only those that are
    in it. For administrators. Raises IntegrationNotFound.
    """
    await integrations.get_own(reader, actor, client_id)
    owner = actor.account_id
    if after_id is not None:
        rising = await store.list_attempts_after(
            reader, owner, client_id, after_id, limit + 1, state
        )
        rows = rising[:limit][::-1]
        is_more = len(rising) > limit
        return Page(rows, rows[-1].id if rows else None, rows[0].id if is_more else None)
    rows = await store.list_attempts(
        reader, owner, client_id, before_id or _NEWEST, limit + 1, state
    )
    shown = rows[:limit]
    previous = shown[0].id if before_id is not None and shown else None
    return Page(shown, shown[-1].id if len(rows) > limit else None, previous)


async def destinations(reader: Reader, after: str, limit: int) -> Sequence[str]:
    """Return what calls wait for, for the worker."""
    return await store.list_destinations(reader, after, limit)


async def waiting_for(
    reader: Reader, destination: str, after_account: int, limit: int
) -> Sequence[Waiting]:
    """Return one call of each account that waits for *destination*, for the worker."""
    return await store.list_waiting(reader, destination, after_account, limit)


def _destination(uri: str) -> str:
    try:
        return read_uri(uri).name
    except UriRefused:
        return _NOWHERE


class Hooks:
    """Makes calls: claimed before, recorded after. *rules* say which URIs may be kept.

    *completing* has the kinds of calls that get their parameters when they are claimed,
    *on_lost* what hears of those that are lost.
    """

    def __init__(
        self,
        db: Database,
        sender: Sender,
        seal: Seal,
        now: Clock,
        completing: Mapping[Kind, Complete] | None = None,
        on_lost: Mapping[Kind, OnLost] | None = None,
    ) -> None:
        self.db = db
        self.now = now
        self.rules = sender.rules
        self.planned = asyncio.Event()
        self._sender = sender
        self._seal = seal
        self._completing = completing or {}
        self._on_lost = on_lost or {}
        self._storing = asyncio.Semaphore(_STORING)
        self._waited_for = Turns(
            _WAITED_FOR, destination=_TO_A_DESTINATION, account=_FOR_AN_ACCOUNT
        )
        self._calls: set[asyncio.Task[Outcome]] = set()

    async def prepare(self) -> None:
        """Load beside everything else what the first call would wait for."""
        await asyncio.to_thread(self._sender.prepare)

    def wake(self) -> None:
        """Have the calls sent at once that this process has just committed.

        Nobody needs to: without it they are seen a second later.
        """
        self.planned.set()

    async def claim(self, waiting: Waiting) -> Delivery | None:
        """Take a call, on stable storage when this returns.

        None when somebody else has it, or when it is not to be sent any more.
        """
        async with self._storing, self.db.write() as tx:
            delivery = await claim(tx, waiting, self.now())
            complete = None if delivery is None else self._completing.get(Kind(delivery.kind))
            if delivery is None or complete is None:
                return delivery
            return await self._completed(tx, delivery, complete)

    async def _completed(
        self, tx: Transaction, delivery: Delivery, complete: Complete
    ) -> Delivery | None:
        parameters = await complete(tx, delivery, self.now())
        if parameters is None:
            await self._finish(tx, delivery, Failed(Why.OVER, 0))
            return None
        uri = with_parameters(delivery.uri, parameters)
        await store.note_uri(tx, delivery.account_id, delivery.id, shown(uri))
        return msgspec.structs.replace(delivery, uri=uri)

    async def _finish(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        now = self.now()
        await finish(tx, delivery, outcome, now)
        if isinstance(outcome, Failed):
            await self._tell_lost(tx, delivery.client_id, delivery.kind, now)

    async def _tell_lost(self, tx: Transaction, client_id: str, kind: str, now: int) -> None:
        hear = self._on_lost.get(Kind(kind))
        if hear is not None:
            await hear(tx, client_id, now)

    async def note_unknown(self) -> int:
        """Call unknown what a process has claimed and did not live to finish; return how many."""
        now = self.now()
        async with self.db.write() as tx:
            lost = await store.list_lost(tx, now - MAX_UNDER_WAY)
            count = await note_unknown(tx, now)
            for one in lost:
                await self._tell_lost(tx, one.client_id, one.kind, now)
        return count

    async def carry_out(self, delivery: Delivery, json: bytes | None = None) -> Outcome:
        """Send a claimed call, once, and record what came back."""
        outcome = await self._send(delivery, json)
        await self._record(delivery, outcome)
        return outcome

    async def call(self, delivery: Delivery, json: bytes) -> Outcome:
        """Make a call of `plan_now` and return its outcome to who waits for it.

        It is made and recorded even if nobody waits any more.
        """
        task = asyncio.create_task(self._in_turn(delivery, json), name="hook-call")
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return await asyncio.shield(task)

    async def call_now(self, planned: Planned, json: bytes) -> Outcome:
        """Plan a call, make it and return its outcome, in no transaction of anybody.

        The secrets hook is the one that somebody waits for, and only a status of
        exactly 200 is consent to it (authorization.md 10).
        """
        async with self.db.write() as tx:
            delivery = await plan_now(tx, planned, self.now())
        return await self.call(delivery, json)

    async def finish(self) -> None:
        """Wait until what somebody waited for is recorded."""
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _in_turn(self, delivery: Delivery, json: bytes) -> Outcome:
        receiver = _destination(delivery.uri)
        async with self._waited_for.turn(destination=receiver, account=delivery.account_id):
            return await self.carry_out(delivery, json)

    async def _send(self, delivery: Delivery, json: bytes | None) -> Outcome:
        uri = delivery.uri
        if delivery.kind == Kind.REVOKE:
            signed = await self._signature(delivery)
            if signed is None:
                return Failed(Why.NO_SECRET, 0)
            uri = with_parameters(uri, {"signature": signed})
        return await self._sender.send(
            Call(
                account_id=delivery.account_id,
                method=delivery.method,
                uri=uri,
                body=json,
                headers={} if json is None else {"Content-Type": "application/json"},
            )
        )

    async def _signature(self, delivery: Delivery) -> str | None:
        try:
            async with self.db.read() as reader:
                secret = await clients.signing_secret(reader, delivery.client_id, self._seal)
        except UnsealError as error:
            log.error(  # noqa: TRY400 - the reason says all
                "hooks.secret_not_opened", client_id=delivery.client_id, why=str(error)
            )
            return None
        if secret is None:
            return None
        return signature(secret, delivery.client_id, delivery.account_id)

    async def _record(self, delivery: Delivery, outcome: Outcome) -> None:
        """Store the outcome; a database that comes back soon does not lose it.

        Otherwise the call becomes unknown, which is the truth.
        """
        told = msgspec.structs.asdict(outcome)
        told.pop("excerpt", None)  # which may be anything
        log.info(
            "hooks.sent",
            delivery=delivery.id,
            kind=delivery.kind,
            account=delivery.account_id,
            client_id=delivery.client_id,
            **told,
        )
        for pause in (*_PATIENCE, None):
            try:
                async with self._storing, self.db.write() as tx:
                    await self._finish(tx, delivery, outcome)
            except Unavailable as error:
                if pause is None:
                    log.error(  # noqa: TRY400 - the reason says all
                        "hooks.not_recorded", delivery=delivery.id, why=error.why
                    )
                    return
                await asyncio.sleep(pause)
            else:
                return
