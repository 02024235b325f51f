"""The types of fields as a table: where each is available, and what its values are made of."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

TEXT_LIMIT = 65_535  # characters; more than any form of the dialect's own pages takes
NUMBER_LIMIT = 64  # characters of a number written out
_MANY = 100


class FieldType(enum.StrEnum):
    """Every type of the dialect."""

    TEXT = "text"
    NUMERIC = "numeric"
    CHECKBOX = "checkbox"
    SELECT = "select"
    MULTISELECT = "multiselect"
    MULTITEXT = "multitext"
    DATE = "date"
    URL = "url"
    TEXTAREA = "textarea"
    RADIOBUTTON = "radiobutton"
    STREETADDRESS = "streetaddress"
    SMART_ADDRESS = "smart_address"
    BIRTHDAY = "birthday"
    LEGAL_ENTITY = "legal_entity"
    DATE_TIME = "date_time"
    PRICE = "price"
    CATEGORY = "category"
    ITEMS = "items"
    TRACKING_DATA = "tracking_data"
    LINKED_ENTITY = "linked_entity"
    CHAINED_LIST = "chained_list"
    MONETARY = "monetary"
    FILE = "file"
    PAYER = "payer"
    SUPPLIER = "supplier"


class Shape(enum.Enum):
    """What one value of a type is made of."""

    TEXT = enum.auto()
    NUMBER = enum.auto()
    TRUTH = enum.auto()
    MOMENT = enum.auto()
    CHOICE = enum.auto()
    KIND = enum.auto()
    ADDRESS = enum.auto()
    OBJECT = enum.auto()
    CHAIN = enum.auto()


class Member(enum.Enum):
    """What a member of an object value is."""

    TEXT = "string"
    WHOLE = "int"
    NUMBER = "numeric"
    TRUTH = "bool"
    DISCOUNT = "object"


class TypeRule(msgspec.Struct, frozen=True):
    """One row of the table. *most* is how many values an entity may carry in the field."""

    shape: Shape
    most: int = 1
    members: Mapping[str, Member] = {}
    required: frozenset[str] = frozenset()
    read_only: frozenset[str] = frozenset()

    @property
    def known_members(self) -> frozenset[str]:
        """What an object value may contain; the read-only part comes back from reads."""
        return self.read_only.union(self.members)


_texts = dict.fromkeys

RULES: Mapping[FieldType, TypeRule] = {
    FieldType.TEXT: TypeRule(Shape.TEXT),
    FieldType.TEXTAREA: TypeRule(Shape.TEXT),
    FieldType.URL: TypeRule(Shape.TEXT),
    FieldType.STREETADDRESS: TypeRule(Shape.TEXT),
    FieldType.TRACKING_DATA: TypeRule(Shape.TEXT),
    FieldType.NUMERIC: TypeRule(Shape.NUMBER),
    FieldType.PRICE: TypeRule(Shape.NUMBER),
    FieldType.MONETARY: TypeRule(Shape.NUMBER),
    FieldType.CHECKBOX: TypeRule(Shape.TRUTH),
    FieldType.DATE: TypeRule(Shape.MOMENT),
    FieldType.DATE_TIME: TypeRule(Shape.MOMENT),
    FieldType.BIRTHDAY: TypeRule(Shape.MOMENT),
    FieldType.SELECT: TypeRule(Shape.CHOICE),
    FieldType.RADIOBUTTON: TypeRule(Shape.CHOICE),
    FieldType.CATEGORY: TypeRule(Shape.CHOICE),
    FieldType.MULTISELECT: TypeRule(Shape.CHOICE, most=5_000),
    FieldType.MULTITEXT: TypeRule(Shape.KIND, most=_MANY),
    FieldType.SMART_ADDRESS: TypeRule(Shape.ADDRESS, most=6),
    FieldType.CHAINED_LIST: TypeRule(Shape.CHAIN, most=5),
    FieldType.LEGAL_ENTITY: TypeRule(
        Shape.OBJECT,
        most=_MANY,
        members={
            **_texts(
                (
                    "name",
                    "address",
                    "real_address",
                    "bank_account_number",
                    "director",
                    "vat_id",
                    "tax_registration_reason_code",
                    "kpp",
                    "bank_code",
                    "unp",
                    "bin",
                    "egrpou",
                    "mfo",
                    "oked",
                    "external_uid",
                ),
                Member.TEXT,
            ),
            "entity_type": Member.WHOLE,
        },
        required=frozenset({"name"}),
    ),
    FieldType.FILE: TypeRule(
        Shape.OBJECT,
        most=_MANY,
        members={
            **_texts(("file_uuid", "version_uuid", "file_name"), Member.TEXT),
            "file_size": Member.WHOLE,
            "is_deleted": Member.TRUTH,
        },
        required=frozenset({"file_uuid"}),
    ),
    FieldType.ITEMS: TypeRule(
        Shape.OBJECT,
        most=_MANY,
        members={
            **_texts(("sku", "description", "unit_type", "external_uid"), Member.TEXT),
            **_texts(("unit_price", "quantity"), Member.NUMBER),
            "discount": Member.DISCOUNT,
            "vat_rate_id": Member.WHOLE,
        },
        read_only=frozenset({"is_discount_recalculated", "is_total_sum_recalculated", "total_sum"}),
    ),
    FieldType.LINKED_ENTITY: TypeRule(
        Shape.OBJECT,
        members={
            **_texts(("name", "entity_type"), Member.TEXT),
            **_texts(("entity_id", "catalog_id"), Member.WHOLE),
        },
    ),
    FieldType.PAYER: TypeRule(
        Shape.OBJECT,
        members={
            **_texts(
                (
                    "name",
                    "type",
                    "address",
                    "bank_account_number",
                    "vat_id",
                    "tax_registration_reason_code",
                    "kpp",
                    "bank_code",
                    "external_uid",
                    "entity_type",
                ),
                Member.TEXT,
            ),
            "entity_id": Member.WHOLE,
        },
    ),
    FieldType.SUPPLIER: TypeRule(
        Shape.OBJECT, members={"entity_id": Member.WHOLE}, required=frozenset({"entity_id"})
    ),
}

ADDRESS_KINDS: Mapping[int, str] = {
    1: "address_line_1",
    2: "address_line_2",
    3: "city",
    4: "state",
    5: "zip",
    6: "country",
}

PHONE_KINDS = ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER")
EMAIL_KINDS = ("WORK", "PRIV", "OTHER")

ENUM_TYPES = frozenset(
    {FieldType.SELECT, FieldType.MULTISELECT, FieldType.RADIOBUTTON, FieldType.CATEGORY}
)
"""Types whose choices somebody has to name."""

_PEOPLE = frozenset({"leads", "contacts", "companies"})
_CARDS = _PEOPLE | {"customers"}
_LISTS = frozenset({"catalogs"})
_ALL = _CARDS | _LISTS | {"segments"}

_NARROW: Mapping[FieldType, frozenset[str]] = {
    FieldType.MULTITEXT: frozenset({"contacts", "companies"}),
    FieldType.SMART_ADDRESS: _PEOPLE,
    FieldType.BIRTHDAY: _PEOPLE,
    FieldType.LEGAL_ENTITY: _PEOPLE,
    FieldType.PRICE: _LISTS,
    FieldType.CATEGORY: _LISTS,
    FieldType.ITEMS: _LISTS,
    FieldType.LINKED_ENTITY: _LISTS,
    FieldType.PAYER: _LISTS,
    FieldType.SUPPLIER: _LISTS,
    FieldType.TRACKING_DATA: frozenset({"leads"}),
    FieldType.CHAINED_LIST: frozenset({"leads", "customers"}),
    FieldType.MONETARY: _CARDS,
    FieldType.FILE: _ALL - {"segments"},
}

AVAILABLE: Mapping[FieldType, frozenset[str]] = {one: _NARROW.get(one, _ALL) for one in FieldType}
"""Which types of entities may have fields of which types."""


def available_types(entity_type: str) -> list[FieldType]:
    """Return the types of fields that these entities may have."""
    return [one for one in FieldType if entity_type in AVAILABLE[one]]
