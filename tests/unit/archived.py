"""A widget that breaks no rule, in three languages; tests change files of it."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from grantway.moderation.checks.model import Surroundings
from grantway.moderation.checks.sources.apart import read_here
from grantway.moderation.model import Content
from grantway.widgets.archives.model import Archive
from grantway.widgets.archives.reading import LOGOS, PIPELINE_LOGO, archive_of
from tests.unit.checked import SOUND, around
from tests.widget_archives import MANIFEST, png, written

LANGUAGES = ("en", "es", "pt")
SLIDE = png(1188, 616)

SCRIPT = """\
// The parcel of a lead, in the panel beside it.
define(["jquery", "./lib/parcels.js"], function ($, parcels) {
  return function ParcelWidget() {
    var self = this;
    self.callbacks = {
      render: function () {
        var card = APP.data.current_card;
        $("head").append('<link rel="stylesheet" href="' + self.params.path + '/style.css?v=1">');
        self.render_template({ body: parcels.of(card.id), caption: { class_name: "parcel-head" } });
        return true;
      },
      init: function () {
        return true;
      },
      bind_actions: function () {
        return true;
      },
      settings: function ($body) {
        var $install = $body.find(".js-widget-install");
        // Whoever has not agreed is asked to, before the installation goes on.
        $install.on("click", function () {
          $body.find(".parcel-agree").trigger("change");
        });
        $body.find(".js-widget-save").trigger("click");
      },
      onSave: function () {
        return true;
      },
    };
    return self;
  };
});
"""
LIBRARY = """\
define(["jquery"], function ($) {
  async function load(id) {
    try {
      const { parcels = [] } = (await $.ajax({ url: `/parcels/${id}` })) ?? {};
      return parcels.map((one) => one?.place).join(", ");
    } catch (error) {
      console.trace(error);
      return "";
    }
  }
  return { of: load };
});
"""
STYLE = """\
/* The head of the panel. */
.parcel-head { color: #333; }
.parcel-head .button-input:hover, #parcel-list > li { margin: 0; }
@media (max-width: 600px) { .parcel-head { display: none; } }
html[data-color-scheme="dark"] .parcel-head { color: var(--palette-text); }
"""


def manifest(locations: tuple[str, ...] = ("lcard-1", "settings"), **changes: Any) -> bytes:
    """Return the sound manifest with other places and other top-level members."""
    tour = {
        "is_tour": True,
        "tour_images": {one: [f"/images/tour_{one}.png"] for one in LANGUAGES},
    }
    widget = MANIFEST["widget"] | {"locale": list(LANGUAGES)} | changes.pop("widget", {})
    sound = {"widget": widget, "locations": list(locations), "settings": {}, "tour": tour}
    return written(sound | changes)


def texts(language: str, **more: Any) -> bytes:
    """Return what the widget says in a language: what the form says."""
    said = next(one for one in SOUND.presentations if one.language == language)
    widget = {
        "name": said.name,
        "short_description": said.short_description,
        "description": said.description,
    }
    document = {"widget": widget | more.pop("widget", {}), **more}
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


FILES: Mapping[str, bytes] = {
    "manifest.json": manifest(),
    "script.js": SCRIPT.encode(),
    "lib/parcels.js": LIBRARY.encode(),
    "style.css": STYLE.encode(),
    **{f"i18n/{one}.json": texts(one) for one in LANGUAGES},
    **{f"images/{name}.png": png(*size) for name, size in LOGOS.items()},
    **{f"images/tour_{one}.png": SLIDE for one in LANGUAGES},
}
PIPELINE_FILE = {f"images/{PIPELINE_LOGO[0]}.png": png(*PIPELINE_LOGO[1])}
WITH_WIDGET: Content = msgspec.structs.replace(SOUND, has_widget=True)


def archive(changes: Mapping[str, bytes | str | None] | None = None) -> Archive:
    """Return the sound archive with other files in place of some; None takes one out."""
    files = {**FILES, **(changes or {})}
    given = {
        path: one.encode() if isinstance(one, str) else one
        for path, one in files.items()
        if one is not None
    }
    return archive_of(given)[0]


def beside(changes: Mapping[str, bytes | str | None] | None = None) -> Surroundings:
    """Return what is around a content that has this archive."""
    return around(archive=archive(changes), reading=read_here)


def widget(body: str) -> str:
    """Return the sound script with more code where it draws."""
    return SCRIPT.replace("        return true;\n", f"        {body}\n        return true;\n", 1)


def on_save(body: str) -> str:
    """Return the sound script with more code where it is saved."""
    return SCRIPT.replace("onSave: function () {\n", f"onSave: function () {{\n        {body}\n")
