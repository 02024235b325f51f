"""The one door of calls that a workspace page's own scripts make, widgets' among them.

Nothing behind it gives or takes access (S-139): whoever may run a script on
this origin may make these calls.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.asgi.answers import Answer, problem, refusal
from grantway.asgi.deciding import decide
from grantway.asgi.requests import read_body
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Forbidden, GrantwayError, Invalid
from grantway.kernel.shapes import is_storable
from grantway.web.refusals import Interruption, PageNotFound
from grantway.web.workspace.hall import Guest, Hall, account_of

log = structlog.get_logger()

Handle = Callable[[Request, Any], Awaitable[Any]]
"""Answers a call: *sent* is its JSON, None when it has none; None answers 204."""

_MAX_BODY = 300 * 1024
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class NotOurScript(Forbidden):
    """The call was not made by a script of a page of this very workspace."""

    def __init__(self, why: str) -> None:
        super().__init__("Only scripts of this workspace's own pages may call this", why=why)


class AjaxDoor:
    """Makes routes of calls, and opens their transactions."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    def route(self, method: str, path: str, handle: Handle) -> Route:
        """Return the route of a call; whatever goes wrong is answered as JSON."""

        async def answer(request: Request) -> Response:
            try:
                must_be_own_script(request, self.hall.origin(account_of(request)))
                if not all(map(is_storable, request.path_params.values())):
                    raise PageNotFound
                sent = await _read(request) if request.method in _UNSAFE else None
                told = await decide(lambda: handle(request, sent))
            except Interruption:
                return _response(problem(401, "Nobody is signed in to this workspace here"))
            except GrantwayError as error:
                if error.why:
                    log.info("page.refused", why=error.why)
                return _response(_refusal(error))
            if told is None:
                return Response(status_code=204)
            body = msgspec.json.encode(told)
            return Response(body, media_type="application/json", headers=_UNKEPT)

        return Route(path, answer, methods=[method])

    @asynccontextmanager
    async def act(self, request: Request) -> AsyncIterator[tuple[Transaction, Guest]]:
        """Change something; the door has seen that a script of our own asks for it."""
        async with self.hall.services.db.write() as tx:
            yield tx, await self.hall.guest(tx, request)

    @asynccontextmanager
    async def look(self, request: Request) -> AsyncIterator[tuple[Reader, Guest]]:
        """Read."""
        async with self.hall.look(request) as found:
            yield found


_UNKEPT = {"cache-control": "no-store"}


def must_be_own_script(request: Request, origin: str) -> None:
    """Raise NotOurScript unless a script of a page of *origin* made this call.

    - `X-Requested-With` is no header that a form or a picture could send, and
      another origin's script would have to ask first, which nobody answers.
    - `Sec-Fetch-Site` and `Origin`, when sent, name this origin. What changes
      something has to name it in `Origin`, as every browser does.
    """
    sent = {
        name: request.headers.getlist(name)
        for name in ("x-requested-with", "sec-fetch-site", "origin")
    }
    if sent["x-requested-with"] != ["XMLHttpRequest"]:
        raise NotOurScript("no X-Requested-With")
    if sent["sec-fetch-site"] not in ([], ["same-origin"]):
        raise NotOurScript("another site")
    allowed = ([origin],) if request.method in _UNSAFE else ([], [origin])
    if sent["origin"] not in allowed:
        raise NotOurScript("another origin")


async def _read(request: Request) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Invalid("Send the body as application/json")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Invalid("Send the body without content-encoding")
    raw = await read_body(request.receive, request.scope, _MAX_BODY)
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid("The request body is not valid JSON", why=type(error).__name__) from error


def _refusal(error: GrantwayError) -> Answer:
    """Answer as the API does, with one flat list of what is wrong: there is one entity only."""
    if isinstance(error, Invalid) and error.violations:
        faults = [one for entity in error.violations for one in entity.errors]
        return problem(400, error.detail, **{"validation-errors": faults})
    return refusal(error)


def _response(answer: Answer) -> Response:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return Response(answer.body, answer.status, headers | _UNKEPT, media_type=answer.kind.decode())
