"""Puts the pages of every origin together (contract C-10)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from grantway.asgi.answers import problem
from grantway.asgi.hosts import HostKind
from grantway.kernel.addresses import CONTROL
from grantway.web.asset_files import AssetFiles
from grantway.web.consent_way import consent_paths, ways_to_consent
from grantway.web.control.routes import control_routes
from grantway.web.origin import Origin, routed, security_policy
from grantway.web.pages import Pages, Site
from grantway.web.public.button import ButtonScript
from grantway.web.public.home import HomePage
from grantway.web.public.marketplace import ROOT, MarketplacePages
from grantway.web.public.pictures import PictureFiles
from grantway.web.public.reference import ReferencePage
from grantway.web.public.sitemap import PATH as SITEMAP
from grantway.web.public.sitemap import Sitemap
from grantway.web.refusals import UnknownAccount
from grantway.web.robots import NOBODY, public_robots, robots
from grantway.web.services import Services
from grantway.web.workspace.hall import OfAccount
from grantway.web.workspace.routes import workspace_routes

# Steps towards a consent.
_NOT_TO_READ = tuple(path for path, _ in consent_paths() if not path.endswith("/"))
_ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def build_sites(services: Services) -> tuple[Mapping[HostKind, ASGIApp], ASGIApp]:
    """Return the pages by kind of host, and those of a host that is none of ours."""
    site = Site(services.addresses.scheme, services.addresses.base_domain)
    pages = Pages(site, services.now)
    assets = AssetFiles().routes()
    public = [
        *assets,
        *HomePage(services, pages).routes(),
        *ReferencePage(pages, site).routes(),
        *ButtonScript(services.addresses).routes(),
        *PictureFiles(services.db).routes(),
        *MarketplacePages(services, pages, site).routes(),
        *Sitemap(services.db, site, ROOT).routes(),
        robots(public_robots(_NOT_TO_READ, site.public_url + SITEMAP)),
        *ways_to_consent(services.addresses, languages=True),
    ]
    inside = [
        *assets,
        robots(NOBODY),
        *ways_to_consent(services.addresses, languages=False),
        *workspace_routes(services, pages),
    ]
    control = Origin(
        pages,
        [*assets, robots(NOBODY), *control_routes(services, pages)],
        policy=security_policy(pictures=site.public_url),
    )
    workspace = Origin(
        pages,
        app=OfAccount(services, routed(inside)),
        # The form that leaves the workspace is redirected to the control origin. A policy heeds
        # paths where a form is sent and not where it is redirected, and nothing is at this one,
        # so no script of a workspace can send a form to a page there.
        policy=security_policy(
            pictures=site.public_url,
            form_action=f"'self' {services.addresses.origin(CONTROL)}/no-form-goes-here",
        ),
    )
    home = f"{site.public_url}/"
    nowhere = Route("/{path:path}", no_account, methods=list(_ALL_METHODS))
    sites: dict[HostKind, ASGIApp] = {
        HostKind.PUBLIC: Origin(pages, public),
        HostKind.CONTROL: control,
        HostKind.ACCOUNT: workspace,
        HostKind.STATIC: Origin(pages, [*assets, robots(NOBODY)], home_href=home),
        HostKind.API: no_page,
    }
    return sites, Origin(pages, [*assets, nowhere], home_href=home)


async def no_account(_request: Request) -> Response:
    """Refuse whatever is asked of a host that is none of ours (S-102)."""
    raise UnknownAccount


async def no_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer on the API's host, where programs are the only visitors."""
    answer = problem(404, "Not found")
    response = Response(answer.body, answer.status, media_type=answer.kind.decode())
    await response(scope, receive, send)
