"""What hostile scripts of a workspace try against installing and its neighbours (S-139, S-145)."""

from typing import Any

import pytest
from starlette.routing import Route

from grantway.installing.model import Channel
from grantway.installing.service import install, uninstall
from grantway.web import sites
from grantway.web.workspace.routes import workspace_routes
from tests.contract.installing_cast import DEPOT, give_widget, manifest
from tests.integration.conftest import OpenApi
from tests.integration.install_world import INTENTS, Installing, call, make_installing
from tests.integration.web_client import ALICE, BOB, Web


@pytest.fixture
async def installing(web: Web, password_hashes: dict[str, str]) -> Installing:
    return await make_installing(web, password_hashes, {"depot": DEPOT})


@pytest.mark.parametrize("text", ["%00", "a%00b"])
async def test_a_path_that_no_database_stores_leads_nowhere(
    installing: Installing, text: str
) -> None:
    alice = await installing.alice()
    await alice.get("/settings/integrations/", "acme")
    answers = [
        await call(alice, "GET", f"{INTENTS}/{text}"),
        await call(alice, "GET", f"/ajax/v2/integrations/{text}/disposable_token"),
        await call(alice, "PUT", f"/ajax/v1/widgets/{text}/settings", {"fields": {}}),
        await call(alice, "PUT", f"/ajax/v1/widgets/{text}/forms/x", {"values": {}}),
        await alice.submit(f"/settings/widgets/{text}/install", label="acme"),
    ]

    assert [one.status_code for one in answers] == [404] * 5


async def test_in_a_suspended_account_nothing_is_installed_or_removed(
    installing: Installing,
) -> None:
    alice = await installing.alice()

    async def become(status: str) -> None:
        async with installing.web.api.db.write() as tx:
            await tx.change(
                "update accounts set status = :status where subdomain = 'acme'", status=status
            )

    answered = []
    for action in ("install", "uninstall"):
        path = await installing.path(alice, action)
        await installing.ask(alice, path)
        page, before = alice.page, await installing.live()
        await become("suspended")
        shown = await alice.get(path)
        alice.page = page
        answer = await installing.answer(alice, path)
        is_same = await installing.live() == before
        await become("active")
        alice.page = page
        honest = await installing.answer(alice, path)
        answered.append((shown.status_code, answer.status_code, is_same, honest.status_code))

    assert answered == [(404, 404, True, 303)] * 2


async def test_what_a_widget_was_set_up_with_is_shown_to_nobody_while_it_is_not_installed(
    web: Web,
) -> None:
    api, secret = web.api, "The key of the depot"
    who, client_id = api.acme.actor, api.acme.client_id
    shown = []
    async with api.db.write() as tx:
        await give_widget(tx, who, client_id, manifest({"depot": DEPOT}))
        await uninstall(tx, who, client_id, api.clock())
    alice = await web.entered(ALICE)
    for settings in ({"depot": secret}, None):
        async with api.db.write() as tx:
            now = api.clock()
            await install(tx, who, client_id, channel=Channel.UI, now=now, settings=settings)
        installed = await alice.get("/settings/integrations/", "acme")
        async with api.db.write() as tx:
            await uninstall(tx, who, client_id, now)
        removed = await alice.get("/settings/integrations/", "acme")
        shown += [(secret in one.text, client_id in one.text) for one in (installed, removed)]

    assert shown == [(True, True), (False, True)] * 2


@pytest.mark.parametrize("action", ["install", "uninstall"])
async def test_a_session_that_has_ended_confirms_nothing(
    installing: Installing, action: str
) -> None:
    """Neither the one that was asked, nor another one of the same person with the same form."""
    alice = await installing.alice()
    if action == "uninstall":
        await installing.install(alice)
    path = await installing.path(alice, action)
    await installing.ask(alice, path)
    page, before = alice.page, (await installing.live(), await installing.planned())
    held = alice.cookies
    await alice.get("/")
    await alice.submit("/sign-out")
    alice.page = page
    ended = await installing.answer(alice, path)
    alice.cookies = held  # as they were copied before
    alice.page = page
    copied = await installing.answer(alice, path)
    again = await installing.alice()
    again.page = page
    other = await installing.answer(again, path)

    assert [one.status_code for one in (ended, copied, other)] == [303, 303, 403]
    assert {one.headers["location"].partition("?")[0] for one in (ended, copied)} == {"/sign-in"}
    assert (await installing.live(), await installing.planned()) == before


async def test_who_may_administer_no_more_changes_nothing_any_more(installing: Installing) -> None:
    """Alice's pages stay open, her scripts go on running, and her role has gone."""
    alice = await installing.alice()
    await installing.install(alice)
    settings = f"/ajax/v1/widgets/{installing.code}/settings"
    before = await call(alice, "PUT", settings, {"fields": {"depot": "North"}})
    removal = await installing.path(alice, "uninstall")
    await installing.ask(alice, removal)
    page = alice.page
    await installing.web.demote()
    statuses = {
        "settings": (await call(alice, "PUT", settings, {"fields": {"depot": "x"}})).status_code,
        "wish": (await installing.wish(alice, "uninstall")).status_code,
        "page": (await alice.get(removal)).status_code,
    }
    alice.page = page
    statuses["answer"] = (await installing.answer(alice, removal)).status_code
    bob = await installing.web.entered(BOB)
    (seen,) = (await call(bob, "GET", "/ajax/v1/widgets")).json()["widgets"]

    assert before.status_code == 200
    assert statuses == dict.fromkeys(statuses, 403)
    assert (seen["status"], seen["params"]) == ("installed", {"depot": "North"})


CHANGING = {
    *("/sign-out", "/todo/", "/todo/{entity_id}/complete"),
    *("/settings/widgets/{client_id}/install", "/settings/widgets/{client_id}/uninstall"),
    *("/ajax/v1/install-intents", "/ajax/v1/refused-presses", "/ajax/v1/notifications"),
    "/ajax/v1/widgets/{code}/on-install",
    *("/ajax/v1/widgets/{code}/settings", "/ajax/v1/widgets/{code}/forms/{form}"),
    *("/ajax/v1/proxy", "/widgets/{subdomain}/loader/{path:path}"),
}
"""All that takes something on a workspace's host, beside cards and the table of the API."""
OF_CARDS = ("/leads/", "/contacts/", "/companies/")


async def test_nothing_of_a_workspace_takes_anything_that_nobody_has_looked_at(
    open_api: OpenApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is added stands where widgets' scripts may call it (S-139)."""
    made: list[Route] = []

    def keep(*given: Any) -> list[Route]:
        made.extend(workspace_routes(*given))
        return made

    monkeypatch.setattr(sites, "workspace_routes", keep)
    await open_api()
    changing = {one.path for one in made if (one.methods or set()) - {"GET", "HEAD"}}

    assert {one for one in changing if not one.startswith(OF_CARDS)} == CHANGING
