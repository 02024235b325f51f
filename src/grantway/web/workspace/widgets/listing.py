"""What the settings of a widget show beside its form (contract 2.2, 7).

Pages that show no settings tell none of it: cleaning descriptions takes its time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from grantway.db import Reader
from grantway.installing import service as installing
from grantway.installing.model import Known, State, Status
from grantway.installing.wording import Texts, said
from grantway.integrations import clients
from grantway.web.listings.descriptions import shown_description
from grantway.web.workspace.ajax_shown import shown_widget
from grantway.web.workspace.hall import Guest, Hall

_TAG = re.compile(r"#([A-Z_]+)#")
# Of an archive, where no form counts them. Cleaning holds up everybody, and takes with elements
# in each other the square of them: 50 seconds for what a file of texts may hold.
_MOST_DESCRIPTION = 10_000


async def shown_in_settings(
    hall: Hall,
    reader: Reader,
    guest: Guest,
    states: Sequence[State],
    texts: Texts | None = None,
) -> list[dict[str, Any]]:
    """Return widgets as `shown_widget` does, with all of their listings."""
    texts = texts or Texts(reader, (guest.visit.user.language, guest.account.language))
    return [
        await _shown(hall, reader, guest, one, texts)
        for one in await installing.rated(reader, states)
    ]


async def _shown(
    hall: Hall, reader: Reader, guest: Guest, known: Known, page_texts: Texts
) -> dict[str, Any]:
    widget = known.state.widget
    shown = await shown_widget(reader, guest, known.state, page_texts)
    is_own = widget.account_id == guest.account.id
    about = await clients.find_description(reader, widget.client_id, guest.visit.user.language)
    if about is not None and about.kind == "public":  # its form counts, and not its archive
        is_here = known.state.status is not Status.INSTALL
        text = (about.instructions if is_here else "") or about.description
    else:
        path = widget.manifest.description
        told = said(shown["langs"], path)
        text = "" if told == path else told[:_MOST_DESCRIPTION]
    filled = _filled(text, _values(hall, guest))
    listing = shown["listing"]
    listing["description_html"] = str(shown_description(filled, hall.services.hooks.rules.opened))
    if known.stars is not None:
        listing["rating"] = known.stars
        listing["reviews_href"] = f"/settings/widgets/{widget.client_id}#reviews"
    if guest.actor.is_administrator:
        where = f"integrations/{widget.client_id}" if is_own else "installed"
        listing["manage_href"] = hall.control_href(guest, where)
    return shown


def _values(hall: Hall, guest: Guest) -> Mapping[str, object]:
    addresses, account = hall.services.addresses, guest.account
    return {
        "HOST": addresses.authority(account.subdomain),
        "SUBDOMAIN": account.subdomain,
        "LOGIN": guest.visit.user.email,
        "ACCOUNT_ID": account.id,
        "USER_ID": guest.visit.user.id,
        "TOP_LEVEL_DOMAIN": addresses.root.rpartition(".")[2],
        "API_HASH": "",  # a key of old, which nobody has
    }


def _filled(text: str, values: Mapping[str, object]) -> str:
    """Return a description with the short tags replaced; what is no tag stays."""

    def value(found: re.Match[str]) -> str:
        return html.escape(str(values.get(found[1], found[0])))

    return _TAG.sub(value, text)
