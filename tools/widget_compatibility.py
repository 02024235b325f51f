"""The page that tells which parts of the widgets' contract are there.

The items stand in `websdk/compatibility.json`, each with what it lacks. What the SDK's tests prove
is kept in `docs/reference/widget-compatibility.json` by `npm run compatibility --prefix websdk`;
what the server does for widgets is proved by the tests that an item names.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from tools.reference_markdown import page, rows

ROOT = Path(__file__).resolve().parents[1]
ITEMS = ROOT / "websdk" / "compatibility.json"
PROOFS = ROOT / "docs" / "reference" / "widget-compatibility.json"


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of the contract; without *partly* and *not_yet* it works."""

    id: str
    what: str = ""
    version: str = ""
    partly: str = ""
    not_yet: str = ""
    server: tuple[str, ...] = ()
    """Tests of the server that prove it, as `file::function`."""

    @property
    def state(self) -> str:
        return "not yet" if self.not_yet else "partly" if self.partly else "works"


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The items of one heading."""

    name: str
    title: str
    about: str
    items: tuple[Item, ...]

    def tag(self, item: Item) -> str:
        """Return how tests of the SDK name an item."""
        return f"{self.name}:{item.id}"


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    groups: tuple[Group, ...]


def groups() -> tuple[Group, ...]:
    """Return every item of the contract."""
    return msgspec.json.decode(ITEMS.read_bytes(), type=_Listed).groups


def proofs() -> dict[str, list[str]]:
    """Return the files of the SDK's passing tests, by the item that they prove."""
    return msgspec.json.decode(PROOFS.read_bytes(), type=dict[str, list[str]])


def widget_compatibility_page() -> str:
    """Return the page."""
    kept = proofs()
    sections = [_section(group, kept) for group in groups()]
    count = Counter(item.state for group in groups() for item in group.items)
    counted = ", ".join(f"{state}: {count[state]}" for state in ("works", "partly", "not yet"))
    return page(
        "Widgets: compatibility", f"{_ABOUT}\n\nOf {count.total()} items, {counted}.", *sections
    )


def _section(group: Group, kept: dict[str, list[str]]) -> str:
    table = rows(
        ["item", "state", "lacks", "shown by"],
        [
            [
                _named(item),
                item.state,
                item.partly or item.not_yet,
                ", ".join(f"`{name}`" for name in _shown_by(item, kept.get(group.tag(item), []))),
            ]
            for item in group.items
        ],
    )
    return "\n\n".join(part for part in (f"## {group.title}", group.about, table) if part)


def _named(item: Item) -> str:
    name = item.what or f"`{item.id}`"
    return f"{name} {item.version}" if item.version else name


def _shown_by(item: Item, files: list[str]) -> list[str]:
    return [
        *files,
        *dict.fromkeys(one.partition("::")[0].rpartition("/")[2] for one in item.server),
    ]


_ABOUT = """\
What widgets of the vendor's dialect find in Grantway, item by item. Nothing counts as working that
no passing test shows: those of the browser's side stand in `websdk/tests`, those of the server in
`tests`. An item that works in part names what is missing.

Items hold for widgets that run in the page, as they do unless an account is strict; the last
section tells what is different there. How widgets of other people fare is told by
[real widgets](real-widgets.md)."""
