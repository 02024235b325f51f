"""No generated request is answered in another way than the OpenAPI document tells.

`make fuzz` sends more of them, and other ones.
"""

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import requests
from schemathesis import Case, Response

from tests.generated.drawing import Operation, at_the_edges, every_operation
from tests.generated.judging import accepted, faults, refused
from tests.generated.platforms import platform
from tests.generated.running import Run, Tally
from tests.integration.openapi_document import ROWS

TIMES = 15  # for each of the operations: some 2,100 in all
SEED = 7  # always the same, so that a change is what makes the difference


@pytest.fixture(scope="module")
def operations() -> list[Operation]:
    return every_operation()


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_every_operation_answers_generated_requests_as_told(
    sqlite_url: str, operations: list[Operation], loop: asyncio.Runner
) -> None:
    tally = Tally()

    with platform(sqlite_url, loop) as api:
        run = Run(api, loop, tally, SEED)
        for operation in operations:
            run.operation(operation, TIMES)

    assert list(tally.faults.values()) == []
    assert len(tally.counted) == len(ROWS)
    unsuccessful = [label for label, one in tally.counted.items() if not one.successes]
    assert unsuccessful == []


def answer(case: Case[Any], status: int, body: Any, **headers: str) -> Response:
    """Return an answer to *case*, with what ours carry; None leaves a header out."""
    given = {"content-type": "application/hal+json", "x-request-id": "0" * 32} | headers
    return Response(
        status_code=status,
        headers={name.replace("_", "-"): [value] for name, value in given.items() if value},
        content=b"" if body is None else msgspec.json.encode(body),
        request=requests.Request(case.method, "https://acme.grantway.test/").prepare(),
        elapsed=0.0,
        verify=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def tags(operations: list[Operation]) -> Operation:
    return next(one for one in operations if one.label == "POST /api/v4/leads/tags")


HONEST = {
    "_total_items": 1,
    "_embedded": {"tags": [TAG := {"id": 1, "name": "hot", "color": None, "request_id": "0"}]},
}


@pytest.mark.parametrize(
    ("status", "body", "headers", "fault"),
    [
        (200, HONEST, {}, ""),
        (500, {}, {}, "Server error"),
        (418, HONEST, {}, "Undocumented status code"),
        (200, HONEST, {"content-type": "text/html"}, "Undocumented Content-Type"),
        (200, HONEST, {"x-request-id": ""}, "Missing required response headers"),
        (200, HONEST | {"more": 1}, {}, "Response violates schema"),
        (200, {"_total_items": 1}, {}, "Response violates schema"),
        (200, HONEST | {"_total_items": "1"}, {}, "Response violates schema"),
    ],
)
def test_an_answer_that_is_not_as_told_is_a_fault(
    tags: Operation, status: int, body: Any, headers: dict[str, str], fault: str
) -> None:
    case: Case[Any] = tags.Case(body=[{"name": "hot"}], media_type="application/json")

    found = faults(case, answer(case, status, body, **headers))

    assert [one for one in found if one.startswith(fault)] if fault else found == []


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"name": "hot", "more": 1}, []),
        ({"name": "hot", "request_id": []}, []),
        ({"name": 5}, ["taken, but forbidden: #.name type"]),
        ({}, ["taken, but forbidden: # required"]),
    ],
)
def test_what_is_taken_although_it_is_forbidden_is_a_fault(
    tags: Operation, sent: Any, fault: list[str]
) -> None:
    case: Case[Any] = tags.Case(body=[sent], media_type="application/json")

    assert accepted(case, answer(case, 200, HONEST)) == fault
    assert accepted(case, answer(case, 400, {})) == []


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ([], []),
        ([1], ["taken, but forbidden: #._embedded type"]),
        ("", ["taken, but forbidden: #._embedded type"]),
    ],
)
def test_an_empty_array_stands_for_an_empty_object_and_nothing_else_does(
    operations: list[Operation], sent: Any, fault: list[str]
) -> None:
    (companies,) = [one for one in operations if one.label == "POST /api/v4/companies"]
    body = [{"name": "Acme", "_embedded": sent}]
    case: Case[Any] = companies.Case(body=body, media_type="application/json")

    assert accepted(case, answer(case, 200, {})) == fault


def test_what_is_refused_for_its_shape_although_it_is_told_is_a_fault(tags: Operation) -> None:
    (case,) = itertools.islice(
        (one for one in at_the_edges(tags) if one.meta and one.meta.generation.mode.is_positive), 1
    )

    def told(code: str) -> dict[str, Any]:
        fault = {"code": code, "path": "color", "detail": ""}
        return {"validation-errors": [{"request_id": "0", "errors": [fault]}]}

    assert refused(case, answer(case, 400, told("InvalidType"))) == [
        "told, but refused: InvalidType color"
    ]
    assert refused(case, answer(case, 400, told("NotSupportedChoice"))) == []
