"""What the public sees or saw: the moderators' list, and one of it with its ratings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import sessions
from grantway.db import Transaction
from grantway.integrations.model import LANGUAGES
from grantway.kernel.addresses import PUBLIC
from grantway.marketplace import published, publishing, ratings
from grantway.marketplace.categories import category_name
from grantway.marketplace.errors import ListingNotFound, RatingNotFound, RatingRefused
from grantway.marketplace.model import Rating
from grantway.marketplace.published import MAX_QUERY, PAGE, Published
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import OwnIntegration
from grantway.web.control.desk import Desk, get, number, post, storable
from grantway.web.control.elsewhere import PasswordNeeded
from grantway.web.control.moderation import MODERATION, PASSWORD_FIRST, moderator_of, own_page
from grantway.web.forms import Form, read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.wording import sentence

PUBLISHED = f"{MODERATION}/published"
_ONE = f"{PUBLISHED}/{{client_id}}"
_RATING = f"{_ONE}/ratings/{{rating_id}}"
_STATES = {
    "published": ("Published", "good"),
    "draft": ("Hidden", "warn"),
    "disabled": ("Stopped by the operator", "bad"),
}

Work = Callable[[Transaction, Moderator, str], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class PublishedList:
    """Answer `GET /moderation/published`, for moderators."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(PUBLISHED, self.show)]

    async def show(self, request: Request) -> Response:
        query = request.query_params
        wanted = storable(" ".join(query.get("q", "").split())[:MAX_QUERY])
        after = None
        if "at" in query:
            after = number(query["at"]), storable(query.get("after", ""))
        async with self.desk.look(request) as (reader, visit):
            moderator = await moderator_of(reader, visit)
            context = await self.desk.frame(reader, visit, section="moderation")
            found = await published.listed(
                reader, moderator, wanted=wanted, after=after, limit=PAGE + 1
            )
            shown = found[:PAGE]
            languages = await published.languages(reader, shown)
        first = {"q": wanted} if wanted else {}
        last = shown[-1] if len(found) > PAGE else None
        behind = first | ({"at": last.published_at, "after": last.client_id} if last else {})
        context |= {
            "desk_tab": "published",
            "listed": [_row(one, languages[one.client_id]) for one in shown],
            "wanted": wanted,
            "first_href": "" if after is None else _address(first),
            "next_href": _address(behind) if last else "",
        }
        return self.desk.page("control/moderation_published.html", context)


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """Show one of them, feature it, remove and restore its ratings."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(_ONE, self.show),
            post(f"{_ONE}/feature", self.feature),
            post(f"{_ONE}/unfeature", self.unfeature),
            post(f"{_RATING}/remove", self.remove),
            post(f"{_RATING}/restore", self.restore),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def feature(self, request: Request) -> Response:
        """Put it before the others."""
        return await self._feature(request, is_featured=True)

    async def unfeature(self, request: Request) -> Response:
        """Put it back among the others."""
        return await self._feature(request, is_featured=False)

    async def remove(self, request: Request) -> Response:
        """Let a rating be seen no more; what was typed survives whatever is wrong with it."""
        form = await read_form(request)
        rating_id = number(request.path_params["rating_id"])

        async def work(tx: Transaction, moderator: Moderator, client_id: str) -> None:
            reason = form.lines("reason")
            now = self.desk.services.now()
            await ratings.remove(tx, moderator, client_id, rating_id, reason, now)

        try:
            return await self._change(request, form, work, "removed")
        except PasswordNeeded:
            return await self._page(request, form, rating_id, {"reason": PASSWORD_FIRST})
        except RatingRefused as error:
            return await self._page(request, form, rating_id, error.problems)

    async def restore(self, request: Request) -> Response:
        """Let a removed rating be seen again."""
        form = await read_form(request)
        rating_id = number(request.path_params["rating_id"])

        async def work(tx: Transaction, moderator: Moderator, client_id: str) -> None:
            now = self.desk.services.now()
            await ratings.restore(tx, moderator, client_id, rating_id, now)

        return await self._change(request, form, work, "restored")

    async def _feature(self, request: Request, *, is_featured: bool) -> Response:
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, client_id: str) -> None:
            now = self.desk.services.now()
            await publishing.feature(tx, moderator, client_id, now, is_featured=is_featured)

        return await self._change(request, form, work, "featured" if is_featured else "unfeatured")

    async def _change(self, request: Request, form: Form, work: Work, done: str) -> Response:
        """Do *work* as a moderator who typed the password recently (S-117)."""
        client_id, href = _subject(request)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                moderator = await moderator_of(tx, visit)
                # Also of a rating: whoever never published anything has no such page.
                await published.look(tx, moderator, client_id)
                self.desk.must_be_proved(visit, "moderate", href)
                await work(tx, moderator, client_id)
        except OwnIntegration:
            return await own_page(self.desk, request)
        except ListingNotFound:
            # Hidden meanwhile, or never there: the page tells which.
            return await self._page(request, conflict="It is not listed any more")
        except RatingNotFound:
            return await self._page(request, conflict="This rating is not there any more")
        return go_to(request, f"{href}?done={done}")

    async def _page(
        self,
        request: Request,
        form: Form | None = None,
        rating_id: int = 0,
        problems: Mapping[str, str] | None = None,
        conflict: str = "",
    ) -> Response:
        client_id, href = _subject(request)
        before = request.query_params.get("before")
        try:
            async with self.desk.look(request) as (reader, visit):
                moderator = await moderator_of(reader, visit)
                one = await published.look(reader, moderator, client_id)
                languages = await published.languages(reader, [one])
                given = await ratings.for_moderator(
                    reader, moderator, client_id, before_id=number(before) if before else None
                )
                context = await self.desk.frame(reader, visit, section="moderation")
        except OwnIntegration:
            return await own_page(self.desk, request)
        except ListingNotFound:
            raise PageNotFound from None
        services = self.desk.services
        public = services.addresses.origin(PUBLIC)
        context |= {
            "one": _row(one, languages[client_id]),
            "href": href,
            "public_href": f"{public}/marketplace/{client_id}" if one.is_listed else "",
            "ratings": [_rating_row(each) for each in given.ratings],
            "older_href": f"{href}?before={given.before_id}" if given.before_id else "",
            "newest_href": href if before else "",
            "is_proved": sessions.is_proved(visit.session, services.now()),
            "typed": {"id": rating_id, "reason": form.text("reason") if form else ""},
            "errors": {name: sentence(why) for name, why in (problems or {}).items()},
            "conflict": sentence(conflict) if conflict else "",
            "done": "" if form or conflict else request.query_params.get("done", ""),
        }
        status = 409 if conflict else 422 if problems else 200
        return self.desk.page("control/moderation_listing.html", context, status)


def _subject(request: Request) -> tuple[str, str]:
    client_id = storable(request.path_params["client_id"])
    return client_id, f"{PUBLISHED}/{client_id}"


def _address(query: Mapping[str, object]) -> str:
    return f"{PUBLISHED}?{urlencode(query)}" if query else PUBLISHED


def _row(one: Published, languages: list[str]) -> dict[str, Any]:
    words, kind = _STATES[one.status]
    return {
        "href": f"{PUBLISHED}/{one.client_id}",
        # The version in force; one that was published before versions were kept is the first.
        "review_href": f"{MODERATION}/{one.client_id}/{one.number or 1}",
        "id": one.client_id,
        "name": one.name,
        "account": one.account_name,
        "state": words,
        "state_kind": kind,
        "number": one.number or 1,
        "category": category_name(one.category, "en") if one.category else "",
        "languages": [{"code": code, "label": LANGUAGES.get(code, code)} for code in languages],
        "published_at": one.published_at,
        "stars": one.stars,
        "ratings": one.rating_count,
        "installs": one.installs,
        "is_featured": one.is_featured,
        "is_listed": one.is_listed,
        "is_own": one.is_own,
    }


def _rating_row(one: Rating) -> dict[str, Any]:
    return {
        "id": one.id,
        "author": one.author,
        "language": one.language,
        "stars": one.stars,
        "text": one.text,
        "at": one.changed_at or one.rated_at,
        "is_changed": one.changed_at is not None,
        "answer": one.answer or "",
        "removed_at": one.removed_at,
        "removed_reason": one.removed_reason or "",
    }
