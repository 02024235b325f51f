"""Removes what is over, so that nothing grows with traffic instead of with users."""

from __future__ import annotations

import asyncio

import structlog

from grantway.accounts import sessions
from grantway.crm.changes import service as changes
from grantway.crm.webhooks import sending as webhooks
from grantway.db import Database
from grantway.hooks import service as hooks
from grantway.installations import everywhere
from grantway.installing import intents
from grantway.integrations import by_button
from grantway.kernel.clock import Clock
from grantway.marketplace import counting
from grantway.moderation import closing_trials, technical_ends
from grantway.notices import mailing
from grantway.notices import service as notices
from grantway.oauth import codes, consent, unused
from grantway.pictures import service as pictures
from grantway.widgets import service as widgets

log = structlog.get_logger()
_EVERY_SECONDS = 3600


class Sweeper:
    """Sweeps once an hour for as long as the process lives."""

    def __init__(self, db: Database, now: Clock) -> None:
        self._db = db
        self._now = now
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the first sweep is an hour away, so starting costs nothing."""
        self._task = asyncio.create_task(self._run(), name="sweeper")

    async def stop(self) -> None:
        """End, and wait for a sweep that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> int:
        """Sweep once; return how many rows were removed or ended."""
        now = self._now()
        removed = 0
        for one in (
            *(consent.sweep, sessions.sweep, codes.sweep, hooks.sweep, intents.sweep),
            *(by_button.sweep, everywhere.sweep, pictures.sweep, technical_ends.sweep),
            *(mailing.sweep, notices.sweep, closing_trials.sweep),
        ):
            # A transaction each: others write in between.
            async with self._db.write() as tx:
                removed += await one(tx, now)
        removed += await unused.sweep(self._db, now)
        removed += await changes.sweep(self._db, now)
        removed += await webhooks.sweep(self._db, now)
        removed += await widgets.sweep(self._db, now)
        # Last: what ended above is counted no more.
        await counting.sweep(self._db)
        return removed

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            try:
                removed = await self.sweep()
            except Exception:
                # Whatever it was, the next hour is another try.
                log.exception("sweeper.failed")
            else:
                log.info("sweeper.swept", removed=removed)
