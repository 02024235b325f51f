"""How many leads are stored durably, fifty in a request, beside bare drivers."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from benchmarks.accounts import CACHE, Account, sqlite_account
from benchmarks.bare_rows import BATCH, Written, into_postgresql, into_sqlite
from benchmarks.clusters import cluster
from benchmarks.figures import Samples, number, ratios, spread
from benchmarks.filling import plain_leads
from benchmarks.load import Round, Target, ask
from benchmarks.pages import grantway
from benchmarks.processes import SERVER_CORE, Process
from benchmarks.reports import Goal, Report, Table
from grantway.db.opening import sqlite_path

LEADS = 1_000
CONNECTIONS = (1, 16)
PATH = "/api/v4/leads"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours, and the bare driver's, round by round."""

    database: str
    connections: int
    ours: list[Written]
    bare: list[Written]
    in_server: list[Round]

    @property
    def leads_per_second(self) -> Samples:
        return _per_second(self.ours)

    @property
    def bare_per_second(self) -> Samples:
        return _per_second(self.bare)

    @property
    def leads_per_cpu_second(self) -> Samples:
        return _per_cpu_second(self.ours)

    @property
    def bare_per_cpu_second(self) -> Samples:
        return _per_cpu_second(self.bare)

    @property
    def share(self) -> Samples:
        """Return which part of the bare driver's speed is left, by processor time."""
        return ratios(self.leads_per_cpu_second, self.bare_per_cpu_second)


def _per_second(several: list[Written]) -> Samples:
    return Samples(tuple(BATCH * one.batches / one.seconds for one in several))


def _per_cpu_second(several: list[Written]) -> Samples:
    return Samples(tuple(BATCH * one.batches / one.cpu for one in several))


def body(account: Account) -> bytes:
    """Return a request that adds fifty leads, as an integration would send it."""
    now = int(time.monotonic()) + 1_700_000_000
    leads = plain_leads(range(BATCH), account.stages, account.user_ids, now, random.Random(BATCH))
    return msgspec.json.encode(
        [
            {
                "name": lead.name,
                "price": lead.price_minor // 100,
                "responsible_user_id": lead.responsible_user_id,
                "pipeline_id": lead.pipeline_id,
                "status_id": lead.status_id,
                "created_at": lead.created_at,
            }
            for lead in leads
        ]
    )


def measure(*, quick: bool) -> list[Row]:
    """Write through the server and by the bare driver in turn, each into its own copy."""
    rounds, seconds = (2, 1) if quick else (5, 2)
    url, account = sqlite_account(LEADS)
    with tempfile.TemporaryDirectory(prefix="writes-", dir=CACHE) as name, ExitStack() as stack:
        folder = Path(name)
        copies = [f"sqlite:///{folder / part}.db" for part in ("ours", "bare")]
        for copy in copies:
            shutil.copyfile(sqlite_path(url), sqlite_path(copy))
        rows = _rows(
            "SQLite",
            folder,
            (copies[0], account),
            lambda _: into_sqlite(copies[1], account, seconds),
            (rounds, seconds),
            None,
        )
        server = stack.enter_context(cluster(SERVER_CORE))
        source, account_there = server.account(LEADS)
        ours, bare = (server.copy(source, name) for name in ("writes_ours", "writes_bare"))
        rows += _rows(
            "PostgreSQL",
            folder,
            (ours, account_there),
            lambda connections: into_postgresql(
                bare, account_there, seconds, connections, server.process
            ),
            (rounds, seconds),
            server.process,
        )
    return rows


def _rows(
    database: str,
    folder: Path,
    place: tuple[str, Account],
    write_bare: Callable[[int], Written],
    effort: tuple[int, float],
    beside: Process | None,
) -> list[Row]:
    rounds, seconds = effort
    url, account = place
    others = [] if beside is None else [beside]
    rows = [Row(database, connections, [], [], []) for connections in CONNECTIONS]
    with grantway(url, account, folder, logs=True) as case:
        address = case.target.url.partition("/api")[0] + PATH
        target = Target(address, account.headers, body(account))
        ask(target, 1, case.server, folder)  # warms it
        for _ in range(rounds):
            for row in rows:
                aimed = replace(target, connections=row.connections)
                found = ask(aimed, seconds, case.server, folder, others)
                row.in_server.append(found)
                cpu = found.cpu + found.cpu_beside
                row.ours.append(Written(found.requests, found.seconds, cpu))
                row.bare.append(write_bare(row.connections))
    return rows


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    rows = measure(quick=quick)
    table = Table(
        [
            "50 leads a request",
            "leads per second",
            "by the bare driver",
            "requests per CPU-second",
            "leads per CPU-second",
            "by the bare driver",
            "share of the bare driver",
        ],
        [
            [
                f"{row.database}, {row.connections} connection{'s' * (row.connections > 1)}",
                spread(row.leads_per_second),
                spread(row.bare_per_second),
                number(row.leads_per_cpu_second.median / BATCH),
                spread(row.leads_per_cpu_second),
                spread(row.bare_per_cpu_second),
                f"{100 * row.share.median:.0f} %",
            ]
            for row in rows
        ],
    )
    about = (
        "`POST /api/v4/leads` with fifty new leads (name, price, user, pipeline, stage, date), "
        "checked, rendered, indexed and on stable storage before the answer: SQLite with "
        "`synchronous=full`, PostgreSQL with `fsync` on, its data on the same disk. The bare "
        "driver writes the same rows, documents included, into the same tables and indexes: "
        "apsw or asyncpg, one `executemany` in one transaction for fifty rows. It checks and "
        "renders nothing. SQLite has one writer, so its bare figures know no connections. "
        "Processor time is that of the server and of PostgreSQL together, all on one core."
    )
    goals = [
        Goal(
            f"{row.database}, {row.connections} at once: leads beside the bare driver",
            f"{100 * row.share.median:.0f} % by processor time, "
            f"{100 * row.leads_per_second.median / row.bare_per_second.median:.0f} % by the clock",
        )
        for row in rows
    ]
    return Report(
        name="writes",
        title="Adding leads",
        sections=[about, table.markdown()],
        goals=goals,
        foreign=[one.foreign for row in rows for one in row.in_server],
    )
