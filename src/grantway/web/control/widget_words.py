"""Where a widget runs, and what is wrong with an archive, in words of pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grantway.widgets.archives.model import ArchiveFault
from grantway.widgets.archives.names import shown

_AREAS: Mapping[str, str] = {
    "lcard": "Lead card",
    "ccard": "Contact card",
    "comcard": "Company card",
    "llist": "List of leads",
    "clist": "List of contacts and companies",
    "tlist": "List of tasks",
    "settings": "Settings of the integration",
    "advanced_settings": "Page of its own in the settings",
    "card_sdk": "Tab of its own in cards",
    "catalogs": "Lists of the account",
    "digital_pipeline": "Digital pipeline",
    "lead_sources": "Sources of leads",
    "widget_page": "Left menu",
    "salesbot_designer": "Salesbot",
    "sms": "System SMS",
    "mobile_card": "Mobile app",
    "website_chat_button": "Chat button of a website",
    "ai_agent": "AI agent",
    "everywhere": "Every page",
}
"""Where this platform has places for widgets; elsewhere one is never called."""
_PANELS = frozenset({"lcard", "ccard", "comcard"})


def places(locations: Iterable[str]) -> list[dict[str, str]]:
    """Return where a widget runs, in words.

    >>> places(["lcard-1", "llist-0", "amoforms-1"])[0]
    {'title': 'Lead card', 'words': 'with a panel'}
    >>> [one["words"] for one in places(["llist-0", "amoforms-1"])]
    ['', 'not called here']
    """
    found = []
    for one in locations:
        area, _, suffix = one.rpartition("-")
        words = "with a panel" if area in _PANELS and suffix == "1" else ""
        title = _AREAS.get(area)
        found.append({"title": title or area, "words": words if title else "not called here"})
    return found


def faults_by_file(faults: Sequence[ArchiveFault]) -> list[dict[str, Any]]:
    """Return what is wrong, file by file, what concerns the whole archive first."""
    by_file: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in faults:
        # After the number of a line the words go on; else they begin.
        text = one.detail if one.line else f"{one.detail[:1].upper()}{one.detail[1:]}"
        by_file[shown(one.path)].append({"line": one.line, "text": text, "code": one.code})
    return [
        {"path": path, "faults": sorted(listed, key=lambda fault: fault["line"])}
        for path, listed in sorted(by_file.items())
    ]


def size(count: int) -> str:
    """Return a number of bytes as people say it.

    >>> size(900), size(12_345), size(3_400_000)
    ('900 bytes', '12 KB', '3.4 MB')
    """
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{round(count / 1000)} KB"
    return f"{count / 1_000_000:.1f} MB"
