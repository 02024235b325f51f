"""Settings → Integrations → My submissions: where the public integrations of this account stand.

Contract: widgets-and-marketplace.md 6.6 and 7. Everything that can be done about
them is done on the control origin (S-139).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.installations import service as installations
from grantway.marketplace import ratings
from grantway.moderation import own
from grantway.moderation.own import Made
from grantway.web.listings.states import standing
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.widgets.hosting import hosted
from grantway.web.workspace.widgets.places import MARKET


@dataclass(frozen=True, slots=True)
class SubmissionsPage:
    """Answer `GET /settings/submissions/`, for administrators of a technical account."""

    hall: Hall

    def routes(self) -> list[Route]:
        paths = ("/settings/submissions/", "/settings/submissions")
        return [Route(path, self.show, methods=["GET"]) for path in paths]

    async def show(self, request: Request) -> Response:
        async with self.hall.look(request) as (reader, guest):
            context = self.hall.settings(guest, "submissions")
            if not context["has_submissions"]:
                raise PageNotFound
            made = await own.made_in(reader, guest.actor)
            installed = await installations.count_of_made(reader, guest.actor)
            unanswered = await ratings.unanswered_by_integration(reader, guest.actor)
            context |= await hosted(self.hall, reader, guest, MARKET)
        context |= {
            "submissions": [
                self._shown(one, guest, installed, unanswered)
                for one in sorted(made, key=_is_settled)
                if not one.integration.is_private
            ],
            "own_url": self.hall.control_href(guest, "integrations"),
        }
        return self.hall.page("workspace/settings_submissions.html", context)

    def _shown(
        self,
        made: Made,
        guest: Guest,
        installed: Mapping[str, int],
        unanswered: Mapping[str, int],
    ) -> dict[str, Any]:
        client_id, newest, public = made.integration.client_id, made.newest, made.in_force
        state, kind = standing(made)
        return {
            "name": newest.content.main.name if newest else made.integration.name,
            "number": newest.number if newest else 1,
            "state": state,
            "state_kind": kind,
            "submitted_at": newest.submitted_at if newest else None,
            "due_at": newest.due_at if newest and newest.state == "in_review" else None,
            "published": public.number if public and made.is_published else None,
            "published_at": public.published_at if public else None,
            "installed_in": installed.get(client_id, 0),
            "unanswered": unanswered.get(client_id, 0),
            "listing_href": f"/settings/widgets/{client_id}",
            "review_href": self.hall.control_href(guest, f"integrations/{client_id}/review"),
        }


def _is_settled(made: Made) -> bool:
    """Tell whether nothing is under way: such integrations stand below the others."""
    return made.newest is not None and made.newest == made.in_force
