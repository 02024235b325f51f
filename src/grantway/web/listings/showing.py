"""What templates are told of listings: the shelves of the Marketplace, and one listing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from grantway.integrations.model import LANGUAGES as NAMES
from grantway.marketplace.categories import category_name
from grantway.marketplace.model import MOST_COUNTED, Listing, Page, Ratings
from grantway.web.listings.descriptions import first_link, may_lead_to, shown_description
from grantway.web.listings.words import words

_E_MAIL = re.compile(r"[^\s@?&%]+@[^\s@?&%]+")


class Shelves(msgspec.Struct, frozen=True):
    """Where the pages of a Marketplace are: *root* is the path of its front page.

    *names_language* says whether addresses name the language, because nothing
    else tells it. *opened* is what listings may lead to beside https: see `may_lead_to`.
    """

    root: str
    language: str
    names_language: bool = True
    opened: Collection[str] = ()

    def front(self, **query: str) -> str:
        """Return the address of the front page."""
        return self._href(self.root, query)

    def category(self, code: str, **query: str) -> str:
        """Return the address of a category."""
        return self._href(f"{self.root}/categories/{code}", query)

    def listing(self, client_id: str, **query: str) -> str:
        """Return the address of a listing's own page."""
        return self._href(f"{self.root}/{client_id}", query)

    def _href(self, path: str, query: Mapping[str, str]) -> str:
        own = {"lang": self.language} if self.names_language else {}
        written = urlencode(own | {name: value for name, value in query.items() if value})
        return f"{path}?{written}" if written else path


def shown_shelf(
    page: Page,
    counts: Mapping[str, int],
    shelves: Shelves,
    *,
    query: str = "",
    category: str = "",
    after: str = "",
    marks: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what `listings/shelf.html` asks for: a part of the front, a category or a search.

    *after* is where this part begins, or "" for the first. *marks* says what
    stands on a listing, by its client_id.
    """
    lang = shelves.language

    def here(**place: str) -> str:
        return shelves.category(category, **place) if category else shelves.front(q=query, **place)

    return {
        "say": words(lang),
        "lang": lang,
        "search_action": shelves.root,
        "search_names_language": shelves.names_language,
        "root_href": shelves.front(),
        "href_of": shelves.listing,
        "marks": marks or {},
        "tiles": page.tiles,
        "next_href": here(after=page.after) if page.after else "",
        "first_href": here() if after else "",
        "query": query,
        "found": _found(page.found, lang),
        "category": category_name(category, lang) if category else "",
        "categories": [
            {
                "name": category_name(code, lang),
                "count": count,
                "href": shelves.category(code),
                "is_here": code == category,
            }
            for code, count in counts.items()
            if count or code == category
        ],
        "total": sum(counts.values()),
        # What a page puts above the shelves; "" for nothing.
        "own_shelf": "",
    }


def shown_listing(
    found: Listing,
    reviews: Ratings,
    scopes: Sequence[str],
    shelves: Shelves,
    *,
    before: str = "",
    mark: str = "",
) -> dict[str, Any]:
    """Return what `listings/article.html` asks for.

    *before* is where this part of the ratings begins, or "" for the newest. *mark*
    says of what is not published who sees it.
    """
    tile, details = found.tile, found.details
    opened = shelves.opened

    def outward(uri: str) -> str:
        return uri if may_lead_to(uri, opened) else ""

    description = shown_description(details.description, opened)
    go = first_link(description) or outward(details.owner_uri)
    lang = shelves.language
    return {
        "say": words(lang),
        "lang": lang,
        "tile": tile,
        "category": category_name(tile.category, lang),
        "category_href": shelves.category(tile.category),
        "description": description,
        # Of one with a widget they are for those who have installed it.
        "instructions": "" if tile.has_widget else shown_description(details.instructions, opened),
        "go_href": "" if tile.has_widget else go,
        "go_host": urlsplit(go).netloc,
        "gallery": [one for one in details.gallery if one],
        "owner_uri": outward(details.owner_uri),
        "privacy_uri": outward(details.privacy_uri),
        "support_uri": outward(details.support_uri),
        "support_email": details.support_email if _E_MAIL.fullmatch(details.support_email) else "",
        "mark": mark,
        "is_approved": details.is_approved,
        "updated_at": found.updated_at,
        "listed_in": [NAMES[code] for code in found.languages if code in NAMES],
        "scopes": list(scopes),
        "by_stars": found.by_stars,
        "reviews": reviews.ratings,
        "older_href": _reviews(shelves, tile.client_id, before=str(reviews.before_id))
        if reviews.before_id
        else "",
        "newest_href": _reviews(shelves, tile.client_id) if before else "",
        # What a page puts above the way to get it; "" for nothing.
        "own_part": "",
        "is_got": False,
    }


def _found(amount: int | None, lang: str) -> str:
    """Say how many listings a search found; "" where nobody counted."""
    if amount is None:
        return ""
    say = words(lang)
    if amount > MOST_COUNTED:
        return say("search.found_more", amount=say.number(MOST_COUNTED))
    return say.count("count.found", amount)


def _reviews(shelves: Shelves, client_id: str, **query: str) -> str:
    return shelves.listing(client_id, **query) + "#reviews"
