"""One event, one line of JSON; nothing secret in it (S-179 to S-181)."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import msgspec
import structlog
from msgspec import UNSET, UnsetType

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
_LOGGED_PATH: Final = 200
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
    return redacted(dict(event))  # type: ignore[no-any-return] # a dict stays a dict


def _render(_: Any, __: str, event: MutableMapping[str, Any]) -> bytes:
    # JSON escapes line ends and terminal codes, so foreign text cannot forge a line.
    return _encode(event)


class Answered(msgspec.Struct, kw_only=True):
    """An answered request, and whose grant it was, so that every call can be traced (S-183)."""

    at: int = 0
    level: str = "info"
    event: str = ANSWERED
    method: str
    host: str
    path: str
    status: int
    ms: float
    request_id: str
    account: int | UnsetType = UNSET
    grant: int | UnsetType | None = UNSET
    user: int | UnsetType = UNSET


class AnsweredLog:
    """Writes the lines of answered requests.

    Apart from structlog: there is a line for each request, nothing in it but
    three texts is foreign, and structlog takes several times as long for it.
    """

    def __init__(self) -> None:
        self._now: Callable[[], int] | None = None
        self._stream: Any = None

    def configure(self, now: Callable[[], int] | None, stream: Any) -> None:
        """Write to *stream* from here on; nowhere without a clock."""
        self._now = now
        self._stream = stream

    def write(self, line: Answered) -> None:
        """Write one line, unless requests are not logged."""
        if self._now is None:
            return
        line.at = self._now()
        line.method = _CREDENTIAL.sub(_HIDDEN, line.method[:20])
        line.host = _CREDENTIAL.sub(_HIDDEN, line.host)
        # A path is cut only after what looks like a credential is out: half of one is one.
        line.path = _CREDENTIAL.sub(_HIDDEN, line.path)[:_LOGGED_PATH]
        # One write for the whole line, so that lines of several threads do not mix.
        self._stream.write(_encode(line) + b"\n")
        self._stream.flush()


answered: Final = AnsweredLog()
"""The log of this process, as structlog's is: configured once, by `configure`."""


def configure(now: Callable[[], int], *, level: str = "info", to: Any = None) -> None:
    """Log to *to* (standard error by default) from *level* on."""

    def stamp(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["at"] = now()
        return event

    stream = to or sys.stderr.buffer
    least = logging.getLevelNamesMapping()[level.upper()]
    answered.configure(now if least <= logging.INFO else None, stream)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            stamp,
            structlog.processors.format_exc_info,
            _redact,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.BytesLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
