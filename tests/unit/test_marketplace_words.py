# ruff: noqa: RUF001 - words of languages have their own letters
"""The Marketplace says the same in each of its languages."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from grantway.integrations.model import LANGUAGES as SPOKEN
from grantway.integrations.scopes import OFFERED
from grantway.marketplace.categories import CATEGORIES
from grantway.marketplace.model import MOST_COUNTED, Page
from grantway.marketplace.words import words as words_in
from grantway.web.listings.showing import Shelves, shown_shelf
from grantway.web.listings.words import FORMS, LANGUAGES, words

ENGLISH = words("en").texts
WEB = Path(str(files("grantway.web")))
_FORM = re.compile(r"^(count\..+)_(\w+)$")


def holes(texts: dict[str, str]) -> dict[str, list[str]]:
    """Return what is filled in, by text; forms of one noun are one text."""
    return {
        _FORM.sub(r"\1", name): sorted(re.findall(r"\{\w+\}", text)) for name, text in texts.items()
    }


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_language_says_everything_with_the_same_values(language: str) -> None:
    texts = dict(words(language).texts)

    assert holes(texts) == holes(dict(ENGLISH))
    assert all(text.strip(" ") for text in texts.values())
    assert len(texts["format.months"].split()) == 12


def test_no_text_waits_for_a_page_that_shows_it() -> None:
    pages = (one for one in WEB.rglob("*") if one.suffix in {".py", ".html"})
    source = "".join(one.read_text() for one in pages)
    asked_for = {_FORM.sub(r"\1", name) for name in ENGLISH if not name.startswith("scope.")}

    assert [name for name in sorted(asked_for) if name not in source] == []


def test_where_it_is_installed_is_said_behind_its_label_in_russian() -> None:
    say = words("ru")
    said = [say.count("count.installs", amount) for amount in (1, 3, 5, 21)]

    assert say("listing.installs") == "Установлена в"
    assert said == ["1 аккаунте", "3 аккаунтах", "5 аккаунтах", "21 аккаунте"]


def test_there_is_a_catalogue_for_whatever_integrations_may_speak() -> None:
    assert dict(LANGUAGES) == dict(SPOKEN)
    assert set(FORMS) == set(SPOKEN)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_noun_has_the_forms_of_its_language_and_no_others(language: str) -> None:
    forms: dict[str, set[str]] = {}
    for name in words(language).texts:
        if found := _FORM.match(name):
            forms.setdefault(found[1], set()).add(found[2])
    needed = {FORMS[language](amount) for amount in range(200)}

    assert {name: sorted(said) for name, said in forms.items()} == dict.fromkeys(
        forms, sorted(needed)
    )
    assert len(forms) == 4


@pytest.mark.parametrize(
    ("language", "amount", "text"),
    [
        *(("en", 0, "0 reviews"), ("en", 1, "1 review"), ("en", 21, "21 reviews")),
        *(("ru", 0, "0 отзывов"), ("ru", 1, "1 отзыв"), ("ru", 2, "2 отзыва")),
        *(("ru", 4, "4 отзыва"), ("ru", 5, "5 отзывов"), ("ru", 11, "11 отзывов")),
        *(("ru", 12, "12 отзывов"), ("ru", 14, "14 отзывов"), ("ru", 21, "21 отзыв")),
        *(("ru", 22, "22 отзыва"), ("ru", 111, "111 отзывов"), ("ru", 114, "114 отзывов")),
        *(("ru", 101, "101 отзыв"), ("ru", 1_002, "1\u00a0002 отзыва")),
        *(("tr", 1, "1 yorum"), ("tr", 12_345, "12.345 yorum")),
        *(("id", 1, "1 ulasan"), ("id", 2_000, "2.000 ulasan")),
    ],
)
def test_a_noun_behind_a_number_has_its_form(language: str, amount: int, text: str) -> None:
    assert words(language).count("count.reviews", amount) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("id", "1 Jan 1970"), ("tr", "1 Oca 1970"), ("ru", "1 янв. 1970 г."), ("en", "1 Jan 1970")],
)
def test_days_are_written_as_people_write_them(language: str, text: str) -> None:
    assert words(language).day(0).striptags() == text
    assert words(language).stars(4.5) == ("4.5" if language == "en" else "4,5")


def test_every_scope_and_every_category_has_words() -> None:
    assert {f"scope.{name}.title" for name in OFFERED} <= set(ENGLISH)
    assert all(set(LANGUAGES) == set(names) for names in CATEGORIES.values())
    for code in LANGUAGES:
        assert len({names[code] for names in CATEGORIES.values()}) == len(CATEGORIES)


@pytest.mark.parametrize(
    "alike",
    [
        ("KARGO TAKİBİ", "kargo takibi", "Kargo Takıbı", "KARGO TAKIBI"),
        ("IŞIK", "ışık", "isik", "İŞİK"),
        ("ŞİŞLİ ÖĞÜN", "sisli ogun"),
        ("Tel Bold", "℡ 𝐁𝐨𝐥𝐝", "ＴＥＬ ＢＯＬＤ"),
        ("Счёт и учёт", "СЧЕТ И УЧЕТ", "счет и учет"),
    ],
)
def test_letters_of_one_alphabet_that_people_exchange_are_one(alike: tuple[str, ...]) -> None:
    assert {tuple(words_in(text)) for text in alike} == {tuple(words_in(alike[0]))}


def test_other_letters_stay_apart() -> None:
    assert words_in("Шар") != words_in("Щар")
    assert words_in("Сар") != words_in("Cap")  # the first one in Cyrillic


@pytest.mark.parametrize(
    ("language", "found", "text"),
    [
        ("en", 1, "1 integration found"),
        ("ru", 22, "Найдены 22 интеграции"),
        ("tr", MOST_COUNTED, "100 entegrasyon bulundu"),
        ("en", MOST_COUNTED + 1, "More than 100 integrations found"),
        ("ru", MOST_COUNTED + 1, "Найдено более 100 интеграций"),
        ("id", MOST_COUNTED + 1, "Lebih dari 100 integrasi ditemukan"),
        ("es", None, ""),
    ],
)
def test_a_search_tells_how_many_it_found_as_far_as_anybody_counted(
    language: str, found: int | None, text: str
) -> None:
    shelf = shown_shelf(Page([], found=found), {}, Shelves("/marketplace", language), query="x")

    assert shelf["found"] == text
