"""Whom the audit names: the operator at the command line, or an administrator (S-184, S-200)."""

import asyncio
import datetime as dt
from contextlib import suppress

import pytest

from grantway import audit
from grantway.accounts import moderators
from grantway.audit import EntryRow
from grantway.audit.model import PLATFORM
from grantway.db import open_database
from tests.integration.cli.command_line import SECRET_KEY, CommandLine

ALICE, BOB, MO = "alice@acme.example", "bob@acme.example", "mo@grantway.example"
PASSWORD = "a password nobody else has\n"
REDIRECT_URI = "https://hooks.example.org/kommo"
NOW = 1_800_000_000
OPERATOR = ("operator", None, "command line")


class Audited:
    """The command line of a platform, and what its audit says afterwards."""

    def __init__(self, line: CommandLine, url: str) -> None:
        self.line = line
        self._url = url
        self._seen: dict[int, int] = {}
        self.ids: dict[str, int] = {}

    def entries(self, account_id: int) -> list[EntryRow]:
        """Return the account's entries since they were last asked for, oldest first."""

        async def read() -> list[EntryRow]:
            db = await open_database(self._url)
            async with db.read() as reader:
                page = await audit.entries(reader, account_id, limit=1000)
            await db.close()
            return page.entries[::-1]

        with asyncio.Runner() as runner:
            found = runner.run(read())
        seen = self._seen.get(account_id, 0)
        self._seen[account_id] = len(found)
        return found[seen:]

    def acme(self) -> list[EntryRow]:
        return self.entries(self.ids["acme"])

    def make_user(self, email: str, *options: str) -> int:
        made = self.line.json(
            *("user", "create", email, "--name", email.partition("@")[0].title()),
            *("--password-stdin", *options),
            typed=PASSWORD,
        )
        self.ids[email] = made["id"]
        user_id: int = made["id"]
        return user_id


@pytest.fixture
def audited(database_url: str) -> Audited:
    """Make acme with Alice and a signing key from the command line, on each kind of database."""
    line = CommandLine(
        {
            "GRANTWAY_DATABASE": database_url,
            "GRANTWAY_SECRET_KEY": SECRET_KEY,
            "GRANTWAY_DOMAIN": "grantway.test",
        }
    )
    audited = Audited(line, database_url)
    line.done("key", "create")
    audited.ids["acme"] = line.json("account", "create", "acme")["id"]
    audited.make_user(ALICE, "--account", "acme", "--role", "administrator")
    return audited


def told(entries: list[EntryRow]) -> list[tuple[str, str, int | None, str]]:
    return [(one.event, one.actor, one.user_id, one.source) for one in entries]


def in_a_month() -> str:
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()


def test_what_the_operator_sets_up_is_the_operators(audited: Audited) -> None:
    alice = audited.ids[ALICE]

    assert told(audited.entries(PLATFORM)) == [
        ("signing_key.created", "operator", None, ""),
        ("user.created", "operator", alice, ""),
    ]
    assert told(audited.acme()) == [
        ("account.created", "operator", None, ""),
        ("user.added_to_account", "operator", alice, ""),
    ]


def test_acts_with_an_administrators_rights_are_the_operators_all_the_same(
    audited: Audited,
) -> None:
    line = audited.line
    audited.acme()
    made = line.json("integration", "create", "--account", "acme", "--redirect-uri", REDIRECT_URI)
    client_id = made["client_id"]
    whose = ("--account", "acme", "--integration", client_id)
    token = line.json("token", "create", *whose, "--expires", in_a_month())
    line.done("code", *whose)
    line.done("token", "revoke", str(token["id"]), "--account", "acme")
    line.done("integration", "delete", client_id, "--account", "acme", "--yes")
    entries = audited.acme()

    assert told(entries) == [
        (event, *OPERATOR)
        for event in (
            "integration.created",
            "integration.secret_generated",
            "installation.installed",
            "long_lived_token.issued",
            "code.issued",
            "long_lived_token.revoked",
            "installation.ended",
            "integration.deleted",
        )
    ]
    assert all(client_id in one.subject for one in entries)
    assert {one.outcome for one in entries} == {"done"}


