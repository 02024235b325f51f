"""Trying what is reviewed: consent, tokens and the API in a throw-away account (S-147, S-154)."""

import uuid
from typing import Any

import pytest

from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.integrations import service as integrations
from tests.integration.consent_world import BY_HAND, answer_of, credential
from tests.integration.moderation_world import Desk, act, client_id_of, saying
from tests.integration.token_endpoint import PATH
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web

CALLBACK = "https://parcel.example/agreed"
TRY = "Try it in a throw-away account"


class Trial:
    """A throw-away account, opened on the page of a review."""

    def __init__(self, world: Desk, page: str, secret: str, subdomain: str) -> None:
        self.world = world
        self.page = page
        self.client_id = client_id_of(page)
        self.secret = secret
        self.subdomain = subdomain

    async def consent(self, browser: Browser, account: str, client_id: str = "") -> Any:
        """Ask, look for a while, and allow it in an account."""
        wanted = client_id or self.client_id
        await browser.get(f"/oauth?client_id={wanted}&state=s1")
        self.world.web.clock.advance(2)
        fields = [
            ("form_token", browser.form_token()),
            ("request", credential(browser)),
            ("account", account),
            ("decision", "allow"),
        ]
        return await browser.post("/oauth", fields, headers={**BY_HAND})

    async def exchange(self, code: str) -> Any:
        sent = {
            "client_id": self.client_id,
            "client_secret": self.secret,
            "redirect_uri": CALLBACK,
            "grant_type": "authorization_code",
            "code": code,
        }
        return await self.world.web.api.call(
            "POST", PATH, host=self.subdomain, token=None, json=sent
        )

    async def leads(self, token: str) -> Any:
        return await self.world.web.api.call(
            "GET", "/api/v4/leads", host=self.subdomain, token=token
        )


async def secret_of(world: Desk, client_id: str) -> str:
    actor, now = world.web.api.acme.actor, world.web.clock()
    async with world.web.api.db.write() as tx:
        return await integrations.generate_secret(
            tx, actor, client_id, world.web.platform.seal, now
        )


@pytest.fixture
async def trial(world: Desk, mo: Browser) -> Trial:
    """Return the account that Mo opened for a first version."""
    page = await world.add()
    secret = await secret_of(world, client_id_of(page))
    await mo.get(page)
    assert TRY in mo.text()
    answered = await mo.submit(f"{page}/try")
    assert answered.headers["location"] == f"{page}?done=tried"
    await mo.open(f"{page}?done=tried")
    (own,) = await subdomains(world)
    return Trial(world, page, secret, own)


async def subdomains(world: Desk) -> list[str]:
    async with world.web.api.db.read() as reader:
        return [
            one.subdomain
            for one in await accounts.accounts_of_user(reader, world.mo.user_id)
            if one.subdomain.startswith("try-")
        ]


async def test_the_page_tells_of_the_account_and_closes_it(trial: Trial, mo: Browser) -> None:
    assert "Your throw-away account is open" in mo.text()
    assert TRY not in mo.text()
    assert f'href="https://{trial.subdomain}.grantway.test/"' in mo.page
    assert f'href="https://accounts.grantway.test/oauth?client_id={trial.client_id}"' in mo.page
    assert "The integration is not installed there yet." in mo.text()
    entered = await mo.open("/leads/", trial.subdomain)
    assert entered.status_code == 200
    assert "Solar roof, Hillside" in mo.text()
    await mo.get(trial.page)
    await mo.submit(f"{trial.page}/try")
    assert await subdomains(trial.world) == [trial.subdomain]

    await mo.get(trial.page)
    for _ in range(2):
        answered = await mo.submit(f"{trial.page}/end-trial")
        assert answered.headers["location"] == f"{trial.page}?done=trial-ended"
    assert await subdomains(trial.world) == []
    await mo.get(f"{trial.page}?done=trial-ended")
    assert "The throw-away account is closed" in mo.text()
    assert TRY in mo.text()
    assert (await mo.open("/leads/", trial.subdomain)).status_code == 404


async def test_of_a_strict_one_it_says_where_consent_begins(
    trial: Trial, mo: Browser, web: Web
) -> None:
    told = "This integration is strict: consent begins on the integrator"
    assert told not in mo.text()
    async with web.api.db.write() as tx:
        await tx.change(
            "update integrations set fidelity = 'strict' where client_id = :id", id=trial.client_id
        )
    await mo.get(trial.page)

    assert told in mo.text()
    assert "/oauth?client_id=" not in mo.page


async def test_consent_code_tokens_and_api_until_the_verdict(trial: Trial, mo: Browser) -> None:
    answered = await trial.consent(mo, trial.subdomain)
    assert answered.headers["location"].startswith(f"{CALLBACK}?code=")
    told = answer_of(answered)
    assert told["referer"] == f"{trial.subdomain}.grantway.test"
    pair = (await trial.exchange(told["code"])).json()
    works = await trial.leads(pair["access_token"])
    assert works.status_code == 200
    assert len(works.json()["_embedded"]["leads"]) == 6
    await mo.get(trial.page)
    assert "The integration is installed there." in mo.text()

    assert await act(mo, trial.page, "approve") == 303

    assert (await trial.leads(pair["access_token"])).status_code == 401
    assert await subdomains(trial.world) == []
    async with trial.world.web.api.db.read() as reader:
        hooks = await reader.value(
            "select count(*) from deliveries where client_id = :id and kind = 'revoke'",
            id=trial.client_id,
        )
    assert hooks == 1
    await mo.get(f"/oauth?client_id={trial.client_id}")
    assert 'name="request"' not in mo.page


