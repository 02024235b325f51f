"""The tab Widget of an integration: before, after and in place of an upload."""

from types import SimpleNamespace as Value

from grantway.web.control.widget_words import faults_by_file, places, size
from grantway.web.wording import HOUR
from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import ArchiveFault
from grantway.widgets.archives.reading import read_archive
from tests.browser.preview_moderation import MO, PAGE
from tests.browser.preview_values import NOW, PARCELS, Context, account, inside, window
from tests.widget_archives import manifest, png, widget_files, widget_zip

LIMITS = Value(packed="20 MiB", unpacked="60 MiB", file="10 MiB", files=2000)
BROKEN = {
    "manifest.json": manifest(
        locations=["lcard-1", "lcard-0", "dashboard"],
        settings={"login": {"type": "text"}, "day": {"type": "date"}},
    ),
    "i18n/en.json": b'{\n  "widget": {\n    // as in the shop\n    "name": "Parcels"\n  }\n}',
    "images/logo_min.png": None,
    "images/badge.svg": b"<svg onload='start()'/>",
    "templates/parts/a-very-long-name-of-a-template-for-the-card-of-a-company.png": png(6000, 6000),
}


def refused() -> Context:
    """Return what is said of an archive that has many faults."""
    try:
        read_archive(widget_zip(BROKEN))
    except ArchiveRefused as error:
        return {"faults": faults_by_file(error.faults), "fault_count": len(error.faults)}
    raise AssertionError("it is broken")


def archive(**more: object) -> Value:
    files = widget_files()
    values = {
        "version": "1.4.0",
        "number": 7,
        "count": len(files),
        "size": size(48_213),
        "uploaded_at": NOW - HOUR,
        "uploaded_by": "Dana",
        "is_in_force": True,
        "is_published": False,
        "places": places(["lcard-1", "ccard-1", "llist-0", "settings-1", "amoforms-1"]),
        "fields": [Value(code="depot", type="text"), Value(code="drivers", type="users")],
        "languages": ["en", "es"],
        "warnings": [],
        "files": [Value(path=path, size=size(len(one))) for path, one in sorted(files.items())],
    }
    return Value(**(values | more))


WARNINGS = faults_by_file(
    [
        ArchiveFault("LOGO_SIZE", "images/logo_min.png", "84x84 expected, got 42x42"),
        ArchiveFault("SETTINGS", "manifest.json", "settings: ignored, as it is false", 31),
    ]
)


def tab(**more: object) -> Context:
    values: Context = {
        "archive": archive(),
        "code": "k3f0wq8t1zr5bx9c",
        "why_not": "",
        "faults": [],
        "fault_count": 0,
        "limits": LIMITS,
        "done": "",
    }
    return window("widget", **(values | more))


def of_public(**more: object) -> Context:
    integration = Value(**vars(PARCELS) | {"status": "published", "status_words": "Published"})
    return tab(integration=integration, **more) | {"account": account("danalabs")}


def of_moderator(**more: object) -> Context:
    values: Context = {
        "viewer": MO,
        "section": "moderation",
        "name": "Parcel tracker via Dana Labs",
        "number": 3,
        "back_href": PAGE,
    }
    return inside(**(values | more))


SOURCE = """define(['jquery', './lib/parcels.js'], function ($, parcels) {
\tvar hidden = '⟨U+202E⟩';
  return function ParcelWidget() {
    var widget = this;
    widget.callbacks = {render: function () { return parcels.draw(widget, APP.data); }};
    return widget;
  };
});
"""
FILES = of_moderator(
    before=2,
    version="1.4.0",
    places=places(["lcard-1", "llist-0", "settings-1"]),
    count=9,
    size=size(48_213),
    warnings=WARNINGS,
    files=[
        Value(path=path, href=PAGE, size=size(len(one)), mark=mark)
        for (path, one), mark in zip(
            sorted(widget_files().items()), ["", "", "new", *[""] * 4, "changed", ""], strict=True
        )
    ],
    removed=["images/old.png", "lib/former.js"],
)
FILE = of_moderator(
    path="lib/parcels/script.js", size="1 KB", lines=SOURCE.splitlines(), is_cut=True, kind=""
)

CASES: tuple[tuple[str, str, Context], ...] = (
    ("widget", "control/integration_widget.html", tab(done="uploaded")),
    ("widget-first", "control/integration_widget.html", tab(archive=None, code=None)),
    ("widget-refused", "control/integration_widget.html", tab(**refused())),
    (
        "widget-nothing",
        "control/integration_widget.html",
        tab(archive=None, code=None, errors={"widget": "Choose the zip file of the widget."}),
    ),
    (
        "widget-draft",
        "control/integration_widget.html",
        of_public(archive=archive(is_in_force=False, version="", warnings=WARNINGS)),
    ),
    (
        "widget-published",
        "control/integration_widget.html",
        of_public(why_not="Version 3 stays as it is. Begin another version under Review."),
    ),
    ("widget-files", "control/moderation_files.html", FILES),
    ("widget-file", "control/moderation_file.html", FILE),
    (
        "widget-file-picture",
        "control/moderation_file.html",
        of_moderator(
            path="images/tour_1_en.png",
            size="212 KB",
            lines=[],
            is_cut=False,
            kind="PNG, 1188x616 pixels",
        ),
    ),
)
