"""Kill -9 while codes are exchanged and tokens refreshed (S-193 to S-198, S-202, S-203).

Integrations work with a server until it dies in the middle of something, and go
on with the next one: each repeats what was not answered, and looks whether what
was answered is still true.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec

from grantway.kernel.credentials import digest
from tests.concurrency.processes import Server, kill, serving
from tests.concurrency.races import SPENT_CODE, must_be_one_family
from tests.concurrency.wire import Line, Told, account, exchange, refresh
from tests.integration.api_client import Api
from tests.integration.token_endpoint import consented_code

INTEGRATIONS = 8
PATIENCE = 60  # seconds for a server to come up
REFRESHES = 6  # of a family, before its integration begins another one
Pair = tuple[str, str]


class Deaths(msgspec.Struct):
    """How often a server was killed, and what was under way."""

    kills: int = 0
    exchanges_cut: int = 0
    exchanges_stored: int = 0
    refreshes_cut: int = 0
    answered: int = 0


class Integration:
    """One client. It knows what was answered, and what it asked for when the server died."""

    def __init__(self, api: Api, deaths: Deaths) -> None:
        self._api = api
        self._deaths = deaths
        self._line: Line | None = None
        self._code: str | None = None
        self._pairs: list[Pair] = []

    async def work(self, port: int) -> None:
        """Exchange and refresh until the server is dead."""
        self._line = Line(port)
        try:
            while True:
                await self._step()
        except (OSError, EOFError):
            self._line.close()

    async def _ask(self, request: bytes) -> Told:
        assert self._line is not None
        told = await self._line.ask(request)
        self._deaths.answered += 1
        return told

    async def _step(self) -> None:
        if not self._pairs:
            self._code = self._code or await consented_code(self._api)
            self._begin(await self._ask(exchange(self._api, self._code)))
            return
        told = await self._ask(refresh(self._api, self._pairs[-1][1]))
        assert told.status == 200, told
        assert told.pair not in self._pairs, "each generation has a pair of its own"
        self._pairs.append(told.pair)
        if len(self._pairs) > REFRESHES:
            self._pairs = []

    def _begin(self, told: Told) -> None:
        assert told.status == 200, told
        self._code = None
        self._pairs = [told.pair]

    async def recover(self, port: int) -> None:
        """Do on another server what a client does, and must be able to do, after a crash."""
        self._line = Line(port)
        if self._pairs:
            await self._repeat_refresh()
        elif self._code is not None:
            await self._repeat_exchange(self._code)
        self._line.close()

    async def _repeat_exchange(self, code: str) -> None:
        self._deaths.exchanges_cut += 1
        was_stored = await self._is_spent(code)
        told = await self._ask(exchange(self._api, code))
        if was_stored:
            assert (told.status, told.hint) == (400, SPENT_CODE)
            self._deaths.exchanges_stored += 1
            self._code = None
        else:
            self._begin(told)
        await must_be_one_family(self._api, code, generation=1)

    async def _is_spent(self, code: str) -> bool:
        async with self._api.db.read() as reader:
            used: int | None = await reader.value(
                "select used_at from authorization_codes where code_hash = :code_hash",
                code_hash=digest(code),
            )
        return used is not None

    async def _repeat_refresh(self) -> None:
        """Use the answered pair, and take the next one of it, one and the same."""
        self._deaths.refreshes_cut += 1
        access, token = self._pairs[-1]
        alive = await self._ask(account(access))
        assert alive.status == 200, "what was answered with success is still true"
        told = await self._ask(refresh(self._api, token))
        assert told.status == 200, "no client is left without a way on"
        again = await self._ask(refresh(self._api, token))
        assert (again.status, again.pair) == (200, told.pair), "the repeat gives the pair"
        assert told.pair not in self._pairs
        for _, older in self._pairs[:-1]:
            spent = await self._ask(refresh(self._api, older))
            assert spent.status == 401, "one live refresh token"
        self._pairs.append(told.pair)
        following = await self._ask(refresh(self._api, told.pair[1]))
        assert following.status == 200
        self._pairs.append(following.pair)


@asynccontextmanager
async def spares(api: Api, count: int) -> AsyncIterator[asyncio.Queue[Server]]:
    """Start servers ahead, so that nobody waits for one; all are dead in the end."""
    ready: asyncio.Queue[Server] = asyncio.Queue(maxsize=1)
    holding: list[asyncio.Task[None]] = []
    over = asyncio.Event()

    async def hold(server_is_ready: asyncio.Future[Server]) -> None:
        try:
            async with serving(api) as server:
                server_is_ready.set_result(server)
                await over.wait()
        except BaseException as error:
            # Whoever waits for the server must hear that there will be none.
            if not server_is_ready.done():
                server_is_ready.set_exception(error)
            raise

    async def supply() -> None:
        for _ in range(count):
            future: asyncio.Future[Server] = asyncio.get_running_loop().create_future()
            holding.append(asyncio.create_task(hold(future)))
            await ready.put(await future)

    supplying = asyncio.create_task(supply())
    try:
        yield ready
    finally:
        supplying.cancel()
        with suppress(asyncio.CancelledError):
            await supplying
        over.set()
        await asyncio.gather(*holding, return_exceptions=True)


async def kill_many(api: Api, kills: int, choose: random.Random) -> Deaths:
    """Kill a server *kills* times, in the middle of what eight integrations do."""
    deaths = Deaths()
    integrations = [Integration(api, deaths) for _ in range(INTEGRATIONS)]
    async with spares(api, kills + 1) as ready:
        server = await asyncio.wait_for(ready.get(), PATIENCE)
        for _ in range(kills):
            working = [asyncio.create_task(one.work(server.port)) for one in integrations]
            following = asyncio.create_task(ready.get())
            await asyncio.sleep(choose.uniform(0.02, 0.25))
            await kill(server.process)
            await asyncio.gather(*working)
            deaths.kills += 1
            server = await asyncio.wait_for(following, PATIENCE)
            await asyncio.gather(*(one.recover(server.port) for one in integrations))
    return deaths
