"""The lists and cards of leads, contacts, companies and tasks: name, template, values."""

from types import SimpleNamespace as Value
from typing import Any

from grantway.web.wording import DAY, HOUR
from grantway.web.workspace.crm.card_form import CHANGED_MEANWHILE, GENERAL
from grantway.web.workspace.crm.sorts import COMPANY, CONTACT, LEAD, SORTS, Sort
from tests.browser.preview_crm_values import (
    ANN,
    DAYS,
    DONE,
    FIELDS,
    NORTHWIND,
    NOTES,
    OPEN,
    ORDER,
    PEOPLE,
    REACHED,
    STAGES,
    TASK_FORM,
    group,
    linked,
    notes,
    option,
    section,
)
from tests.browser.preview_values import LEADS, LONG_NAME, NOW, PAGE, ROOT, Context, at_work


def card(sort: Sort, name: str, groups: list[Value], **more: object) -> Context:
    members = {"name": name, "responsible_user_id": "1"}
    if sort is LEAD:
        members |= {"price": "12400.50", "pipeline_id": "1"}
    if sort is CONTACT:
        members |= {"first_name": "Ann", "last_name": "Lee"}
    values: Context = {
        "sort": sort,
        "card": Value(
            id=1047,
            href=sort.href(1047),
            name=name,
            created_at=DAYS.words(NOW - 40 * DAY),
            created_by="Robot",
            updated_at=NOW - 3 * HOUR,
            updated_by="Alice",
        ),
        "may_edit": True,
        "may_bin": True,
        "stages": STAGES if sort is LEAD else None,
        "members": members,
        "mark": "m",
        "currency": "USD",
        "responsible": PEOPLE,
        "pipelines": [option(1, "Sales pipeline"), option(2, "Repeat business")],
        "loss_reasons": [option(1, "Too expensive")],
        "tags": [
            Value(id=1, name="hot", colour="#FF8F92", is_kept=True),
            Value(id=2, name="returning", colour="", is_kept=True),
        ],
        "new_tags": "",
        "sections": [section("", FIELDS if sort is LEAD else REACHED)],
        "linked": groups,
        "tasks": Value(open=OPEN, done=DONE, has_more=False, return_to="#"),
        "task_form": TASK_FORM,
        "notes": notes(NOTES, "?notes=2#notes"),
        "note_text": "",
        "errors": {},
        "part": "",
        "notice": "",
    }
    return at_work(sort.section, **(values | more))


OF_LEAD = [group(CONTACT, ANN, linked(8, LONG_NAME, may_be_main=True)), group(COMPANY, NORTHWIND)]
FOUND = group(
    CONTACT, ANN, is_asked=True, query="le", found=[linked(9, "Leo Marsh"), linked(10, LONG_NAME)]
)
MANY = [
    (FIELDS[n % 10][0], f"{FIELDS[n % 10][1]} {n}", FIELDS[n % 10][2] if n % 3 else [])
    for n in range(40)
]
BARE: Context = {
    "sections": [section("", [(kind, name, []) for kind, name, _ in FIELDS])],
    "tags": [],
    "tasks": Value(open=[], done=[], has_more=False, return_to="#"),
    "notes": notes([]),
}
ERRORS = {
    "price": "Price: write it in figures, such as 1200 or 1200.50.",
    "cf-501": "Number of seats: write a number in figures, such as 12 or 12.5.",
}


def contact(number: int, name: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "id": number,
        "name": name,
        "href": "#",
        "phone": "+1 555 0100",
        "email": "ann.lee@northwind.example",
        "company": {"name": "Northwind Wholesale", "href": "#"},
        "responsible": "Alice",
        "updated_at": NOW - number * 5_000,
    }
    return Value(**(values | more))


def contacts(sort: Sort, rows: list[Value], **more: object) -> Context:
    values: Context = {
        "sort": sort,
        "rows": rows,
        "query": "",
        "page": PAGE,
        "may_add": True,
        "notice": "",
        "curl": f"curl 'http://acme.{ROOT}/api/v4/{sort.entity_type}' \\\n"
        "  --header 'authorization: Bearer YOUR_TOKEN'",
    }
    return at_work("contacts", **(values | more))


PEOPLE_ROWS = [
    contact(1, "Ann Lee"),
    contact(2, LONG_NAME, phone="", company=None),
    contact(3, "株式会社 Нордвинд", email="", responsible="Bob"),
]


