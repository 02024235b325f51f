"""What moderators see of a version: why it needs them, its listing, what was before it."""

import msgspec
import pytest

from grantway.moderation import desk, drafts, submissions
from grantway.moderation.checks.model import Finding, Report, Severity
from tests.integration.moderation_world import PLAIN, REASON, Desk, act, client_id_of, saying
from tests.integration.web_client import ALICE, CHARLIE, Browser, Web


async def test_the_queue_says_why(mo: Browser, world: Desk) -> None:
    first = await world.add()
    await world.publish(first)
    asks_more = msgspec.structs.replace(PLAIN, scopes=("crm", "files"), owner_name="Mallory")
    second = await world.update(first, asks_more)
    await mo.get("/moderation")
    assert "Asks for more: access to files Owner changed" in mo.text()
    await mo.get(second)
    assert "Why it needs a person Asks for more: access to files Owner changed" in mo.text()
    await act(mo, second, "ask", question="Why files?")
    await mo.get("/moderation")
    assert "A question waits for the integrator" in mo.text()
    world.web.clock.advance(7200)
    async with world.web.api.db.write() as tx:
        actor, now = world.web.api.acme.actor, world.web.clock()
        await submissions.answer(tx, actor, client_id_of(second), "To attach labels.", now - 3600)
    for path in ("/moderation", second):
        await mo.get(path)
        assert "The integrator answered 1 hour ago" in mo.text()
        assert "A question waits" not in mo.text()


async def test_what_the_checks_found_at_submission_stands_in_the_queue(
    mo: Browser, world: Desk
) -> None:
    page = await world.add()
    await world.withdraw(page)
    second = await world.update(page, PLAIN)
    await world.withdraw(second)
    async with world.web.api.db.write() as tx:
        actor, now = world.web.api.acme.actor, world.web.clock()
        draft = await drafts.add_version(tx, actor, client_id_of(page), now)
        found = tuple(
            Finding(rule=rule, severity=Severity.WARNING, text="Look.")
            for rule in ("N5", "L3", "L3")
        )
        report = Report(content_hash=draft.content_hash, findings=found)
        await submissions.request_review(tx, actor, client_id_of(page), report, now)
    await mo.get("/moderation")

    assert "Name like a published one 2 findings: L3 (2)" in mo.text()


async def test_a_decided_version_needs_nobody(mo: Browser, world: Desk) -> None:
    page = await world.add()
    await mo.get(page)
    assert "First publication" in mo.text()
    await act(mo, page, "approve")
    await mo.get(page)

    assert "Why it needs a person" not in mo.text()


async def test_earlier_verdicts_are_read_beside_the_next_version(mo: Browser, world: Desk) -> None:
    page = await world.add()
    await mo.get(page)
    assert "Other versions" not in mo.text()
    await act(mo, page, "reject", rule="T9", text=REASON)
    second = await world.update(page, saying(name="Parcels via Dana Labs"))
    await mo.get(second)

    assert f'href="{page}"' in mo.page
    told = mo.text().partition("Other versions")[2]
    assert "Version 1 Rejected" in told
    assert "by Mo" in told
    assert f"T9 {REASON}" in told
    await mo.get(page)
    assert f'href="{second}"' in mo.page


async def test_a_listing_is_seen_in_each_language_before_anybody_else_sees_it(
    web: Web, mo: Browser, world: Desk
) -> None:
    page = await world.add()
    seen = (await world.version(page)).content_hash
    await mo.get(page)
    assert f'href="{page}/preview"' in mo.page
    answer = await mo.get(f"{page}/preview")
    assert "See where each parcel is, beside its lead" in mo.text()
    assert seen[:12] in mo.page
    assert "not what the public sees" in mo.text()
    assert answer.headers["cache-control"] == "no-store"
    assert '<div class="preview" lang="en">' in mo.page
    for language, words in (("es", "Dónde está cada paquete"), ("pt", "Onde está cada pacote")):
        assert f'href="{page}/preview?lang={language}"' in mo.page
        assert (await mo.get(f"{page}/preview?lang={language}")).status_code == 200
        assert words in mo.text()
        assert f'<div class="preview" lang="{language}">' in mo.page
    for missing in ("ru", "xx", "<b>"):
        assert (await mo.get(f"{page}/preview?lang={missing}")).status_code == 404
    assert (await mo.get(f"{page[:-1]}7/preview")).status_code == 404
    for email in (ALICE, CHARLIE):
        somebody = await web.signed_in(email)
        assert (await somebody.get(f"{page}/preview")).status_code == 404
    assert (await web.browser().get(f"{page}/preview")).status_code == 303


async def test_scripts_in_texts_are_shown_and_never_run(mo: Browser, world: Desk) -> None:
    page = await world.add(saying(description="<script>alert(1)</script> https://p.example/"))
    await mo.get(f"{page}/preview")
    assert "<script>alert" not in mo.page


@pytest.mark.parametrize("text", ["", " "])
async def test_a_language_that_is_not_written_says_so(mo: Browser, world: Desk, text: str) -> None:
    spanish = next(one for one in PLAIN.presentations if one.language == "es")
    page = await world.add(
        PLAIN.with_presentation(msgspec.structs.replace(spanish, short_description=text))
    )
    await mo.get(f"{page}/preview?lang=es")
    assert "It would not be listed in Español" in mo.text()
    await mo.get(f"{page}/preview")
    assert "It would not be listed" not in mo.text()


async def test_an_integrator_previews_their_own_draft_and_nobody_elses(
    web: Web, world: Desk
) -> None:
    page = await world.add()
    await world.withdraw(page)
    client_id = client_id_of(page)
    own = f"/accounts/acme/integrations/{client_id}"
    alice = await web.signed_in(ALICE)
    for tab in ("listing", "review"):
        await alice.get(f"{own}/{tab}")
        assert f'href="{own}/preview' in alice.page
    assert (await alice.get(f"{own}/preview?lang=pt")).status_code == 200
    assert "Onde está cada pacote" in alice.text()
    assert (await alice.get(f"{own}/preview?lang=ru")).status_code == 404
    private = f"{web.window}/preview"
    assert (await alice.get(private)).status_code == 404
    charlie = await web.signed_in(CHARLIE)
    for path in (f"{own}/preview", f"/accounts/bolt/integrations/{client_id}/preview"):
        assert (await charlie.get(path)).status_code == 404


async def test_another_moderators_note_is_no_verdict(mo: Browser, world: Desk) -> None:
    page = await world.add()
    async with world.web.api.db.write() as tx:
        await desk.note(tx, world.mo, client_id_of(page), 1, "Private words.", world.web.clock())
    await world.withdraw(page)
    second = await world.update(page, PLAIN)
    await mo.get(second)

    assert "Version 1 Withdrawn" in mo.text()
    assert "Private words." not in mo.text()
