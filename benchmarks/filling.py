"""Filling an account past the API, which would take hours for a million of each."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from benchmarks import values
from benchmarks.values import ValuedFields
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.companies.model import Company
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.contacts.model import Contact, full_name
from grantway.crm.entities import writing
from grantway.crm.entities.drafts import Context
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import Entity
from grantway.crm.entities.reading import surroundings
from grantway.crm.fields import service as fields
from grantway.crm.leads.kind import LEADS
from grantway.crm.leads.model import Lead
from grantway.crm.pipelines.model import CLOSED
from grantway.crm.tasks import store as task_store
from grantway.crm.tasks.document import render as render_task
from grantway.crm.tasks.model import TASK_TYPES, Place, Task
from grantway.db import Database, Transaction

Span = tuple[int, int]
"""The first and the last of so many ids in a row."""

VALUED = "valued"
"""Leads with custom fields, in place of plain ones."""
LEADS_ALONE = ("leads",)
BESIDE_LEADS = ("contacts", "companies", "tasks")
EVERYTHING = ("leads", *BESIDE_LEADS)
WITH_VALUES = (VALUED,)
TABLES = (*EVERYTHING, "field_values")

_BATCH = 5_000
_TOLD_EVERY = 100_000
_DAY = 24 * 3600
_DAYS = 1_000
_THINGS = ("Website relaunch", "Fleet tracking", "Office furniture", "Solar roof", "Spare parts")
_PLACES = ("North", "South", "Harbour", "Old Town", "Airport", "Hillside", "Riverside")
_FIRST = ("Ada", "Ben", "Cleo", "Dev", "Eva", "Finn", "Gita", "Hugo", "Ines", "Juan", "Kaya", "Leo")
_LAST = ("Abel", "Brandt", "Costa", "Diaz", "Evans", "Fischer", "Gomez", "Hoang", "Ito", "Jones")
_TRADES = ("Bakery", "Clinic", "Garage", "Hotel", "Nursery", "Printers", "Roofing", "Studio")
_DEEDS = ("Call back", "Send the offer", "Ask for the contract", "Visit", "Agree on a date")


class Ground(NamedTuple):
    """What is there before the account is filled."""

    db: Database
    actor: Actor
    stages: list[tuple[int, int]]
    users: list[int]
    now: int


class Filled(msgspec.Struct, frozen=True):
    """The ids by entity type, and the fields of leads that have any."""

    ids: dict[str, Span]
    fields: ValuedFields | None = None


async def fill(ground: Ground, parts: Sequence[str], size: int) -> Filled:
    """Put so many of each part into the account."""
    ids: dict[str, Span] = {}
    valued = None
    for part in parts:
        choose = random.Random(11)
        if part == "tasks":
            ids[part] = await _fill_tasks(ground, size, dict(ids), choose)
        elif part == VALUED:
            valued = await values.add_fields(ground.db, ground.actor, ground.now)
            ids["leads"] = await _fill_entities(ground, LEADS, size, _valued(valued), choose)
        else:
            kind, make = _MAKERS[part]
            ids[part] = await _fill_entities(ground, kind, size, make, choose)
    return Filled(ids, valued)


Make = Callable[[Ground, Sequence[int], int, random.Random], Iterable[Entity]]
"""Makes the entities with these ids; the first of them is the so-maniest of all."""


async def _fill_entities(
    ground: Ground, kind: Kind[Any], size: int, make: Make, choose: random.Random
) -> Span:
    account_id = ground.actor.account_id

    async def add(tx: Transaction, ids: Sequence[int], start: int) -> None:
        around = await surroundings(tx, account_id, kind, ())
        context = Context(
            actor=ground.actor,
            now=ground.now,
            is_strict=False,
            fields=around.fields,
            users=await accounts.user_groups(tx, account_id),
            epoch=await fields.epoch(tx, account_id, kind.entity_type),
        )
        entities = list(make(ground, ids, start, choose))
        await writing.adopt(tx, context, kind, entities, [], around)

    return await _in_batches(ground.db, kind.series, kind.entity_type, size, add)


async def _fill_tasks(
    ground: Ground, size: int, entities: dict[str, Span], choose: random.Random
) -> Span:
    account_id = ground.actor.account_id

    async def add(tx: Transaction, ids: Sequence[int], start: int) -> None:
        users = await accounts.user_groups(tx, account_id)
        rendered = [
            (task, render_task(task, account_id, users))
            for task in _tasks(ground, ids, start, entities, choose)
        ]
        await task_store.add_tasks(tx, account_id, rendered, 0)

    return await _in_batches(ground.db, "task", "tasks", size, add)


async def _in_batches(
    db: Database,
    series: str,
    many: str,
    size: int,
    add: Callable[[Transaction, Sequence[int], int], Any],
) -> Span:
    first = last = 0
    started = time.monotonic()
    for start in range(0, size, _BATCH):
        async with db.write() as tx:
            ids = await tx.take_ids(series, min(_BATCH, size - start))
            await add(tx, ids, start)
        first, last = first or ids[0], ids[-1]
        if start % _TOLD_EVERY == 0 and size > _TOLD_EVERY:
            seconds = time.monotonic() - started
            print(f"  filling: {start:>9,} of {size:,} {many} after {seconds:.0f} s", flush=True)
    return first, last


def _moments(now: int, choose: random.Random) -> tuple[int, int]:
    created = now - choose.randrange(_DAY, _DAYS * _DAY)
    return created, choose.randrange(created, now)


def plain_leads(
    ids: Iterable[int],
    stages: list[tuple[int, int]],
    users: list[int],
    now: int,
    choose: random.Random,
) -> Iterator[Lead]:
    """Yield leads without custom fields and tags, spread evenly over stages, users and days."""
    for lead_id in ids:
        pipeline_id, status_id = choose.choice(stages)
        created, changed = _moments(now, choose)
        user = choose.choice(users)
        yield Lead(
            id=lead_id,
            name=f"{choose.choice(_THINGS)}, {choose.choice(_PLACES)}",
            price_minor=choose.randrange(10, 500) * 5000,
            responsible_user_id=user,
            pipeline_id=pipeline_id,
            status_id=status_id,
            created_by=user,
            updated_by=user,
            created_at=created,
            updated_at=changed,
            closed_at=changed if status_id in CLOSED else None,
        )


def _leads(
    ground: Ground, ids: Sequence[int], _start: int, choose: random.Random
) -> Iterator[Lead]:
    return plain_leads(ids, ground.stages, ground.users, ground.now, choose)


def _valued(of: ValuedFields) -> Make:
    def make(
        ground: Ground, ids: Sequence[int], start: int, choose: random.Random
    ) -> Iterator[Lead]:
        for n, lead in enumerate(_leads(ground, ids, start, choose), start):
            yield msgspec.structs.replace(lead, field_values=of.stored(values.values_of(n)))

    return make


def _contacts(
    ground: Ground, ids: Sequence[int], _start: int, choose: random.Random
) -> Iterator[Contact]:
    for contact_id in ids:
        created, changed = _moments(ground.now, choose)
        user = choose.choice(ground.users)
        first, last = choose.choice(_FIRST), f"{choose.choice(_LAST)} {choose.randrange(100)}"
        yield Contact(
            id=contact_id,
            name=full_name(first, last),
            first_name=first,
            last_name=last,
            responsible_user_id=user,
            created_by=user,
            updated_by=user,
            created_at=created,
            updated_at=changed,
        )


def _companies(
    ground: Ground, ids: Sequence[int], _start: int, choose: random.Random
) -> Iterator[Company]:
    for company_id in ids:
        created, changed = _moments(ground.now, choose)
        user = choose.choice(ground.users)
        yield Company(
            id=company_id,
            name=f"{choose.choice(_PLACES)} {choose.choice(_TRADES)} {choose.randrange(100)}",
            responsible_user_id=user,
            created_by=user,
            updated_by=user,
            created_at=created,
            updated_at=changed,
        )


def place_of(n: int, entities: Mapping[str, Span]) -> Place | None:
    """Return what the so-maniest task is about; every tenth is about nothing."""
    if n % 10 == 0:
        return None
    many = list(entities)[n % len(entities)]
    first, last = entities[many]
    return many, first + n * 7_919 % (last - first + 1)


def _tasks(
    ground: Ground,
    ids: Sequence[int],
    start: int,
    entities: Mapping[str, Span],
    choose: random.Random,
) -> Iterator[Task]:
    """Yield tasks about the entities that are there, a third of them done."""
    for n, task_id in enumerate(ids, start):
        created, changed = _moments(ground.now, choose)
        user = choose.choice(ground.users)
        is_completed = choose.randrange(3) == 0
        entity_type, entity_id = place_of(n, entities) or (None, None)
        yield Task(
            id=task_id,
            text=choose.choice(_DEEDS),
            complete_till=created + choose.randrange(_DAY, 60 * _DAY),
            task_type_id=choose.choice(TASK_TYPES).id,
            entity_type=entity_type,
            entity_id=entity_id,
            duration=0,
            is_completed=is_completed,
            result="Done" if is_completed else None,
            responsible_user_id=user,
            created_by=user,
            updated_by=user,
            created_at=created,
            updated_at=changed,
        )


_MAKERS: dict[str, tuple[Kind[Any], Make]] = {
    "leads": (LEADS, _leads),
    "contacts": (CONTACTS, _contacts),
    "companies": (COMPANIES, _companies),
}
