"""Turning the pages of a list that begins with its newest entry."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

from starlette.requests import Request

from grantway.web.control.desk import number

_LAST_PAGE = 10**9


class Turn(NamedTuple):
    """The page that is asked for: its number, and the entry that it stands next to."""

    page: int
    before_id: int | None
    after_id: int | None


class Ends(Protocol):
    """The entries at which a page ends, None where no other page follows."""

    @property
    def next_before_id(self) -> int | None: ...
    @property
    def previous_after_id(self) -> int | None: ...


def asked_turn(request: Request) -> Turn:
    """Return which page is asked for; raise PageNotFound for what can be none."""
    page, before, after = (_number(request, name) for name in ("page", "before", "after"))
    return Turn(min(page or 1, _LAST_PAGE), before, after)


def pages(
    turn: Turn, found: Ends, *, count: int, most: int, base: str, **kept: str
) -> dict[str, Any]:
    """Return what `pager` in shared/parts.html calls `page`.

    The page shows *count* of *most* entries; the links to others keep *kept*.
    """
    first = (turn.page - 1) * most + 1
    return {
        "number": turn.page,
        "first": first,
        "last": first + count - 1,
        "total": None,
        "previous_href": _href(base, kept, "after", found.previous_after_id, turn.page - 1),
        "next_href": _href(base, kept, "before", found.next_before_id, turn.page + 1),
    }


def address(base: str, **query: str) -> str:
    """Return *base* with the query, but for what is empty in it.

    >>> address("/calls", state=""), address("/calls", state="failed")
    ('/calls', '/calls?state=failed')
    """
    written = urlencode({name: text for name, text in query.items() if text})
    return f"{base}?{written}" if written else base


def _number(request: Request, name: str) -> int | None:
    given = request.query_params.get(name)
    return None if given is None else number(given)


def _href(base: str, kept: dict[str, str], name: str, entry_id: int | None, page: int) -> str:
    if entry_id is None:
        return ""
    place = {name: str(entry_id), "page": str(page)} if page > 1 else {}
    return address(base, **kept, **place)
