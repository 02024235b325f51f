"""Sends the e-mails of notices for as long as the process lives.

Any number of processes do this on one database: who claims an e-mail sends it.
Nothing is sent inside a transaction, and a mail server that hangs delays
nobody but the e-mails themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import structlog

from grantway.db import Database, Transaction
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import Clock
from grantway.notices import letters, mailing
from grantway.notices.mailer import (
    SENDING,
    LetterRefused,
    Line,
    Mailer,
    MailError,
    ServerUnusable,
)
from grantway.notices.model import Mailed

log = structlog.get_logger()

POLL_SECONDS = 2.0
"""How late an e-mail leaves at most when there is nothing else to send."""
_AT_ONCE = 20
"""E-mails that are claimed together and leave by one connection: servers dislike more."""
_PAUSE_SECONDS = 60.0  # between tries to reach a server that takes nothing

Count = Callable[[str], None]


def _ignore(_result: str) -> None:
    """Count nothing."""


class Postman:
    """Claims, sends and settles. *count* hears what came of each e-mail."""

    def __init__(
        self,
        db: Database,
        mailer: Mailer,
        addresses: Addresses,
        now: Clock,
        *,
        count: Count = _ignore,
    ) -> None:
        self._db = db
        self._mailer = mailer
        self._addresses = addresses
        self._now = now
        self._count = count
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="postman")

    async def stop(self) -> None:
        """Finish the e-mail that is under way, and leave the others to anybody."""
        self._stopping.set()
        if self._task is not None:
            _, late = await asyncio.wait([self._task], timeout=SENDING / 4)
            for one in late:
                one.cancel()  # what it had claimed is due again when the claim ends
            await asyncio.gather(self._task, return_exceptions=True)

    async def send_due(self) -> int:
        """Send what is due now; return how many the server took. Raises ServerUnusable."""
        sent = 0
        while not self._stopping.is_set():
            async with self._db.write() as tx:
                claims = await mailing.claim(tx, _AT_ONCE, self._now())
            for _ in range(claims.given_up):
                self._count("given_up")
            if claims.mails:
                sent += await self._send(list(claims.mails))
            elif not claims.given_up:
                break
        return sent

    async def _run(self) -> None:
        pause = POLL_SECONDS
        while not self._stopping.is_set():
            try:
                await self.send_due()
                pause = POLL_SECONDS
            except ServerUnusable as error:
                log.warning("mail.server_unusable", server=self._mailer.server.name, why=error.why)
                pause = _PAUSE_SECONDS
            except Exception:
                # Whatever it was, a while later is another try.
                log.exception("postman.failed")
                pause = _PAUSE_SECONDS
            await self._wait(pause)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _send(self, mails: list[Mailed]) -> int:
        """Send by one connection; what nobody came to is given back untried."""
        sent = 0
        try:
            async with AsyncExitStack() as stack:
                try:
                    line = await stack.enter_async_context(self._mailer.line())
                except ServerUnusable as error:
                    # Each of them has had this try: none could have been sent.
                    while mails:
                        await self._settle(mails.pop(0), error)
                    raise
                while mails and not self._stopping.is_set():
                    sent += await self._send_one(line, mails.pop(0))
        finally:
            if mails:
                async with self._db.write() as tx:
                    await mailing.give_back(tx, mails, self._now())
        return sent

    async def _send_one(self, line: Line, mailed: Mailed) -> int:
        try:
            letter = letters.write(mailed, self._mailer.sender, self._addresses, self._now())
        except ValueError:
            # An address or a name that no header can hold.
            await self._settle(mailed, LetterRefused("the e-mail cannot be written"))
            return 0
        try:
            await line.send(letter)
        except MailError as error:
            await self._settle(mailed, error)
            if isinstance(error, ServerUnusable):
                raise
            return 0
        await self._settle(mailed, None)
        return 1

    async def _settle(self, mailed: Mailed, error: MailError | None) -> None:
        result = "sent"
        async with self._db.write() as tx:
            if error is None:
                await mailing.note_sent(tx, mailed, self._now())
            elif isinstance(error, LetterRefused):
                await mailing.note_refused(tx, mailed, self._now())
                result = "given_up"
            else:
                result = await _put_off(tx, mailed, self._now())
        self._count(result)
        told = {"notice": mailed.notice.id, "user": mailed.notice.user_id, "tries": mailed.tries}
        if error is None:
            log.info("mail.sent", **told)
        elif result == "given_up":
            log.warning("mail.given_up", why=error.why, **told)
        else:
            log.info("mail.put_off", why=error.why, **told)


async def _put_off(tx: Transaction, mailed: Mailed, now: int) -> str:
    return "put_off" if await mailing.note_put_off(tx, mailed, now) else "given_up"
