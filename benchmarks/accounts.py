"""Databases to measure on: one account with so many of each part, made once, kept in `.cache`."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw
import msgspec

from benchmarks import filling, values
from benchmarks.filling import LEADS_ALONE, Ground, Span, fill
from benchmarks.values import ValuedFields
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.crm.beginnings import begin
from grantway.crm.companies import document as companies
from grantway.crm.contacts import document as contacts
from grantway.crm.leads import document as leads
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import CLOSED
from grantway.crm.pipelines.wire import NewPipeline, NewStage
from grantway.crm.tasks import document as tasks
from grantway.db import Transaction, migrate, open_database
from grantway.db.migrations import migrations
from grantway.db.opening import sqlite_path
from grantway.integrations import service as integrations
from grantway.integrations.service import Settings
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import SystemClock
from grantway.kernel.sealing import KEY_BYTES, Seal
from grantway.oauth import keys
from grantway.oauth.keys import Keyring
from grantway.oauth.long_lived import LongLivedTokens
from grantway.oauth.tokens import TokenCodec

CACHE = Path(__file__).parents[1] / ".cache" / "benchmarks"
CLUSTER = "postgresql"
SUBDOMAIN = "acme"
ADDRESSES = Addresses("https", "grantway.example", 443)
_SHOWN_BY = (filling, values, leads, contacts, companies, tasks)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account, a token that may do all in it, and what its lists can be filtered by."""

    size: int
    account_id: int
    token: str
    client_id: str
    secret_key: str
    pipeline_id: int
    status_id: int
    stages: list[tuple[int, int]]
    user_ids: list[int]
    ids: dict[str, Span]
    fields: ValuedFields | None

    @property
    def headers(self) -> dict[str, str]:
        """What a client sends."""
        return {
            "Host": ADDRESSES.authority(SUBDOMAIN),
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
        }

    @property
    def key(self) -> bytes:
        """What seals the secrets of this database."""
        return base64.b64decode(self.secret_key)

    def environment(self, url: str, port: int, *, logs: bool = True) -> dict[str, str]:
        """Return the settings of a server for this account, without rate limits."""
        return {
            "GRANTWAY_DATABASE": url,
            "GRANTWAY_SECRET_KEY": self.secret_key,
            "GRANTWAY_DOMAIN": ADDRESSES.root,
            "GRANTWAY_PORT": str(port),
            "GRANTWAY_LIMITS": "off",
            "GRANTWAY_LOG_REQUESTS": "on" if logs else "off",
        }


def recipe() -> str:
    """Return a name for how databases are made now: kept ones of another name are stale."""
    made_from = [step.text for step in migrations()]
    made_from += [Path(str(one.__file__)).read_text() for one in _SHOWN_BY]
    made_from.append(Path(__file__).read_text())
    return hashlib.sha256("\0".join(made_from).encode()).hexdigest()[:12]


def sqlite_account(size: int, parts: Sequence[str] = LEADS_ALONE) -> tuple[str, Account]:
    """Return the address of a SQLite database with so many of each part, and its account."""
    folder = CACHE / recipe()
    name = f"{'-'.join(parts)}-{size}"
    file = folder / f"{name}.db"
    url = f"sqlite:///{file}"
    described = folder / f"{name}.json"
    if described.exists():
        return url, msgspec.json.decode(described.read_bytes(), type=Account)
    for stale in set(CACHE.glob("*")) - {folder, CACHE / CLUSTER}:
        shutil.rmtree(stale, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    for part in folder.glob(f"{file.name}*"):
        part.unlink()
    account = asyncio.run(make(url, size, parts))
    described.touch(mode=0o600)
    described.write_bytes(msgspec.json.encode(account))
    return url, account


async def make(url: str, size: int, parts: Sequence[str]) -> Account:
    """Fill the empty database at *url*."""
    await migrate(url)
    db = await open_database(url)
    try:
        now = SystemClock()
        secret = secrets.token_bytes(KEY_BYTES)
        seal = Seal([secret])
        new_key = await keys.make_key()
        async with db.write() as tx:
            await keys.store_first_key(tx, new_key, seal, now())
        codec = TokenCodec(Keyring(seal, now))
        async with db.write() as tx:
            actor, users = await _people(tx, now())
            await begin(tx, actor.account_id, now())
            await pipelines.add(tx, actor, [_SECOND], now=now())
            integration = await integrations.create_private(
                tx, actor, now(), Settings(name="Warehouse export", description="Every night.")
            )
            until = dt.datetime.fromtimestamp(now(), dt.UTC).date() + dt.timedelta(days=365)
            issued = await LongLivedTokens(codec, ADDRESSES).issue(
                tx, actor, integration.client_id, until, now()
            )
            present = await pipelines.load(tx, actor.account_id)
        stages = [(p.id, s.id) for p in present.all for s in p.stages if not s.is_unsorted]
        with _without_indexes(url):
            filled = await fill(Ground(db, actor, stages, users, now()), parts, size)
    finally:
        await db.close()
    open_stages = [one for one in stages if one[1] not in CLOSED]
    return Account(
        size=size,
        account_id=actor.account_id,
        token=issued.token,
        client_id=integration.client_id,
        secret_key=base64.b64encode(secret).decode(),
        pipeline_id=open_stages[0][0],
        status_id=open_stages[0][1],
        stages=stages,
        user_ids=users,
        ids=filled.ids,
        fields=filled.fields,
    )


@contextmanager
def _without_indexes(url: str) -> Iterator[None]:
    """Make the indexes of what is filled afterwards, which takes SQLite a fraction of the time."""
    if not url.startswith("sqlite:"):
        yield
        return
    with apsw.Connection(sqlite_path(url)) as connection:
        found = connection.execute(
            f"""
            select name, sql from sqlite_master where type = 'index' and sql is not null
               and tbl_name in ({", ".join(f"'{table}'" for table in filling.TABLES)})
            """
        ).fetchall()
        for name, _ in found:
            connection.execute(f"drop index {name}")
    yield
    with apsw.Connection(sqlite_path(url)) as connection:
        for _, sql in found:
            connection.execute(str(sql))


_SECOND = NewPipeline(
    name="Repeat business",
    sort=2,
    is_main=False,
    is_unsorted_on=False,
    stages=tuple(
        NewStage(name=name, sort=20 + 10 * n)
        for n, name in enumerate(("Due for renewal", "Talking", "Offer sent"))
    ),
)


async def _people(tx: Transaction, now: int) -> tuple[Actor, list[int]]:
    account = await accounts.create_account(tx, NewAccount(subdomain=SUBDOMAIN, name="Acme"), now)
    ids: list[int] = []
    for name in ("Alice", "Bob", "Carol", "Erin"):
        user = await accounts.create_user(
            tx, email=f"{name.lower()}@acme.example", name=name, password_hash=None, now=now
        )
        role = Role.USER if ids else Role.ADMINISTRATOR
        await accounts.add_user_to_account(tx, account.id, user.id, role, now)
        ids.append(user.id)
    actor = await accounts.actor_for(tx, account.id, ids[0], "benchmark")
    if actor is None:
        raise RuntimeError("Alice was just made an administrator of acme")
    return actor, ids
