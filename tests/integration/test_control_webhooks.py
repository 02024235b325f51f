"""The pages of webhooks: for administrators, on the control origin alone (S-92, S-117, S-139)."""

import pytest

from grantway.crm.webhooks import service
from grantway.crm.webhooks.model import BAD_ANSWERS, Answer, Webhook
from tests.contract.webhook_cast import BAD, GOOD, Webhooks, added
from tests.integration.web_client import ALICE, BOB, CHARLIE, PASSWORDS, Browser, Web

PAGES = "/accounts/acme/webhooks"
HOOK = "https://hook.example/in?key=1"


class Hooks(Webhooks):
    """Subscriptions of acme, and the pages about them."""

    def __init__(self, web: Web) -> None:
        super().__init__(web.api.db)
        self.web = web
        self.actor = web.api.acme.actor

    async def made(self) -> Webhook:
        return await self.subscribe(HOOK, "add_lead", "note_company", actor=self.actor)

    async def sent(self, answer: Answer, count: int = 1) -> None:
        now = self.web.clock()
        await self.plan(*(added(n) for n in range(count)), actor=self.actor, now=now)
        for _ in range(count):
            await self.send(answer, now)

    async def first(self, webhook: Webhook) -> str:
        delivery = (await self.deliveries(webhook, self.actor))[-1]
        return f"{PAGES}/{webhook.id}/deliveries/{delivery.id}"

    async def secret(self, webhook: Webhook) -> str:
        seal = self.web.platform.seal
        async with self.db.write() as tx:
            return await service.show_secret(tx, self.actor, webhook.id, seal, self.web.clock())


@pytest.fixture
def hooks(web: Web) -> Hooks:
    return Hooks(web)


async def test_subscriptions_are_listed(web: Web, alice: Browser, hooks: Hooks) -> None:
    await alice.get(PAGES)
    assert "Nobody is told anything" in alice.text()
    assert "grantway webhook add" in alice.text()
    webhook = await hooks.made()
    await hooks.subscribe("https://bolt.example/", actor=web.api.bolt.actor)
    await alice.get(PAGES)

    assert HOOK in alice.text()
    assert "Leads: added Companies: got a note" in alice.text()
    assert "by Alice" in alice.text()
    assert f'href="{PAGES}/{webhook.id}"' in alice.page
    assert "bolt.example" not in alice.page


async def test_what_was_sent_and_what_came_back(alice: Browser, hooks: Hooks) -> None:
    webhook = await hooks.made()
    await hooks.sent(Answer(503, 1_204, text="<b>later</b>\x01"))
    await alice.get(f"{PAGES}/{webhook.id}")
    assert "add_lead" in alice.text()
    assert "To be tried again" in alice.text()
    assert "Answered 503 in 1,204 ms" in alice.text()
    await alice.get(f"{PAGES}/{webhook.id}?state=failed")
    assert "None in this state" in alice.text()
    assert (await alice.get(f"{PAGES}/{webhook.id}?state=eaten")).status_code == 404
    await alice.get(await hooks.first(webhook))

    assert "leads[add][0][id] 0" in alice.text()
    assert "account[_links][self] https://acme.grantway.test" in alice.text()
    assert "webhook-id: msg_" in alice.text()
    assert "&lt;b&gt;later&lt;/b&gt;" in alice.page
    assert "whsec_" not in alice.page


async def test_a_delivery_is_sent_again(web: Web, alice: Browser, hooks: Hooks) -> None:
    webhook = await hooks.made()
    await hooks.sent(GOOD)
    page = await hooks.first(webhook)
    await alice.get(page)
    answer = await alice.submit(f"{page}/send-again")
    assert answer.headers["location"].endswith("?done=again")
    await alice.get(f"{page}?done=again")
    assert "notice notice-good" in alice.page
    twice = await alice.submit(f"{page}/send-again")
    assert twice.headers["location"].endswith("?done=busy")
    await alice.get(f"{page}?done=busy")
    assert "It was not sent once more" in alice.text()
    assert "notice notice-warn" in alice.page
    assert "notice-good" not in alice.page
    await hooks.send(BAD, web.clock())
    await alice.get(page)

    assert "sent by Alice" in alice.text()
    assert "Answered 503" in alice.text()


