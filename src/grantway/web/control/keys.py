"""Tab *Keys and scopes*: what is shown here is shown once (S-69, S-86; authorization.md 12, 15)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.integrations.errors import SecretExists
from grantway.integrations.model import Integration
from grantway.integrations.scopes import SCOPES
from grantway.oauth import grants
from grantway.oauth.codes import issue_code
from grantway.oauth.errors import ExpiryRefused
from grantway.oauth.long_lived import expiry_bounds
from grantway.web.control.desk import Desk, get, post
from grantway.web.control.integration_window import WINDOW, Window, open_window, window_frame
from grantway.web.forms import read_form
from grantway.web.visits import Visit
from grantway.web.wording import sentence

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_QUICK_DAYS = (("30 days", 30), ("90 days", 90), ("1 year", 365))
_PAGE = "control/integration_keys.html"


@dataclass(frozen=True, slots=True)
class KeysTab:
    """Make secrets, codes and long-lived tokens; each POST answers with what it made, this once."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(f"{WINDOW}/keys", self.show),
            post(f"{WINDOW}/keys/secret", self.generate_secret),
            post(f"{WINDOW}/keys/code", self.get_code),
            post(f"{WINDOW}/keys/token", self.generate_token),
        ]

    async def show(self, request: Request) -> Response:
        async with self.desk.look(request) as (reader, visit):
            window = await open_window(self.desk, reader, request, visit)
            context = await self._context(reader, visit, window)
        # Where a confirmation of the password led back to, with what had been chosen.
        chosen = request.query_params.get("expires_on", "")
        context["values"] = {"expires_on": chosen if _DATE.fullmatch(chosen) else ""}
        return self.desk.page(_PAGE, context)

    async def generate_secret(self, request: Request) -> Response:
        """Issue a secret key; in place of one that exists only when the form says so."""
        form = await read_form(request)
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            self.desk.must_be_proved(visit, "secret", f"{window.href}/keys")
            actor, integration = window.place.actor, window.integration
            replaces = form.text("replace") == "yes"
            secret = None
            try:
                secret = await integrations.generate_secret(
                    tx,
                    actor,
                    integration.client_id,
                    self.desk.services.seal,
                    now,
                    keep_grants=replaces and form.text("keep_grants") == "yes",
                    end_grants=grants.end_families if replaces else None,
                )
            except SecretExists:
                # Another tab has generated one since this page was opened, maybe this moment.
                window = await open_window(self.desk, tx, request, visit)
            context = await self._context(tx, visit, window)
        if secret is None:
            context["secret"]["state"] = "exists"
        else:
            context["secret"] |= {"state": "shown", "value": secret, "issued_at": now}
        return self.desk.part(
            request, _PAGE, "control/partials/secret.html", context, shows_secret=True
        )

    async def get_code(self, request: Request) -> Response:
        """Issue an authorization code; earlier ones stay good until they expire."""
        form = await read_form(request)
        now = self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            self.desk.must_be_proved(visit, "code", f"{window.href}/keys")
            code = await issue_code(tx, window.place.actor, window.integration.client_id, now)
            context = await self._context(tx, visit, window)
        context["code"] = {"value": code.code, "expires_at": code.expires_at}
        return self.desk.part(
            request, _PAGE, "control/partials/code.html", context, shows_secret=True
        )

    async def generate_token(self, request: Request) -> Response:
        """Issue a long-lived token until the chosen day."""
        form = await read_form(request)
        chosen = form.text("expires_on").strip()
        now = self.desk.services.now()
        services = self.desk.services
        issued, problem = None, ""
        async with self.desk.act(request, form) as (tx, visit):
            window = await open_window(self.desk, tx, request, visit)
            expires_on = _date(chosen)
            kept = f"?expires_on={expires_on}" if expires_on else ""
            self.desk.must_be_proved(visit, "token", f"{window.href}/keys{kept}")
            if expires_on is None:
                problem = "Choose the day on which it ends, like 2027-01-31."
            else:
                try:
                    issued = await services.long_lived.issue(
                        tx, window.place.actor, window.integration.client_id, expires_on, now
                    )
                except ExpiryRefused as error:
                    problem = sentence(error.problem)
            context = await self._context(tx, visit, window)
        if issued is None:
            context |= {"errors": {"expires_on": problem}, "values": {"expires_on": chosen}}
            partial = "control/partials/token_form.html"
            return self.desk.part(request, _PAGE, partial, context, 422)
        subdomain = window.place.account.subdomain
        url = f"{services.addresses.origin(subdomain)}/api/v4/leads?limit=5"
        context["token"] = context["token_result"] = {
            "value": issued.token,
            "expires_at": issued.expires_at,
            "curl": f"curl '{url}' \\\n  --header 'authorization: Bearer {issued.token}'",
        }
        return self.desk.part(
            request, _PAGE, "control/partials/token_result.html", context, shows_secret=True
        )

    async def _context(self, reader: Reader, visit: Visit, window: Window) -> dict[str, Any]:
        context = await window_frame(self.desk, reader, visit, window, "keys")
        integration = window.integration
        issued_at = integration.secret_issued_at
        first, last = expiry_bounds(self.desk.services.now())
        today = first - dt.timedelta(days=1)
        quick = [(label, today + dt.timedelta(days=days)) for label, days in _QUICK_DAYS]
        return context | {
            "scopes": _titles(integration.scopes.split()),
            "secret": {
                "state": "never" if issued_at is None else "hidden",
                "value": "",
                "issued_at": issued_at,
                "ends": _ends(integration),
            },
            "code": None,
            "can_get_code": integration.redirect_uri is not None,
            "may_keep_grants": not integration.is_private,
            # A public one gets its tokens by codes only, and so does one that a button made.
            "has_long_lived": integration.is_private and not integration.is_external,
            "values": {"expires_on": ""},
            "earliest": first.isoformat(),
            "latest": last.isoformat(),
            "quick_dates": [
                {"label": label, "value": day.isoformat()}
                for label, day in [*quick, ("5 years", last)]
            ],
            "can_generate": bool(integration.scopes),
            "token_result": None,
        }


def _ends(integration: Integration) -> list[str]:
    """Return what a new secret key ends."""
    if integration.is_private:
        return [
            "The present secret key",
            "Access that was given with authorization codes; long-lived tokens go on working",
        ]
    return [
        "The present secret key",
        "Access that users of all accounts have given, unless you keep it",
    ]


def _titles(scopes: list[str]) -> list[Mapping[str, str]]:
    return [{"title": scope.label} for scope in SCOPES if scope.name in scopes]


def _date(text: str) -> dt.date | None:
    if not _DATE.fullmatch(text) or not text.isascii():
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
