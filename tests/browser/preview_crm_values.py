"""Sample values of cards: fields, stages, tasks, notes, what is linked."""

from types import SimpleNamespace as Value
from typing import Any

from grantway.accounts.model import Account
from grantway.crm.fields.model import EnumChoice, FieldDefinition, FieldType
from grantway.web.wording import DAY, HOUR
from grantway.web.workspace.crm.controls import control_of, held, shown
from grantway.web.workspace.crm.days import Days
from grantway.web.workspace.crm.sorts import COMPANY, Sort
from tests.browser.preview_values import LONG_NAME, NOW

DAYS = Days(
    Account(
        id=1,
        uuid="",
        subdomain="acme",
        name="acme",
        status="active",
        is_technical=False,
        country="",
        currency="USD",
        language="en",
        timezone="Europe/Madrid",
        created_at=NOW,
        created_by=1,
        updated_at=NOW,
        updated_by=1,
    ),
    NOW,
)
CHOICES = ("Website", "Telephone", "Fair", "Recommendation of somebody who knows us well")
ENUMS = tuple(EnumChoice(n, text, n) for n, text in enumerate(CHOICES, 1))
KINDS = tuple(EnumChoice(n, code, n, code) for n, code in enumerate(("WORK", "MOB", "OTHER"), 1))
FIELDS: list[tuple[FieldType, str, list[dict[str, Any]]]] = [
    (FieldType.TEXT, "Contact person", [{"value": "Ms Bianchi, second floor"}]),
    (FieldType.NUMERIC, "Number of seats", [{"value": "48"}]),
    (FieldType.CHECKBOX, "Wants an invoice on paper", [{"value": True}]),
    (FieldType.SELECT, "Source", [{"value": "Fair", "enum_id": 3}]),
    (FieldType.MULTISELECT, "Interests", [{"value": "Website", "enum_id": 1}]),
    (FieldType.DATE, "Delivery", [{"value": NOW + 9 * DAY}]),
    (FieldType.DATE_TIME, "Visit", [{"value": NOW + DAY}]),
    (FieldType.URL, "Plan of the rooms", [{"value": "https://plans.example/rooms?floor=2"}]),
    (FieldType.TEXTAREA, "Wishes", [{"value": "Oak, not beech.\nNo wheels in the canteen."}]),
    (FieldType.SMART_ADDRESS, "Site", [{"value": "14 Harbour Road"}, {"value": "Rotterdam"}]),
]
REACHED: list[tuple[FieldType, str, list[dict[str, Any]]]] = [
    (FieldType.TEXT, "Position", [{"value": "Head of purchasing"}]),
    (
        FieldType.MULTITEXT,
        "Phone",
        [
            {"value": "+1 555 0100", "enum_id": 1, "enum_code": "WORK"},
            {"value": "+1 555 0199", "enum_id": 2, "enum_code": "MOB"},
        ],
    ),
    (FieldType.MULTITEXT, "Email", [{"value": "ann.lee@northwind.example", "enum_id": 1}]),
]


