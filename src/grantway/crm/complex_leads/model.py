"""What clients may send for leads with their contact and company (contract: api-v4.md 3.2)."""

from __future__ import annotations

import msgspec

from grantway.crm.companies.model import NEW_COMPANY
from grantway.crm.contacts.model import NEW_CONTACT
from grantway.crm.entities.model import ALL_TAGS
from grantway.crm.leads.model import NEW_LEAD
from grantway.kernel.shapes import Anything, Flag, Items, Nested, Shape, Whole

MOST_LEADS = 50
MOST_FIELDS = 40
"""How many custom fields a lead, a contact or a company may be given."""

_CONTACT = Shape(
    {
        "id": Whole(
            "A contact that is there; the other members count for a new one.", nullable=True
        ),
        "is_main": Flag("It is the only one, so it is the main one.", nullable=True),
        **NEW_CONTACT.fields,
    }
)
_COMPANY = Shape(
    {
        "id": Whole(
            "A company that is there; the other members count for a new one.", nullable=True
        ),
        **NEW_COMPANY.fields,
    }
)
_EMBEDDED = Shape(
    {
        "tags": ALL_TAGS,
        "contacts": Items(Nested(_CONTACT), "A contact, new or there.", nullable=True, most=1),
        "companies": Items(Nested(_COMPANY), "A company, new or there.", nullable=True, most=1),
        "metadata": Anything(
            "Of incoming leads, which are not added here: anything in it is refused.",
            described={"type": ["object", "null"], "maxProperties": 0},
        ),
    }
)
NEW_COMPLEX_LEAD = Shape({**NEW_LEAD.fields, "_embedded": Nested(_EMBEDDED, nullable=True)})


class AddedLead(msgspec.Struct, frozen=True, kw_only=True):
    """A lead that was added, and what it is linked with."""

    id: int
    contact_id: int | None
    company_id: int | None
    request_id: str
