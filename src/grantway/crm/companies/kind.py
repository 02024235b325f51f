"""Companies as the machinery of entities knows them."""

from __future__ import annotations

from typing import Any

from grantway.crm.companies import store
from grantway.crm.companies.document import render
from grantway.crm.companies.model import Company
from grantway.crm.entities.document import Surroundings
from grantway.crm.entities.kind import Kind, Rules


class _Rules(Rules[Company]):
    def blank(self, entity_id: int) -> Company:
        return Company(id=entity_id, name=f"Company #{entity_id}", **self.context.beginnings())


class _Companies(Kind[Company]):
    entity_type = "companies"
    series = "company"
    entity = Company
    rules = _Rules
    add_sql = store.ADD
    change_sql = store.CHANGE
    orders = ("updated_at", "id", "name")
    extras = ("leads", "contacts", "catalog_elements", "only_deleted")
    told_among = "contacts"  # contacts and companies alike

    def told(self, entity: Company) -> dict[str, Any]:  # noqa: ARG002 - it is the same for all
        return {"type": "company"}

    def render(self, entity: Company, around: Surroundings) -> bytes:
        return render(entity, around)


COMPANIES = _Companies()
