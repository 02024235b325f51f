"""Fixtures of the tests that walk through pages."""

import asyncio

import pytest

from tests.integration.api_client import Api
from tests.integration.web_client import ALICE, Browser, Web, give_passwords, hashed_passwords


@pytest.fixture(scope="session")
def password_hashes() -> dict[str, str]:
    with asyncio.Runner() as runner:
        return runner.run(hashed_passwords())


@pytest.fixture
async def web(api: Api, password_hashes: dict[str, str]) -> Web:
    """Let the cast sign in, on each kind of database."""
    await give_passwords(api, password_hashes)
    return Web(api)


@pytest.fixture
async def alice(web: Web) -> Browser:
    """Return the browser of Alice, who has just signed in."""
    return await web.signed_in(ALICE)
