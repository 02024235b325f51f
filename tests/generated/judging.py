"""Holds an answer against what the document tells of it."""

import json
import re
from typing import Any

import jsonschema
from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]

LENIENT = re.compile(
    r"""
      request_id$                          # what is no name is replaced by the position
    | (tags|tags_to_add|tags_to_delete)    # the name of a tag that has an id is not read
    | params                               # which schema counts, the note's type says
    | custom_fields_values                 # which schema counts, the field's type says
    | values$
    """,
    re.VERBOSE,
)
"""Members of bodies that the dialect takes although their schemas do not fit.

Schemathesis' own `negative_data_rejection` would count them, every unknown
filter and member, limits above the most, and one object for an array of one,
all of which the dialect takes (api-v4.md 2.3, 2.6 to 2.10); hence `accepted`.
"""

DEPENDS = re.compile(
    r"""
      \.params(\.|$) | ^params(\.|$)         # what the note's type needs
    | ^(enums|currency|chained_lists)(\.|$)   # what the field's type needs
    | custom_fields_values\.\#               # what the field's type and choices allow
    | ^entity_(id|type)$ | ^filter\.entity$   # each goes with the other
    | ^rights(\.|$)                          # unless a role gives them
    | (^|\.)(name|settings|is_main)$         # blank and empty ones are as good as missing
    | ^(email|destination)$                  # and so are these
    """,
    re.VERBOSE,
)
"""Members that are required, or of another type, when another member says so.

The document tells it in words. Hence no `positive_data_acceptance`, which
would also count every id that names nothing.
"""
_OF_THE_SHAPE = frozenset({"InvalidType", "FieldMissing", "TooLong", "TooMany"})


def faults(case: Case[Any], response: Response) -> list[str]:
    """Return all that is wrong with the answer."""
    checks = CHECKS if case.meta is not None else CHECKS[:-1]
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as found:
        return [_title(one) for one in found.exceptions]
    return []


def _title(one: Failure) -> str:
    return f"{one.title}: {' '.join(one.message.split())[:300]}"


def accepted(case: Case[Any], response: Response) -> list[str]:
    """Return what a success has taken although the document forbids it."""
    told = case.operation.definition.raw.get("requestBody")
    if response.status_code >= 300 or told is None or case.method != case.operation.method.upper():
        return []
    schema = told["content"]["application/json"]["schema"]
    body: Any = case.body
    if schema["type"] == "array" and not isinstance(body, list):
        body = [body]
    elif schema["type"] == "object" and isinstance(body, list):
        (body,) = body
    errors = jsonschema.Draft202012Validator(schema).iter_errors(body)
    paths = {".".join("#" if isinstance(n, int) else n for n in one.path): one for one in errors}
    return [
        f"taken, but forbidden: {path} {one.validator}"
        for path, one in paths.items()
        if not LENIENT.search(path) and not _is_empty_of_php(one)
    ]


def _is_empty_of_php(error: jsonschema.ValidationError) -> bool:
    """Tell whether an object was expected and an empty array came: PHP writes empty ones so."""
    return error.instance == [] and error.validator == "type" and "object" in error.validator_value


def refused(case: Case[Any], response: Response) -> list[str]:
    """Return what the document allows and the answer refuses for its shape alone."""
    meta = case.meta
    if response.status_code != 400 or meta is None or not meta.generation.mode.is_positive:
        return []
    found = {
        (one["code"], ".".join("#" if n.isdigit() else n for n in one["path"].split(".")))
        for item in json.loads(response.content).get("validation-errors", ())
        for one in item["errors"]
        if one["code"] in _OF_THE_SHAPE
    }
    return [
        f"told, but refused: {code} {path}"
        for code, path in sorted(found)
        if not DEPENDS.search(path)
    ]