async def test_what_was_switched_off_is_switched_on_again(alice: Browser, hooks: Hooks) -> None:
    webhook = await hooks.made()
    await hooks.sent(BAD, BAD_ANSWERS + 1)
    await alice.get(PAGES)
    assert "Switched off" in alice.text()
    page = f"{PAGES}/{webhook.id}"
    await alice.get(page)
    assert "It was switched off after more than 100 bad answers" in alice.text()
    await alice.submit(f"{page}/enable")
    await alice.get(f"{page}?done=on")

    assert "The webhook is on again" in alice.text()
    assert not (await hooks.get(webhook, hooks.actor)).is_disabled


async def test_a_webhook_is_removed(alice: Browser, hooks: Hooks) -> None:
    webhook = await hooks.made()
    page = f"{PAGES}/{webhook.id}"
    await alice.get(page)
    await alice.submit(f"{page}/remove")

    assert (await alice.get(page)).status_code == 404
    await alice.get(PAGES)
    assert "Nobody is told anything" in alice.text()


async def test_the_secret_is_shown_to_who_asks_and_proves(
    web: Web, alice: Browser, hooks: Hooks
) -> None:
    webhook = await hooks.made()
    secret = await hooks.secret(webhook)
    page = f"{PAGES}/{webhook.id}"
    await alice.get(page)
    assert secret not in alice.page
    web.clock.advance(3600)
    asked = await alice.submit(f"{page}/secret")
    assert "/confirm-password?for=signing" in asked.headers["location"]
    await alice.open(asked.headers["location"])
    await alice.submit(
        "/confirm-password",
        ("password", PASSWORDS[ALICE]),
        ("for", "signing"),
        ("return_to", page),
    )
    await alice.get(page)
    shown = await alice.submit(f"{page}/secret")

    assert secret in alice.page
    assert shown.headers["cache-control"] == "no-store"
    await alice.get(page)
    assert secret not in alice.page
    await alice.submit(f"{page}/new-secret")
    present = await hooks.secret(webhook)
    assert present in alice.page
    assert present != secret
    assert "The former secret signs as well until" in alice.text()


PATHS = ["", "/{id}", "/{id}/deliveries/{delivery}"]
FORMS = [
    *("/{id}/enable", "/{id}/remove", "/{id}/secret", "/{id}/new-secret"),
    "/{id}/deliveries/{delivery}/send-again",
]


@pytest.mark.parametrize(("email", "status"), [(BOB, 403), (CHARLIE, 404)])
async def test_nobody_else_sees_or_does_anything(
    web: Web, hooks: Hooks, email: str, status: int
) -> None:
    webhook = await hooks.made()
    await hooks.sent(GOOD)
    (delivery,) = await hooks.deliveries(webhook, hooks.actor)
    ids = {"id": webhook.id, "delivery": delivery.id}
    browser = await web.signed_in(email)
    for path in PATHS:
        answer = await browser.get(PAGES + path.format_map(ids))
        assert answer.status_code == status, path
        assert "hook.example" not in browser.page
    for path in FORMS:
        await browser.get("/profile")
        answer = await browser.submit(PAGES + path.format_map(ids))
        assert answer.status_code == status, path
    assert await hooks.get(webhook, hooks.actor) == webhook
    assert await hooks.deliveries(webhook, hooks.actor) == [delivery]


async def test_the_workspace_leads_to_them_and_shows_none(web: Web, hooks: Hooks) -> None:
    webhook = await hooks.made()
    alice = await web.entered(ALICE, path="/settings/integrations/")
    assert f'href="https://accounts.grantway.test{PAGES}"' in alice.page
    for path in (PAGES, f"{PAGES}/{webhook.id}", f"{PAGES}/{webhook.id}/secret"):
        assert (await alice.get(path, "acme")).status_code == 404
    bob = await web.entered(BOB, path="/settings/integrations/")
    assert "Webhooks" not in bob.text()
