"""Calls about the widgets of an account: which there are, and saving what they were set up with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from grantway.installing import service as installing
from grantway.installing.errors import NotInstalled
from grantway.installing.model import Status
from grantway.kernel.errors import Violation, invalid_type, refuse
from grantway.web.workspace.ajax import AjaxDoor
from grantway.web.workspace.widgets.listing import shown_in_settings


@dataclass(frozen=True, slots=True)
class WidgetCalls:
    """Answer `GET /ajax/v1/widgets`, `PUT …/<code>/settings` and `POST …/<code>/on-install`."""

    door: AjaxDoor

    def routes(self) -> list[Route]:
        return [
            self.door.route("GET", "/ajax/v1/widgets", self.list_),
            self.door.route("PUT", "/ajax/v1/widgets/{code}/settings", self.save),
            self.door.route("POST", "/ajax/v1/widgets/{code}/on-install", self.claim_on_install),
        ]

    async def list_(self, request: Request, _sent: Any) -> dict[str, Any]:
        """List what is installed here, as the page says it."""
        async with self.door.look(request) as (reader, guest):
            found = await installing.at_work(reader, guest.actor)
            shown = await shown_in_settings(self.door.hall, reader, guest, found)
        return {"widgets": shown}

    async def claim_on_install(self, request: Request, _sent: Any) -> dict[str, bool]:
        """Say whether this page is the one that calls the widget's `onInstall`."""
        code: str = request.path_params["code"]
        async with self.door.act(request) as (tx, guest):
            known = (await installing.known_by_code(tx, guest.actor, code[:64])).state
            is_due = await installing.claim_on_install(tx, guest.actor, known.widget.client_id)
        return {"is_due": is_due}

    async def save(self, request: Request, sent: Any) -> dict[str, Any]:
        """Save settings of an installed widget; a script may do that by itself (contract 5.1)."""
        fields = sent.get("fields") if isinstance(sent, dict) else None
        if not isinstance(fields, dict):
            faults: list[Violation] = [invalid_type("fields", "object")]
            refuse([("0", faults)])
        code: str = request.path_params["code"]
        async with self.door.act(request) as (tx, guest):
            known = (await installing.known_by_code(tx, guest.actor, code[:64])).state
            if known.status is Status.INSTALL:
                raise NotInstalled
            await installing.save_settings(
                tx,
                guest.actor,
                known.widget.client_id,
                fields or {},
                self.door.hall.services.now(),
            )
            saved = await installing.state(tx, guest.account.id, known.widget)
            (shown,) = await shown_in_settings(self.door.hall, tx, guest, [saved])
            return shown
