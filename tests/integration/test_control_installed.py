"""What administrators see and end of everything that is installed in their account."""

import re

import pytest

from grantway.accounts import grant_rule
from grantway.installations import everywhere
from grantway.kernel.clock import ManualClock
from grantway.worker.sweeping import Sweeper
from tests.integration.api_client import NOW
from tests.integration.granted import Parcel, make_parcel
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web

DAY = 86_400
LIST = "/accounts/acme/installed"
RULE = "/accounts/acme/unused-access"


@pytest.fixture
async def parcel(web: Web) -> Parcel:
    return await make_parcel(web.api)


@pytest.fixture
def page(parcel: Parcel) -> str:
    return f"{LIST}/{parcel.client_id}"


async def test_everything_installed_is_listed_whoever_made_it(
    alice: Browser, parcel: Parcel, page: str
) -> None:
    await parcel.pair()
    await parcel.pair("Bob")
    await alice.get(LIST)
    words = alice.text()

    assert "Parcel tracker Public, by Dana Labs Verified" in words
    assert (
        "Access to account data, Notification center 2 live of 2 people just now"
        " 15 Jan 2027 by Alice" in words
    )
    assert "Integration name Private, made in this account" in words
    assert f'href="{page}"' in alice.page
    assert "Uninstall Parcel tracker?" in words
    assert "2 grants of 2 people, with every token that belongs to them" in words
    assert "Parcel tracker is told." in words


async def test_administrators_of_the_account_see_and_end_every_users_grants(
    web: Web, alice: Browser, parcel: Parcel, page: str
) -> None:
    alices, bobs = await parcel.pair(), await parcel.pair("Bob")
    bobs_id, _ = await parcel.live()
    await alice.get(page)
    words = alice.text()
    assert re.search(r"Bob consent [0-9a-f]{8} Live Access to account data, Notification", words)
    answer = await alice.submit(f"{page}/{bobs_id}/revoke")

    assert answer.headers["location"] == f"{page}?done=revoked"
    assert (await parcel.works(alices), await parcel.works(bobs)) == (True, False)
    assert await parcel.hooks() == 1
    assert web.platform.hooks.planned.is_set()
    await alice.get(answer.headers["location"])
    assert "Access revoked. Its tokens are refused from now on." in alice.text()
    assert "15 Jan 2027 revoked by Alice" in alice.text()
    assert f"{bobs_id}/revoke" not in alice.page


async def test_htmx_gets_the_row_alone(alice: Browser, parcel: Parcel, page: str) -> None:
    await parcel.pair()
    (grant_id,) = await parcel.live()
    await alice.get(page)
    answer = await alice.submit(f"{page}/{grant_id}/revoke", htmx=True)

    assert re.match(rf'\s*<tr role="row" id="grant-{grant_id}"', answer.text)
    assert "data-announce" in answer.text
    assert "<form" not in answer.text


async def test_a_grant_is_ended_on_the_page_of_its_own_integration(
    web: Web, alice: Browser, parcel: Parcel, page: str
) -> None:
    pair = await parcel.pair()
    (grant_id,) = await parcel.live()
    await alice.get(page)
    private = f"{LIST}/{web.api.acme.client_id}/{grant_id}/revoke"
    assert (await alice.submit(private)).status_code == 404
    charlie = await web.signed_in(CHARLIE)
    await parcel.pair("Charlie", "bolt")
    await charlie.get(page.replace("acme", "bolt"))
    crossed = await charlie.submit(f"{page.replace('acme', 'bolt')}/{grant_id}/revoke")

    assert crossed.status_code == 404
    assert await parcel.works(pair)


async def test_all_end_at_once(alice: Browser, parcel: Parcel, page: str) -> None:
    pairs = [await parcel.pair(user) for user in ("Alice", "Bob")]
    await alice.get(page)
    assert "2 grants of 2 people in Acme end at once" in alice.text()
    answer = await alice.submit(f"{page}/revoke-all")

    assert answer.headers["location"] == f"{page}?done=all"
    assert [await parcel.works(pair) for pair in pairs] == [False, False]
    assert await parcel.hooks() == 1
    await alice.get(page)
    assert "Revoke all" not in alice.text()


async def test_uninstalling_ends_all_of_it(alice: Browser, parcel: Parcel, page: str) -> None:
    pair = await parcel.pair()
    await alice.get(LIST)
    answer = await alice.submit(f"{page}/uninstall")

    assert answer.headers["location"] == f"{LIST}?done=uninstalled"
    assert not await parcel.works(pair)
    assert await parcel.hooks() == 1
    await alice.get(answer.headers["location"])
    assert "The integration is uninstalled" in alice.text()
    assert "Parcel tracker" not in alice.text()
    assert (await alice.get(page)).status_code == 404
    await alice.get(LIST)
    assert (await alice.submit(f"{page}/uninstall")).status_code == 404
    await alice.get("/accounts/acme/activity")
    assert "Alice uninstalled an integration Parcel tracker" in alice.text()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
