"""What is kept of values beside the entity: rows that filters use, and words that searches use."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from grantway.crm.fields.model.definitions import FieldDefinition, Fields
from grantway.crm.fields.model.field_types import Shape
from grantway.crm.fields.model.stored import read_stored

_INDEXED_CHARACTERS = 200  # at most 800 bytes: PostgreSQL's index takes 2,700 for a row
_KEPT_CHARACTERS = 120
_PHONE = "PHONE"
_PHONE_LIKE = re.compile(r"[+(]?\d[\d\s().+/-]{2,}", re.ASCII)


class IndexRow(msgspec.Struct, frozen=True):
    """One value of one field of an entity, as filters look for it."""

    field_id: int
    text_value: str | None = None
    number_value: float | None = None
    enum_id: int | None = None


class Indexed(msgspec.Struct, frozen=True):
    """An entity, when it was changed, and its values as filters look for them."""

    entity_id: int
    updated_at: int
    rows: Sequence[IndexRow]


def index_text(text: str) -> str:
    """Return what stands for *text* in the index: itself, or its beginning and digest if long.

    >>> index_text("short")
    'short'
    >>> len(index_text("long" * 1000))
    184
    """
    if len(text) <= _INDEXED_CHARACTERS:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text[:_KEPT_CHARACTERS] + digest


def index_rows(fields: Fields, stored: str) -> list[IndexRow]:
    """Return the rows of `field_values` for an entity with these values."""
    rows: list[IndexRow] = []
    for field_id, values in read_stored(stored).items():
        field = fields.by_id(field_id)
        if field is not None:
            rows.extend(_row(field, one) for one in values)
    # A row in which nothing can be found would only cost space.
    return [row for row in rows if row != IndexRow(row.field_id)]


def _row(field: FieldDefinition, value: Any) -> IndexRow:
    match field.rule.shape:
        case Shape.TEXT:
            return IndexRow(field.id, text_value=index_text(value))
        case Shape.KIND | Shape.ADDRESS:
            return IndexRow(field.id, text_value=index_text(value[0]), enum_id=value[1])
        case Shape.NUMBER | Shape.MOMENT | Shape.TRUTH:
            return IndexRow(field.id, number_value=float(value))
        case Shape.CHOICE if value in field.enums_by_id:  # entities keep those that were deleted
            return IndexRow(field.id, enum_id=value)
        case _:
            return IndexRow(field.id)


def search_words(fields: Fields, stored: str) -> list[str]:
    """Return the texts that `query` searches, in the order of the fields."""
    values = read_stored(stored)
    words: list[str] = []
    for field in fields.known(values):
        match field.rule.shape:
            case Shape.TEXT | Shape.NUMBER:
                words.extend(values[field.id])
            case Shape.KIND if field.code == _PHONE:
                for text, _ in values[field.id]:
                    words.extend(filter(None, dict.fromkeys((text, _digits(text)))))
            case Shape.KIND | Shape.ADDRESS:
                words.extend(text for text, _ in values[field.id])
            case Shape.OBJECT:
                words.extend(one["name"] for one in values[field.id] if "name" in one)
            case _:
                pass
    return words


def searched_texts(query: str) -> list[str]:
    """Return the texts of which an entity has to contain any, to be found by *query*.

    Whoever looks for a phone number writes it in a way of their own; what is
    kept of one has its digits beside it.

    >>> searched_texts("+1 555 0100"), searched_texts("Ann Lee"), searched_texts("5550100")
    (['+1 555 0100', '15550100'], ['Ann Lee'], ['5550100'])
    """
    is_number = _PHONE_LIKE.fullmatch(query) is not None
    return list(dict.fromkeys((query, _digits(query)))) if is_number else [query]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
