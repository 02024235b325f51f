"""What can go wrong with accounts and people."""

from __future__ import annotations

from grantway.kernel.errors import Conflict, Invalid, NotFound


class AccountNotFound(NotFound):
    """There is no such account, or it is closed."""

    def __init__(self, why: str = "") -> None:
        super().__init__("Account not found", why=why)


class UserNotFound(NotFound):
    """There is no such user in this account."""

    def __init__(self, why: str = "") -> None:
        super().__init__("User not found", why=why)


class SubdomainTaken(Conflict):
    """The subdomain belongs to an account."""

    def __init__(self) -> None:
        super().__init__("This subdomain is taken; choose another one")


class FieldRefused(Invalid):
    """One named value of a form or a command cannot be accepted."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
