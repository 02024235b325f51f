"""`/api/v4/leads/complex` (contract: api-v4.md 3.2)."""

from __future__ import annotations

from typing import Any

from grantway.asgi.answers import Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Single
from grantway.crm.complex_leads import service
from grantway.crm.complex_leads.model import (
    MOST_FIELDS,
    MOST_LEADS,
    NEW_COMPLEX_LEAD,
    AddedLead,
)
from grantway.crm.entities.model import EntityWrite
from grantway.db import Database

_ID = {"type": "integer"}
_ID_OR_NULL = {"type": ["integer", "null"]}
_RETURNED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "contact_id", "company_id", "request_id", "merged"],
        "properties": {
            "id": _ID,
            "contact_id": _ID_OR_NULL,
            "company_id": _ID_OR_NULL,
            "request_id": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "maxItems": 1,
            },
            "merged": {"type": "boolean", "const": False},
        },
    },
}
_SENT = {
    "name": "First order",
    "price": 1000,
    "_embedded": {
        "contacts": [{"first_name": "Ann", "last_name": "Lee"}],
        "companies": [{"name": "Example Inc"}],
    },
}


def shown(one: AddedLead) -> dict[str, Any]:
    """Return what was added as the API prints it; nothing is merged with what is there."""
    return {
        "id": one.id,
        "contact_id": one.contact_id,
        "company_id": one.company_id,
        "request_id": [one.request_id],
        "merged": False,
    }


_EXAMPLE = shown(AddedLead(id=1, contact_id=2, company_id=3, request_id="0"))


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""

    async def add_complex_leads(call: Call) -> Answer:
        writes = [EntityWrite(item.request_id, item.values) for item in call.items]
        async with db.write() as tx:
            added = await service.add(
                tx, call.actor, writes, call.now, is_strict=call.bearer.is_strict
            )
        return hal([shown(one) for one in added])

    return [
        Operation(
            method="POST",
            path="/api/v4/leads/complex",
            call=add_complex_leads,
            scope="crm",
            tag="Leads",
            summary="Add leads with contacts and companies",
            about=f"Adds up to {MOST_LEADS} leads, each with one contact and one company at most, "
            "all or none. Each of both is named by `id`, or else it is new; a new contact is "
            "linked with the company, too. A lead, a contact or a company may have "
            f"{MOST_FIELDS} custom fields here. Duplicates are not looked for: `merged` is always "
            "false. Incoming leads (`_embedded.metadata`) are not added here.",
            body=Body(shape=NEW_COMPLEX_LEAD, many=True, example=[_SENT], most=MOST_LEADS),
            returns={200: Single(_RETURNED, [_EXAMPLE])},
        )
    ]
