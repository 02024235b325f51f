"""How many leads `grantway crm import` stores in a second, from a file into an empty account."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.accounts import CACHE
from benchmarks.clusters import cluster
from benchmarks.figures import number
from benchmarks.processes import LOAD_CORE, SERVER_CORE, Fault, Process, busy_seconds, on_core
from benchmarks.reports import Goal, Report, Table
from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.crm import beginnings
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldType
from grantway.crm.fields.wire import FieldChange
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import CLOSED
from grantway.db import migrate, open_database
from grantway.kernel.sealing import KEY_BYTES

LEADS = 1_000_000
QUICK_LEADS = 20_000
PROMISE = 10_000
_GRANTWAY = str(Path(sys.executable).parent / "grantway")
_BEGIN = 1_700_000_000
_SECONDS_BETWEEN = 60
_WHILE_OPEN = 30 * 86_400
_CITIES = ("North", "South", "Harbour", "Old Town", "Airport", "Hillside", "Riverside")


class Known(msgspec.Struct, frozen=True):
    """What an account has that its leads name."""

    users: list[int]
    stages: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Run:
    """One import: by the clock, the processor time of both sides, the memory of the command."""

    database: str
    leads: int
    seconds: float
    cpu: float
    cpu_beside: float
    megabytes: float
    foreign: float


async def open_account(url: str) -> Known:
    """Make an empty account with two users and two custom fields of leads."""
    await migrate(url)
    db = await open_database(url)
    now = _BEGIN
    try:
        async with db.write() as tx:
            account = await accounts.create_account(
                tx, NewAccount(subdomain="acme", name="Acme"), now
            )
            users: list[int] = []
            for name in ("Alice", "Bob"):
                user = await accounts.create_user(
                    tx, email=f"{name.lower()}@acme.example", name=name, password_hash=None, now=now
                )
                role = Role.USER if users else Role.ADMINISTRATOR
                await accounts.add_user_to_account(tx, account.id, user.id, role, now)
                users.append(user.id)
            await beginnings.begin(tx, account.id, now)
            actor = await accounts.actor_for(tx, account.id, users[0], "benchmark")
            if actor is None:
                raise Fault("Alice was just made an administrator of acme")
            present = await pipelines.load(tx, account.id)
            await fields.add(
                tx,
                actor,
                "leads",
                [
                    FieldChange(type=FieldType.TEXT, name="Order"),
                    FieldChange(type=FieldType.NUMERIC, name="Seats"),
                ],
                has_stage=present.has,
                now=now,
            )
    finally:
        await db.close()
    stages = [(p.id, s.id) for p in present.all for s in p.stages if not s.is_unsorted]
    return Known(users, stages)


def write_leads(file: Path, known: Known, count: int) -> None:
    """Write leads as another account would print them, in the order in which they were made."""
    choose = random.Random(7)
    with file.open("wb") as lines:
        for n in range(1, count + 1):
            pipeline_id, status_id = choose.choice(known.stages)
            created = _BEGIN + n * _SECONDS_BETWEEN
            changed = created + choose.randrange(_WHILE_OPEN)
            user = choose.choice(known.users)
            named = [("Order", "text", f"A-{n:07}"), ("Seats", "numeric", str(n % 200))]
            lead = {
                "id": 5_000_000 + n,
                "name": f"Solar roof {n}, {choose.choice(_CITIES)}",
                "price": choose.randrange(10, 500) * 50,
                "responsible_user_id": user,
                "group_id": 0,
                "status_id": status_id,
                "pipeline_id": pipeline_id,
                "loss_reason_id": None,
                "source_id": None,
                "created_by": user,
                "updated_by": user,
                "created_at": created,
                "updated_at": changed,
                "closed_at": changed if status_id in CLOSED else None,
                "closest_task_at": None,
                "is_deleted": False,
                "custom_fields_values": [
                    {
                        "field_id": 900_000 + k,
                        "field_name": name,
                        "field_code": None,
                        "field_type": kind,
                        "values": [{"value": value}],
                    }
                    for k, (name, kind, value) in enumerate(named)
                ],
                "score": None,
                "account_id": 77,
                "labor_cost": None,
                "_links": {"self": {"href": f"https://old.example/api/v4/leads/{5_000_000 + n}"}},
                "_embedded": {"tags": [], "companies": []},
            }
            lines.write(msgspec.json.encode(lead) + b"\n")


def take(database: str, url: str, file: Path, leads: int, beside: Process | None) -> Run:
    """Run the command to its end; raise Fault unless it took every lead."""
    environment = {
        **os.environ,
        "GRANTWAY_DATABASE": url,
        "GRANTWAY_SECRET_KEY": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        "GRANTWAY_DOMAIN": "grantway.example",
    }
    command = [_GRANTWAY, "crm", "import", str(file), "--account", "acme", "--json"]
    core = SERVER_CORE if beside is None else LOAD_CORE
    before = 0.0 if beside is None else beside.cpu_seconds()
    busy, started = busy_seconds(), time.monotonic()
    with subprocess.Popen(
        on_core(core, command), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as running:
        told = running.stdout.read() if running.stdout else b""
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    cpu = usage.ru_utime + usage.ru_stime
    cpu_beside = 0.0 if beside is None else beside.cpu_seconds() - before
    if running.returncode or msgspec.json.decode(told)["imported"] != {"leads": leads}:
        raise Fault(f"the import into {database} said: {told.decode()}")
    foreign = max(0.0, (busy_seconds() - busy - cpu - cpu_beside) / seconds)
    megabytes = usage.ru_maxrss / 1024
    return Run(database, leads, seconds, cpu, cpu_beside, megabytes, foreign)


def measure(*, quick: bool) -> list[Run]:
    """Import the same file into both databases."""
    leads = QUICK_LEADS if quick else LEADS
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="importing-", dir=CACHE) as name, ExitStack() as stack:
        folder = Path(name)
        url = f"sqlite:///{folder / 'grantway.db'}"
        file = folder / "leads.jsonl"
        write_leads(file, asyncio.run(open_account(url)), leads)
        runs = [take("SQLite", url, file, leads, None)]
        for part in folder.glob("grantway.db*"):
            part.unlink()
        server = stack.enter_context(cluster(SERVER_CORE))
        there = server.empty("importing")
        write_leads(file, asyncio.run(open_account(there)), leads)
        runs.append(take("PostgreSQL", there, file, leads, server.process))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    return runs


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    runs = measure(quick=quick)
    table = Table(
        [
            "leads from a file",
            "leads",
            "per second, by the clock",
            "per CPU-second of the command",
            "per CPU-second, the database with it",
            "memory of the command, MiB",
        ],
        [
            [
                run.database,
                f"{run.leads:,}",
                number(run.leads / run.seconds),
                number(run.leads / run.cpu),
                number(run.leads / (run.cpu + run.cpu_beside)),
                number(run.megabytes),
            ]
            for run in runs
        ],
    )
    about = (
        "`grantway crm import` of leads as the API prints them, one on each line: name, price, "
        "stage, user, dates and two custom fields, into an account without leads. Each is checked "
        "by the rules of the API, rendered, indexed, and on stable storage with how far the "
        "import has come, two thousand in a transaction. The start of the command counts. SQLite "
        "works in the command itself, on one core; PostgreSQL on a core of its own."
    )
    goals = [
        Goal(
            f"at least {PROMISE:,} leads imported per second, {run.database}",
            f"{number(run.leads / run.seconds)} by the clock, "
            f"{number(run.leads / run.cpu)} per CPU-second",
            run.leads / run.seconds >= PROMISE,
        )
        for run in runs
    ]
    return Report(
        name="importing",
        title="Importing leads",
        sections=[about, table.markdown()],
        goals=goals,
        foreign=[run.foreign for run in runs],
    )
