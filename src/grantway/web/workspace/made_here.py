"""The own group of the Marketplace: what was made in this account and is not published.

Contract: widgets-and-marketplace.md 6.6 and 7. Nobody of another account meets
any of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grantway.moderation.own import Made
from grantway.web.listings.showing import Shelves
from grantway.web.listings.states import standing
from grantway.web.listings.words import LANGUAGES
from grantway.web.workspace.hall import Guest, Hall

_MOST = 8


def shown_group(
    made: Sequence[Made], shelves: Shelves, guest: Guest, hall: Hall
) -> dict[str, Any] | None:
    """Return what `workspace/made_here.html` asks for; None when there is nothing to show."""
    tiles = [one for one in made if not one.is_published]
    if not tiles:
        return None
    is_administrator = guest.actor.is_administrator
    return {
        "account": guest.account.name,
        "tiles": [
            _tile(one, shelves)
            | {
                "manage_href": hall.control_href(guest, f"integrations/{one.integration.client_id}")
                if is_administrator
                else ""
            }
            for one in tiles[:_MOST]
        ],
        "more": len(tiles) - _MOST,
        "all_href": hall.control_href(guest, "integrations") if is_administrator else "",
    }


def _tile(made: Made, shelves: Shelves) -> dict[str, Any]:
    integration = made.integration
    state, kind = standing(made)
    shown = {
        "name": integration.name,
        "initials": integration.initials,
        "tone": integration.tone,
        "short": "",
        "icon": "",
        "state": state,
        "state_kind": kind,
        "kind": "Private" if integration.is_private else "Public",
        "listing_href": "",
    }
    if made.newest is None:
        return shown
    content = made.newest.content
    spoken = [one.language for one in content.presentations]
    language = shelves.language if shelves.language in spoken else content.language
    said = next(one for one in content.presentations if one.language == language)
    query = {} if language == shelves.language else {"lang": language}
    return shown | {
        "name": said.name,
        "short": said.short_description,
        "icon": said.icon,
        "listing_href": shelves.listing(integration.client_id, **query)
        if integration.status == "draft" and language in LANGUAGES
        else "",
    }
