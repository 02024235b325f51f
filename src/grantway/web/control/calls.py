"""Tab *Sent calls*: what we sent to an integration, and what became of it (S-163, S-204)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.hooks import service as hooks
from grantway.hooks.model import KEPT, Attempt, Kind, Why
from grantway.installing.unheard import MOST_UNHEARD, unheard
from grantway.web.control.desk import Desk, get
from grantway.web.control.integration_window import WINDOW, open_window, window_frame
from grantway.web.control.turning import address, asked_turn, pages
from grantway.web.refusals import PageNotFound
from grantway.web.wording import DAY, MINUTE
from grantway.widgets import service as widgets

_ON_A_PAGE = 50
_CHOICES = {
    "": "All",
    "waiting": "Waiting",
    "under_way": "Under way",
    "answered": "Answered",
    "failed": "Failed",
    "unknown": "Unknown",
}
_KINDS = {
    Kind.REVOKE: "Access revoked",
    Kind.SECRETS: "Keys of a new integration",
    Kind.INSTALL: "Installed",
}
_TO_DO: Mapping[Why, str] = {
    Why.NO_DESTINATION: "Check the address in General, and what the name stands for.",
    Why.NO_CONNECTION: "Check that the server runs, and that nothing in between keeps us out.",
    Why.NO_TLS: "Check that the certificate is valid, names this host and comes with its chain.",
    Why.NO_ANSWER: "Look into the log of that server.",
    Why.TOO_LATE: "Answer first, and do the work afterwards.",
    Why.NO_SECRET: "Generate one in Keys and scopes.",
    Why.OVER: "Nothing: who still wants it installs it again, and that is told anew.",
}
_UNKNOWN = (
    "Our server stopped in the middle, so it was sent or it was not. "
    "It is not sent again: look into your own log."
)
_REDIRECT = "Redirects are not followed. Write the final address in General."
_REFUSED = "It arrived, and is not sent again."


@dataclass(frozen=True, slots=True)
class CallsTab:
    """Answer `GET …/integrations/<id>/calls`, for administrators of the account that owns it."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(f"{WINDOW}/calls", self.show)]

    async def show(self, request: Request) -> Response:
        turn = asked_turn(request)
        state = request.query_params.get("state", "")
        if state not in _CHOICES:
            raise PageNotFound
        async with self.desk.look(request) as (reader, visit):
            window = await open_window(self.desk, reader, request, visit)
            context = await window_frame(self.desk, reader, visit, window, "calls")
            found = await hooks.attempts(
                reader,
                window.place.actor,
                window.integration.client_id,
                before_id=turn.before_id,
                after_id=turn.after_id,
                limit=_ON_A_PAGE,
                state=state,
            )
            code = await widgets.code_of(
                reader, window.place.account.id, window.integration.client_id
            )
            lost = await unheard(reader, window.place.actor, window.integration.client_id)
        base = f"{window.href}/calls"
        context |= {
            "calls": [call_row(one) for one in found.attempts],
            "unheard": [
                {"account": one.subdomain, "at": one.installed_at, "result": _CHOICES[one.result]}
                for one in lost
            ],
            "is_all_unheard": len(lost) < MOST_UNHEARD,
            "state": state,
            "choices": [
                {
                    "label": label,
                    "href": address(base, state=choice),
                    "is_current": choice == state,
                }
                for choice, label in _CHOICES.items()
            ],
            "install_uri": (window.integration.redirect_uri or "") if code else "",
            "revoke_hook_uri": window.integration.revoke_hook_uri or "",
            "has_secret": window.integration.secret_issued_at is not None,
            "kept_days": KEPT // DAY,
            "page": pages(
                turn, found, count=len(found.attempts), most=_ON_A_PAGE, base=base, state=state
            ),
        }
        return self.desk.page("control/integration_calls.html", context)


def call_row(one: Attempt) -> dict[str, Any]:
    """Return a call as the table shows it."""
    words, kind = _state(one)
    late = None if one.claimed_at is None else one.claimed_at - one.created_at
    return {
        "id": one.id,
        "at": one.created_at,
        "late": late if late is not None and late >= MINUTE else None,
        "what": _KINDS[Kind(one.kind)],
        "account": one.subdomain,
        "method": one.method,
        "uri": one.shown_uri,
        "server": one.uri.partition("?")[0],
        "state": words,
        "state_kind": kind,
        "why": _why(one),
        "took": "" if one.milliseconds is None else f"{one.milliseconds:,} ms",
    }


def _state(one: Attempt) -> tuple[str, str]:
    """Return the state in words, and how it is coloured."""
    if one.status is not None:
        return f"Answered {one.status}", "good" if 200 <= one.status < 300 else "warn"
    return _CHOICES[one.state], {"failed": "bad", "unknown": "warn"}.get(one.state, "")


def _why(one: Attempt) -> str:
    """Say what went wrong and what to do about it; empty when nothing did."""
    if one.status is not None:
        if 300 <= one.status < 400:
            return _REDIRECT
        return "" if 200 <= one.status < 300 else _REFUSED
    if one.why is not None:
        return f"{one.why_text} {_TO_DO[Why(one.why)]}"
    return _UNKNOWN if one.state == "unknown" else ""
