"""The consent page: a question to a user, and their answer (authorization.md 3; S-17 to S-29)."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.kernel.errors import Invalid
from grantway.oauth.consent import Moment
from grantway.oauth.consent_model import (
    Again,
    Answered,
    Given,
    Made,
    Outcome,
    Person,
    Question,
    Reason,
    Refused,
)
from grantway.oauth.requests import Unreadable, read_request
from grantway.web.consent_way import LANGUAGES, consent_paths, path_with_query
from grantway.web.control.consent_keys import send_keys
from grantway.web.control.consent_pages import ConsentPages, Viewer
from grantway.web.control.consent_pressing import fetched, is_pressed_here
from grantway.web.control.desk import Desk, get, post
from grantway.web.control.elsewhere import SignInNeeded
from grantway.web.forms import Form, read_form
from grantway.web.visits import Visit

_ANSWERS = {"allow": True, "deny": False}


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Answer `GET` and `POST /oauth`, in every language."""

    desk: Desk
    pages: ConsentPages

    def routes(self) -> list[Route]:
        return [
            route
            for path, _ in consent_paths()
            for route in (get(path, self.show), post(path, self.answer))
        ]

    async def show(self, request: Request) -> Response:
        """Ask. Sign-in comes first, and leads back here with the whole address (S-14)."""
        if request.method != "GET":
            raise HTTPException(405, headers={"allow": "GET, POST"})
        language = language_of(request)
        asked = read_request(request.scope["query_string"])
        if isinstance(asked, Unreadable):
            refused = Refused(reason=Reason.PARAMETER, problems={asked.parameter: asked.expected})
            return self.pages.refused(refused, language, viewer=None)
        if self.desk.visits.secret(request) is None:
            raise SignInNeeded(here(request))
        services = self.desk.services
        async with services.db.write() as tx:
            visit = await self.desk.visits.find(tx, request, account_id=None)
            if visit is None:
                raise SignInNeeded(here(request))
            outcome = await services.consent.prepare(tx, visit.user.id, asked, language)
            credential = (
                await services.consent.keep(tx, person_of(visit), outcome, self._moment())
                if isinstance(outcome, Question)
                else ""
            )
        await self.desk.visits.touch(visit)
        viewer = viewer_of(visit)
        if isinstance(outcome, Refused):
            return self.pages.refused(outcome, language, viewer)
        return self.pages.question(outcome, credential, language, viewer)

    async def answer(self, request: Request) -> Response:
        """Take an answer, once, from the person and the browser that were asked."""
        form = await read_form(request)
        language = language_of(request)
        if not is_pressed_here(request, self.desk.origin):
            return self.pages.refused(Refused(reason=Reason.NOT_BY_A_PERSON), language, viewer=None)
        given = _given(request, form)
        async with self.desk.act(request, form) as (tx, visit):
            outcome = await self.desk.services.consent.answer(
                tx, person_of(visit), form.text("request"), given, language, self._moment()
            )
        if isinstance(outcome, Made):
            outcome = await send_keys(self.desk.services, outcome)
        return self._result(outcome, given, language, viewer_of(visit))

    def _result(self, outcome: Outcome, given: Given, language: str, viewer: Viewer) -> Response:
        match outcome:
            case Answered():
                return self.pages.hand_over(outcome, language)
            case Again():
                return self.pages.question(
                    outcome.question,
                    outcome.credential,
                    language,
                    viewer,
                    notice="changed" if outcome.is_changed else "soon",
                    chosen=given.subdomain,
                )
            case Refused():
                return self.pages.refused(outcome, language, viewer)
            case Made():
                raise AssertionError("keys were sent, and neither code nor refusal came of it")

    def _moment(self) -> Moment:
        return Moment(self.desk.services.now(), self.desk.services.milliseconds())


def language_of(request: Request) -> str:
    """Return the language that the path names."""
    begin = request.url.path.partition("/oauth")[0]
    return LANGUAGES[begin]


def here(request: Request) -> str:
    """Return this very question, to come back to."""
    return path_with_query(request.url.path, request.scope["query_string"])


def person_of(visit: Visit) -> Person:
    return Person(visit.user.id, visit.session.id, visit.source)


def viewer_of(visit: Visit) -> Viewer:
    return Viewer(visit.user.name, visit.user.email, visit.form_token)


def _given(request: Request, form: Form) -> Given:
    decision = form.text("decision")
    if decision not in _ANSWERS:
        raise Invalid("decision: expected allow or deny")
    return Given(
        is_allowed=_ANSWERS[decision], subdomain=form.text("account"), fetched=fetched(request)
    )
