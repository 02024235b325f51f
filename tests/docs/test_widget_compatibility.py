"""The page about widgets says of nothing that it works without a test that shows it."""

import ast
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from tools.widget_compatibility import ROOT, Group, Item, groups, proofs

GROUPS = groups()
ALL = [(group, item) for group in GROUPS for item in group.items]
PROOFS = proofs()


@cache
def functions_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def is_shown(group: Group, item: Item) -> bool:
    return group.tag(item) in PROOFS or bool(item.server)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_what_works_is_shown_and_what_is_not_there_is_not(group: Group) -> None:
    there = [item for item in group.items if item.state != "not yet"]
    absent = [item for item in group.items if item.state == "not yet"]

    assert [one.id for one in there if not is_shown(group, one)] == []
    assert [one.id for one in absent if is_shown(group, one)] == []
    assert [one.id for one in group.items if one.partly and one.not_yet] == []


def test_every_item_stands_once_and_every_proof_is_of_an_item() -> None:
    tags = [group.tag(item) for group, item in ALL]

    assert len(set(tags)) == len(tags)
    assert set(PROOFS) - set(tags) == set()


def test_every_test_that_is_named_is_there() -> None:
    named = {one for _, item in ALL for one in item.server}
    sources = {f"websdk/tests/{file}" for file in chain.from_iterable(PROOFS.values())}
    missing = [
        one
        for one in named
        if one.partition("::")[2] not in functions_in(ROOT / one.partition("::")[0])
    ]

    assert missing == []
    assert [one for one in sources if not (ROOT / one).is_file()] == []


def test_what_is_missing_is_said_in_a_sentence() -> None:
    lacks = [item.partly or item.not_yet for _, item in ALL if item.state != "works"]

    assert [words for words in lacks if not words.endswith(".")] == []
