"""The OpenAPI 3.1 document, made of the same rows as the routes, so it cannot drift."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import msgspec

from grantway.asgi.operations import Operation
from grantway.asgi.schemas import Listed
from grantway.kernel.addresses import Addresses

_REFERENCE = "#/components/schemas/{name}"
_ABOUT = """\
The REST API of your account. Send a bearer token: a long-lived one of a private integration, from its
*Keys and scopes* tab. Lists are paged; an empty one answers **204** without a body. A write is carried
out wholly or not at all, and its answer names each item by `request_id`.
"""
_VIOLATION = {
    "type": "object",
    "required": ["code", "path", "detail"],
    "properties": {
        "code": {"type": "string", "examples": ["NotSupportedChoice"]},
        "path": {"type": "string", "examples": ["status_id"]},
        "detail": {"type": "string", "examples": ["The value you selected is not a valid choice."]},
    },
}
_PROBLEM = {
    "type": "object",
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
                "properties": {
                    "request_id": {"type": "string"},
                    "errors": {"type": "array", "items": _VIOLATION},
                },
            },
        },
        "retry_after": {"type": "integer"},
    },
}
_REFUSALS = {
    "400": "The request cannot be carried out; `validation-errors` names each field.",
    "401": "No token, or one that opens nothing here.",
    "403": "The token lacks the scope, or its user the rights.",
    "404": "There is no such thing.",
    "429": "More requests than the limits allow; `retry_after` says when to go on.",
}


def document(operations: Sequence[Operation], addresses: Addresses) -> dict[str, Any]:
    """Return the document."""
    types = sorted(
        {t for op in operations for t in map(_type, op.returns.values()) if t is not None},
        key=lambda one: one.__name__,
    )
    _, schemas = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        one = _operation(operation)
        paths.setdefault(operation.path, {})[operation.method.lower()] = one
    return {
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
                    "description": "A long-lived token of a private integration, or an access token.",
                }
            },
            "schemas": {**schemas, "Problem": _PROBLEM},
        },
    }


def _type(returned: Any) -> Any:
    found = returned.item if isinstance(returned, Listed) else returned
    return found if isinstance(found, type) else None


def _operation(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": _about(operation),
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation)],
        "responses": _responses(operation),
    }
    if operation.body is not None:
        shape = operation.body.shape.schema()
        schema = {"type": "array", "items": shape} if operation.body.many else shape
        found["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {"schema": schema, "example": operation.body.example}
            },
        }
    return found


def _operation_id(operation: Operation) -> str:
    words = re.findall(r"[a-z_]+", operation.path.removeprefix("/api/v4"))
    return "_".join([operation.method.lower(), *words])


def _about(operation: Operation) -> str:
    needs = f"Needs the scope `{operation.scope}`"
    if operation.for_administrators:
        needs += " and the rights of an administrator"
    return f"{operation.about}\n\n{needs}.".strip()


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
            "example": 1,
        }
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "in": "query",
            "description": one.about,
            "schema": one.schema,
            **({} if one.example is None else {"example": one.example}),
        }
        for one in operation.parameters
    ]


def _responses(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, returned in operation.returns.items():
        if returned is None:
            found[str(status)] = {"description": "Nothing to show, or done."}
        else:
            found[str(status)] = {
                "description": "Done.",
                "content": {"application/hal+json": {"schema": _schema(returned)}},
            }
    has_id = "{" in operation.path
    for status_text, about in _REFUSALS.items():
        if status_text == "404" and not has_id:
            continue
        found[status_text] = {
            "description": about,
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    return found


def _schema(returned: Any) -> dict[str, Any]:
    if isinstance(returned, Listed):
        return {
            "type": "object",
            "required": ["_embedded"],
            "properties": {
                **returned.members,
                "_embedded": {
                    "type": "object",
                    "properties": {
                        returned.name: {"type": "array", "items": _schema(returned.item)}
                    },
                },
            },
        }
    if isinstance(returned, dict):
        return returned
    return {"$ref": _REFERENCE.format(name=returned.__name__)}
