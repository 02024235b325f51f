"""Which rows a file holds: entities, and pages of them as the API answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from grantway.crm.transfer.json_stream import Value
from grantway.crm.transfer.model import KINDS, Cursor, Refusal, Row

_ADDRESS = re.compile(
    r"/api/v4/(leads|contacts|companies|tasks)/(?:(\d+)/)?(notes/)?\d+(?:\?.*)?$", re.ASCII
)

_REFUSED = set(Refusal.__struct_fields__)


def read_rows(values: Iterable[Value], kind: str | None, begin: Cursor) -> Iterator[Row]:
    """Yield the rows behind *begin*, which lies in the first of *values*."""
    skipped = begin.item
    for one in values:
        parts = list(_parts(one.value, "", kind))
        for n, (path, its_kind, value) in enumerate(parts):
            if n < skipped:
                continue
            is_last = n + 1 == len(parts)
            after = Cursor(one.after) if is_last else Cursor(one.at, n + 1)
            named, about = _told(value)
            yield Row(one.at.line, path, named or its_kind, about, value, after)
        skipped = 0


def _parts(value: Any, path: str, kind: str | None) -> Iterator[tuple[str, str | None, Any]]:
    """Yield what the value holds: a page its entities, an array its items, else itself.

    A row that was refused before stands beside the reasons, and is what counts.
    """
    if isinstance(value, dict) and value.keys() == _REFUSED:
        value = value["row"]
    if isinstance(value, list):
        for n, one in enumerate(value):
            yield from _parts(one, f"{path}.{n}" if path else str(n), kind)
        return
    embedded = value.get("_embedded") if isinstance(value, dict) and "id" not in value else None
    lists = [name for name in KINDS if isinstance(embedded, dict) and name in embedded]
    if not lists:
        yield path, kind, value
    for name in lists:
        inner = f"{path}._embedded.{name}" if path else f"_embedded.{name}"
        entities = embedded[name] if isinstance(embedded, dict) else []
        for n, one in enumerate(entities if isinstance(entities, list) else []):
            yield f"{inner}.{n}", name, one


def _told(value: Any) -> tuple[str | None, str | None]:
    """Return the kind that an entity's own address tells, and whose note it is."""
    try:
        found = _ADDRESS.search(value["_links"]["self"]["href"])
    except (KeyError, TypeError):
        return None, None
    if found is None:
        return None, None
    return ("notes", found[1]) if found[3] else (found[1], None)


def host(value: Any) -> str | None:
    """Return whose address an entity, or the first of a page, has."""
    for _, _, one in _parts(value, "", None):
        try:
            href = one["_links"]["self"]["href"]
        except (KeyError, TypeError):
            return None
        found = re.match(r"https?://([^/:]+)[/:]", href) if isinstance(href, str) else None
        return found[1] if found else None
    return None
