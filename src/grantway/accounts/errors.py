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


class RoleNotFound(NotFound):
    """The account has no such role."""

    def __init__(self, why: str = "") -> None:
        super().__init__("Role not found", why=why)


class GroupNotFound(NotFound):
    """The account has no such group of users."""

    def __init__(self, why: str = "") -> None:
        super().__init__("Group not found", why=why)


class TooManyOfThem(Unprocessable):
    """An account may have only so many of something."""

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"An account may have {most} {what} at most")


class MadeElsewhere(Unprocessable):
    """Administrators of another account made the person and know the password (see `joining`)."""

    def __init__(self) -> None:
        super().__init__(
            "Another account's administrators made this person and chose the password; "
            "if the address is really theirs, set a new one first: grantway user password"
        )


class OneselfRefused(Unprocessable):
    """Nobody deactivates themselves."""

    def __init__(self) -> None:
        super().__init__("You cannot deactivate yourself; another administrator can")


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
