"""Confirming on the control origin, and whatever else fails (contract 5.4, 5.6; S-139)."""

import asyncio

import msgspec
import pytest

from grantway.audit import service as audit
from grantway.integrations import service as integrations
from grantway.kernel.credentials import Kind, new_credential
from grantway.marketplace import listing_store
from grantway.marketplace.model import Tile
from tests.contract.installing_cast import give_widget, manifest
from tests.integration.api_client import Api
from tests.integration.consent_world import BY_HAND
from tests.integration.install_world import WORKSPACE, Installing, make_installing, nonce
from tests.integration.log_capture import captured
from tests.integration.web_client import ALICE, CHARLIE, Web

LOGO = "ab" * 32
NO_METADATA: dict[str, str | None] = dict.fromkeys(BY_HAND)
CHROME = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"


@pytest.fixture
async def installing(web: Web, password_hashes: dict[str, str]) -> Installing:
    return await make_installing(web, password_hashes)


async def private_widget(api: Api) -> str:
    """Make a private integration of acme, with a widget."""
    now = api.clock()
    async with api.db.write() as tx:
        settings = integrations.Settings(
            name="Night export", redirect_uri="https://acme.example/installed"
        )
        made = await integrations.create_private(tx, api.acme.actor, now, settings)
        await give_widget(tx, api.acme.actor, made.client_id, manifest())
    return made.client_id


async def test_the_page_says_all_of_it_and_two_acts_of_a_person_install(
    installing: Installing,
) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    page = await installing.ask(alice, path)
    words = alice.text()
    done = await installing.answer(alice, path)
    over = await alice.get(path)
    async with installing.web.api.db.read() as reader:
        found = await audit.entries(reader, installing.web.api.acme.account_id)
    entry = next(
        one
        for one in found.entries
        if one.event == "installation.installed" and one.subject == installing.client_id
    )
    told = msgspec.json.decode(entry.details)

    for one in ("Install Parcel tracker in", "by Dana Labs", "Verified", "Version 1.4.0"):
        assert one in words
    assert "Work with account data" in words
    assert "I let Dana Labs have this access to" in words
    assert 'href="https://parcel.example/privacy"' in page.text
    assert "checked" not in page.text
    assert "/pictures/" not in page.text, "it was published without any"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert "Parcel tracker is installed" in over.text
    assert f"{WORKSPACE}/settings/integrations/" in over.text
    assert (await installing.live(), await installing.planned()) == (1, 1)
    assert (entry.actor, entry.source) == ("user", "198.51.100.7")
    assert told["channel"] == "ui"
    assert told["intent"] == path.rpartition("/")[2]
    assert (told["version"], told["dwell_ms"]) == (1, 2000)
    assert told["fetch"]["sec-fetch-user"] == "?1"
    assert "Firefox" in told["user_agent"]


@pytest.mark.parametrize(("is_shown", "count"), [(True, 1), (False, 0)])
async def test_the_logo_of_its_listing_stands_beside_the_question(
    installing: Installing, *, is_shown: bool, count: int
) -> None:
    tile = Tile(
        number=0,
        client_id=installing.client_id,
        language="en",
        category="ai",
        name="",
        short_description="",
        icon="",
        logo=LOGO,
        owner_name="",
        has_widget=True,
        price="free",
        is_featured=False,
        published_at=0,
        installs=0,
        rating_sum=0,
        rating_count=0,
        rank=0,
    )
    async with installing.web.api.db.write() as tx:
        await listing_store.put(tx, tile, "{}", 0)
        await listing_store.show(tx, installing.client_id, is_shown=is_shown)
    alice = await installing.alice()
    page = await installing.ask(alice, await installing.path(alice))

    assert page.text.count(f'src="https://www.grantway.test/pictures/{LOGO}.png"') == count
    policy = page.headers["content-security-policy"]
    assert "img-src 'self' data: https://www.grantway.test;" in policy


