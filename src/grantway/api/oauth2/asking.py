"""A request to one of these endpoints, before anything of it is believed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.types import Receive

from grantway.asgi.answers import Answer
from grantway.asgi.requests import Scope


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """One request. *subdomain* is that of an account's host, None on a shared host."""

    scope: Scope
    receive: Receive
    subdomain: str | None
    source: str
    now: int
    request_id: str


Endpoint = Callable[[Asking], Awaitable[Answer]]
