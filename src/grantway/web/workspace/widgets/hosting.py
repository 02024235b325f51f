"""Which pages host widgets, and with what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from grantway.db import Reader
from grantway.installing import frames
from grantway.installing import service as installing
from grantway.installing.errors import NotInstallable, WidgetNotFound
from grantway.installing.model import State, Status
from grantway.installing.wording import Texts
from grantway.web.workspace.ajax_shown import shown_widget
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.widgets.boot import boot_of, in_script
from grantway.web.workspace.widgets.left_menu import menu_of
from grantway.web.workspace.widgets.listing import shown_in_settings
from grantway.web.workspace.widgets.places import EVERYWHERE, SETTINGS, Place


async def hosted(
    hall: Hall,
    reader: Reader,
    guest: Guest,
    place: Place,
    more: Sequence[State] = (),
    at_work: Sequence[State] | None = None,
) -> dict[str, Any]:
    """Return what `workspace/layout.html` needs to host the widgets of the page; {} for none.

    *more* are widgets that are not installed and have a tile on the page.
    *at_work* are those that are, when the page has read them before.
    """
    if at_work is None:
        at_work = await installing.at_work(reader, guest.actor)
    texts = Texts(reader, (guest.visit.user.language, guest.account.language))
    is_settings = place.area == SETTINGS.area
    here = [one for one in at_work if is_settings or _belongs(one, place)]
    context: dict[str, Any] = {}
    if at_work:
        context["menu"] = await menu_of(reader, at_work, place, texts)
    if not here and not is_settings:
        return context
    if is_settings:
        shown = await shown_in_settings(hall, reader, guest, [*here, *more], texts)
    else:
        shown = [await shown_widget(reader, guest, one, texts) for one in (*here, *more)]
    document = await boot_of(reader, guest, hall.services.addresses, place, shown)
    document["running"] = {
        "strict": await frames.runs_in_frames(reader, guest.account.id),
        "preinstall_script": hall.services.preinstall_script,
    }
    # Its JSON was made for just this place.
    context["boot"] = Markup(in_script(document))  # noqa: S704 - see above
    return context


async def installable(reader: Reader, guest: Guest, client_id: str) -> State | None:
    """Return the state of a widget that could be installed here; None when it could not be."""
    try:
        widget = await installing.installable(reader, guest.actor, client_id)
    except (WidgetNotFound, NotInstallable):
        return None
    return await installing.state(reader, guest.account.id, widget)


def _belongs(state: State, place: Place) -> bool:
    """Tell whether the widget runs at *place* (contract 3.2)."""
    manifest = state.widget.manifest
    if state.status is not Status.INSTALLED:
        return False
    if place.work_area is not None and place.work_area["code"] == state.widget.code:
        return True
    here = {EVERYWHERE} if place.work_area else {place.area, EVERYWHERE}
    return manifest.init_once or bool(here & manifest.areas)
