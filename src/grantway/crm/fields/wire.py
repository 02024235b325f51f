"""What clients send about the definitions of fields."""

from __future__ import annotations

import re

import msgspec
from msgspec import UNSET, UnsetType

from grantway.crm.fields.model.definitions import ChainLink, FieldDefinition, StatusRef
from grantway.crm.fields.model.field_types import AVAILABLE, ENUM_TYPES, FieldType
from grantway.crm.forms import Form
from grantway.kernel.errors import (
    Violation,
    field_missing,
    field_not_expected,
    not_supported_choice,
)

REMINDERS = ("never", "day", "week", "month")
DEFAULT_SORT = 500
_SORT_LIMIT = 2**31 - 1
_MOST_CHOICES = 5_000
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class EnumWish(msgspec.Struct, frozen=True):
    """A choice as a client wants it; with an id, the choice that there is."""

    id: int | None
    value: str
    sort: int
    code: str | UnsetType | None
    path: str


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a field; UNSET is left as it is, or as it is by default."""

    id: int = 0
    request_id: str = "0"
    type: FieldType | UnsetType = UNSET
    name: str | UnsetType = UNSET
    code: str | UnsetType | None = UNSET
    sort: int | UnsetType = UNSET
    group_id: str | UnsetType | None = UNSET
    is_api_only: bool | UnsetType = UNSET
    remind: str | UnsetType | None = UNSET
    currency: str | UnsetType = UNSET
    tracking_callback: str | UnsetType | None = UNSET
    required_statuses: tuple[StatusRef, ...] | UnsetType = UNSET
    hidden_statuses: tuple[StatusRef, ...] | UnsetType = UNSET
    chained_lists: tuple[ChainLink, ...] | UnsetType = UNSET
    enums: tuple[EnumWish, ...] | UnsetType = UNSET


def read_new_field(form: Form) -> FieldChange:
    """Read one item of `POST …/custom_fields`."""
    change = _read(form)
    for key in ("type", "name"):
        if not form.has(key):
            form.errors.append(field_missing(form.at(key)))
    return change


def read_field_change(form: Form, *, field_id: int | None = None) -> FieldChange:
    """Read one item of `PATCH …/custom_fields`; *field_id* when the address names the field."""
    change = _read(form)
    return msgspec.structs.replace(
        change, id=form.must_whole("id") if field_id is None else field_id
    )


def _read(form: Form) -> FieldChange:
    return FieldChange(
        request_id=form.request_id,
        type=_type(form),
        name=form.text("name"),
        code=_or_null(form, "code"),
        sort=form.whole("sort", most=_SORT_LIMIT),
        group_id=_or_null(form, "group_id"),
        is_api_only=form.truth("is_api_only"),
        remind=None if form.clears("remind") else form.choice("remind", REMINDERS),
        currency=_currency(form),
        tracking_callback=_or_null(form, "tracking_callback"),
        required_statuses=_stages(form, "required_statuses"),
        hidden_statuses=_stages(form, "hidden_statuses"),
        chained_lists=_chain(form),
        enums=_enums(form),
    )


def _or_null(form: Form, key: str) -> str | UnsetType | None:
    # An empty text clears, as null does.
    return None if form.clears(key) or form.raw(key) == "" else form.text(key)


def _type(form: Form) -> FieldType | UnsetType:
    name = form.choice("type", list(FieldType))
    return UNSET if isinstance(name, UnsetType) else FieldType(name)


def _currency(form: Form) -> str | UnsetType:
    code = form.text("currency")
    if code is not UNSET and not _CURRENCY.fullmatch(code.upper()):
        form.errors.append(not_supported_choice(form.at("currency")))
        return UNSET
    return code if code is UNSET else code.upper()


def _stages(form: Form, key: str) -> tuple[StatusRef, ...] | UnsetType:
    if form.clears(key):
        return ()
    inner = form.forms(key)
    if isinstance(inner, UnsetType):
        return UNSET
    return tuple(
        StatusRef(one.must_whole("status_id"), one.must_whole("pipeline_id")) for one in inner
    )


def _chain(form: Form) -> tuple[ChainLink, ...] | UnsetType:
    if form.clears("chained_lists"):
        return ()
    inner = form.forms("chained_lists", most=5)
    if isinstance(inner, UnsetType):
        return UNSET
    links = []
    for one in inner:
        title = one.text("title", blank=True)
        parent = one.whole("parent_catalog_id")
        links.append(
            ChainLink(
                "" if isinstance(title, UnsetType) else title,
                one.must_whole("catalog_id"),
                None if isinstance(parent, UnsetType) else parent,
            )
        )
    return tuple(links)


def _enums(form: Form) -> tuple[EnumWish, ...] | UnsetType:
    inner = form.forms("enums", most=_MOST_CHOICES)
    if isinstance(inner, UnsetType):
        return UNSET
    wishes: list[EnumWish] = []
    codes: set[str] = set()
    for n, one in enumerate(inner):
        enum_id, sort = one.whole("id"), one.whole("sort", most=_SORT_LIMIT)
        code = _or_null(one, "code")
        if isinstance(code, str):
            if code in codes:
                form.errors.append(not_supported_choice(one.at("code")))
            codes.add(code)
        wishes.append(
            EnumWish(
                None if isinstance(enum_id, UnsetType) else enum_id,
                one.must_text("value"),
                n if isinstance(sort, UnsetType) else sort,
                code,
                f"enums.{n}",
            )
        )
    return tuple(wishes)


def new_faults(wanted: FieldChange, entity_type: str) -> list[Violation]:
    """Return what is wrong with a new field of this type for this type of entity."""
    missing = [field_missing(key) for key in ("type", "name") if getattr(wanted, key) is UNSET]
    if isinstance(wanted.type, UnsetType):
        return missing
    if entity_type not in AVAILABLE[wanted.type]:
        return [*missing, not_supported_choice("type")]
    faults = missing + _type_faults(wanted, wanted.type)
    if wanted.type in ENUM_TYPES and wanted.enums is UNSET:
        faults.append(field_missing("enums"))
    return faults + [
        not_supported_choice(f"{one.path}.id") for one in wanted.enums or () if one.id is not None
    ]


def change_faults(wanted: FieldChange, old: FieldDefinition) -> list[Violation]:
    """Return what is wrong with changing *old*; a field never changes its type."""
    faults = _type_faults(wanted, old.type)
    if wanted.type is not UNSET and wanted.type is not old.type:
        faults.append(not_supported_choice("type"))
    return faults + [
        not_supported_choice(f"{one.path}.id")
        for one in wanted.enums or ()
        if one.id is not None and one.id not in old.enums_by_id
    ]


def _type_faults(wanted: FieldChange, of: FieldType) -> list[Violation]:
    faults: list[Violation] = []
    if of is FieldType.MONETARY and wanted.currency is UNSET:
        faults.append(field_missing("currency"))
    if wanted.enums is UNSET or of is FieldType.MULTITEXT:
        return faults
    if of in ENUM_TYPES and not wanted.enums:
        faults.append(field_missing("enums"))
    if of not in ENUM_TYPES and wanted.enums:
        faults.append(field_not_expected("enums"))
    return faults
