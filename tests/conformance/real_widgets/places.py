"""Where a widget is visited, by the areas of its manifest (contract 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grantway.widgets.archives.model import Manifest

Step = Literal["cards", "lists", "pages"]


@dataclass(frozen=True, slots=True)
class Stop:
    """A page of the workspace. *selects* is the callback that works with ticked rows there."""

    step: Step
    area: str
    path: str
    selects: tuple[str, ...] = ()


STOPS = (
    Stop("cards", "lcard", "/leads/detail/2"),
    Stop("cards", "ccard", "/contacts/detail/1"),
    Stop("cards", "comcard", "/companies/detail/1"),
    Stop("lists", "llist", "/leads/", ("leads",)),
    Stop("lists", "clist", "/contacts/list/", ("contacts",)),
    Stop("lists", "clist", "/contacts/list/companies/", ("companies", "contacts")),
    Stop("lists", "tlist", "/todo/", ("todo", "tasks")),
)


def stops_of(manifest: Manifest, code: str) -> list[Stop]:
    """Return the pages on which the widget runs, in the order in which a person opens them."""
    runs_everywhere = manifest.init_once or "everywhere" in manifest.areas
    found = [one for one in STOPS if runs_everywhere or one.area in manifest.areas]
    if "advanced_settings" in manifest.areas:
        found.append(Stop("pages", "advanced_settings", f"/settings/widgets/{code}/advanced"))
    return found


def wants_panel(manifest: Manifest, stop: Stop) -> bool:
    """Tell whether the manifest promises a block in the panel of this page."""
    return f"{stop.area}-1" in manifest.locations
