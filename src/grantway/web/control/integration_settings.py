"""Tab *General*: the form of an integration, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import sessions
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.integrations.errors import SettingsRefused
from grantway.integrations.model import Integration
from grantway.integrations.rules import CallRules
from grantway.integrations.service import Settings
from grantway.web.control.desk import Desk, get, post
from grantway.web.control.integration_checks import checked
from grantway.web.control.integration_public import PublicGeneral
from grantway.web.control.integration_window import (
    PASSWORD_FIRST,
    WINDOW,
    PasswordMissing,
    Window,
    offered_scopes,
    open_window,
    prove_in_form,
    window_frame,
)
from grantway.web.forms import Form, read_form
from grantway.web.refusals import go_to
from grantway.web.wording import sentence

# 65,000 characters of description, percent-encoded, with some room.
_MAX_FORM = 512 * 1024
_SEVERAL = frozenset({"scopes"})
_REVOKE_HOOK = "revoke_hook_url"  # what the form calls it


@dataclass(frozen=True, slots=True)
class IntegrationSettings:
    """Show and save the form; delete the integration. The form of a public one is another."""

    desk: Desk
    public: PublicGeneral

    def routes(self) -> list[Route]:
        return [
            get(WINDOW, self.show),
            post(WINDOW, self.save),
            post(f"{WINDOW}/delete", self.delete),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def save(self, request: Request) -> Response:
        """Store the form, all of it or nothing.

        A changed address needs the password (S-117).
        """
        form = await read_form(request, most=_MAX_FORM, several=_SEVERAL)
        secret, problem = await prove_in_form(self.desk, request, form)
        if problem:
            return await self._page(request, form, {"password": problem})
        response = await self._save(request, form, secret)
        if secret is not None:
            self.desk.visits.sign_in(response, secret)
        return response

    async def _save(self, request: Request, form: Form, secret: str | None) -> Response:
        wanted = _settings(form)
        rules = self.desk.services.hooks.rules
        now = self.desk.services.now()
        try:
            async with self.desk.act(request, form, secret=secret) as (tx, visit):
                window = await open_window(self.desk, tx, request, visit)
                if not sessions.is_proved(visit.session, now):
                    _must_keep_addresses(window.integration, wanted, rules)
                await integrations.change_settings(
                    tx, window.place.actor, window.integration.client_id, wanted, now, rules=rules
                )
        except SettingsRefused as error:
            return await self._page(request, form, _in_words(error.problems), secret=secret)
        except PasswordMissing:
            return await self._page(request, form, {"password": PASSWORD_FIRST}, secret=secret)
        return go_to(request, f"{window.href}?saved")

    async def delete(self, request: Request) -> Response:
        """End the integration with all that hangs on it, once its name was typed (S-76)."""
        form = await read_form(request)
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            self.desk.must_be_proved(visit, "delete", window.href)
            is_confirmed = form.text("confirm_name").strip() == window.integration.name
            if is_confirmed:
                actor, client_id = window.place.actor, window.integration.client_id
                # In this order: a deleted integration is told nothing any more.
                await installations.uninstall(tx, actor, client_id, now)
                await integrations.delete(tx, actor, client_id, now)
        if not is_confirmed:
            error = {"confirm_name": "This is not its name. Type it as it is written here."}
            return await self._page(request, errors=error)
        self.desk.services.hooks.wake()
        return go_to(request, f"{window.place.href}/integrations?done=deleted")

    async def _page(
        self,
        request: Request,
        form: Form | None = None,
        errors: Mapping[str, str] | None = None,
        *,
        secret: str | None = None,
    ) -> Response:
        async with self.desk.look(request, secret=secret) as (reader, visit):
            window = await open_window(self.desk, reader, request, visit)
            if window.integration.is_private:
                template = "control/integration_general.html"
                context = await window_frame(self.desk, reader, visit, window, "general")
                context |= {
                    "values": _stored(window) if form is None else _typed(form),
                    "scopes": offered_scopes(),
                    "needs_password": "password" in (errors or {}),
                }
            else:
                template = "control/integration_public.html"
                language = request.query_params.get("language", "")
                context = await self.public.context(reader, visit, window, language)
        if "question" in context:
            context |= await checked(self.desk, context["question"], "general")
        context |= {
            "errors": dict(errors or {}),
            "saved": "saved" in request.query_params and not errors,
        }
        return self.desk.page(template, context, 422 if errors else 200)


def _settings(form: Form) -> Settings:
    return Settings(
        name=form.text("name"),
        description=form.lines("description"),
        redirect_uri=form.text("redirect_uri").strip(),
        revoke_hook_uri=form.text(_REVOKE_HOOK).strip(),
        scopes=tuple(form.all("scopes")),
    )


def _stored(window: Window) -> dict[str, object]:
    integration = window.integration
    return {
        "name": integration.name,
        "description": integration.description,
        "redirect_uri": integration.redirect_uri or "",
        _REVOKE_HOOK: integration.revoke_hook_uri or "",
        "scopes": integration.scopes.split(),
    }


def _typed(form: Form) -> dict[str, object]:
    texts = ("name", "description", "redirect_uri", _REVOKE_HOOK)
    return {name: form.text(name) for name in texts} | {"scopes": form.all("scopes")}


def _must_keep_addresses(present: Integration, wanted: Settings, rules: CallRules) -> None:
    """Raise PasswordMissing for a change of address that would be accepted."""
    if wanted.problems(is_private=present.is_private, rules=rules):
        return
    if _addresses(wanted) != _addresses(present):
        raise PasswordMissing


def _addresses(of: Settings | Integration) -> tuple[str, str]:
    return of.redirect_uri or "", of.revoke_hook_uri or ""


def _in_words(problems: Mapping[str, str]) -> dict[str, str]:
    named = {"revoke_hook_uri": _REVOKE_HOOK}
    return {named.get(field, field): sentence(problem) for field, problem in problems.items()}
