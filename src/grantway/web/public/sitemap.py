"""The addresses that search engines should know: front pages, categories and listings.

Listings are told in parts, by what their ids begin with: ids are random, so the
parts are of one size, and an address never moves to another one. A part is sent
in pieces, each read by itself, so that nobody waits for the thousands of it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from grantway.db import Database
from grantway.marketplace import catalogue
from grantway.marketplace.model import Listed
from grantway.web.listings.words import LANGUAGES
from grantway.web.pages import Site
from grantway.web.refusals import PageNotFound

PATH = "/sitemap.xml"
MOST_ADDRESSES = 10_000  # in a part; the standard allows 50,000
_PIECE = 300
_PAGES = "pages"
_ALL = "listings"
_DIGITS = "0123456789abcdef"
_PART = re.compile(rf"{_PAGES}|{_ALL}|[{_DIGITS}]{{1,2}}")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_KIND = "application/xml"
# What is taken down is gone at once, from here as well.
_HEADERS = {"cache-control": "public, no-cache"}


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Answer `GET /sitemap.xml` and the parts that it names. *root* is the Marketplace's path."""

    db: Database
    site: Site
    root: str

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.index, methods=["GET"]),
            Route("/sitemaps/{part}.xml", self.part, methods=["GET"]),
        ]

    async def index(self, _request: Request) -> Response:
        async with self.db.read() as reader:
            listed = await catalogue.how_many(reader)
        names = [_PAGES, *parts(listed)] if listed else [_PAGES]
        rows = "".join(
            f"<sitemap><loc>{self.site.public_url}/sitemaps/{name}.xml</loc></sitemap>\n"
            for name in names
        )
        body = f'{_HEAD}<sitemapindex xmlns="{_SITEMAPS}">\n{rows}</sitemapindex>\n'
        return Response(body, media_type=_KIND, headers=_HEADERS)

    async def part(self, request: Request) -> Response:
        name: str = request.path_params["part"]
        if not _PART.fullmatch(name):
            raise PageNotFound
        if name == _PAGES:
            return Response(await self._pages(), media_type=_KIND, headers=_HEADERS)
        if request.method == "HEAD":
            return Response(media_type=_KIND, headers=_HEADERS)
        begin = "" if name == _ALL else name
        return StreamingResponse(self._listings(begin), media_type=_KIND, headers=_HEADERS)

    async def _pages(self) -> str:
        """Return the front pages and categories in which anything is listed."""
        paths: dict[str, list[str]] = {}
        for language in LANGUAGES:
            async with self.db.read() as reader:
                counted = await catalogue.counts(reader, language)
            here = [f"{self.root}/categories/{code}" for code, count in counted.items() if count]
            for path in [self.root, *here] if here else []:
                paths.setdefault(path, []).append(language)
        rows = "".join(
            self._row(path, dict.fromkeys(languages)) for path, languages in paths.items()
        )
        return f"{_OPEN}{rows}{_CLOSE}"

    async def _listings(self, begin: str) -> AsyncIterator[str]:
        yield _OPEN
        told, after = 0, ""
        while True:
            async with self.db.read() as reader:
                some = await catalogue.list_all(reader, begin, after=after, limit=_PIECE)
            rows = [
                self._row(f"{self.root}/{client_id}", {one.language: one.updated_at for one in its})
                for client_id, its in _by_integration(some)
            ]
            told += len(some)
            if rows:
                yield "".join(rows)
            if not some or told > MOST_ADDRESSES - _PIECE:
                break
            after = some[-1].client_id
        yield _CLOSE

    def _row(self, path: str, languages: Mapping[str, int | None]) -> str:
        """Return the addresses of one page in its languages, each naming all of them."""
        address = escape(self.site.public_url + path)
        others = f'<xhtml:link rel="alternate" hreflang="x-default" href="{address}"/>\n' + "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{address}?lang={code}"/>\n'
            for code in languages
        )
        return "".join(
            f"<url>\n<loc>{address}?lang={code}</loc>\n{_last_changed(at)}{others}</url>\n"
            for code, at in languages.items()
        )


def parts(listed: int) -> Sequence[str]:
    """Return the names of the parts that so many listings need.

    >>> parts(500), len(parts(30_000)), len(parts(1_000_000))
    (['listings'], 16, 256)
    """
    if listed <= MOST_ADDRESSES * 4 // 5:
        return [_ALL]
    length = 1 if listed <= MOST_ADDRESSES * 12 else 2
    return ["".join(one) for one in itertools.product(_DIGITS, repeat=length)]


def _by_integration(some: Iterable[Listed]) -> Iterable[tuple[str, Iterable[Listed]]]:
    return itertools.groupby(some, key=lambda one: one.client_id)


def _last_changed(at: int | None) -> str:
    if at is None:
        return ""
    return f"<lastmod>{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d}</lastmod>\n"


_OPEN = f'{_HEAD}<urlset xmlns="{_SITEMAPS}" xmlns:xhtml="{_XHTML}">\n'
_CLOSE = "</urlset>\n"
