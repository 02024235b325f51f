"""The OpenAPI document: valid, and telling all that a reader needs."""

import json
import re
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.integration.openapi_document import (
    DOCUMENT,
    ROWS,
    TABLE,
    check,
    closed,
    contents,
    resolved,
)

VERBS = "get|list|add|change|remove|activate|deactivate|link|unlink|pin|unpin"
EVERY = pytest.mark.parametrize("row", ROWS, ids=[row[2]["operationId"] for row in ROWS])
Row = tuple[str, str, dict[str, Any]]


def test_the_document_is_valid() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_every_operation_has_a_readable_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in ROWS]

    assert len(set(names)) == len(names) == len(TABLE)
    assert all(re.fullmatch(rf"({VERBS})_[a-z_]+", name) for name in names)


@EVERY
def test_an_operation_tells_what_it_does_and_needs(row: Row) -> None:
    method, path, operation = row

    assert operation["summary"]
    about, _, needs = operation["description"].partition("\n\n")
    assert about.endswith(".")
    assert needs.startswith("Needs the scope `crm`")
    assert {"401", "403", "429"} <= set(operation["responses"])
    # The dialect names a webhook in the body of a DELETE (api-v4.md 3.12).
    has_body = method in {"post", "patch"} or operation["operationId"] == "remove_webhook"
    has_body &= not path.endswith("pin")
    assert ("requestBody" in operation) is has_body
    named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
    assert named == set(re.findall(r"\{(\w+)\}", path))


@EVERY
def test_parameters_are_told_with_examples_that_fit(row: Row) -> None:
    for one in row[2]["parameters"]:
        assert one["description"]
        (example,) = (one.get("examples") or {"one": {"value": one.get("example")}}).values()
        check(example["value"], one["schema"])
        # A reader switches on what they want; a sample shall not carry all filters at once.
        assert example.get("x-disabled", False) is not one.get("required", False)


@EVERY
def test_refusals_that_any_request_may_meet_are_told(row: Row) -> None:
    _, path, operation = row
    expected = {"400", "401", "403", "429", "503"}
    if "{" in path:
        expected |= {"404"}  # for instance with a word in place of a number
    if "requestBody" in operation:
        expected |= {"408", "413"}

    assert expected <= set(operation["responses"])


@EVERY
def test_headers_of_answers_are_told(row: Row) -> None:
    responses = {status: resolved(one) for status, one in row[2]["responses"].items()}

    assert all("X-Request-Id" in one["headers"] for one in responses.values())
    assert "WWW-Authenticate" in responses["401"]["headers"]
    assert "Retry-After" in responses["429"]["headers"]


def test_what_an_operation_cannot_do_without_is_told_as_required() -> None:
    (links,) = (row[2] for row in ROWS if row[2]["operationId"] == "list_links_of_leads")

    needed = [one["name"] for one in links["parameters"] if one.get("required")]
    assert needed == ["filter[entity_id][]"]


@pytest.mark.parametrize("wrong", [{"tags_to_add": [{}]}, {"custom_fields_values": [{}]}])
def test_a_tag_or_a_field_must_be_named(wrong: dict[str, Any]) -> None:
    (add,) = (row[2] for row in ROWS if row[2]["operationId"] == "add_leads")
    schema = add["requestBody"]["content"]["application/json"]["schema"]
    fields = [{"field_id": 1}, {"field_code": "PHONE"}]
    honest = {"tags_to_add": [{"id": 1}, {"name": "hot"}], "custom_fields_values": fields}

    check([honest], schema)
    with pytest.raises(jsonschema.ValidationError):
        check([wrong], schema)


@EVERY
def test_examples_fit_their_schemas(row: Row) -> None:
    operation = row[2]
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        check(content["example"], closed(content["schema"]))
    shown = 0
    for status, content in contents(operation):
        examples = content.get("examples", {"one": {"value": content.get("example")}})
        for example in examples.values():
            check(example["value"], closed(content["schema"]))
            shown += status.startswith("2")
    assert shown or next(iter(operation["responses"])) == "204"


def test_examples_are_of_the_readers_own_platform() -> None:
    text = json.dumps(DOCUMENT)

    assert "acme.example.com" not in text
    assert f"https://acme.grantway.test{'/api/v4/leads/1'}" in text
