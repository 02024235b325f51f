"""The coverage is counted from two tables: the vendor's, and the one that routes requests."""

from typing import cast

import pytest

from grantway.api.v4 import operations
from grantway.asgi.operations import Operation
from grantway.db import Database
from grantway.hooks.addresses import Rules
from grantway.kernel.sealing import Seal
from tools.api_coverage import beyond, compared, totals, totals_of_add_ons

OURS = operations(cast(Database, None), cast(Rules, None), cast(Seal, None))


def ours(*wanted: tuple[str, str]) -> list[Operation]:
    return [one for one in OURS if (one.method, one.path) in wanted]


def test_the_vendors_table_has_what_the_contract_counts() -> None:
    table = compared([])

    assert [row.number for row in table] == list(range(1, 180))
    assert totals(table, "A") == (0, 102)
    assert totals(table, "B") == (0, 195)


@pytest.mark.parametrize(
    ("operation", "number", "verdict"),
    [
        (("GET", "/api/v4/leads"), 2, "yes"),
        (("PATCH", "/api/v4/leads/{id}"), 6, "yes"),
        (("GET", "/api/v4/leads/tags"), 42, "1 of 4: leads"),
    ],
)
def test_what_we_answer_is_seen_and_nothing_else(
    operation: tuple[str, str], number: int, verdict: str
) -> None:
    table = compared(ours(operation))

    assert [(row.number, row.verdict) for row in table if row.answered] == [(number, verdict)]
    assert totals(table, "A")[0] == 1


def test_no_operation_of_ours_is_lost() -> None:
    table = compared(OURS)
    answered = sum(totals(table, priority)[0] for priority in "AB")

    assert answered + len(beyond(table, OURS)) == len(OURS)


def test_all_of_priority_a_is_answered_but_for_what_hangs_on_add_ons() -> None:
    table = compared(OURS)
    (answered, there), (ours_of_add_ons, of_add_ons) = (
        totals(table, "A"),
        totals_of_add_ons(table, "A"),
    )

    assert (answered, ours_of_add_ons) == (there - of_add_ons, 0)
    assert of_add_ons == 26
