"""What a server would write to its log."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from grantway.asgi import logs


@contextmanager
def captured(now: Any, *, level: str = "debug") -> Iterator[io.BytesIO]:
    """Log into memory, rendered and redacted as in production."""
    before = structlog.get_config()
    written = io.BytesIO()
    logs.configure(now, level=level, to=written)
    _forget_cached_loggers()
    try:
        yield written
    finally:
        structlog.configure(**before)
        logs.answered.configure(None, None)
        _forget_cached_loggers()


def _forget_cached_loggers() -> None:
    # A logger keeps its first configuration, which is fast, and in the way of tests.
    for name, module in list(sys.modules.items()):
        log = getattr(module, "log", None)
        if name.startswith("grantway.") and hasattr(log, "__dict__"):
            vars(log).pop("bind", None)