@pytest.mark.parametrize(
    "headers",
    [
        *({name: None} for name in BY_HAND),
        {"origin": None},
        {"origin": "null"},
        {"origin": WORKSPACE},
        {"sec-fetch-site": "same-site", "origin": WORKSPACE},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-mode": "cors"},
        {"sec-fetch-dest": "iframe"},
        {"sec-fetch-user": None, "user-agent": CHROME},
        {**NO_METADATA, "origin": WORKSPACE},
        {**NO_METADATA, "origin": None},
    ],
)
async def test_only_a_press_on_our_page_installs(
    installing: Installing, headers: dict[str, str | None]
) -> None:
    """With all cookies, and even with the nonce that no other origin can read."""
    alice = await installing.alice()
    path = await installing.path(alice)
    await installing.ask(alice, path)
    page = alice.page
    with captured(installing.web.clock) as written:
        forged = await installing.answer(alice, path, headers=headers)
    untouched = (await installing.live(), await installing.planned())
    alice.page = page
    honest = await installing.answer(alice, path)

    assert (forged.status_code, untouched) == (403, (0, 0))
    assert b"installing.refused" in written.getvalue()
    assert honest.status_code == 303


async def test_a_browser_without_metadata_has_to_name_our_origin(installing: Installing) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    await installing.ask(alice, path)

    assert (await installing.answer(alice, path, headers=NO_METADATA)).status_code == 303
    assert await installing.live() == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"nonce": None}, 403),
        ({"nonce": new_credential(Kind.INSTALL)}, 403),
        ({"nonce": new_credential(Kind.CONSENT)}, 403),
        ({"form_token": None}, 403),
        ({"form_token": "0" * 64}, 403),
        ({"decision": None}, 400),
        ({"decision": "install"}, 400),
        ({"consent": None}, 200),
        ({"consent": "on"}, 200),
    ],
)
async def test_a_form_that_is_not_whole_installs_nothing_and_spends_nothing(
    installing: Installing, fields: dict[str, str | None], status: int
) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    await installing.ask(alice, path)
    page = alice.page
    wrong = await installing.answer(alice, path, fields=fields)
    untouched = await installing.live()
    installing.web.clock.advance(1)
    alice.page = page
    honest = await installing.answer(alice, path)

    assert (wrong.status_code, untouched) == (status, 0)
    assert honest.status_code == 303


async def test_a_nonce_is_good_once_and_for_the_session_that_it_was_made_for(
    installing: Installing,
) -> None:
    alice, elsewhere = await installing.alice(), await installing.alice()
    charlie = await installing.web.entered(CHARLIE, "bolt")
    path = await installing.path(alice)
    await installing.ask(alice, path)
    page = alice.page
    held = nonce(alice)
    strangers = []
    for other in (elsewhere, charlie):
        await other.get(path)
        strangers.append(other.page.count("There is no such question for you"))
        await other.get("/")
        fields = {"form_token": other.form_token(), "nonce": held}
        other_answer = await other.post(
            path, [*fields.items(), ("decision", "confirm"), ("consent", "yes")], headers=BY_HAND
        )
        strangers.append(other_answer.status_code)
    untouched = await installing.live()
    alice.page = page
    first = await installing.answer(alice, path)
    alice.page = page
    replayed = await installing.answer(alice, path)

    assert strangers == [2, 404, 2, 404]
    assert untouched == 0
    assert (first.status_code, replayed.status_code) == (303, 409)
    assert (await installing.live(), await installing.planned()) == (1, 1)


async def test_many_presses_at_once_install_once(installing: Installing) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    await installing.ask(alice, path)
    answers = await asyncio.gather(*(installing.answer(alice, path) for _ in range(8)))

    assert sum(one.status_code == 303 for one in answers) == 1
    assert (await installing.live(), await installing.planned()) == (1, 1)


async def test_who_confirms_while_it_is_deleted_is_told_that_it_is_gone(
    installing: Installing,
) -> None:
    api = installing.web.api
    deleted, kept = [await private_widget(api) for _ in range(2)]
    alice = await installing.alice()
    path = await installing.path(alice, client_id=deleted)
    await installing.ask(alice, path)
    async with api.db.write() as tx:
        await integrations.delete(tx, api.acme.actor, deleted, installing.web.clock())
        waiting = asyncio.create_task(installing.answer(alice, path))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    refused = await waiting
    words = alice.text()
    path = await installing.path(alice, client_id=kept)
    await installing.ask(alice, path)
    asked = alice.text()

    assert (refused.status_code, "cannot be installed" in words) == (409, True)
    assert "I let Night export have this access to Acme" in asked, "and not: Acme to Acme"
    assert (await installing.answer(alice, path)).status_code == 303


