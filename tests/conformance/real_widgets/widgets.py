"""The real widgets: where each is public, what it must come to, and what is its own fault.

Facts alone: no archive, line or picture of them is part of the project. An archive is told by the
number that its file or folder begins with: `09-panel.zip`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Widget:
    """A widget as its author published it.

    *own* names complaints that are the widget's own, by a pattern, with the
    reason; *fires* are rules of the checklist that must find something in it.
    """

    repository: str
    commit: str
    is_refused: bool = False
    own: Mapping[str, str] = field(default_factory=dict)
    fires: frozenset[str] = frozenset()

    def reason(self, complaint: str) -> str:
        """Return why a complaint is the widget's own fault, or ""."""
        found = (why for pattern, why in self.own.items() if re.search(pattern, complaint))
        return next(found, "")


_NO_BLOCK = {"nothing into its block": "Its `render` draws nothing."}
_OLD_LOGOS = {
    r"404 for images/logo_(main|small)\.png$": "Packed before all five logos were asked for: "
    "two pictures are missing, and the page shows none in their place.",
}

WIDGETS: dict[int, Widget] = {
    1: Widget("kommo-crm/birthday-widget", "cbec7e6"),
    2: Widget(
        "kommo-crm/create-kommo-integration",
        "ce3af7e",
        own={
            r"base_url_to_your_backend|\{readyState: 4": "As generated it names no server of its "
            "author's, so what it asks there fails, and is logged.",
        },
    ),
    3: Widget(
        "tmedvedevv/simple-amocrm-widget",
        "6b66547",
        own={
            **_NO_BLOCK,
            r"prop is not a function \(script.js:161\)|nothing into its own page": "script.js:161 "
            "calls a method of jQuery on the text that Twig gives, so its own page stays empty.",
        },
    ),
    4: Widget(
        "Bolid1/amocrm-widget-sample-v0",
        "2c0e488",
        own={
            **_OLD_LOGOS,
            "404 for /private/api/": "Asks for what is internal to the vendor's product.",
        },
    ),
    5: Widget(
        "jasper7466/Boilerplate-amoCRM-Widget",
        "d2d31fd",
        own={
            "is no file of this widget": "Before it is installed, a template on its developer's "
            "own machine is not fetched for it.",
            "nothing into its own page": "Its `advancedSettings` writes to the console alone.",
        },
    ),
    6: Widget(
        "sikorskayaX/amocrm-widget-ts-template",
        "4bd93d2",
        own={
            "no button Save|nothing is kept of|does not load at|404 for /settings/widgets/": "Its "
            "`settings` puts a heading in place of the whole modal, with the form and Save; so it "
            "cannot be set up, and is not started anywhere.",
        },
    ),
    7: Widget("xxalilov/amocrm-widget", "2b04a9d"),
    8: Widget("nasimxonov/AmoCRM-ExcelExportWidget", "2873f40", is_refused=True),
    9: Widget("JoseACd744/Widgets-Kommo", "6c5d092"),
    10: Widget(
        "mikopbx/ModuleAmoCrm",
        "79b0fa4",
        own={
            "404 for /api/v2/account": "Asks for the account by version 2 of the API, and is "
            "saved all the same.",
        },
    ),
    11: Widget("shabunin24/AMO-docs", "8d2deaa"),
    12: Widget("Destcable/amocrm-widget-react-starter-template", "355fe80"),
    13: Widget("vvv-data/Amocrm-widget-show-products", "37d3a0a"),
    14: Widget("Korgik/amoCRM-widget", "b98c5ff", own=_OLD_LOGOS),
    15: Widget(
        "radioaktive/amocrm-widget-write-to-google-sheets",
        "ae0f28a",
        own=_NO_BLOCK,
    ),
    16: Widget(
        "Ziablik/amo-widget-calculator",
        "8ccb88c",
        own={
            "404 for /ajax/widgets/": "Asks for what is internal to the vendor's product.",
            "nothing into its own page": "Its page is drawn only at the area `advanced_settings`, "
            "which the dialect calls `advanced-settings`.",
        },
        fires=frozenset({"A9", "A13", "E2"}),
    ),
    17: Widget("oarthurdev/n8n-kommo-widget", "b8b61e2"),
    18: Widget("xopowen/ts-shablon-amo-widget", "444a263", own=_NO_BLOCK),
    19: Widget(
        "ivashmelev/pushsms-widget-amo",
        "9d6b3e5",
        own={"404 for /fonts/": "Its style asks for its font at the root of the workspace."},
    ),
    20: Widget(
        "antirek/amo-widget-sample",
        "b16c6c3",
        own={"^widget: _l$": "Its page logs that its author's server cannot be reached."},
    ),
    21: Widget("silenseram/amocrm-widget-generator", "b3817e5"),
    22: Widget("HenriqueDeveloper/widget-kommo-control", "d99ba34", is_refused=True),
}


def number_of(archive: Path) -> int:
    """Return the number of an archive, 0 for one that is not in the table.

    >>> number_of(Path("real/09-panel.zip")), number_of(Path("parcel.zip"))
    (9, 0)
    """
    found = re.match(r"\d+", archive.name)
    return int(found[0]) if found and int(found[0]) in WIDGETS else 0