def todo(rows: dict[str, list[Value]], **more: object) -> Context:
    tabs = [
        ("Mine", "mine", "open"),
        ("Everybody's", "all", "open"),
        ("Mine, done", "mine", "done"),
    ]
    values: Context = {
        "who": "mine",
        "state": "open",
        "parts": list(rows.items()),
        "is_empty": not rows,
        "page": PAGE,
        "tabs": [Value(label=one[0], href="#", is_current=one[0] == "Mine") for one in tabs],
        "return_to": "/todo/",
        "task_form": TASK_FORM,
        "errors": {},
        "notice": "",
    }
    return at_work("tasks", **(values | more))


def binned(number: int, name: str, *, may_restore: bool = True) -> Value:
    return Value(
        id=number,
        name=name,
        responsible="Bob",
        binned_by="Alice",
        binned_at=NOW - number * HOUR,
        may_restore=may_restore,
    )


LEAD_LIST: Context = {
    "sort": LEAD,
    "query": "",
    "page": PAGE,
    "may_add": True,
    "notice": "",
    "curl": f"curl http://acme.{ROOT}/api/v4/leads \\\n"
    "  --header 'authorization: Bearer YOUR_TOKEN' \\\n"
    '  --json \'[{"name": "My first lead", "price": 1000}]\'',
}
CARD = "workspace/card.html"
CASES: list[tuple[str, str, Context]] = [
    ("leads", "workspace/leads.html", at_work("leads", **(LEAD_LIST | {"leads": LEADS}))),
    ("leads-empty", "workspace/leads.html", at_work("leads", **(LEAD_LIST | {"leads": []}))),
    (
        "leads-none-found",
        "workspace/leads.html",
        at_work("leads", **(LEAD_LIST | {"leads": [], "query": "zebra"})),
    ),
    ("crm-lead", CARD, card(LEAD, "Office chairs for the new floor", OF_LEAD)),
    (
        "crm-lead-long",
        CARD,
        card(
            LEAD,
            " ".join([LONG_NAME] * 3)[:255],
            OF_LEAD,
            sections=[
                section("", MANY[:12]),
                section("More fields", MANY[12:30]),
                section("Delivery and what belongs to it", MANY[30:]),
            ],
        ),
    ),
    (
        "crm-lead-bare",
        CARD,
        card(LEAD, "Lead #1047", [group(CONTACT), group(COMPANY)], **BARE),
    ),
    (
        "crm-lead-errors",
        CARD,
        card(LEAD, "Office chairs", [FOUND, group(COMPANY)], errors=ERRORS, part="details"),
    ),
    (
        "crm-lead-late",
        CARD,
        card(
            LEAD,
            "Office chairs",
            OF_LEAD,
            errors={GENERAL: CHANGED_MEANWHILE},
            part="details",
        ),
    ),
    (
        "crm-lead-read",
        CARD,
        card(
            LEAD,
            "Office chairs for the new floor",
            [group(CONTACT, linked(7, "Ann Lee", is_main=True, may_unlink=False), may_link=False)],
            may_edit=False,
            may_bin=False,
        ),
    ),
    (
        "crm-contact",
        CARD,
        card(CONTACT, "Ann Lee", [group(COMPANY, NORTHWIND), group(LEAD, ORDER)], notice="Saved."),
    ),
    ("crm-company", CARD, card(COMPANY, "Northwind", [group(CONTACT, ANN), group(LEAD, ORDER)])),
    ("crm-contacts", "workspace/contacts.html", contacts(CONTACT, PEOPLE_ROWS)),
    ("crm-companies-none", "workspace/contacts.html", contacts(COMPANY, [])),
    (
        "crm-todo",
        "workspace/todo.html",
        todo({"Overdue": OPEN[:1], "Today": OPEN[1:2], "Later": OPEN[2:]}),
    ),
    ("crm-todo-none", "workspace/todo.html", todo({})),
    (
        "crm-todo-done",
        "workspace/todo.html",
        todo({"Done": DONE}, state="done", notice="The task is done."),
    ),
    (
        "crm-trash",
        "workspace/trash.html",
        at_work(
            "leads",
            sort=SORTS["leads"],
            rows=[binned(1, "Lamps"), binned(2, LONG_NAME, may_restore=False)],
            page=PAGE,
        ),
    ),
    (
        "crm-new",
        "workspace/new_card.html",
        card(
            CONTACT,
            "",
            [],
            action="/contacts/add/",
            beside=Value(name="Office chairs for the new floor", href="#"),
            tags=[],
        ),
    ),
]