def test_an_administrator_who_is_named_is_told_with_where_it_came_from(audited: Audited) -> None:
    line = audited.line
    made = line.json("integration", "create", "--account", "acme", "--redirect-uri", REDIRECT_URI)
    whose = ("--account", "acme", "--integration", made["client_id"])
    audited.acme()
    line.done("token", "create", *whose, "--expires", in_a_month(), "--user", ALICE)
    line.done("code", *whose, "--user", ALICE)

    alice = ("user", audited.ids[ALICE], "command line")
    assert told(audited.acme()) == [
        ("installation.installed", *alice),
        ("long_lived_token.issued", *alice),
        ("code.issued", *alice),
    ]


def test_a_first_role_is_an_addition_and_every_other_one_a_change(audited: Audited) -> None:
    line = audited.line
    bob = audited.make_user(BOB)
    audited.acme()
    for role in ("user", "administrator", "user"):
        line.done("user", "role", BOB, "--account", "acme", "--role", role)
    entries = audited.acme()

    assert told(entries) == [
        ("user.added_to_account", "operator", bob, ""),
        ("user.role_changed", "operator", bob, ""),
        ("user.role_changed", "operator", bob, ""),
    ]
    assert [one.subject for one in entries] == ["role user", "role administrator", "role user"]
    assert audited.entries(PLATFORM)[-1].event == "user.created"


def test_another_language_is_told_to_the_platform(audited: Audited) -> None:
    audited.entries(PLATFORM)
    for language in ("es", "es", "pt"):
        audited.line.done("user", "edit", ALICE, "--language", language)
    entries = audited.entries(PLATFORM)

    assert told(entries) == [("user.language_changed", "operator", audited.ids[ALICE], "")] * 2
    assert [one.subject for one in entries] == ["language en to es", "language es to pt"]
    assert audited.acme()  # what it began with, and nothing of this
    assert audited.acme() == []


REFUSED: list[tuple[str, ...]] = [
    ("user", "role", "nobody@acme.example", "--account", "acme", "--role", "user"),
    ("user", "role", ALICE, "--account", "nowhere", "--role", "user"),
    ("user", "role", ALICE, "--account", "acme", "--role", "user"),  # the last administrator
    ("user", "edit", "nobody@acme.example", "--language", "es"),
    ("account", "create", "acme"),
    ("key", "create"),
    ("integration", "create", "--account", "acme", "--redirect-uri", "http://plain.example/"),
    ("token", "revoke", "4711", "--account", "acme"),
]


@pytest.mark.parametrize("command", REFUSED, ids=" ".join)
def test_what_was_refused_is_not_told_as_done(audited: Audited, command: tuple[str, ...]) -> None:
    before = [audited.acme(), audited.entries(PLATFORM)]
    audited.line.refused(*command)

    assert all(before)
    assert [audited.acme(), audited.entries(PLATFORM)] == [[], []]


def test_a_moderator_is_made_by_the_operator_or_not_at_all(
    audited: Audited, database_url: str
) -> None:
    mo = audited.make_user(MO)
    audited.entries(PLATFORM)

    async def make(fault: Exception | None) -> str | None:
        """Make Mo a moderator, unless there is a fault afterwards; return Mo's role then."""
        db = await open_database(database_url)
        with suppress(KeyError):
            async with db.write() as tx:
                await moderators.appoint(tx, mo, NOW)
                if fault is not None:
                    raise fault
        async with db.read() as reader:
            role: str | None = await reader.value(
                "select platform_role from users where id = :id", id=mo
            )
        await db.close()
        return role

    with asyncio.Runner() as runner:
        assert runner.run(make(KeyError())) is None
        assert audited.entries(PLATFORM) == []
        assert runner.run(make(None)) == "moderator"
    (entry,) = audited.entries(PLATFORM)

    assert told([entry]) == [("user.role_changed", "operator", mo, "")]
    assert (entry.subject, entry.at) == ("moderator of the platform", NOW)
