"""What can go wrong with tokens and codes."""

from __future__ import annotations

from grantway.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized


class TokenRefused(Unauthorized):
    """The bearer token opens nothing here.

    One public text for every reason (contract: authorization.md 7; S-100);
    *why* says which, for the log.
    """

    def __init__(self, why: str) -> None:
        super().__init__("Invalid user name or password", why=why)


class AccountMoved(NotFound):
    """The token's account has another name now; clients then look for it (authorization.md 8)."""

    def __init__(self) -> None:
        super().__init__("The account has another address now", why="a former name of the account")


class ScopeMissing(Forbidden):
    """The token was not given the scope that the call needs (authorization.md 18.2)."""

    def __init__(self, scope: str) -> None:
        super().__init__("Invalid scope", why=f"needs {scope}")


class TokenNotFound(NotFound):
    """There is no such live long-lived token in this account."""

    def __init__(self) -> None:
        super().__init__("This token does not exist or has ended already")


class GrantNotFound(NotFound):
    """There is no such live grant in this account, or none that the actor may end."""

    def __init__(self) -> None:
        super().__init__("This access does not exist or has ended already")


class ExpiryRefused(Invalid):
    """The expiry date lies outside of what a long-lived token may have."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"expires_on: {problem}")
        self.problem = problem


class KeyRefused(Conflict):
    """The signing keys stand against it."""


class NotForPublic(Forbidden):
    """Only private integrations have long-lived tokens (S-69)."""

    def __init__(self) -> None:
        super().__init__("Only private integrations have long-lived tokens")


class NoRedirectUri(Invalid):
    """A code goes to the redirect URI, and the integration has none."""

    def __init__(self) -> None:
        super().__init__("Set the integration's redirect URL first: the code is exchanged with it")
