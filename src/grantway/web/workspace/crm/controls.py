"""Custom fields as controls of a form, and back (api-v4.md 3.10).

A value is shown, sent and compared in the form in which a control holds it: only
fields that somebody has changed are written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.crm.fields.model import FieldDefinition, FieldType
from grantway.crm.fields.model.changed import text_of
from grantway.web.forms import Form, whole
from grantway.web.workspace.crm.days import Days

Given = str | tuple[str, ...] | tuple[tuple[str, str], ...]
"""What a control holds: a text, choices, or texts with their kinds."""

_CONTROLS: Mapping[FieldType, str] = {
    FieldType.TEXT: "line",
    FieldType.STREETADDRESS: "line",
    FieldType.URL: "url",
    FieldType.TEXTAREA: "area",
    FieldType.NUMERIC: "number",
    FieldType.PRICE: "number",
    FieldType.MONETARY: "number",
    FieldType.CHECKBOX: "tick",
    FieldType.DATE: "date",
    FieldType.BIRTHDAY: "date",
    FieldType.DATE_TIME: "moment",
    FieldType.SELECT: "choice",
    FieldType.RADIOBUTTON: "choice",
    FieldType.CATEGORY: "choice",
    FieldType.MULTISELECT: "choices",
    FieldType.MULTITEXT: "texts",
}
_MOST_TEXTS = 100
_KIND_WORDS = {
    "WORK": "Work",
    "WORKDD": "Direct",
    "MOB": "Mobile",
    "FAX": "Fax",
    "HOME": "Home",
    "PRIV": "Private",
    "OTHER": "Other",
}


class WrongValue(Exception):
    """What was written into a control is no value of its field; the text says what would be."""


def name_of(field: FieldDefinition) -> str:
    """Return the name of the field's control."""
    return f"cf-{field.id}"


def control_of(field: FieldDefinition) -> str:
    """Return which control changes the field; "" when people cannot change it here."""
    return "" if field.is_api_only else _CONTROLS.get(field.type, "")


def held(field: FieldDefinition, values: Sequence[Mapping[str, Any]], days: Days) -> Given:
    """Return what the control holds when the field has these values, as the API shows them."""
    match control_of(field):
        case "choices":
            return tuple(str(one["enum_id"]) for one in values)
        case "texts":
            return tuple((one["value"], str(one.get("enum_id", ""))) for one in values)
        case _ if not values:
            return ""
        case "choice":
            return str(values[0]["enum_id"])
        case "tick":
            return "1" if values[0]["value"] else ""
        case "date":
            return days.date(values[0]["value"])
        case "moment":
            return days.local(values[0]["value"])
    return text_of(values[0]).replace("\r\n", "\n")


def given(field: FieldDefinition, form: Form) -> Given | None:
    """Return what the control holds in *form*; None when the form does not have the control."""
    name = name_of(field)
    if not form.all(name):
        return None
    match control_of(field):
        case "choices":
            return tuple(str(e.id) for e in field.enums if form.text(f"{name}-{e.id}"))
        case "texts":
            rows = (
                (form.text(f"{name}-text-{n}").strip(), form.text(f"{name}-kind-{n}"))
                for n in range(_MOST_TEXTS)
            )
            return tuple(one for one in rows if one[0])
        case "tick":
            return form.text(f"{name}-on")
    return form.lines(name).strip()


def mark_of(given: Given) -> str:
    """Return what tells the contents of a control from others; "" when it holds nothing.

    Spaces around a text do not count.
    """
    text = _trimmed(given)
    return hashlib.blake2b(msgspec.json.encode(text), digest_size=8).hexdigest() if text else ""


def _trimmed(given: Given) -> object:
    if isinstance(given, str):
        return given.strip()
    return [one if isinstance(one, str) else (one[0].strip(), one[1]) for one in given]


def values_of(field: FieldDefinition, given: Given, days: Days) -> list[dict[str, Any]]:
    """Return what the API would be sent for it. Raises WrongValue."""
    match control_of(field):
        case "choices":
            return [{"enum_id": int(str(one))} for one in given]
        case "texts":
            return [_of_a_kind(*one) for one in given if not isinstance(one, str)]
        case "tick":
            return [{"value": bool(given)}]
        case _ if not given:
            return []
        case "choice":
            return [{"enum_id": _id(str(given))}]
        case "date" | "moment":
            at = days.read(str(given))
            if at is None:
                raise WrongValue("choose a day of the calendar, such as 2026-11-22")
            return [{"value": at}]
    return [{"value": given}]


def _of_a_kind(text: str, kind: str) -> dict[str, Any]:
    return {"value": text, "enum_id": _id(kind)} if kind else {"value": text}


def _id(text: str) -> int:
    found = whole(text)
    if found is None:
        raise WrongValue("choose one of those that are offered")
    return found


def shown(
    field: FieldDefinition,
    held: Given,
    values: Sequence[Mapping[str, Any]],
    days: Days,
) -> dict[str, Any]:
    """Return what `card_fields.html` asks for, to show a field that holds this."""
    control = control_of(field)
    texts = [_readable(field, one, days) for one in values]
    return {
        "id": field.id,
        "name": name_of(field),
        "label": field.name,
        "control": control,
        "held": held,
        "options": _options(field) if control in {"choice", "choices", "texts"} else [],
        "texts": texts,
        "is_empty": not texts,
        "note": "Set by integrations alone" if field.is_api_only else "",
        "input_type": {"EMAIL": "email", "PHONE": "tel"}.get(field.code or "", "text"),
    }


def _options(field: FieldDefinition) -> list[dict[str, str]]:
    is_kind = field.type is FieldType.MULTITEXT
    return [
        {
            "value": str(one.id),
            "label": _KIND_WORDS.get(one.value, one.value) if is_kind else one.value,
        }
        for one in field.enums
    ]


def _readable(field: FieldDefinition, value: Mapping[str, Any], days: Days) -> dict[str, Any]:
    """Return one value for people who only read it, and where it leads, if anywhere."""
    text: object = text_of(value)
    match field.type:
        case FieldType.CHECKBOX:
            text = "Yes" if value["value"] else "No"
        case FieldType.DATE | FieldType.BIRTHDAY:
            text = days.day_words(value["value"])
        case FieldType.DATE_TIME:
            text = days.words(value["value"])
    return {"text": text, "kind": _kind(field, value), "href": _href(field, str(text))}


def _kind(field: FieldDefinition, value: Mapping[str, Any]) -> str:
    if field.type is not FieldType.MULTITEXT:
        return ""
    code = value.get("enum_code") or ""
    return _KIND_WORDS.get(code, code)


def _href(field: FieldDefinition, text: str) -> str:
    """Return where a value leads: only addresses that can do nothing else than be opened."""
    if field.code == "EMAIL" and "@" in text and " " not in text:
        return f"mailto:{text}"
    if field.code == "PHONE":
        digits = "".join(one for one in text if one in "+0123456789")
        return f"tel:{digits}" if digits else ""
    if field.type is FieldType.URL and text.startswith(("https://", "http://")):
        return text
    return ""
