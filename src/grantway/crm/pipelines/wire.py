"""What clients send about pipelines and stages."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from grantway.crm.forms import Form, whole_number
from grantway.crm.pipelines.model import (
    CLOSED,
    COLORS,
    DESCRIPTION_LIMIT,
    LEVELS,
    MOST_STAGES,
    UNSORTED_TYPE,
)
from grantway.kernel.errors import field_missing, not_supported_choice

_SORT_LIMIT = 2**31 - 1


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


def read_new_pipeline(form: Form) -> NewPipeline:
    """Read one item of `POST /leads/pipelines`."""
    stages: list[NewStage] = []
    closed: dict[int, str] = {}
    inner = form.inside("_embedded").forms("statuses", most=MOST_STAGES)
    for n, one in enumerate([] if isinstance(inner, UnsetType) else inner):
        stage_id = whole_number(one.raw("id"))
        if stage_id is not None and stage_id in CLOSED:
            name = one.text("name")
            if name is not UNSET:
                closed[stage_id] = name
        elif one.raw("type") != UNSORTED_TYPE:  # every pipeline has its own of these
            stages.append(_new_stage(one, sort=one.whole("sort", most=_SORT_LIMIT), position=n))
    return NewPipeline(
        name=form.must_text("name"),
        sort=form.must_whole("sort", most=_SORT_LIMIT),
        is_main=form.must_truth("is_main"),
        is_unsorted_on=form.must_truth("is_unsorted_on"),
        stages=tuple(stages),
        closed_names=closed,
        request_id=form.request_id,
    )


def read_pipeline_change(form: Form) -> PipelineChange:
    """Read the body of `PATCH /leads/pipelines/{id}`, which has to change something."""
    change = PipelineChange(
        name=form.text("name"),
        sort=form.whole("sort", most=_SORT_LIMIT),
        is_main=form.truth("is_main"),
        is_unsorted_on=form.truth("is_unsorted_on"),
        request_id=form.request_id,
    )
    if not any(form.has(key) for key in ("name", "sort", "is_main", "is_unsorted_on")):
        form.errors.append(field_missing(form.at("name")))
    return change


def read_new_stage(form: Form) -> NewStage:
    """Read one item of `POST /leads/pipelines/{id}/statuses`."""
    return _new_stage(form, sort=form.must_whole("sort", most=_SORT_LIMIT), position=0)


def read_stage_change(form: Form) -> StageChange:
    """Read the body of `PATCH /leads/pipelines/{id}/statuses/{id}`.

    Whether a colour is allowed depends on the one that is there.
    """
    return StageChange(
        name=form.text("name"),
        sort=form.whole("sort", most=_SORT_LIMIT),
        color=form.text("color"),
        descriptions=_descriptions(form),
        request_id=form.request_id,
    )


def _new_stage(form: Form, *, sort: int | UnsetType, position: int) -> NewStage:
    color = form.text("color")
    if color is not UNSET and color.lower() not in COLORS:
        form.errors.append(not_supported_choice(form.at("color")))
    return NewStage(
        name=form.must_text("name"),
        sort=position if isinstance(sort, UnsetType) else sort,
        color=None if isinstance(color, UnsetType) else color.lower(),
        descriptions=_descriptions(form),
        request_id=form.request_id,
    )


def _descriptions(form: Form) -> tuple[LevelText, ...]:
    inner = form.forms("descriptions", most=len(LEVELS))
    if isinstance(inner, UnsetType):
        return ()
    read = []
    for one in inner:
        level = one.choice("level", LEVELS)
        text = one.text("description", limit=DESCRIPTION_LIMIT, blank=True)
        for key in ("level", "description"):
            if not one.has(key):
                one.errors.append(field_missing(one.at(key)))
        if level is not UNSET and text is not UNSET:
            read.append(LevelText(level, text))
    return tuple(read)
