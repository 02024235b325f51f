"""The moderators' desk in a terminal: what waits, verdicts, who moderates."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from grantway.cli.target import administrator
from grantway.db import Transaction, open_database
from grantway.integrations import public
from grantway.kernel.sealing import Seal
from grantway.moderation import drafts, submissions
from grantway.settings import read_settings
from tests.contract.integration_cast import COMPLETE, NOW
from tests.contract.version_cast import COMMENT, clean
from tests.integration.cli.command_line import CommandLine

T = TypeVar("T")
MO = ("--as", "mo@moderation.example")
ONE = ("--version", "1")
DANALABS = ("--account", "danalabs")


def writing(line: CommandLine, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Do what the pages do, on the database that the commands work on."""

    async def inside() -> T:
        db = await open_database(line.settings["GRANTWAY_DATABASE"])
        try:
            async with db.write() as tx:
                return await work(tx)
        finally:
            await db.close()

    return asyncio.run(inside())


@pytest.fixture
def line(empty_platform: CommandLine) -> CommandLine:
    """Return a platform with danalabs, its administrator Dana, and Mo, a moderator."""
    empty_platform.done("account", "create", "danalabs", "--name", "Dana Labs", "--technical")
    for email, name, *more in (
        ("dana@danalabs.example", "Dana", "--account", "danalabs", "--role", "administrator"),
        ("mo@moderation.example", "Mo"),
    ):
        whole = ("user", "create", email, "--name", name, *more, "--password-stdin")
        empty_platform.done(*whole, typed=f"{name}'s long password\n")
    empty_platform.done("moderation", "appoint", "mo@moderation.example")
    return empty_platform


@pytest.fixture
def client_id(line: CommandLine) -> str:
    """Return an integration of danalabs whose first version is reviewed."""
    seal = Seal(read_settings(dict(line.settings)).secret_keys)

    async def submit(tx: Transaction) -> str:
        _, dana = await administrator(tx, "danalabs", None)
        made = await public.create_public(tx, dana, COMPLETE, NOW)
        draft = await drafts.newest(tx, dana, made.client_id)
        await submissions.request_review(
            tx, dana, made.client_id, clean(draft), NOW, comment=COMMENT, seal=seal
        )
        return made.client_id

    return writing(line, submit)


def shown(line: CommandLine, client_id: str) -> dict[str, Any]:
    found: dict[str, Any] = line.json("moderation", "show", client_id, *ONE, *MO)
    return found


def test_what_waits_is_listed_looked_at_and_approved(line: CommandLine, client_id: str) -> None:
    (waiting,) = line.json("moderation", "queue", *MO)
    seen = shown(line, client_id)
    verdict = ("moderation", "approve", client_id, *ONE, *MO, "--seen")
    wrong = line.refused(*verdict, "0" * 64)
    made = line.json(*verdict, str(seen["content_hash"]))

    assert {k: waiting[k] for k in ("client_id", "name", "account", "version", "first", "own")} == {
        "client_id": client_id,
        "name": "Parcel tracker",
        "account": "Dana Labs",
        "version": 1,
        "first": True,
        "own": False,
    }
    assert {"field": "name.en", "before": "", "after": "Parcel tracker"} in seen["changes"]
    assert [(one["by"], one["text"]) for one in seen["messages"]] == [("Dana", COMMENT)]
    assert "changed since you opened it" in wrong
    assert made["state"] == "approved"
    assert line.json("moderation", "queue", *MO) == []
    assert "Nothing waits." in line.done("moderation", "queue", *MO)


def test_questions_and_notes_stand_in_the_history(line: CommandLine, client_id: str) -> None:
    line.done("moderation", "ask", client_id, "What does it cost?", *ONE, *MO)
    line.done("moderation", "note", client_id, "Tried it: works.", *ONE, *MO)
    said = [(one["kind"], one["text"]) for one in shown(line, client_id)["messages"]]

    assert said[1:] == [("question", "What does it cost?"), ("note", "Tried it: works.")]
    assert "What does it cost?" in line.done("moderation", "show", client_id, *ONE, *MO)
    empty = line.refused("moderation", "ask", client_id, " ", *ONE, *MO)
    assert empty == "text: write 1 to 5000 characters"


