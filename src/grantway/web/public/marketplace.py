"""The Marketplace for everybody: its catalogue in each language, and a page for each listing.

Contract: widgets-and-marketplace.md 7. What is not published is answered as
what was never there (S-154).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.integrations.model import LANGUAGES as NAMES
from grantway.marketplace import catalogue, ratings, search
from grantway.marketplace.categories import CATEGORIES, category_name
from grantway.marketplace.model import Listing, Page, Ratings
from grantway.web.descriptions import first_link, is_https, shown_description
from grantway.web.pages import Pages, Site
from grantway.web.public.marketplace_words import FALLBACK, LANGUAGES, preferred, words
from grantway.web.refusals import PageNotFound
from grantway.web.services import Services

_ROOT = "/marketplace"
_CLIENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RATING_ID = re.compile(r"[1-9][0-9]{0,17}")
_E_MAIL = re.compile(r"[^\s@?&%]+@[^\s@?&%]+")


@dataclass(frozen=True, slots=True)
class MarketplacePages:
    """Answer `GET /marketplace` and below it. The pages need no script and no cookie."""

    services: Services
    pages: Pages
    site: Site

    def routes(self) -> list[Route]:
        return [
            Route(_ROOT, self.front, methods=["GET"]),
            Route(f"{_ROOT}/categories/{{code}}", self.category, methods=["GET"]),
            Route(f"{_ROOT}/{{client_id}}", self.listing, methods=["GET"]),
        ]

    async def front(self, request: Request) -> Response:
        language = _wanted(request) or _liked(request, LANGUAGES) or FALLBACK
        query = " ".join(request.query_params.get("q", "").split())[: search.MAX_QUERY]
        after = request.query_params.get("after", "")
        async with self.services.db.read() as reader:
            if query:
                page = await search.find(reader, language, query, after=after)
            else:
                page = await catalogue.front(reader, language, after=after)
            counts = await catalogue.counts(reader, language)
        own = {"q": query} if query else {}
        return self._list(page, counts, _Place(language, _ROOT, own, after), query=query)

    async def category(self, request: Request) -> Response:
        code: str = request.path_params["code"]
        if code not in CATEGORIES:
            raise PageNotFound
        language = _wanted(request) or _liked(request, LANGUAGES) or FALLBACK
        after = request.query_params.get("after", "")
        async with self.services.db.read() as reader:
            page = await catalogue.in_category(reader, language, code, after=after)
            counts = await catalogue.counts(reader, language)
        place = _Place(language, f"{_ROOT}/categories/{code}", {}, after)
        return self._list(page, counts, place, category=code)

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
        place = _Place(language, f"{_ROOT}/{client_id}", {}, before)
        context = self._frame(place, offered) | _shown(found, reviews, place) | {"scopes": scopes}
        tile = found.tile
        context["category"] = category_name(tile.category, language)
        context["category_href"] = _href(f"{_ROOT}/categories/{tile.category}", lang=language)
        context["title"] = words(language)("listing.title", name=tile.name)
        context["summary"] = tile.short_description
        context["picture"] = self._picture((*found.details.gallery, tile.icon, tile.logo))
        return self._answer("public/marketplace_listing.html", context)

    def _list(
        self,
        page: Page,
        counts: Mapping[str, int],
        place: _Place,
        *,
        query: str = "",
        category: str = "",
    ) -> Response:
        say = words(place.language)
        lang = place.language
        host = self.site.root
        context = self._frame(place, list(LANGUAGES))
        context |= {
            "tiles": page.tiles,
            "next_href": _href(place.path, lang=lang, **place.own, after=page.after)
            if page.after
            else "",
            "first_href": _href(place.path, lang=lang, **place.own) if place.after else "",
            "query": query,
            "category": category_name(category, lang) if category else "",
            "categories": [
                {
                    "name": category_name(code, lang),
                    "count": count,
                    "href": _href(f"{_ROOT}/categories/{code}", lang=lang),
                    "is_here": code == category,
                }
                for code, count in counts.items()
                if count or code == category
            ],
            "total": sum(counts.values()),
            "title": f"{say('page.title', host=host)} · Grantway",
            "summary": say("page.summary", host=host),
            "picture": "",
        }
        if query:
            context["title"] = f"{say('search.title', query=query)} · {say('page.marketplace')}"
        elif category:
            name = context["category"]
            listed = say.count("count.listings", counts[category])
            context["title"] = f"{name} · {say('page.title', host=host)}"
            context["summary"] = say(
                "list.category_summary", category=name, listings=listed, host=host
            )
        return self._answer("public/marketplace.html", context)

    def _frame(self, place: _Place, offered: Sequence[str]) -> dict[str, Any]:
        """Return what all these pages have: words, the same page in other languages, its address.

        Search results and later parts of a list are not for search engines.
        """
        address = self.site.public_url + place.path
        return {
            "lang": place.language,
            "say": words(place.language),
            "root_href": _href(_ROOT, lang=place.language),
            "canonical": _href(address, lang=place.language),
            "alternates": {"x-default": address}
            | {code: _href(address, lang=code) for code in offered},
            "languages": [
                {"code": code, "name": LANGUAGES[code], "href": href, "is_here": is_here}
                for code in offered
                for href in (_href(place.path, lang=code, **place.own),)
                for is_here in (code == place.language,)
            ],
            "is_indexed": not place.own and not place.after,
        }

    def _picture(self, hashes: Sequence[str]) -> str:
        """Return the address of the first picture, for previews elsewhere."""
        return next((f"{self.site.public_url}/pictures/{one}.png" for one in hashes if one), "")

    def _answer(self, template: str, context: Mapping[str, Any]) -> Response:
        headers = {"content-language": context["lang"], "vary": "accept-language"}
        return HTMLResponse(self.pages.render(template, **context), headers=headers)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page is: its language, path and own query; *after* when it is not the first part."""

    language: str
    path: str
    own: Mapping[str, str]
    after: str


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


def _href(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _shown(found: Listing, reviews: Ratings, place: _Place) -> dict[str, Any]:
    tile, details = found.tile, found.details
    description = shown_description(details.description)
    go = first_link(description) or _outward(details.owner_uri)
    here = place.path
    return {
        "tile": tile,
        "description": description,
        # Of one with a widget they are for those who have installed it.
        "instructions": "" if tile.has_widget else shown_description(details.instructions),
        "go_href": "" if tile.has_widget else go,
        "go_host": urlsplit(go).netloc,
        "gallery": [one for one in details.gallery if one],
        "owner_uri": _outward(details.owner_uri),
        "privacy_uri": _outward(details.privacy_uri),
        "support_uri": _outward(details.support_uri),
        "support_email": details.support_email if _E_MAIL.fullmatch(details.support_email) else "",
        "updated_at": found.updated_at,
        "listed_in": [NAMES[code] for code in found.languages if code in NAMES],
        "by_stars": found.by_stars,
        "reviews": reviews.ratings,
        "older_href": _href(here, lang=place.language, before=str(reviews.before_id)) + "#reviews"
        if reviews.before_id
        else "",
        "newest_href": _href(here, lang=place.language) + "#reviews" if place.after else "",
    }


def _outward(uri: str) -> str:
    """Return *uri*, unless a page must not lead there (S-155)."""
    return uri if is_https(uri) else ""
