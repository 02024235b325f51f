"""What can go wrong in moderation."""

from __future__ import annotations

from grantway.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class VersionNotFound(NotFound):
    """There is no such version, or it is somebody else's draft."""

    def __init__(self, why: str = "") -> None:
        super().__init__("There is no such version", why=why)


class SeenAnother(Conflict):
    """What the person saw is no longer what is stored (S-150)."""

    def __init__(self) -> None:
        super().__init__(
            "This version was changed since you opened it; look at it again, then decide"
        )


class NotAModerator(Forbidden):
    """The person does not moderate for the platform."""

    def __init__(self) -> None:
        super().__init__("Only moderators of the platform may do this")


class OwnIntegration(Forbidden):
    """Nobody moderates an integration of an account that they belong to (S-151)."""

    def __init__(self) -> None:
        super().__init__(
            "You belong to the account that made this integration; another moderator must decide"
        )


class VerdictRefused(Invalid):
    """What a moderator wrote is not a verdict, question or note; *problems* says why, by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in problems.items()))
        self.problems = problems


class TrialNotFound(NotFound):
    """The moderator tries no such integration now."""

    def __init__(self) -> None:
        super().__init__("You have no throw-away account for this integration")


class OwnAccount(Forbidden):
    """Nobody decides about an account that they belong to (S-151)."""

    def __init__(self) -> None:
        super().__init__("You belong to this account; another moderator must decide")


class RequestIncomplete(Invalid):
    """What an administrator wrote is no request; *problems* says why, by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in problems.items()))
        self.problems = problems


class RequestWaiting(Conflict):
    """One request of an account waits at a time."""

    def __init__(self) -> None:
        super().__init__("This account has asked already; its request waits for an answer")


class NoRequestWaits(Conflict):
    """There is nothing to decide: nobody asked, or somebody has decided meanwhile."""

    def __init__(self) -> None:
        super().__init__("No such request of this account waits for an answer; look at it again")


class AlreadyTechnical(Conflict):
    """The account is technical; there is nothing to ask for."""

    def __init__(self) -> None:
        super().__init__("This account is technical already")


class NotTechnical(Conflict):
    """The account is not technical, or no more."""

    def __init__(self) -> None:
        super().__init__("This account is not technical")


class WithoutEnd(Conflict):
    """An end that does not exist cannot be put off."""

    def __init__(self) -> None:
        super().__init__("This account is technical without end; there is nothing to extend")


class EndChanged(Conflict):
    """The end that the person saw is not the end any more."""

    def __init__(self) -> None:
        super().__init__(
            "The day on which this ends was changed since you looked; look at it again"
        )
