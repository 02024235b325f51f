"""Widgets of acme's own that any of its tokens may install."""

from grantway.installing import service as installing
from grantway.integrations import service as integrations
from tests.contract.installing_cast import give_widget, manifest
from tests.integration.api_client import Api


async def offer_widgets(api: Api, count: int) -> list[str]:
    """Return the codes of new private integrations' widgets; acme lets tokens install others."""
    actor, now = api.acme.actor, api.clock()
    async with api.db.write() as tx:
        await installing.let_install_others(tx, actor, now, allowed=True)
        made = [await integrations.create_private(tx, actor, now) for _ in range(count)]
        return [await give_widget(tx, actor, one.client_id, manifest()) for one in made]
