"""The OpenAPI 3.1 document, made of the same rows as the routes, so it cannot drift."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import msgspec

from grantway.asgi.answers import refusal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Operation, Parameter
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Schema, examples_of, schema_of, types_of
from grantway.kernel import errors
from grantway.kernel.addresses import Addresses

_REFERENCE = "#/components/schemas/{name}"
_ABOUT = """\
The REST API of your account. Send a bearer token: a long-lived one of a private integration,
from its *Keys and scopes* tab. Lists are paged; an empty one answers **204** without a body.
A write is carried out wholly or not at all, and its answer names each item by `request_id`.
Moments are Unix seconds.
"""
_REQUEST_ID: Schema = {
    "type": ["string", "integer"],
    "description": "Comes back in the answer, as a string. Default: the position in the array.",
}
_PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "description": "Why a request was refused. A field of `validation-errors` is named by its "
    "path inside the entity.",
    "required": ["title", "type", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "validation-errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["request_id", "errors"],
                "properties": {
                    "request_id": {"type": "string"},
                    "errors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["code", "path", "detail"],
                            "properties": {
                                "code": {"type": "string"},
                                "path": {"type": "string"},
                                "detail": {"type": "string"},
                            },
                        },
                    },
                },
            },
        },
        "errors": {
            "type": "object",
            "description": "By the entity's id or `request_id`, what stands against it.",
            "additionalProperties": {"type": "string"},
        },
        "retry_after": {"type": "integer", "description": "Seconds to wait."},
    },
}
_VIOLATIONS = [errors.Violations("0", [errors.not_supported_choice("status_id")])]
_REFUSALS: dict[str, tuple[str, errors.GrantwayError]] = {
    "400": (
        "The request cannot be carried out; `validation-errors` names each field.",
        errors.Invalid(violations=_VIOLATIONS),
    ),
    "401": (
        "No token, or one that opens nothing here.",
        errors.Unauthorized("Invalid user name or password"),
    ),
    "403": (
        "The token lacks the scope, or its user the rights.",
        errors.Forbidden(),
    ),
    "408": (
        "The body did not arrive in time.",
        errors.TooSlow("The body must arrive within 30 seconds"),
    ),
    "413": (
        "The body is longer than the server reads.",
        errors.TooLarge("The body may have 4194304 bytes at most"),
    ),
    "429": (
        "More requests than the limits allow; `retry_after` says when to go on.",
        errors.TooMany("Too many requests", retry_after=1),
    ),
    "503": (
        "The server cannot answer now. With `Retry-After`, nothing was stored.",
        errors.Unavailable("The server is busy; try again"),
    ),
}
"""What every operation may answer; the statuses of `_OF_BODIES`, every one that has a body."""

_OF_BODIES = frozenset({"408", "413"})
_NOWHERE = "The address names nothing."
_REQUEST: dict[str, Any] = {
    "X-Request-Id": {
        "required": True,
        "description": "The request's name in the server's log.",
        "schema": {"type": "string"},
    }
}
_SECONDS: Schema = {"type": "integer", "minimum": 1}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {
        "WWW-Authenticate": {
            "required": True,
            "description": "How to authenticate (RFC 6750, section 3).",
            "schema": {"type": "string"},
        }
    },
    429: {"Retry-After": {"required": True, "description": "Seconds to wait.", "schema": _SECONDS}},
    503: {"Retry-After": {"description": "Seconds to wait.", "schema": _SECONDS}},
}
"""What answers carry beside `X-Request-Id`, by status."""

_OTHERS: dict[int, errors.GrantwayError] = {
    404: errors.NotFound("Not found"),
    422: errors.Unprocessable("This cannot be done in the present state"),
}
_DONE = {
    "GET": "What was asked for.",
    "POST": "Everything is stored.",
    "PATCH": "Everything is stored.",
    "DELETE": "It is removed.",
}


def document(operations: Sequence[Operation], addresses: Addresses) -> dict[str, Any]:
    """Return the document."""
    schemas = _Schemas(operations)
    origin = addresses.origin("acme")
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        one = _operation(operation, schemas)
        paths.setdefault(operation.path, {})[operation.method.lower()] = one
    found = {
        "openapi": "3.1.0",
        "info": {
            "title": "Grantway API",
            "version": metadata.version("grantway"),
            "description": _ABOUT,
        },
        "servers": [
            {
                "url": addresses.origin("{subdomain}"),
                "description": "Your account",
                "variables": {
                    "subdomain": {"default": "acme", "description": "The account's subdomain"}
                },
            }
        ],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(op.tag for op in operations)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A long-lived token of a private integration, "
                    "or an access token.",
                }
            },
            "responses": {
                status: _refused(int(status), about, error)
                for status, (about, error) in _REFUSALS.items()
            },
            "schemas": schemas.components | {"Problem": _PROBLEM},
        },
    }
    moved: dict[str, Any] = _replaced(found, EXAMPLE_ORIGIN, origin)
    return moved


class _Schemas:
    """The schemas of all types that answers show, by names that are meant for readers."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        returned = [t for op in operations for one in op.returns.values() for t in types_of(one)]
        types = list(dict.fromkeys(one for one in returned if isinstance(one, type)))
        shown, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
        names = _readable(components)
        self.components = {
            names[name]: _renamed(schema, names) | {"title": names[name]}
            for name, schema in sorted(components.items())
        }
        self._of = {one: _renamed(schema, names) for one, schema in zip(types, shown, strict=True)}

    def of(self, returned: Any) -> Schema:
        """Return the schema of an answer."""
        return schema_of(returned, lambda one: self._of[one] if isinstance(one, type) else one)


