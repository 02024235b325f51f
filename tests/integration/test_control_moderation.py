"""The moderators' desk: who gets to see it, the queue, and what a version is shown with."""

import msgspec
import pytest

from grantway.accounts import moderators
from grantway.moderation import drafts
from grantway.pictures import service as pictures
from grantway.pictures.reading import read
from tests.integration.moderation_world import ACTS, COMMENT, PLAIN, Desk, act, client_id_of, saying
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, Browser, Web
from tests.picture_files import picture_file


@pytest.mark.parametrize("email", [ALICE, BOB, CHARLIE])
async def test_who_moderates_nothing_sees_what_everybody_sees_of_nothing(
    web: Web, world: Desk, email: str
) -> None:
    page = await world.add()
    somebody = await web.signed_in(email)
    unknown = await somebody.get("/nothing-of-this-kind")
    words = somebody.text().partition("Request number")[0]
    for path in ("/moderation", page):
        assert (await somebody.get(path)).status_code == unknown.status_code == 404
        assert somebody.text().partition("Request number")[0] == words
    seen = (await world.version(page)).content_hash
    for what, fields in ACTS.items():
        await somebody.get("/sessions")
        assert 'href="/moderation"' not in somebody.page
        assert await act(somebody, page, what, **(fields | {"seen": seen})) == 404

    assert await world.state(page) == "in_review"
    assert await world.heard(page) == [""]


@pytest.mark.parametrize("what", ACTS)
async def test_a_moderator_does_what_others_may_not(mo: Browser, world: Desk, what: str) -> None:
    page = await world.add()
    await mo.get("/sessions")
    assert 'href="/moderation"' in mo.page
    await mo.get(page)

    assert await act(mo, page, what, **ACTS[what]) == 303


@pytest.mark.parametrize("what", ACTS)
async def test_nobody_decides_about_an_integration_of_their_own_account(
    insider: Browser, world: Desk, what: str
) -> None:
    page = await world.add()
    await insider.get("/moderation")
    assert "Yours: another moderator decides" in insider.text()
    assert f'href="{page}"' not in insider.page
    assert (await insider.get(page)).status_code == 403
    assert "Another moderator decides" in insider.text()
    assert COMMENT not in insider.page
    await insider.get("/moderation")
    seen = (await world.version(page)).content_hash

    assert await act(insider, page, what, **(ACTS[what] | {"seen": seen})) == 403
    assert "Another moderator decides" in insider.text()
    assert await world.state(page) == "in_review"
    assert await world.heard(page) == [""]


async def test_nobody_is_asked_to_sign_in(web: Web, world: Desk) -> None:
    page = await world.add()
    for path in ("/moderation", page):
        answer = await web.browser().get(path)
        assert answer.headers["location"].startswith("/sign-in?return_to=%2Fmoderation")


async def test_dismissal_works_between_page_and_form(web: Web, mo: Browser, world: Desk) -> None:
    page = await world.add()
    await mo.get(page)
    async with web.api.db.write() as tx:
        await moderators.dismiss(tx, world.mo.user_id, web.clock())

    assert await act(mo, page, "approve") == 404
    assert await world.state(page) == "in_review"


async def test_a_draft_is_its_integrators_alone(mo: Browser, world: Desk) -> None:
    page = await world.add()
    await world.publish(page)
    async with world.web.api.db.write() as tx:
        await drafts.add_version(
            tx, world.web.api.acme.actor, client_id_of(page), world.web.clock()
        )

    assert (await mo.get(page)).status_code == 200
    for missing in (page[:-1] + "2", page[:-1] + "9", page[:-1] + "x", "/moderation/nobody/1"):
        assert (await mo.get(missing)).status_code == 404


async def test_the_queue_tells_what_is_due_and_what_is_late(
    web: Web, mo: Browser, world: Desk
) -> None:
    await mo.get("/moderation")
    assert "Nothing waits" in mo.text()
    first = await world.add()
    await world.publish(first)
    second = await world.update(first, saying(name="Parcels via Dana Labs"))
    await mo.get("/moderation")
    assert f'href="{second}"' in mo.page
    assert "Update to version 2" in mo.text()
    assert "Overdue" not in mo.text()
    web.clock.advance(5 * 24 * 3600)
    third = await world.add(saying(name="Letters via Dana Labs"))
    fresh = web.browser()
    await fresh.sign_in("mo@moderation.example", PASSWORDS[ALICE])
    await fresh.get("/moderation")

    assert fresh.page.index(second) < fresh.page.index(third)
    assert fresh.text().count("Overdue") == 1
    assert "First version" in fresh.text()


async def test_the_queue_goes_on_behind_fifty(mo: Browser, world: Desk) -> None:
    await world.add()
    await mo.get("/moderation")
    assert 'rel="next"' not in mo.page
    for _ in range(50):
        await world.add()
    await mo.get("/moderation")
    shown = mo.page.count('data-label="Decision due"')
    following = mo.page.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
    await mo.get(following)

    assert (shown, mo.page.count('data-label="Decision due"')) == (50, 1)
    assert 'rel="next"' not in mo.page
    assert (await mo.get("/moderation?due=nonsense")).status_code == 404


async def test_a_version_is_told_field_by_field(mo: Browser, world: Desk) -> None:
    async with world.web.api.db.write() as tx:
        icon = await pictures.add(
            tx, world.web.api.acme.actor, read(picture_file("icon"), "icon"), world.web.clock()
        )
    page = await world.add(saying(icon=icon))
    answer = await mo.get(page)
    picture = f"https://www.grantway.test/pictures/{icon}.png"

    assert "There is no other version before the public" in mo.text()
    assert f'<img src="{picture}"' in mo.page
    assert (
        "img-src 'self' data: https://www.grantway.test"
        in (answer.headers["content-security-policy"])
    )
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert (await world.version(page)).content_hash in mo.page
    assert 'href="https://parcel.example/agreed" target="_blank" rel="noopener noreferrer"' in (
        mo.page
    )
    assert "<b>Uninstall</b>" not in mo.page
    assert COMMENT in mo.text()
    assert "The link works, and the page behind it has the button" in mo.text()
    assert "What the checks found Errors" in mo.text()


async def test_an_update_is_told_against_what_is_published(mo: Browser, world: Desk) -> None:
    first = await world.add()
    await world.publish(first)
    changed = msgspec.structs.replace(PLAIN, owner_name="Dana Labs S.L.", scopes=("crm", "files"))
    second = await world.update(first, changed)
    await mo.get(second)

    assert "Against version 1 , which is published" in mo.text()
    assert "Owner Dana Labs Dana Labs S.L. " in mo.text()
    assert "Access to files" in mo.text()
    assert "All that version 2 says" in mo.text()
