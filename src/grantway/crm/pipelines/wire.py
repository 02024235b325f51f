"""What clients send about pipelines and stages (api-v4.md 3.4, 3.5)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.crm.pipelines.model import (
    CLOSED,
    COLORS,
    DESCRIPTION_LIMIT,
    LEVELS,
    MOST_STAGES,
    UNSORTED_TYPE,
)
from grantway.kernel.errors import Violation
from grantway.kernel.shapes import (
    MAX_SORT,
    Flag,
    Items,
    Line,
    Nested,
    Shape,
    Whole,
    given,
    whole_number,
)

_DESCRIPTION = Shape(
    {
        "level": Line("Whom it is for.", required=True, choices=LEVELS),
        "description": Line(
            "What to do in this stage.", required=True, longest=DESCRIPTION_LIMIT, blank=True
        ),
    }
)
_DESCRIPTIONS = Items(
    Nested(_DESCRIPTION),
    "One text for each level; the levels that are left out keep theirs.",
    nullable=True,
    most=len(LEVELS),
)
_COLOR = Line(
    "Without one, the stage gets the next colour of the palette.",
    nullable=True,
    choices=COLORS,
    fold=str.lower,
)
_INITIAL_STAGE = Shape(
    {
        "name": Line(required=True),
        "sort": Whole("Default: as they stand.", nullable=True, most=MAX_SORT),
        "color": _COLOR,
        "descriptions": _DESCRIPTIONS,
    }
)
_CLOSED_STAGE = Shape({"id": Whole(), "name": Line(nullable=True)})


class _InitialStage(Nested):
    """A stage of a new pipeline: a regular one, or 142 or 143 with another name.

    What says that it is the stage of incoming leads is read as None, because
    every pipeline has its own.
    """

    def _read(self, raw: Any, path: str, violations: list[Violation]) -> Any:
        if isinstance(raw, dict):
            if whole_number(raw.get("id")) in CLOSED:
                return _CLOSED_STAGE.read(raw, path, violations)
            if raw.get("type") == UNSORTED_TYPE:
                return None
        return super()._read(raw, path, violations)


_STAGES_OF_NEW = Shape(
    {
        "statuses": Items(
            _InitialStage(_INITIAL_STAGE),
            "The stages to begin with; with the id 142 or 143, another name for a closed one.",
            nullable=True,
            most=MOST_STAGES,
        )
    }
)

NEW_PIPELINE = Shape(
    {
        "name": Line(required=True),
        "sort": Whole("Where it stands among the pipelines.", required=True, most=MAX_SORT),
        "is_main": Flag("Whether new leads begin here; it takes the other's place.", required=True),
        "is_unsorted_on": Flag("Whether incoming leads wait in a stage of theirs.", required=True),
        "_embedded": Nested(_STAGES_OF_NEW, nullable=True),
    }
)
_CHANGEABLE = ("name", "sort", "is_main", "is_unsorted_on")
CHANGED_PIPELINE = Shape(
    {
        "id": Whole("If there, the one of the address.", nullable=True),
        "name": Line(nullable=True),
        "sort": Whole(nullable=True, most=MAX_SORT),
        "is_main": Flag("The main pipeline stays main until another one is.", nullable=True),
        "is_unsorted_on": Flag(nullable=True),
    },
    some_of=_CHANGEABLE,
)
NEW_STAGE = Shape(
    {
        "name": Line(required=True),
        "sort": Whole("Stages are numbered anew in this order.", required=True, most=MAX_SORT),
        "color": _COLOR,
        "descriptions": _DESCRIPTIONS,
    }
)
CHANGED_STAGE = Shape(
    {
        "id": Whole("If there, the one of the address.", nullable=True),
        "name": Line(nullable=True),
        "sort": Whole(nullable=True, most=MAX_SORT),
        # Whether a colour is allowed depends on the one that is there.
        "color": Line("The present one, or one of the palette.", nullable=True),
        "descriptions": _DESCRIPTIONS,
    }
)


class LevelText(msgspec.Struct, frozen=True):
    """The description of a stage for one level."""

    level: str
    description: str


class NewStage(msgspec.Struct, frozen=True, kw_only=True):
    """A stage that somebody adds; without a colour it gets the next one."""

    name: str
    sort: int
    color: str | None = None
    descriptions: tuple[LevelText, ...] = ()
    request_id: str = "0"


class StageChange(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody changes in a stage; UNSET stays as it is."""

    name: str | UnsetType = UNSET
    sort: int | UnsetType = UNSET
    color: str | UnsetType = UNSET
    descriptions: tuple[LevelText, ...] = ()
    request_id: str = "0"


class NewPipeline(msgspec.Struct, frozen=True, kw_only=True):
    """A pipeline that somebody adds. *closed_names* renames stages 142 and 143."""

    name: str
    sort: int
    is_main: bool
    is_unsorted_on: bool
    stages: tuple[NewStage, ...] = ()
    closed_names: dict[int, str] = {}
    request_id: str = "0"


class PipelineChange(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody changes in a pipeline; UNSET stays as it is."""

    name: str | UnsetType = UNSET
    sort: int | UnsetType = UNSET
    is_main: bool | UnsetType = UNSET
    is_unsorted_on: bool | UnsetType = UNSET
    request_id: str = "0"


def new_pipeline(values: dict[str, Any], request_id: str = "0") -> NewPipeline:
    """Return what `NEW_PIPELINE` has read."""
    stages: list[NewStage] = []
    closed: dict[int, str] = {}
    for n, one in enumerate((values.get("_embedded") or {}).get("statuses") or ()):
        if one is None:
            continue
        if "id" not in one:
            stages.append(new_stage(one, str(n), position=n))
        elif one.get("name") is not None:
            closed[one["id"]] = one["name"]
    return NewPipeline(
        name=values["name"],
        sort=values["sort"],
        is_main=values["is_main"],
        is_unsorted_on=values["is_unsorted_on"],
        stages=tuple(stages),
        closed_names=closed,
        request_id=request_id,
    )


def pipeline_change(values: dict[str, Any], request_id: str = "0") -> PipelineChange:
    """Return what `CHANGED_PIPELINE` has read."""
    return PipelineChange(
        **{name: given(values, name) for name in _CHANGEABLE}, request_id=request_id
    )


def new_stage(values: dict[str, Any], request_id: str = "0", *, position: int = 0) -> NewStage:
    """Return what `NEW_STAGE` has read; in a new pipeline its position stands for a sort."""
    sort = values.get("sort")
    return NewStage(
        name=values["name"],
        sort=position if sort is None else sort,
        color=values.get("color"),
        descriptions=_descriptions(values),
        request_id=request_id,
    )


def stage_change(values: dict[str, Any], request_id: str = "0") -> StageChange:
    """Return what `CHANGED_STAGE` has read."""
    return StageChange(
        name=given(values, "name"),
        sort=given(values, "sort"),
        color=given(values, "color"),
        descriptions=_descriptions(values),
        request_id=request_id,
    )


def _descriptions(values: dict[str, Any]) -> tuple[LevelText, ...]:
    found = values.get("descriptions") or ()
    return tuple(LevelText(one["level"], one["description"]) for one in found)
