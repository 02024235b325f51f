"""What old ids have become: those of rows, and those that rows name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from grantway.crm.transfer import store
from grantway.crm.transfer.model import Progress, Row
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Violation, invalid_type
from grantway.kernel.shapes import whole_number


class Checked(msgspec.Struct):
    """A row on its way: the entity in it, what is wrong so far, and its id in the old account."""

    row: Row
    raw: dict[str, Any]
    violations: list[Violation]
    old_id: int | None


class References:
    """The ids of one source."""

    def __init__(self, account_id: int, progress: Progress) -> None:
        self._account_id = account_id
        self._progress = progress

    async def check(self, reader: Reader, kind: str, rows: Sequence[Row]) -> list[Checked]:
        """Return the rows of a kind; one that was imported before is refused."""
        checked = []
        for row in rows:
            violations: list[Violation] = []
            old_id = None
            raw = row.value if isinstance(row.value, dict) else {}
            if raw is not row.value:
                violations.append(invalid_type("", "object"))
            elif raw.get("id") is not None:
                old_id = whole_number(raw["id"])
                if old_id is None:
                    violations.append(invalid_type("id", "int"))
            checked.append(Checked(row, raw, violations, old_id))
        ids = [one.old_id for one in checked if one.old_id is not None]
        seen = set(await self.find(reader, kind, ids))
        for one in checked:
            if one.old_id is None:
                continue
            if one.old_id in seen:
                told = "An id that was not imported yet: this one was, now or earlier."
                one.violations.append(Violation("NotSupportedChoice", "id", told))
            seen.add(one.old_id)
        return checked

    async def find(self, reader: Reader, kind: str, old_ids: Iterable[int]) -> dict[int, int]:
        """Return the new id of each of *old_ids* that was imported."""
        return await store.list_ids(
            reader, self._account_id, self._progress.source_id, kind, old_ids
        )

    async def keep(self, tx: Transaction, kind: str, new_ids: Mapping[int, int]) -> None:
        """Remember which old id became which new one."""
        await store.add_ids(tx, self._account_id, self._progress, kind, new_ids)

    async def named(
        self, reader: Reader, names: Iterable[tuple[str, Any]]
    ) -> dict[tuple[str, int], int]:
        """Return the new id of each (kind, old id) that was imported."""
        by_kind: dict[str, set[int]] = defaultdict(set)
        for kind, raw in names:
            old_id = whole_number(raw)
            if old_id is not None:
                by_kind[kind].add(old_id)
        found = {}
        for kind in sorted(by_kind):
            for old_id, new_id in (await self.find(reader, kind, by_kind[kind])).items():
                found[kind, old_id] = new_id
        return found


def not_imported(path: str, kind: str) -> Violation:
    """Say that what is named at *path* is not here."""
    told = (
        f"One of the {kind} that were imported: import them first, or leave such links out with "
        "--skip-links."
    )
    return Violation("NotSupportedChoice", path, told)
