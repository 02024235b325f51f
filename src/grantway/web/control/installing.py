"""Confirming that a widget is installed or disabled, where no integration's script runs.

Contract: widgets-and-marketplace.md 5.4 rows 4 to 7; rules S-139, S-24 to S-26.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grantway.asgi.deciding import decide
from grantway.db import Reader
from grantway.installing import intents
from grantway.installing.model import (
    Action,
    Again,
    Decided,
    Given,
    Moment,
    Outcome,
    Person,
    Question,
    Reason,
    Refused,
)
from grantway.kernel.errors import Invalid
from grantway.marketplace import catalogue
from grantway.web.control.consent import viewer_of
from grantway.web.control.consent_pressing import fetched, is_pressed_here
from grantway.web.control.desk import Desk, get, post, storable
from grantway.web.control.elsewhere import SignInNeeded
from grantway.web.control.installing_pages import InstallingPages, language_for
from grantway.web.forms import Form, read_form
from grantway.web.visits import Visit, user_agent

log = structlog.get_logger()

Told = tuple[Outcome, Visit, str]
"""What came of an answer, who gave it, and the logo of what it was about."""

_ANSWERS = {"confirm": True, "cancel": False}


@dataclass(frozen=True, slots=True)
class InstallPage:
    """Answer `GET` and `POST` of `/install/<intent>` and `/uninstall/<intent>`."""

    desk: Desk
    pages: InstallingPages

    def routes(self) -> list[Route]:
        return [
            route
            for action in Action
            for route in (
                get(f"/{action}/{{intent}}", self.show),
                post(f"/{action}/{{intent}}", self.answer),
            )
        ]

    async def show(self, request: Request) -> Response:
        """Ask. Each time with another nonce, and only a page that somebody looks at gets one."""
        if request.method != "GET":
            raise HTTPException(405, headers={"allow": "GET, POST"})
        if not _is_looked_at(request):
            return self._refused(request, Refused(reason=Reason.NOT_BY_A_PERSON), None)
        if self.desk.visits.secret(request) is None:
            raise SignInNeeded(request.url.path)
        action, intent_id = _asked(request)
        moment = self._moment()
        async with self.desk.services.db.write() as tx:
            visit = await self.desk.visit(tx, request)
            language = language_for(visit.user.language)
            found = await intents.prepare(
                tx, _person(visit), intent_id, action, language, moment.now
            )
            nonce = logo = ""
            if isinstance(found, Question):
                nonce, logo = await intents.show(tx, found, moment), await _logo(tx, found)
        await self.desk.visits.touch(visit)
        match found:
            case Question():
                viewer = viewer_of(visit)
                return self.pages.question(found, nonce, language, viewer, logo=logo)
            case Decided():
                return self.pages.over(found, language, viewer_of(visit))
            case Refused():
                return self._refused(request, found, visit)

    async def answer(self, request: Request) -> Response:
        """Take an answer, once, from the person and the browser that were asked."""
        form = await read_form(request)
        if not is_pressed_here(request, self.desk.origin):
            return self._refused(request, Refused(reason=Reason.NOT_BY_A_PERSON), None)
        given = _given(request, form)
        outcome, visit, logo = await decide(lambda: self._decide(request, form, given))
        language = language_for(visit.user.language)
        match outcome:
            case Decided():
                self.desk.services.hooks.wake()
                return RedirectResponse(request.url.path, 303)
            case Again():
                notice = "soon" if outcome.is_soon else "untick"
                viewer = viewer_of(visit)
                return self.pages.question(
                    outcome.question, outcome.nonce, language, viewer, logo=logo, notice=notice
                )
            case Refused():
                return self._refused(request, outcome, visit)

    async def _decide(self, request: Request, form: Form, given: Given) -> Told:
        action, intent_id = _asked(request)
        async with self.desk.act(request, form) as (tx, visit):
            outcome = await intents.answer(
                tx,
                _person(visit),
                intent_id,
                action,
                given,
                language_for(visit.user.language),
                self._moment(),
                self.pages.dwell_ms,
            )
            logo = await _logo(tx, outcome.question) if isinstance(outcome, Again) else ""
        return outcome, visit, logo

    def _refused(self, request: Request, refused: Refused, visit: Visit | None) -> Response:
        action, intent_id = _asked(request)
        log.info(
            "installing.refused",
            action=action,
            intent=intent_id,
            reason=refused.reason,
            user=None if visit is None else visit.user.id,
            fetched=fetched(request),
        )
        language = "en" if visit is None else language_for(visit.user.language)
        viewer = None if visit is None else viewer_of(visit)
        return self.pages.refused(refused, language, viewer, request.url.path)

    def _moment(self) -> Moment:
        return Moment(self.desk.services.now(), self.desk.services.milliseconds())


async def _logo(reader: Reader, question: Question) -> str:
    shown = question.presented
    return await catalogue.logo(reader, shown.language, shown.client_id)


def _is_looked_at(request: Request) -> bool:
    """Tell whether the page goes into a window, and not into a frame, a script or a store."""
    headers = request.headers
    is_document = headers.get("sec-fetch-dest", "document") == "document"
    return is_document and "sec-purpose" not in headers


def _asked(request: Request) -> tuple[Action, str]:
    action = Action(request.url.path.split("/")[1])
    return action, storable(request.path_params["intent"])


def _person(visit: Visit) -> Person:
    return Person(visit.user.id, visit.session.id, visit.source)


def _given(request: Request, form: Form) -> Given:
    decision = form.text("decision")
    if decision not in _ANSWERS:
        raise Invalid("decision: expected confirm or cancel")
    return Given(
        is_confirmed=_ANSWERS[decision],
        is_consented=form.text("consent") == "yes",
        nonce=form.text("nonce"),
        user_agent=user_agent(request),
        fetched=fetched(request),
    )
