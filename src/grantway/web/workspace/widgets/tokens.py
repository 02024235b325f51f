"""`$authorizedAjax`: the token that tells an integration's server who asks (contract 3.13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from grantway.oauth import one_time_tokens
from grantway.web.workspace.ajax import AjaxDoor


@dataclass(frozen=True, slots=True)
class TokenCalls:
    """Answer `GET /ajax/v2/integrations/{client_uuid}/disposable_token`."""

    door: AjaxDoor

    def routes(self) -> list[Route]:
        path = "/ajax/v2/integrations/{client_id}/disposable_token"
        return [self.door.route("GET", path, self.issue)]

    async def issue(self, request: Request, _sent: Any) -> dict[str, str]:
        """Issue a token. Widgets share a page, so each may ask for any that is installed here."""
        services = self.door.hall.services
        async with self.door.look(request) as (reader, guest):
            token = await one_time_tokens.issue(
                reader,
                guest.actor,
                request.path_params["client_id"][:64],
                issuer=self.door.hall.origin(guest.account),
                subdomain=guest.account.subdomain,
                seal=services.seal,
                now=services.now(),
            )
        return {"token": token}
