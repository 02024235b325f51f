"""Turning the pages of a list of grants."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from grantway.oauth.grants import Page, Turn
from grantway.web.control.desk import number
from grantway.web.refusals import PageNotFound

ON_A_PAGE = 50
_LAST_PAGE = 10**9
_PLACE = re.compile(r"(live|ended)-([0-9]{1,18})")


def asked_turn(request: Request) -> Turn | None:
    """Return where the page begins that is asked for; None for the first one."""
    for name in ("after", "before"):
        if (given := request.query_params.get(name)) is not None:
            place = _PLACE.fullmatch(given)
            if place is None:
                raise PageNotFound
            return Turn(place[1] == "ended", int(place[2]), is_back=name == "before")
    return None


def pages(request: Request, found: Page, base: str) -> dict[str, Any]:
    """Return what `pager` in shared/parts.html calls `page`."""
    asked = number(request.query_params.get("page", "1"))
    page = 1 if found.previous is None else max(2, min(asked, _LAST_PAGE))
    first = (page - 1) * ON_A_PAGE + 1
    return {
        "number": page,
        "first": first,
        "last": first + len(found.grants) - 1,
        "total": None,
        "previous_href": _href(base, found.previous, page - 1),
        "next_href": _href(base, found.next, page + 1),
    }


def _href(base: str, turn: Turn | None, page: int) -> str:
    if turn is None:
        return ""
    if page <= 1:
        return base
    place = f"{'ended' if turn.has_ended else 'live'}-{turn.grant_id}"
    return f"{base}?{urlencode({'before' if turn.is_back else 'after': place, 'page': page})}"
