"""Tab Review: what the checks ask for, a review from request to publishing, who may press."""

import msgspec
import pytest

from grantway.accounts.sessions import PROOF_LIFETIME
from grantway.integrations import public
from grantway.integrations import service as integrations
from grantway.integrations.public import PublicSettings
from grantway.moderation import desk, drafts
from grantway.moderation.checks.checklist import RULES
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Content, Reason, Version
from grantway.pictures import service as pictures
from grantway.pictures.reading import read
from tests.contract.version_cast import make_mo
from tests.integration.web_client import BOB, CHARLIE, Browser, Web
from tests.picture_files import picture_file
from tests.unit.checked import SOUND

COMMENT = "Sign in as review@parcel.example; the password stands there."


async def with_pictures(web: Web, content: Content) -> Content:
    """Return the content with pictures that are stored."""
    async with web.api.db.write() as tx:
        stored = {
            kind: await pictures.add(
                tx, web.api.acme.actor, read(picture_file(kind), kind), web.clock()
            )
            for kind in ("icon", "logo", "slide")
        }
    for one in content.presentations:
        content = content.with_presentation(
            msgspec.structs.replace(
                one, icon=stored["icon"], logo=stored["logo"], gallery=(stored["slide"],)
            )
        )
    return content


@pytest.fixture
async def mo(web: Web) -> Moderator:
    async with web.api.db.write() as tx:
        return await make_mo(tx)


@pytest.fixture
async def bare(web: Web) -> str:
    """Return the tab of a draft of acme with nothing but a name."""
    async with web.api.db.write() as tx:
        await tx.change("update accounts set is_technical = true where subdomain = 'acme'")
        made = await public.create_public(
            tx, web.api.acme.actor, PublicSettings(name="Parcel tracker via Dana"), web.clock()
        )
    return f"/accounts/acme/integrations/{made.client_id}/review"


@pytest.fixture
async def tab(web: Web, bare: str) -> str:
    """Return the tab of a draft that breaks no rule."""
    content = await with_pictures(web, SOUND)
    async with web.api.db.write() as tx:
        actor, client_id = web.api.acme.actor, client_id_of(bare)
        draft = await drafts.newest(tx, actor, client_id)
        await drafts.save(tx, actor, client_id, content, web.clock(), seen_hash=draft.content_hash)
    return bare


def client_id_of(tab: str) -> str:
    return tab.split("/")[4]


async def newest(web: Web, tab: str) -> Version:
    async with web.api.db.read() as reader:
        return await drafts.newest(reader, web.api.acme.actor, client_id_of(tab))


async def submit(browser: Browser, tab: str) -> None:
    await browser.get(tab)
    sent = await browser.submit(tab, ("comment", COMMENT))
    assert sent.status_code == 303


async def approve(web: Web, mo: Moderator, tab: str) -> None:
    seen = await newest(web, tab)
    async with web.api.db.write() as tx:
        await desk.approve(tx, mo, seen.client_id, seen.number, seen.content_hash, web.clock())


async def test_what_is_missing_is_told_with_its_rule_and_nothing_is_submitted(
    web: Web, alice: Browser, bare: str
) -> None:
    await alice.get(bare)
    assert "Before a review" in alice.text()
    assert "en/icon" in alice.text()
    assert "Request review" not in alice.text()
    refused = await alice.submit(bare, ("comment", ""))

    assert refused.status_code == 422
    assert "Do first what the checks below ask for" in alice.text()
    assert (await newest(web, bare)).state == "draft"


