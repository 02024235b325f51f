"""What the checks say of a draft, on the tabs where it is written."""

from __future__ import annotations

from typing import Any

from grantway.db import Reader
from grantway.marketplace.vetting import report_on
from grantway.moderation.model import Version
from grantway.moderation.states import State
from grantway.web.control.desk import Desk
from grantway.web.control.moderation_rows import finding_row

_LISTING = frozenset({"privacy_uri", "support_uri", "support_email", "icon", "logo", "gallery"})
"""The fields of the tab "listing"; all others stand in "general"."""


async def checked(desk: Desk, reader: Reader, version: Version, tab: str) -> dict[str, Any]:
    """Return what `control/partials/checked.html` asks for, of the tab "general" or "listing".

    Read anew each time, so that it is told at every save what a review would ask for.
    """
    if version.state != State.DRAFT:
        return {"asked": [], "asked_elsewhere": 0, "is_ready": False}
    services = desk.services
    report = await report_on(reader, version, services.addresses, services.hooks.rules)
    its = [one for one in report.errors if (one.field in _LISTING) == (tab == "listing")]
    return {
        "asked": [finding_row(one) for one in its],
        "asked_elsewhere": len(report.errors) - len(its),
        "is_ready": not report.errors,
    }
