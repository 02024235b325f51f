"""Tab *Ratings* of a public integration: what users think of it, and the one answer to each.

Contract: widgets-and-marketplace.md 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.marketplace import ratings, received
from grantway.marketplace.errors import RatingRefused
from grantway.marketplace.model import Rating
from grantway.web.control.desk import Desk, get, number, post
from grantway.web.control.integration_window import WINDOW, Window, open_window, window_frame
from grantway.web.forms import Form, read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.visits import Visit
from grantway.web.wording import sentence

RATINGS = f"{WINDOW}/ratings"
_ONE = f"{RATINGS}/{{rating_id}}/answer"
_UNANSWERED = "unanswered"
_NOTICES = {
    "answered": "Your answer is in the Marketplace.",
    "deleted": "Your answer is gone.",
}


class _Part(msgspec.Struct, frozen=True):
    """Which part of the ratings is shown. Forms on it carry it in their address."""

    unanswered_only: bool = False
    before_id: int | None = None

    @classmethod
    def asked(cls, request: Request) -> _Part:
        before = request.query_params.get("before")
        return cls(
            request.query_params.get("show") == _UNANSWERED,
            None if before is None else number(before),
        )

    def query(self, **more: str) -> str:
        """Return what stands behind an address."""
        own = {"show": _UNANSWERED} if self.unanswered_only else {}
        place = {"before": str(self.before_id)} if self.before_id else {}
        written = urlencode(own | place | more)
        return f"?{written}" if written else ""


@dataclass(frozen=True, slots=True)
class RatingsTab:
    """Read ratings and answer them; for administrators of the account that made it."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(RATINGS, self.show),
            post(_ONE, self.answer),
            post(f"{_ONE}/delete", self.delete),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def answer(self, request: Request) -> Response:
        """Store the answer to a rating, in place of the one before."""
        form = await read_form(request)
        rating_id = number(request.path_params["rating_id"])
        text = form.lines("answer")
        now = self.desk.services.now()
        try:
            async with self.desk.act(request, form) as (tx, visit):
                window = await _open(self.desk, tx, request, visit)
                actor, client_id = window.place.actor, window.integration.client_id
                await ratings.answer(tx, actor, client_id, rating_id, text, now)
        except RatingRefused as error:
            return await self._page(request, form, rating_id, error.problems)
        return go_to(request, self._back(request, window, "answered"))

    async def delete(self, request: Request) -> Response:
        """Take an answer back."""
        form = await read_form(request)
        rating_id = number(request.path_params["rating_id"])
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            window = await _open(self.desk, tx, request, visit)
            actor, client_id = window.place.actor, window.integration.client_id
            await ratings.delete_answer(tx, actor, client_id, rating_id, now)
        return go_to(request, self._back(request, window, "deleted"))

    def _back(self, request: Request, window: Window, done: str) -> str:
        return f"{window.href}/ratings{_Part.asked(request).query(done=done)}"

    async def _page(
        self,
        request: Request,
        form: Form | None = None,
        rating_id: int = 0,
        problems: Mapping[str, str] | None = None,
    ) -> Response:
        part = _Part.asked(request)
        async with self.desk.look(request) as (reader, visit):
            window = await _open(self.desk, reader, request, visit)
            context = await window_frame(self.desk, reader, visit, window, "ratings")
            actor, client_id = window.place.actor, window.integration.client_id
            found = await received.page(
                reader,
                actor,
                client_id,
                unanswered_only=part.unanswered_only,
                before_id=part.before_id,
            )
            sums = await received.sum_up(reader, actor, client_id)
        href = f"{window.href}/ratings"
        older = _Part(part.unanswered_only, found.before_id)
        typed = {rating_id: form.text("answer")} if form else {}
        context |= {
            "sums": sums,
            "ratings": [_shown(one, href, part, typed.get(one.id)) for one in found.ratings],
            "unanswered_only": part.unanswered_only,
            "href": href,
            "unanswered_href": href + _Part(unanswered_only=True).query(),
            "older_href": href + older.query() if found.before_id else "",
            "newest_href": href + _Part(part.unanswered_only).query() if part.before_id else "",
            "most": ratings.MAX_TEXT,
            # By the id of the field, since every rating has one.
            "errors": {f"answer-{rating_id}": sentence(text) for text in (problems or {}).values()},
            "notice": "" if problems else _NOTICES.get(request.query_params.get("done", ""), ""),
        }
        return self.desk.page("control/integration_ratings.html", context, 422 if problems else 200)


async def _open(desk: Desk, reader: Reader, request: Request, visit: Visit) -> Window:
    window = await open_window(desk, reader, request, visit)
    if not window.was_published:
        raise PageNotFound
    return window


def _shown(one: Rating, href: str, part: _Part, typed: str | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "author": one.author,
        "language": one.language,
        "stars": one.stars,
        "text": one.text,
        "rated_at": one.rated_at,
        "changed_at": one.changed_at,
        "answer": one.answer,
        "answered_at": one.answered_at,
        "typed": (one.answer or "") if typed is None else typed,
        "answer_href": f"{href}/{one.id}/answer{part.query()}",
        "delete_href": f"{href}/{one.id}/answer/delete{part.query()}",
    }
