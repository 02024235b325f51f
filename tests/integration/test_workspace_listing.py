"""What the settings of a widget tell of its listing, and other pages do not (contract 2.2, 7)."""

import pytest

from grantway.installing import service as installing
from grantway.installing.model import Channel
from tests.contract.installing_cast import give_widget, manifest
from tests.integration.install_world import call
from tests.integration.market_inside import open_market_with_dana
from tests.integration.marketplace_world import Market, said
from tests.integration.test_workspace_hosting import open_page
from tests.integration.web_client import ALICE, Web


@pytest.fixture
async def market(web: Web, password_hashes: dict[str, str]) -> Market:
    return await open_market_with_dana(web, password_hashes)


async def test_the_form_of_a_public_integration_counts_before_and_after_it_is_installed(
    web: Web, market: Market
) -> None:
    client_id = await market.listed(
        said(
            description="Parcels of <b>#SUBDOMAIN#</b>.<script>x()</script>",
            instructions="Now press the button, #LOGIN#.",
        )
    )
    for stars, who in ((5, market.people.alice), (4, market.people.charlie)):
        await market.rate(client_id, stars, "Fine.", by=who)
    actor, now = market.people.alice, web.clock()
    async with market.db.write() as tx:
        raw = manifest(description="settings.about") | {"locations": ["everywhere"]}
        code = await give_widget(tx, market.people.dana, client_id, raw)
        await installing.uninstall(tx, actor, client_id, now)
    alice = await web.entered(ALICE)
    _, offered = await open_page(alice, f"/settings/widgets/{client_id}")
    async with market.db.write() as tx:
        await installing.install(tx, actor, client_id, channel=Channel.UI, now=now)
    _, settings = await open_page(alice, "/settings/integrations/")
    called = (await call(alice, "GET", "/ajax/v1/widgets")).json()
    _, leads = await open_page(alice, "/leads/")
    shown = [
        {one["code"]: one["listing"] for one in document["widgets"]}[code]
        for document in (offered, settings, called, leads)
    ]

    assert [one.get("description_html") for one in shown] == [
        "Parcels of <b>acme</b>.",
        *["Now press the button, alice@acme.example."] * 2,
        None,
    ]
    href = f"/settings/widgets/{client_id}#reviews"
    assert [(one.get("rating"), one.get("reviews_href")) for one in shown] == [
        *[(4.5, href)] * 3,
        (None, None),
    ]
    assert shown[1] == shown[2]


async def test_a_private_widget_without_a_description_shows_none(web: Web) -> None:
    acme = web.api.acme
    async with web.api.db.write() as tx:
        raw = manifest(description="widget.nowhere")
        await give_widget(tx, acme.actor, acme.client_id, raw)
    alice = await web.entered(ALICE)
    _, settings = await open_page(alice, "/settings/integrations/")
    (shown,) = settings["widgets"]

    assert shown["listing"]["description_html"] == ""
