"""The same limits over all processes, counted in a Valkey or Redis server (S-169, S-218).

The server decides and counts in one script, by its own clock. While it does not
answer, each process counts by itself, as without a server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog
from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.exceptions import ConnectionError as Disconnected

from grantway.asgi.limits import Blocked, Limits, RateLimiter, over_limit

log = structlog.get_logger()

PATIENCE: Final = 0.1
"""Seconds that the server may take to answer; a request waits twice as long at most."""
_PATIENCE_OF_A_CHECK: Final = 2.0
_PAUSE: Final = 1.0  # seconds between two attempts to reach a server that did not answer
_SECOND: Final = 1_000_000  # the script counts in microseconds, which are whole in Lua's numbers
_BLOCKED: Final = -1

# KEYS: the block of the source, its strikes, then the calls of whatever the request counts for.
# ARGV: the moment (empty for the server's own clock), strikes that block, the window of strikes,
# the length of a block, then how many calls each of the further keys may have in a second.
# Moments are kept and compared: a clock that was set back refuses nobody, and keys expire a while
# after they have lost their meaning, only so that nothing stays.
_SCRIPT: Final = b"""
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local moment = string.format('%.0f', now)

local function recent(noted, span)
  local age = noted and now - noted
  return age and age >= 0 and age < span
end

local function note(key, most, span)
  if redis.call('RPUSH', key, moment) > most then
    redis.call('LTRIM', key, -most, -1)
  end
  redis.call('PEXPIRE', key, span / 1000 + 10000)
end

local strikes, window, block = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if recent(redis.call('GET', KEYS[1]), block) then
  return -1
end
for i = 3, #KEYS do
  local most = tonumber(ARGV[i + 2])
  if recent(redis.call('LINDEX', KEYS[i], -most), 1000000) then
    note(KEYS[2], strikes, window)
    if recent(redis.call('LINDEX', KEYS[2], -strikes), window) then
      redis.call('SET', KEYS[1], moment, 'PX', block / 1000 + 10000)
      redis.call('DEL', KEYS[2])
    end
    return i - 2
  end
  note(KEYS[i], most, 1000000)
