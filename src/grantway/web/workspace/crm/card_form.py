"""What the form of a card says about its entity, in the words of the API, and what is wrong.

The form sends all that it shows, and only what somebody has changed in it is
written. `seen` marks what each control held when the form was made, so nobody
writes over changes that they have not seen, and a form that comes back too late
is told from what others have changed meanwhile.
"""

from __future__ import annotations

import decimal
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.crm.fields.model import FieldDefinition
from grantway.crm.fields.model.field_types import Shape
from grantway.kernel.errors import Invalid, Violation
from grantway.kernel.shapes import Shape as BodyShape
from grantway.web.forms import Form, whole
from grantway.web.workspace.crm.controls import (
    Given,
    WrongValue,
    control_of,
    given,
    mark_of,
    name_of,
    values_of,
)
from grantway.web.workspace.crm.days import Days

MOST_BYTES = 1024 * 1024
MOST_FIELDS = 10_000
"""A card may have a thousand fields, and some of them many values."""

GENERAL = "general"
"""Where a form says what is wrong with none of its fields."""

_PLACES = {
    "tags_to_add": "tags",
    "tags_to_delete": "tags",
    "status_id": "stage",
    "pipeline_id": "pipeline_id",
    "to_entity_id": GENERAL,
    "entity_id": GENERAL,
    "id": GENERAL,
}
CHANGED_MEANWHILE = (
    "Somebody else has changed this while you were writing. Below stands what you have changed, "
    "and in all else what is there now. Look at it once more and save again to keep yours."
)


class FormRejected(Exception):
    """A form cannot be carried out; *words* say of each of its fields what is wrong."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__("; ".join(words))
        self.words = dict(words)


class Held(msgspec.Struct, frozen=True):
    """What the form of a card holds when it is opened."""

    members: dict[str, str]
    tags: dict[int, str]
    values: dict[int, Given]

    @property
    def mark(self) -> str:
        """Return what tells this state from any other: of each control that holds something."""
        held: dict[str, Given] = dict(self.members)
        held |= {f"tag-{tag_id}": name for tag_id, name in self.tags.items()}
        held |= {f"cf-{field_id}": value for field_id, value in self.values.items()}
        marks = ((name, mark_of(given)) for name, given in held.items())
        return " ".join(f"{name}={mark}" for name, mark in marks if mark)


class Typed:
    """What somebody has changed in a form, whatever others have changed meanwhile."""

    def __init__(self, form: Form) -> None:
        self.form = form
        parts = (one.partition("=") for one in form.text("seen").split())
        self._seen = {name: mark for name, _, mark in parts}

    def text(self, name: str, held: str) -> str:
        """Return what a member was changed to, or what it holds now."""
        given = self.form.text(name)
        return given if self.form.all(name) and self._is_new(name, given) else held

    def value(self, field: FieldDefinition, held: Given) -> Given:
        """Return what a custom field was changed to, or what it holds now."""
        control = given(field, self.form) if control_of(field) else None
        return held if control is None or not self._is_new(name_of(field), control) else control

    def keeps(self, tag_id: int) -> bool:
        """Tell whether the tag stays: it is ticked, or was not there to be ticked off."""
        name = f"tag-{tag_id}"
        return bool(self.form.text(name)) or name not in self._seen

    def _is_new(self, name: str, given: Given) -> bool:
        return mark_of(given) != self._seen.get(name, "")


class Wish(msgspec.Struct, frozen=True):
    """What is to be written, as the API would take it, and the fields that it names in order."""

    values: dict[str, Any]
    fields: list[FieldDefinition]


def wish(
    form: Form, before: Held, fields: Sequence[FieldDefinition], days: Days, shape: BodyShape
) -> Wish:
    """Return what differs in *form* from what it held. Raises FormRejected."""
    if form.text("seen") != before.mark:
        raise FormRejected({GENERAL: CHANGED_MEANWHILE})
    words: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, held in before.members.items():
        text = form.text(name).strip()
        if form.all(name) and text != held.strip():
            _member(name, text, values, words)
    values |= _tags(form, before.tags)
    changed: list[FieldDefinition] = []
    sent: list[dict[str, Any]] = []
    for field in fields:
        control = given(field, form) if control_of(field) else None
        if control is None or mark_of(control) == mark_of(before.values[field.id]):
            continue
        try:
            sent.append({"field_id": field.id, "values": values_of(field, control, days)})
            changed.append(field)
        except WrongValue as error:
            words[name_of(field)] = f"{field.name}: {error}."
    if sent:
        values["custom_fields_values"] = sent
    violations: list[Violation] = []
    read = shape.read(values, "", violations)
    words |= _worded(violations, changed)
    if words:
        raise FormRejected(words)
    return Wish(read, changed)


def rejected(error: Invalid, fields: Sequence[FieldDefinition] = ()) -> FormRejected:
    """Return what a service has found wrong, beside the controls that it means."""
    found = [one for wrong in error.violations or () for one in wrong.errors]
    if found:
        return FormRejected(_worded(found, fields))
    told = next(iter((error.errors or {}).values()), error.detail)
    return FormRejected({GENERAL: f"{told}."})


def _member(name: str, text: str, values: dict[str, Any], words: dict[str, str]) -> None:
    match name:
        case "name" if not text:
            words[name] = "Write a name."
        case "name" | "first_name" | "last_name":
            values[name] = text
        case "price":
            price = _price(text)
            if price is None:
                words[name] = "Price: write it in figures, such as 1200 or 1200.50."
            else:
                values[name] = price
        case _ if not text:
            values[name] = None
        case _:
            values[name] = whole(text)
            if values[name] is None:
                words[name] = "Choose one of those that are offered."


def _price(text: str) -> float | int | None:
    """Return a price; a blank between thousands is left out, and nothing at all is zero."""
    try:
        amount = decimal.Decimal("".join(text.split()) or "0")
    except decimal.InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) > 10**13:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _tags(form: Form, present: Mapping[int, str]) -> dict[str, Any]:
    if not form.all("tags"):
        return {}
    wanted: dict[str, Any] = {}
    new = [name for name in (one.strip() for one in form.text("tags").split(",")) if name]
    gone = [tag_id for tag_id in present if not form.text(f"tag-{tag_id}")]
    if new:
        wanted["tags_to_add"] = [{"name": one} for one in dict.fromkeys(new)]
    if gone:
        wanted["tags_to_delete"] = [{"id": one} for one in gone]
    return wanted


def _worded(violations: Sequence[Violation], fields: Sequence[FieldDefinition]) -> dict[str, str]:
    words: dict[str, str] = {}
    for one in violations:
        head, _, rest = one.path.partition(".")
        if head == "custom_fields_values" and rest.partition(".")[0].isdigit():
            field = fields[int(rest.partition(".")[0])]
            name, text = name_of(field), f"{field.name}: {_text(one, field)}"
        else:
            name, text = _PLACES.get(head, head), _capital(_text(one))
        words.setdefault(name, text)
    return words


def _text(violation: Violation, field: FieldDefinition | None = None) -> str:
    match violation.code:
        case "InvalidType" if field is not None and field.rule.shape is Shape.NUMBER:
            return "write a number in figures, such as 12 or 12.5."
        case "NotSupportedChoice":
            return "choose one of those that are offered."
        case "FieldMissing":
            return "this is needed."
    return violation.detail[:1].lower() + violation.detail[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
