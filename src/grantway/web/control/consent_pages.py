"""How the question, its refusals and the way back look, and what browsers are told about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.responses import HTMLResponse, Response

from grantway.integrations.clients import Presented
from grantway.kernel.addresses import CONTROL, Addresses
from grantway.oauth.consent_model import Answered, Choice, Question, Reason, Refused
from grantway.oauth.requests import origin_of
from grantway.web.consent_way import KEEPS_OPENER
from grantway.web.control.consent_words import Words, words
from grantway.web.origin import security_policy
from grantway.web.pages import Pages

STATUSES: Mapping[Reason, int] = {
    Reason.UNKNOWN: 404,
    Reason.PARAMETER: 400,
    Reason.PROPOSAL: 400,
    Reason.NO_REDIRECT_URI: 400,
    Reason.OTHER_REDIRECT_URI: 400,
    Reason.PKCE_NEEDED: 400,
    Reason.NO_ACCOUNT: 403,
    Reason.TOO_MANY: 409,
    Reason.GONE: 403,
    Reason.NOT_BY_A_PERSON: 403,
    Reason.NOT_ALLOWED: 403,
    Reason.KEYS_REFUSED: 422,
}
_NEEDED_FOR_PKCE = {"code_challenge": "43 characters, by S256", "code_challenge_method": "S256"}
_SCOPE_ICONS = {"crm": "leads", "files": "file", "files_delete": "trash", "notifications": "bell"}
# S-13. The page that asks lets its own origin know, by a tag of its own: see there.
_NO_TRACE = {"cache-control": "no-store", "referrer-policy": "no-referrer", **KEEPS_OPENER}


class Viewer(msgspec.Struct, frozen=True):
    """Who is looking."""

    name: str
    email: str
    form_token: str


class ConsentPages:
    """Draws them. *dwell_ms* is how long the buttons wait before they can be pressed."""

    def __init__(self, pages: Pages, addresses: Addresses, dwell_ms: int) -> None:
        self._pages = pages
        self._addresses = addresses
        self._dwell_ms = dwell_ms

    def question(
        self,
        question: Question,
        credential: str,
        language: str,
        viewer: Viewer,
        *,
        notice: str = "",
        chosen: str = "",
    ) -> Response:
        """Return the page that asks; *notice* says why once more, *chosen* what was ticked."""
        say = words(language)
        ticked = question.choice(chosen)
        context = self._frame(say, viewer) | {
            "form_token": viewer.form_token,
            "credential": credential,
            "dwell_ms": self._dwell_ms,
            "notice": notice,
            "integration": _integration(question),
            "scopes": shown_scopes(question.scopes),
            "choices": [self._choice(one, question) for one in question.choices],
            "chosen": ticked.account.subdomain if ticked else "",
            "host": host_of(question.redirect_uri),
            "control": self._addresses.authority(CONTROL),
        }
        # Browsers hold each step of the way back against `form-action`, so also where the
        # integration's own server leads on to. What our page loads and runs stays our own.
        back = origin_of(question.redirect_uri)
        policy = security_policy(form_action=f"'self' https: {back}")
        return self._page("control/consent.html", context, 200, policy)

    def refused(self, refused: Refused, language: str, viewer: Viewer | None) -> Response:
        """Return the page that says why nobody is asked; it never leads elsewhere (S-04)."""
        say = words(language)
        problems = refused.problems or (
            _NEEDED_FOR_PKCE if refused.reason is Reason.PKCE_NEEDED else {}
        )
        status = STATUSES[refused.reason]
        context = self._frame(say, viewer) | {
            "key": f"refused.{refused.reason}",
            "status": status,
            "receiver_status": refused.status or "—",
            "ask": ", ".join(refused.ask),
            "problems": problems,
            "nothing": say("refused.nothing"),
            "home_href": "/",
            "home_words": say("refused.home"),
        }
        return self._page(
            "control/consent_refused.html", context, status, security_policy(form_action="'none'")
        )

    def hand_over(self, answered: Answered, language: str) -> Response:
        """Take the answer back: by a redirect, or by a message to the window that opened ours.

        A refused proposal may have neither: then the page says that it is over.
        """
        target, url = answered.target, answered.url
        if target is None and url is not None:
            # By hand, because a framework's redirect would encode the registered URI anew.
            return Response(status_code=303, headers={"location": url} | _NO_TRACE)
        message: dict[str, str | None] = {"url": url}
        if not answered.is_allowed:
            message = {"client_id": answered.client_id} if answered.client_id else {}
            message |= {"error": "access_denied"}
        context = self._frame(words(language), None) | {
            "answered": answered,
            "target": target,
            "message": msgspec.json.encode(message).decode(),
            "host": host_of(answered.redirect_uri),
            "home_href": "/",
        }
        return self._page(
            "control/consent_handover.html", context, 200, security_policy(form_action="'none'")
        )

    def _frame(self, say: Words, viewer: Viewer | None) -> dict[str, Any]:
        return {"lang": say.language, "say": say, "viewer": viewer}

    def _page(self, template: str, context: dict[str, Any], status: int, policy: str) -> Response:
        body = self._pages.render(template, **context)
        headers = {**_NO_TRACE, "content-security-policy": policy}
        return HTMLResponse(body, status, headers)

    def _choice(self, choice: Choice, question: Question) -> dict[str, Any]:
        if question.client is None:
            effect = "creates"
        elif not choice.is_installed:
            effect = "installs"
        else:
            effect = "installed" if choice.is_administrator else "installed_user"
        return {
            "subdomain": choice.account.subdomain,
            "name": choice.account.name,
            "address": self._addresses.authority(choice.account.subdomain),
            "effect": effect,
        }


def host_of(address: str) -> str:
    """Return the host of a registered URI, with its port when it has an own one.

    >>> host_of("https://hooks.example.org/kommo"), host_of("http://localhost:9000/")
    ('hooks.example.org', 'localhost:9000')
    """
    return urlsplit(address).netloc


def shown_scopes(scopes: str) -> list[dict[str, str]]:
    """Return what an integration may do, as the questions of this origin list it."""
    return [{"code": one, "icon": _SCOPE_ICONS[one]} for one in scopes.split()]


def _integration(question: Question) -> dict[str, Any]:
    if question.introduced is None:
        proposal = question.proposal
        return {
            "name": question.name,
            "words": proposal.description,
            "owner": "",
            "owner_uri": None,
            "privacy_uri": None,
            "state": "proposal",
            "initials": question.name[:1].upper(),
            "tone": 0,
            "logo": "",
            "keys_host": host_of(proposal.secrets_uri),
        }
    return introduced(question.introduced)


def introduced(shown: Presented) -> dict[str, Any]:
    """Return an integration as the questions of this origin show it."""
    state = {"published": "verified", "private": "private"}.get(shown.status, "draft")
    return {
        "name": shown.name,
        "words": shown.short_description,
        "owner": shown.owner_name,
        "owner_uri": shown.owner_uri,
        "privacy_uri": shown.privacy_uri,
        "state": state,
        "initials": shown.initials,
        "tone": shown.tone,
        "logo": "",
        "keys_host": "",
    }
