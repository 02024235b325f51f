"""Pipelines and stages: their order, and what clients may say about them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.crm.pipelines.model import (
    LOST,
    WON,
    Pipeline,
    Pipelines,
    Stage,
    renumbered,
    system_stages,
)
from grantway.crm.pipelines.wire import (
    CHANGED_PIPELINE,
    CHANGED_STAGE,
    NEW_PIPELINE,
    NEW_STAGE,
    NewStage,
    new_pipeline,
    new_stage,
    pipeline_change,
    stage_change,
)
from grantway.kernel.errors import Invalid
from grantway.kernel.shapes import Shape
from tests.reading import read_one


def stage(number: int, sort: int, pipeline_id: int = 1) -> Stage:
    return Stage(pipeline_id, number, f"Stage {number}", sort, "#fffeb2", 0, is_editable=True)


def pipeline(number: int, *regular: Stage, is_main: bool = False) -> Pipeline:
    stages = renumbered([*system_stages(number, 1000 + number), *regular])
    return Pipeline(
        number, f"P {number}", number, is_main, is_unsorted_on=True, is_archive=False,
        stages=tuple(stages),
    )  # fmt: skip


BOTH = Pipelines([pipeline(2, stage(21, 5, 2)), pipeline(1, stage(11, 5), is_main=True)])


def test_the_system_stages_are_those_of_the_contract() -> None:
    shown = [
        (one.id, one.type, one.sort, one.color, one.is_editable) for one in system_stages(1, 9)
    ]

    assert shown == [
        (9, 1, 10, "#c1c1c1", False),
        (142, 0, 10_000, "#CCFF66", False),
        (143, 0, 11_000, "#D5D8DB", False),
    ]


def test_new_leads_begin_in_the_first_regular_stage_of_the_main_pipeline() -> None:
    assert BOTH.main().id == 1
    assert BOTH.first_stage(1).id == 11
    assert BOTH.first_stage(2).id == 21


@pytest.mark.parametrize(
    ("pipeline_id", "stage_id", "has", "waits"),
    [
        (1, 11, True, False),
        (1, WON, True, False),
        (2, LOST, True, False),
        (1, 1001, True, True),
        (1, 21, False, False),
        (1, 1002, False, False),
        (3, WON, False, False),
    ],
)
def test_a_stage_belongs_to_its_pipeline_and_the_closed_ones_to_all(
    pipeline_id: int, stage_id: int, *, has: bool, waits: bool
) -> None:
    assert BOTH.has(pipeline_id, stage_id) is has
    assert BOTH.is_unsorted(pipeline_id, stage_id) is waits


def test_pipelines_stand_in_their_order() -> None:
    assert [one.id for one in BOTH.all] == [1, 2]


def test_incoming_leads_are_hidden_when_they_are_off() -> None:
    off = Pipeline(
        1, "P", 1, is_main=True, is_unsorted_on=False, is_archive=False,
        stages=tuple(system_stages(1, 9)),
    )  # fmt: skip

    assert [one.id for one in off.visible_stages] == [WON, LOST]
    assert off.find(9) is not None


@given(st.lists(st.integers(0, 2**31 - 1), max_size=97))
def test_numbering_keeps_the_order_and_ends_between_the_system_stages(sorts: list[int]) -> None:
    given_stages = [stage(n, sort) for n, sort in enumerate(sorts, start=2000)]
    numbered = renumbered([*given_stages, *system_stages(1, 9)])

    assert [numbered[0].id, *(one.id for one in numbered[-2:])] == [9, WON, LOST]
    regular = numbered[1:-2]
    assert [one.id for one in regular] == [
        one.id for one in sorted(given_stages, key=lambda one: one.sort)
    ]
    assert [one.sort for one in regular] == list(range(20, 20 + 10 * len(sorts), 10))
    assert renumbered(numbered) == numbered


PIPELINE = {"name": "New", "sort": 5, "is_main": False, "is_unsorted_on": True}


def paths(raw: Any, shape: Shape) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read_one(raw, shape, lambda values, _: values)
    assert refused.value.violations is not None
    return [(one.code, one.path) for one in refused.value.violations[0].errors]


def test_an_honest_pipeline_is_read_with_its_stages() -> None:
    statuses = [
        {"id": 142, "name": "Paid"},
        {"id": 77, "type": 1, "name": "Incoming", "color": "#c1c1c1"},
        {"name": "First", "sort": 10, "color": "#FFFEB2"},
        {"name": "Second"},
    ]
    read = read_one(PIPELINE | {"_embedded": {"statuses": statuses}}, NEW_PIPELINE, new_pipeline)

    assert read.closed_names == {142: "Paid"}
    assert read.stages == (
        NewStage(name="First", sort=10, color="#fffeb2", request_id="2"),
        NewStage(name="Second", sort=3, request_id="3"),
    )


@pytest.mark.parametrize("embedded", [None, {}, [], {"statuses": None}, {"statuses": []}])
def test_a_pipeline_may_come_without_stages(embedded: Any) -> None:
    assert read_one(PIPELINE | {"_embedded": embedded}, NEW_PIPELINE, new_pipeline).stages == ()


@pytest.mark.parametrize("key", list(PIPELINE))
def test_a_pipeline_needs_all_four_members(key: str) -> None:
    assert paths(PIPELINE | {key: None}, NEW_PIPELINE) == [("FieldMissing", key)]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"is_main": 1}, "InvalidType", "is_main"),
        ({"sort": "5"}, "InvalidType", "sort"),
        ({"sort": 2**31}, "NotSupportedChoice", "sort"),
        ({"_embedded": "x"}, "InvalidType", "_embedded"),
        ({"_embedded": {"statuses": {}}}, "InvalidType", "_embedded.statuses"),
        ({"_embedded": {"statuses": [{}]}}, "FieldMissing", "_embedded.statuses.0.name"),
        (
            {"_embedded": {"statuses": [{"name": "A", "color": "#123456"}]}},
            "NotSupportedChoice",
            "_embedded.statuses.0.color",
        ),
        ({"_embedded": {"statuses": [{"id": [], "name": 5}]}}, "InvalidType",
         "_embedded.statuses.0.name"),
    ],
)  # fmt: skip
def test_a_wrong_pipeline_is_refused_by_its_path(
    change: dict[str, Any], code: str, path: str
) -> None:
    assert (code, path) in paths(PIPELINE | change, NEW_PIPELINE)


def test_a_change_of_a_pipeline_changes_something() -> None:
    assert paths({"id": 5, "_embedded": {}}, CHANGED_PIPELINE) == [("FieldMissing", "name")]
    assert read_one({"is_main": False}, CHANGED_PIPELINE, pipeline_change).is_main is False


def test_a_new_stage_needs_name_and_sort() -> None:
    assert paths({}, NEW_STAGE) == [("FieldMissing", "name"), ("FieldMissing", "sort")]
    assert read_one({"name": "A", "sort": 1}, NEW_STAGE, new_stage) == NewStage(name="A", sort=1)


def test_descriptions_have_a_level_and_at_most_1000_characters() -> None:
    def stage_with(level: Any, description: Any) -> dict[str, Any]:
        return {"descriptions": [{"level": level, "description": description}]}

    honest = read_one(stage_with("newbie", "a" * 1000), CHANGED_STAGE, stage_change)
    assert honest.descriptions[0].level == "newbie"
    at = "descriptions.0."
    assert paths(stage_with("expert", "a"), CHANGED_STAGE) == [("NotSupportedChoice", at + "level")]
    assert paths(stage_with("newbie", "a" * 1001), CHANGED_STAGE) == [
        ("TooLong", at + "description")
    ]
    assert paths(stage_with("newbie", None), CHANGED_STAGE) == [
        ("FieldMissing", at + "description")
    ]
