"""Texts that name parts of the code must name parts that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_SYMBOL = re.compile(r"`([A-Za-z_]+(?:\.[a-z_]+)?)`")

# In the same marks, but no names of the code.
_OF_THE_WEB = {"Secure", "HttpOnly", "SameSite", "__Host"}


def symbols(text: str) -> set[str]:
    """Return the names of classes, functions and constants that *text* sets in code marks.

    >>> sorted(symbols("`Bearers.accept` calls `find_standing`; see `make demo`"))
    ['Bearers.accept', 'find_standing']
    """
    return set(_SYMBOL.findall(text)) - _OF_THE_WEB


def test_the_security_text_names_symbols_that_exist() -> None:
    source = "\n".join(path.read_text() for path in sorted((ROOT / "src").rglob("*.py")))
    named = symbols((ROOT / "SECURITY.md").read_text())
    missing = {
        symbol
        for symbol in named
        if not all(re.search(rf"\b{part}\b", source) for part in symbol.split("."))
    }

    assert len(named) > 10
    assert missing == set()


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_between_our_pages_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text()
    targets = {target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)}
    local = {target for target in targets if target and "://" not in target}

    assert {target for target in local if not (ROOT / target).exists()} == set()
