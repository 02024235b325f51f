"""Values and rules of loss reasons."""

from __future__ import annotations

import msgspec
from msgspec import UnsetType

from grantway.crm.forms import Form

_SORT_LIMIT = 2**31 - 1


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


def read_new_loss_reason(form: Form) -> NewLossReason:
    """Read one item of `POST /leads/loss_reasons`."""
    sort = form.whole("sort", most=_SORT_LIMIT)
    return NewLossReason(
        form.must_text("name"), None if isinstance(sort, UnsetType) else sort, form.request_id
    )
