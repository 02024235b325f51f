"""`crm_post`: a widget's call to the outside, made by this server (contract 3.13; S-145).

It follows all rules of hooks: https to public addresses alone, resolved once,
no redirect, no cookie and no credential of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.requests import Request
from starlette.routing import Route

from grantway.hooks.addresses import read_uri
from grantway.hooks.model import Answered
from grantway.hooks.sender import Call
from grantway.installing import service as installing
from grantway.installing.errors import NotInstalled
from grantway.installing.model import Status
from grantway.kernel.errors import Invalid
from grantway.kernel.shapes import Line, Shape
from grantway.web.workspace.ajax import AjaxDoor
from grantway.web.workspace.ajax_installing import read
from grantway.web.workspace.hall import Guest
from grantway.web.workspace.rates import Places, Rate
from grantway.web.workspace.widgets.form_bodies import form_body

log = structlog.get_logger()

DEADLINE = 10.0
MAX_ANSWER = 1_000_000
AT_ONCE = 5
"""Calls of one account."""
MOST, WINDOW_MS = 2, 2_000
"""Calls of one widget in one session: one a second, as the SDK itself sends them; two may come
closer together on their way."""
_CALL = Shape(
    {
        "widget": Line(required=True, longest=64),
        "url": Line(required=True, longest=3_000),
        "type": Line(longest=20, blank=True),
    }
)


@dataclass(frozen=True, slots=True)
class ProxyCalls:
    """Answer `POST /ajax/v1/proxy`."""

    door: AjaxDoor
    rate: Rate = field(default_factory=lambda: Rate(MOST, WINDOW_MS))
    places: Places = field(default_factory=lambda: Places(50, of_one=AT_ONCE, ever=250))

    def routes(self) -> list[Route]:
        return [self.door.route("POST", "/ajax/v1/proxy", self.post)]

    async def post(self, request: Request, sent: Any) -> dict[str, Any]:
        """Send the widget's data as a form, and answer what came back.

        Whatever went wrong out there is status 0, so that nobody learns from it
        what stands behind which address (S-163).
        """
        wanted = read(_CALL, sent)
        services = self.door.hall.services
        async with self.door.look(request) as (reader, guest):
            state = (await installing.known_by_code(reader, guest.actor, wanted["widget"])).state
            if state.status is Status.INSTALL:
                raise NotInstalled
        services.sender.rules.must_be_callable(wanted["url"])
        self.rate.admit((guest.visit.session.id, wanted["widget"]), services.milliseconds())
        body = _body(sent.get("data"))
        with self.places.hold(guest.account.id):
            outcome = await services.sender.send(
                Call(
                    account_id=guest.account.id,
                    method="POST",
                    uri=wanted["url"],
                    body=body,
                    headers={"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"},
                    deadline=DEADLINE,
                    keeps=MAX_ANSWER,
                    reads=MAX_ANSWER,
                )
            )
        is_whole = isinstance(outcome, Answered) and not outcome.is_cut
        status = outcome.status if isinstance(outcome, Answered) and is_whole else 0
        _note(guest, wanted, status, outcome.milliseconds)
        text = outcome.excerpt if isinstance(outcome, Answered) and is_whole else ""
        return {"status": status, "body": text}


def _body(data: Any) -> bytes:
    """Return the form to send: others wait while it is made, so only for who may call at all."""
    try:
        return form_body(data)
    except ValueError as error:
        raise Invalid("The data is too long as a form, or nested too deeply") from error


def _note(guest: Guest, wanted: dict[str, str], status: int, milliseconds: int) -> None:
    log.info(
        "widgets.proxied",
        account=guest.account.id,
        user=guest.visit.user.id,
        widget=wanted["widget"],
        to=read_uri(wanted["url"]).name,
        status=status,
        ms=milliseconds,
    )
