"""Why a page is not shown: refusals that become a page, and interruptions that lead elsewhere."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from grantway.kernel.errors import Forbidden, NotFound


class FormRefused(Forbidden):
    """A form did not come from a page of ours in this browser, or that page is too old (S-124)."""

    def __init__(self, why: str) -> None:
        super().__init__("This form is no longer valid", why=why)


class AskAdministrator(Forbidden):
    """The viewer belongs to the account and is no administrator; *ask* names those who are."""

    def __init__(self, ask: list[str]) -> None:
        super().__init__("This is for administrators")
        self.ask = ask


class UnknownAccount(NotFound):
    """No account lives at this host."""

    def __init__(self) -> None:
        super().__init__("No account lives at this address")


class PageNotFound(NotFound):
    """An address that leads nowhere, or to what the viewer must not know of (S-101)."""

    def __init__(self) -> None:
        super().__init__("There is nothing at this address")


class Interruption(Exception):
    """Something has to happen elsewhere first. Raised, so that nothing half done remains."""

    def answer(self, request: Request) -> Response:
        """Return what leads there."""
        raise NotImplementedError


def go_to(request: Request, address: str) -> Response:
    """Lead the browser to *address* by GET, also when htmx asked in the page's place."""
    if is_partial(request):
        return Response(headers={"hx-redirect": address})
    return RedirectResponse(address, 303)


def is_partial(request: Request) -> bool:
    """Tell whether htmx asks, for a part of the page that is open."""
    return request.headers.get("hx-request") == "true"
