"""What the consent page says, in its languages."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

_FOLDER = Path(__file__).parent / "words"


class Words:
    """The texts of one language by name, filled in safely."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts

    def __call__(self, name: str, /, **values: object) -> Markup:
        """Return the text with *values* set off in bold, whatever they contain (S-13).

        >>> str(words("en")("page.by", owner="<Dana>"))
        'by <strong>&lt;Dana&gt;</strong>'
        """
        set_off = {key: Markup("<strong>{}</strong>").format(one) for key, one in values.items()}
        return Markup(self.texts[name]).format(**set_off)  # noqa: S704 - the texts are our own

    def plain(self, name: str, /, **values: object) -> str:
        """Return the text as it stands, for titles."""
        return self.texts[name].format(**values)

    def has(self, name: str) -> bool:
        return name in self.texts


@functools.cache
def words(language: str) -> Words:
    """Return the words of *language*."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return Words(language, dict(_flat(tomllib.load(file))))


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value
