"""The endpoints below `/oauth2` and `/.well-known`: which is where, and how errors look."""

from __future__ import annotations

import re
from collections.abc import Mapping

import structlog
from starlette.types import Receive

from grantway.api.oauth2.asking import Asking, Endpoint
from grantway.asgi.answers import (
    BLOCKED,
    Answer,
    method_not_allowed,
    problem,
    refusal,
    server_error,
)
from grantway.asgi.authorization import challenge
from grantway.asgi.hosts import Host, HostKind
from grantway.asgi.limits import Blocked
from grantway.asgi.requests import Scope, Sources
from grantway.kernel.clock import Clock
from grantway.kernel.errors import GrantwayError

log = structlog.get_logger()
_SLASHES = re.compile(r"/{2,}")

Route = tuple[str, str]
"""Method and path."""


class OAuth2Door:
    """Finds the endpoint of a request, and turns what it raises into an answer."""

    def __init__(
        self, routes: Mapping[HostKind, Mapping[Route, Endpoint]], sources: Sources, now: Clock
    ) -> None:
        self._routes = routes
        self._sources = sources
        self._now = now

    def is_for(self, host: Host, path: str) -> bool:
        """Tell whether the path on this host is one of these."""
        if host.kind not in self._routes:
            return False
        path = _single(path)
        return path.startswith("/oauth2/") or any(
            path == known for _, known in self._routes[host.kind]
        )

    async def answer(
        self, scope: Scope, receive: Receive, *, host: Host, request_id: str
    ) -> Answer:
        """Answer one request; never raises."""
        # The official library writes two slashes (authorization.md 1).
        path = _single(scope["path"])
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        routes = self._routes[host.kind]
        endpoint = routes.get((method, path))
        if endpoint is None:
            allowed = [known for known, place in routes if place == path]
            return method_not_allowed(allowed) if allowed else problem(404, "Not found")
        asking = Asking(
            scope=scope,
            receive=receive,
            subdomain=host.subdomain,
            source=self._sources.of(scope),
            now=self._now(),
            request_id=request_id,
        )
        try:
            return await endpoint(asking)
        except Blocked:
            return BLOCKED
        except GrantwayError as error:
            if error.why:
                log.info("api.refused", why=error.why, request_id=request_id)
            answer = refusal(error)
            demand = challenge(error)
            return answer if demand is None else answer._replace(headers=(demand,))
        except Exception:
            log.exception("api.failed", request_id=request_id)
            return server_error(request_id)


def _single(path: str) -> str:
    return _SLASHES.sub("/", path) if "//" in path else path
