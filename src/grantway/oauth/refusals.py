"""What the token endpoint refuses: one class per row of the contract's table.

Contract: authorization.md 5.5. A refusal is a value and no exception, so that
the audit entry that tells of it is committed with it.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal:
    """A refusal that the client is told about.

    *hint* is the contract's text, which clients and people match on. *why* is
    ours, for the log.
    """

    status: ClassVar[int] = 400
    hint: ClassVar[str]

    def __init__(self, why: str = "") -> None:
        self.why = why


class RequestUnreadable(Refusal):
    """Neither a JSON object nor a form, or a field twice."""

    hint = "Check that all required parameters have been provided"


class KindOfBodyWrong(RequestUnreadable):
    """Another content type, or compressed."""

    status = 415


class ClientIdWrong(Refusal):
    """Absent, malformed or unknown."""

    hint = "Check the `client_id` parameter"


class ClientSecretWrong(Refusal):
    """Absent or not the one."""

    hint = "Check the `client_secret` parameter"


class ClientStopped(Refusal):
    """The credentials are of an integration that works no more."""

    status = 401
    hint = "Client authentication failed"


class GrantTypeWrong(Refusal):
    """Neither of the two that exist."""

    hint = "Check that all required parameters have been provided"


class CodeMissing(Refusal):
    """No code was sent."""

    hint = "Check the `code` parameter"


class CodeUnreadable(Refusal):
    """It is no code, or none of ours."""

    hint = "Cannot decrypt the authorization code"


class CodeExpired(Refusal):
    """Too old."""

    hint = "Authorization code has expired"


class CodeRevoked(Refusal):
    """Used before, or what it hung on has ended."""

    hint = "Authorization code has been revoked"


class CodeOfAnotherClient(Refusal):
    """Somebody else's."""

    hint = "Authorization code was not issued to this client"


class RedirectUriMissing(Refusal):
    """A code needs its redirect URI."""

    hint = "Check the `redirect_uri` parameter"


class RedirectUriUnknown(Refusal):
    """Not the registered one."""

    hint = "Redirect URI is not associated with client"


class RedirectUriDiffers(Refusal):
    """Not the one of the consent."""

    hint = "Invalid redirect URI"


class WrongAccount(Refusal):
    """Sent to the host of another account."""

    hint = "Invalid account"


class VerifierMissing(Refusal):
    """The code has a challenge (RFC 7636, 4.6; S-36).

    Which codes must have one is decided before there is a code: nobody is asked
    for consent to a strict integration without a challenge (S-38).
    """

    hint = "Check the `code_verifier` parameter"


class VerifierWrong(Refusal):
    """It does not fit the challenge, or there was none (RFC 7636, 4.6)."""

    hint = "Failed to verify `code_verifier`"


class RefreshTokenMissing(Refusal):
    """No refresh token was sent."""

    hint = "Check the `refresh_token` parameter"


class RefreshTokenUnreadable(Refusal):
    """It is no refresh token, or none of ours."""

    status = 401
    hint = "Cannot decrypt the refresh token"


class RefreshTokenOfAnotherClient(Refusal):
    """Somebody else's."""

    status = 401
    hint = "Token is not linked to client"


class RefreshTokenExpired(Refusal):
    """Not used for three months."""

    status = 401
    hint = "Token has expired"


class RefreshTokenRevoked(Refusal):
    """Used before, or its grant has ended."""

    status = 401
    hint = "Token has been revoked"
