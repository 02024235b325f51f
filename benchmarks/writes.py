"""How many entities are stored durably by requests, beside bare drivers."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchmarks.accounts import CACHE, Account, sqlite_account
from benchmarks.bare_rows import Rows, Written, into_postgresql, into_sqlite
from benchmarks.clusters import cluster
from benchmarks.figures import Samples, number, ratios, spread
from benchmarks.filling import LEADS_ALONE, plain_leads
from benchmarks.load import Round, Target, ask
from benchmarks.pages import grantway
from benchmarks.processes import SERVER_CORE, Process
from benchmarks.reports import Goal, Report, Table
from grantway.db.opening import sqlite_path

LEADS = 1_000
BATCH = 50
CONNECTIONS = (1, 16)
NOW = 1_700_000_000
PATH = "/api/v4/leads"


@dataclass(frozen=True, slots=True)
class Work:
    """What requests write, and what the bare driver writes instead."""

    name: str
    path: str
    rows: Rows
    bodies: Callable[[Account], Sequence[bytes]]

    @property
    def method(self) -> str:
        return "POST" if self.rows.are_new else "PATCH"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours, and the bare driver's, round by round."""

    database: str
    work: Work
    connections: int
    ours: list[Written] = field(default_factory=list)
    bare: list[Written] = field(default_factory=list)
    in_server: list[Round] = field(default_factory=list)

    @property
    def per_second(self) -> Samples:
        return self._per_second(self.ours)

    @property
    def bare_per_second(self) -> Samples:
        return self._per_second(self.bare)

    @property
    def per_cpu_second(self) -> Samples:
        return self._per_cpu_second(self.ours)

    @property
    def bare_per_cpu_second(self) -> Samples:
        return self._per_cpu_second(self.bare)

    @property
    def share(self) -> Samples:
        """Return which part of the bare driver's speed is left, by processor time."""
        return ratios(self.per_cpu_second, self.bare_per_cpu_second)

    def _per_second(self, several: list[Written]) -> Samples:
        count = self.work.rows.count
        return Samples(tuple(count * one.batches / one.seconds for one in several))

    def _per_cpu_second(self, several: list[Written]) -> Samples:
        count = self.work.rows.count
        return Samples(tuple(count * one.batches / one.cpu for one in several))

    def cells(self) -> list[str]:
        """Return the line without its name, under the heads of `HEADS`."""
        return [
            spread(self.per_second),
            spread(self.bare_per_second),
            number(self.per_cpu_second.median / self.work.rows.count),
            spread(self.per_cpu_second),
            spread(self.bare_per_cpu_second),
            f"{100 * self.share.median:.0f} %",
        ]

    def goal(self) -> Goal:
        """Return what is stated of it."""
        return Goal(
            f"{self.database}, {self.connections} at once: {self.work.name} beside the bare driver",
            f"{100 * self.share.median:.0f} % by processor time, "
            f"{100 * self.per_second.median / self.bare_per_second.median:.0f} % by the clock",
        )


HEADS = (
    "per second",
    "by the bare driver",
    "requests per CPU-second",
    "per CPU-second",
    "by the bare driver",
    "share of the bare driver",
)


def _bodies(account: Account) -> list[bytes]:
    """Return a request that adds fifty leads, as an integration would send it."""
    leads = plain_leads(range(BATCH), account.stages, account.user_ids, NOW, random.Random(BATCH))
    added = [
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
    return [msgspec.json.encode(added)]


_WORKS = (Work("leads", PATH, Rows("leads", BATCH), _bodies),)


def measure(
    works: Sequence[Work],
    connections: Sequence[int],
    effort: tuple[int, float],
    size: int,
    parts: Sequence[str],
) -> list[Row]:
    """Write through the server and by the bare driver in turn, each into its own copy."""
    url, account = sqlite_account(size, parts)
    with tempfile.TemporaryDirectory(prefix="writes-", dir=CACHE) as name, ExitStack() as stack:
        folder = Path(name)
        copies = [f"sqlite:///{folder / part}.db" for part in ("ours", "bare")]
        for copy in copies:
            shutil.copyfile(sqlite_path(url), sqlite_path(copy))
        here = [Row("SQLite", work, some) for work in works for some in connections]
        _measure(
            here,
            folder,
            (copies[0], account),
            lambda row: into_sqlite(copies[1], account, effort[1], row.work.rows),
            effort,
        )
        server = stack.enter_context(cluster(SERVER_CORE))
        source, account_there = server.account(size, parts)
        ours, bare = (server.copy(source, name) for name in ("writes_ours", "writes_bare"))
        there = [Row("PostgreSQL", work, some) for work in works for some in connections]
        _measure(
            there,
            folder,
            (ours, account_there),
            lambda row: into_postgresql(
                bare, account_there, effort[1], row.work.rows, row.connections, server.process
            ),
            effort,
            [server.process],
        )
    return here + there


def _measure(
    rows: Sequence[Row],
    folder: Path,
    place: tuple[str, Account],
    write_bare: Callable[[Row], Written],
    effort: tuple[int, float],
    beside: Sequence[Process] = (),
) -> None:
    rounds, seconds = effort
    url, account = place
    with grantway(url, account, folder, logs=True) as case:
        address = case.target.url.partition("/api")[0]
        targets = [
            Target(
                address + row.work.path,
                account.headers,
                row.work.bodies(account),
                row.connections,
                method=row.work.method,
            )
            for row in rows
        ]
        ask(targets[0], 1, case.server, folder)  # warms it
        for _ in range(rounds):
            for row, target in zip(rows, targets, strict=True):
                found = ask(target, seconds, case.server, folder, beside)
                row.in_server.append(found)
                cpu = found.cpu + found.cpu_beside
                row.ours.append(Written(found.requests, found.seconds, cpu))
                row.bare.append(write_bare(row))


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    rows = measure(_WORKS, CONNECTIONS, (2, 1) if quick else (5, 2), LEADS, LEADS_ALONE)
    table = Table(
        ["50 leads a request", *HEADS],
        [
            [
                f"{row.database}, {row.connections} connection{'s' * (row.connections > 1)}",
                *row.cells(),
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
        "renders nothing, and tells nobody: Grantway also writes an event of each lead. SQLite "
        "has one writer, so its bare figures know no connections. "
        "Processor time is that of the server and of PostgreSQL together, all on one core."
    )
    return Report(
        name="writes",
        title="Adding leads",
        sections=[about, table.markdown()],
        goals=[row.goal() for row in rows],
        foreign=[one.foreign for row in rows for one in row.in_server],
    )