async def test_from_a_draft_to_everybody(web: Web, alice: Browser, mo: Moderator, tab: str) -> None:
    await submit(alice, tab)
    await alice.get(f"{tab}?done=submitted")
    assert "Handed to the moderators" in alice.text()
    assert COMMENT not in alice.page
    async with web.api.db.write() as tx:
        await desk.ask(tx, mo, client_id_of(tab), 1, "What does it cost?", web.clock())
    await alice.get(tab)
    assert "What does it cost?" in alice.text()
    empty = await alice.submit(f"{tab}/answer", ("text", " "))
    assert empty.status_code == 422
    answered = await alice.submit(f"{tab}/answer", ("text", "It is free.\r\nFor ever."))
    assert answered.status_code == 303
    await approve(web, mo, tab)
    await alice.get(tab)
    wrong = await alice.submit(f"{tab}/publish", ("category", "nonsense"))
    assert wrong.status_code == 422
    published = await alice.submit(f"{tab}/publish", ("category", "documents"))
    assert published.status_code == 303
    await alice.get(tab)
    assert "Documents" in alice.text()
    assert "Add version" in alice.text()

    version = await newest(web, tab)
    async with web.api.db.read() as reader:
        record = await integrations.of_any_account(reader, version.client_id)
    assert (version.state, version.category, record.status) == (
        "published",
        "documents",
        "published",
    )


async def test_reasons_stand_beside_their_rules_and_another_version_follows(
    web: Web, alice: Browser, mo: Moderator, tab: str
) -> None:
    await submit(alice, tab)
    seen = await newest(web, tab)
    async with web.api.db.write() as tx:
        await desk.reject(
            tx,
            mo,
            seen.client_id,
            1,
            seen.content_hash,
            [Reason("T9", "The link leads nowhere.")],
            RULES,
            web.clock(),
        )
    await alice.get(tab)
    assert "The link leads nowhere." in alice.text()
    assert "Rejected" in alice.text()
    added = await alice.submit(f"{tab.removesuffix('/review')}/versions")
    assert added.status_code == 303
    await alice.get(tab)
    assert "Version 2 Draft" in alice.text()
    deleted = await alice.submit(f"{tab}/delete")

    assert deleted.status_code == 303
    assert (await newest(web, tab)).number == 1


async def test_what_is_reviewed_can_be_withdrawn_once(web: Web, alice: Browser, tab: str) -> None:
    await submit(alice, tab)
    await alice.get(tab)
    token = alice.form_token()
    first = await alice.post(f"{tab}/withdraw", [("form_token", token)])
    again = await alice.post(f"{tab}/withdraw", [("form_token", token)])

    assert (first.status_code, again.status_code) == (303, 422)
    assert (await newest(web, tab)).state == "withdrawn"


async def test_publishing_asks_for_the_password_when_it_was_typed_long_ago(
    web: Web, alice: Browser, mo: Moderator, tab: str
) -> None:
    await submit(alice, tab)
    await approve(web, mo, tab)
    web.clock.now += PROOF_LIFETIME + 1
    await alice.get(tab)
    asked = await alice.submit(f"{tab}/publish", ("category", "other"))

    assert asked.headers["location"].startswith("/confirm-password?for=publish")
    assert (await newest(web, tab)).state == "approved"


async def test_nobody_else_sees_or_presses_anything(web: Web, alice: Browser, tab: str) -> None:
    await alice.get(tab)
    token = alice.form_token()
    for email, status in ((BOB, 403), (CHARLIE, 404)):
        other = await web.signed_in(email)
        assert (await other.get(tab)).status_code == status
        await other.get("/")
        own = other.form_token()
        for path in ("", "/answer", "/withdraw", "/publish", "/delete"):
            pressed = await other.post(f"{tab}{path}", [("form_token", own)])
            assert pressed.status_code == status
    forged = await alice.post(tab, [("form_token", token[::-1])])

    assert forged.status_code == 403
    assert (await newest(web, tab)).state == "draft"
    await submit(alice, tab)


async def test_a_private_integration_has_no_such_tab(web: Web, alice: Browser) -> None:
    private = f"/accounts/acme/integrations/{web.api.acme.client_id}"
    await alice.get(private)

    assert "/review" not in alice.page
    assert (await alice.get(f"{private}/review")).status_code == 404
