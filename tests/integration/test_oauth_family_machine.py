"""Any sequence of uses of one family, against a model of a few lines (S-47, S-49, S-52 to S-55).

The family is refreshed, used, shown by others, moved through time and revoked,
at two processes in turn, and each answer is what the model says.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from grantway.oauth.families import refresh_expiry
from tests.integration.api_client import NOW, Api
from tests.integration.conftest import OpenApi
from tests.integration.forging import parts
from tests.integration.token_endpoint import (
    DAY,
    Pair,
    ask,
    consented_code,
    exchange,
    refresh,
    set_redirect_uri,
    told,
)

T = TypeVar("T")
REVOKED = (401, "Token has been revoked")
EXPIRED = (401, "Token has expired")
STEPS = [1, 59, 60, 61, 3_600, DAY - 1, DAY, 30 * DAY, 89 * DAY, 92 * DAY, -1, -30, -3_600, -DAY]
SCOPES = ["crm", "crm notifications files files_delete", "notifications"]


class Generation(msgspec.Struct):
    """One pair, as its client knows it."""

    pair: Pair
    issued_at: int


class FamilyMachine(RuleBasedStateMachine):
    """One family. *workers* are processes on one database."""

    def __init__(self, loop: asyncio.AbstractEventLoop, workers: list[Api]) -> None:
        super().__init__()
        self.loop = loop
        self.workers = workers
        self.turn = 0
        self.known: list[Generation] = []
        self.is_used = False
        self.has_ended = False

    @property
    def api(self) -> Api:
        """Return the process whose turn it is."""
        self.turn += 1
        return self.workers[self.turn % len(self.workers)]

    @property
    def now(self) -> int:
        return self.workers[0].clock.now

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    @initialize()
    def begin(self) -> None:
        self.workers[0].clock.now = NOW
        code = self.do(consented_code(self.api))
        answer = self.do(exchange(self.api, code))
        assert answer.status_code == 200
        self.known = [Generation(answer.json(), NOW)]

    def chosen(self, back: int) -> int:
        return max(0, len(self.known) - 1 - back)

    def expected(self, n: int) -> tuple[int, str] | str:
        """Return what a refresh token is good for: `next`, `again`, or how it is refused."""
        newest = len(self.known) - 1
        if self.has_ended or n < newest - 1 or (n == newest - 1 and self.is_used):
            return REVOKED
        if self.now >= refresh_expiry(self.known[n].issued_at):
            return EXPIRED
        return "next" if n == newest else "again"

    @rule(back=st.integers(0, 3))
    def refresh(self, back: int) -> None:
        n = self.chosen(back)
        expected = self.expected(n)
        answer = self.do(refresh(self.api, self.known[n].pair["refresh_token"]))
        if isinstance(expected, tuple):
            assert told(answer) == expected
            return
        assert answer.status_code == 200
        pair: Pair = answer.json()
        if expected == "again":
            same = self.known[-1].pair
            assert pair["refresh_token"] == same["refresh_token"]
            assert pair["access_token"] == same["access_token"]
            return
        for one in self.known:
            assert pair["refresh_token"] != one.pair["refresh_token"]
            assert pair["access_token"] != one.pair["access_token"]
        self.known.append(Generation(pair, self.now))
        self.is_used = False

    @rule(back=st.integers(0, 3))
    def use(self, back: int) -> None:
        n = self.chosen(back)
        issued_at = self.known[n].issued_at
        is_good = not self.has_ended and issued_at - 60 <= self.now < issued_at + DAY
        token = self.known[n].pair["access_token"]
        answer = self.do(self.api.get("/api/v4/account", token=token))
        assert answer.status_code == (200 if is_good else 401)
        if is_good and n == len(self.known) - 1:
            self.is_used = True

    @rule(back=st.integers(0, 3))
    def look(self, back: int) -> None:
        """Look, which tells what a refresh would and changes nothing."""
        n = self.chosen(back)
        token = self.known[n].pair["refresh_token"]
        would_do = isinstance(self.expected(n), str)
        headers = {"x-refresh-token": token}
        path = "/oauth2/account/current/subdomain"
        found = self.do(self.api.get(path, host="api", token=None, headers=headers))
        assert found.status_code == (200 if would_do else 401)
        shown = self.do(ask(self.api, {"token": token}, path="/oauth2/introspect"))
        assert shown.json()["active"] == would_do

    @rule(back=st.integers(0, 3))
    def show_by_mallory(self, back: int) -> None:
        """Nobody else can use, spend or kill it (S-51)."""
        token = self.known[self.chosen(back)].pair["refresh_token"]
        other = self.do(refresh(self.api, token, cast="bolt", host="acme"))
        wrong = {"client_secret": "wrong"}
        assert told(other) == (401, "Token is not linked to client")
        assert self.do(refresh(self.api, token, fields=wrong)).status_code == 400
        assert self.do(refresh(self.api, token, host="bolt")).status_code == 400

    @rule(seconds=st.sampled_from(STEPS))
    def move_clock(self, seconds: int) -> None:
        self.workers[0].clock.advance(seconds)

    @rule(scopes=st.sampled_from(SCOPES))
    def change_scopes(self, scopes: str) -> None:
        async def change() -> None:
            async with self.workers[0].db.write() as tx:
                await tx.change("update integrations set scopes = :scopes", scopes=scopes)

        self.do(change())

    @precondition(lambda self: len(self.known) > 2)
    @rule(back=st.integers(0, 3))
    def revoke(self, back: int) -> None:
        token = self.known[self.chosen(back)].pair["refresh_token"]
        assert self.do(ask(self.api, {"token": token}, path="/oauth2/revoke")).status_code == 200
        self.has_ended = True

    @invariant()
    def at_most_one_token_makes_a_pair(self) -> None:
        live = [n for n in range(len(self.known)) if self.expected(n) == "next"]
        assert len(live) <= 1

    @invariant()
    def the_row_counts_the_pairs(self) -> None:
        if self.known:
            assert self.do(self.stored()) == (len(self.known), self.has_ended)

    async def stored(self) -> tuple[int, bool]:
        uuid = parts(self.known[0].pair["access_token"])[1]["hash_uuid"]
        where = "from grants where account_id = 1 and uuid = :uuid"
        async with self.workers[0].db.read() as reader:
            count = await reader.value(f"select generation {where}", uuid=uuid)
            ended = await reader.value(f"select ended_at {where}", uuid=uuid)
        return count, ended is not None

    @invariant()
    def scopes_stay_what_they_were(self) -> None:
        if self.known:
            claims = parts(self.known[-1].pair["access_token"])[1]
            assert claims["scopes"] == ["push_notifications", "crm"]


async def test_a_family_does_what_its_model_says(api: Api, open_api: OpenApi) -> None:
    workers = [api, await open_api()]
    await set_redirect_uri(api)
    await set_redirect_uri(api, "bolt")
    loop = asyncio.get_running_loop()
    chosen = settings(
        max_examples=20,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    def run() -> None:
        make: Any = lambda: FamilyMachine(loop, workers)  # noqa: E731 - it takes any factory
        run_state_machine_as_test(make, settings=chosen)

    await asyncio.to_thread(run)
