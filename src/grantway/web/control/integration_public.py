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
from grantway.integrations import states
from grantway.integrations.errors import SettingsRefused
from grantway.integrations.model import LANGUAGES, Texts
from grantway.integrations.rules import CallRules
from grantway.integrations.service import Changes
from grantway.moderation import drafts, forms
from grantway.moderation.model import Content, Version
from grantway.moderation.states import ENDED
from grantway.web.control.desk import Desk, post
from grantway.web.control.integration_checks import asked, checked
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
    "price": "Price",
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
            post(f"{WINDOW}/versions", self.add_version),
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
            price=form.text("price") or None,
        )
        try:
            async with self.desk.act(request, form, secret=secret) as (tx, visit):
                window = await open_window(self.desk, tx, request, visit)
                actor, client_id = window.place.actor, window.integration.client_id
                if not sessions.is_proved(visit.session, now):
                    version = await drafts.newest(tx, actor, client_id)
                    _must_keep_addresses(version, changes, rules)
                await forms.edit(tx, actor, client_id, changes, now, rules=rules)
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
                await forms.write_texts(
                    tx,
                    window.place.actor,
                    window.integration.client_id,
                    texts,
                    self.desk.services.now(),
                    rules=self.desk.services.hooks.rules,
                )
        except SettingsRefused as error:
            return await self._page(request, form, error.problems)
        return go_to(request, f"{window.href}?language={texts.language}&saved")

    async def make_main(self, request: Request) -> Response:
        """Show the chosen language to everybody whose own it does not speak."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            await forms.make_main_language(
                tx,
                window.place.actor,
                window.integration.client_id,
                form.text("language"),
                self.desk.services.now(),
                rules=self.desk.services.hooks.rules,
            )
        return go_to(request, f"{window.href}?saved")

    async def remove(self, request: Request) -> Response:
        """Take a further language away."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            await forms.remove_language(
                tx,
                window.place.actor,
                window.integration.client_id,
                form.text("language"),
                self.desk.services.now(),
                rules=self.desk.services.hooks.rules,
            )
        return go_to(request, f"{window.href}?saved")

    async def add_version(self, request: Request) -> Response:
        """Begin another draft; what is published stays as it is meanwhile."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            actor, client_id = window.place.actor, window.integration.client_id
            await drafts.add_version(tx, actor, client_id, self.desk.services.now())
        return go_to(request, window.href)

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
        context |= await checked(self.desk, context["question"], "general")
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
        """Return what `control/integration_public.html` asks for, in the *wanted* language.

        What `checked` says of its *question* is still to be added.
        """
        integration = window.integration
        version = await drafts.newest(reader, window.place.actor, integration.client_id)
        content = version.content
        spoken = {one.language: one.texts for one in (content.main, *content.further)}
        language = wanted if wanted in LANGUAGES else content.language
        stored = spoken.get(language, Texts(language, ""))
        frame = await window_frame(self.desk, reader, visit, window, "general")
        return frame | {
            "language": {
                "code": language,
                "label": LANGUAGES[language],
                "is_main": language == content.language,
                "is_spoken": language in spoken,
            },
            "languages": [
                {
                    "code": code,
                    "label": LANGUAGES[code],
                    "href": window.href
                    if code == content.language
                    else f"{window.href}?language={code}",
                    "is_main": code == content.language,
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
            "question": await asked(self.desk, reader, version),
            "installed_in": await installations.count_accounts_with(reader, integration.client_id),
            "published_at": integration.published_at,
            "can_edit": version.state == "draft" and not integration.is_disabled,
            "can_add_version": version.state in ENDED and not integration.is_disabled,
            "can_delete": states.may(integration, states.Move.DELETE),
            "values": _stored(content, stored) if form is None else _typed(form),
            "scopes": offered_scopes(),
            "needs_password": False,
            "saved": False,
        }


def _texts(form: Form) -> dict[str, str]:
    return {field: form.lines(field) for field in _TEXTS}


def _stored(content: Content, texts: Texts) -> dict[str, Any]:
    settings = msgspec.structs.asdict(content.settings)
    return settings | msgspec.structs.asdict(texts)


def _typed(form: Form) -> dict[str, Any]:
    return {field: form.text(field) for field in (*_TEXTS, *_LINKS)} | {
        "scopes": form.all("scopes"),
        "has_widget": form.text("has_widget") == "yes",
        "price": form.text("price"),
    }


def _named(field: str, problem: str) -> str:
    """Return the problem with the name of its field: several are addresses."""
    label = _LABELS.get(field)
    return sentence(f"{label}: {problem}" if label else problem)


def _must_keep_addresses(present: Version, wanted: Changes, rules: CallRules) -> None:
    """Raise PasswordMissing for a change of address that would be accepted."""
    settings = present.content.settings
    changed = msgspec.structs.replace(settings, **wanted.given())
    if present.state != "draft" or changed.problems(rules):
        return
    if any(getattr(changed, field) != getattr(settings, field) for field in _ADDRESSES):
        raise PasswordMissing
