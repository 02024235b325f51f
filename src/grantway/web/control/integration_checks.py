"""What the checks say of a draft, on the tabs where it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grantway.db import Reader
from grantway.marketplace import vetting
from grantway.moderation.checks.model import Finding
from grantway.moderation.model import Version
from grantway.moderation.states import State
from grantway.web.control.desk import Desk
from grantway.web.control.moderation_rows import finding_row

_LISTING = frozenset({"privacy_uri", "support_uri", "support_email", "icon", "logo", "gallery"})
"""The fields of the tab "listing"; all others stand in "general"."""


async def asked(desk: Desk, reader: Reader, version: Version) -> vetting.Question | None:
    """Return what `checked` answers; None for what is no draft."""
    if version.state != State.DRAFT:
        return None
    services = desk.services
    return await vetting.question(reader, version, services.addresses, services.hooks.rules)


async def checked(desk: Desk, question: vetting.Question | None, tab: str) -> dict[str, Any]:
    """Return what `control/partials/checked.html` asks for, of the tab "general" or "listing".

    Read anew each time, so that it is told at every save what a review would ask
    for. It may take seconds: ask when nothing is read any more.
    """
    if question is None:
        return {"asked": [], "asked_elsewhere": 0, "is_ready": False}
    report = await vetting.answer(question, desk.services.db.read)
    of_form = [one for one in report.errors if not one.file]
    its = [one for one in of_form if (one.field in _LISTING) == (tab == "listing")]
    rows = [finding_row(one) for one in its]
    if in_archive := [one for one in report.errors if one.file]:
        rows.append(_of_the_archive(in_archive))
    return {
        "asked": rows,
        "asked_elsewhere": len(of_form) - len(its),
        "is_ready": not report.errors,
    }


def _of_the_archive(found: Sequence[Finding]) -> dict[str, str]:
    """Return one row for all that the tab "review" tells by file and line."""
    places = "place" if len(found) == 1 else "places"
    return {
        "rule": ", ".join(dict.fromkeys(one.rule for one in found)),
        "place": "widget.zip",
        "text": f"The archive of the widget breaks rules in {len(found)} {places}; the tab Review "
        "names each by its file and line.",
    }
