"""What our texts name exists: files, links, commands, settings, targets of make."""

import re
from pathlib import Path

import pytest

from grantway.cli import main as command_line
from grantway.settings import SETTINGS
from tests.docs.pages import PAGES, ROOT, broken_links, name
from tools.reference import all_commands

_PATH = re.compile(
    r"`((?:src|docs|tests|tools|frontend|requirements|benchmarks|examples)/[^`\s*…]*)`"
)
_COMMAND = re.compile(
    r"(?:^|[`(/\s])(?<!-C )grantway ([a-z][a-z-]*(?: [a-z][a-z-]*){0,2})", re.MULTILINE
)
_SETTING = re.compile(r"\bGRANTWAY_[A-Z_]+\b")
_TARGET = re.compile(r"(?:`|^)make (?:-C grantway )?([a-z-]+)", re.MULTILINE)


def _beginnings(words: str) -> list[str]:
    """Return the first word, the first two, and so on."""
    parts = words.split()
    return [" ".join(parts[:n]) for n in range(1, len(parts) + 1)]


COMMANDS = {words.removeprefix("grantway ") for words, _ in all_commands(command_line)}
GROUPS = {one for words in COMMANDS for one in _beginnings(words)} - COMMANDS
VARIABLES = {one.variable for one in SETTINGS}


def unknown_paths(text: str) -> set[str]:
    # What is built or written by a command is not there yet; it is named in .gitignore.
    made = ("src/grantway/web/assets/vendor", "frontend/node_modules")
    return {
        path
        for path in _PATH.findall(text)
        if not (ROOT / path).exists() and not path.startswith(made)
    }


def unknown_commands(text: str) -> set[str]:
    found = set()
    for words in _COMMAND.findall(text):
        beginnings = _beginnings(words)
        if not COMMANDS.intersection(beginnings) and words not in GROUPS:
            # Of more words only as many as it takes to see that it is none.
            found.add(next((one for one in beginnings if one not in GROUPS), words))
    return found


def unknown_settings(text: str) -> set[str]:
    # A name that ends with an underscore speaks of all of them.
    return {one for one in _SETTING.findall(text) if not one.endswith("_")} - VARIABLES


def unknown_targets(text: str) -> set[str]:
    makefile = (ROOT / "Makefile").read_text()
    return set(_TARGET.findall(text)) - set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_names_nothing_that_is_not_there(page: Path) -> None:
    text = page.read_text()

    assert broken_links(page, text) == set()
    assert unknown_paths(text) == set()
    assert unknown_commands(text) == set()
    assert unknown_settings(text) == set()
    assert unknown_targets(text) == set()


def test_what_is_not_there_is_seen() -> None:
    page = ROOT / "README.md"

    assert broken_links(page, "[x](docs/nothing.md) [y](#nowhere)") == {
        "docs/nothing.md",
        "#nowhere",
    }
    assert broken_links(page, "# Here\n[x](LICENSE) [y](#here)") == set()
    assert unknown_paths("`src/grantway/nothing.py` `src/grantway/app.py`") == {
        "src/grantway/nothing.py"
    }
    assert unknown_commands("`grantway token burn`, `grantway fly`, `grantway token list`") == {
        "token burn",
        "fly",
    }
    nested = "`grantway integration texts`, `grantway integration texts list it`"
    assert unknown_commands(f"{nested}, `grantway integration texts burn`") == {
        "integration texts burn"
    }
    assert unknown_settings("GRANTWAY_WINGS GRANTWAY_PORT GRANTWAY_") == {"GRANTWAY_WINGS"}
    assert unknown_targets("`make tea`, `make demo`") == {"tea"}


def test_every_how_to_and_explanation_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    unlinked = [
        name(page)
        for kind in ("tutorial", "how-to", "explanation")
        for page in sorted((ROOT / "docs" / kind).glob("*.md"))
        if f"({name(page)})" not in readme
    ]

    assert unlinked == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=name)
def test_a_decision_fits_on_a_screen_and_says_what_enforces_it(page: Path) -> None:
    text = page.read_text()
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)

    assert re.match(rf"# {int(page.name[:4])}\. ", text)
    assert "Status: accepted" in text
    assert parts == ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]
    assert len(text.splitlines()) <= 60
