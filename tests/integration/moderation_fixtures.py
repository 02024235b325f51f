"""Fixtures of the tests of the moderators' desk."""

import pytest

from grantway.moderation.desk import Moderator
from tests.contract.version_cast import make_mo
from tests.integration.moderation_world import Desk, Opened
from tests.integration.web_client import ALICE, PASSWORDS, Browser, Web


@pytest.fixture
def open_moderator(web: Web, password_hashes: dict[str, str]) -> Opened:
    """Return what signs a moderator in, who may belong to acme as well."""

    async def open_one(made: Moderator) -> Browser:
        async with web.api.db.write() as tx:
            await tx.change(
                "update users set password_hash = :hash where id = :id",
                hash=password_hashes[ALICE],
                id=made.user_id,
            )
            email = await tx.value("select email from users where id = :id", id=made.user_id)
        browser = web.browser()
        assert (await browser.sign_in(email, PASSWORDS[ALICE])).status_code == 303
        return browser

    return open_one


@pytest.fixture
async def world(web: Web) -> Desk:
    async with web.api.db.write() as tx:
        return Desk(web, await make_mo(tx))


@pytest.fixture
async def mo(world: Desk, open_moderator: Opened) -> Browser:
    return await open_moderator(world.mo)


@pytest.fixture
async def insider(web: Web, open_moderator: Opened) -> Browser:
    """Return the browser of a moderator who is a user of acme."""
    async with web.api.db.write() as tx:
        made = await make_mo(tx, in_account=web.api.acme.account_id)
    return await open_moderator(made)
