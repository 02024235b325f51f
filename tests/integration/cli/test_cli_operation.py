"""`grantway migrate`, `key`, `settings` and `doctor`: what an operator does before serving."""

import base64
import json
from pathlib import Path

import apsw
import pytest

from grantway.db.migrations import migrations
from grantway.settings import SETTINGS
from tests.integration.cli.command_line import SECRET_KEY, CommandLine
from tools.valkey import Server

OTHER_KEY = base64.b64encode(bytes(range(100, 132))).decode()


@pytest.fixture
def fresh(tmp_path: Path) -> CommandLine:
    """Return the command line of a database that does not exist yet."""
    return CommandLine(
        {
            "GRANTWAY_DATABASE": f"sqlite:///{tmp_path / 'grantway.db'}",
            "GRANTWAY_SECRET_KEY": SECRET_KEY,
            "GRANTWAY_DOMAIN": "grantway.test",
        }
    )


def test_migrating_takes_every_step_once(fresh: CommandLine) -> None:
    names = [f"{step.version:04} {step.name}" for step in migrations()]

    assert fresh.json("migrate") == {"taken": names}
    assert fresh.json("migrate") == {"taken": []}
    assert fresh.done("migrate") == "The database has the current schema.\n"


def test_an_old_schema_is_refused_and_the_error_names_the_command(fresh: CommandLine) -> None:
    error = fresh.refused("account", "list")

    assert error == "the database is not up to date: run `grantway migrate`"
    assert fresh.refused("serve") == error


def test_a_newer_schema_is_refused(fresh: CommandLine, tmp_path: Path) -> None:
    fresh.done("migrate")
    with apsw.Connection(str(tmp_path / "grantway.db")) as connection:
        connection.execute("insert into schema_migrations values (9999, 'of the future')")
    error = "the database is newer than this program: install the newer version"

    assert fresh.refused("migrate") == error
    assert fresh.refused("account", "list") == error
    assert fresh.refused("serve") == error


def test_the_first_signing_key_is_made_once(empty_platform: CommandLine) -> None:
    assert "grantway key create" in empty_platform.done("key", "list")
    made = empty_platform.json("key", "create")
    (listed,) = empty_platform.json("key", "list")

    assert made["state"] == "active"
    assert {name: listed[name] for name in made} == made
    assert "there is a signing key already" in empty_platform.refused("key", "create")


def test_a_new_secret_is_a_value_for_the_setting_and_another_at_every_call() -> None:
    first, second = (CommandLine().done("key", "new-secret").strip() for _ in range(2))

    assert first != second
    assert len(base64.b64decode(first, validate=True)) == 32


def test_settings_are_all_listed_and_secrets_are_not_shown(empty_platform: CommandLine) -> None:
    shown = {one["setting"]: one for one in empty_platform.json("settings")}

    assert list(shown) == [one.variable for one in SETTINGS]
    assert shown["GRANTWAY_SECRET_KEY"]["value"] == "(set)"
    assert shown["GRANTWAY_DATABASE"]["value"] == "(set)"
    assert shown["GRANTWAY_DOMAIN"]["value"] == "grantway.test"
    assert SECRET_KEY not in empty_platform.done("settings")


def test_the_doctor_finds_nothing_wrong_with_a_sound_platform(empty_platform: CommandLine) -> None:
    empty_platform.done("key", "create")

    assert {one["problem"] for one in empty_platform.json("doctor")} == {None}
    assert "WRONG" not in empty_platform.done("doctor")


@pytest.mark.parametrize(
    ("changes", "check", "problem"),
    [
        ({"GRANTWAY_SECRET_KEY": OTHER_KEY}, "signing key", "not the key that sealed it"),
        ({"GRANTWAY_SCHEME": "http"}, "addresses", "GRANTWAY_SCHEME=https"),
        ({"GRANTWAY_DOMAIN": None}, "settings", "GRANTWAY_DOMAIN is not set"),
        ({"GRANTWAY_DOMIAN": "a.test"}, "settings", "GRANTWAY_DOMIAN is no setting"),
        ({"GRANTWAY_PORT": "high"}, "settings", "write a whole number from 0 to 65535"),
        ({"GRANTWAY_SECRET_KEY": "AAAA"}, "settings", "a key has 32 bytes"),
        ({"GRANTWAY_DATABASE": "mysql://db"}, "settings", "write sqlite:////path/to/file"),
        (
            {"GRANTWAY_DATABASE": "postgresql://grantway@127.0.0.1:9/grantway"},
            "database",
            "cannot be reached",
        ),
        ({"GRANTWAY_DATABASE": "sqlite:////nowhere/at/all.db"}, "schema", "grantway migrate"),
        ({"GRANTWAY_LIMITS_SERVER": "http://127.0.0.1"}, "settings", "write valkey://host:6379/0"),
        ({"GRANTWAY_LIMITS_SERVER": "redis://127.0.0.1/x"}, "settings", "write valkey://host"),
        ({"GRANTWAY_LIMITS_SERVER": "redis://127.0.0.1:9/0"}, "limits server", "127.0.0.1:9"),
    ],
)
def test_the_doctor_names_what_is_wrong_and_exits_with_1(
    empty_platform: CommandLine, changes: dict[str, str | None], check: str, problem: str
) -> None:
    empty_platform.done("key", "create")
    result = empty_platform.run("doctor", "--json", **changes)
    found = {one["check"]: one["problem"] for one in json.loads(result.stdout)}

    assert result.exit_code == 1
    assert problem in found[check]
    assert empty_platform.run("doctor", **changes).exit_code == 1


def test_the_doctor_asks_the_limits_server(
    empty_platform: CommandLine, limits_server: Server
) -> None:
    empty_platform.done("key", "create")
    found = empty_platform.run("doctor", "--json", GRANTWAY_LIMITS_SERVER=limits_server.url)

    assert found.exit_code == 0
    assert {"check": "limits server", "problem": None} in json.loads(found.stdout)


@pytest.mark.parametrize("command", ["migrate", "account list", "key create", "serve"])
@pytest.mark.parametrize(
    "database",
    ["postgresql://grantway@127.0.0.1:9/grantway", "sqlite:////nowhere/at/all.db"],
)
def test_a_database_out_of_reach_is_told_in_one_line(
    fresh: CommandLine, command: str, database: str
) -> None:
    fresh.settings["GRANTWAY_DATABASE"] = database

    assert fresh.refused(*command.split()) != ""


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--data", "/nowhere"), "--data: there is no folder /nowhere"),
        (("--data", "/"), "--data: no demo was ever started in /"),
        (("--database", "mysql://db"), "write sqlite:////path/to/file"),
    ],
)
def test_a_platform_that_is_none_is_wrong_use(
    fresh: CommandLine, arguments: tuple[str, ...], error: str
) -> None:
    result = fresh.run("account", "list", *arguments)

    assert result.exit_code == 2
    assert error in result.stderr


def test_a_folder_where_no_demo_was_is_left_as_it_was(fresh: CommandLine, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    fresh.run("account", "list", "--data", str(tmp_path))

    assert sorted(tmp_path.iterdir()) == before