async def test_a_code_dies_with_the_verdict(trial: Trial, mo: Browser) -> None:
    code = answer_of(await trial.consent(mo, trial.subdomain))["code"]
    await mo.get(trial.page)
    assert await act(mo, trial.page, "reject", rule="T9", text="It leads nowhere.") == 303

    assert (await trial.exchange(code)).status_code in {400, 401, 404}
    async with trial.world.web.api.db.read() as reader:
        assert await reader.value("select count(*) from grants where kind = 'code'") == 0


async def test_the_moderators_other_accounts_are_no_place_to_try_it(
    trial: Trial, mo: Browser
) -> None:
    async with trial.world.web.api.db.write() as tx:
        await accounts.add_user_to_account(
            tx,
            trial.world.web.api.bolt.account_id,
            trial.world.mo.user_id,
            Role.ADMINISTRATOR,
            trial.world.web.clock(),
        )
    await mo.get(f"/oauth?client_id={trial.client_id}&state=s1")
    assert f"{trial.subdomain}.grantway.test" in mo.page
    assert "bolt.grantway.test" not in mo.page
    refused = await trial.consent(mo, "bolt")

    assert refused.status_code != 303
    async with trial.world.web.api.db.read() as reader:
        assert await reader.value("select count(*) from authorization_codes") == 0
    assert (await trial.consent(mo, trial.subdomain)).status_code == 303


@pytest.mark.parametrize("email", [BOB, CHARLIE])
async def test_whoever_is_not_in_it_meets_nothing(trial: Trial, web: Web, email: str) -> None:
    page = await trial.world.add()
    somebody = await web.signed_in(email)

    def words() -> str:
        return somebody.text().partition("Request number")[0]

    unknown = await somebody.get(f"/oauth?client_id={uuid.uuid4()}&state=s1")
    expected = words()
    answered = await somebody.get(f"/oauth?client_id={trial.client_id}&state=s1")
    if email == CHARLIE:
        assert (answered.status_code, words()) == (unknown.status_code, expected)
    assert (await somebody.get(f"{trial.page}/preview")).status_code == 404
    for path in (f"{page}/try", f"{trial.page}/end-trial"):
        await somebody.get("/sessions")
        assert (await somebody.submit(path)).status_code == 404
    assert await subdomains(trial.world) == [trial.subdomain]


async def test_in_it_no_other_unpublished_integration_is_known(trial: Trial, mo: Browser) -> None:
    other = client_id_of(await trial.world.add(saying(name="Letters via Dana Labs")))
    unknown = await mo.get(f"/oauth?client_id={uuid.uuid4()}&state=s1")
    expected = mo.text().partition("Request number")[0]
    found = await mo.get(f"/oauth?client_id={other}&state=s1")

    assert found.status_code == unknown.status_code
    assert mo.text().partition("Request number")[0] == expected


async def test_an_insider_opens_none(world: Desk, insider: Browser, mo: Browser) -> None:
    page = await world.add()
    await insider.get("/moderation")

    assert (await insider.submit(f"{page}/try")).status_code == 403
    assert "Another moderator decides" in insider.text()
    assert (await insider.submit(f"{page}/end-trial")).status_code == 303
    assert (await insider.get(f"{page}/preview")).status_code == 403
    await mo.get(page)
    assert (await mo.submit(f"{page}/try")).status_code == 303


async def test_what_waits_no_more_is_not_tried(world: Desk, mo: Browser) -> None:
    page = await world.add()
    await mo.get(page)
    await world.withdraw(page)

    assert (await mo.submit(f"{page}/try")).status_code == 409
    assert "Version 1 is withdrawn" in mo.text()
    assert TRY not in mo.text()
    assert await subdomains(world) == []


async def test_of_an_update_it_says_what_works_there(world: Desk, mo: Browser) -> None:
    first = await world.add()
    await mo.get(first)
    assert "What works there is version" not in mo.text()
    await world.publish(first)
    second = await world.update(first, saying(name="Parcels via Dana Labs"))
    await mo.get(second)
    assert "What works there is version 1, which is published" in mo.text()
    assert (await mo.submit(f"{second}/try")).status_code == 303
    (own,) = await subdomains(world)
    await mo.get(f"/oauth?client_id={client_id_of(second)}&state=s1")
    assert f"{own}.grantway.test" in mo.page


async def test_the_account_makes_no_integrations(trial: Trial, mo: Browser, web: Web) -> None:
    mine = f"/accounts/{trial.subdomain}/integrations"
    await mo.get(mine)
    assert "A throw-away account" in mo.text()
    assert "Create" not in mo.text()
    await mo.get("/sessions")
    assert (await mo.submit(mine)).status_code == 409
    alice = await web.signed_in(ALICE)
    await alice.get("/accounts/acme/integrations")
    made = await alice.submit("/accounts/acme/integrations")
    assert made.status_code == 303
    async with web.api.db.read() as reader:
        assert (
            await reader.value(
                "select count(*) from integrations n join accounts a on a.id = n.account_id"
                " where a.subdomain = :name",
                name=trial.subdomain,
            )
            == 0
        )