async def test_an_expired_intent_another_version_and_another_role_are_refused(
    installing: Installing,
) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    await installing.ask(alice, path)
    page = alice.page
    installing.web.clock.advance(600)
    expired = await installing.answer(alice, path)

    path = await installing.path(alice)
    await installing.ask(alice, path)
    async with installing.web.api.db.write() as tx:
        dana = installing.world.dana
        await give_widget(tx, dana, installing.client_id, manifest(version="1.5.0"))
    changed = await installing.answer(alice, path)

    path = await installing.path(alice)
    await installing.ask(alice, path)
    page = alice.page
    await installing.web.demote()
    demoted = await installing.answer(alice, path)
    untouched = (await installing.live(), await installing.planned())
    async with installing.web.api.db.write() as tx:
        await tx.change("update account_users set role = 'administrator' where role = 'user'")
    alice.page = page
    honest = await installing.answer(alice, path)

    assert [one.status_code for one in (expired, changed, demoted)] == [410, 409, 403]
    assert untouched == (0, 0)
    assert honest.status_code == 303


async def test_too_soon_the_page_is_shown_again(installing: Installing) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    await installing.ask(alice, path)
    installing.web.clock.advance(-2)
    soon = await installing.answer(alice, path)
    untouched = await installing.live()
    installing.web.clock.advance(1)
    honest = await installing.answer(alice, path)

    assert (soon.status_code, untouched) == (200, 0)
    assert "That was quick" in soon.text
    assert honest.status_code == 303


async def test_a_page_that_nobody_looks_at_gets_no_nonce(installing: Installing) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    hidden = [
        await alice.get(path, **{"sec-fetch-dest": dest}) for dest in ("iframe", "empty", "image")
    ]
    # Asked for by a script of the workspace, in case that somebody goes there.
    fetched_before = {"sec-fetch-dest": "document", "sec-purpose": "prefetch;prerender"}
    hidden.append(await alice.get(path, **fetched_before))
    shown = await installing.ask(alice, path)

    assert {one.status_code for one in hidden} == {403}
    assert not any("gwinst_" in one.text for one in hidden)
    assert shown.status_code == 200


async def test_cancelling_changes_nothing_and_says_so(installing: Installing) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    await alice.get(path)
    cancelled = await installing.answer(alice, path, fields={"decision": "cancel", "consent": None})
    over = await alice.get(path)

    assert cancelled.status_code == 303
    assert "Nothing was changed" in over.text
    assert await installing.live() == 0


async def test_disabling_is_confirmed_too_and_ends_all_access(installing: Installing) -> None:
    alice = await installing.alice()
    await installing.install(alice)
    path = await installing.path(alice, "uninstall")
    page = await installing.ask(alice, path)
    as_install = await alice.get(path.replace("/uninstall/", "/install/"))
    alice.page = page.text
    forged = await installing.answer(alice, path, headers={"origin": WORKSPACE})
    kept = await installing.live()
    alice.page = page.text
    done = await installing.answer(alice, path, fields={"consent": None})
    over = await alice.get(path)

    assert "Disable <strong>Parcel tracker</strong> in" in page.text
    assert 'type="checkbox"' not in page.text
    assert as_install.status_code == 404
    assert (forged.status_code, kept) == (403, 1)
    assert done.status_code == 303
    assert "Parcel tracker is disabled" in over.text
    assert await installing.live() == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "¿Instalar"), ("pt", "Permito que"), ("id", "Pasang"), ("tr", "Install")],
)
async def test_the_page_speaks_the_language_of_the_profile(
    installing: Installing, language: str, words: str
) -> None:
    alice = await installing.alice()
    async with installing.web.api.db.write() as tx:
        await tx.change(
            "update users set language = :language where email = :email",
            language=language,
            email=ALICE,
        )
    page = await installing.ask(alice, await installing.path(alice))

    assert page.status_code == 200
    assert words in page.text


async def test_who_is_not_signed_in_signs_in_first_and_finds_no_question_of_another_session(
    installing: Installing,
) -> None:
    alice = await installing.alice()
    path = await installing.path(alice)
    stranger = installing.web.browser()
    away = await stranger.get(path)
    await stranger.sign_in(ALICE)
    found = await stranger.get(path)

    assert away.status_code == 303
    assert away.headers["location"].startswith("/sign-in?return_to=%2Finstall%2F")
    assert found.status_code == 404
