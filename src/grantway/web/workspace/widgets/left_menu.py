"""Items that public widgets put into the left menu, and items of ours that they hide (2.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from grantway.db import Reader
from grantway.installing.model import State, Status
from grantway.installing.wording import Texts, said
from grantway.integrations import clients
from grantway.web.workspace.widgets.places import Place

AREA = "widget_page"
SYSTEM = ("leads", "tasks", "settings")
"""Items of our own that others may stand after; `settings` is always there."""
MOST_ITEMS, MOST_SUBITEMS = 5, 20


class Subitem(msgspec.Struct, frozen=True):
    title: str
    href: str
    is_current: bool


class Item(msgspec.Struct, frozen=True):
    """An entry of the menu; *after* is the system item that it stands below."""

    title: str
    href: str
    icon: str
    icon_in_dark: str
    after: str
    is_current: bool
    subitems: tuple[Subitem, ...]


class Menu(msgspec.Struct, frozen=True):
    """What widgets make of the menu."""

    items: tuple[Item, ...] = ()
    hidden: frozenset[str] = frozenset()

    def after(self, code: str) -> list[Item]:
        """Return the items that stand below this one of ours."""
        return [one for one in self.items if one.after == code]


async def menu_of(reader: Reader, at_work: Sequence[State], place: Place, texts: Texts) -> Menu:
    """Return what the installed widgets of public integrations do with the menu."""
    items: list[Item] = []
    hidden: set[str] = set()
    for one in at_work:
        left = one.widget.manifest.raw.get("left_menu")
        if one.status is not Status.INSTALLED or not isinstance(left, dict):
            continue
        if AREA not in one.widget.manifest.areas or not await _is_public(reader, one):
            continue
        told = await texts.of(one.widget)
        for code, about in list(left.items())[:MOST_ITEMS]:
            if not isinstance(about, dict):
                continue
            if code in SYSTEM:
                if about.get("is_hidden") is True and code != "settings":
                    hidden.add(code)
            elif "title" in about:
                items.append(_item(one, code, about, told, place))
    return Menu(tuple(items), frozenset(hidden))


async def _is_public(reader: Reader, state: State) -> bool:
    client = await clients.find_client(reader, state.widget.client_id)
    return client is not None and not client.is_private


def _item(
    state: State, code: str, about: Mapping[str, Any], texts: Mapping[str, Any], place: Place
) -> Item:
    widget = state.widget
    base = f"/widget_page/{widget.code}/{code}"
    work = place.work_area or {}
    is_here = work.get("code") == widget.code and work.get("item_code") == code
    submenu = about.get("submenu")
    subitems = submenu if isinstance(submenu, dict) else {}
    icon, icon_in_dark = (
        f"/upl/{widget.code}/{widget.number}/widget/{quote(path)}" if path else ""
        for path in _icons(about.get("icon"))
    )
    return Item(
        title=said(texts, about["title"]),
        href=base,
        icon=icon,
        icon_in_dark=icon_in_dark,
        after=_after(about),
        is_current=is_here and not work.get("subitem_code"),
        subitems=tuple(
            Subitem(
                said(texts, one.get("title", key)),
                f"{base}/{key}",
                is_here and work.get("subitem_code") == key,
            )
            for key, one in sorted(subitems.items(), key=_sort)[:MOST_SUBITEMS]
            if isinstance(one, dict)
        ),
    )


def _icons(icon: object) -> tuple[str, str]:
    """Return the paths of an item's icons, in the light and in the dark; "" for none.

    >>> _icons({"light": "/images/a.svg", "dark": "images/b.svg"}), _icons("images/a.svg")
    (('images/a.svg', 'images/b.svg'), ('images/a.svg', 'images/a.svg'))
    >>> _icons({"dark": "images/b.svg"}), _icons(None)
    (('images/b.svg', 'images/b.svg'), ('', ''))
    """
    icons = (icon.get("light"), icon.get("dark")) if isinstance(icon, dict) else (icon, icon)
    light, dark = (one.lstrip("/") if isinstance(one, str) else "" for one in icons)
    return light or dark, dark or light


def _after(about: Mapping[str, Any]) -> str:
    sort = about.get("sort")
    after = sort.get("after") if isinstance(sort, dict) else None
    return after if after in SYSTEM else "settings"


def _sort(pair: tuple[str, Any]) -> float:
    sort = pair[1].get("sort") if isinstance(pair[1], dict) else None
    return sort if isinstance(sort, int | float) else 0
