"""What can go wrong with accounts and people."""

from __future__ import annotations

from grantway.kernel.errors import Conflict, Invalid, NotFound, Unprocessable


class AccountNotFound(NotFound):
    """There is no such account, or it is closed."""

    def __init__(self, why: str = "") -> None:
        super().__init__("Account not found", why=why)


class UserNotFound(NotFound):
    """There is no such user in this account."""

    def __init__(self, why: str = "") -> None:
        super().__init__("User not found", why=why)


class SubdomainTaken(Conflict):
    """The subdomain belongs to an account, or belonged to one before (S-104)."""

    def __init__(self) -> None:
        super().__init__("This subdomain is taken; choose another one")


class StateRefused(Unprocessable):
    """An account or a user is in that state already."""


class LastAdministrator(Unprocessable):
    """Nobody would be left to administer an account."""

    def __init__(self, subdomain: str) -> None:
        super().__init__(
            f"This is the last administrator of {subdomain} who may work; "
            "make somebody else an administrator of it first"
        )


class FieldRefused(Invalid):
    """One named value of a form or a command cannot be accepted."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
