"""What the tabs of an integration share (contract: authorization.md 15)."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request

from grantway.accounts import service as accounts
from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.integrations.model import Integration
from grantway.integrations.scopes import SCOPES
from grantway.kernel.errors import TooMany
from grantway.marketplace import received
from grantway.oauth import grants
from grantway.web.control.desk import ACCOUNT, Desk, Place, storable
from grantway.web.forms import Form
from grantway.web.visits import Visit
from grantway.web.wording import duration

WINDOW = f"{ACCOUNT}/integrations/{{client_id}}"
PASSWORD_FIRST = "Addresses decide who receives codes. Type your password to change them."  # noqa: S105 - a sentence
_WRONG_PASSWORD = "This is not your password. Please try again."  # noqa: S105 - a sentence
STATUSES = {
    "private": "",
    "draft": "Draft",
    "published": "Published",
    "disabled": "Stopped by the operator",
}
"""What each status is called; a private integration that works needs no word."""


class PasswordMissing(Exception):
    """An address shall change, and the password was not given for it (S-117)."""


class Window(msgspec.Struct, frozen=True):
    """An integration of the place, for its administrator."""

    place: Place
    integration: Integration

    @property
    def href(self) -> str:
        return f"{self.place.href}/integrations/{self.integration.client_id}"

    @property
    def was_published(self) -> bool:
        """Whether users may have installed and rated it, though it is not listed any more."""
        return not self.integration.is_private and self.integration.published_at is not None


async def open_window(desk: Desk, reader: Reader, request: Request, visit: Visit) -> Window:
    """Return the integration that the path names; another account's is missing (S-92)."""
    place = await desk.place(reader, request, visit)
    client_id = storable(request.path_params["client_id"])
    return Window(place, await integrations.get_own(reader, place.actor, client_id))


async def window_frame(
    desk: Desk, reader: Reader, visit: Visit, window: Window, tab: str
) -> dict[str, Any]:
    """Return what `control/integration_layout.html` asks for."""
    integration = window.integration
    names = await accounts.names(reader, [integration.created_by])
    live = await grants.count_live(
        reader, window.place.account.id, integration.client_id, desk.services.now()
    )
    unanswered = (
        await received.unanswered(reader, window.place.actor, integration.client_id)
        if window.was_published
        else 0
    )
    return await desk.frame(reader, visit, window.place, "integrations") | {
        "integration": {
            "id": integration.client_id,
            "name": integration.name,
            "kind": integration.kind.capitalize(),
            "is_private": integration.is_private,
            "was_published": window.was_published,
            "made_by_button": integration.is_external,
            "status": integration.status,
            "status_words": STATUSES[integration.status],
            "stopped_at": integration.disabled_at,
            "stopped_why": integration.disabled_reason,
            "href": window.href,
            "created_at": integration.created_at,
            "created_by": names.get(integration.created_by, "the operator"),
        },
        "tab": tab,
        "live_grants": live,
        "unanswered": unanswered,
        "errors": {},
    }


def offered_scopes() -> list[dict[str, str]]:
    """Return the scopes that a form offers, in words."""
    return [
        {"code": scope.name, "title": scope.label, "words": scope.explanation}
        for scope in SCOPES
        if scope.is_offered
    ]


async def prove_in_form(desk: Desk, request: Request, form: Form) -> tuple[str | None, str]:
    """Check the password that a form carries; return the session's new secret, and a problem.

    Both are empty when the form carries none: it is asked for in the form
    itself, so nothing that was typed gets lost on the way.
    """
    if not form.text("password"):
        return None, ""
    try:
        secret = await desk.prove(request, form, form.text("password"))
    except TooMany as error:
        return None, f"Too many attempts. Try again in {duration(error.retry_after)}."
    return secret, "" if secret is not None else _WRONG_PASSWORD
