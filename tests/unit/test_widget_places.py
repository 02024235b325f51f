"""Pages have the codes and the elements that widgets look for (contract 3.11, 3.14)."""

from pathlib import Path

import pytest

from grantway.web import workspace
from grantway.web.workspace.crm.sorts import COMPANY, CONTACT, LEAD
from grantway.web.workspace.widgets.places import Place, card_of, list_of, todo_of, trash_of

TEMPLATES = Path(workspace.__file__).parent / "templates"


@pytest.mark.parametrize(
    ("place", "area", "page"),
    [
        (card_of(LEAD, {}), "lcard", "leads_card"),
        (card_of(CONTACT, {}), "ccard", "contacts_card"),
        (card_of(COMPANY, {}), "comcard", "companies_card"),
        (list_of(LEAD, []), "llist", "leads"),
        (list_of(CONTACT, []), "clist", "contacts"),
        (list_of(COMPANY, []), "clist", "companies"),
        (todo_of([]), "tlist", "todo"),
        (trash_of(LEAD), "", "leads-trash"),
        (trash_of(CONTACT), "", "contacts-trash"),
    ],
    ids=lambda one: one.page if isinstance(one, Place) else "",
)
def test_a_page_has_its_codes(place: Place, area: str, page: str) -> None:
    assert (place.area, place.page) == (area, page)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("crm_parts.html", "linked-form__field"),
        ("crm_parts.html", "linked-form__field__label"),
        ("card_notes.html", "feed-compose__quick-actions-wrapper"),
        ("card.html", "card-cf-table-main-entity"),
    ],
)
def test_templates_have_what_widgets_look_for(template: str, name: str) -> None:
    assert name in (TEMPLATES / template).read_text().replace('"', " ").split()
