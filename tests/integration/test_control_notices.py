"""The notices page, its bell, and what desk and ratings tell whom."""

import pytest

from grantway.db import Database
from grantway.installations import everywhere
from grantway.marketplace import publishing, ratings
from grantway.moderation import desk
from grantway.moderation.checks.checklist import RULES
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Reason
from grantway.notices import service as notices
from grantway.notices.mail_server import read_mail_server
from grantway.notices.model import Kind, Notice
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import install, list_it
from tests.contract.version_cast import make_draft, make_mo, submit
from tests.integration.api_client import Api
from tests.integration.conftest import OpenApi
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web, give_passwords

EVIL = 'Parcels <script>alert(1)</script> {facts} "'


async def tell(
    api: Api, account: str = "acme", kind: Kind = Kind.RATING_ANSWERED, path: str = "activity"
) -> None:
    async with api.db.write() as tx:
        await notices.tell_administrators(
            tx,
            api.cast[account].account_id,
            kind,
            api.clock(),
            facts={"integration": EVIL, "quote": "Thank you\n<b>all</b>."},
            path=path,
        )


async def told(db: Database, user_id: int) -> list[Notice]:
    async with db.read() as reader:
        return (await notices.page(reader, user_id)).notices


# The page


async def test_who_was_told_nothing_reads_so_and_sees_no_count(alice: Browser) -> None:
    await alice.get("/notices")

    assert "Nothing to tell you" in alice.text()
    assert "This server sends no e-mail" in alice.text()
    assert "bell-count" not in alice.page
    assert "Mark all as read" not in alice.text()


async def test_a_notice_is_counted_read_and_leads_to_its_place(web: Web, alice: Browser) -> None:
    await tell(web.api)
    await tell(web.api, "bolt")
    await alice.get("/sessions")
    assert '<span class="bell-count">1</span>' in alice.page
    await alice.get("/notices")
    assert EVIL in alice.text()
    assert "<script>alert" not in alice.page
    assert "Thank you <b>all</b>." in alice.text()
    opened = await alice.get("/notices/1")
    await alice.get("/notices")

    assert opened.headers["location"] == "/accounts/acme/activity"
    assert "bell-count" not in alice.page
    assert EVIL in alice.text()


async def test_a_browser_that_loads_ahead_reads_nothing(web: Web, alice: Browser) -> None:
    await tell(web.api)
    ahead = await alice.get("/notices/1", **{"sec-purpose": "prefetch;prerender"})
    await alice.get("/notices")

    assert ahead.status_code == 303
    assert '<span class="bell-count">1</span>' in alice.page


async def test_a_notice_of_somebody_else_is_not_there(web: Web) -> None:
    await tell(web.api)
    for email in (BOB, CHARLIE):
        other = await web.signed_in(email)
        for path in ("/notices/1", "/notices/2", "/notices/x"):
            assert (await other.get(path)).status_code == 404
        await other.get("/notices")
        assert "Nothing to tell you" in other.text()
    (notice,) = await told(web.api.db, web.api.acme.admin_id)

    assert notice.seen_at is None


async def test_the_link_of_an_email_goes_on_after_signing_in(web: Web) -> None:
    await tell(web.api)
    stranger = web.browser()
    asked = await stranger.get("/notices/1")

    assert asked.status_code == 303
    assert "notices" in asked.headers["location"]


async def test_all_are_read_but_those_that_came_since(web: Web, alice: Browser) -> None:
    await tell(web.api)
    await tell(web.api)
    await alice.get("/notices")
    await tell(web.api)
    done = await alice.submit("/notices/read", ("up_to", "2"))
    await alice.get(done.headers["location"])

    assert "Everything is marked as read" in alice.text()
    assert '<span class="bell-count">1</span>' in alice.page


async def test_a_form_of_another_site_reads_nothing(web: Web, alice: Browser) -> None:
    await tell(web.api)
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}

    for path, field in (("/notices/read", ("up_to", "1")), ("/notices/by-mail", ("by_mail", ""))):
        await alice.get("/notices")
        assert (await alice.submit(path, field, headers=foreign)).status_code == 403
        assert (await alice.post(path, [field])).status_code == 403
    (notice,) = await told(web.api.db, web.api.acme.admin_id)
    assert notice.seen_at is None


async def test_the_list_turns_pages(web: Web, alice: Browser) -> None:
    for n in range(21):
        await tell(web.api, path=f"installed/{n}/rating")
    await alice.get("/notices")
    first = alice.page.count("<article")
    await alice.get("/notices?before=2&page=2")

    assert first == 20
    assert alice.page.count("<article") == 1
    assert 'href="/notices"' in alice.page


