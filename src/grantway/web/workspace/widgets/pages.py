"""Pages that one widget fills: its settings of its own, and items of the left menu (2.3, 3.14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.installing import service as installing
from grantway.installing.model import State, Status
from grantway.installing.wording import Texts, said
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.widgets.hosting import hosted
from grantway.web.workspace.widgets.left_menu import AREA, menu_of
from grantway.web.workspace.widgets.places import Place

ADVANCED = "advanced_settings"


@dataclass(frozen=True, slots=True)
class WidgetPages:
    """Answer `/settings/widgets/<code>/advanced` and `/widget_page/<code>` with what is below."""

    hall: Hall

    def routes(self) -> list[Route]:
        return [
            Route("/settings/widgets/{code}/advanced", self.advanced, methods=["GET"]),
            Route("/widget_page/{code}", self.menu_page, methods=["GET"]),
            Route("/widget_page/{code}/{item}", self.menu_page, methods=["GET"]),
            Route("/widget_page/{code}/{item}/{subitem}", self.menu_page, methods=["GET"]),
        ]

    async def advanced(self, request: Request) -> Response:
        """Show the widget's own page in Settings."""
        async with self.hall.look(request) as (reader, guest):
            at_work = await installing.at_work(reader, guest.actor)
            state = _named(at_work, request, ADVANCED)
            code = state.widget.code
            texts = await _texts(reader, guest).of(state.widget)
            about = state.widget.manifest.raw.get("advanced")
            title = about.get("title") if isinstance(about, dict) else None
            place = Place(
                area="advanced-settings", page=f"advanced-settings:{code}", work_area={"code": code}
            )
            context = self.hall.settings(guest, "installed")
            context |= await hosted(self.hall, reader, guest, place, at_work=at_work)
        context["title"] = said(texts, title or state.widget.manifest.name)
        return self.hall.page("workspace/settings_widget.html", context)

    async def menu_page(self, request: Request) -> Response:
        """Show an item that the widget has in the left menu, or its first one."""
        item, subitem = (request.path_params.get(name, "") for name in ("item", "subitem"))
        async with self.hall.look(request) as (reader, guest):
            at_work = await installing.at_work(reader, guest.actor)
            state = _named(at_work, request, AREA)
            code = state.widget.code
            place = _menu_place(code, item, subitem)
            menu = await menu_of(reader, [state], place, _texts(reader, guest))
            shown = [one for one in menu.items if not item or one.href.endswith(f"/{item}")]
            subitems = [one for one in shown[0].subitems if subitem] if shown else []
            here = [one for one in subitems if one.href.endswith(f"/{subitem}")]
            if not shown or (subitem and not here):
                raise PageNotFound
            if not item:
                place = _menu_place(code, shown[0].href.rpartition("/")[2], "")
            context = self.hall.frame(guest, "widget")
            context |= await hosted(self.hall, reader, guest, place, at_work=at_work)
        context["title"] = here[0].title if here else shown[0].title
        return self.hall.page("workspace/widget_page.html", context)


def _menu_place(code: str, item: str, subitem: str) -> Place:
    work = {"code": code, "location": AREA, "item_code": item, "subitem_code": subitem}
    named: dict[str, Any] = {name: one for name, one in work.items() if one}
    return Place(area=AREA, page=f"widget-page:{code}", work_area=named)


def _texts(reader: Reader, guest: Guest) -> Texts:
    return Texts(reader, (guest.visit.user.language, guest.account.language))


def _named(at_work: Sequence[State], request: Request, area: str) -> State:
    """Return the installed widget that the address names; raise PageNotFound."""
    code: str = request.path_params["code"]
    for one in at_work:
        is_it = one.widget.code == code and area in one.widget.manifest.areas
        if is_it and one.status is Status.INSTALLED:
            return one
    raise PageNotFound
