"""The moderators' queue, and who gets to see that there is one (S-151)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.moderation import attention
from grantway.moderation import desk as reviews
from grantway.moderation.attention import Cause
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import NotAModerator
from grantway.moderation.model import Waiting
from grantway.web.control.desk import Desk, get, number, storable
from grantway.web.control.moderation_rows import why_row
from grantway.web.refusals import PageNotFound
from grantway.web.visits import Visit

MODERATION = "/moderation"
PASSWORD_FIRST = "Confirm your password, then send this again."  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class ModerationQueue:
    """Answer `GET /moderation`, for moderators; nobody else learns that it is there."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(MODERATION, self.show)]

    async def show(self, request: Request) -> Response:
        now = self.desk.services.now()
        after = _after(request)
        async with self.desk.look(request) as (reader, visit):
            moderator = await moderator_of(reader, visit)
            context = await self.desk.frame(reader, visit, section="moderation")
            # One more than is shown, because a full page says nothing about the next one.
            found = await reviews.queue(reader, moderator, after=after, limit=reviews.PAGE + 1)
        shown = found[: reviews.PAGE]
        last = shown[-1] if len(found) > len(shown) else None
        behind = urlencode({"due": last.due_at, "after": last.client_id}) if last else ""
        context |= {
            "desk_tab": "queue",
            "waiting": [_row(one, now) for one in shown],
            "first_href": "" if after is None else MODERATION,
            "next_href": f"{MODERATION}?{behind}" if behind else "",
        }
        return self.desk.page("control/moderation_queue.html", context)


async def moderator_of(reader: Reader, visit: Visit) -> Moderator:
    """Return the visitor as a moderator; to anybody else there is no such page."""
    try:
        return await reviews.moderator_for(reader, visit.user.id, visit.source)
    except NotAModerator:
        raise PageNotFound from None


async def own_page(desk: Desk, request: Request) -> Response:
    """Say who decides instead (S-151)."""
    async with desk.look(request) as (reader, visit):
        await moderator_of(reader, visit)
        context = await desk.frame(reader, visit, section="moderation")
    return desk.page("control/moderation_own.html", context, 403)


def _row(one: Waiting, now: int) -> dict[str, Any]:
    return {
        "href": f"{MODERATION}/{one.client_id}/{one.number}",
        "name": one.name,
        "account": one.account_name,
        "number": one.number,
        "submitted_at": one.submitted_at,
        "due_at": one.due_at,
        "is_overdue": one.due_at <= now,
        "is_first": one.is_first,
        "is_own": one.is_own,
        # The row says in other places that it is late, or the first one.
        "whys": [
            why_row(why)
            for why in ([] if one.is_own else attention.of_waiting(one, now))
            if why.cause not in {Cause.OVERDUE, Cause.FIRST}
        ],
    }


def _after(request: Request) -> tuple[int, str] | None:
    query = request.query_params
    if "due" not in query:
        return None
    return number(query["due"]), storable(query.get("after", ""))