def test_a_published_integration_is_hidden_and_shown_again(
    line: CommandLine, client_id: str
) -> None:
    seen = str(shown(line, client_id)["content_hash"])
    line.done("moderation", "approve", client_id, *ONE, *MO, "--seen", seen)

    line.done("integration", "version", "publish", client_id, *DANALABS, "--category", "email")
    states = [
        line.json("moderation", "hide", client_id, "--reason", "Its link is dead.", *MO)["state"],
        line.json("integration", "show", client_id)["status"],
        line.json("moderation", "unhide", client_id, *MO)["state"],
        line.json("integration", "show", client_id)["status"],
    ]

    assert states == ["hidden", "draft", "published", "published"]
    again = line.refused("moderation", "unhide", client_id, *MO)
    assert again == "Version 1 is published; it must be hidden"


def test_a_version_is_rejected_with_a_reason_for_each_rule(
    line: CommandLine, client_id: str
) -> None:
    seen = str(shown(line, client_id)["content_hash"])
    verdict = ("moderation", "reject", client_id, *ONE, *MO, "--seen", seen, "--reason")
    unknown = line.refused(*verdict, "X99=It is wrong.")
    malformed = line.run(*verdict, "It is wrong.")
    made = line.json(*verdict, "T9=The link leads nowhere.", "--reason", "G3=Why files?")
    told = line.json("integration", "version", "history", client_id, *ONE, *DANALABS)

    assert unknown == "X99: there is no such rule in the checklist"
    assert malformed.exit_code == 2
    assert made["state"] == "rejected"
    assert (told[-1]["by"], told[-1]["kind"]) == ("Mo", "verdict")
    assert told[-1]["text"] == "T9: The link leads nowhere.\nG3: Why files?"


def test_an_integrator_answers_withdraws_and_begins_anew(line: CommandLine, client_id: str) -> None:
    version = ("integration", "version")
    line.done("moderation", "ask", client_id, "What does it cost?", *ONE, *MO)
    line.done(*version, "answer", client_id, "It is free.", *DANALABS)
    early = line.refused(*version, "add", client_id, *DANALABS)
    unapproved = line.refused(*version, "publish", client_id, *DANALABS)
    withdrawn = line.json(*version, "withdraw", client_id, *DANALABS)
    line.done(*version, "add", client_id, *DANALABS)
    unready = line.refused(*version, "submit", client_id, *DANALABS)
    listed = line.json(*version, "list", client_id, *DANALABS)
    line.done(*version, "delete", client_id, *DANALABS, "--yes")

    said = [(one["kind"], one["text"]) for one in shown(line, client_id)["messages"]]
    assert said[1:] == [("question", "What does it cost?"), ("answer", "It is free.")]
    assert early == "Version 1 is in_review; finish or withdraw it first"
    assert unapproved == "Version 1 is in_review; it must be approved"
    assert withdrawn["state"] == "withdrawn"
    assert unready.startswith("This version is not ready for review. ")
    assert "icon" in unready
    assert [(one["version"], one["state"]) for one in listed] == [(2, "draft"), (1, "withdrawn")]
    (left,) = line.json(*version, "list", client_id, *DANALABS)
    assert left["version"] == 1


def test_moderators_are_appointed_and_dismissed(line: CommandLine, client_id: str) -> None:
    dana = ("--as", "dana@danalabs.example")
    before = line.refused("moderation", "queue", *dana)
    line.done("moderation", "appoint", "dana@danalabs.example")
    own = line.refused("moderation", "show", client_id, *ONE, *dana)
    waiting = line.json("moderation", "queue", *dana)
    people = [one["name"] for one in line.json("moderation", "people")]
    line.done("moderation", "dismiss", "dana@danalabs.example")

    assert before == "Only moderators of the platform may do this"
    assert "You belong to the account" in own
    assert [one["own"] for one in waiting] == [True]
    assert people == ["Dana", "Mo"]
    assert line.refused("moderation", "queue", *dana) == before
    assert "was no moderator" in line.done("moderation", "dismiss", "dana@danalabs.example")


def test_who_is_unknown_and_what_is_unknown_is_told(line: CommandLine, client_id: str) -> None:
    nobody = line.refused("moderation", "queue", "--as", "mallory@evil.example")
    nothing = line.refused("moderation", "show", client_id, "--version", "2", *MO)

    assert nobody == "User not found"
    assert nothing == "There is no such version"
