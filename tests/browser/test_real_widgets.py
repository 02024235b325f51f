"""The runner of real widgets can be trusted: it passes what works, and fails what does not."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import Served
from tests.browser.hosted_widgets import DRAWING, archive
from tests.conformance.real_widgets.trying import try_widget
from tests.widget_archives import widget_zip

BROKEN_IN_LISTS = DRAWING.replace(b"w.list_selected()", b"nobody")


def test_each_step_that_works_passes_and_the_one_that_does_not_fails(
    chromium: Browser, served: Served
) -> None:
    raw = archive(BROKEN_IN_LISTS, "Walked", locations=["lcard-1", "llist-1", "settings"])
    outcome = try_widget(chromium, served, Path("parcel.zip"), raw)
    passed = [name for name, troubles in outcome.steps.items() if not troubles]
    (trouble,) = outcome.steps["lists"]

    assert passed == ["upload", "install", "save", "reload", "cards", "disable"]
    assert trouble.startswith("widget: Widget leads.selected failed.")
    assert "nobody is not defined (script.js:" in trouble
    assert outcome.drawn == ["lcard", "llist"]


def test_what_cannot_be_uploaded_fails_there(chromium: Browser, served: Served) -> None:
    outcome = try_widget(chromium, served, Path("none.zip"), widget_zip({"script.js": None}))

    assert outcome.steps == {"upload": ["host: refused"]}
