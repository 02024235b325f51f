"""Widgets of our own making, put into the demo as a person does it."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Walker
from tests.widget_archives import TEXTS, manifest, widget_zip, written

DRAWING = b"""define(['jquery'], function ($) {
  return function ParcelWidget() {
    var w = this;
    var lead = function () { return APP.data.current_card.model.attributes['lead[NAME]']; };
    w.callbacks = {
      render: function () {
        if (APP.isCard()) {
          w.render_template({caption: {class_name: 'parcel-head'}, body: '',
              render: '<p class="parcel-depot">Depot {{ depot }}, {{ lead }}</p>'},
            {depot: w.get_settings().depot, lead: lead()});
        }
        return true;
      },
      init: function () { return true; },
      bind_actions: function () { return true; },
      settings: function ($body) { $body.find('[name="depot"]').attr('maxlength', 40); },
      onSave: function (form) { form.fields.depot = form.fields.depot.trim(); return true; },
      leads: {selected: function () {
        w.render_template({caption: {}, body: '<p class="parcel-chosen">' +
          w.list_selected().count_selected + ' chosen</p>', render: ''}, {});
      }},
      destroy: function () {}
    };
    return w;
  };
});
"""
THROWING = b"""define([], function () {
  return function ThrowingWidget() {
    this.callbacks = {
      render: function () { throw new Error('of the widget itself'); },
      init: function () { return true; }, bind_actions: function () { return true; },
      settings: function () {}, onSave: function () { return true; }, destroy: function () {}
    };
    return this;
  };
});
"""


def archive(script: bytes, name: str, **changes: Any) -> bytes:
    texts = {**TEXTS, "widget": TEXTS["widget"] | {"name": name}}
    told = {"locations": ["lcard-1", "llist-1", "settings"], **changes}
    return widget_zip(
        {"script.js": script, "i18n/en.json": written(texts), "manifest.json": manifest(**told)}
    )


def upload(walker: Walker, raw: bytes) -> None:
    """Make a private integration of Acme, and give it this widget."""
    page = walker.page
    walker.open("accounts", "/accounts/acme/integrations")
    page.get_by_role("button", name="Create private integration").click()
    page.get_by_role("link", name="Widget", exact=True).click()
    page.get_by_label("Archive").set_input_files(
        {"name": "widget.zip", "mimeType": "application/zip", "buffer": raw}
    )
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("alert")).to_have_count(0)


def tile(page: Page, state: str) -> Any:
    """Return the first tile of Settings, Integrations, whose widget is in this state."""
    return page.locator("[data-widget-tile]", has=page.locator(f".widget-state_status_{state}"))


def install(walker: Walker, name: str, depot: str = "") -> None:
    """Press Install in the modal, and confirm it on the control origin.

    What is needed is typed before, in the frame in which the widget shows its form.
    """
    page = walker.page
    walker.open("acme", "/settings/integrations/")
    tile(page, "install").get_by_role("link").first.click()
    modal = page.locator(".widget-settings__modal")
    expect(modal.get_by_role("heading", name=name)).to_be_visible()
    if depot:
        frame = modal.frame_locator("iframe")
        expect(frame.get_by_label("Depot")).to_have_attribute("maxlength", "40")
        frame.get_by_label("Depot").fill(depot)
    with page.expect_popup() as opened:
        modal.get_by_role("button", name="Install").click()
    question = opened.value
    question.get_by_role("checkbox").check()
    question.get_by_role("button", name="Install").click()
    expect(tile(page, "install")).to_have_count(0)
