"""Interruptions of the control origin: sign in first, or confirm your password first."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from grantway.web.consent_way import window_policy
from grantway.web.refusals import Interruption, go_to

# What the page says after "You are about to"; an address can only choose among these.
PURPOSES = {
    "secret": "generate a secret key",
    "code": "get an authorization code",
    "token": "generate a long-lived token",
    "delete": "delete an integration",
    "publish": "publish an integration",
    "users": "change who may do what in an account",
    "moderate": "decide about an integration",
    "signing": "see the signing secret of a webhook",
}


class SignInNeeded(Interruption):
    """Nobody is signed in in this browser."""

    def __init__(self, return_to: str) -> None:
        super().__init__()
        self._return_to = return_to

    def answer(self, request: Request) -> Response:
        """Lead to the sign-in page, and from there back."""
        query = "" if self._return_to == "/" else "?" + urlencode({"return_to": self._return_to})
        response = go_to(request, f"/sign-in{query}")
        response.headers.update(window_policy(self._return_to))
        return response


class PasswordNeeded(Interruption):
    """The password was not typed recently enough for what is asked (S-117)."""

    def __init__(self, purpose: str, return_to: str) -> None:
        super().__init__()
        self._query = urlencode({"for": purpose, "return_to": return_to})

    def answer(self, request: Request) -> Response:
        """Lead to the page that asks for the password, and from there back."""
        return go_to(request, f"/confirm-password?{self._query}")
