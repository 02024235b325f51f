"""Take one widget through its life in a workspace, by mouse and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page, Response
from playwright.sync_api import TimeoutError as TooLate

from grantway.widgets.archives.model import Manifest
from tests.browser.conftest import Walker
from tests.conformance.real_widgets.filling import fill_form, fill_settings, typed_values
from tests.conformance.real_widgets.hearing import Hearing
from tests.conformance.real_widgets.outcomes import Outcome
from tests.conformance.real_widgets.places import Stop, stops_of, wants_panel

LOADING = 10_000  # milliseconds for a widget to load in a page
SAVING = 8_000  # milliseconds for a widget to agree, after asking its server
SETTLING = 900  # milliseconds in which a widget draws, and asks what it asks
_HAS_STARTED = """code => Boolean(window.APP && APP.widgets && APP.widgets.list[code])
    || (window.troubles || []).includes(code)"""
_LISTEN = """addEventListener('DOMContentLoaded', () => { window.troubles = [];
    document.addEventListener('grantway:trouble', e => troubles.push(e.detail.code)); });"""
_HAS = "([code, path]) => Boolean(path && (APP.widgets.list[code].callbacks[path] || {}).selected)"
_WIDGETS = """async () => (await (await fetch('/ajax/v1/widgets',
    {headers: {'X-Requested-With': 'XMLHttpRequest'}})).json()).widgets"""
_ANSWERED = re.compile(r"is (installed|disabled)")
_MODAL = ".widget-settings__modal"


class CannotGoOn(Exception):
    """The rest of the walk has no ground to stand on."""


@dataclass(slots=True)
class Walk:
    """A widget that is uploaded, and the browser of a person who tries it."""

    walker: Walker
    code: str
    manifest: Manifest
    hearing: Hearing
    outcome: Outcome
    pictures: Path | None = None

    @property
    def page(self) -> Page:
        return self.walker.page

    def go(self) -> None:
        """Walk all steps; what stops one is its trouble, and the next ones are tried."""
        self.walker.context.add_init_script(_LISTEN)
        self.page.on("dialog", lambda dialog: dialog.accept())
        steps: list[tuple[str, Callable[[], None]]] = [
            ("install", self.install),
            ("save", self.save),
            ("reload", self.reload),
        ]
        steps += [
            (stop.step, partial(self.visit, stop)) for stop in stops_of(self.manifest, self.code)
        ]
        # Settings are looked at again after everything else has happened.
        steps += [("reload", self.reload), ("disable", self.disable)]
        for name, step in steps:
            self.outcome.begin(name)
            try:
                step()
            except CannotGoOn as reason:
                self.outcome.trouble(name, str(reason))
            except (Error, AssertionError) as error:
                self.shoot(f"stuck-{name}")
                self.outcome.trouble(name, f"host: {' '.join(str(error).split())[:200]}")
            self.outcome.hear(name, self.hearing.take())
            if name == "install" and not self._is_installed():
                return

    def install(self) -> None:
        modal = self.open_settings()
        if modal.locator("iframe").count():
            frame = modal.frame_locator("iframe")
            self.page.wait_for_timeout(SETTLING)
            fill_settings(frame)
        self.shoot("before")
        self._confirm(modal.locator(".js-widget-install"), "Install")
        with suppress(TooLate):  # a widget may take the whole modal over
            modal.locator(".js-widget-uninstall").wait_for(timeout=LOADING)
        self._must_be("installed", "not_configured")

    def save(self) -> None:
        """Fill in and save the settings as they are after installing."""
        answers: list[Response] = []
        self.page.on("response", lambda one: answers.append(one) if _is_save(one) else None)
        modal = self.open_settings()
        self.page.wait_for_timeout(SETTLING)
        fill_settings(modal)
        self.shoot("settings")
        button = modal.locator(".js-widget-save")
        if button.count() and button.is_visible():
            self._press_save(modal, button)
        elif self.manifest.settings and self._widget()["status"] != "installed":
            # Those that hide their form are saved by themselves, or by the page.
            raise CannotGoOn("widget: its settings have no button Save that can be seen")
        if any(not one.ok for one in answers):
            raise CannotGoOn("host: what was saved is refused")
        self._must_be("installed")
        self._save_other_forms(self.open_settings())

    def _press_save(self, modal: Locator, button: Locator) -> None:
        try:
            with self.page.expect_response(_is_save, timeout=SAVING):
                button.click()
        except TooLate:
            said = modal.locator(".widget_settings_block__outcome").first
            words = said.inner_text() if said.count() else "nothing was said"
            raise CannotGoOn(f"widget: Save stores nothing ({words})") from None

    def reload(self) -> None:
        """Compare what is stored before and after a reload, and what the form shows of it."""
        before = self._widget().get("params", {})
        modal = self.open_settings()
        self.page.wait_for_timeout(SETTLING)
        if self._widget().get("params", {}) != before:
            raise CannotGoOn("host: settings are others after a reload")
        empty = [
            field.code
            for field in self.manifest.settings
            if field.is_required and before.get(field.code) in {None, "", "{}"}
        ]
        if empty:
            raise CannotGoOn(f"host: nothing is kept of {', '.join(empty)}")
        shown = typed_values(modal)
        lost = [
            name
            for field in self.manifest.settings
            for name in [f"{field.code}[0]"]
            if field.type in {"text", "pass"}
            and name in shown
            and shown[name] != (before.get(field.code) or "")
        ]
        if lost:
            raise CannotGoOn(f"host: the form does not show what is kept of {', '.join(lost)}")

    def visit(self, stop: Stop) -> None:
        self.open(stop.path)
        if not self._has_loaded():
            raise CannotGoOn(f"host: it does not load at {stop.area}")
        self.page.wait_for_timeout(SETTLING)
        if stop.step == "pages":
            # Its own element there, or all of the page.
            own = self.page.locator(f"#work-area-{self.code} *")
            whole = self.page.locator("#page_holder:not(:has(#list_page_holder)) *")
            self._draws(stop, own.or_(whole), "its own page")
        elif stop.step == "lists":
            self._select_rows(stop)
        elif wants_panel(self.manifest, stop):
            body = f".card-widgets__widget-{self.code} .card-widgets__widget__body"
            self._draws(stop, self.page.locator(body), "its block")
        if stop.step == "cards" and "card_sdk" in self.manifest.areas:
            self._open_tab(stop)
        self.shoot(stop.path.strip("/").replace("/", "-"))
        if stop.area == "lcard":
            self._move_and_come_back(stop)

    def disable(self) -> None:
        modal = self.open_settings()
        self.page.wait_for_timeout(SETTLING)
        button = modal.locator(".js-widget-uninstall")
        if button.count():
            self._confirm(button, "Disable")
            modal.locator(".js-widget-install").wait_for()
        else:
            self._disable_by_its_tile()
        self._must_be("install")
        self.open("/leads/detail/2")
        self.page.wait_for_timeout(SETTLING)
        if self.page.locator(f".card-widgets__widget-{self.code}").count():
            raise CannotGoOn("host: its block is still there")
        if self.page.evaluate("c => Boolean(window.APP && APP.widgets.list[c])", self.code):
            raise CannotGoOn("host: it still runs")

    def open(self, path: str) -> None:
        self.walker.open("acme", path)

    def open_settings(self) -> Locator:
        self.open("/settings/integrations/")
        # Before scripts are ready the link leads to where the integration is managed.
        self.page.wait_for_function("Boolean(window.APP)")
        self.page.locator(f"[data-widget-tile='{self.code}'] [data-widget-open]").last.click()
        modal = self.page.locator(_MODAL)
        modal.locator(".widget-settings").wait_for()
        return modal

    def shoot(self, name: str) -> None:
        if self.pictures:
            self.pictures.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.pictures / f"{self.outcome.number:02}-{name}.png")

    def _confirm(self, button: Locator, words: str) -> None:
        with self.page.expect_popup() as opened:
            button.click()
        question = opened.value
        tick = question.get_by_role("checkbox")
        if tick.count():
            tick.check()
        question.get_by_role("button", name=words, exact=True).click()
        question.get_by_role("heading", name=_ANSWERED).wait_for()
        question.close()

    def _disable_by_its_tile(self) -> None:
        """Press the button of the page, for a widget that took the modal's away."""
        self.open("/settings/integrations/")
        tile = self.page.locator(f"[data-widget-tile='{self.code}']")
        tile.get_by_role("button", name="Disable").click()
        self.page.get_by_role("button", name="Disable", exact=True).click()
        self.page.get_by_role("heading", name=_ANSWERED).wait_for()
        self.open("/settings/integrations/")

    def _widget(self) -> dict[str, Any]:
        listed: list[dict[str, Any]] = self.page.evaluate(_WIDGETS)
        return next((one for one in listed if one["code"] == self.code), {"status": "install"})

    def _is_installed(self) -> bool:
        self.open("/settings/integrations/")
        return bool(self._widget()["status"] != "install")

    def _must_be(self, *statuses: str) -> None:
        status = self._widget()["status"]
        if status not in statuses:
            raise CannotGoOn(f"host: it is {status}, not {statuses[0]}")

    def _has_loaded(self) -> bool:
        try:
            self.page.wait_for_function(_HAS_STARTED, arg=self.code, timeout=LOADING)
        except TooLate:
            return False
        return True

    def _draws(self, stop: Stop, place: Locator, what: str) -> None:
        if any(one.inner_html().strip() or one.is_visible() for one in place.all()[:20]):
            self.outcome.drawn.append(stop.area)
        else:
            self.outcome.trouble(stop.step, f"widget: draws nothing into {what} at {stop.area}")

    def _select_rows(self, stop: Stop) -> None:
        """Tick rows, and choose the widget in the menu, if it works with rows at all."""
        page, ticks = self.page, self.page.locator("input[data-row-id]")
        if stop.area not in self.manifest.areas or not ticks.count():
            return
        if not any(page.evaluate(_HAS, [self.code, name]) for name in stop.selects):
            return
        for row in range(min(2, ticks.count())):
            ticks.nth(row).check()
        page.locator(".grantway-menu__button").click()
        page.locator(f".grantway-menu__entry[data-widget-code='{self.code}']").click()
        page.wait_for_timeout(SETTLING)
        self.outcome.drawn.append(stop.area)

    def _open_tab(self, stop: Stop) -> None:
        tab = self.page.locator("details", has=self.page.locator(f"#{self.code}"))
        tab.locator("summary").first.click()
        self.page.wait_for_timeout(SETTLING)
        self.outcome.drawn.append(f"a tab at {stop.area}")

    def _move_and_come_back(self, stop: Stop) -> None:
        """Go to the list and back without loading a page, as in-app links do."""
        self.page.evaluate("APP.router.navigate('/leads/')")
        self.page.wait_for_url("**/leads/")
        self.page.wait_for_timeout(SETTLING)
        self.page.go_back()
        self.page.wait_for_url(f"**{stop.path}")
        self.page.wait_for_timeout(SETTLING)
        if wants_panel(self.manifest, stop) and stop.area in self.outcome.drawn:
            body = f".card-widgets__widget-{self.code} .card-widgets__widget__body"
            if not self.page.locator(body).count():
                self.outcome.trouble(stop.step, "host: its block is gone after coming back")

    def _save_other_forms(self, modal: Locator) -> None:
        """Save the forms that stand among the settings: triggers, steps of bots, sources."""
        self.page.wait_for_timeout(SETTLING)
        for form in modal.locator("details.grantway-form").all():
            form.locator("summary").first.click()
            self.page.wait_for_timeout(300)
            fill_form(form)
            form.locator(".grantway-form__actions button").click()
            outcome = form.locator(".grantway-form__actions [role=status]")
            self.page.wait_for_timeout(SETTLING)
            if outcome.inner_text() != "Saved.":
                title = form.locator("summary").first.inner_text()
                self.outcome.trouble("save", f"host: {title}: {outcome.inner_text()}")


def _is_save(response: Response) -> bool:
    return response.request.method == "PUT" and response.url.endswith("/settings")
