"""`/api/v4/leads/loss_reasons` (contract: api-v4.md 3.3)."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from grantway.api.v4.collection import links
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Links, Single, told, whole
from grantway.crm.leads import moving
from grantway.crm.loss_reasons import service
from grantway.crm.loss_reasons.model import NEW_LOSS_REASON, LossReason, new_loss_reason
from grantway.db import Database

PATH = "/api/v4/leads/loss_reasons"
_TAG = "Loss reasons"
_ID = (Parameter("id", "The loss reason.", {"type": "integer", "minimum": 1}, 1),)
_NOT_FOUND = {404: "The account has no such loss reason."}


class LossReasonShown(msgspec.Struct, frozen=True, kw_only=True):
    """Why a lead was lost."""

    id: int
    name: str
    sort: int
    created_at: int
    updated_at: int
    request_id: str | UnsetType = UNSET
    _links: Links


def shown(reason: LossReason, origin: str, request_id: str | UnsetType = UNSET) -> LossReasonShown:
    """Return the reason as the API prints it."""
    return LossReasonShown(
        id=reason.id,
        name=reason.name,
        sort=reason.sort,
        created_at=reason.created_at,
        updated_at=reason.updated_at,
        request_id=request_id,
        _links=links(f"{origin}{PATH}/{reason.id}"),
    )


_DEAR = LossReason(1, "Too expensive", 10, created_at=1_700_000_000, updated_at=1_700_000_000)
_EXAMPLE = shown(_DEAR, EXAMPLE_ORIGIN)
_WRITTEN = shown(_DEAR, EXAMPLE_ORIGIN, "0")


class LossReasons:
    """The operations on loss reasons."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        return [
            Operation(
                method="GET",
                path=PATH,
                call=self.list_loss_reasons,
                scope="crm",
                tag=_TAG,
                summary="List loss reasons",
                about="All reasons that a lost lead can be given, in their order.",
                returns={200: whole("loss_reasons", LossReasonShown, _EXAMPLE), 204: None},
            ),
            Operation(
                method="GET",
                path=PATH + "/{id}",
                call=self.get_loss_reason,
                scope="crm",
                tag=_TAG,
                summary="Get one loss reason",
                about="One loss reason, without an envelope.",
                parameters=_ID,
                returns={200: Single(LossReasonShown, _EXAMPLE)},
                refuses=_NOT_FOUND,
            ),
            Operation(
                method="POST",
                path=PATH,
                call=self.add_loss_reasons,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Add loss reasons",
                about="Adds reasons; one without `sort` goes behind the others.",
                body=Body(shape=NEW_LOSS_REASON, many=True, example=[{"name": "Too expensive"}]),
                returns={200: told("loss_reasons", LossReasonShown, _WRITTEN)},
            ),
            Operation(
                method="DELETE",
                path=PATH + "/{id}",
                call=self.remove_loss_reason,
                scope="crm",
                for_administrators=True,
                tag=_TAG,
                summary="Remove a loss reason",
                about="Removes a reason that no lead names.",
                parameters=_ID,
                returns={204: None},
                refuses=_NOT_FOUND | {422: "There are leads that name the reason."},
            ),
        ]

    async def list_loss_reasons(self, call: Call) -> Answer:
        """Answer every reason of the account, or 204 when there is none."""
        async with self._db.read() as reader:
            reasons = await service.list_reasons(reader, call.account_id)
        if not reasons:
            return NO_CONTENT
        return hal(
            {
                "_total_items": len(reasons),
                "_links": links(call.origin + PATH),
                "_embedded": {"loss_reasons": [shown(one, call.origin) for one in reasons]},
            }
        )

    async def get_loss_reason(self, call: Call) -> Answer:
        """Answer one reason; 404 when the account has none with this id."""
        async with self._db.read() as reader:
            reason = await service.get(reader, call.account_id, call.ids["id"])
        return hal(shown(reason, call.origin))

    async def add_loss_reasons(self, call: Call) -> Answer:
        """Add one reason or many, all or none."""
        wanted = [new_loss_reason(item.values, item.request_id) for item in call.items]
        async with self._db.write() as tx:
            added = await service.add(tx, call.account_id, wanted, now=call.now)
        answered = [
            shown(reason, call.origin, one.request_id)
            for reason, one in zip(added, wanted, strict=True)
        ]
        return hal({"_total_items": len(answered), "_embedded": {"loss_reasons": answered}})

    async def remove_loss_reason(self, call: Call) -> Answer:
        """Remove one reason that no lead names."""
        async with self._db.write() as tx:
            await service.remove(
                tx, call.actor, call.ids["id"], count_leads=moving.count_leads_of_loss_reason
            )
        return NO_CONTENT
