"""An account's page about being technical: asking for it or for more time, until when it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.moderation import technical_accounts
from grantway.moderation.errors import AlreadyTechnical, RequestIncomplete, RequestWaiting
from grantway.moderation.technical_accounts import MONTHS
from grantway.moderation.technical_model import MAX_ABOUT, MAX_SITE, Stage, TechnicalRequest
from grantway.web.control.desk import ACCOUNT, Desk, get, post
from grantway.web.forms import Form, read_form
from grantway.web.refusals import go_to
from grantway.web.wording import sentence

_PAGE = f"{ACCOUNT}/technical"
_LABELS = {"about": "What you build", "site": "Your site"}


@dataclass(frozen=True, slots=True)
class TechnicalAccountPage:
    """Answer `/accounts/<subdomain>/technical`, for administrators of the account."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(_PAGE, self.show), post(_PAGE, self.ask)]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def ask(self, request: Request) -> Response:
        """Hand a request to the platform."""
        form = await read_form(request)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                place = await self.desk.place(tx, request, visit)
                await technical_accounts.request(
                    tx,
                    place.actor,
                    about=form.lines("about"),
                    site=form.text("site"),
                    now=self.desk.services.now(),
                )
        except RequestIncomplete as error:
            return await self._page(request, form, error.problems)
        except (RequestWaiting, AlreadyTechnical):
            # Somebody else was first; the page says what stands now.
            return go_to(request, request.url.path)
        return go_to(request, f"{request.url.path}?done=asked")

    async def _page(
        self, request: Request, form: Form | None = None, problems: Mapping[str, str] | None = None
    ) -> Response:
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            context = await self.desk.frame(reader, visit, place, "integrations")
            now = self.desk.services.now()
            found = await technical_accounts.standing(reader, place.actor, now)
            last = found.request
            names = await accounts.names(reader, [last.requested_by] if last else [])
        context |= {
            "is_technical": found.account.is_technical,
            "until": found.account.technical_until,
            "last": None if last is None else _last(last, names),
            "can_ask": found.may_ask,
            "is_ending": found.is_ending,
            "ask_from": found.ask_from,
            "months": MONTHS,
            "limits": {"about": MAX_ABOUT, "site": MAX_SITE},
            "values": {
                "about": form.text("about") if form else "",
                "site": form.text("site") if form else "",
            },
            "errors": {
                field: sentence(f"{_LABELS[field]}: {text}")
                for field, text in (problems or {}).items()
            },
            "done": request.query_params.get("done", "") if not problems else "",
        }
        return self.desk.page("control/technical_account.html", context, 422 if problems else 200)


def _last(asked: TechnicalRequest, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "stage": Stage(asked.state).value,
        "about": asked.about,
        "site": asked.site,
        "asked_at": asked.requested_at,
        "asked_by": names.get(asked.requested_by, "Somebody"),
        "decided_at": asked.decided_at,
        "ended_at": asked.ended_at,
        "reason": asked.reason,
    }
