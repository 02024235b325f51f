"""Where in the workspace a page is, by the codes of the dialect (contract 2.3, 3.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.web.workspace.crm.sorts import Sort

EVERYWHERE = "everywhere"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A page, as its widgets are told of it.

    *document* is the entity of a card as the API prints it, empty for one that
    is to be; *rows* are those of a list, as the SDK calls them.
    """

    area: str
    page: str
    kind: str = ""
    document: Mapping[str, Any] | None = None
    rows: Sequence[Mapping[str, Any]] | None = None
    work_area: Mapping[str, str] | None = None


SETTINGS = Place(area="settings", page="widgetsSettings")
MARKET = Place(area="", page="widgetsSettings")
"""Listings and what was handed in: nothing is set up there, so no widget's settings run."""


def card_of(sort: Sort, document: Mapping[str, Any]) -> Place:
    """Return the place of a card."""
    page = f"{sort.entity_type}_card"
    return Place(area=sort.area, page=page, kind=sort.entity_type, document=document)


def list_of(sort: Sort, rows: Sequence[Mapping[str, Any]]) -> Place:
    """Return the place of a list of entities."""
    return Place(area=sort.list_area, page=sort.entity_type, kind=sort.entity_type, rows=rows)


def todo_of(rows: Sequence[Mapping[str, Any]]) -> Place:
    """Return the place of the list of tasks."""
    return Place(area="tlist", page="todo", kind="tasks", rows=rows)


def trash_of(sort: Sort) -> Place:
    """Return the place of a recycle bin, which has no area of its own."""
    return Place(area="", page=f"{sort.entity_type}-trash")
