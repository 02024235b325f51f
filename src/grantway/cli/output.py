"""What commands print: JSON for programs, tables for people."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

_PROSE = 50
_WIDEST = 10_000  # as wide as no table is
_COMMAND = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def print_json(value: Any) -> None:
    """Print *value* as one JSON document."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_rows(rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print rows with the same keys; *empty* when there are none."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        is_prose = any(len(str(row[name])) > _PROSE for row in rows)
        width = _PROSE if is_prose else None
        table.add_column(
            name.replace("_", " "), no_wrap=not is_prose, overflow="fold", max_width=width
        )
    for row in rows:
        table.add_row(*(Text(_plain(value)) for value in row.values()))
    # An id that is cut or broken over two lines cannot be copied; a sentence may be.
    needed = Console(width=_WIDEST).measure(table).maximum
    Console(width=max(Console().width, needed)).print(table)


def print_one(fields: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing: as a JSON object, or a line for each field."""
    if as_json:
        print_json(fields)
        return
    widest = max(len(name) for name in fields) + 2
    for name, value in fields.items():
        lines = ("\n" + " " * widest).join(_plain(value).splitlines())
        click.echo(f"{name.replace('_', ' '):{widest}}{lines}".rstrip())


def _plain(value: Any) -> str:
    r"""Return *value* as text that says nothing to the terminal: people choose names (S-181).

    >>> _plain("Bob\x1b[2J"), _plain(None)
    ('Bob\ufffd[2J', '')
    """
    return "" if value is None else _COMMAND.sub("\ufffd", str(value))


def moment(seconds: int | None) -> str | None:
    """Return a moment as people read it.

    >>> moment(1_767_225_600)
    '2026-01-01 00:00 UTC'
    """
    if seconds is None:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
