"""Request bodies of the REST API: JSON first, one object or many (api-v4.md 2.3, 2.4, 2.10)."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.asgi.requests import Scope, header
from grantway.kernel.errors import Invalid, Violation, Violations, invalid_type
from grantway.kernel.shapes import Shape

MAX_ENTITIES = 250


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation reads.

    With *many* an array of objects, where one object stands for an array of
    one; else one object, where an array of one stands for it. A strict server
    takes neither liberty (C-1), except where the dialect itself *takes_one*.
    """

    shape: Shape
    many: bool
    takes_one: bool = False
    example: Any
    most: int = MAX_ENTITIES


class Item(msgspec.Struct, frozen=True):
    """One entity. *request_id* is as sent, or its position; *is_bare*: not in an array."""

    request_id: str
    values: dict[str, Any]
    is_bare: bool


def read_items(body: Body, raw: bytes, scope: Scope, *, is_strict: bool) -> list[Item]:
    """Return the entities of a request body; raise Invalid naming all that is wrong."""
    if (encoding := header(scope, b"content-encoding")) not in (None, b"identity"):
        raise Invalid("Send the body without content-encoding", why=f"encoding {encoding!r}")
    if not raw.strip():
        raise Invalid("Request data can not be empty")
    try:
        sent = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid("The request body is not valid JSON", why=str(error)) from error
    objects, is_bare = _objects(body, sent, is_strict=is_strict)
    if len(objects) > body.most:
        raise Invalid(f"At most {body.most} entities fit into one request, not {len(objects)}")
    items: list[Item] = []
    wrong: list[Violations] = []
    for position, one in enumerate(objects):
        violations: list[Violation] = []
        request_id = _request_id(one.get("request_id"), position)
        values = body.shape.read(one, "", violations)
        if violations:
            wrong.append(Violations(request_id, violations))
        items.append(Item(request_id, values, is_bare))
    if wrong:
        raise Invalid(violations=wrong)
    return items


def _objects(body: Body, sent: Any, *, is_strict: bool) -> tuple[list[dict[str, Any]], bool]:
    expected = "array" if body.many else "object"
    if isinstance(sent, dict) and not (body.many and is_strict and not body.takes_one):
        return [sent], True
    if isinstance(sent, list) and sent and (body.many or (len(sent) == 1 and not is_strict)):
        if all(isinstance(one, dict) for one in sent):
            return sent, False
        wrong = [
            Violations(str(n), [invalid_type("", "object")])
            for n, one in enumerate(sent)
            if not isinstance(one, dict)
        ]
        raise Invalid(violations=wrong[:MAX_ENTITIES])
    raise Invalid(violations=[Violations("0", [invalid_type("", expected)])])


def _request_id(sent: Any, position: int) -> str:
    if isinstance(sent, str):
        return sent
    if isinstance(sent, int) and not isinstance(sent, bool):
        return str(sent)
    return str(position)