async def test_only_post_ends_anything(
    alice: Browser, parcel: Parcel, page: str, method: str
) -> None:
    pair = await parcel.pair()
    (grant_id,) = await parcel.live()
    for path in ("uninstall", "revoke-all", f"{grant_id}/revoke"):
        answer = await alice.request(method, f"{page}/{path}")
        assert (path, answer.status_code) == (path, 405)
    assert (await alice.request(method, RULE)).status_code == 405

    assert await parcel.works(pair)


@pytest.mark.parametrize("path", ["uninstall", "revoke-all", "grant/revoke"])
async def test_forms_of_others_end_nothing(
    web: Web, alice: Browser, parcel: Parcel, page: str, path: str
) -> None:
    pair = await parcel.pair()
    (grant_id,) = await parcel.live()
    whole = f"{page}/{path.replace('grant', str(grant_id))}"
    other = await web.signed_in(ALICE)
    await other.get(page)
    theirs = ("form_token", other.form_token())
    await alice.get(page)
    own = ("form_token", alice.form_token())
    workspace = {"origin": "https://acme.grantway.test", "sec-fetch-site": "same-site"}
    assert (await alice.post(whole)).status_code == 403
    assert (await alice.post(whole, [theirs])).status_code == 403
    assert (await alice.post(whole, [own], headers=workspace)).status_code == 403
    assert await parcel.works(pair)

    assert (await alice.post(whole, [own])).status_code == 303
    assert not await parcel.works(pair)


async def test_a_demoted_administrator_ends_nothing(
    web: Web, alice: Browser, parcel: Parcel, page: str
) -> None:
    pair = await parcel.pair()
    await alice.get(page)
    await web.demote()
    for path in (f"{page}/uninstall", f"{page}/revoke-all", RULE):
        answer = await alice.post(path, [("form_token", alice.form_token()), ("unused_days", "30")])
        assert answer.status_code == 403
        await alice.get("/grants")

    assert await parcel.works(pair)


async def test_a_spent_refresh_token_is_a_warning(
    alice: Browser, parcel: Parcel, page: str
) -> None:
    first = await parcel.pair("Bob")
    assert await parcel.works((await parcel.refresh(first["refresh_token"])).json())
    await alice.get(page)
    assert "came back" not in alice.text()
    assert (await parcel.refresh(first["refresh_token"])).status_code == 401
    await alice.get(page)

    assert "Old token came back" in alice.text()
    assert "refresh token of Bob although it had been swapped" in alice.text()


async def test_people_who_left_are_flagged(
    web: Web, alice: Browser, parcel: Parcel, page: str
) -> None:
    await parcel.pair("Bob")
    async with web.api.db.write() as tx:
        await tx.change(
            "update account_users set is_active = false where user_id = :user_id",
            user_id=web.api.acme.users["Bob"],
        )
    await alice.get(page)
    words = alice.text()

    assert "Stopped User has left" in words
    assert "Bob may not work in this account any more. Their access is refused" in words


async def test_what_nobody_refreshes_is_shown_two_weeks_before_its_end(
    alice: Browser, parcel: Parcel, page: str, clock: ManualClock
) -> None:
    await parcel.pair()
    clock.now = NOW + 75 * DAY
    await alice.sign_in(ALICE)
    await alice.get(page)
    assert "Ends in" not in alice.text()
    clock.now = NOW + 80 * DAY
    await alice.sign_in(ALICE)
    await alice.get(page)

    assert "Ends in 10 days" in alice.text()


async def test_what_the_platform_stopped_is_shown_and_cannot_be_managed(
    web: Web, alice: Browser, parcel: Parcel, page: str
) -> None:
    await parcel.pair()
    await everywhere.stop(web.api.db, parcel.client_id, "It was sold.", NOW)
    await alice.get(LIST)

    assert "Parcel tracker Public Stopped by the platform Since 15 Jan 2027" in alice.text()
    assert page not in alice.page
    assert (await alice.get(page)).status_code == 404


