"""When and from where grants were last used, noted beside the requests that use them."""

from __future__ import annotations

import asyncio

import structlog

from grantway.accounts.actor import Actor
from grantway.db import Database
from grantway.oauth import grant_store as store

log = structlog.get_logger()
NOTE_EVERY = 60


class Usage:
    """Notes the use of a grant at most once a minute, and one at a time for each grant.

    No request fails with it: a client that hears of a fault would send again what
    was done already.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._running: dict[int, asyncio.Task[None]] = {}

    def note(self, actor: Actor, now: int) -> None:
        """Note that the actor's grant was used, unless that is being done."""
        grant_id = actor.grant_id
        if grant_id is None or grant_id in self._running:
            return
        task = asyncio.create_task(self._store(actor, grant_id, 0, now), name="note-use")
        self._running[grant_id] = task
        task.add_done_callback(lambda _: self._running.pop(grant_id, None))

    async def note_now(self, actor: Actor, now: int, generation: int) -> None:
        """Note that the access token of this pair was used, and return when it is stored."""
        if actor.grant_id is not None:
            await self._store(actor, actor.grant_id, generation, now)

    async def _store(self, actor: Actor, grant_id: int, generation: int, now: int) -> None:
        try:
            async with self._db.write() as tx:
                await store.note_use(
                    tx,
                    actor.account_id,
                    grant_id,
                    actor.source,
                    generation=generation,
                    used_before=now - NOTE_EVERY,
                    now=now,
                )
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer stands
            log.warning("api.use_not_noted", why=type(error).__name__)

    async def finish(self) -> None:
        """Wait until what is being noted is stored."""
        await asyncio.gather(*self._running.values())
