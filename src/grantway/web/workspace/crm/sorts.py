"""The types of entities as pages know them: addresses, areas of widgets, words.

The areas and addresses are those that widgets ask for (widgets-and-marketplace.md 2.2, 3.11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from grantway.crm.companies.kind import COMPANIES
from grantway.crm.companies.model import NEW_COMPANY, ONE_COMPANY
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.contacts.model import NEW_CONTACT, ONE_CONTACT
from grantway.crm.entities.kind import Kind
from grantway.crm.leads.kind import LEADS
from grantway.crm.leads.model import NEW_LEAD, ONE_LEAD
from grantway.kernel.shapes import Shape
from grantway.web.forms import whole
from grantway.web.refusals import PageNotFound


class Sort(msgspec.Struct, frozen=True, kw_only=True):
    """A type of entity, with all that its pages need to know of it."""

    kind: Kind[Any]
    noun: str
    nouns: str
    section: str
    list_href: str
    area: str
    list_area: str
    new_shape: Shape
    one_shape: Shape

    @property
    def entity_type(self) -> str:
        return self.kind.entity_type

    @property
    def add_href(self) -> str:
        return f"/{self.entity_type}/add/"

    @property
    def trash_href(self) -> str:
        return f"/{self.entity_type}/trash/"

    def href(self, entity_id: int) -> str:
        """Return the address of a card."""
        return f"/{self.entity_type}/detail/{entity_id}"


LEAD = Sort(
    kind=LEADS,
    noun="lead",
    nouns="leads",
    section="leads",
    list_href="/leads/",
    area="lcard",
    list_area="llist",
    new_shape=NEW_LEAD,
    one_shape=ONE_LEAD,
)
CONTACT = Sort(
    kind=CONTACTS,
    noun="contact",
    nouns="contacts",
    section="contacts",
    list_href="/contacts/list/",
    area="ccard",
    list_area="clist",
    new_shape=NEW_CONTACT,
    one_shape=ONE_CONTACT,
)
COMPANY = Sort(
    kind=COMPANIES,
    noun="company",
    nouns="companies",
    section="contacts",
    list_href="/contacts/list/companies/",
    area="comcard",
    list_area="clist",
    new_shape=NEW_COMPANY,
    one_shape=ONE_COMPANY,
)
SORTS: Mapping[str, Sort] = {one.entity_type: one for one in (LEAD, CONTACT, COMPANY)}


def id_in(text: str) -> int:
    """Return the id that an address or a form names; raise PageNotFound when it can be none."""
    found = whole(text)
    if found is None:
        raise PageNotFound
    return found
