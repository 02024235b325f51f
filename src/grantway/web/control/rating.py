"""What a user thinks of an integration that is installed here, in stars and words.

Contract: widgets-and-marketplace.md 7. What is not listed is answered as what
was never there (S-154); who rated it reads what they wrote, to delete it, and
nothing else about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.marketplace import ratings
from grantway.marketplace.errors import (
    ListingNotFound,
    NotInstalledHere,
    OwnListing,
    RatingRefused,
    RatingRemoved,
)
from grantway.marketplace.model import STARS
from grantway.web.control.desk import Desk, Place, get, post, storable
from grantway.web.control.installed import INSTALLED
from grantway.web.forms import Form, read_form
from grantway.web.refusals import go_to
from grantway.web.wording import sentence

RATING = f"{INSTALLED}/{{client_id}}/rating"
STAR_WORDS = dict(zip(STARS, ("Bad", "Poor", "Fair", "Good", "Excellent"), strict=True))
_STARS = {str(stars): stars for stars in STARS}
_FORBIDDEN, _NOT_SO = 403, 422
_NOT_LISTED = "not listed"


@dataclass(frozen=True, slots=True)
class RatingPage:
    """Give, change and delete one's rating; for administrators of the account."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(RATING, self.show),
            post(RATING, self.rate),
            post(f"{RATING}/delete", self.delete),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def rate(self, request: Request) -> Response:
        """Store stars and words, in place of those before."""
        form = await read_form(request)
        client_id = storable(request.path_params["client_id"])
        try:
            async with self.desk.act(request, form) as (tx, visit):
                place = await self.desk.place(tx, request, visit)
                await ratings.rate(
                    tx,
                    place.actor,
                    client_id,
                    stars=_STARS.get(form.text("stars"), 0),
                    text=form.lines("text"),
                    now=self.desk.services.now(),
                )
        except RatingRefused as error:
            return await self._page(request, form, error.problems)
        except RatingRemoved:
            return await self._page(request, status=_NOT_SO)
        except (NotInstalledHere, OwnListing):
            return await self._page(request, status=_FORBIDDEN)
        return go_to(request, f"{place.href}/installed/{client_id}/rating?saved")

    async def delete(self, request: Request) -> Response:
        """Delete it, also when it could not be given any more."""
        form = await read_form(request)
        client_id = storable(request.path_params["client_id"])
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            place = await self.desk.place(tx, request, visit)
            is_deleted = await ratings.delete(tx, place.actor, client_id, now)
        # Its own page may be gone by now, and that of what is installed never is.
        return go_to(request, f"{place.href}/installed{'?done=unrated' if is_deleted else ''}")

    async def _page(
        self,
        request: Request,
        form: Form | None = None,
        problems: Mapping[str, str] | None = None,
        *,
        status: int = 200,
    ) -> Response:
        client_id = storable(request.path_params["client_id"])
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            mine = await ratings.own(reader, place.actor, client_id)
            obstacle = await _obstacle(reader, place, client_id)
            one = await integrations.of_any_account(reader, client_id)
            is_told = obstacle != _NOT_LISTED
            context = await self.desk.frame(reader, visit, place, "installed")
        if mine is None and obstacle:
            status = _FORBIDDEN
        context |= {
            "one": {
                "name": one.name if is_told else "",
                "owner": one.owner_name if is_told else "",
                "href": f"{place.href}/installed/{client_id}",
                "listing_path": f"/marketplace/{client_id}",
            },
            "mine": mine,
            "obstacle": obstacle,
            "values": {
                "stars": _STARS.get(form.text("stars"), 0) if form else mine.stars if mine else 0,
                "text": form.text("text") if form else mine.text if mine else "",
            },
            "star_words": STAR_WORDS,
            "most": ratings.MAX_TEXT,
            "errors": {field: sentence(text) for field, text in (problems or {}).items()},
            "saved": "saved" in request.query_params and not problems,
        }
        return self.desk.page("control/rating.html", context, _NOT_SO if problems else status)


async def _obstacle(reader: Reader, place: Place, client_id: str) -> str:
    """Return why the visitor may not rate it now, or ""."""
    try:
        await ratings.must_rate(reader, place.actor, client_id)
    except ListingNotFound:
        return _NOT_LISTED
    except NotInstalledHere:
        return "not installed"
    except OwnListing:
        return "own"
    return ""
