"""What a company is made of, and what clients may send (contract: api-v4.md 3.7)."""

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
    "name": Text("Default: “Company #” and the id.", nullable=True, longest=255),
    **PEOPLE,
    **TIMES,
    **CONTENTS,
    "_embedded": Nested(Shape({"tags": ALL_TAGS}), nullable=True),
}
NEW_COMPANY = Shape(_WRITABLE)
ONE_COMPANY = Shape({**_WRITABLE, "id": Whole("The company."), "tags_to_delete": TAGS_TO_DELETE})
CHANGED_COMPANY = Shape({**ONE_COMPANY.fields, "id": Whole("The company.", required=True)})


class Company(Entity, frozen=True, kw_only=True):
    """A company as it is kept."""
