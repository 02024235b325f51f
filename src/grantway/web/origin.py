"""What the pages of every origin share: headers, refusals as pages, one place for faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grantway.asgi.answers import status_of
from grantway.kernel.errors import GrantwayError, TooMany, Unavailable
from grantway.web.pages import Pages
from grantway.web.refusals import AskAdministrator, FormRefused, Interruption, UnknownAccount

log = structlog.get_logger()

# What the error template has words for; any other refusal is a request that we cannot use.
_KINDS = frozenset({"403", "404", "405", "408", "413", "429", "500", "503"})
_RETRY_AFTER_TROUBLE = 5


def security_policy(*, form_action: str = "'self'", pictures: str = "") -> str:
    """Return a Content-Security-Policy (S-120, S-121).

    Everything comes from the origin itself, nothing runs inline, nobody frames
    it. *form_action* names where forms may lead, redirects included; *pictures*
    is the origin of pictures that integrations show.
    """
    images = f"'self' data: {pictures}".rstrip()
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
        f"connect-src 'self'; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    )


class Origin:
    """The pages of one kind of host."""

    def __init__(
        self,
        pages: Pages,
        routes: Sequence[BaseRoute] = (),
        *,
        app: ASGIApp | None = None,
        home_href: str = "/",
        policy: str | None = None,
    ) -> None:
        self._pages = pages
        self._app = app or routed(routes)
        self._home_href = home_href
        self._headers: Mapping[bytes, bytes] = {
            b"content-security-policy": (policy or security_policy()).encode(),
            # With `no-referrer`, browsers send `Origin: null` with our own forms.
            b"referrer-policy": b"same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong becomes a page."""
        # Starlette raises what it would answer itself when it sees an application.
        scope["app"] = self
        is_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                headers = list(message["headers"])
                there = {name for name, _ in headers}
                headers += [one for one in self._headers.items() if one[0] not in there]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if is_started:
                raise
            answer = self._answer(Request(scope), error)
            await answer(scope, receive, send_with_headers)

    def _answer(self, request: Request, error: Exception) -> Response:
        request_id: str = request.scope["grantway"]["request_id"]
        match error:
            case Interruption():
                return error.answer(request)
            case HTTPException():
                return self._page(request, error.status_code, headers=error.headers)
            case GrantwayError():
                if error.why:
                    log.info("page.refused", why=error.why, request_id=request_id)
                return self._refusal(request, error)
            case _:
                log.error("page.failed", request_id=request_id, exc_info=error)
                return self._page(request, 500)

    def _refusal(self, request: Request, error: GrantwayError) -> Response:
        status = status_of(error)
        match error:
            case UnknownAccount():
                return self._page(request, status, kind="unknown_account")
            case FormRefused():
                return self._page(request, status, kind="form_refused")
            case AskAdministrator():
                return self._page(request, status, ask=error.ask)
            case TooMany():
                return self._page(request, status, retry_after=error.retry_after)
            case Unavailable():
                return self._page(request, status, retry_after=_RETRY_AFTER_TROUBLE)
            case _:
                return self._page(request, status)

    def _page(
        self,
        request: Request,
        status: int,
        *,
        kind: str = "",
        ask: Sequence[str] = (),
        retry_after: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        known = str(status) if str(status) in _KINDS else "400"
        body = self._pages.render(
            "shared/error.html",
            kind=kind or known,
            request_id=request.scope["grantway"]["request_id"],
            home_href=self._home_href,
            retry_after=retry_after,
            ask=ask,
        )
        waiting = {"retry-after": str(retry_after)} if retry_after else {}
        return HTMLResponse(body, status, {**(headers or {}), **waiting})


def routed(routes: Sequence[BaseRoute]) -> Router:
    """Return what finds the handler of a path.

    It does not mend slashes by redirecting, because it would take the host of
    the address from the request (S-102).
    """
    return Router(routes, redirect_slashes=False)
