"""An account's integrations, and the one click that makes another (authorization.md 16)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.installations import service as installations
from grantway.integrations import public, trials
from grantway.integrations import service as integrations
from grantway.integrations.errors import SettingsRefused
from grantway.integrations.model import LANGUAGES
from grantway.integrations.public import PublicSettings
from grantway.moderation import own
from grantway.moderation.own import Made
from grantway.oauth import grants
from grantway.web.control.desk import ACCOUNT, Desk, get, post
from grantway.web.forms import Form, read_form
from grantway.web.listings.states import standing
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.wording import sentence

_NOTICES = {"deleted": "The integration is deleted. Its keys and tokens are refused from now on."}


@dataclass(frozen=True, slots=True)
class IntegrationList:
    """Answer `/accounts/<subdomain>`, its list of integrations, and how another is made."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(ACCOUNT, self.begin),
            get(f"{ACCOUNT}/integrations", self.show),
            post(f"{ACCOUNT}/integrations", self.create),
            get(f"{ACCOUNT}/integrations/new", self.choose),
            post(f"{ACCOUNT}/integrations/new", self.create_public),
        ]

    async def begin(self, request: Request) -> Response:
        """Lead to the first tab of an account."""
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
        return go_to(request, f"{place.href}/integrations")

    async def show(self, request: Request) -> Response:
        services = self.desk.services
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            context = await self.desk.frame(reader, visit, place, "integrations")
            made = await own.made_in(reader, place.actor)
            installed = await installations.installed(reader, place.account.id)
            usage = await grants.usage(reader, place.actor, services.now())
            used_in = await installations.count_of_made(reader, place.actor)
            on_trial = await trials.among(reader, [place.account.id])
        context["integrations"] = [
            {
                "name": one.name,
                "href": f"{place.href}/integrations/{one.client_id}",
                "kind": one.kind.capitalize(),
                **_status(here, installed),
                "review_href": ""
                if one.is_private
                else f"{place.href}/integrations/{one.client_id}/review",
                "created_at": one.created_at,
                "installed_in": None if one.is_private else used_in.get(one.client_id, 0),
                "live_grants": used.live if (used := usage.get(one.client_id)) else 0,
                "last_used_at": used.last_used_at if used else None,
            }
            for here in made
            for one in (here.integration,)
        ]
        context["is_technical"] = place.account.is_technical
        context["is_trial"] = bool(on_trial)
        context["technical_until"] = place.account.technical_until
        context["notice"] = _NOTICES.get(request.query_params.get("done", ""), "")
        return self.desk.page("control/integrations.html", context)

    async def create(self, request: Request) -> Response:
        """Make a private integration and lead to its keys."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            place = await self.desk.place(tx, request, visit)
            made = await integrations.create_private(tx, place.actor, self.desk.services.now())
        return go_to(request, f"{place.href}/integrations/{made.client_id}/keys")

    async def choose(self, request: Request) -> Response:
        """Ask whether it shall be private or public; only technical accounts have the choice."""
        return await self._choice(request)

    async def create_public(self, request: Request) -> Response:
        """Make a draft of a public integration and lead to the rest of its form."""
        form = await read_form(request)
        settings = PublicSettings(
            name=form.text("name"),
            language=form.text("language"),
            has_widget=form.text("has_widget") == "yes",
        )
        try:
            async with self.desk.act(request, form) as (tx, visit):
                place = await self.desk.place(tx, request, visit)
                now = self.desk.services.now()
                made = await public.create_public(tx, place.actor, settings, now)
        except SettingsRefused as error:
            return await self._choice(request, form, error.problems)
        return go_to(request, f"{place.href}/integrations/{made.client_id}")

    async def _choice(
        self, request: Request, form: Form | None = None, problems: Mapping[str, str] | None = None
    ) -> Response:
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            if not place.account.is_technical:
                raise PageNotFound
            context = await self.desk.frame(reader, visit, place, "integrations")
        context |= {
            "values": {
                "name": form.text("name") if form else "",
                "language": form.text("language") if form else place.account.language,
                "has_widget": form is not None and form.text("has_widget") == "yes",
            },
            "languages": [{"code": code, "label": label} for code, label in LANGUAGES.items()],
            "errors": {field: sentence(text) for field, text in (problems or {}).items()},
        }
        return self.desk.page("control/integration_new.html", context, 422 if problems else 200)


def _status(made: Made, installed: Collection[str]) -> dict[str, str]:
    """Return what a row says of where the integration stands, and in which colour.

    *also* is what the public sees while another version is under way.
    """
    words, kind = standing(made)
    if made.newest is None and not made.integration.is_disabled:
        is_live = made.integration.client_id in installed
        words, kind = ("Installed", "good") if is_live else ("Not in use yet", "")
    public, also = made.in_force, ""
    if public is not None and made.is_published and public != made.newest:
        also = f"Version {public.number} is published"
    return {"status": words, "status_kind": kind, "also": also}
