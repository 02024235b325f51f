"""Calls of the Install and Disable buttons: opening an intent, and seeing what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.installing import intents
from grantway.installing.model import Action, Intent
from grantway.kernel.addresses import CONTROL
from grantway.kernel.errors import Violation, field_missing, refuse
from grantway.kernel.shapes import Items, Line, Shape, is_storable
from grantway.web.forms import read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.workspace.ajax import AjaxDoor
from grantway.web.workspace.hall import Guest
from grantway.web.workspace.rates import Rate

log = structlog.get_logger()

_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ACTIONS = [str(one) for one in Action]
_CODES = Items(Line(longest=64, blank=True), most=50)
_WISH = Shape(
    {
        "client_uuid": Line(required=True, pattern=_UUID),
        "action": Line(required=True, choices=_ACTIONS),
        "running": _CODES,
    }
)
_PRESS = Shape(
    {
        "code": Line(required=True, longest=64),
        "action": Line(required=True, choices=_ACTIONS),
        "reason": Line(required=True, longest=100),
        "running": _CODES,
    }
)


@dataclass(frozen=True, slots=True)
class InstallCalls:
    """Answer what the SDK asks, and the same buttons without a script."""

    door: AjaxDoor
    # More of a session would tell nothing new, and its lines would fill the log.
    refused: Rate = field(default_factory=lambda: Rate(20, window_ms=10_000))

    def routes(self) -> list[Route]:
        return [
            self.door.route("POST", "/ajax/v1/install-intents", self.intend),
            self.door.route("GET", "/ajax/v1/install-intents/{intent}", self.state),
            self.door.route("POST", "/ajax/v1/refused-presses", self.note_refused),
            *(
                Route(f"/settings/widgets/{{client_id}}/{action}", self.press, methods=["POST"])
                for action in Action
            ),
        ]

    async def intend(self, request: Request, sent: Any) -> dict[str, str]:
        """Open an intent, which is harmless, and say where it is confirmed."""
        wish = read(_WISH, sent)
        async with self.door.act(request) as (tx, guest):
            intent = await intents.open_intent(
                tx,
                guest.actor,
                _session_above(guest),
                wish["client_uuid"],
                Action(wish["action"]),
                self.door.hall.services.now(),
            )
        log.info(
            "installing.asked",
            account=guest.account.id,
            user=guest.visit.user.id,
            intent=intent.id,
            action=intent.action,
            running=wish.get("running", []),
        )
        return {"intent_id": intent.id, "confirm_url": self._confirm_url(intent)}

    async def state(self, request: Request, _sent: Any) -> dict[str, str]:
        """Say what became of an intent of this very user here."""
        now = self.door.hall.services.now()
        async with self.door.look(request) as (reader, guest):
            intent_id: str = request.path_params["intent"]
            found = await intents.state_of(reader, guest.actor, intent_id[:64], now)
        if found is None:
            raise PageNotFound
        return {"state": found}

    async def note_refused(self, request: Request, sent: Any) -> None:
        """Keep in the log that a press was made by no person, and what ran on the page."""
        press = read(_PRESS, sent)
        async with self.door.look(request) as (_, guest):
            self.refused.admit(guest.visit.session.id, self.door.hall.services.milliseconds())
            log.warning(
                "widgets.press_refused",
                account=guest.account.id,
                user=guest.visit.user.id,
                widget=press["code"],  # what is called a code is hidden in logs
                action=press["action"],
                reason=press["reason"],
                running=press.get("running", []),
            )

    async def press(self, request: Request) -> Response:
        """Open an intent for a form of the page and lead to its confirmation.

        The page's policy lets forms go nowhere else; this redirect is the way out.
        """
        form = await read_form(request)
        action = Action(request.url.path.rpartition("/")[2])
        client_id: str = request.path_params["client_id"]
        if not is_storable(client_id):
            raise PageNotFound
        hall = self.door.hall
        async with hall.act(request, form) as (tx, guest):
            intent = await intents.open_intent(
                tx,
                guest.actor,
                _session_above(guest),
                client_id[:64],
                action,
                hall.services.now(),
            )
        return go_to(request, self._confirm_url(intent))

    def _confirm_url(self, intent: Intent) -> str:
        control = self.door.hall.services.addresses.origin(CONTROL)
        return f"{control}/{intent.action}/{intent.id}"


def _session_above(guest: Guest) -> str:
    """Return the session of the control origin by which the visitor came in."""
    above = guest.visit.session.parent_id
    if above is None:
        raise PageNotFound
    return above


def read(shape: Shape, sent: Any) -> dict[str, Any]:
    """Return what the script sent, in this shape; raise Invalid naming each fault."""
    violations: list[Violation] = []
    if not isinstance(sent, dict):
        refuse([("0", [field_missing(next(iter(shape.fields)))])])
    values = shape.read(sent, "", violations)
    refuse([("0", violations)])
    return values
