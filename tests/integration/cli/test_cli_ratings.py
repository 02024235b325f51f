"""Ratings and statistics on the command line, which reads them and gives none."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.db import Transaction, open_database
from grantway.installations import service as installations
from grantway.marketplace import ratings
from tests.contract.integration_cast import COMPLETE, NOW
from tests.integration.cli.command_line import CommandLine

UNKNOWN = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"
TEXT = "Finds every parcel, even those of small carriers; the list of leads says where it is."


@pytest.fixture
def client_id(empty_platform: CommandLine) -> str:
    """Return a listed integration of danalabs; acme has no part of it yet."""
    line = empty_platform
    for subdomain, more, email, name in (
        ("danalabs", ("--technical",), "dana@danalabs.example", "Dana"),
        ("acme", (), "alice@acme.example", "Alice"),
    ):
        line.done("account", "create", subdomain, "--name", subdomain, *more)
        line.done(
            *("user", "create", email, "--name", name, "--password-stdin"),
            *("--account", subdomain, "--role", "administrator"),
            typed="a long password\n",
        )
    fields = [
        part
        for name in ("short_description", "description", "instructions", "redirect_uri")
        for part in (f"--{name.replace('_', '-')}", str(getattr(COMPLETE, name)))
    ]
    owner = ("--owner-name", "Dana Labs", "--privacy-uri", str(COMPLETE.privacy_uri))
    named = ("--name", "Parcel tracker", "--scope", "crm", *owner)
    made = line.json("integration", "create", "--account", "danalabs", "--public", *named, *fields)
    line.done("integration", "publish", made["client_id"])
    found: str = made["client_id"]
    return found


def as_alice(line: CommandLine, act: Callable[[Transaction, Actor], Awaitable[object]]) -> None:
    async def inside() -> None:
        db = await open_database(line.settings["GRANTWAY_DATABASE"])
        try:
            async with db.write() as tx:
                acme = await accounts.account_by_subdomain(tx, "acme")
                (user,) = await accounts.all_users(tx, acme.id)
                actor = await accounts.actor_for(tx, acme.id, user.id, "tests")
                assert actor is not None
                await act(tx, actor)
        finally:
            await db.close()

    asyncio.run(inside())


def rate(line: CommandLine, client_id: str) -> None:
    async def act(tx: Transaction, alice: Actor) -> None:
        await installations.install(tx, alice, client_id, NOW)
        await ratings.rate(tx, alice, client_id, stars=4, text=TEXT, now=NOW)

    as_alice(line, act)


def test_ratings_are_listed_for_people_and_for_programs(
    empty_platform: CommandLine, client_id: str
) -> None:
    line = empty_platform
    assert line.done("integration", "ratings", client_id) == "No rating.\n"
    assert line.json("integration", "ratings", client_id) == []
    rate(line, client_id)
    (one,) = line.json("integration", "ratings", client_id, "--unanswered")
    shown = line.done("integration", "ratings", client_id)

    assert (one["by"], one["stars"], one["text"]) == ("Alice", 4, TEXT)
    assert (one["at"], one["answer"], one["answered"]) == ("2027-01-15 08:00 UTC", None, None)
    assert "Alice" in shown
    before = ("--before", str(one["rating"]))
    assert line.json("integration", "ratings", client_id, *before) == []


def test_statistics_tell_what_came_and_went(empty_platform: CommandLine, client_id: str) -> None:
    line = empty_platform
    empty = line.done("integration", "statistics", client_id)
    assert empty == "Works in 0 accounts.\nNobody installed or uninstalled it in that time.\n"
    line.settings["GRANTWAY_CLOCK_OFFSET"] = str(NOW - int(time.time()))
    rate(line, client_id)
    found = line.json("integration", "statistics", client_id, "--days", "1")

    assert found == {
        "works_in": 1,
        "days": [{"day": "2027-01-15", "language": "en", "installs": 1, "uninstalls": 0}],
    }
    assert "Works in 1 account.\n" in line.done("integration", "statistics", client_id)


@pytest.mark.parametrize("command", ["ratings", "statistics"])
def test_what_is_not_there_is_told(
    empty_platform: CommandLine, client_id: str, command: str
) -> None:
    line = empty_platform
    assert line.refused("integration", command, UNKNOWN) == "Integration not found"
    line.done("integration", command, client_id)


@pytest.mark.parametrize("days", ["0", "367", "x"])
def test_days_that_are_not_kept_are_wrong_use(
    empty_platform: CommandLine, client_id: str, days: str
) -> None:
    line = empty_platform
    assert line.run("integration", "statistics", client_id, "--days", days).exit_code == 2
    line.done("integration", "statistics", client_id, "--days", "366")