async def test_what_would_end_is_shown_before_the_rule_is_kept(
    web: Web, alice: Browser, parcel: Parcel, clock: ManualClock
) -> None:
    await parcel.pair("Bob")
    clock.now = NOW + 31 * DAY
    await alice.sign_in(ALICE)
    await alice.get(f"{LIST}?unused_days=30")
    words = alice.text()
    assert "This would end within two weeks" in words
    assert "Bob Parcel tracker 1 month ago Within the hour" in words
    async with web.api.db.read() as reader:
        assert await grant_rule.unused_grant_days(reader, web.api.acme.account_id) is None
    answer = await alice.submit(RULE, ("unused_days", "30"))

    assert answer.headers["location"] == f"{LIST}?done=rule#unused"
    async with web.api.db.read() as reader:
        assert await grant_rule.unused_grant_days(reader, web.api.acme.account_id) == 30
        assert await grant_rule.unused_grant_days(reader, web.api.bolt.account_id) is None
    await alice.get(f"{LIST}?done=rule")
    assert "This ends within two weeks unless it is used" in alice.text()
    assert "After 30 days without use (as it is now)" in alice.text()
    await alice.get("/accounts/acme/activity")
    assert "Alice chose when unused access ends After 30 days without use" in alice.text()
    await alice.get(f"{LIST}?unused_days=off")
    assert "Let unused access go on" in alice.text()
    assert (await alice.submit(RULE, ("unused_days", "off"))).status_code == 303


@pytest.mark.parametrize("odd", ["", "0", "31", "-30", "30 ", "x", "9" * 30])
async def test_an_odd_rule_is_refused(web: Web, alice: Browser, odd: str) -> None:
    await alice.get(f"{LIST}?unused_days={odd.strip() or 'x'}")
    assert (await alice.submit(RULE, ("unused_days", odd))).status_code == 400

    async with web.api.db.read() as reader:
        assert await grant_rule.unused_grant_days(reader, web.api.acme.account_id) is None


async def test_sweeping_is_told_in_the_activity(
    web: Web, alice: Browser, parcel: Parcel, clock: ManualClock
) -> None:
    await parcel.pair()
    await alice.get(LIST)
    await alice.submit(RULE, ("unused_days", "30"))
    clock.now = NOW + 30 * DAY
    await Sweeper(web.api.db, clock).sweep()
    await alice.sign_in(ALICE)
    await alice.get("/accounts/acme/activity")

    assert "Grantway ended access that nobody used Parcel tracker" in alice.text()


async def test_people_see_and_end_what_they_gave(web: Web, parcel: Parcel) -> None:
    alices, bobs = await parcel.pair(), await parcel.pair("Bob")
    bobs_id, alices_id = await parcel.live()
    bob = await web.signed_in(BOB)
    await bob.get("/grants")
    assert re.search(r"Parcel tracker Acme, consent [0-9a-f]{8} Live", bob.text())
    assert bob.page.count('id="grant-') == 1
    account = web.api.acme.account_id
    own = [("form_token", bob.form_token())]
    foreign = await bob.post(f"/grants/{account}/{alices_id}/revoke", own)
    elsewhere = await bob.post(f"/grants/{web.api.bolt.account_id}/{bobs_id}/revoke", own)
    assert (foreign.status_code, elsewhere.status_code) == (404, 404)
    await bob.get("/grants")
    answer = await bob.submit(f"/grants/{account}/{bobs_id}/revoke")

    assert answer.headers["location"] == "/grants?done=revoked"
    assert (await parcel.works(alices), await parcel.works(bobs)) == (True, False)
    await bob.get(answer.headers["location"])
    assert "No integration works in your name" in bob.text()


async def test_administrators_end_what_others_gave_elsewhere(
    web: Web, alice: Browser, parcel: Parcel
) -> None:
    bobs = await parcel.pair("Bob")
    (bobs_id,) = await parcel.live()
    await alice.get("/grants")
    refused = await alice.submit(f"/grants/{web.api.acme.account_id}/{bobs_id}/revoke")

    assert refused.status_code == 404
    assert await parcel.works(bobs)
    assert await parcel.hooks() == 0


async def test_the_workspace_lists_it_read_only_and_leads_there(web: Web, parcel: Parcel) -> None:
    await parcel.pair()
    bob = await web.entered(BOB, path="/settings/integrations/")
    words = bob.text()
    assert "Parcel tracker By Dana Labs Installed 15 Jan 2027 by Alice Verified" in words
    assert "Manage" not in words
    assert "https://accounts.grantway.test/grants" in bob.page
    assert bob.page.count("<form") == 1  # the one that leaves
    alice = await web.entered(ALICE, path="/settings/integrations/")
    disabling = re.findall(r'action="/settings/widgets/[^/]+/uninstall"', alice.page)

    assert 'href="https://accounts.grantway.test/accounts/acme/installed"' in alice.page
    assert len(disabling) == alice.page.count("<form") - 1
