"""Settings → Integrations → Marketplace: the user's catalogue, and what was made here.

Contract: widgets-and-marketplace.md 6.6 and 7. The pages only read: nothing is
installed or changed on this origin (S-139). What another account has not
published is answered as what was never there (S-154).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.db import Reader
from grantway.installations import service as installations
from grantway.installations.service import Installed
from grantway.installing import service as installing
from grantway.installing.model import Status
from grantway.integrations import service as integrations
from grantway.integrations.model import LANGUAGES as NAMES
from grantway.marketplace import catalogue, ratings, search
from grantway.marketplace.categories import CATEGORIES, OTHER
from grantway.marketplace.model import Listing, Page, Ratings
from grantway.marketplace.previewing import preview
from grantway.moderation import own
from grantway.moderation.model import Version
from grantway.moderation.states import State
from grantway.web.listings.showing import Shelves, shown_listing, shown_shelf
from grantway.web.listings.states import STATES
from grantway.web.listings.words import FALLBACK, LANGUAGES, Words, words
from grantway.web.refusals import PageNotFound
from grantway.web.workspace.hall import Guest, Hall
from grantway.web.workspace.made_here import shown_group
from grantway.web.workspace.widgets.hosting import hosted, installable
from grantway.web.workspace.widgets.places import MARKET, SETTINGS

ROOT = "/settings/widgets"
_CLIENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RATING_ID = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class MarketplacePages:
    """Answer `GET /settings/widgets/` and below it."""

    hall: Hall

    def routes(self) -> list[Route]:
        return [
            Route(f"{ROOT}/", self.front, methods=["GET"]),
            Route(ROOT, self.front, methods=["GET"]),
            Route(f"{ROOT}/categories/{{code}}", self.category, methods=["GET"]),
            Route(f"{ROOT}/{{client_id}}", self.listing, methods=["GET"]),
        ]

    async def front(self, request: Request) -> Response:
        query = " ".join(request.query_params.get("q", "").split())[: search.MAX_QUERY]
        after = request.query_params.get("after", "")
        async with self.hall.look(request) as (reader, guest):
            shelves = self._shelves(request, guest)
            if query:
                page = await search.find(reader, shelves.language, query, after=after)
            else:
                page = await catalogue.front(reader, shelves.language, after=after)
            made = [] if query or after else await own.made_in(reader, guest.actor)
            context = await self._shelf(reader, guest, shelves, page, query=query, after=after)
        context["group"] = shown_group(made, shelves, guest, self.hall)
        return self.hall.page("workspace/settings_marketplace.html", context)

    async def category(self, request: Request) -> Response:
        code: str = request.path_params["code"]
        after = request.query_params.get("after", "")
        async with self.hall.look(request) as (reader, guest):
            if code not in CATEGORIES:
                raise PageNotFound
            shelves = self._shelves(request, guest)
            page = await catalogue.in_category(reader, shelves.language, code, after=after)
            context = await self._shelf(reader, guest, shelves, page, category=code, after=after)
        context["group"] = None
        return self.hall.page("workspace/settings_marketplace.html", context)

    async def listing(self, request: Request) -> Response:
        """Show what is listed, or to the account that made it what would be listed."""
        client_id: str = request.path_params["client_id"]
        before = request.query_params.get("before", "")
        before_id = int(before) if _RATING_ID.fullmatch(before) else None
        async with self.hall.look(request) as (reader, guest):
            if not _CLIENT_ID.fullmatch(client_id):
                raise PageNotFound
            shelves = self._shelves(request, guest)
            language = shelves.language
            offered = await catalogue.languages(reader, client_id)
            draft = None if offered else await own.unpublished(reader, guest.actor, client_id)
            if draft is not None:
                offered = [one.language for one in draft.content.presentations]
            elif not offered:
                raise PageNotFound
            context = self.hall.settings(guest, "marketplace")
            context |= await self._hosting(reader, guest, client_id)
            context |= _languages(shelves, guest, offered, f"{ROOT}/{client_id}")
            if language not in offered:
                context["root_href"] = shelves.front()
                return self.hall.page("workspace/settings_unlisted.html", context)
            say = words(language)
            if draft is not None:
                found, mark = _previewed(draft, language), say("here.preview")
                scopes, reviews = list(draft.content.scopes), Ratings([])
            else:
                found, mark = await catalogue.listing(reader, language, client_id), ""
                reviews = await ratings.of_listing(reader, client_id, before_id=before_id)
                scopes = (await integrations.of_any_account(reader, client_id)).scopes.split()
            context |= shown_listing(found, reviews, scopes, shelves, before=before, mark=mark)
            context["here"] = await self._here(reader, guest, client_id, say)
        context["title"] = say("listing.title", name=found.tile.name)
        context["draft"] = self._draft(draft, guest) if draft else None
        return self.hall.page("workspace/settings_listing.html", context)

    async def _hosting(self, reader: Reader, guest: Guest, client_id: str) -> dict[str, Any]:
        """Host the page's widgets, and the one that is listed if it can be installed."""
        state = await installable(reader, guest, client_id)
        if state is None:
            return await hosted(self.hall, reader, guest, MARKET) | {"widget_code": ""}
        more = [state] if state.status is Status.INSTALL else []
        code = {"widget_code": state.widget.code}
        return await hosted(self.hall, reader, guest, SETTINGS, more) | code

    def _shelves(self, request: Request, guest: Guest) -> Shelves:
        """Return where the pages are, in the language of the user's profile or another one."""
        profile = guest.visit.user.language
        wanted = request.query_params.get("lang", "")
        language = wanted if wanted in LANGUAGES else profile
        opened = self.hall.services.hooks.rules.opened
        return Shelves(ROOT, language, names_language=language != profile, opened=opened)

    async def _shelf(
        self,
        reader: Reader,
        guest: Guest,
        shelves: Shelves,
        page: Page,
        *,
        query: str = "",
        category: str = "",
        after: str = "",
    ) -> dict[str, Any]:
        spoken = await catalogue.spoken(reader)
        path = f"{ROOT}/categories/{category}" if category else f"{ROOT}/"
        context = self.hall.settings(guest, "marketplace")
        context |= await hosted(self.hall, reader, guest, MARKET)
        context |= _languages(shelves, guest, spoken, path)
        if shelves.language not in spoken:
            return context | {"title": words(FALLBACK)("page.marketplace"), "is_empty": True}
        say = words(shelves.language)
        counts = await catalogue.counts(reader, shelves.language)
        here = await installations.installed(reader, guest.account.id)
        marks = dict.fromkeys(here, say("here.installed"))
        context |= shown_shelf(
            page, counts, shelves, query=query, category=category, after=after, marks=marks
        )
        named = say("search.title", query=query) if query else context["category"]
        title = f"{named} · {say('page.marketplace')}" if named else say("page.marketplace")
        return context | {"title": title, "is_empty": False}

    async def _here(
        self, reader: Reader, guest: Guest, client_id: str, say: Words
    ) -> dict[str, Any]:
        """Return what becomes of an integration in this account, and who may do something."""
        live = await installations.live(reader, guest.actor)
        found: Installed | None = next((one for one in live if one.client_id == client_id), None)
        may_manage = guest.actor.is_administrator
        may_rate = found is not None and await ratings.may_rate(reader, guest.actor, client_id)
        ask = [] if may_manage else await accounts.administrators(reader, guest.account.id)
        installed = self.hall.control_href(guest, "installed")
        return {
            "installed": _since(found, say) if found else "",
            "manage_href": installed if found and may_manage else "",
            "rate_href": f"{installed}/{client_id}/rating" if may_rate else "",
            "ask": ", ".join(ask),
            "install_action": f"{ROOT}/{client_id}/install"
            if found is None
            and may_manage
            and await installing.offers(reader, guest.actor, client_id)
            else "",
            "disable_action": f"{ROOT}/{client_id}/uninstall" if found and may_manage else "",
        }

    def _draft(self, draft: Version, guest: Guest) -> dict[str, Any]:
        """Return what stands above a listing that is not published."""
        state, kind = STATES[State(draft.state)]
        href = self.hall.control_href(guest, f"integrations/{draft.client_id}/listing")
        return {
            "number": draft.number,
            "state": state,
            "state_kind": kind,
            "href": href if guest.actor.is_administrator else "",
        }


def _previewed(draft: Version, language: str) -> Listing:
    return preview(
        draft.content,
        draft.client_id,
        language,
        published_at=draft.updated_at,
        category=draft.category or OTHER,
    )


def _since(found: Installed, say: Words) -> str:
    day = say.day(found.installed_at)
    if found.installed_by:
        return say("here.since_by", day=day.striptags(), who=found.installed_by)
    return say("here.since", day=day.striptags())


def _languages(shelves: Shelves, guest: Guest, offered: Sequence[str], path: str) -> dict[str, Any]:
    """Return in which catalogue this is, which one is the user's, and which others there are."""
    profile, here = guest.visit.user.language, shelves.language
    say = words(here if here in LANGUAGES else FALLBACK)
    name = NAMES.get(here, here)
    return {
        "say": say,
        "lang": say.language,
        "profile_name": NAMES.get(profile, profile),
        "language_name": name,
        "is_other_language": here != profile,
        "profile_href": path,
        "others": [
            {
                "code": code,
                "name": LANGUAGES[code],
                "href": path if code == profile else f"{path}?lang={code}",
            }
            for code in LANGUAGES
            if code in offered and code != here
        ],
        "unlisted_title": say("here.unlisted_title", language=name),
    }