end
return 0
"""

_Question = tuple[str | int | bytes, ...]
_Counted = Sequence[tuple[str, str, int]]
"""What a call counts for: kind, name, and how many it may have in a second."""


class LimitsServer:
    """One connection of this process to the server, and what happens when it breaks.

    Questions that come while others are under way travel together, next. Keys
    begin with *prefix*, so that several platforms may share a server. *count_alone*
    hears of each admission that was decided without the server. A test hands in
    *now* and moves it; else the server's own clock counts.
    """

    def __init__(
        self,
        url: str,
        prefix: str,
        *,
        count_alone: Callable[[], None] = lambda: None,
        patience: float = PATIENCE,
        now: Callable[[], float] | None = None,
    ) -> None:
        self.count_alone = count_alone
        self._prefix = prefix
        self._patience = patience
        self._now = now
        self._connection = _connection_to(url)
        self._waiting: list[tuple[_Question, asyncio.Future[int | None]]] = []
        self._asking: asyncio.Task[None] | None = None
        self._returning: asyncio.Task[None] | None = None

    def limiter(self, door: str, here: RateLimiter) -> SharedRateLimiter:
        """Return what counts in this server, and *here* while it does not answer."""
        return SharedRateLimiter(self, door, here)

    async def admit(self, door: str, source: str, counted: _Counted, limits: Limits) -> int | None:
        """Count a call of *source*, if it may call.

        Returns 0 when it may, -1 when it is blocked, or which of *counted* is full,
        from 1; None says that the server does not answer.
        """
        if self._returning is not None:
            return None
        answer: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._question(door, source, counted, limits), answer))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await answer

    def _question(self, door: str, source: str, counted: _Counted, limits: Limits) -> _Question:
        start = f"{self._prefix}:{door}"
        return (
            b"EVAL",
            _SCRIPT,
            2 + len(counted),
            f"{start}:block:{source}",
            f"{start}:strikes:{source}",
            *[f"{start}:{kind}:{name}" for kind, name, _ in counted],
            "" if self._now is None else round(self._now() * _SECOND),
            limits.strikes_to_block,
            limits.strikes_window * _SECOND,
            limits.block_seconds * _SECOND,
            *[most for _, _, most in counted],
        )

    async def _ask(self) -> None:
        """Ask what waits, and what comes meanwhile."""
        asked: list[tuple[_Question, asyncio.Future[int | None]]] = []
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                answers = await self._exchange([question for question, _ in asked], self._patience)
                for (_, future), answer in zip(asked, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
        except Exception as error:  # noqa: BLE001 - whatever it is, requests go on without
            log.warning("limits.server_lost", why=_in_words(error))
            self._returning = asyncio.create_task(self._return())
        finally:
            # Nobody waits for an answer that cannot come any more.
            for _, future in asked + self._waiting:
                if not future.done():
                    future.set_result(None)
            self._waiting = []
            self._asking = None

    async def _exchange(self, questions: list[_Question], patience: float) -> list[int]:
        """Send *questions* and return the answers, within *patience* seconds."""
        async with asyncio.timeout(patience):
            was_open = self._connection.is_connected
            try:
                return await self._exchange_once(questions)
            except Disconnected:
                # Servers hang up on who was silent for long: that is no outage.
                if not was_open:
                    raise
            return await self._exchange_once(questions)

    async def _exchange_once(self, questions: list[_Question]) -> list[int]:
        connection = self._connection
        try:
            await connection.send_packed_command(connection.pack_commands(questions))
            return [await connection.read_response() for _ in questions]
        except BaseException:
            # Answers that nobody has read would be taken for those to the next questions.
            await connection.disconnect(nowait=True)
            raise

    async def _return(self) -> None:
        """Wait until the server answers again."""
        loop = asyncio.get_running_loop()
        lost_at = loop.time()
        is_lost = True
        while is_lost:
            await asyncio.sleep(_PAUSE)
            # Nobody waits for it to connect; once it is connected it must be quick.
            is_lost = bool(await self.problem() or await self.problem(self._patience))
        log.info("limits.server_back", seconds=round(loop.time() - lost_at, 1))
        self._returning = None

    async def problem(self, patience: float = _PATIENCE_OF_A_CHECK) -> str | None:
        """Count a call that stands for nobody; return why the server could not, if so."""
        question = self._question("check", "", [("nobody", "", 1000)], Limits())
        try:
            await self._exchange([question], patience)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return _in_words(error)
        return None

    async def close(self) -> None:
        """Let go of the connection."""
        tasks = [task for task in (self._asking, self._returning) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._connection.disconnect(nowait=True)


class SharedRateLimiter:
    """Counts by address, integration and account in *server*, or *here* while it does not answer.

    *door* tells apart what is counted apart.
    """

    def __init__(self, server: LimitsServer, door: str, here: RateLimiter) -> None:
        self.limits = here.limits
        self._server = server
        self._door = door
        self._here = here

    async def admit_address(self, source: str) -> None:
        """Count a call from *source*, whatever it carries. Raises TooMany, Blocked."""
        if not self.limits.enabled:
            return
        if not await self._admit(source, [("address", source, self.limits.per_address)]):
            await self._here.admit_address(source)

    async def admit_integration(self, client_id: str, account_id: int | None, source: str) -> None:
        """Count a call whose credentials were accepted, as RateLimiter does."""
        if not self.limits.enabled:
            return
        counted = [("integration", client_id, self.limits.per_integration)]
        if account_id is not None:
            counted.append(("account", str(account_id), self.limits.per_account))
        if not await self._admit(source, counted):
            await self._here.admit_integration(client_id, account_id, source)

    async def _admit(self, source: str, counted: _Counted) -> bool:
        """Return whether the server decided. Raises TooMany, Blocked."""
        full = await self._server.admit(self._door, source, counted, self.limits)
        if full is None:
            self._server.count_alone()
            return False
        if full == _BLOCKED:
            raise Blocked
        if full:
            kind, _, most = counted[full - 1]
            raise over_limit(self.limits, kind, most)
        return True


async def problem_with(url: str) -> str | None:
    """Return why nothing can be counted in the server at *url*, or None."""
    try:
        server = LimitsServer(url, "grantway")
    except ValueError as error:
        return str(error)
    try:
        return await server.problem()
    finally:
        await server.close()


def _connection_to(url: str) -> AbstractConnection:
    """Return a connection that opens when it is used. Raises ValueError."""
    try:
        options: dict[str, Any] = {**parse_url(url.replace("valkey", "redis", 1))}
        kind = options.pop("connection_class", Connection)
        # The second version of the protocol is understood by every server, and says all we ask.
        made: AbstractConnection = kind(**options, protocol=2, socket_timeout=None)
    except TypeError:
        raise ValueError("the address of the limits' server has options that are none") from None
    return made


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{type(error).__name__}: {error}"
