"""Calls about what widgets keep beside their settings: other forms, and messages (3.12, 3.14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from grantway.installing import keeping
from grantway.installing import service as installing
from grantway.kernel.errors import Violation, invalid_type, refuse
from grantway.kernel.shapes import Line, Shape
from grantway.web.workspace.ajax import AjaxDoor
from grantway.web.workspace.ajax_installing import read

_NOTICE = Shape(
    {
        "kind": Line(required=True, choices=keeping.KINDS),
        "widget": Line(longest=64, blank=True),
    }
)


@dataclass(frozen=True, slots=True)
class KeptCalls:
    """Answer `/ajax/v1/notifications` and `PUT /ajax/v1/widgets/<code>/forms/<form>`."""

    door: AjaxDoor

    def routes(self) -> list[Route]:
        return [
            self.door.route("GET", "/ajax/v1/notifications", self.deliver),
            self.door.route("POST", "/ajax/v1/notifications", self.leave),
            self.door.route("PUT", "/ajax/v1/widgets/{code}/forms/{form}", self.save),
        ]

    async def leave(self, request: Request, sent: Any) -> None:
        """Keep a message for the next page that this user opens here."""
        wanted = read(_NOTICE, sent)
        content = _object(sent, "content")
        async with self.door.act(request) as (tx, guest):
            now = self.door.hall.services.now()
            code = wanted.get("widget") or ""
            await keeping.leave_message(tx, guest.actor, wanted["kind"], code, content, now)

    async def deliver(self, request: Request, _sent: Any) -> dict[str, Any]:
        """Hand out what waits for this user; each message is delivered once."""
        async with self.door.look(request) as (reader, guest):
            is_waiting = await keeping.has_messages(reader, guest.actor)
        if not is_waiting:
            return {"notifications": []}
        async with self.door.act(request) as (tx, guest):
            found = await keeping.take_messages(tx, guest.actor)
        return {
            "notifications": [
                {"kind": one.kind, "widget": one.code, "content": msgspec.Raw(one.content.encode())}
                for one in found
            ]
        }

    async def save(self, request: Request, sent: Any) -> None:
        """Keep the values of a form that a widget has beside its settings."""
        values = _object(sent, "values")
        code, form = request.path_params["code"], request.path_params["form"]
        async with self.door.act(request) as (tx, guest):
            state = (await installing.known_by_code(tx, guest.actor, code[:64])).state
            now = self.door.hall.services.now()
            await keeping.save_form(tx, guest.actor, state, form, values, now)


def _object(sent: Any, name: str) -> dict[str, Any]:
    found = sent.get(name) if isinstance(sent, dict) else None
    if not isinstance(found, dict):
        faults: list[Violation] = [invalid_type(name, "object")]
        refuse([("0", faults)])
    return found or {}
