"""The reference is what the program says of itself, and names everything."""

from collections.abc import Iterator
from typing import Any

import pytest

from grantway.audit import Event
from grantway.cli import main as command_line
from grantway.settings import SETTINGS
from tests.demos import RunningDemo
from tools.reference import FOLDER, all_commands, log_events, pages
from tools.reference_words import EVENTS, LOG_EVENTS, READY_FILE

PAGES = pages()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_what_the_generator_writes(page: str) -> None:
    assert (FOLDER / page).read_text() == PAGES[page], "run `python -m tools.reference`"


def test_there_is_no_page_that_nobody_writes() -> None:
    assert {file.name for file in FOLDER.glob("*.md")} == set(PAGES)


def test_every_event_has_a_sentence_and_every_sentence_an_event() -> None:
    assert set(EVENTS) == set(Event)
    assert set(LOG_EVENTS) == log_events()


def test_every_setting_command_and_operation_is_there(demo: RunningDemo) -> None:
    commands = [words for words, _ in all_commands(command_line)]

    assert [one for one in SETTINGS if f"`{one.variable}`" not in PAGES["settings.md"]] == []
    assert [one for one in commands if f"## {one}\n" not in PAGES["command-line.md"]] == []
    assert len(commands) > 15


def test_every_member_of_a_real_ready_file_is_told_and_no_other(demo: RunningDemo) -> None:
    assert set(members(demo.ready)) == set(READY_FILE)


def members(value: Any, path: str = "") -> Iterator[str]:
    """Return the paths of all values, with `*` for names of the demo's own choice."""
    for key, one in value.items():
        name = "*" if path in {"accounts", "integrations"} else key
        here = f"{path}.{name}".lstrip(".")
        if isinstance(one, dict):
            yield from members(one, here)
        elif isinstance(one, list):
            for item in one:
                yield from members(item, f"{here}[]")
        else:
            yield here