def control(n: int, kind: FieldType, name: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    code = {"Phone": "PHONE", "Email": "EMAIL"}.get(name)
    enums = KINDS if kind is FieldType.MULTITEXT else ENUMS
    field = FieldDefinition(id=n, entity_type="leads", type=kind, name=name, code=code, enums=enums)
    return shown(field, held(field, values, DAYS) if control_of(field) else "", values, DAYS)


def section(title: str, fields: list[tuple[FieldType, str, list[dict[str, Any]]]]) -> Value:
    controls = [control(500 + n, *one) for n, one in enumerate(fields)]
    return Value(
        id=title or "default",
        title=title,
        controls=controls,
        names=[one["name"] for one in controls],
        filled=sum(not one["is_empty"] for one in controls),
        is_open=len(controls) < 12,
    )


def option(value: int, label: str) -> Value:
    return Value(value=str(value), label=label)


PEOPLE = [
    Value(value="1", label="Alice", is_active=True),
    Value(value="2", label="Bob", is_active=True),
]
STEPS = [
    ("Incoming leads", "#c1c1c1"),
    ("Initial contact", "#99ccff"),
    ("Offer made", "#ffff99"),
    ("Negotiation", "#ffcc66"),
    ("Contract sent", "#ffcccc"),
    ("Closed - won", "#ccff66"),
    ("Closed - lost", "#d5d8db"),
]
STAGES = Value(
    pipeline="Sales pipeline",
    steps=[
        Value(
            id=n,
            name=name,
            colour=colour,
            is_current=n == 3,
            is_closed=n > 4,
            is_open_to=n not in (0, 3),
        )
        for n, (name, colour) in enumerate(STEPS)
    ],
)


def task(number: int, text: str, due: int, **more: Any) -> Value:
    values: dict[str, Any] = {
        "id": number,
        "text": text,
        "type": "Follow-up",
        "due": DAYS.due_words(due),
        "is_late": due < NOW,
        "is_today": DAYS.is_today(due),
        "is_completed": False,
        "result": "",
        "done_at": DAYS.words(due),
        "responsible": "Alice",
        "may_change": True,
        "entity": {"name": "Office chairs for the new floor", "href": "#", "noun": "lead"},
    }
    return Value(**(values | more))


OPEN = [
    task(1, "Send the offer", NOW - 5 * HOUR),
    task(2, "Call back about the colour of the legs", NOW + HOUR, type="Meeting"),
    task(3, LONG_NAME, NOW + 12 * DAY, responsible="Bob", may_change=False),
]
DONE = [task(4, "Ask for the size", NOW - DAY, is_completed=True, is_late=False, result="48 seats")]
TASK_FORM = Value(
    held=Value(
        task_text="",
        task_type="1",
        task_date=DAYS.date(NOW + DAY),
        task_time="12:00",
        task_responsible="1",
    ),
    types=[option(1, "Follow-up"), option(2, "Meeting")],
    responsible=PEOPLE,
    zone="Europe/Madrid",
)


def note(number: int, text: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "id": number,
        "head": "",
        "icon": "note",
        "text": text,
        "more": "",
        "link": "",
        "author": "Alice" if number % 3 else "Robot",
        "at": DAYS.words(NOW - number * 7 * HOUR),
        "is_changed": False,
        "is_pinned": False,
    }
    return Value(**(values | more))


NOTES = [
    note(1, "Wants an offer for two sites.\nThe second one only in spring.", is_pinned=True),
    note(
        2,
        "",
        head="Incoming call",
        icon="phone",
        more="Number: +15550100 · By: Telephone · Lasted 4 minutes",
        link="https://calls.example/1.mp3",
    ),
    note(3, "The offer has arrived.", head="SMS received", icon="message", is_changed=True),
    note(4, " ".join([LONG_NAME] * 6)),
    note(5, "https://example.com/" + "a" * 300),
]


def notes(rows: list[Value], older: str = "") -> Value:
    return Value(rows=rows, number=1, newer_href="", older_href=older, longest=65_535)


def linked(number: int, name: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "id": number,
        "name": name,
        "href": "#",
        "phone": "+1 555 0100",
        "email": "ann.lee@northwind.example",
        "stage": "",
        "is_main": False,
        "may_unlink": True,
        "may_be_main": False,
    }
    return Value(**(values | more))


def group(sort: Sort, *rows: Value, **more: Any) -> Value:
    values: dict[str, Any] = {
        "sort": sort,
        "is_one": sort is COMPANY,
        "rows": rows,
        "more": 0,
        "may_link": True,
        "is_asked": False,
        "query": "",
        "found": [],
        "add_href": "#",
    }
    return Value(**(values | more))


ANN = linked(7, "Ann Lee", is_main=True)
ORDER = linked(
    1, "Office chairs", stage="Negotiation", colour="#ffcc66", price=12_400, currency="USD"
)
NORTHWIND = linked(4, "Northwind Wholesale and Logistics", email="")
