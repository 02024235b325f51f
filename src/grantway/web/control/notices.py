"""What the visitor was told, and whether they want it by e-mail as well.

A notice is opened by a link, `GET /notices/<id>`, in a page or in an e-mail,
and that marks it as read. This is as safe as a GET has to be (RFC 9110, 9.2.1):
it changes nothing but the reader's own mark, needs their session, leads to an
address of ours alone, and a browser that only loads ahead changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.notices import service as notices
from grantway.notices.model import Notice
from grantway.notices.words import say
from grantway.web.control.desk import Desk, get, number, post
from grantway.web.control.turning import asked_turn, pages
from grantway.web.forms import read_form
from grantway.web.refusals import go_to

_ON_A_PAGE = 20
_DONE = {
    "read": "Everything is marked as read",
    "mail": "Your choice is saved",
}


@dataclass(frozen=True, slots=True)
class NoticePages:
    """Answer `/notices` and what is below it."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get("/notices", self.show),
            post("/notices/read", self.read_all),
            post("/notices/by-mail", self.choose_mail),
            get("/notices/{notice_id}", self.open_one),
        ]

    async def show(self, request: Request) -> Response:
        turn = asked_turn(request)
        async with self.desk.look(request) as (reader, visit):
            context = await self.desk.frame(reader, visit, section="notices")
            found = await notices.page(
                reader,
                visit.user.id,
                before_id=turn.before_id,
                after_id=turn.after_id,
                limit=_ON_A_PAGE,
            )
            context["wants_mail"] = await notices.wants_mail(reader, visit.user.id)
        language = visit.user.language
        context["notices"] = [_shown(one, language) for one in found.notices]
        context["newest_id"] = found.notices[0].id if found.notices and turn.page == 1 else None
        context["sends_mail"] = self.desk.services.sends_mail
        context["notice"] = _DONE.get(request.query_params.get("done", ""), "")
        context["page"] = pages(
            turn, found, count=len(found.notices), most=_ON_A_PAGE, base="/notices"
        )
        return self.desk.page("control/notices.html", context)

    async def open_one(self, request: Request) -> Response:
        """Mark it as read, and lead to where something can be done."""
        notice_id = number(request.path_params["notice_id"])
        async with self.desk.look(request) as (reader, visit):
            notice = await notices.find(reader, visit.user.id, notice_id)
        if notice.seen_at is None and not _is_ahead(request):
            async with self.desk.services.db.write() as tx:
                await notices.see(tx, visit.user.id, notice_id, self.desk.services.now())
        return go_to(request, notice.href)

    async def read_all(self, request: Request) -> Response:
        """Mark as read what the visitor had before them, and nothing that came since."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            await notices.see_all(
                tx, visit.user.id, number(form.text("up_to")), self.desk.services.now()
            )
        return go_to(request, "/notices?done=read")

    async def choose_mail(self, request: Request) -> Response:
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            await notices.choose_mail(tx, visit.user.id, by_mail=form.text("by_mail") == "yes")
        return go_to(request, "/notices?done=mail")


def _shown(notice: Notice, language: str) -> dict[str, Any]:
    said = say(notice.kind, notice.facts, language)
    return {
        "id": notice.id,
        "language": said.language,
        "subject": said.subject,
        "text": said.text,
        "quote": said.quote,
        "told_at": notice.told_at,
        "is_new": notice.seen_at is None,
        "account_name": notice.account_name or "",
    }


def _is_ahead(request: Request) -> bool:
    """Tell whether a browser loads the page before anybody asked for it."""
    return "prefetch" in request.headers.get("sec-purpose", request.headers.get("purpose", ""))
