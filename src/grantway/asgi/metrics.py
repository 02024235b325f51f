"""Counters for operators, closed unless a token is configured (S-186)."""

from __future__ import annotations

import hmac

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from grantway.asgi.answers import Answer
from grantway.asgi.requests import Scope, header

_TEXT = b"text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """What this process counted."""

    def __init__(self, token: str | None) -> None:
        self._token = token
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "grantway_requests_total",
            "Answered requests by kind of host, method and status.",
            ["host", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "grantway_request_seconds",
            "Time to answer by kind of host.",
            ["host"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._deliveries = Counter(
            "grantway_deliveries_total",
            "Calls to the outside by kind and result: 2xx to 5xx, or why there was no answer.",
            ["kind", "result"],
            registry=self._registry,
        )
        self._mails = Counter(
            "grantway_mails_total",
            "E-mails by result: sent, put_off (to be tried again) or given_up.",
            ["result"],
            registry=self._registry,
        )
        self._alone = Counter(
            "grantway_limits_alone_total",
            "Calls whose limits were counted in this process alone: their server did not answer.",
            registry=self._registry,
        )
        self._children: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    def count(self, host: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        if self._token is None:
            return  # nobody may read it
        # Methods are foreign text: no more series than there are kinds of requests.
        key = (host, method if method in _METHODS else "other", status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._requests.labels(host, key[1], str(status))
        child.inc()
        timer = self._timers.get(host)
        if timer is None:
            timer = self._timers[host] = self._seconds.labels(host)
        timer.observe(seconds)

    def count_delivery(self, kind: str, result: str) -> None:
        """Count one call to the outside."""
        self._deliveries.labels(kind, result).inc()

    def count_mail(self, result: str) -> None:
        """Count one e-mail."""
        self._mails.labels(result).inc()

    def count_alone(self) -> None:
        """Count one call that was not counted with those of other processes."""
        self._alone.inc()

    def answer(self, scope: Scope) -> Answer | None:
        """Return the counters for who has the token; None says that there is nothing here."""
        if self._token is None:
            return None
        given = (header(scope, b"authorization") or b"").removeprefix(b"Bearer ")
        if not hmac.compare_digest(given, self._token.encode()):
            return None
        return Answer(200, generate_latest(self._registry), _TEXT)


_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
