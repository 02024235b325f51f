"""What was sent to the token endpoint: a JSON object or a form, each field once (S-41 to S-45)."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import msgspec
from starlette.types import Receive

from grantway.asgi.requests import Scope, header, only_header, read_body
from grantway.kernel.errors import Invalid
from grantway.oauth.refusals import ClientIdWrong, KindOfBodyWrong, Refusal, RequestUnreadable

MAX_BODY = 64 * 1024
_MAX_FIELDS = 50


class Credentials(msgspec.Struct, frozen=True):
    """Who an integration says it is. Empty means absent."""

    client_id: str
    client_secret: str


async def read_fields(scope: Scope, receive: Receive) -> dict[str, str] | Refusal:
    """Return the fields of the body; unknown ones are the caller's to ignore.

    Raises TooLarge, TooSlow.
    """
    if header(scope, b"content-encoding") not in (None, b"identity"):
        return KindOfBodyWrong(why="compressed")
    kind = (header(scope, b"content-type") or b"").partition(b";")[0].strip().lower()
    raw = await read_body(receive, scope, MAX_BODY)
    try:
        text = raw.decode()
        match kind:
            case b"application/json":
                return _of_json(text)
            case b"application/x-www-form-urlencoded":
                return _of_form(text)
    except (ValueError, RecursionError) as error:
        return RequestUnreadable(why=str(error)[:200])
    return KindOfBodyWrong(why=f"content type {kind[:100]!r}")


def _of_json(text: str) -> dict[str, str]:
    if "\\" not in text:
        sent = _decode(text)
        # Four quotation marks for each field: then none was sent twice.
        if text.count('"') == 4 * len(sent):
            return sent
    return _of_any_json(text)


_decode = msgspec.json.Decoder(dict[str, str]).decode


def _of_any_json(text: str) -> dict[str, str]:
    sent = json.loads(text, object_pairs_hook=_single)
    if not isinstance(sent, dict):
        raise ValueError("not an object")  # noqa: TRY004 - to the client it is one kind of fault
    for name, value in sent.items():
        if not isinstance(value, str):
            raise ValueError(f"{name[:50]!r} is no text")  # noqa: TRY004 - as above
        # JSON can write half of a character, which no credential contains.
        value.encode()
    return sent


def _of_form(text: str) -> dict[str, str]:
    pairs = parse_qsl(
        text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS, separator="&"
    )
    return _single(pairs)


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field was sent twice")
    return found


def credentials(fields: dict[str, str], scope: Scope) -> Credentials | Refusal:
    """Return who is asking: by the body, and by HTTP Basic where the body does not say.

    Two that name different integrations are refused (S-41).
    """
    in_body = Credentials(fields.get("client_id", ""), fields.get("client_secret", ""))
    try:
        basic = _basic(only_header(scope, b"authorization"))
    except (Invalid, ValueError) as error:
        return ClientIdWrong(why=f"authorization header: {error}")
    if basic is None:
        return in_body
    if in_body.client_id and in_body.client_id != basic.client_id:
        return ClientIdWrong(why="body and authorization header name different integrations")
    return Credentials(basic.client_id, in_body.client_secret or basic.client_secret)


def _basic(value: bytes | None) -> Credentials | None:
    """Read HTTP Basic, both parts form-encoded (RFC 6749, 2.3.1)."""
    if value is None:
        return None
    kind, _, encoded = value.partition(b" ")
    if kind.lower() != b"basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("not base64") from error
    client_id, _, secret = decoded.partition(":")
    return Credentials(unquote_plus(client_id), unquote_plus(secret))
