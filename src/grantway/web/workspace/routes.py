"""All pages of a workspace."""

from __future__ import annotations

from starlette.routing import Route

from grantway.web.pages import Pages
from grantway.web.services import Services
from grantway.web.workspace.ajax import AjaxDoor
from grantway.web.workspace.ajax_installing import InstallCalls
from grantway.web.workspace.ajax_widgets import WidgetCalls
from grantway.web.workspace.crm.cards import CardPages
from grantway.web.workspace.crm.lists import ListPages
from grantway.web.workspace.crm.new_cards import NewCardPages
from grantway.web.workspace.crm.todo import TodoPage
from grantway.web.workspace.entrance import Entrance
from grantway.web.workspace.hall import Hall
from grantway.web.workspace.installed import InstalledPage
from grantway.web.workspace.leads import LeadsPage
from grantway.web.workspace.live import LiveCalls
from grantway.web.workspace.marketplace import MarketplacePages
from grantway.web.workspace.submissions import SubmissionsPage
from grantway.web.workspace.widget_files import WidgetFiles
from grantway.web.workspace.widgets.kept import KeptCalls
from grantway.web.workspace.widgets.pages import WidgetPages
from grantway.web.workspace.widgets.proxying import ProxyCalls
from grantway.web.workspace.widgets.tokens import TokenCalls


def workspace_routes(services: Services, pages: Pages) -> list[Route]:
    """Return what `{subdomain}.<root>` answers beside the API."""
    hall = Hall(services, pages)
    ajax = AjaxDoor(hall)
    doors = (
        Entrance(hall),
        LeadsPage(hall),
        ListPages(hall),
        NewCardPages(hall),
        CardPages(hall),
        TodoPage(hall),
        MarketplacePages(hall),
        InstalledPage(hall),
        SubmissionsPage(hall),
        WidgetFiles(hall),
        InstallCalls(ajax),
        WidgetCalls(ajax),
        WidgetPages(hall),
        TokenCalls(ajax),
        ProxyCalls(ajax),
        KeptCalls(ajax),
        LiveCalls(ajax),
    )
    return [route for door in doors for route in door.routes()]
