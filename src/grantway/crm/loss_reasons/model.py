"""Values and rules of loss reasons."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.kernel.shapes import MAX_SORT, Line, Shape, Whole

NEW_LOSS_REASON = Shape(
    {
        "name": Line(required=True),
        "sort": Whole("Default: behind the others.", nullable=True, most=MAX_SORT),
    }
)


class LossReason(msgspec.Struct, frozen=True):
    """One reason."""

    id: int
    name: str
    sort: int
    created_at: int
    updated_at: int


class NewLossReason(msgspec.Struct, frozen=True):
    """A reason that somebody adds; without *sort* it goes behind the others."""

    name: str
    sort: int | None = None
    request_id: str = "0"


def new_loss_reason(values: dict[str, Any], request_id: str = "0") -> NewLossReason:
    """Return what `NEW_LOSS_REASON` has read."""
    return NewLossReason(values["name"], values.get("sort"), request_id)
