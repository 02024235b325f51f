"""What the stores see of a database, whichever it is.

SQL is written once, with `:name` for values; a list stands for several values
and goes into brackets: `id in (:ids)`. A boolean column is tested as it is
(`where not is_deleted`), which both databases understand.
"""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

Value = None | bool | int | float | str | bytes | Sequence[int] | Sequence[str]
R = TypeVar("R")

_NAME = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_INSERT = re.compile(r"\s*insert into (\w+)\s*\(([^()]+)\)\s*values\s*\(([^()]+)\)\s*")


class Reader(Protocol):
    """Reads; a value of this type cannot change anything."""

    async def all(self, row: type[R], sql: str, /, **values: Value) -> list[R]:
        """Return every row as *row*, whose fields stand in the order of the columns."""
        ...

    async def one(self, row: type[R], sql: str, /, **values: Value) -> R | None:
        """Return the first row, or None when there is none."""
        ...

    async def column(self, sql: str, /, **values: Value) -> list[Any]:
        """Return the first column of every row."""
        ...

    async def value(self, sql: str, /, **values: Value) -> Any:
        """Return the first column of the first row, or None when there is none."""
        ...


class Transaction(Reader, Protocol):
    """Reads and changes. Leaving it commits, raising rolls back."""

    async def change(self, sql: str, /, **values: Value) -> int:
        """Run one statement of bounded size; return how many rows it changed."""
        ...

    async def change_many(self, sql: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        """Run the statement once for each of *rows*."""
        ...

    async def add_many(self, sql: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        """Do the same as fast as the database can; the statement is an insert of named columns.

        It has nothing beside `insert into … (a, b) values (:a, :b)`.
        """
        ...

    async def lock(self, sql: str, /, **values: Value) -> None:
        """Keep the rows that a query finds from being changed by others until the end.

        What is read afterwards is what they left. On SQLite one transaction
        writes at a time, and nothing needs doing.
        """
        ...

    async def lock_values(self, sql: str, /, **values: Value) -> None:
        """Do the same, and let others go on to add rows that refer to these.

        Where the lock is held for long, or whoever adds holds a row that we want.
        """
        ...

    async def sweep(self, sql: str, /, **values: Value) -> int:
        """Run one statement whose size nobody knows beforehand, away from the event loop."""
        ...

    async def take_ids(self, name: str, count: int = 1) -> Sequence[int]:
        """Return *count* rising identifiers of the series *name*, never given out before."""
        ...


class Database(Protocol):
    """Opens transactions. One per process."""

    kind: str

    def read(self) -> AbstractAsyncContextManager[Reader]:
        """Read what is committed."""
        ...

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction; it is on stable storage when the block has been left (S-207).

        Nothing slow may happen inside: on SQLite everybody who writes waits.
        """
        ...

    async def analyze(self, *tables: str) -> None:
        """Have statements planned anew for tables that somebody has just made much larger.

        PostgreSQL does so by itself, but only once a minute; until then it may go on reading
        a whole table that was empty when it planned. SQLite plans without looking at sizes.
        """
        ...

    async def close(self) -> None:
        """Finish what runs and let go of the database."""
        ...


@functools.lru_cache(maxsize=512)
def expand(sql: str, lengths: tuple[tuple[str, int], ...]) -> str:
    """Write each list in *lengths* out as so many single names.

    >>> expand("id in (:ids)", (("ids", 2),))
    'id in (:ids_0, :ids_1)'
    """
    for name, length in lengths:
        names = ", ".join(f":{name}_{n}" for n in range(length)) or "null"
        sql = re.sub(rf"(?<![:\w]):{name}(?!\w)", names, sql)
    return sql


def spread(sql: str, values: Mapping[str, Value]) -> tuple[str, Mapping[str, Any]]:
    """Return *sql* and *values* with every list written out.

    A list is lengthened to a power of two with its last value, which a list in
    brackets does not notice: so the drivers keep few statements, whatever
    lengths clients send.
    """
    lists = [(name, v) for name, v in values.items() if isinstance(v, list | tuple)]
    if not lists:
        return sql, values
    single = {name: v for name, v in values.items() if not isinstance(v, list | tuple)}
    lengths: list[tuple[str, int]] = []
    for name, items in lists:
        length = 1 << (len(items) - 1).bit_length() if items else 0
        single |= {f"{name}_{n}": items[min(n, len(items) - 1)] for n in range(length)}
        lengths.append((name, length))
    return expand(sql, tuple(lengths)), single


@functools.lru_cache(maxsize=512)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """Return *sql* with PostgreSQL's `$1` in place of names, and the names in that order.

    >>> numbered("select :b, :a, :b")
    ('select $1, $2, $1', ('b', 'a'))
    """
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"${names.setdefault(match[1], len(names) + 1)}"

    return _NAME.sub(number, sql), tuple(names)


@functools.lru_cache(maxsize=64)
def plain_insert(sql: str) -> tuple[str, tuple[str, ...]]:
    """Return the table and the columns of an insert whose values are named as their columns.

    >>> plain_insert("insert into tags (id, name) values (:id, :name)")
    ('tags', ('id', 'name'))
    """
    found = _INSERT.fullmatch(sql)
    if found is None:
        raise ValueError(f"no plain insert: {sql}")
    columns, values = (tuple(part.replace(",", " ").split()) for part in found.group(2, 3))
    if values != tuple(f":{name}" for name in columns):
        raise ValueError(f"values that are not named as their columns: {sql}")
    return found[1], columns


_booleans: dict[Any, tuple[int, ...]] = {}


def _boolean_fields(row: Any) -> tuple[int, ...]:
    found = _booleans.get(row)
    if found is None:
        hints = typing.get_type_hints(row)
        names = getattr(row, "__struct_fields__", None) or tuple(hints)
        found = _booleans[row] = tuple(n for n, name in enumerate(names) if hints[name] is bool)
    return found


def make_rows(row: type[R], tuples: Iterable[Sequence[Any]]) -> list[R]:
    """Make a *row* of each tuple; SQLite's 0 and 1 become the booleans that they stand for."""
    booleans = _boolean_fields(row)
    if not booleans:
        return [row(*one) for one in tuples]
    made = []
    for one in tuples:
        cells = list(one)
        for n in booleans:
            cells[n] = bool(cells[n])
        made.append(row(*cells))
    return made
