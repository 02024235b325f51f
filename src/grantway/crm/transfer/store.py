"""The SQL of imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from grantway.crm.transfer.model import Progress
from grantway.db import Reader, Transaction

_AT_ONCE = 1_000  # values of one statement; both databases stop at some 32,000
_COLUMNS = Progress.__struct_fields__


class _Pair(msgspec.Struct, frozen=True):
    old_id: int
    new_id: int


async def find_import(
    reader: Reader, account_id: int, source: str, fingerprint: str
) -> Progress | None:
    """Return how far this file has come, or None when nobody has begun with it."""
    return await reader.one(
        Progress,
        f"""
        select {", ".join(_COLUMNS)} from imports
         where account_id = :account_id and source = :source and fingerprint = :fingerprint
        """,
        account_id=account_id,
        source=source,
        fingerprint=fingerprint,
    )


async def list_imports(reader: Reader, account_id: int) -> list[Progress]:
    """Return all imports of the account, in the order in which they began."""
    return await reader.all(
        Progress,
        f"select {', '.join(_COLUMNS)} from imports where account_id = :account_id order by id",
        account_id=account_id,
    )


async def find_source(reader: Reader, account_id: int, source: str) -> int | None:
    """Return the number of the source, if something of it was imported before."""
    found: int | None = await reader.value(
        "select min(source_id) from imports where account_id = :account_id and source = :source",
        account_id=account_id,
        source=source,
    )
    return found


async def add_import(tx: Transaction, account_id: int, one: Progress) -> None:
    """Add the import."""
    names = ", ".join(_COLUMNS)
    values = ", ".join(f":{name}" for name in _COLUMNS)
    await tx.change(
        f"insert into imports (account_id, {names}) values (:account_id, {values})",
        account_id=account_id,
        **msgspec.structs.asdict(one),
    )


async def move_import(tx: Transaction, account_id: int, before: Progress, after: Progress) -> bool:
    """Keep how far the import has come; False when somebody else has moved it meanwhile."""
    changed = await tx.change(
        """
        update imports set
            byte_offset = :byte_offset, line = :line, is_in_array = :is_in_array, item = :item,
            added = :added, refused = :refused, refused_bytes = :refused_bytes,
            begun_at = :begun_at, updated_at = :updated_at, finished_at = :finished_at
         where account_id = :account_id and id = :id and byte_offset = :former_offset
           and item = :former_item and refused = :former_refused and begun_at = :former_begun_at
        """,
        account_id=account_id,
        former_offset=before.byte_offset,
        former_item=before.item,
        former_refused=before.refused,
        former_begun_at=before.begun_at,
        **{name: value for name, value in msgspec.structs.asdict(after).items() if name in _MOVED},
    )
    return changed == 1


_MOVED = {
    "id",
    "byte_offset",
    "line",
    "is_in_array",
    "item",
    "added",
    "refused",
    "refused_bytes",
    "begun_at",
    "updated_at",
    "finished_at",
}


async def forget_ids(tx: Transaction, account_id: int, one: Progress) -> None:
    """Forget which ids this import gave."""
    await tx.sweep(
        """
        delete from imported_ids
         where account_id = :account_id and source_id = :source_id and import_id = :import_id
        """,
        account_id=account_id,
        source_id=one.source_id,
        import_id=one.id,
    )


async def list_ids(
    reader: Reader, account_id: int, source_id: int, entity_type: str, old_ids: Iterable[int]
) -> dict[int, int]:
    """Return the new id of each of *old_ids* that was imported."""
    wanted = sorted(set(old_ids))
    found: list[_Pair] = []
    for start in range(0, len(wanted), _AT_ONCE):
        found += await reader.all(
            _Pair,
            """
            select old_id, new_id from imported_ids
             where account_id = :account_id and source_id = :source_id
               and entity_type = :entity_type and old_id in (:old_ids)
            """,
            account_id=account_id,
            source_id=source_id,
            entity_type=entity_type,
            old_ids=wanted[start : start + _AT_ONCE],
        )
    return {one.old_id: one.new_id for one in found}


async def add_ids(
    tx: Transaction,
    account_id: int,
    one: Progress,
    entity_type: str,
    new_ids: Mapping[int, int],
) -> None:
    """Keep which old id became which new one."""
    await tx.add_many(
        """
        insert into imported_ids (account_id, source_id, entity_type, old_id, new_id, import_id)
        values (:account_id, :source_id, :entity_type, :old_id, :new_id, :import_id)
        """,
        [
            {
                "account_id": account_id,
                "source_id": one.source_id,
                "entity_type": entity_type,
                "old_id": old_id,
                "new_id": new_id,
                "import_id": one.id,
            }
            for old_id, new_id in new_ids.items()
        ],
    )
