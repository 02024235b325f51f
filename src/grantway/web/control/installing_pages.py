"""How the question whether to install looks, what comes of it, and why it is not put."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, Response

from grantway.accounts.model import Account
from grantway.installing.model import Decided, Question, Reason, Refused
from grantway.kernel.addresses import CONTROL, PUBLIC, Addresses
from grantway.web.consent_way import LANGUAGES
from grantway.web.control.consent_pages import Viewer, introduced, shown_scopes
from grantway.web.control.consent_words import Words, words
from grantway.web.origin import security_policy
from grantway.web.pages import Pages

STATUSES: Mapping[Reason, int] = {
    Reason.UNKNOWN: 404,
    Reason.NOT_BY_A_PERSON: 403,
    Reason.NOT_ALLOWED: 403,
    Reason.NOT_OFFERED: 409,
    Reason.NO_ROOM: 409,
    Reason.EXPIRED: 410,
    Reason.OVER: 409,
    Reason.STALE: 403,
    Reason.CHANGED: 409,
    Reason.NEW_VERSION: 409,
}
_SETTINGS = "/settings/integrations/"


class InstallingPages:
    """Draws them. *dwell_ms* is how long the button waits before it can be pressed."""

    def __init__(self, pages: Pages, addresses: Addresses, dwell_ms: int) -> None:
        self._pages = pages
        self._addresses = addresses
        self.dwell_ms = dwell_ms

    def question(
        self,
        question: Question,
        nonce: str,
        language: str,
        viewer: Viewer,
        *,
        logo: str,
        notice: str = "",
    ) -> Response:
        """Return the page that asks; *notice* says why once more.

        *logo* is the picture of the listing, drawn anew by us, or empty.
        """
        account = question.account
        public = self._addresses.origin(PUBLIC)
        integration = introduced(question.presented)
        integration["logo"] = f"{public}/pictures/{logo}.png" if logo else ""
        if integration["state"] == "private":
            integration["owner"] = ""  # the account itself, which needs no leave of its own
        context = self._frame(language, viewer) | {
            "form_token": viewer.form_token,
            "nonce": nonce,
            "dwell_ms": self.dwell_ms,
            "notice": notice,
            "is_install": question.is_install,
            "integration": integration,
            "scopes": shown_scopes(question.presented.scopes),
            "place": {
                "name": account.name,
                "address": self._addresses.authority(account.subdomain),
            },
            "version": "" if question.widget is None else question.widget.manifest.version,
            "control": self._addresses.authority(CONTROL),
        }
        return self._page("control/install.html", context, pictures=public)

    def over(self, decided: Decided, language: str, viewer: Viewer) -> Response:
        """Return the page that says what came of it."""
        key = "installed" if decided.intent.action == "install" else "removed"
        context = self._frame(language, viewer) | {
            "key": "cancelled" if decided.intent.stored_state == "cancelled" else key,
            "name": decided.name,
            "place": {"name": decided.account.name},
            "back_href": self._workspace(decided.account),
        }
        return self._page("control/install_over.html", context)

    def refused(
        self, refused: Refused, language: str, viewer: Viewer | None, again_href: str
    ) -> Response:
        """Return the page that says why not; *again_href* leads to the question once more."""
        frame = self._frame(language, viewer)
        say: Words = frame["say"]
        account = refused.account
        context = frame | {
            "key": f"install.refused.{refused.reason}",
            "status": STATUSES[refused.reason],
            "receiver_status": "—",
            "ask": ", ".join(refused.ask),
            "problems": {},
            "nothing": say("install.nothing"),
            "home_href": "/" if account is None else self._workspace(account),
            "home_words": say("refused.home")
            if account is None
            else say.plain("install.back", account=account.name),
        }
        if refused.reason in (Reason.STALE, Reason.CHANGED):
            context["again_href"] = again_href
        return self._page("control/consent_refused.html", context, STATUSES[refused.reason])

    def _workspace(self, account: Account) -> str:
        return self._addresses.origin(account.subdomain) + _SETTINGS

    def _frame(self, language: str, viewer: Viewer | None) -> dict[str, Any]:
        say = words(language)
        return {"lang": say.language, "say": say, "viewer": viewer}

    def _page(
        self, template: str, context: dict[str, Any], status: int = 200, *, pictures: str = ""
    ) -> Response:
        # Nothing here comes from an integrator but texts, and a picture that we have drawn anew.
        policy = security_policy(pictures=pictures)
        headers = {"cache-control": "no-store", "content-security-policy": policy}
        return HTMLResponse(self._pages.render(template, **context), status, headers)


def language_for(profile: str) -> str:
    """Return the language of the page for somebody who reads *profile*.

    >>> language_for("pt"), language_for("tr")
    ('pt', 'en')
    """
    return profile if profile in LANGUAGES.values() else "en"
