"""An account's integrations, and the one click that makes another (authorization.md 16)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.installations import service as installations
from grantway.integrations import public
from grantway.integrations import service as integrations
from grantway.integrations.errors import SettingsRefused
from grantway.integrations.model import LANGUAGES, Integration
from grantway.integrations.public import PublicSettings
from grantway.oauth import grants
from grantway.web.control.desk import ACCOUNT, Desk, get, post
from grantway.web.control.integration_window import STATUSES
from grantway.web.forms import Form, read_form
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
            own = await integrations.integrations_of(reader, place.actor)
            installed = await installations.installed(reader, place.account.id)
            usage = await grants.usage(reader, place.actor, services.now())
            used_in = {
                one.client_id: await installations.count_accounts_with(reader, one.client_id)
                for one in own
                if not one.is_private
            }
        context["integrations"] = [
            {
                "name": one.name,
                "href": f"{place.href}/integrations/{one.client_id}",
                "kind": one.kind.capitalize(),
                **_status(one, installed),
                "created_at": one.created_at,
                "installed_in": used_in.get(one.client_id),
                "live_grants": used.live if (used := usage.get(one.client_id)) else 0,
                "last_used_at": used.last_used_at if used else None,
            }
            for one in own
        ]
        context["is_technical"] = place.account.is_technical
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


def _status(one: Integration, installed: Collection[str]) -> dict[str, str]:
    """Return what a row says of where the integration stands, and in which colour."""
    if one.is_disabled:
        return {"status": STATUSES[one.status], "status_kind": "bad"}
    if one.is_private:
        is_live = one.client_id in installed
        words = "Installed" if is_live else "Not in use yet"
        return {"status": words, "status_kind": "good" if is_live else ""}
    return {
        "status": STATUSES[one.status],
        "status_kind": "good" if one.status == "published" else "",
    }
