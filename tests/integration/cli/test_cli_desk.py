"""The rest of the moderators' desk in a terminal: trials, what is published, ratings."""

import pytest

from grantway.accounts import service as accounts
from grantway.cli.target import administrator
from grantway.db import Transaction
from grantway.installations import service as installations
from grantway.marketplace import ratings
from tests.contract.integration_cast import NOW
from tests.integration.cli.command_line import CommandLine
from tests.integration.cli.test_cli_moderation import (
    DANALABS,
    MO,
    ONE,
    client_id,
    line,
    shown,
    writing,
)

__all__ = ["client_id", "line"]
DANA = ("--as", "dana@danalabs.example")


@pytest.fixture
def published(line: CommandLine, client_id: str) -> str:
    seen = str(shown(line, client_id)["content_hash"])
    line.done("moderation", "approve", client_id, *ONE, *MO, "--seen", seen)
    line.done("integration", "version", "publish", client_id, *DANALABS, "--category", "email")
    return client_id


def test_a_throw_away_account_is_opened_listed_and_closed(
    line: CommandLine, client_id: str
) -> None:
    made = line.json("moderation", "try", client_id, *ONE, *MO)
    again = line.done("moderation", "try", client_id, *ONE, *MO)
    (listed,) = line.json("moderation", "trials", *MO)
    ended = line.json("moderation", "end-trial", client_id, *MO)

    assert listed == made
    assert made["account"].startswith("try-")
    assert made["consent"].endswith(f"/oauth?client_id={client_id}")
    assert made["installed"] is False
    assert made["address"] in again
    assert ended == {"client_id": client_id, "ended": True}
    assert line.json("moderation", "trials", *MO) == []
    assert "Nothing is tried." in line.done("moderation", "trials", *MO)
    assert "no throw-away account" in line.refused("moderation", "end-trial", client_id, *MO)


def test_a_strict_one_is_connected_on_its_own_site(line: CommandLine, client_id: str) -> None:
    async def make_strict(tx: Transaction) -> None:
        await tx.change("update integrations set fidelity = 'strict'")

    writing(line, make_strict)
    told = line.done("moderation", "try", client_id, *ONE, *MO)
    (listed,) = line.json("moderation", "trials", *MO)

    assert "connect it on its own site" in told
    assert listed["consent"] == ""


@pytest.mark.parametrize(
    "command",
    [
        ("moderation", "dismiss", "mo@moderation.example"),
        ("user", "deactivate", "mo@moderation.example"),
    ],
    ids=lambda one: one[1],
)
def test_who_goes_leaves_no_throw_away_account(
    line: CommandLine, client_id: str, command: tuple[str, ...]
) -> None:
    made = line.json("moderation", "try", client_id, *ONE, *MO)
    assert made["account"] in line.done("account", "list")
    line.done(*command)

    assert made["account"] not in line.done("account", "list")


def test_the_queue_says_why(line: CommandLine, client_id: str) -> None:
    (waiting,) = line.json("moderation", "queue", *MO)
    assert "First publication" in waiting["why"].splitlines()


def test_earlier_versions_are_told_with_their_verdicts(line: CommandLine, client_id: str) -> None:
    seen = str(shown(line, client_id)["content_hash"])
    assert shown(line, client_id)["other_versions"] == []
    verdict = ("moderation", "reject", client_id, *ONE, *MO, "--seen", seen)
    line.done(*verdict, "--reason", "T9=The link leads nowhere.")
    line.done("integration", "version", "add", client_id, *DANALABS)

    assert line.json("moderation", "queue", *MO) == [], "a draft is its integrator's alone"
    assert shown(line, client_id)["other_versions"] == []
    assert "T9: The link leads nowhere." in line.done("moderation", "show", client_id, *ONE, *MO)


def test_what_is_published_is_listed_featured_and_found(line: CommandLine, published: str) -> None:
    (one,) = line.json("moderation", "published", *MO)
    first = line.json("moderation", "feature", published, *MO)
    again = line.done("moderation", "feature", published, *MO)
    (featured,) = line.json("moderation", "published", "--find", "PARCEL", *MO)
    back = line.done("moderation", "unfeature", published, *MO)

    assert {k: one[k] for k in ("client_id", "state", "languages", "version", "own")} == {
        "client_id": published,
        "state": "published",
        "languages": "en",
        "version": 1,
        "own": False,
    }
    assert first == {"client_id": published, "featured": True, "changed": True}
    assert again.strip() == "It was so before."
    assert (one["featured"], featured["featured"]) == (False, True)
    assert back.strip() == "Featured no more."
    assert line.json("moderation", "published", "--find", "letters", *MO) == []
    line.done("moderation", "hide", published, "--reason", "Its link is dead.", *MO)
    assert line.json("moderation", "published", *MO)[0]["state"] == "hidden"
    line.refused("moderation", "feature", published, *MO)


def test_ratings_are_removed_and_restored(line: CommandLine, published: str) -> None:
    async def rate(tx: Transaction) -> int:
        _, alice = await administrator(tx, "acme", None)
        await installations.install(tx, alice, published, NOW)
        person = await accounts.actor_for(tx, alice.account_id, alice.user_id, "tests")
        assert person is not None
        made = await ratings.rate(tx, person, published, stars=1, text="Call me.", now=NOW)
        return made.id

    line.done("account", "create", "acme")
    line.done(
        *("user", "create", "alice@acme.example", "--name", "Alice", "--password-stdin"),
        *("--account", "acme", "--role", "administrator"),
        typed="Alice's long password\n",
    )
    number = str(writing(line, rate))
    one = ("moderation", "rating", "remove", published, number)
    wrong = line.refused(*one, "--reason", " ", *MO)
    line.done(*one, "--reason", "It advertises.", *MO)
    (removed,) = line.json("moderation", "ratings", published, *MO)
    twice = line.refused(*one, "--reason", "It advertises.", *MO)
    line.done("moderation", "rating", "restore", published, number, *MO)
    (restored,) = line.json("moderation", "ratings", published, *MO)

    assert wrong.startswith("reason: ")
    assert (removed["text"], removed["reason"]) == ("Call me.", "It advertises.")
    assert twice
    assert (restored["removed"], restored["reason"]) == (None, None)


def test_an_insider_is_refused_each_of_it(line: CommandLine, published: str) -> None:
    line.done("moderation", "appoint", "dana@danalabs.example")
    for command in (
        ("try", published, *ONE),
        ("feature", published),
        ("unfeature", published),
        ("ratings", published),
        ("rating", "remove", published, "1", "--reason", "No."),
        ("rating", "restore", published, "1"),
    ):
        assert "You belong to the account" in line.refused("moderation", *command, *DANA), command
    assert line.json("moderation", "published", *DANA)[0]["own"] is True
