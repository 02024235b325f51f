"""What holds for every command: help with an example, `--json` where data is printed, statuses."""

from collections.abc import Iterator

import click
import pytest

from grantway.cli import main
from tests.integration.cli.command_line import CommandLine

PRINTS_NO_DATA = {"demo", "serve", "key new-secret"}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Return every command that does something, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_helps_with_a_sentence_and_an_example_of_itself(words: str) -> None:
    shown = CommandLine().done(*words.split(), "--help")

    assert "Example:" in shown
    assert f"grantway {words}" in shown.partition("Example:")[2]


@pytest.mark.parametrize("words", [words for words in COMMANDS if words not in PRINTS_NO_DATA])
def test_every_command_that_prints_data_prints_json(words: str) -> None:
    assert "--json" in CommandLine().done(*words.split(), "--help")


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_says_what_it_is_for(words: str) -> None:
    options = [one for one in COMMANDS[words].params if isinstance(one, click.Option)]
    # A choice of words or the name of an account explains itself.
    silent = [
        one.opts[-1]
        for one in options
        if not one.help and not isinstance(one.type, click.Choice) and one.metavar is None
    ]

    assert [name for name in silent if name not in {"--name", "--description"}] == [
        name for name in silent if name in {"--language", "--timezone"}
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("token", "nonsense"),
        ("token", "create", "--nonsense"),
        ("token", "create"),
        ("demo", "--port", "many"),
    ],
)
def test_wrong_use_is_status_2_and_points_to_the_help(arguments: tuple[str, ...]) -> None:
    result = CommandLine().run(*arguments)

    assert result.exit_code == 2
    assert "--help" in result.stderr


def test_without_a_platform_a_command_says_which_settings_are_missing() -> None:
    result = CommandLine().run(
        "account", "list", GRANTWAY_DATABASE=None, GRANTWAY_SECRET_KEY=None, GRANTWAY_DOMAIN=None
    )

    assert result.exit_code == 2
    for variable in ("GRANTWAY_DATABASE", "GRANTWAY_SECRET_KEY", "GRANTWAY_DOMAIN"):
        assert f"{variable} is not set" in result.stderr


def test_the_version_is_told() -> None:
    assert CommandLine().done("--version").startswith("grantway, version ")
