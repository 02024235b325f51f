"""A call to the outside, from the plan to what came of it."""

from __future__ import annotations

import enum
import hmac
from collections.abc import Mapping
from urllib.parse import quote, unquote_plus

import msgspec

MAX_UNDER_WAY = 60
"""Seconds after which a claimed call that nobody has finished counts as unknown.

Many times the deadline of a call: until then whoever claimed it may still tell.
"""
KEPT = 30 * 24 * 3600
"""Seconds for which integrators can read what became of a call; then it is swept."""

STATES = ("waiting", "under_way", "answered", "failed", "unknown")
"""What can be known of a call; see `Attempt.state`."""

HIDDEN = "[hidden]"
_SECRET_PARAMETERS = frozenset(
    {"code", "signature", "client_secret", "secret", "token", "access_token", "refresh_token"}
)


class Kind(enum.StrEnum):
    """What a call tells its receiver (authorization.md 14, 10)."""

    REVOKE = "revoke"
    SECRETS = "secrets"
    INSTALL = "install"


class Why(enum.StrEnum):
    """Why a call failed: classes that tell nothing about networks of ours (S-163).

    A name that stands for nothing, one that stands for a private address and a
    URI that is against the rules are one class, or the answer would be a map.
    """

    NO_DESTINATION = "no_destination"
    NO_CONNECTION = "no_connection"
    NO_TLS = "no_tls"
    NO_ANSWER = "no_answer"
    TOO_LATE = "too_late"
    NO_SECRET = "no_secret"  # noqa: S105 - a reason, and no secret
    OVER = "over"


WHY_TEXTS: Mapping[Why, str] = {
    Why.NO_DESTINATION: "The address was not found, or is none that may be called: "
    "it must be reachable from everywhere, over HTTPS.",
    Why.NO_CONNECTION: "The server did not accept the connection.",
    Why.NO_TLS: "The encrypted connection failed; most often the certificate is at fault.",
    Why.NO_ANSWER: "The server closed the connection without an answer that could be read.",
    Why.TOO_LATE: "The whole call was not over within 3 seconds.",
    Why.NO_SECRET: "It was not sent: the integration has no secret key to sign it with.",
    Why.OVER: "It was not sent: the installation had ended, or the redirect URL had changed, "
    "before its turn came.",
}


class Answered(msgspec.Struct, frozen=True):
    """The receiver answered with *status*; *excerpt* is the beginning of what it said.

    *is_cut*: it said more than was read.
    """

    status: int
    milliseconds: int
    excerpt: str = ""
    is_cut: bool = False


class Failed(msgspec.Struct, frozen=True):
    """No whole answer came."""

    why: Why
    milliseconds: int


Outcome = Answered | Failed


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A call to be made. *uri* stands in the database, so nothing secret is in it."""

    account_id: int
    client_id: str
    kind: Kind
    uri: str
    method: str = "GET"


class Delivery(msgspec.Struct, frozen=True):
    """A call that was claimed: this process, and no other, may send it, once.

    Its *uri* may have been completed with what is secret, so it is never printed.
    """

    account_id: int
    id: int
    client_id: str
    kind: str
    method: str
    uri: str

    def __repr__(self) -> str:
        """Tell nothing that proves anything."""
        return f"Delivery(account_id={self.account_id}, id={self.id}, kind={self.kind!r})"


class Waiting(msgspec.Struct, frozen=True):
    """The oldest call of an account that waits for a destination."""

    account_id: int
    id: int


class Attempt(msgspec.Struct, frozen=True):
    """A call, as its integrator reads it."""

    id: int
    account_id: int
    subdomain: str
    kind: str
    method: str
    uri: str
    created_at: int
    claimed_at: int | None
    finished_at: int | None
    result: str | None
    status: int | None
    why: str | None
    milliseconds: int | None

    @property
    def state(self) -> str:
        """What is known of it: one of `STATES`.

        *unknown*: sent, or not. Its process ended in the middle, and it is
        never sent again (S-204).
        """
        if self.result is not None:
            return self.result
        return "waiting" if self.claimed_at is None else "under_way"

    @property
    def why_text(self) -> str:
        """Why it failed, for people; empty when it did not."""
        return WHY_TEXTS[Why(self.why)] if self.why else ""

    @property
    def shown_uri(self) -> str:
        """Where it went, with nothing in it that proves anything."""
        signed = f"{self.uri}&signature={HIDDEN}" if self.kind == Kind.REVOKE else self.uri
        return shown(signed)


def shown(uri: str) -> str:
    """Return *uri* with the values of secret parameters hidden.

    >>> shown("https://a.example/?code=def502&from_widget=1")
    'https://a.example/?code=[hidden]&from_widget=1'
    """
    base, mark, query = uri.partition("?")
    pairs = []
    for pair in query.split("&"):
        name, _, _ = pair.partition("=")
        is_secret = unquote_plus(name).lower() in _SECRET_PARAMETERS
        pairs.append(f"{name}={HIDDEN}" if is_secret else pair)
    return base + mark + "&".join(pairs)


def with_parameters(uri: str, parameters: Mapping[str, str]) -> str:
    """Append *parameters*, to a query that is there already or as the first one.

    >>> with_parameters("https://a.example/off?x=1", {"account_id": "7"})
    'https://a.example/off?x=1&account_id=7'
    >>> with_parameters("https://a.example/off", {"account_id": "7"})
    'https://a.example/off?account_id=7'
    """
    _, mark, query = uri.partition("?")
    joint = "" if mark and query in {"", "&"} else "&" if mark else "?"
    appended = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"{uri}{joint}{appended}"


def revoke_uri(uri: str, client_id: str, account_id: int) -> str:
    """Return where the revoke hook goes, but for its signature (authorization.md 14.2).

    The dialect's pages disagree about the name of the id; both satisfy all of them.
    """
    told = {"client_uuid": client_id, "account_id": str(account_id), "client_id": client_id}
    return with_parameters(uri, told)


def signature(secret: str, client_id: str, account_id: int) -> str:
    """Return what proves that a revoke hook comes from who knows the secret key.

    >>> signature("key", "c", 1)[:12]
    '7d1e0c5170d6'
    """
    return hmac.digest(secret.encode(), f"{client_id}|{account_id}".encode(), "sha256").hex()
