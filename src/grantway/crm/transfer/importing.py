"""Importing: rows in batches, each stored together with how far the import has come.

What a process did not live to commit is read again by the next one; what it
committed is not. Neither webhooks nor events tell of what is imported: it
happened elsewhere and long ago, and receivers would take a million old leads
for new ones. The entities that tasks are about say when the next one is due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.crm.transfer import store
from grantway.crm.transfer.desk import Desk
from grantway.crm.transfer.entity_rows import COMPANY_ROWS, CONTACT_ROWS, LEAD_ROWS
from grantway.crm.transfer.errors import ImportOvertaken
from grantway.crm.transfer.json_stream import Unreadable
from grantway.crm.transfer.model import (
    KINDS,
    Cursor,
    Options,
    Progress,
    Reason,
    Refusal,
    Row,
    refusal,
)
from grantway.crm.transfer.other_rows import take_notes, take_tasks
from grantway.crm.transfer.references import References
from grantway.db import Database, Overtaken, Reader, Transaction
from grantway.kernel.clock import Clock
from grantway.kernel.errors import Invalid, Violation

BATCH = 2_000
_PLANNED_ANEW = frozenset({1, 4, 16, 64, 256})
"""Batches after which statements are planned anew: an account may begin with nothing at all."""
_TRIES = 5
_TAKE: dict[str, Any] = {
    "companies": COMPANY_ROWS.take,
    "contacts": CONTACT_ROWS.take,
    "leads": LEAD_ROWS.take,
    "tasks": take_tasks,
    "notes": take_notes,
}

KeepRefused = Callable[[int, Sequence[Refusal]], int]
"""Keeps refusals behind so many bytes, in place of what stands there; returns where they end."""


class File(msgspec.Struct, frozen=True):
    """Which file is imported: what it is called, what it begins with, and whose ids it has."""

    name: str
    fingerprint: str
    source: str


async def list_imports(reader: Reader, account_id: int) -> list[Progress]:
    """Return all imports into the account, in the order in which they began."""
    return await store.list_imports(reader, account_id)


async def begin(
    tx: Transaction, actor: Actor, file: File, now: int, *, restart: bool = False
) -> Progress:
    """Return how far the import of the file has come; administrators only.

    With *restart* it is as if it had never begun; what it has added stays.
    """
    actor.must_administer()
    account_id = actor.account_id
    found = await store.find_import(tx, account_id, file.source, file.fingerprint)
    if found is not None and not restart:
        return found
    if found is not None:
        await store.forget_ids(tx, account_id, found)
    (import_id,) = [found.id] if found else await tx.take_ids("import")
    source_id = await store.find_source(tx, account_id, file.source)
    fresh = Progress(
        id=import_id,
        source=file.source,
        source_id=source_id or import_id,
        file=file.name,
        fingerprint=file.fingerprint,
        begun_at=now,
        updated_at=now,
    )
    if found is None:
        await store.add_import(tx, account_id, fresh)
    elif not await store.move_import(tx, account_id, found, fresh):
        raise ImportOvertaken
    await audit.record(tx, actor.did(Event.IMPORT_BEGUN, at=now, subject=f"import {import_id}"))
    return fresh


class Import:
    """One import on its way; *keep_refused* gets the rows that are refused, in their order."""

    def __init__(
        self,
        db: Database,
        actor: Actor,
        progress: Progress,
        options: Options,
        currency: str,
        keep_refused: KeepRefused,
        now: Clock,
    ) -> None:
        self.progress = progress
        self._db = db
        self._actor = actor
        self._keep_refused = keep_refused
        self._now = now
        self._desk = Desk(actor, options, currency)
        self._references = References(actor.account_id, progress)
        self._rows: Iterator[Row] = iter(())
        self._ahead: asyncio.Task[list[Row]] | None = None

    async def run(
        self, rows: Iterator[Row], told: Callable[[Progress, Sequence[Refusal]], None]
    ) -> Progress:
        """Store all rows, and return the finished import; *told* hears of each batch."""
        self._rows = rows
        taken = 0
        while batch := await self._following():
            await self._take(batch, told)
            taken += 1
            if taken in _PLANNED_ANEW:
                await self._db.analyze("imported_ids", *KINDS)
        after = msgspec.structs.replace(
            self.progress, finished_at=self._now(), updated_at=self._now()
        )
        async with self._db.write() as tx:
            await self._move(tx, after)
            await audit.record(
                tx,
                self._actor.did(
                    Event.IMPORT_FINISHED, at=self._now(), subject=f"import {after.id}"
                ),
            )
        self.progress = after
        return after

    def _read_ahead(self) -> asyncio.Task[list[Row]]:
        """Have the next batch read while this one is stored."""
        if self._ahead is None:
            reading = asyncio.to_thread(lambda: list(islice(self._rows, BATCH)))
            self._ahead = asyncio.create_task(reading, name="read-ahead")
        return self._ahead

    async def _following(self) -> list[Row]:
        batch = await self._read_ahead()
        self._ahead = None
        return batch

    async def _take(
        self, batch: Sequence[Row], told: Callable[[Progress, Sequence[Refusal]], None]
    ) -> None:
        """Store a batch; if all of it cannot be, each half by itself, down to a single row."""
        try:
            after, refusals = await self._stored(batch)
        except Invalid as error:
            if len(batch) > 1:
                half = len(batch) // 2
                await self._take(batch[:half], told)
                await self._take(batch[half:], told)
                return
            after, refusals = await self._refuse(batch[0], error)
        self.progress = after
        told(after, refusals)

    async def _stored(self, batch: Sequence[Row]) -> tuple[Progress, list[Refusal]]:
        """Store a batch, once more if somebody else has changed meanwhile what it refers to."""
        tries = 0
        while True:
            try:
                return await self._store(batch)
            except BaseException as error:
                self._desk.forget()
                tries += 1
                if not isinstance(error, Overtaken) or tries == _TRIES:
                    raise

    async def _store(self, batch: Sequence[Row]) -> tuple[Progress, list[Refusal]]:
        self._read_ahead()
        async with self._db.write() as tx:
            await self._desk.open(tx, self._now())
            counts = self.progress.counts
            refused: list[tuple[Row, list[Violation]]] = []
            for kind, several in groupby(batch, _kind_of):
                rows = list(several)
                if kind is None:
                    refused += [(row, [_no_kind(row)]) for row in rows]
                    continue
                added, others = await _TAKE[kind](tx, self._desk, self._references, rows)
                counts[kind] = counts.get(kind, 0) + added
                refused += others
            refusals = sorted(
                (_refusal(row, why) for row, why in refused), key=lambda one: one.line
            )
            after = await self._moved(tx, batch[-1].after, counts, refusals)
        return after, refusals

    async def _refuse(self, row: Row, error: Invalid) -> tuple[Progress, list[Refusal]]:
        refusals = [_refusal(row, [Violation("NotSupportedChoice", "", error.detail)])]
        async with self._db.write() as tx:
            after = await self._moved(tx, row.after, self.progress.counts, refusals)
        return after, refusals

    async def _moved(
        self, tx: Transaction, cursor: Cursor, counts: dict[str, int], refusals: list[Refusal]
    ) -> Progress:
        after = msgspec.structs.replace(
            self.progress.moved(cursor),
            added=msgspec.json.encode(counts).decode(),
            refused=self.progress.refused + len(refusals),
            updated_at=self._now(),
        )
        if refusals:
            # Before the commit: what is kept of a batch that is lost is cut off by the next run.
            kept = self._keep_refused(self.progress.refused_bytes, refusals)
            after = msgspec.structs.replace(after, refused_bytes=kept)
        await self._move(tx, after)
        return after

    async def _move(self, tx: Transaction, after: Progress) -> None:
        if not await store.move_import(tx, self._actor.account_id, self.progress, after):
            raise ImportOvertaken


def _kind_of(row: Row) -> str | None:
    return None if isinstance(row.value, Unreadable) else row.kind


def _no_kind(row: Row) -> Violation:
    if isinstance(row.value, Unreadable):
        return Violation("InvalidType", "", "JSON")
    told = f"An address, or --kind, that tells which it is: {', '.join(KINDS)}."
    return Violation("FieldMissing", "_links.self.href", told)


def _refusal(row: Row, violations: list[Violation]) -> Refusal:
    if isinstance(row.value, Unreadable):
        text = row.value.text
        return Refusal(row.line, [Reason(row.path, "JSON", row.value.why)], text)
    return refusal(row, violations)
