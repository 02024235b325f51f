"""Every snippet that claims to run is run, against a real demo."""

import ast
import json
from pathlib import Path

import pytest

from tests.docs.conftest import PlaceOf
from tests.docs.pages import PAGES, ROOT, name, snippets
from tests.docs.walking import walk

WALKS = [page for page in PAGES if any(one.is_run for one in snippets(page.read_text()))]
FOR_READERS = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", WALKS, ids=name)
def test_a_page_works_as_written(place_of: PlaceOf, page: Path) -> None:
    assert walk(place_of(page), snippets(page.read_text())) == []


def test_the_walks_are_those_of_the_readme_the_tutorial_and_the_how_tos() -> None:
    names = {name(page) for page in WALKS}

    assert {"README.md", "docs/tutorial/first-integration.md"} <= names
    assert len(names) >= 8


def test_a_command_that_fails_and_an_output_that_does_not_come_are_seen(place_of: PlaceOf) -> None:
    page = ROOT / "docs" / "how-to" / "watch.md"
    place = place_of(page)
    honest = "```sh run\necho one\n```\n```text output\none\n```\n"

    assert walk(place, snippets(honest)) == []
    assert len(walk(place, snippets(honest.replace("\none\n```\n", "\ntwo\n```\n")))) == 1
    assert len(walk(place, snippets(honest + "```sh run\nfalse\n```\n"))) == 1


@pytest.mark.parametrize("page", FOR_READERS, ids=name)
def test_what_is_shown_as_code_can_be_read_as_code(page: Path) -> None:
    for one in snippets(page.read_text()):
        if one.language == "json":
            json.loads(one.text)
        if one.language == "python":
            assert one.file, f"line {one.line}: no test runs this; name a file"
            ast.parse(one.text)
        if one.language in {"js", "php"}:
            assert one.file, f"line {one.line}: no test runs this; name a file"
