"""`grantway account technical`: the operator decides who makes public integrations."""

import asyncio

import pytest

from grantway.cli.target import administrator
from grantway.db import open_database
from grantway.moderation import technical_accounts
from tests.contract.integration_cast import NOW
from tests.integration.cli.command_line import CommandLine

WHY = ("--reason", "Tell us what you build.")


def ask(line: CommandLine) -> None:
    """Ask for parcels, as its page does."""

    async def inside() -> None:
        db = await open_database(line.settings["GRANTWAY_DATABASE"])
        try:
            async with db.write() as tx:
                _, actor = await administrator(tx, "parcels", None)
                await technical_accounts.request(
                    tx, actor, about="Shows parcels.", site="https://parcel.example/", now=NOW
                )
        finally:
            await db.close()

    asyncio.run(inside())


@pytest.fixture
def line(empty_platform: CommandLine) -> CommandLine:
    """Return a platform with the account parcels and its administrator Dana."""
    empty_platform.done("account", "create", "parcels", "--name", "Parcels")
    empty_platform.done(
        *("user", "create", "dana@parcel.example", "--name", "Dana"),
        *("--account", "parcels", "--role", "administrator", "--password-stdin"),
        typed="Dana's long password\n",
    )
    return empty_platform


def test_a_request_is_listed_approved_extended_and_ended(line: CommandLine) -> None:
    assert line.done("account", "technical", "requests") == "Nobody asks.\n"
    ask(line)
    (asking,) = line.json("account", "technical", "requests")
    assert {name: asking[name] for name in ("account", "name", "by", "about", "site")} == {
        "account": "parcels",
        "name": "Parcels",
        "by": "Dana",
        "about": "Shows parcels.",
        "site": "https://parcel.example/",
    }
    approved = line.json("account", "technical", "approve", "parcels")
    shown = line.json("account", "show", "parcels")
    assert approved == {"account": "parcels", "technical": True, "until": shown["technical_until"]}
    assert shown["technical"] is True
    extended = line.json("account", "technical", "extend", "parcels", "--months", "1")
    assert extended["until"] > approved["until"]
    said = line.done("account", "technical", "end", "parcels", *WHY)
    shown = line.json("account", "show", "parcels")

    assert said == "parcels is technical no more.\n"
    assert (shown["technical"], shown["technical_until"]) == (False, None)


def test_a_refused_account_asks_again(line: CommandLine) -> None:
    ask(line)
    assert line.done("account", "technical", "refuse", "parcels", *WHY) == "Refused.\n"
    assert line.json("account", "technical", "requests") == []
    ask(line)

    said = line.done("account", "technical", "approve", "parcels", "--months", "6")
    assert said.startswith("parcels is technical until ")


def test_what_cannot_be_decided_is_refused(line: CommandLine) -> None:
    technical = ("account", "technical")
    line.done("account", "create", "makers", "--technical")

    assert "No such request" in line.refused(*technical, "approve", "parcels")
    assert "No such request" in line.refused(*technical, "refuse", "parcels", *WHY)
    assert line.refused(*technical, "extend", "parcels") == "This account is not technical"
    assert line.refused(*technical, "end", "parcels", *WHY) == "This account is not technical"
    assert "without end" in line.refused(*technical, "extend", "makers")
    assert line.refused(*technical, "approve", "nobody") == "Account not found"
    ask(line)
    assert "reason" in line.refused(*technical, "refuse", "parcels", "--reason", " ")
    assert line.run(*technical, "approve", "parcels", "--months", "13").exit_code == 2
    assert line.run(*technical, "refuse", "parcels").exit_code == 2
    line.done(*technical, "refuse", "parcels", *WHY)


def test_an_account_made_technical_by_the_operator_is_so_without_end(line: CommandLine) -> None:
    line.done("account", "create", "makers", "--technical")
    shown = line.json("account", "show", "makers")

    assert (shown["technical"], shown["technical_until"]) == (True, None)
