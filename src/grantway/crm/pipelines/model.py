"""Values and rules of pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

WON = 142
LOST = 143
"""The closed stages, which stand once in every pipeline under the same id."""

CLOSED = frozenset({WON, LOST})

MOST_PIPELINES = 50
MOST_STAGES = 100
DESCRIPTION_LIMIT = 1_000
LEVELS = ("newbie", "candidate", "master")

REGULAR_TYPE = 0
UNSORTED_TYPE = 1

_FIRST_SORT = 20  # behind the stage of incoming leads
_SORT_STEP = 10

# fmt: off
COLORS = (
    "#fffeb2", "#fffd7f", "#fff000", "#ffeab2", "#ffdc7f", "#ffce5a", "#ffdbdb",
    "#ffc8c8", "#ff8f92", "#d6eaff", "#c1e0ff", "#98cbff", "#ebffb1", "#deff81",
    "#87f2c0", "#f9deff", "#f3beff", "#ccc8f9", "#eb93ff", "#f2f3f4", "#e6e8ea",
)
# fmt: on
DEFAULT_COLOR = COLORS[0]


class Description(msgspec.Struct, frozen=True):
    """What people of one level of experience should do in a stage."""

    id: int
    pipeline_id: int
    stage_id: int
    level: str
    description: str
    created_at: int
    created_by: int
    updated_at: int
    updated_by: int


class Stage(msgspec.Struct, frozen=True):
    """One stage of a pipeline; the API calls it a status."""

    pipeline_id: int
    id: int
    name: str
    sort: int
    color: str
    type: int
    is_editable: bool

    @property
    def is_unsorted(self) -> bool:
        """Tell whether incoming leads wait here."""
        return self.type == UNSORTED_TYPE


class Pipeline(msgspec.Struct, frozen=True):
    """One way of leads through stages, which stand in their order."""

    id: int
    name: str
    sort: int
    is_main: bool
    is_unsorted_on: bool
    is_archive: bool
    stages: tuple[Stage, ...] = ()

    @property
    def visible_stages(self) -> tuple[Stage, ...]:
        """The stages that answers show: incoming leads only when they are on."""
        return tuple(one for one in self.stages if self.is_unsorted_on or not one.is_unsorted)

    def find(self, stage_id: int) -> Stage | None:
        """Return the stage with this id, or None."""
        return next((one for one in self.stages if one.id == stage_id), None)

    def first_stage(self) -> Stage:
        """Return where new leads begin; a pipeline always keeps one regular stage."""
        return next(one for one in self.stages if one.is_editable)


class Pipelines:
    """All pipelines of an account in their order; there is always a main one."""

    def __init__(self, pipelines: Iterable[Pipeline]) -> None:
        self.all = tuple(sorted(pipelines, key=lambda one: (one.sort, one.id)))
        self._by_id = {one.id: one for one in self.all}
        self._stages = {
            (stage.pipeline_id, stage.id): stage for p in self.all for stage in p.stages
        }

    def find(self, pipeline_id: int) -> Pipeline | None:
        """Return the pipeline with this id, or None."""
        return self._by_id.get(pipeline_id)

    def main(self) -> Pipeline:
        """Return the pipeline of leads that name none."""
        return next(one for one in self.all if one.is_main)

    def first_stage(self, pipeline_id: int) -> Stage:
        """Return where new leads of an existing pipeline begin."""
        return self._by_id[pipeline_id].first_stage()

    def has(self, pipeline_id: int, status_id: int) -> bool:
        """Tell whether the stage belongs to the pipeline; 142 and 143 belong to all."""
        return (pipeline_id, status_id) in self._stages

    def is_unsorted(self, pipeline_id: int, status_id: int) -> bool:
        """Tell whether the stage is where the pipeline's incoming leads wait."""
        stage = self._stages.get((pipeline_id, status_id))
        return stage is not None and stage.is_unsorted


def system_stages(pipeline_id: int, unsorted_id: int) -> list[Stage]:
    """Return the three stages that every pipeline has."""
    return [
        Stage(
            pipeline_id,
            unsorted_id,
            "Incoming leads",
            10,
            "#c1c1c1",
            UNSORTED_TYPE,
            is_editable=False,
        ),
        Stage(pipeline_id, WON, "Closed - won", 10_000, "#CCFF66", REGULAR_TYPE, is_editable=False),
        Stage(
            pipeline_id, LOST, "Closed - lost", 11_000, "#D5D8DB", REGULAR_TYPE, is_editable=False
        ),
    ]


def renumbered(stages: Sequence[Stage]) -> list[Stage]:
    """Return *stages* in order, the regular ones in even steps between the system ones.

    Of stages with the same number, the one that stands later in *stages* goes behind.
    """
    regular = sorted((one for one in stages if one.is_editable), key=lambda one: one.sort)
    placed = [
        msgspec.structs.replace(one, sort=_FIRST_SORT + n * _SORT_STEP)
        for n, one in enumerate(regular)
    ]
    fixed = [one for one in stages if not one.is_editable]
    return sorted([*fixed, *placed], key=lambda one: (one.sort, one.id))
