"""Tab Widget: uploads with forms, what is said of them, and who may send them (S-130)."""

import asyncio
from typing import Any

import httpx
import pytest

from grantway.integrations import states
from grantway.moderation import archives, drafts, submissions
from grantway.web.control import integration_widget
from grantway.widgets import service as widgets
from grantway.widgets.archives.model import Archive
from grantway.widgets.archives.reading import read_archive
from grantway.widgets.model import Upload
from tests.contract.version_cast import clean
from tests.integration.web_client import BOB, CHARLIE, CONTROL, Browser, Web
from tests.integration.widget_world import make_draft, make_private, packed
from tests.widget_archives import manifest, manifest_widget, png, widget_zip


@pytest.fixture
async def tab(web: Web) -> str:
    """Return the tab of a private integration of acme."""
    return f"/accounts/acme/integrations/{await make_private(web)}/widget"


async def send(
    browser: Browser, tab: str, raw: bytes | None, *, token: str = "", **more: str
) -> httpx.Response:
    """Send the form as a browser does."""
    encoded = httpx.Request(
        "POST",
        "https://unused.example",
        data={"form_token": token or browser.form_token()},
        files=[("widget", ("", b"") if raw is None else ("widget.zip", raw, "application/zip"))],
    )
    headers = {
        "content-type": encoded.headers["content-type"],
        "origin": f"https://{browser.host(CONTROL)}",
        "sec-fetch-site": "same-origin",
        **more,
    }
    return await browser.request(
        "POST", tab, label=CONTROL, headers=headers, content=encoded.read()
    )


def id_of(tab: str) -> str:
    return tab.split("/")[4]


async def version_in_force(web: Web, tab: str) -> str | None:
    async with web.api.db.read() as reader:
        found = await widgets.in_force(reader, id_of(tab))
    return None if found is None else found.manifest.version


async def stored_rows(web: Web) -> int:
    counted = 0
    async with web.api.db.read() as reader:
        for table in ("widgets", "widget_archives", "widget_blobs", "widget_files"):
            counted += await reader.value(f"select count(*) from {table}")
    return counted


async def test_an_upload_is_told_of_and_works(web: Web, alice: Browser, tab: str) -> None:
    await alice.get(tab)
    assert "Upload the widget" in alice.text()
    answer = await send(alice, tab, packed("1.4.0"))
    await alice.open(answer.headers["location"])

    assert answer.status_code == 303
    assert await version_in_force(web, tab) == "1.4.0"
    for told in (
        "Uploaded: it works in Acme from now on",
        "Version 1.4.0",
        "At work",
        "Lead card (with a panel)",
        "Settings of the integration",
        "depot",
        "templates/card.twig",
        "its number is 1",
    ):
        assert told in alice.text(), told
    async with web.api.db.read() as reader:
        code = await widgets.code_of(reader, web.api.acme.actor.account_id, id_of(tab))
    assert code is not None
    assert code in alice.page
    again = await send(alice, tab, packed("1.4.0"))
    await alice.open(again.headers["location"])
    assert "These very files were uploaded before" in alice.text()


async def test_a_refused_archive_is_reported_by_file_and_line_and_leaves_nothing(
    web: Web, alice: Browser, tab: str
) -> None:
    await alice.get(tab)
    broken = widget_zip(
        {
            "manifest.json": manifest(locations=["lcard-1", "dashboard"]),
            "i18n/en.json": b'{\n  // one\n  "a": 1\n}',
            "images/logo.png": None,
        }
    )
    answer = await send(alice, tab, broken)

    assert answer.status_code == 422
    text = alice.text()
    assert "This archive cannot be used" in text
    assert "3 things to mend" in text
    for told in (
        "i18n/en.json line 2 comments are not JSON",
        "line 20 locations.1: an area expected",
        "images/logo.png A PNG of 130x100 pixels expected LOGO_MISSING",
    ):
        assert told in text, (told, text)
    assert await stored_rows(web) == 0
    sent = await send(alice, tab, packed("2"))
    assert sent.status_code == 303
    before = await stored_rows(web)
    await alice.get(tab)
    await send(alice, tab, broken)
    assert "Version 2" in alice.text()
    assert await stored_rows(web) == before


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (None, "Choose the zip file of the widget."),
        (b"", "A zip file expected NOT_A_ZIP"),
        (b"<html>", "widget.zip A zip file expected NOT_A_ZIP"),
        (widget_zip({"\x1b[2J<b>.js": b"1"}), "\\x1b[2J<b>.js"),
    ],
)
async def test_what_is_no_archive(alice: Browser, tab: str, raw: bytes | None, told: str) -> None:
    await alice.get(tab)
    answer = await send(alice, tab, raw)

    assert answer.status_code == 422
    assert told in alice.text()
    assert "<b>.js" not in alice.page


