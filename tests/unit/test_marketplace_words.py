"""The Marketplace says the same in each of its languages."""

import re

import pytest

from grantway.integrations.scopes import OFFERED
from grantway.marketplace.categories import CATEGORIES
from grantway.web.listings.words import LANGUAGES, words

ENGLISH = words("en").texts


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_language_says_everything_with_the_same_values(language: str) -> None:
    texts = words(language).texts
    values = {name: sorted(re.findall(r"\{\w+\}", text)) for name, text in texts.items()}

    assert values == {name: sorted(re.findall(r"\{\w+\}", text)) for name, text in ENGLISH.items()}
    assert all(text.strip() for text in texts.values())
    assert len(texts["format.months"].split()) == 12


def test_every_scope_and_every_category_has_words() -> None:
    assert {f"scope.{name}.title" for name in OFFERED} <= set(ENGLISH)
    assert all(set(LANGUAGES) <= set(names) for names in CATEGORIES.values())
