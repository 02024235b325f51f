"""What a contact is made of, and what clients may send (contract: api-v4.md 3.6)."""

from __future__ import annotations

from grantway.crm.entities.model import (
    ALL_TAGS,
    CONTENTS,
    PEOPLE,
    TAGS_TO_DELETE,
    TIMES,
    Entity,
)
from grantway.kernel.shapes import Nested, Shape, Text, Whole

_WRITABLE = {
    "name": Text(
        "The full name. Default: both names, or “Contact #” and the id.", nullable=True, longest=255
    ),
    "first_name": Text(nullable=True, longest=255),
    "last_name": Text(nullable=True, longest=255),
    **PEOPLE,
    **TIMES,
    **CONTENTS,
    "_embedded": Nested(Shape({"tags": ALL_TAGS}), nullable=True),
}
NEW_CONTACT = Shape(_WRITABLE)
ONE_CONTACT = Shape({**_WRITABLE, "id": Whole("The contact."), "tags_to_delete": TAGS_TO_DELETE})
CHANGED_CONTACT = Shape({**ONE_CONTACT.fields, "id": Whole("The contact.", required=True)})
_LONGEST = 255


class Contact(Entity, frozen=True, kw_only=True):
    """A contact as it is kept."""

    first_name: str = ""
    last_name: str = ""


def full_name(first_name: str, last_name: str) -> str:
    """Return both names as one, no longer than a name may be.

    >>> full_name("Ann", "Lee"), full_name("", "Lee")
    ('Ann Lee', 'Lee')
    """
    return f"{first_name} {last_name}".strip()[:_LONGEST]
