"""One event, one line of JSON; nothing secret in it (S-179 to S-181)."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import msgspec
import structlog

_SECRET_NAMES: Final = frozenset(
    {
        *("authorization", "cookie", "set-cookie", "password", "secret", "client_secret", "code"),
        *("token", "access_token", "refresh_token", "ticket", "nonce", "session", "x-auth-token"),
        *("x-refresh-token", "form_token"),
    }
)
# What our credentials look like, wherever they turn up: tokens, codes, opaque secrets.
_CREDENTIAL: Final = re.compile(
    r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}|def502[0-9a-f]{16,}|gw[a-z]{4}_[A-Za-z0-9]{16,}"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])"
)
_HIDDEN: Final = "[hidden]"
ANSWERED: Final = "http.answered"
"""The event of an answered request."""
_FOREIGN: Final = ("method", "host", "path")
_encode = msgspec.json.Encoder(enc_hook=str).encode


def redacted(value: Any) -> Any:
    """Return *value* without anything that looks like a credential.

    >>> redacted("Bearer eyJhbGciOiJSUzI1NiJ9.e30.x")
    'Bearer [hidden]'
    """
    if isinstance(value, str):
        return _CREDENTIAL.sub(_HIDDEN, value)
    if isinstance(value, dict):
        return {
            key: _HIDDEN if str(key).lower() in _SECRET_NAMES else redacted(one)
            for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(one) for one in value]
    return value


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if event["event"] == ANSWERED:
        # There is one for each request, and all but these are numbers and names of ours.
        for name in _FOREIGN:
            event[name] = _CREDENTIAL.sub(_HIDDEN, event[name])
        return event
    return redacted(dict(event))  # type: ignore[no-any-return] # a dict stays a dict


def _render(_: Any, __: str, event: MutableMapping[str, Any]) -> bytes:
    # JSON escapes line ends and terminal codes, so foreign text cannot forge a line.
    return _encode(event)


def configure(now: Callable[[], int], *, level: str = "info", to: Any = None) -> None:
    """Log to *to* (standard error by default) from *level* on."""

    def stamp(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["at"] = now()
        return event

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            stamp,
            structlog.processors.format_exc_info,
            _redact,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.BytesLoggerFactory(to or sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
