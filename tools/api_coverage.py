"""Compare our table of operations with the vendor's, and tell how real clients fared.

The vendor's operations are facts, kept in `vendor_operations.csv`: number, method,
path, and priority as the contract counts them (api-v4.md 1). A path with a word in
braces that names a family stands for one operation of each member.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grantway.asgi.operations import Operation
from tools.reference_markdown import page, rows

HERE = Path(__file__).parent
VENDORS = HERE / "vendor_operations.csv"
DRIVERS = HERE.parent / "docs" / "reference" / "drivers.json"
API = "/api/v4"

_ENTITIES = ("leads", "contacts", "companies", "customers")
_FAMILIES = {
    "{E4}": _ENTITIES,
    "{F5}": (*_ENTITIES, "catalogs/{catalog_id}"),
    "{F6}": (*_ENTITIES, "customers/segments", "catalogs/{catalog_id}"),
}
_ADD_ONS = ("/customers", "/catalogs")
"""Customers, their segments, and lists: the entities themselves are of priority B, and not ours."""
_CHOICE = re.compile(r"\{([a-z]+(?:\|[a-z]+)+)\}")
_ELSEWHERE = re.compile(r"\[\w+\] ")  # another host, or another version of the API
_PARAMETER = re.compile(r"\{\w+\}")

Key = tuple[str, str]


def unfolded(path: str) -> dict[str, str]:
    """Return the concrete paths that *path* stands for, by the member that makes each.

    >>> unfolded("/{leads|customers}/{id}/subscriptions")["customers"]
    '/customers/{id}/subscriptions'
    >>> unfolded("/account")
    {'': '/account'}
    """
    choice = _CHOICE.search(path)
    if choice:
        return {one: path.replace(choice[0], one) for one in choice[1].split("|")}
    for family, members in _FAMILIES.items():
        if family in path:
            return {one: path.replace(family, one) for one in members}
    return {"": path}


def key(method: str, path: str) -> Key:
    """Return what two operations share that are the same one.

    >>> key("GET", "/api/v4/leads/{id}") == key("GET", "/leads/{lead_id}")
    True
    """
    return method, _PARAMETER.sub("{}", path.removeprefix(API))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the vendor's table, and which of its operations are answered."""

    number: int
    method: str
    path: str
    priority: str
    keys: dict[str, Key]
    answered: tuple[str, ...]

    @property
    def verdict(self) -> str:
        if len(self.answered) == len(self.keys):
            return "yes"
        if not self.answered:
            return "no"
        return f"{len(self.answered)} of {len(self.keys)}: {', '.join(self.answered)}"


def compared(operations: Sequence[Operation]) -> list[Row]:
    """Return the vendor's table beside ours."""
    ours = {key(one.method, one.path) for one in operations}
    found = []
    with VENDORS.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            method, path = line["method"], line["path"]
            keys = {member: key(method, one) for member, one in unfolded(path).items()}
            # What lies on another host or under another version is never one of ours.
            here = not _ELSEWHERE.match(path)
            answered = tuple(member for member, one in keys.items() if here and one in ours)
            found.append(Row(int(line["number"]), method, path, line["priority"], keys, answered))
    return found


def totals(table: Iterable[Row], priority: str) -> tuple[int, int]:
    """Return how many operations of a priority are answered, and how many there are."""
    chosen = [row for row in table if row.priority == priority]
    return sum(len(row.answered) for row in chosen), sum(len(row.keys) for row in chosen)


def totals_of_add_ons(table: Iterable[Row], priority: str) -> tuple[int, int]:
    """Return the same for those operations that concern customers, segments and lists."""
    chosen = [
        member in row.answered
        for row in table
        if row.priority == priority
        for member, (_, path) in row.keys.items()
        if path.startswith(_ADD_ONS)
    ]
    return sum(chosen), len(chosen)


def beyond(table: Iterable[Row], operations: Sequence[Operation]) -> list[Operation]:
    """Return the operations of ours that the vendor's table does not have."""
    theirs = {one for row in table for one in row.keys.values()}
    return [one for one in operations if key(one.method, one.path) not in theirs]


def coverage_page(operations: Sequence[Operation]) -> str:
    table = compared(operations)
    counts = {priority: totals(table, priority) for priority in "AB"}
    apart = {priority: totals_of_add_ons(table, priority) for priority in "AB"}
    answered, there = (sum(pair) for pair in zip(*counts.values(), strict=True))
    more = beyond(table, operations)
    return page(
        "API coverage",
        "The vendor's operations beside ours, looked up in the table that routes requests.\n"
        "What is not answered is refused with 404 or 405; nothing pretends.\n"
        "A row may stand for several operations, one for each kind of entity:\n"
        "`{E4}` for leads, contacts, companies and customers, `{F5}` for those and lists,\n"
        "`{F6}` for segments too.",
        rows(
            ["priority", "answered", "of", "without customers, segments and lists", "of"],
            [
                *(
                    [name, *pair, *(a - b for a, b in zip(pair, apart[name], strict=True))]
                    for name, pair in counts.items()
                ),
                ["all", answered, there, "", ""],
            ],
        ),
        "Customers, their segments and lists are add-ons of the vendor's, which Grantway does not\n"
        "have: what would hang on them (their tags, fields and links) is refused like they are.",
        f"Operations of ours that the vendor's table does not have: {len(more)}.",
        *(["\n".join(f"- `{one.method} {one.path}`" for one in more)] if more else []),
        "## Published clients\n\n" + "\n\n".join(clients()),
        "## Operations\n\n"
        + rows(
            ["#", "operation", "priority", "answered"],
            [
                [row.number, f"`{row.method} {row.path}`", row.priority, row.verdict]
                for row in table
            ],
        ),
    )


def clients() -> Iterator[str]:
    """Tell the last run that was kept."""
    kept = json.loads(DRIVERS.read_text("utf-8"))
    yield (
        "Each client is used unmodified, as its users do, against a demo: `make test-clients`.\n"
        f"The last run that was kept is of {kept['date']}; `make test-clients ARGS=--write`\n"
        "keeps another.\n"
        "A client that cannot be installed is skipped, and counts as nothing else."
    )
    yield rows(
        ["client", "version", "language", "driver", "steps passed", "failed", "remarks"],
        [
            [
                one["client"],
                one["version"],
                one["language"],
                f"`{one['driver']}`",
                one["passed"],
                one["failed"] + len(one["known"]),
                f"skipped: {one['why']}" if one["why"] else "; ".join(one["known"]),
            ]
            for one in kept["drivers"]
        ],
    )
