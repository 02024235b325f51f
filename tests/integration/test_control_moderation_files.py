"""Moderators read the files of a version's widget, as text and on their own desk (S-138, S-140)."""

import pytest

from grantway.moderation import archives, drafts
from grantway.widgets.archives.reading import read_archive
from tests.integration.moderation_world import Desk, client_id_of
from tests.integration.web_client import ALICE, BOB, Browser, Web
from tests.integration.widget_world import PAGE
from tests.widget_archives import manifest_widget, png, widget_zip

SCRIPT = "// \N{RIGHT-TO-LEFT OVERRIDE} turned\n<script>alert(1)</script>\n"


async def under_review(web: Web, world: Desk) -> str:
    """Return the review of a version that has a widget."""
    page = await world.add()
    await world.withdraw(page)
    actor, now, client_id = web.api.acme.actor, web.clock(), client_id_of(page)
    files: dict[str, bytes | None] = {
        "manifest.json": manifest_widget(version="1.4.0"),
        "script.js": SCRIPT.encode(),
        "gif.js": b"GIF89a=1;\n",
        "page.html": PAGE,
        "images/tour.png": png(4, 4),
    }
    async with web.api.db.write() as tx:
        await drafts.add_version(tx, actor, client_id, now)
        await archives.upload(tx, actor, client_id, read_archive(widget_zip(files)), now)
        content = (await drafts.newest(tx, actor, client_id)).content
    return await world.submit(client_id, content)


@pytest.fixture
async def page(web: Web, world: Desk) -> str:
    return await under_review(web, world)


async def test_a_moderator_finds_and_reads_the_files(mo: Browser, page: str) -> None:
    await mo.get(page)
    assert f'href="{page}/files"' in mo.page
    assert "Version 1.4.0, upload 1 (files: 12)" in mo.text()
    await mo.get(f"{page}/files")
    assert "Version 1.4.0 of the widget, 12 files" in mo.text()
    assert f'href="{page}/files/images/tour.png"' in mo.page
    shown = await mo.get(f"{page}/files/script.js")

    assert shown.status_code == 200
    assert 'id="L2"' in mo.page
    assert "⟨U+202E⟩ turned" in mo.page
    assert "<script>alert" not in mo.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in mo.page


async def test_nothing_of_an_integrators_is_drawn(mo: Browser, page: str) -> None:
    await mo.get(f"{page}/files/images/tour.png")
    assert "PNG, 4x4 pixels" in mo.text()
    assert "<img" not in mo.page
    await mo.get(f"{page}/files/page.html")
    assert "&lt;!doctype html&gt;&lt;script&gt;" in mo.page
    # What begins like a picture is read all the same.
    await mo.get(f"{page}/files/gif.js")
    assert "GIF89a=1;" in mo.page


async def test_files_that_are_not_there(mo: Browser, page: str, world: Desk) -> None:
    for path in ("none.js", "../script.js", "%2e%2e/script.js", "images", "script.js%00"):
        assert (await mo.get(f"{page}/files/{path}")).status_code == 404
    without = await world.add()
    assert (await mo.get(f"{without}/files")).status_code == 404
    assert (await mo.get(f"{without}/files/script.js")).status_code == 404
    await mo.get(without)
    assert "/files" not in mo.page


async def test_only_moderators_of_another_account_read_them(
    web: Web, page: str, insider: Browser
) -> None:
    for browser in (await web.signed_in(ALICE), await web.signed_in(BOB), insider):
        for path in (f"{page}/files", f"{page}/files/script.js"):
            answer = await browser.get(path)
            assert browser is insider or answer.status_code == 404
            assert "turned" not in answer.text
