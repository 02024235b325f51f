"""Values and rules of custom fields; no database, no clock, no network."""

from grantway.crm.fields.model.definitions import (
    MOST_FIELDS,
    EnumChoice,
    FieldDefinition,
    Fields,
    StatusRef,
)
from grantway.crm.fields.model.field_types import AVAILABLE, FieldType
from grantway.crm.fields.model.filters import FieldFilter, field_filter
from grantway.crm.fields.model.groups import FieldGroup
from grantway.crm.fields.model.index import (
    Indexed,
    IndexRow,
    index_rows,
    search_words,
    searched_texts,
)
from grantway.crm.fields.model.parsing import parse_values
from grantway.crm.fields.model.rendering import render_values
from grantway.crm.fields.model.stored import NO_VALUES, ChangedValues, merge

__all__ = [
    "AVAILABLE",
    "MOST_FIELDS",
    "NO_VALUES",
    "ChangedValues",
    "EnumChoice",
    "FieldDefinition",
    "FieldFilter",
    "FieldGroup",
    "FieldType",
    "Fields",
    "IndexRow",
    "Indexed",
    "StatusRef",
    "field_filter",
    "index_rows",
    "merge",
    "parse_values",
    "render_values",
    "search_words",
    "searched_texts",
]
