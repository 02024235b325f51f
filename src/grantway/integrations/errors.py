"""What can go wrong with integrations."""

from __future__ import annotations

from collections.abc import Mapping

from grantway.kernel.errors import Conflict, Invalid, NotFound, Unprocessable


class IntegrationNotFound(NotFound):
    """There is no such integration in this account."""

    def __init__(self, why: str = "") -> None:
        super().__init__("Integration not found", why=why)


class SettingsRefused(Invalid):
    """Some fields of the form cannot be accepted; *problems* says which and why."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(_in_one_line(problems))
        self.problems = dict(problems)


class TechnicalAccountNeeded(Conflict):
    """Public integrations are made and published in technical accounts (authorization.md 17)."""

    def __init__(self) -> None:
        super().__init__(
            "Public integrations are made, reviewed and published in a technical account; this "
            "is none, or none any more. Its administrators ask for it in their list of integrations"
        )


class InTrialAccount(Conflict):
    """The account is there to try something that is reviewed, and for nothing else."""

    def __init__(self) -> None:
        super().__init__(
            "This is a throw-away account, made to try an integration that is reviewed; "
            "use another account for anything else"
        )


class WrongState(Unprocessable):
    """The integration is in a state that does not allow it."""


class SecretExists(Conflict):
    """There is a secret key already, and nobody said that another one may end it."""

    def __init__(self) -> None:
        super().__init__("This integration has a secret key already; say that it is to be replaced")


class Unfinished(Unprocessable):
    """A draft lacks something that users are shown; *problems* says which fields."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"This draft is not complete. {_in_one_line(problems)}")
        self.problems = dict(problems)


class TooManyByButton(Conflict):
    """An account has as many integrations made by buttons as it may have (S-168)."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"This account has {most} integrations that were made by buttons on sites; "
            "delete one that nobody needs any more"
        )


def _in_one_line(problems: Mapping[str, str]) -> str:
    return "; ".join(f"{field}: {text}" for field, text in problems.items())
