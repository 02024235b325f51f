"""The Marketplace for everybody: its catalogue in each language, and a page for each listing.

Contract: widgets-and-marketplace.md 7. What is not published is answered as
what was never there (S-154).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.marketplace import catalogue, ratings, search
from grantway.marketplace.categories import CATEGORIES
from grantway.marketplace.model import Listing
from grantway.pictures.model import KINDS
from grantway.web.asset_files import ASK_AGAIN, is_known
from grantway.web.listings.showing import Shelves, shown_listing, shown_shelf
from grantway.web.listings.structured import structured
from grantway.web.listings.words import FALLBACK, LANGUAGES, Words, preferred, words
from grantway.web.pages import Pages, Site
from grantway.web.refusals import PageNotFound
from grantway.web.services import Services

ROOT = "/marketplace"
_ETAG_LENGTH = 32
_CLIENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RATING_ID = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class MarketplacePages:
    """Answer `GET /marketplace` and below it. The pages need no script and no cookie."""

    services: Services
    pages: Pages
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route(ROOT, self.front, methods=["GET"]),
            Route(f"{ROOT}/categories/{{code}}", self.category, methods=["GET"]),
            Route(f"{ROOT}/{{client_id}}", self.listing, methods=["GET"]),
        ]

    async def front(self, request: Request) -> Response:
        shelves = Shelves(ROOT, _wanted(request) or _liked(request, LANGUAGES) or FALLBACK)
        query = " ".join(request.query_params.get("q", "").split())[: search.MAX_QUERY]
        after = request.query_params.get("after", "")
        async with self.services.db.read() as reader:
            if query:
                page = await search.find(reader, shelves.language, query, after=after)
            else:
                page = await catalogue.front(reader, shelves.language, after=after)
            counts = await catalogue.counts(reader, shelves.language)
        say = words(shelves.language)
        context = shown_shelf(page, counts, shelves, query=query, after=after)
        context |= self._frame(ROOT, shelves, LANGUAGES, own={"q": query}, after=after)
        if query:
            title = "search.title" if page.tiles or page.after or after else "search.none_title"
            context["title"] = f"{say(title, query=query)} · {say('page.marketplace')}"
        else:
            context["title"] = f"{say('page.title', host=self.site.root)} · Grantway"
        context["summary"] = say("page.summary", host=self.site.root)
        return self._answer(request, "public/marketplace.html", context)

    async def category(self, request: Request) -> Response:
        code: str = request.path_params["code"]
        if code not in CATEGORIES:
            raise PageNotFound
        shelves = Shelves(ROOT, _wanted(request) or _liked(request, LANGUAGES) or FALLBACK)
        after = request.query_params.get("after", "")
        async with self.services.db.read() as reader:
            page = await catalogue.in_category(reader, shelves.language, code, after=after)
            counts = await catalogue.counts(reader, shelves.language)
        say, host = words(shelves.language), self.site.root
        context = shown_shelf(page, counts, shelves, category=code, after=after)
        context |= self._frame(f"{ROOT}/categories/{code}", shelves, LANGUAGES, after=after)
        name, listed = context["category"], say.count("count.listings", counts[code])
        context["title"] = f"{name} · {say('page.title', host=host)}"
        context["summary"] = say("list.category_summary", category=name, listings=listed, host=host)
        return self._answer(request, "public/marketplace.html", context)

    async def listing(self, request: Request) -> Response:
        client_id: str = request.path_params["client_id"]
        if not _CLIENT_ID.fullmatch(client_id):
            raise PageNotFound
        before = request.query_params.get("before", "")
        before_id = int(before) if _RATING_ID.fullmatch(before) else None
        async with self.services.db.read() as reader:
            offered = await _languages(reader, client_id)
            # A link that names no language leads to one in which it is listed.
            language = _wanted(request) or _liked(request, offered) or next(iter(offered), FALLBACK)
            found = await catalogue.listing(reader, language, client_id)
            reviews = await ratings.of_listing(reader, client_id, before_id=before_id)
            scopes = (await integrations.of_any_account(reader, client_id)).scopes.split()
        shelves = Shelves(ROOT, language, opened=self.services.hooks.rules.opened)
        tile = found.tile
        context = shown_listing(found, reviews, scopes, shelves, before=before)
        context |= self._frame(f"{ROOT}/{client_id}", shelves, offered, after=before)
        context["title"] = words(language)("listing.title", name=tile.name)
        context["summary"] = tile.short_description
        context["preview"] = self._preview(found, words(language))
        picture = context["preview"]["href"] if context["preview"] else ""
        context["structured"] = structured(found, context["canonical"], picture)
        return self._answer(request, "public/marketplace_listing.html", context)

    def _frame(
        self,
        path: str,
        shelves: Shelves,
        offered: Iterable[str],
        *,
        own: Mapping[str, str] | None = None,
        after: str = "",
    ) -> dict[str, Any]:
        """Return what all these pages have: the same page in other languages, and its address.

        *own* is the page's query, and *after* where this part of a list begins.
        Search results and later parts of a list are not for search engines.
        """
        address = self.site.public_url + path
        query = {name: value for name, value in (own or {}).items() if value}
        here = shelves.language
        return {
            "root_href": shelves.front(),
            "canonical": f"{address}?lang={here}",
            "alternates": {"x-default": address}
            | {code: f"{address}?lang={code}" for code in offered},
            "languages": [
                {
                    "code": code,
                    "name": LANGUAGES[code],
                    "href": f"{path}?{urlencode({'lang': code} | query)}",
                    "is_here": code == here,
                }
                for code in offered
            ],
            "is_indexed": not query and not after,
            "preview": None,
            "structured": "",
        }

    def _preview(self, found: Listing, say: Words) -> dict[str, Any] | None:
        """Return the first picture of a listing, for previews elsewhere; None without any."""
        shown = [("slide", one) for one in found.details.gallery]
        shown += [("icon", found.tile.icon), ("logo", found.tile.logo)]
        for kind, picture_hash in shown:
            if picture_hash:
                width, height = KINDS[kind].size
                return {
                    "href": f"{self.site.public_url}/pictures/{picture_hash}.png",
                    "width": width,
                    "height": height,
                    "alt": say("listing.picture", number=1, name=found.tile.name),
                    # A logo is too small to stand above the words.
                    "is_large": kind != "logo",
                }
        return None

    def _answer(self, request: Request, template: str, context: Mapping[str, Any]) -> Response:
        """Answer with a page that everybody may keep, and nobody may show without asking again.

        So what is taken down is gone at once, and what did not change is not sent twice.
        """
        body = self.pages.render(template, **context).encode()
        headers = {
            "content-language": context["lang"],
            "vary": "accept-language",
            "cache-control": ASK_AGAIN,
            "etag": f'"{hashlib.sha256(body).hexdigest()[:_ETAG_LENGTH]}"',
        }
        if is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, headers=headers)


def _wanted(request: Request) -> str:
    """Return the language that the address names; "" when it names none that we have."""
    language = request.query_params.get("lang", "")
    return language if language in LANGUAGES else ""


def _liked(request: Request, offered: Mapping[str, str] | list[str]) -> str:
    return preferred(request.headers.get("accept-language", ""), offered)


async def _languages(reader: Reader, client_id: str) -> list[str]:
    """Return the catalogues in which an integration is listed, in their order."""
    listed = await catalogue.languages(reader, client_id)
    return [code for code in LANGUAGES if code in listed]
