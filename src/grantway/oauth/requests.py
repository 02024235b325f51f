"""An authorization request as it comes in an address (authorization.md 3.1, 9.2; RFC 6749, 4.1.1).

The button of the dialect puts raw values one behind the other: `state`, `mode`,
`origin`, then `client_id` or the proposal of an integration. `origin` is the
page's whole address, so that page's own query falls in between. What is read
here is therefore the first `state` and `mode`, the last `client_id`, and
nothing that stands between `origin` and what follows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

import msgspec

from grantway.integrations.by_button import Proposal
from grantway.kernel.shapes import is_storable

POPUP, POST_MESSAGE = "popup", "post_message"
MAX_QUERY = 6_000  # an address has to survive sign-in, encoded once more in a form
MAX_STATE = 2_000
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7636, 4.2, of S256
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PROPOSED = ("name", "description", "redirect_uri", "secrets_uri", "logo")
_SCOPES = "scopes[]"

Pair = tuple[str, bytes]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody's page asks for.

    It names an integration, or proposes one. *state* is percent-encoded.
    *opener* is the origin of the page with the button, as the page says.
    """

    client_id: str | None = None
    proposal: Proposal | None = None
    redirect_uri: str | None = None
    state: str | None = None
    mode: str = POST_MESSAGE
    opener: str | None = None
    code_challenge: str | None = None


class Unreadable(msgspec.Struct, frozen=True):
    """A parameter that is not as the contract says, and what was expected, for the integrator."""

    parameter: str
    expected: str


def read_request(query: bytes) -> Asked | Unreadable:
    """Read the query of an address.

    >>> read_request(b"client_id=c&state=a%26b").state
    'a%26b'
    >>> read_request(b"client_id=c&response_type=token")
    Unreadable(parameter='response_type', expected='code')
    """
    if len(query) > MAX_QUERY:
        return Unreadable("query", f"at most {MAX_QUERY} characters in all")
    pairs = _pairs(query)
    wrong = _wrong_flow(pairs)
    if wrong is not None:
        return wrong
    state = _first(pairs, "state")
    if len(state) > MAX_STATE:
        return Unreadable("state", f"at most {MAX_STATE} characters")
    mode = _first(pairs, "mode").decode("utf-8", "replace") or POST_MESSAGE
    if mode not in (POPUP, POST_MESSAGE):
        return Unreadable("mode", f"{POPUP} or {POST_MESSAGE}")
    common = Asked(
        # Sent without a value is not sent (RFC 6749, 3.1).
        state=quote_from_bytes(state, safe="") or None,
        mode=mode,
        opener=origin_of(_text(_first(pairs, "origin")) or ""),
    )
    client_id = _text(_last(pairs, "client_id"))
    if client_id:
        return _of_client(common, client_id, pairs)
    if any(_last(pairs, name) for name in _PROPOSED):
        return _of_proposal(common, pairs)
    return Unreadable("client_id", "the id of an integration")


def origin_of(address: str) -> str | None:
    """Return the origin of a web address as browsers write it; None when it has none.

    >>> origin_of("https://Shop.example:443/cart?x=1"), origin_of("javascript:alert(1)")
    ('https://shop.example', None)
    """
    if not (address.isascii() and address.isprintable()) or "\\" in address or " " in address:
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    name = f"[{host}]" if ":" in host else host
    is_default = port is None or port == _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{name}" + ("" if is_default else f":{port}")


def with_answer(redirect_uri: str, answer: Sequence[tuple[str, str]], state: str | None) -> str:
    """Return the address that takes an answer back (authorization.md 3.3, 21 row 9).

    >>> with_answer("https://a.example/?x=1", [("code", "c")], "s%26t")
    'https://a.example/?x=1&code=c&state=s%26t'
    """
    base = redirect_uri.partition("#")[0]
    parts = [f"{name}={quote_from_bytes(value.encode(), safe='')}" for name, value in answer]
    if state is not None:
        parts.insert(1, f"state={state}")
    joint = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return base + joint + "&".join(parts)


def _pairs(query: bytes) -> list[Pair]:
    found = []
    for part in _without_the_page([part for part in query.split(b"&") if part]):
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        found.append((unquote_to_bytes(name).decode("latin-1"), unquote_to_bytes(value)))
    return found


def _without_the_page(parts: list[bytes]) -> list[bytes]:
    """Leave out what belongs to the address of the page that has the button.

    Only an address that was put in raw, with a query of its own, spills over.
    """
    begin = next((n for n, part in enumerate(parts) if part.startswith(b"origin=")), None)
    if begin is None or b"?" not in parts[begin]:
        return parts
    for name in (b"client_id=", b"name="):
        ends = [n for n, part in enumerate(parts) if n > begin and part.startswith(name)]
        if ends:
            return parts[: begin + 1] + parts[ends[-1] :]
    return parts


def _wrong_flow(pairs: list[Pair]) -> Unreadable | None:
    """Refuse every flow but that of codes, and every way of answering but ours (S-14, S-15)."""
    for name, only in (("response_type", "code"), ("response_mode", "query")):
        if any(_text(value) not in ("", only) for key, value in pairs if key == name):
            return Unreadable(name, only)
    return None


def _of_client(common: Asked, client_id: str, pairs: list[Pair]) -> Asked | Unreadable:
    for name in ("redirect_uri", "code_challenge", "code_challenge_method"):
        # Which of two would count is a guess, and the other side may guess otherwise (S-42).
        if sum(key == name for key, _ in pairs) > 1:
            return Unreadable(name, "to be named once")
    challenge = _text(_first(pairs, "code_challenge")) or ""
    method = _text(_first(pairs, "code_challenge_method")) or ""
    if (challenge or method) and method != "S256":
        return Unreadable("code_challenge_method", "S256")
    if method and not _CHALLENGE.fullmatch(challenge):
        return Unreadable("code_challenge", "43 letters, digits, hyphens and underscores")
    redirect_uri = _first(pairs, "redirect_uri")
    return msgspec.structs.replace(
        common,
        client_id=client_id,
        # Undecodable bytes are equal to no registered URI.
        redirect_uri=redirect_uri.decode("utf-8", "replace") or None,
        code_challenge=challenge or None,
    )


def _of_proposal(common: Asked, pairs: list[Pair]) -> Asked | Unreadable:
    values = {name: _text(_last(pairs, name)) for name in _PROPOSED}
    scopes = [_text(value) for name, value in pairs if name == _SCOPES]
    for name, text in (*values.items(), *((_SCOPES, scope) for scope in scopes)):
        if text is None or not is_storable(text):
            return Unreadable(name, "UTF-8 text")
    if common.state is not None and _text(unquote_to_bytes(common.state)) is None:
        return Unreadable("state", "UTF-8 text, because it is sent with the keys")
    proposal = Proposal(
        **{name: text or "" for name, text in values.items()},
        scopes=tuple(s.strip() for scope in scopes for s in (scope or "").split(",") if s.strip()),
    )
    return msgspec.structs.replace(common, proposal=proposal)


def _first(pairs: list[Pair], name: str) -> bytes:
    return next((value for key, value in pairs if key == name), b"")


def _last(pairs: list[Pair], name: str) -> bytes:
    return _first(pairs[::-1], name)


def _text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None
