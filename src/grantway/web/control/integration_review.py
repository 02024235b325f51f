"""Tab *Review* of a public integration: what stands in its way, what moderators say, publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.marketplace import publishing, vetting
from grantway.marketplace.categories import CATEGORIES, OTHER, category_name
from grantway.marketplace.errors import CategoryUnknown
from grantway.moderation import drafts, submissions
from grantway.moderation.checks.checklist import RULES
from grantway.moderation.checks.errors import NotReady
from grantway.moderation.errors import VerdictRefused
from grantway.moderation.model import Message, Version
from grantway.moderation.states import ENDED, Act, State, may
from grantway.web.control.desk import Desk, get, post
from grantway.web.control.integration_window import WINDOW, Window, open_window, window_frame
from grantway.web.control.moderation_rows import finding_row
from grantway.web.forms import Form, read_form
from grantway.web.listings.states import STATES
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.wording import sentence

REVIEW = f"{WINDOW}/review"
_KINDS = {
    "request": "asked for a review",
    "question": "asks",
    "answer": "answered",
    "verdict": "decided",
}
_RULES = {rule.id: rule.text for rule in RULES}
_MAX_FORM = 64 * 1024


@dataclass(frozen=True, slots=True)
class ReviewTab:
    """Ask for a review, answer, withdraw, publish; for administrators of the owning account."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(REVIEW, self.show),
            post(REVIEW, self.request_review),
            post(f"{REVIEW}/answer", self.answer),
            post(f"{REVIEW}/withdraw", self.withdraw),
            post(f"{REVIEW}/publish", self.publish),
            post(f"{REVIEW}/delete", self.delete),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def request_review(self, request: Request) -> Response:
        """Check the draft, and hand it to the moderators when nothing stands in the way."""
        form = await read_form(request, most=_MAX_FORM)
        services = self.desk.services
        async with self.desk.look(request) as (reader, visit):
            window = await self._open(reader, request, visit)
            asked = await self._asked(reader, await _newest(reader, window))
        report = await vetting.answer(asked, self.desk.services.db.read)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                window = await self._open(tx, request, visit)
                await submissions.request_review(
                    tx,
                    window.place.actor,
                    window.integration.client_id,
                    report,
                    services.now(),
                    comment=form.lines("comment"),
                    seal=services.seal,
                )
        except NotReady:
            why = {"report": "Do first what the checks below ask for."}
            return await self._page(request, form, why)
        except VerdictRefused as error:
            return await self._page(request, form, error.problems)
        return go_to(request, f"{window.href}/review?done=submitted")

    async def answer(self, request: Request) -> Response:
        """Answer the moderators."""
        form = await read_form(request, most=_MAX_FORM)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                window = await self._open(tx, request, visit)
                actor, client_id = window.place.actor, window.integration.client_id
                now = self.desk.services.now()
                await submissions.answer(tx, actor, client_id, form.lines("text"), now)
        except VerdictRefused as error:
            return await self._page(request, form, error.problems)
        return go_to(request, f"{window.href}/review?done=answered")

    async def withdraw(self, request: Request) -> Response:
        """Take back what is reviewed or approved."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            window = await self._open(tx, request, visit)
            actor, client_id = window.place.actor, window.integration.client_id
            await submissions.withdraw(tx, actor, client_id, self.desk.services.now())
        return go_to(request, f"{window.href}/review?done=withdrawn")

    async def publish(self, request: Request) -> Response:
        """Put the approved version before everybody, with the password typed recently (S-117)."""
        form = await read_form(request)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                window = await self._open(tx, request, visit)
                self.desk.must_be_proved(visit, "publish", f"{window.href}/review")
                actor, client_id = window.place.actor, window.integration.client_id
                now = self.desk.services.now()
                await publishing.publish(tx, actor, client_id, form.text("category"), now)
        except CategoryUnknown:
            return await self._page(request, form, {"category": "Choose one of the categories."})
        return go_to(request, f"{window.href}/review?done=published")

    async def delete(self, request: Request) -> Response:
        """Throw the newest draft away."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            window = await self._open(tx, request, visit)
            actor, client_id = window.place.actor, window.integration.client_id
            await drafts.delete_version(tx, actor, client_id, self.desk.services.now())
        return go_to(request, f"{window.href}/review?done=deleted")

    async def _open(self, reader: Reader, request: Request, visit: Any) -> Window:
        window = await open_window(self.desk, reader, request, visit)
        if window.integration.is_private:
            raise PageNotFound
        return window

    async def _asked(self, reader: Reader, version: Version) -> vetting.Question:
        services = self.desk.services
        return await vetting.question(reader, version, services.addresses, services.hooks.rules)

    async def _page(
        self, request: Request, form: Form | None = None, problems: Mapping[str, str] | None = None
    ) -> Response:
        async with self.desk.look(request) as (reader, visit):
            window = await self._open(reader, request, visit)
            context = await window_frame(self.desk, reader, visit, window, "review")
            actor, client_id = window.place.actor, window.integration.client_id
            kept = await drafts.list_versions(reader, actor, client_id)
            newest = kept[0]
            asked = await self._asked(reader, newest)
            said = await submissions.conversation(reader, actor, client_id, newest.number)
        report = await vetting.answer(asked, self.desk.services.db.read)
        state, is_stopped = State(newest.state), window.integration.is_disabled
        is_technical = window.place.account.is_technical
        context |= {
            "technical_href": "" if is_technical else f"{window.place.href}/technical",
            "version": _version(newest),
            "versions": [_version(one) for one in kept],
            "must": [finding_row(one) for one in report.errors],
            "may": [finding_row(one) for one in report.warnings],
            "is_checked": state in {State.DRAFT, State.IN_REVIEW},
            "said": [_message(one) for one in said],
            "can_submit": may(state, Act.REQUEST_REVIEW) and is_technical and not is_stopped,
            "can_answer": state is State.IN_REVIEW and not is_stopped,
            "can_withdraw": may(state, Act.WITHDRAW) and not is_stopped,
            "can_publish": may(state, Act.PUBLISH) and is_technical and not is_stopped,
            "can_add": state in ENDED and is_technical and not is_stopped,
            "can_delete": may(state, Act.DELETE) and newest.number > 1 and not is_stopped,
            "categories": [
                {"code": code, "label": category_name(code, "en")} for code in CATEGORIES
            ],
            "values": {
                "comment": form.text("comment") if form else "",
                "text": form.text("text") if form else "",
                "category": (form.text("category") if form else newest.category) or OTHER,
            },
            "errors": {field: sentence(text) for field, text in (problems or {}).items()},
            "done": request.query_params.get("done", "") if not problems else "",
        }
        return self.desk.page("control/integration_review.html", context, 422 if problems else 200)


async def _newest(reader: Reader, window: Window) -> Version:
    return await drafts.newest(reader, window.place.actor, window.integration.client_id)


def _version(one: Version) -> dict[str, Any]:
    words, kind = STATES[State(one.state)]
    return {
        "number": one.number,
        "state": words,
        "state_kind": kind,
        "hash": one.content_hash[:12],
        "created_at": one.created_at,
        "submitted_at": one.submitted_at,
        "due_at": one.due_at,
        "published_at": one.published_at,
        "category": category_name(one.category, "en") if one.category else "",
    }


def _message(one: Message) -> dict[str, Any]:
    return {
        "by": one.name,
        "kind": _KINDS[one.kind],
        "at": one.at,
        "text": one.text,
        "reasons": [
            {"rule": why.rule, "asks": _RULES.get(why.rule, ""), "text": why.text}
            for why in one.reasons
        ],
    }
