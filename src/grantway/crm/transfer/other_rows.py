"""Rows of tasks and notes, which belong to entities that were imported before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities.drafts import people
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import EntityWrite
from grantway.crm.leads.kind import LEADS
from grantway.crm.notes import writing as notes
from grantway.crm.notes.model import NEW_NOTE, Note
from grantway.crm.tasks import writing as tasks
from grantway.crm.tasks.model import NEW_TASK, Task
from grantway.crm.transfer.desk import Desk
from grantway.crm.transfer.model import Row
from grantway.crm.transfer.references import Checked, References, not_imported
from grantway.db import Transaction
from grantway.kernel.errors import Violation
from grantway.kernel.shapes import Flag, Shape, whole_number

_KINDS: Mapping[str, Kind[Any]] = {one.entity_type: one for one in (LEADS, CONTACTS, COMPANIES)}
_ALSO_OF_NOTES = Shape(
    {
        "updated_at": NEW_TASK.fields["updated_at"],
        "updated_by": NEW_TASK.fields["updated_by"],
        "is_pinned": Flag(nullable=True),
    }
)

Taken = tuple[int, list[tuple[Row, list[Violation]]]]


async def take_tasks(
    tx: Transaction, desk: Desk, references: References, rows: Sequence[Row]
) -> Taken:
    """Store the tasks that nothing is wrong with; return their number, and the others."""
    checked = await references.check(tx, "tasks", rows)
    linked = await references.named(
        tx, [(str(one.raw.get("entity_type")), one.raw.get("entity_id")) for one in checked]
    )
    writes = [EntityWrite(str(one.row.line), _task_values(desk, one, linked)) for one in checked]
    sound = [(one, write) for one, write in zip(checked, writes, strict=True) if not one.violations]
    drafted = await tasks.checked(
        tx, desk.actor, [write for _, write in sound], desk.users, desk.now
    )
    good: list[tuple[Checked, Task]] = []
    for (one, _), (task, violations) in zip(sound, drafted, strict=True):
        one.violations += violations
        if not violations:
            good.append((one, task))
    await tasks.adopt(tx, desk.actor, [task for _, task in good], desk.now)
    await references.keep(
        tx, "tasks", {one.old_id: task.id for one, task in good if one.old_id is not None}
    )
    return len(good), [(one.row, one.violations) for one in checked if one.violations]


def _task_values(desk: Desk, one: Checked, linked: Mapping[tuple[str, int], int]) -> dict[str, Any]:
    raw, violations = one.raw, one.violations
    sent = dict(raw)
    desk.people(raw, sent, violations)
    if sent.get("responsible_user_id") == 0:
        # The dialect has tasks that nobody answers for; here somebody must.
        del sent["responsible_user_id"]
    values = NEW_TASK.read(sent, "", violations)
    if not values.get("entity_id"):
        # Of a task about nothing the dialect says that it is about 0.
        return values | {"entity_id": None, "entity_type": None}
    if values.get("entity_type") is None:
        return values
    new_id = linked.get((values["entity_type"], values["entity_id"]))
    if new_id is not None:
        return values | {"entity_id": new_id}
    if not desk.options.skips_links:
        violations.append(not_imported("entity_id", values["entity_type"]))
    return values | {"entity_id": None, "entity_type": None}


async def take_notes(
    tx: Transaction, desk: Desk, references: References, rows: Sequence[Row]
) -> Taken:
    """Store the notes that nothing is wrong with; return their number, and the others."""
    added = 0
    refused: list[tuple[Row, list[Violation]]] = []
    for about, kind in _KINDS.items():
        taken, others = await _take_notes_of(
            tx, desk, references, kind, [row for row in rows if row.about == about]
        )
        added += taken
        refused += others
    told = (
        "The address of a note, /api/v4/leads/…/notes/…, or of contacts or companies: it says "
        "whose note it is."
    )
    refused += [
        (row, [Violation("FieldMissing", "_links.self.href", told)])
        for row in rows
        if row.about not in _KINDS
    ]
    return added, refused


async def _take_notes_of(
    tx: Transaction, desk: Desk, references: References, kind: Kind[Any], rows: Sequence[Row]
) -> Taken:
    if not rows:
        return 0, []
    names = f"{kind.entity_type}/notes"
    checked = await references.check(tx, names, rows)
    linked = await references.named(
        tx, [(kind.entity_type, one.raw.get("entity_id")) for one in checked]
    )
    ids = await tx.take_ids("note", len(rows))
    good: list[tuple[Checked, Note]] = []
    for note_id, one in zip(ids, checked, strict=True):
        note = _note(desk, kind, one, note_id, linked)
        if note is not None and not one.violations:
            good.append((one, note))
    await notes.adopt(tx, desk.actor.account_id, kind, [note for _, note in good])
    await references.keep(
        tx, names, {one.old_id: note.id for one, note in good if one.old_id is not None}
    )
    return len(good), [(one.row, one.violations) for one in checked if one.violations]


def _note(
    desk: Desk,
    kind: Kind[Any],
    one: Checked,
    note_id: int,
    linked: Mapping[tuple[str, int], int],
) -> Note | None:
    raw, violations = one.raw, one.violations
    sent = dict(raw)
    desk.people(raw, sent, violations)
    if sent.get("responsible_user_id") == 0:
        del sent["responsible_user_id"]
    values = NEW_NOTE.read(sent, "", violations)
    values |= _ALSO_OF_NOTES.read(sent, "", violations)
    who = people(values, desk.users, violations)
    old_entity = whole_number(raw.get("entity_id"))
    entity_id = None if old_entity is None else linked.get((kind.entity_type, old_entity))
    if entity_id is None and old_entity is not None:
        told = f"One of the {kind.entity_type} that were imported; a note is always of one."
        violations.append(Violation("NotSupportedChoice", "entity_id", told))
    if violations or entity_id is None:
        return None
    created_at = values.get("created_at") or desk.now
    created_by = who.get("created_by", desk.actor.user_id)
    return Note(
        id=note_id,
        entity_id=entity_id,
        note_type=values["note_type"],
        params=values["params"],
        responsible_user_id=who.get("responsible_user_id", desk.actor.user_id),
        created_by=created_by,
        updated_by=who.get("updated_by", created_by),
        created_at=created_at,
        updated_at=values.get("updated_at") or created_at,
        is_pinned=bool(values.get("is_pinned")),
    )
