"""How a version would stand in the Marketplace, for moderators and for its integrator.

Drawn with the same parts as the Marketplace itself, of content that nobody else
sees (S-154). It says of which content: whoever decides has seen that one (S-150).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.integrations.model import LANGUAGES
from grantway.kernel.addresses import PUBLIC
from grantway.marketplace.categories import OTHER
from grantway.marketplace.errors import ListingNotFound
from grantway.marketplace.model import Ratings
from grantway.marketplace.previewing import preview
from grantway.moderation import desk as reviews
from grantway.moderation import drafts
from grantway.moderation.errors import OwnIntegration
from grantway.moderation.model import Version
from grantway.web.control.desk import Desk, get, number, storable
from grantway.web.control.integration_window import WINDOW, open_window, window_frame
from grantway.web.control.moderation import MODERATION, moderator_of, own_page
from grantway.web.listings.showing import Shelves, shown_listing
from grantway.web.refusals import PageNotFound


@dataclass(frozen=True, slots=True)
class ModerationPreview:
    """Show a version as a listing, to moderators who may decide about it (S-151)."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(f"{MODERATION}/{{client_id}}/{{number}}/preview", self.show)]

    async def show(self, request: Request) -> Response:
        client_id = storable(request.path_params["client_id"])
        at = number(request.path_params["number"])
        try:
            async with self.desk.look(request) as (reader, visit):
                moderator = await moderator_of(reader, visit)
                integration, version, _ = await reviews.look(reader, moderator, client_id, at)
                context = await self.desk.frame(reader, visit, section="moderation")
        except OwnIntegration:
            return await own_page(self.desk, request)
        back = f"{MODERATION}/{client_id}/{at}"
        first_at = integration.published_at
        context |= example(self.desk, request, version, f"{back}/preview", first_at) | {
            "back_href": back
        }
        return self.desk.page("control/moderation_preview.html", context)


@dataclass(frozen=True, slots=True)
class OwnPreview:
    """Show the newest version of an own integration as a listing, to administrators."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(f"{WINDOW}/preview", self.show)]

    async def show(self, request: Request) -> Response:
        async with self.desk.look(request) as (reader, visit):
            window = await open_window(self.desk, reader, request, visit)
            if window.integration.is_private:
                raise PageNotFound
            context = await window_frame(self.desk, reader, visit, window, "listing")
            actor, client_id = window.place.actor, window.integration.client_id
            version = await drafts.newest(reader, actor, client_id)
        first_at = window.integration.published_at
        context |= example(self.desk, request, version, f"{window.href}/preview", first_at)
        return self.desk.page("control/integration_preview.html", context)


def example(
    desk: Desk, request: Request, version: Version, href: str, first_at: int | None
) -> dict[str, Any]:
    """Return what `control/partials/preview.html` asks for.

    *first_at* is when something of it was published first, if ever. Raises
    PageNotFound for a language in which the version says nothing.
    """
    services, content = desk.services, version.content
    language = request.query_params.get("lang") or content.language
    category = version.category or OTHER
    try:
        found = preview(
            content,
            version.client_id,
            language,
            published_at=first_at or services.now(),
            category=category,
        )
    except ListingNotFound:
        raise PageNotFound from None
    public = services.addresses.origin(PUBLIC)
    shelves = Shelves(f"{public}/marketplace", language, opened=services.hooks.rules.opened)
    shown = shown_listing(found, Ratings([]), content.scopes, shelves, mark="Preview")
    return {
        "preview": {
            "number": version.number,
            "hash": version.content_hash,
            "language": language,
            "label": LANGUAGES.get(language, language),
            "is_listed": language in found.languages,
            "has_category": version.category is not None,
            "languages": [
                {
                    "code": one.language,
                    "label": LANGUAGES.get(one.language, one.language),
                    "href": f"{href}?lang={one.language}",
                    "is_current": one.language == language,
                }
                for one in content.presentations
            ],
            # Rendered apart, because it speaks another language than the page around it.
            "example": Markup(desk.pages.render("listings/article.html", **shown)),  # noqa: S704 - our own template, which escapes
        }
    }