async def test_what_was_noticed_stays_on_the_page(alice: Browser, tab: str) -> None:
    await alice.get(tab)
    await send(alice, tab, widget_zip({"images/logo_min.png": png(42, 42)}))
    await alice.get(tab)

    assert "What was noticed" in alice.text()
    assert "images/logo_min.png 84x84 expected, got 42x42 LOGO_SIZE" in alice.text()


async def test_what_a_manifest_says_is_text_on_the_page(alice: Browser, tab: str) -> None:
    await alice.get(tab)
    hostile = manifest_widget(version="<script>alert(1)</script>")
    await send(alice, tab, widget_zip({"manifest.json": hostile}))
    await alice.get(tab)

    assert "<script>alert" not in alice.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in alice.page


async def test_a_file_that_is_too_large_is_not_read(alice: Browser, tab: str) -> None:
    await alice.get(tab)
    answer = await send(alice, tab, b"PK" + bytes(21 * 1024 * 1024))

    assert answer.status_code == 413


# Who may, and when.


async def test_nobody_else_uploads(web: Web, alice: Browser, tab: str) -> None:
    await alice.get(tab)
    token = alice.form_token()
    charlie, bob = await web.signed_in(CHARLIE), await web.signed_in(BOB)

    assert (await send(charlie, tab, packed(), token=token)).status_code == 404
    assert (await send(bob, tab, packed(), token=token)).status_code == 403
    assert (await send(web.browser(), tab, packed(), token=token)).status_code == 303
    assert (await send(alice, tab, packed(), token="x" * 40)).status_code == 403
    elsewhere = {"origin": "https://acme.grantway.test", "sec-fetch-site": "same-site"}
    assert (await send(alice, tab, packed(), token=token, **elsewhere)).status_code == 403
    assert await stored_rows(web) == 0
    assert (await send(alice, tab, packed(), token=token)).status_code == 303


async def test_a_draft_takes_uploads_until_it_is_reviewed(web: Web, alice: Browser) -> None:
    client_id = await make_draft(web)
    tab = f"/accounts/acme/integrations/{client_id}/widget"
    await alice.get(tab)
    token = alice.form_token()
    assert (await send(alice, tab, packed())).status_code == 303
    await alice.get(tab)
    assert "At work" in alice.text()
    async with web.api.db.write() as tx:
        draft = await drafts.newest(tx, web.api.acme.actor, client_id)
        await submissions.request_review(
            tx,
            web.api.acme.actor,
            client_id,
            clean(draft),
            web.clock(),
            comment="Try it.",
            seal=web.platform.seal,
        )
    answer = await send(alice, tab, packed("2"), token=token)

    assert answer.status_code == 422
    assert "Version 1 stays as it is" in alice.text()
    assert "Upload another" not in alice.text()
    assert await version_in_force(web, tab) == "1.0.0"


async def test_few_archives_are_in_memory_at_once(
    alice: Browser, tab: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[int] = []
    stored, keep = 0, archives.upload

    def read(raw: bytes) -> Archive:
        unpacked.append(len(unpacked) - stored + 1)
        return read_archive(raw)

    async def store(*given: Any, **named: Any) -> Upload:
        nonlocal stored
        for _ in range(20):  # until whoever may be read beside this one was read
            await asyncio.sleep(0.01)
        made: Upload = await keep(*given, **named)
        stored += 1
        return made

    monkeypatch.setattr(integration_widget, "read_archive", read)
    monkeypatch.setattr(archives, "upload", store)
    await alice.get(tab)
    answers = await asyncio.gather(*(send(alice, tab, packed(str(n))) for n in range(6)))

    assert {one.status_code for one in answers} == {303}
    assert len(unpacked) == 6
    assert max(unpacked) == 2


async def test_a_stopped_integration_takes_nothing(web: Web, alice: Browser, tab: str) -> None:
    await alice.get(tab)
    token = alice.form_token()
    async with web.api.db.write() as tx:
        await states.disable(tx, id_of(tab), "Abuse", web.clock())
    answer = await send(alice, tab, packed(), token=token)

    assert answer.status_code == 422
    assert "The operator stopped this integration" in alice.text()
    assert await stored_rows(web) == 0
