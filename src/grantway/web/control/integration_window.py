"""What the three tabs of an integration share (contract: authorization.md 15)."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request

from grantway.accounts import service as accounts
from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.integrations.model import Integration
from grantway.oauth.long_lived import LongLivedToken
from grantway.web.control.desk import ACCOUNT, Desk, Place, storable
from grantway.web.visits import Visit

WINDOW = f"{ACCOUNT}/integrations/{{client_id}}"


class Window(msgspec.Struct, frozen=True):
    """An integration of the place, for its administrator."""

    place: Place
    integration: Integration

    @property
    def href(self) -> str:
        return f"{self.place.href}/integrations/{self.integration.client_id}"


async def open_window(desk: Desk, reader: Reader, request: Request, visit: Visit) -> Window:
    """Return the integration that the path names; another account's is missing (S-92)."""
    place = await desk.place(reader, request, visit)
    client_id = storable(request.path_params["client_id"])
    return Window(place, await integrations.get_own(reader, place.actor, client_id))


async def window_frame(
    desk: Desk, reader: Reader, visit: Visit, window: Window, tab: str
) -> dict[str, Any]:
    """Return what `control/integration_layout.html` asks for, and the tokens."""
    integration = window.integration
    tokens = await tokens_of(desk, reader, window)
    names = await accounts.names(reader, [integration.created_by])
    now = desk.services.now()
    return await desk.frame(reader, visit, window.place, "integrations") | {
        "integration": {
            "id": integration.client_id,
            "name": integration.name,
            "kind": integration.kind.capitalize(),
            "href": window.href,
            "created_at": integration.created_at,
            "created_by": names.get(integration.created_by, "the operator"),
        },
        "tab": tab,
        "live_tokens": sum(one.state(now) == "live" for one in tokens),
        "errors": {},
    }


async def tokens_of(desk: Desk, reader: Reader, window: Window) -> list[LongLivedToken]:
    """Return the integration's long-lived tokens, the newest first."""
    return await desk.services.long_lived.list(
        reader, window.place.actor, window.integration.client_id
    )
