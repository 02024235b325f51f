"""The consent page says the same in each of its languages."""

import re

import pytest

from grantway.installing import model as installing
from grantway.integrations.scopes import OFFERED
from grantway.oauth.consent_model import Reason
from grantway.web.consent_way import LANGUAGES, leads_to_consent
from grantway.web.control import installing_pages
from grantway.web.control.consent_pages import STATUSES
from grantway.web.control.consent_words import words

ENGLISH = words("en").texts


@pytest.mark.parametrize("language", sorted(set(LANGUAGES.values())))
def test_every_language_says_everything_with_the_same_values(language: str) -> None:
    texts = words(language).texts
    values = {name: sorted(re.findall(r"\{\w+\}", text)) for name, text in texts.items()}

    assert values == {name: sorted(re.findall(r"\{\w+\}", text)) for name, text in ENGLISH.items()}
    assert all(text.strip() for text in texts.values())


def test_every_scope_and_every_refusal_has_words() -> None:
    assert {f"scope.{name}.title" for name in OFFERED} <= set(ENGLISH)
    assert {f"refused.{reason}.title" for reason in Reason} <= set(ENGLISH)
    assert set(STATUSES) == set(Reason)
    assert all(400 <= status < 500 for status in STATUSES.values())


def test_every_reason_not_to_install_has_words() -> None:
    parts = ("title", "words", "next")
    said = {f"install.refused.{reason}.{part}" for reason in installing.Reason for part in parts}

    assert said <= set(ENGLISH)
    assert set(installing_pages.STATUSES) == set(installing.Reason)
    assert all(400 <= status < 500 for status in installing_pages.STATUSES.values())


@pytest.mark.parametrize(
    "path", ["/oauth2/access_token", "/oauthx", "/xx/oauth", "//oauth", "/accounts/oauth"]
)
def test_other_paths_do_not_keep_the_opener(path: str) -> None:
    assert not leads_to_consent(path)
