"""Upload an archive, and walk with what it becomes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from fnmatch import fnmatch
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, expect

from grantway.moderation.checks.checklist import check
from grantway.moderation.checks.model import Surroundings
from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import Archive
from grantway.widgets.archives.reading import read_archive
from tests.browser.conftest import Served, Walker
from tests.conformance.real_widgets.hearing import Hearing, is_ours
from tests.conformance.real_widgets.outcomes import Outcome
from tests.conformance.real_widgets.walking import Walk
from tests.conformance.real_widgets.widgets import WIDGETS, Widget, number_of
from tests.unit.archived import WITH_WIDGET

_ELSEWHERE = re.compile(r"^(?!data:|blob:)")


def packed(path: Path) -> bytes:
    """Return the archive; a folder is packed as it is, without what version control keeps."""
    if path.is_file():
        return path.read_bytes()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(path.rglob("*")):
            inside = one.relative_to(path)
            if one.is_file() and ".git" not in inside.parts:
                archive.write(one, inside.as_posix())
    return made.getvalue()


def try_widget(
    browser: Browser, served: Served, path: Path, raw: bytes, pictures: Path | None = None
) -> Outcome:
    """Upload, and unless it has to be refused, walk all of its life."""
    number = number_of(path)
    outcome = Outcome(number, WIDGETS.get(number) or Widget(path.stem, ""))
    walker = Walker(browser, served, viewport={"width": 1280, "height": 900})
    hearing = Hearing(served.root)
    try:
        _sign_in(walker)
        _answer_for_others(walker, path)
        outcome.begin("upload")
        code = upload(walker.page, walker, raw)
        archive = _read(raw)
        if outcome.widget.is_refused or archive is None:
            if not outcome.widget.is_refused or code is not None:
                outcome.trouble("upload", "host: taken" if code else "host: refused")
            return outcome
        if code is None:
            outcome.trouble("upload", "host: refused on the page, and taken by the command line")
            return outcome
        _check(outcome, archive)
        hearing.code = code
        hearing.listen(walker.context)
        Walk(walker, code, archive.manifest, hearing, outcome, pictures).go()
        return outcome
    finally:
        walker.context.close()


def upload(page: Page, walker: Walker, raw: bytes) -> str | None:
    """Make a private integration of Acme with keys, and give it this widget; return its code.

    None comes back when the page says why the archive cannot be used.
    """
    walker.open("accounts", "/accounts/acme/integrations")
    page.get_by_role("button", name="Create private integration").click()
    page.get_by_role("link", name="General", exact=True).click()
    page.get_by_label("Redirect URL").fill("https://parcel.example/oauth")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Keys and scopes", exact=True).click()
    page.get_by_role("button", name="Generate secret key").click()
    expect(page.get_by_role("heading", name="Copy the secret key now")).to_be_visible()
    page.get_by_role("link", name="Widget", exact=True).click()
    page.get_by_label("Archive").set_input_files(
        {"name": "widget.zip", "mimeType": "application/zip", "buffer": raw}
    )
    page.get_by_role("button", name="Upload", exact=True).click()
    refused = page.get_by_role("alert").filter(has_text="This archive cannot be used")
    taken = page.get_by_role("heading", name="Widget code")
    expect(refused.or_(taken).first).to_be_visible()
    if refused.count():
        return None
    section = page.locator("section", has=taken)
    found = re.search(r"\b[a-z][a-z0-9]{15}\b", section.inner_text() + section.inner_html())
    assert found, "the page tells no code"
    return found[0]


def _sign_in(walker: Walker) -> None:
    walker.open("www")
    walker.page.get_by_role("link", name="Sign in").first.click()
    walker.sign_in("Alice")
    expect(walker.page.get_by_role("heading", name="Your accounts")).to_be_visible()


def _answer_for_others(walker: Walker, path: Path) -> None:
    """Let nothing out of the machine.

    Beside an archive may lie what its author's servers would answer, where they are gone:
    `21-panel.stubs.json` with `{"https://panel.example/*": {…}}`, or in place of the answer the
    name of a folder with the files that are there.
    """
    beside = path.with_suffix(".stubs.json")
    stubs: dict[str, object] = json.loads(beside.read_text()) if beside.is_file() else {}

    def answer(route: Route) -> None:
        address = route.request.url.partition("?")[0]
        pattern = next((one for one in stubs if fnmatch(address, one)), "")
        known = stubs.get(pattern)
        headers = {"access-control-allow-origin": "*", "access-control-allow-headers": "*"}
        if isinstance(known, str):
            file = beside.parent / known / address.removeprefix(pattern.rstrip("*"))
            route.fulfill(path=file, headers=headers)
        elif known is not None:
            route.fulfill(json=known, headers=headers)
        elif is_ours(address, walker.served.root):
            route.continue_()
        else:
            route.abort("internetdisconnected")

    walker.context.route(_ELSEWHERE, answer)


def _read(raw: bytes) -> Archive | None:
    try:
        return read_archive(raw)
    except ArchiveRefused:
        return None


def _check(outcome: Outcome, archive: Archive) -> None:
    """Ask the checklist of moderation about the archive, where it must find something."""
    wanted = outcome.widget.fires
    if not wanted:
        return
    outcome.begin("checklist")
    report = check(WITH_WIDGET, Surroundings(archive=archive))
    missing = wanted - {one.rule for one in report.errors}
    if missing:
        words = ", ".join(sorted(missing))
        outcome.trouble("checklist", f"host: {words} should fire, and nothing is found")
