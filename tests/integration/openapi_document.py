"""The OpenAPI document, and what holds answers against it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema

from grantway.api.v4 import operations
from grantway.asgi.openapi import document
from grantway.kernel.addresses import Addresses
from tests.integration.api_client import Api

ADDRESSES = Addresses("https", "grantway.test", 443)
TABLE = operations(None, None, None)  # type: ignore[arg-type] # nothing is called
DOCUMENT: dict[str, Any] = json.loads(json.dumps(document(TABLE, ADDRESSES)))
ROWS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def closed(schema: Any) -> Any:
    """Return *schema* so that it refuses members that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(one) for key, one in schema.items()}
    if isinstance(schema.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found


COMPONENTS = closed(DOCUMENT["components"])


def check(instance: Any, schema: Any, *, components: Any = COMPONENTS) -> None:
    """Raise when *instance* is not what *schema* says."""
    whole = schema | {"components": components}
    validator = jsonschema.Draft202012Validator(whole)
    validator.check_schema(whole)
    validator.validate(instance)


def resolved(one: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in one:
        return one
    found: Any = DOCUMENT
    for step in one["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return status and content of each response that has a body."""
    for status, response in operation["responses"].items():
        for content in resolved(response).get("content", {}).values():
            yield status, content


def pattern_of(path: str, operation: dict[str, Any]) -> str:
    """Return what addresses of the operation look like: with numbers or with texts in them."""
    for one in operation["parameters"]:
        is_text = one["schema"].get("type") == "string"
        path = path.replace(f"{{{one['name']}}}", r"[\w-]+" if is_text else r"\d+")
    return path


class Tried:
    """Calls operations, and checks each answer against what is told about it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.succeeded: set[str] = set()
        self._rows = {
            (method, re.compile(pattern_of(path, operation))): operation
            for method, path, operation in ROWS
        }

    async def __call__(
        self, method: str, path: str, body: Any = ..., *, status: int = 200, **options: Any
    ) -> Any:
        answer = await self._api.call(method, f"/api/v4{path}", json=body, **options)
        assert answer.status_code == status, answer.text
        plain = f"/api/v4{path}".partition("?")[0]
        matching = [
            (pattern.pattern, found)
            for (told, pattern), found in self._rows.items()
            if told == method.lower() and pattern.fullmatch(plain)
        ]
        # A step that the table names goes before one that may be any text.
        _, operation = max(matching, key=lambda one: one[0] == plain)
        response = resolved(operation["responses"][str(status)])
        if not answer.content:
            assert "content" not in response
            if method != "GET":
                self.succeeded.add(operation["operationId"])
            return None
        content = response["content"][answer.headers["content-type"]]
        check(answer.json(), closed(content["schema"]))
        if status < 300:
            self.succeeded.add(operation["operationId"])
        return answer.json()

    async def gone(self, path: str) -> None:
        await self("DELETE", path, status=204)
