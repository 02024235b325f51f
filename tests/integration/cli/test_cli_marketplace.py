"""What commands do to an integration shows in the Marketplace at once."""

import asyncio

import pytest

from grantway.db import open_database
from grantway.marketplace import catalogue
from tests.contract.integration_cast import COMPLETE
from tests.integration.cli.command_line import CommandLine

MORE = ("--account", "danalabs", "--public")


def listed(line: CommandLine) -> list[str]:
    async def inside() -> list[str]:
        db = await open_database(line.settings["GRANTWAY_DATABASE"])
        try:
            async with db.read() as reader:
                page = await catalogue.front(reader, "en")
            return [tile.client_id for tile in page.tiles]
        finally:
            await db.close()

    return asyncio.run(inside())


@pytest.fixture
def client_id(empty_platform: CommandLine) -> str:
    """Return an integration of danalabs that was published without a review."""
    line = empty_platform
    line.done("account", "create", "danalabs", "--name", "Dana Labs", "--technical")
    line.done(
        *("user", "create", "dana@danalabs.example", "--name", "Dana", "--password-stdin"),
        *("--account", "danalabs", "--role", "administrator"),
        typed="Dana's long password\n",
    )
    fields = [
        part
        for name in ("short_description", "description", "instructions", "redirect_uri")
        for part in (f"--{name.replace('_', '-')}", str(getattr(COMPLETE, name)))
    ]
    owner = ("--owner-name", "Dana Labs", "--privacy-uri", str(COMPLETE.privacy_uri))
    named = ("--name", "Parcel tracker", "--scope", "crm", *owner)
    made = line.json("integration", "create", *MORE, *named, *fields)
    line.done("integration", "publish", made["client_id"])
    client_id: str = made["client_id"]
    return client_id


def test_hiding_and_stopping_take_it_from_the_marketplace_and_back(
    empty_platform: CommandLine, client_id: str
) -> None:
    line = empty_platform
    seen = [listed(line)]
    for command in (
        ("unpublish",),
        ("publish",),
        ("disable", "--reason", "Its keys leaked."),
        ("enable",),
    ):
        line.done("integration", command[0], client_id, *command[1:])
        seen.append(listed(line))

    assert seen == [[client_id], [], [client_id], [], [client_id]]
