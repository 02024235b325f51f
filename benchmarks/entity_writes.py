"""Two hundred and fifty entities in a request: the most that one may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from benchmarks.accounts import Account
from benchmarks.bare_rows import WINDOWS, Rows
from benchmarks.entity_lists import PAGES_OF, path
from benchmarks.filling import EVERYTHING
from benchmarks.reports import Table
from benchmarks.writes import HEADS, NOW, Row, Work, measure

COUNT = 250
_DAY = 24 * 3600

Member = Callable[[Account, int], Mapping[str, Any]]
"""Makes the members of the so-maniest object of a request."""


def _user(account: Account, n: int) -> int:
    return account.user_ids[n % len(account.user_ids)]


def _lead(account: Account, n: int) -> Mapping[str, Any]:
    pipeline_id, status_id = account.stages[n % len(account.stages)]
    return {
        "name": f"Solar roof {n}",
        "price": 50 * n,
        "pipeline_id": pipeline_id,
        "status_id": status_id,
    }


def _contact(_account: Account, n: int) -> Mapping[str, Any]:
    return {"first_name": "Ada", "last_name": f"Abel {n}"}


def _company(_account: Account, n: int) -> Mapping[str, Any]:
    return {"name": f"Harbour Bakery {n}"}


def _task(account: Account, n: int) -> Mapping[str, Any]:
    first, last = account.ids["leads"]
    about = {"entity_type": "leads", "entity_id": first + n * 7 % (last - first + 1)}
    return {"text": f"Call back {n}", "complete_till": NOW + n * _DAY, **about}


_MEMBERS: Mapping[str, Member] = {
    "leads": _lead,
    "contacts": _contact,
    "companies": _company,
    "tasks": _task,
}


def _added(many: str) -> Callable[[Account], Sequence[bytes]]:
    def bodies(account: Account) -> list[bytes]:
        made = (
            {
                **_MEMBERS[many](account, n),
                "responsible_user_id": _user(account, n),
                "created_at": NOW - n * 3600,
            }
            for n in range(COUNT)
        )
        return [msgspec.json.encode(list(made))]

    return bodies


def _changed(many: str) -> Callable[[Account], Sequence[bytes]]:
    """Return what makes requests that change every batch, and then each to something else."""

    def bodies(account: Account) -> list[bytes]:
        first, _ = account.ids[many]
        return [
            msgspec.json.encode(
                [
                    {"id": first + n, **_MEMBERS[many](account, n + turn)}
                    for n in range(window * COUNT, (window + 1) * COUNT)
                ]
            )
            for turn in (1, 2)
            for window in range(WINDOWS)
        ]

    return bodies


WORKS = tuple(
    Work(
        f"250 {many} {'added' if are_new else 'changed'}",
        path(many),
        Rows(many, COUNT, are_new),
        (_added if are_new else _changed)(many),
    )
    for many in EVERYTHING
    for are_new in (True, False)
)
CONNECTIONS = (1, 4)


def measure_writes(*, quick: bool) -> list[Row]:
    """Write all kinds in turn."""
    if quick:
        return measure(WORKS, CONNECTIONS[-1:], (1, 1), PAGES_OF, EVERYTHING)
    return measure(WORKS, CONNECTIONS, (3, 2), PAGES_OF, EVERYTHING)


def tables(rows: Iterable[Row]) -> list[Table]:
    """Return a table for each kind of database."""
    by_database: dict[str, list[Row]] = {}
    for row in rows:
        by_database.setdefault(row.database, []).append(row)
    return [
        Table(
            [database, *HEADS],
            [[f"{row.work.name}, {row.connections} at once", *row.cells()] for row in some],
        )
        for database, some in by_database.items()
    ]
