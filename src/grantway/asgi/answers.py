"""Answers of the API, and what errors become: the one table of both (api-v4.md 2.12, 2.13)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec

from grantway.kernel import errors

HAL = b"application/hal+json"
PROBLEM = b"application/problem+json"
HTML = b"text/html; charset=utf-8"

Header = tuple[bytes, bytes]


class Answer(NamedTuple):
    """Status, kind and bytes of a response."""

    status: int
    body: bytes = b""
    kind: bytes = HAL
    headers: tuple[Header, ...] = ()


_encoder = msgspec.json.Encoder()
NO_CONTENT = Answer(204)
BLOCKED = Answer(
    403,
    b"<html><head><title>403 Forbidden</title></head>"
    b"<body><center><h1>403 Forbidden</h1></center></body></html>\n",
    HTML,
)
"""What a blocked address gets: the bare page of the original's front server."""


def method_not_allowed(methods: Collection[str]) -> Answer:
    """Answer without a body, as the dialect does, and with `Allow` (RFC 9110, 15.5.6)."""
    allowed = {*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    return Answer(405, headers=((b"allow", ", ".join(sorted(allowed)).encode()),))


def hal(value: Any, status: int = 200) -> Answer:
    """Answer with a resource."""
    return Answer(status, _encoder.encode(value))


_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def problem(status: int, detail: str, **members: Any) -> Answer:
    """Answer with a problem (RFC 9457) as the dialect frames it; *members* come first."""
    body = members | {
        "title": _TITLES[status],
        "type": f"https://httpstatus.es/{status}",
        "status": status,
        "detail": detail,
    }
    return Answer(status, _encoder.encode(body), PROBLEM)


STATUSES: tuple[tuple[type[errors.GrantwayError], int], ...] = (
    (errors.Unauthorized, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Invalid, 400),
    (errors.TooSlow, 408),
    (errors.TooLarge, 413),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
    (errors.Unprocessable, 422),
    (errors.Conflict, 409),
)
"""Which status the categories of errors have; the first that fits counts."""


def status_of(error: errors.GrantwayError) -> int:
    """Return the status for *error*."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def refusal(error: errors.GrantwayError) -> Answer:
    """Answer for a domain error."""
    status = status_of(error)
    members: dict[str, Any] = {}
    headers: tuple[Header, ...] = ()
    if isinstance(error, errors.Invalid):
        if error.violations:
            members["validation-errors"] = error.violations
        if error.errors:
            members["errors"] = error.errors
    if isinstance(error, errors.TooMany):
        members["retry_after"] = error.retry_after
        headers = ((b"retry-after", str(error.retry_after).encode()),)
    # Some clients repeat whatever this header asks them to repeat.
    if isinstance(error, errors.Unavailable) and error.is_safe_to_repeat:
        headers = ((b"retry-after", b"1"),)
    answer = problem(status, error.detail, **members)
    return answer._replace(headers=answer.headers + headers)


def server_error(trace_id: str) -> Answer:
    """Answer for a mistake of ours: no more than an id to look for in the log (S-178)."""
    body = {
        "title": "ErrInternalServer",
        "status": 500,
        "detail": "Something went wrong on the server; the log has it under this id",
        "trace_id": trace_id,
    }
    return Answer(500, _encoder.encode(body), PROBLEM)
