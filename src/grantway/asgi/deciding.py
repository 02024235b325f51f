"""Deciding anew when another transaction came in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from grantway.db import Overtaken

log = structlog.get_logger()

T = TypeVar("T")

_ATTEMPTS = 3


async def decide(once: Callable[[], Awaitable[T]]) -> T:
    """Return what *once* decides, asked again while other transactions come in between.

    It opens a transaction of its own each time, and does nothing else that counts.
    Raises Overtaken when it was overtaken each time.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return await once()
        except Overtaken as error:
            log.info("api.overtaken", why=error.why)
    return await once()