async def test_where_email_is_sent_a_person_chooses(
    open_api: OpenApi, password_hashes: dict[str, str]
) -> None:
    api = await open_api(
        mail_server=read_mail_server("smtp://127.0.0.1:9"), mail_from="grantway@grantway.test"
    )
    await give_passwords(api, password_hashes)
    alice = await Web(api).signed_in(ALICE)
    await alice.get("/notices")
    assert 'name="by_mail" value="yes" checked' in alice.page
    await alice.submit("/notices/by-mail")
    await alice.get("/notices")
    assert 'name="by_mail" value="yes">' in alice.page
    await alice.submit("/notices/by-mail", ("by_mail", "yes"))
    await alice.get("/notices")

    assert 'name="by_mail" value="yes" checked' in alice.page


# What is told


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def moderator(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


async def kinds(people: People, user_id: int) -> list[str]:
    return [one.kind for one in reversed(await told(people.db, user_id))]


async def test_verdicts_and_questions_reach_the_integrator_and_notes_do_not(
    people: People, moderator: Moderator
) -> None:
    version = await submit(people, await make_draft(people))
    client_id, number = version.client_id, version.number
    async with people.db.write() as tx:
        await desk.note(tx, moderator, client_id, number, "Looks odd to me.", NOW)
        await desk.ask(tx, moderator, client_id, number, "What does it cost?", NOW)
        rules = RULES[:2]
        await desk.reject(
            tx,
            moderator,
            client_id,
            number,
            version.content_hash,
            [Reason(rule=one.id, text="It is not so.") for one in rules],
            rules,
            NOW,
        )
    question, rejected = reversed(await told(people.db, people.dana.user_id))

    assert (question.kind, question.facts["quote"]) == (
        Kind.VERSION_QUESTION,
        "What does it cost?",
    )
    assert (rejected.kind, rejected.facts["reasons"]) == (Kind.VERSION_REJECTED, "2")
    assert rejected.href == f"/accounts/danalabs/integrations/{client_id}/review"
    assert await told(people.db, people.alice.user_id) == []


async def test_what_the_platform_does_with_a_listing_reaches_the_integrator(
    people: People, moderator: Moderator
) -> None:
    client_id = await list_it(people, moderator)
    async with people.db.write() as tx:
        await publishing.hide(tx, moderator, client_id, "A link is dead.", NOW)
        await publishing.show(tx, moderator, client_id, NOW)
        await publishing.unpublish(tx, client_id, NOW)
        await publishing.publish_unreviewed(tx, client_id, NOW)
    await everywhere.stop(people.db, client_id, "It leaked.", NOW)
    await everywhere.stop(people.db, client_id, "It leaked.", NOW)
    await everywhere.let_work(people.db, client_id, NOW)

    assert await kinds(people, people.dana.user_id) == [
        Kind.VERSION_APPROVED,
        Kind.LISTING_HIDDEN,
        Kind.LISTING_SHOWN,
        Kind.LISTING_HIDDEN,
        Kind.LISTING_SHOWN,
        Kind.INTEGRATION_DISABLED,
        Kind.INTEGRATION_ENABLED,
    ]
    quotes = [one.facts.get("quote") for one in await told(people.db, people.dana.user_id)]
    assert [one for one in quotes if one] == ["It leaked.", "A link is dead."]


async def test_ratings_reach_the_integrator_and_answers_their_author(
    people: People, moderator: Moderator
) -> None:
    client_id = await list_it(people, moderator)
    await install(people, people.alice, client_id)
    async with people.db.write() as tx:
        rating = await ratings.rate(
            tx, people.alice, client_id, stars=2, text="It is slow.", now=NOW
        )
        await ratings.rate(tx, people.alice, client_id, stars=4, text="It is fast.", now=NOW)
        await ratings.answer(tx, people.dana, client_id, rating.id, "We mended it.", NOW)
        await ratings.remove(tx, moderator, client_id, rating.id, "Not about it.", NOW)
    removed, answered = await told(people.db, people.alice.user_id)
    changed, rated, _approved = await told(people.db, people.dana.user_id)

    assert (rated.kind, rated.facts["stars"], rated.facts["quote"]) == (
        *(Kind.LISTING_RATED, "2"),
        "It is slow.",
    )
    assert (changed.kind, changed.facts["stars"]) == (Kind.LISTING_RATING_CHANGED, "4")
    assert (answered.kind, answered.facts["quote"]) == (Kind.RATING_ANSWERED, "We mended it.")
    assert (removed.kind, removed.facts["quote"]) == (Kind.RATING_REMOVED, "Not about it.")
    assert answered.href == f"/accounts/acme/installed/{client_id}/rating"
    assert rated.href == f"/accounts/danalabs/integrations/{client_id}/ratings"
