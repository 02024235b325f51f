"""What the platform's own pages are made of, as widgets may meet it (3.10, 3.14)."""

from __future__ import annotations

import re

_PREFIXES = (
    *("modal", "button-input", "button-cancel", "control", "text-input", "textarea-input"),
    *("card-widgets", "card-cf", "card-entity", "card-holder", "card-fields", "card-tabs"),
    *("widget-settings", "widget_settings", "widget-state", "widget_main_info", "widget-rating"),
    *("install-widget", "linked-form", "feed-compose", "feed-note", "feed", "list", "content"),
    *("nav", "left-menu", "js", "digital-pipeline", "pipeline_leads", "pipeline", "switcher"),
    *("checkboxes_dropdown", "date_field", "notification", "notifications", "tips", "tips-item"),
    *("view-integration-modal", "page", "h-hidden", "icon", "svg-icon", "todo", "search"),
)
_ROOT = re.compile(r"(?:card-widgets__widget-|work-area-|digital-pipeline__.*style_)[\w-]+$")
_NAME = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(_PREFIXES, key=len, reverse=True)))})"
    r"(?:$|__|--|_[a-z]|-[a-z])"
)
_IDS = frozenset(
    {
        *("nano-card-widgets", "card_widgets_overlay", "list_page_holder", "page_holder"),
        *("left_menu", "nav_menu", "widget_settings__fields_wrapper", "widget_active__sw"),
        *("card_holder", "work_area", "page_main", "search_input", "add_note"),
    }
)
_ITS_FORM = re.compile(r"[.#](?:modal|widget[-_]settings)(?![a-z])")
"""Modals and the form of the settings are there for the widget that is looked at."""
THEME = "--palette-"
"""How the names of the platform's own variables of style begin."""
PLACES = re.compile(r"[#.](left[-_]menu|nav(?:[-_]+menu)?(?:__[\w-]+)?)(?![\w-])", re.IGNORECASE)
"""The left menu, as a selector."""


def is_own(name: str) -> bool:
    """Tell whether a class or an id belongs to a widget, and not to the platform.

    >>> [is_own(one) for one in (".parcel-head", ".card-widgets__widget-parcels", "#work-area-x")]
    [True, True, True]
    >>> [is_own(one) for one in (".modal-body", ".button-input_blue", "#list_page_holder", "div")]
    [False, False, False, False]
    """
    kind, bare = name[:1], name[1:]
    if kind not in {".", "#"} or not bare:
        return False
    if _ROOT.match(bare):
        return True
    if kind == "#" and bare in _IDS:
        return False
    return not _NAME.match(bare)


def is_platforms(selector: str) -> bool:
    """Tell whether a selector is for a part of the platform, and not for one inside a widget.

    >>> [is_platforms(one) for one in (".card-widgets", ".parcel .modal", "#x", "div", "body")]
    [True, False, False, False, True]
    """
    names = re.findall(r"[.#][\w-]+", selector)
    if any(is_own(one) or _ITS_FORM.match(one) for one in names):
        return False
    return bool(names) or selector.strip() in {"body", "html", "head"}
