"""The Marketplace inside a workspace, and Dana, who makes integrations in danalabs."""

import re

from tests.integration.marketplace_world import Market, open_market
from tests.integration.web_client import ALICE, PASSWORDS, Browser, Web

DANA = "dana@danalabs.example"
FRONT = "/settings/widgets/"


async def open_market_with_dana(web: Web, password_hashes: dict[str, str]) -> Market:
    """Return an empty Marketplace in which Dana can sign in."""
    market = await open_market(web.api)
    async with web.api.db.write() as tx:
        await tx.change(
            "update users set password_hash = :password_hash where email = :email",
            password_hash=password_hashes[ALICE],
            email=DANA,
        )
    return market


async def dana_signs_in(web: Web) -> Browser:
    browser = web.browser()
    answer = await browser.sign_in(DANA, PASSWORDS[ALICE])
    assert answer.status_code == 303, answer.text
    return browser


async def dana_enters(web: Web, path: str) -> Browser:
    """Return her browser inside danalabs' workspace."""
    browser = await dana_signs_in(web)
    answer = await browser.open(path, "danalabs")
    assert answer.status_code == 200, answer.text
    return browser


async def speaks(web: Web, email: str, language: str) -> None:
    async with web.api.db.write() as tx:
        await tx.change(
            "update users set language = :language where email = :email",
            language=language,
            email=email,
        )


def tiles(browser: Browser) -> list[str]:
    """Return the names that the shelves of the open page list, in their order."""
    return re.findall(r'<h2><a href="/settings/widgets/[^"]+">([^<]+)</a></h2>', browser.page)
