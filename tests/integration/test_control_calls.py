"""The tab *Sent calls*: what was sent to an integration, and what became of it."""

import re

import pytest

from grantway.hooks import service as hooks
from grantway.hooks.addresses import Target
from grantway.hooks.model import (
    KEPT,
    Answered,
    Delivery,
    Failed,
    Kind,
    Outcome,
    Planned,
    Waiting,
    Why,
)
from grantway.installing.model import Channel
from grantway.installing.service import install, uninstall
from grantway.integrations import service as integrations
from tests.contract.installing_cast import give_widget, manifest
from tests.integration.conftest import OpenApi
from tests.integration.granted import Parcel, make_parcel
from tests.integration.web_client import ALICE, Browser, Web, give_passwords

HOOK = "https://hooks.example.org/off"


class Calls:
    """Plans calls of acme's integration, and has them end as a test wants."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.tab = f"{web.window}/calls"

    async def plan(self, uri: str = HOOK, **changes: object) -> Delivery:
        acme = self.web.api.acme
        values = {"account_id": acme.account_id, "client_id": acme.client_id, "kind": Kind.REVOKE}
        planned = Planned(**(values | {"uri": uri} | changes))  # type: ignore[arg-type]  # by name
        async with self.web.api.db.write() as tx:
            return await hooks.plan_now(tx, planned, self.web.clock())

    async def end(self, outcome: Outcome, **changes: object) -> None:
        delivery = await self.plan(**changes)  # type: ignore[arg-type]  # by name
        async with self.web.api.db.write() as tx:
            await hooks.finish(tx, delivery, outcome, self.web.clock())


@pytest.fixture
def calls(web: Web) -> Calls:
    return Calls(web)


async def set_hook(web: Web, uri: str | None) -> None:
    async with web.api.db.write() as tx:
        await tx.change(
            "update integrations set revoke_hook_uri = :uri where client_id = :client_id",
            uri=uri,
            client_id=web.api.acme.client_id,
        )


async def test_before_the_first_call_the_tab_tells_what_will_come(
    web: Web, alice: Browser, calls: Calls
) -> None:
    await alice.get(calls.tab)
    assert "Nothing was sent yet" in alice.text()
    assert "This integration has no address for the end of access" in alice.text()
    assert f'href="{web.window}#f-revoke_hook_url"' in alice.page
    await set_hook(web, HOOK)
    await alice.get(calls.tab)

    assert f"We call {HOOK} when an account takes access away" in alice.text()
    assert "HMAC-SHA256 of client_uuid|account_id with the secret key" in alice.text()
    assert "docs/how-to/receive-the-revoke-hook.md" in alice.text()
    assert "Without a secret key" not in alice.text()


async def test_without_a_key_the_tab_says_that_nothing_can_be_sent(
    web: Web, alice: Browser, calls: Calls
) -> None:
    await set_hook(web, HOOK)
    async with web.api.db.write() as tx:
        await tx.change("update integrations set secret_issued_at = null")
    await alice.get(calls.tab)

    assert "Without a secret key nothing can be signed" in alice.text()


async def test_revoked_access_is_listed_until_it_is_sent(
    web: Web, alice: Browser, calls: Calls
) -> None:
    await set_hook(web, HOOK)
    await alice.get(f"{web.window}/authorization")
    await alice.submit(f"{web.window}/authorization/{web.api.acme.grant_id}/revoke")
    await alice.get(calls.tab)
    words = alice.text()

    assert "Access revoked account acme 15 Jan 2027, 08:00 UTC GET" in words
    assert f"GET {HOOK} {HOOK}?client_uuid={web.api.acme.client_id}&account_id=" in words
    assert "&signature=[hidden] Waiting" in words


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Answered(200, 142), "Answered 200 in 142 ms"),
        (Answered(503, 1_250), "Answered 503 in 1,250 ms It arrived, and is not sent again."),
        (Answered(302, 9), "Redirects are not followed. Write the final address in General."),
        (Failed(Why.TOO_LATE, 3_000), "Failed in 3,000 ms The whole call was not over within 3"),
        (Failed(Why.TOO_LATE, 3_000), "Answer first, and do the work afterwards."),
        (Failed(Why.NO_DESTINATION, 2), "Check the address in General"),
        (Failed(Why.NO_CONNECTION, 2), "did not accept the connection. Check that the server runs"),
        (Failed(Why.NO_TLS, 2), "Check that the certificate is valid"),
        (Failed(Why.NO_ANSWER, 2), "Look into the log of that server."),
        (Failed(Why.NO_SECRET, 0), "Generate one in Keys and scopes."),
    ],
)
async def test_what_became_of_a_call_is_told_in_words(
    alice: Browser, calls: Calls, outcome: Outcome, words: str
) -> None:
    await calls.end(outcome)
    await alice.get(calls.tab)

    assert words in alice.text()


async def test_a_call_that_nobody_finished_becomes_unknown(
    web: Web, alice: Browser, calls: Calls
) -> None:
    await calls.plan()
    await alice.get(calls.tab)
    assert "[hidden] Under way" in alice.text()
    web.clock.advance(120)
    async with web.api.db.write() as tx:
        await hooks.note_unknown(tx, web.clock())
    await alice.get(calls.tab)

    assert "Unknown Our server stopped in the middle, so it was sent or it was not." in alice.text()


async def test_a_call_that_waited_says_for_how_long(web: Web, alice: Browser, calls: Calls) -> None:
    acme = web.api.acme
    planned = Planned(account_id=acme.account_id, client_id=acme.client_id, kind=Kind.REVOKE,
                      uri=HOOK)  # fmt: skip
    async with web.api.db.write() as tx:
        call_id = await hooks.plan(tx, planned, web.clock())
    web.clock.advance(300)
    async with web.api.db.write() as tx:
        await hooks.claim(tx, Waiting(acme.account_id, call_id), web.clock())
    await alice.get(calls.tab)

    assert "sent 5 minutes later" in alice.text()


async def test_secrets_in_addresses_are_hidden_and_texts_are_texts(
    alice: Browser, calls: Calls
) -> None:
    install = "https://hooks.example.org/<b>in</b>?code=def502secret&client_id=1&token=hush"
    await calls.end(Answered(200, 1), uri=install, kind=Kind.INSTALL)
    keys = {"kind": Kind.SECRETS, "method": "POST", "uri": "https://keys.example.org/"}
    await calls.end(Answered(200, 1), **keys)
    await alice.get(calls.tab)

    assert "code=[hidden]&client_id=1&token=[hidden]" in alice.text()
    assert "def502secret" not in alice.page
    assert "hush" not in alice.page
    assert "<b>in</b>" not in alice.page
    assert "Installed account acme" in alice.text()
    assert "Keys of a new integration" in alice.text()
    assert "POST https://keys.example.org/" in alice.text()


async def test_calls_are_chosen_by_their_state(alice: Browser, calls: Calls) -> None:
    await calls.end(Answered(200, 1), uri="https://one.example/")
    await calls.end(Failed(Why.NO_TLS, 1), uri="https://two.example/")
    await calls.plan(uri="https://three.example/")
    sites = ("one.example", "two.example", "three.example")
    for state, shown in (("answered", 0), ("failed", 1), ("under_way", 2)):
        await alice.get(f"{calls.tab}?state={state}")
        assert [site in alice.page for site in sites] == [n == shown for n in range(3)]
        assert f'href="{calls.tab}?state={state}" aria-current="page"' in alice.page
    for state in ("waiting", "unknown"):
        await alice.get(f"{calls.tab}?state={state}")
        assert "None in this state" in alice.text()

    await alice.get(calls.tab)
    assert all(site in alice.page for site in sites)


@pytest.mark.parametrize("state", ["", "answered"])
async def test_pages_lead_to_older_and_back_to_newer_calls(
    alice: Browser, calls: Calls, state: str
) -> None:
    for n in range(120):
        await calls.end(Answered(200, 1), uri=f"https://hooks.example.org/call{n}.")
    seen = [await _listed(alice, f"{calls.tab}?state={state}" if state else calls.tab)]
    seen += [await _listed(alice, _link(alice, rel)) for rel in ("next", "next", "prev", "prev")]

    newest, middle, oldest = (range(119, 69, -1), range(69, 19, -1), range(19, -1, -1))
    assert seen == [[*newest], [*middle], [*oldest], [*middle], [*newest]]
    assert 'rel="prev"' not in alice.page


async def _listed(browser: Browser, path: str) -> list[int]:
    assert (await browser.get(path)).status_code == 200
    numbers = [part.partition(".")[0] for part in browser.page.split("org/call")[1:]]
    return [int(number) for number in dict.fromkeys(numbers)]


def _link(browser: Browser, rel: str) -> str:
    before, _, _ = browser.page.partition(f'" rel="{rel}"')
    return before.rpartition('href="')[2].replace("&amp;", "&")


async def test_each_owner_reads_of_its_own_integrations_alone(
    web: Web, password_hashes: dict[str, str], alice: Browser, calls: Calls
) -> None:
    """Dana's integration is told of acme: Dana reads it, and acme's administrator does not."""
    parcel: Parcel = await make_parcel(web.api)
    dana_email = "dana@danalabs.example"
    async with web.api.db.write() as tx:
        await tx.change(
            "update users set password_hash = :hash where email = :email",
            hash=password_hashes[ALICE],
            email=dana_email,
        )
    await parcel.pair()
    installed = f"/accounts/acme/installed/{parcel.client_id}"
    await alice.get(installed)
    assert (await alice.submit(f"{installed}/revoke-all")).status_code == 303
    dana = web.browser()
    await dana.get("/sign-in")
    signed_in = await dana.submit(
        "/sign-in", ("email", dana_email), ("password", "Alice's own pass phrase")
    )
    assert signed_in.status_code == 303

    theirs = f"/accounts/danalabs/integrations/{parcel.client_id}/calls"
    assert (await dana.get(theirs)).status_code == 200
    assert "Access revoked account acme" in dana.text()
    for path in (theirs, theirs.replace("danalabs", "acme")):
        assert (await alice.get(path)).status_code == 404
        assert "parcel.example" not in alice.page
    assert (await alice.get(calls.tab)).status_code == 200
    assert "Nothing was sent yet" in alice.text()


async def test_what_is_older_than_a_month_is_swept(web: Web, alice: Browser, calls: Calls) -> None:
    await calls.end(Answered(200, 1))
    async with web.api.db.write() as tx:
        await hooks.sweep(tx, web.clock() + KEPT)
    await alice.get(calls.tab)
    assert "Answered 200" in alice.text()
    async with web.api.db.write() as tx:
        await hooks.sweep(tx, web.clock() + KEPT + 1)
    await alice.get(calls.tab)

    assert "Nothing was sent yet" in alice.text()


@pytest.mark.parametrize("is_opened", [False, True], ids=["production", "opened"])
async def test_a_hook_on_this_machine_is_kept_only_where_the_operator_opened_it(
    open_api: OpenApi, password_hashes: dict[str, str], *, is_opened: bool
) -> None:
    targets = (Target("127.0.0.1", 9000),) if is_opened else ()
    web = Web(await open_api(allow_targets=targets))
    await give_passwords(web.api, password_hashes)
    alice = await web.signed_in(ALICE)
    await alice.get(web.window)
    form = {
        "name": "Warehouse export",
        "description": "Copies won leads.",
        "revoke_hook_url": "http://localhost:9000/off",
        "scopes": "crm",
    }
    elsewhere = form | {"revoke_hook_url": "http://localhost:9001/off"}

    saved = await alice.submit(web.window, *form.items())
    assert saved.status_code == (303 if is_opened else 422)
    await alice.get(web.window)
    assert (await alice.submit(web.window, *elsewhere.items())).status_code == 422
    await alice.get(web.window)
    honest = form | {"revoke_hook_url": HOOK}
    assert (await alice.submit(web.window, *honest.items())).status_code == 303


async def test_installations_that_were_not_heard_of_stand_above_with_what_to_do(
    web: Web, alice: Browser, calls: Calls
) -> None:
    acme, now = web.api.acme, web.clock()
    async with web.api.db.write() as tx:
        await uninstall(tx, acme.actor, acme.client_id, now)
        changes = integrations.Changes(redirect_uri="https://hooks.example.org/in")
        await integrations.edit(tx, acme.actor, acme.client_id, changes, now)
        await give_widget(tx, acme.actor, acme.client_id, manifest())
        await install(tx, acme.actor, acme.client_id, channel=Channel.UI, now=now)
        call_id = await tx.value("select max(id) from deliveries where kind = 'install'")
        delivery = await hooks.claim(tx, Waiting(acme.account_id, call_id), now)
    await alice.get(calls.tab)
    under_way = alice.text()
    assert delivery is not None
    async with web.api.db.write() as tx:
        await hooks.finish(tx, delivery, Failed(Why.TOO_LATE, 3000), now)
    await alice.get(calls.tab)
    failed = alice.text()
    async with web.api.db.write() as tx:
        await hooks.finish(tx, delivery, Answered(200, 5), now)
        await uninstall(tx, acme.actor, acme.client_id, now)
    await alice.get(calls.tab)

    assert "your server may not know" not in under_way
    assert "1 account has it installed, and your server may not know" in failed
    assert re.search(r"acme , installed 15 Jan 2027[^:]*:[^:]*: failed", failed)
    assert "ask an administrator of each account to disable" in failed
    assert "your server may not know" not in alice.text()
