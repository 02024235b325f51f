"""What can go wrong with installing widgets."""

from __future__ import annotations

from grantway.kernel.errors import Conflict, Forbidden, NotFound, TooMany, Unprocessable


class WidgetNotFound(NotFound):
    """There is no such widget, or it is none that this account may know of (S-154)."""

    def __init__(self, why: str = "") -> None:
        super().__init__("Widget not found", why=why)


class NotInstalled(NotFound):
    """The integration does not work in this account."""

    def __init__(self) -> None:
        super().__init__("The integration is not installed in this account")


class NotInstallable(Unprocessable):
    """The integration is known here and cannot be installed as a widget."""


class NoRoom(NotInstallable):
    """As many widgets work in the account as its pages can host."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} widgets are installed already: disable one first")


class AlreadyInstalled(Conflict):
    """There is nothing to ask: the integration works here."""

    def __init__(self) -> None:
        super().__init__("The integration is installed in this account already")


class OfAnotherIntegration(Forbidden):
    """A token of one integration is to install or remove another one (contract 5.4 row 9)."""

    def __init__(self) -> None:
        super().__init__(
            "A token installs and removes its own integration's widget alone, "
            "unless the account lets it do so with others"
        )


class TooManyIntents(TooMany):
    """The user has as many open questions as anybody can look at."""

    def __init__(self, most: int, retry_after: int) -> None:
        super().__init__(
            f"{most} such questions wait for your answer already: answer or cancel one first",
            retry_after=retry_after,
        )
