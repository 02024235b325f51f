"""`/api/v4/leads/loss_reasons` (contract: api-v4.md 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import in_address, links
from grantway.api.v4.resources import WRITES, Asked, Resource, Sent
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Links
from grantway.crm.leads import moving
from grantway.crm.loss_reasons import service
from grantway.crm.loss_reasons.model import (
    NEW_LOSS_REASON,
    LossReason,
    NewLossReason,
    new_loss_reason,
)
from grantway.db import Database, Reader, Transaction

PATH = "/api/v4/leads/loss_reasons"
_NOT_FOUND = {404: "The account has no such loss reason."}
_NEW = Sent(NEW_LOSS_REASON, new_loss_reason, {"name": "Too expensive"})
_DEAR = LossReason(1, "Too expensive", 10, created_at=1_700_000_000, updated_at=1_700_000_000)


class LossReasonShown(msgspec.Struct, frozen=True, kw_only=True):
    """Why a lead was lost."""

    id: int
    name: str
    sort: int
    created_at: int
    updated_at: int
    request_id: str | UnsetType = UNSET
    _links: Links


def shown(reason: LossReason, asked: Asked) -> LossReasonShown:
    """Return the reason as the API prints it."""
    return LossReasonShown(
        id=reason.id,
        name=reason.name,
        sort=reason.sort,
        created_at=reason.created_at,
        updated_at=reason.updated_at,
        request_id=asked.request_id,
        _links=links(f"{asked.origin}{PATH}/{reason.id}"),
    )


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    reasons = Resource(
        db=db,
        path=PATH,
        one="loss_reason",
        many="loss_reasons",
        embedded="loss_reasons",
        tag="Loss reasons",
        scope="crm",
        for_administrators=WRITES,
        shown=shown,
        example=_DEAR,
        ids=[in_address("The loss reason.")],
    )
    return [
        reasons.list_whole(
            _list,
            summary="List loss reasons",
            about="All reasons that a lost lead can be given, in their order.",
        ),
        reasons.get(
            _get,
            summary="Get one loss reason",
            about="One loss reason, without an envelope.",
            refuses=_NOT_FOUND,
        ),
        reasons.add(
            _NEW,
            _add,
            summary="Add loss reasons",
            about="Adds reasons; one without `sort` goes behind the others.",
        ),
        reasons.remove(
            _remove,
            summary="Remove a loss reason",
            about="Removes a reason that no lead names.",
            refuses=_NOT_FOUND | {422: "There are leads that name the reason."},
        ),
    ]


async def _list(reader: Reader, call: Call) -> Sequence[LossReason]:
    return await service.list_reasons(reader, call.account_id)


async def _get(reader: Reader, call: Call) -> LossReason:
    return await service.get(reader, call.account_id, call.ids["id"])


async def _add(tx: Transaction, call: Call, wanted: list[NewLossReason]) -> Sequence[LossReason]:
    return await service.add(tx, call.account_id, wanted, now=call.now)


async def _remove(tx: Transaction, call: Call) -> None:
    await service.remove(
        tx, call.actor, call.ids["id"], count_leads=moving.count_leads_of_loss_reason
    )
