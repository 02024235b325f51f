"""Tab *General* of a public integration: its texts by language, its addresses, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import sessions
from grantway.db import Reader
from grantway.installations import service as installations
from grantway.integrations import public, states
from grantway.integrations import service as integrations
from grantway.integrations.errors import SettingsRefused
from grantway.integrations.model import LANGUAGES, Integration, Texts
from grantway.integrations.rules import CallRules
from grantway.integrations.service import Changes
from grantway.web.control.desk import Desk, post
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
from grantway.web.visits import Visit
from grantway.web.wording import sentence

# Two texts of 65,000 characters, percent-encoded, with some room.
_MAX_FORM = 1024 * 1024
_SEVERAL = frozenset({"scopes"})
_TEXTS = ("name", "short_description", "description", "instructions")
_LINKS = ("redirect_uri", "revoke_hook_uri", "owner_name", "owner_uri", "privacy_uri")
_ADDRESSES = ("redirect_uri", "revoke_hook_uri")
# What a field is called on the page, where it is spoken of elsewhere.
_LABELS = {
    "redirect_uri": "Redirect URL",
    "revoke_hook_uri": "Access revoked webhook URL",
    "scopes": "Allow access",
    "owner_name": "Owner",
    "owner_uri": "Site of the owner",
    "privacy_uri": "Privacy policy",
    "name": "Integration name",
    "short_description": "Short description",
    "description": "Description",
    "instructions": "How to install it",
}


@dataclass(frozen=True, slots=True)
class PublicGeneral:
    """Save the form of a draft, and what it says in its further languages."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            post(f"{WINDOW}/public", self.save),
            post(f"{WINDOW}/languages", self.save_texts),
            post(f"{WINDOW}/languages/main", self.make_main),
            post(f"{WINDOW}/languages/remove", self.remove),
        ]

    async def save(self, request: Request) -> Response:
        """Store the form of the main language, all of it or nothing.

        A changed address needs the password, as it does for a private one (S-117).
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
        now = self.desk.services.now()
        rules = self.desk.services.hooks.rules
        changes = Changes(
            **{field: form.text(field).strip() for field in _LINKS},
            **_texts(form),
            scopes=form.all("scopes"),
            has_widget=form.text("has_widget") == "yes",
        )
        try:
            async with self.desk.act(request, form, secret=secret) as (tx, visit):
                window = await open_window(self.desk, tx, request, visit)
                if not sessions.is_proved(visit.session, now):
                    _must_keep_addresses(window.integration, changes, rules)
                await integrations.edit(
                    tx,
                    window.place.actor,
                    window.integration.client_id,
                    changes,
                    now,
                    rules=rules,
                )
        except SettingsRefused as error:
            return await self._page(request, form, error.problems, secret=secret)
        except PasswordMissing:
            return await self._page(request, form, {"password": PASSWORD_FIRST}, secret=secret)
        return go_to(request, f"{window.href}?saved")

    async def save_texts(self, request: Request) -> Response:
        """Store what the draft says in a further language."""
        form = await read_form(request, most=_MAX_FORM)
        texts = Texts(form.text("language"), **_texts(form))
        try:
            async with self.desk.act(request, form) as (tx, visit):
                window = await open_window(self.desk, tx, request, visit)
                await public.write_texts(
                    tx,
                    window.place.actor,
                    window.integration.client_id,
                    texts,
                    self.desk.services.now(),
                )
        except SettingsRefused as error:
            return await self._page(request, form, error.problems)
        return go_to(request, f"{window.href}?language={texts.language}&saved")

    async def make_main(self, request: Request) -> Response:
        """Show the chosen language to everybody whose own it does not speak."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            await public.make_main_language(
                tx,
                window.place.actor,
                window.integration.client_id,
                form.text("language"),
                self.desk.services.now(),
            )
        return go_to(request, f"{window.href}?saved")

    async def remove(self, request: Request) -> Response:
        """Take a further language away."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            await public.remove_language(
                tx,
                window.place.actor,
                window.integration.client_id,
                form.text("language"),
                self.desk.services.now(),
            )
        return go_to(request, f"{window.href}?saved")

    async def _page(
        self,
        request: Request,
        form: Form,
        problems: Mapping[str, str],
        *,
        secret: str | None = None,
    ) -> Response:
        async with self.desk.look(request, secret=secret) as (reader, visit):
            window = await open_window(self.desk, reader, request, visit)
            context = await self.context(reader, visit, window, form.text("language"), form)
        context["errors"] = {field: _named(field, text) for field, text in problems.items()}
        context["needs_password"] = "password" in problems
        return self.desk.page("control/integration_public.html", context, 422)

    async def context(
        self,
        reader: Reader,
        visit: Visit,
        window: Window,
        wanted: str,
        form: Form | None = None,
    ) -> dict[str, Any]:
        """Return what `control/integration_public.html` asks for, in the *wanted* language."""
        integration = window.integration
        spoken = {
            texts.language: texts
            for texts in await public.texts_of(reader, window.place.actor, integration.client_id)
        }
        language = wanted if wanted in LANGUAGES else integration.language
        missing = public.unfinished(integration, list(spoken.values())[1:])
        stored = spoken.get(language, Texts(language, ""))
        frame = await window_frame(self.desk, reader, visit, window, "general")
        return frame | {
            "language": {
                "code": language,
                "label": LANGUAGES[language],
                "is_main": language == integration.language,
                "is_spoken": language in spoken,
            },
            "languages": [
                {
                    "code": code,
                    "label": LANGUAGES[code],
                    "href": _href(window, code),
                    "is_main": code == integration.language,
                    "is_current": code == language,
                    "is_incomplete": not all(getattr(texts, field) for field in _TEXTS),
                }
                for code, texts in spoken.items()
            ],
            "addable": [
                {"code": code, "label": label}
                for code, label in LANGUAGES.items()
                if code not in spoken
            ],
            "missing": [_in_words(field) for field in missing],
            "installed_in": await installations.count_accounts_with(reader, integration.client_id),
            "published_at": integration.published_at,
            "can_edit": integration.status == "draft",
            "can_delete": states.may(integration, states.Move.DELETE),
            "values": _stored(integration, stored) if form is None else _typed(form),
            "scopes": offered_scopes(),
            "needs_password": False,
            "saved": False,
        }


def _texts(form: Form) -> dict[str, str]:
    # Forms send every end of a line as two characters.
    return {field: form.text(field).replace("\r\n", "\n") for field in _TEXTS}


def _stored(integration: Integration, texts: Texts) -> dict[str, Any]:
    settings = msgspec.structs.asdict(public.settings_of(integration))
    return settings | msgspec.structs.asdict(texts)


def _typed(form: Form) -> dict[str, Any]:
    return {field: form.text(field) for field in (*_TEXTS, *_LINKS)} | {
        "scopes": form.all("scopes"),
        "has_widget": form.text("has_widget") == "yes",
    }


def _href(window: Window, language: str) -> str:
    is_main = language == window.integration.language
    return window.href if is_main else f"{window.href}?language={language}"


def _named(field: str, problem: str) -> str:
    """Return the problem with the name of its field: several are addresses."""
    label = _LABELS.get(field)
    return sentence(f"{label}: {problem}" if label else problem)


def _in_words(missing: str) -> str:
    field, _, language = missing.partition(".")
    return _LABELS[field] + (f" ({LANGUAGES[language]})" if language else "")


def _must_keep_addresses(present: Integration, wanted: Changes, rules: CallRules) -> None:
    """Raise PasswordMissing for a change of address that would be accepted."""
    settings = public.settings_of(present)
    changed = msgspec.structs.replace(settings, **wanted.given())
    if present.status != "draft" or changed.problems(rules):
        return
    if any(getattr(changed, field) != getattr(settings, field) for field in _ADDRESSES):
        raise PasswordMissing