def _readable(names: Mapping[str, Any]) -> dict[str, str]:
    """Return each name without what tells only us something, where that leaves one of its own."""
    short = {name: re.sub(r"(Shown|Document)$", "", name) for name in names}
    counts = Counter(short.values())
    return {name: one if counts[one] == 1 else name for name, one in short.items()}


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    if isinstance(schema, list):
        return [_renamed(one, names) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _renamed(value, names) for key, value in schema.items()}
    if isinstance(reference := found.get("$ref"), str):
        found["$ref"] = _REFERENCE.format(name=names[reference.rpartition("/")[2]])
    return found


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, dict):
        return {key: _replaced(one, old, new) for key, one in value.items()}
    return [_replaced(one, old, new) for one in value] if isinstance(value, list) else value


def _operation(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name or operation.call.__name__,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": _about(operation),
        "parameters": _parameters(operation),
        "responses": _responses(operation, schemas),
    }
    if operation.body is not None:
        found["requestBody"] = _request_body(operation.body)
    return found


def _about(operation: Operation) -> str:
    needs = f"Needs the scope `{operation.scope}`"
    if operation.for_administrators:
        needs += " and the rights of an administrator"
    return f"{operation.about}\n\n{needs}.".strip()


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    in_path = re.findall(r"\{(\w+)\}", operation.path)
    told = {one.name: one for one in operation.parameters}
    plain: Schema = {"type": "integer", "minimum": 1}
    of_path = [told.get(name) or Parameter(name, "", plain, 1) for name in in_path]
    return [
        *({"in": "path", "required": True, **_parameter(one)} for one in of_path),
        *({"in": "query", **_optional(one)} for one in told.values() if one.name not in in_path),
    ]


def _parameter(one: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {"name": one.name, "schema": one.schema}
    if one.about:
        found["description"] = one.about
    if one.example is not None:
        found["example"] = one.example
    return found


def _optional(one: Parameter) -> dict[str, Any]:
    found = _parameter(one)
    schema = one.schema
    example = found.pop("example", schema.get("default", (schema.get("enum") or [None])[0]))
    if one.is_needed:
        return found | {"required": True, "examples": {"default": {"value": example}}}
    # Shown and ready to be switched on; otherwise the viewer would send every filter at once.
    found["examples"] = {"default": {"value": example, "x-disabled": True}}
    return found


def _request_body(body: Body) -> dict[str, Any]:
    one = body.shape.schema()
    one["properties"] = one["properties"] | {"request_id": _REQUEST_ID}
    schema = one
    about = "One object."
    if body.many:
        schema = {"type": "array", "items": one, "minItems": 1, "maxItems": body.most}
        about = f"Up to {body.most} objects in an array; one alone may come without it."
    return {
        "required": True,
        "description": about,
        "content": {"application/json": {"schema": schema, "example": body.example}},
    }


def _responses(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, returned in operation.returns.items():
        if returned is None:
            is_read = operation.method == "GET"
            found[str(status)] = {
                "description": "There is nothing to show." if is_read else _DONE[operation.method],
                "headers": _REQUEST,
            }
        else:
            found[str(status)] = {
                "description": _DONE[operation.method],
                "headers": _REQUEST,
                "content": {"application/hal+json": _content(operation, returned, schemas)},
            }
    for name in _REFUSALS:
        if operation.body is not None or name not in _OF_BODIES:
            found[name] = {"$ref": f"#/components/responses/{name}"}
    nowhere = {404: _NOWHERE} if "{" in operation.path else {}
    for status, about in (nowhere | dict(operation.refuses)).items():
        found[str(status)] = _refused(status, about, _OTHERS[status])
    return dict(sorted(found.items()))


def _content(operation: Operation, returned: Any, schemas: _Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schemas.of(returned)}
    path = re.sub(r"\{\w+\}", "1", operation.path)
    examples = examples_of(returned, path)
    if len(examples) == 1:
        content["example"] = examples["answer"]
    elif examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return content


def _refused(status: int, about: str, error: errors.GrantwayError) -> dict[str, Any]:
    return {
        "description": about,
        "headers": _REQUEST | _HEADERS.get(status, {}),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": _REFERENCE.format(name="Problem")},
                "example": msgspec.json.decode(refusal(error).body),
            }
        },
    }
