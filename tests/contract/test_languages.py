"""The language that a person reads."""

import pytest

from grantway import audit
from grantway.accounts import service as accounts
from grantway.accounts.errors import FieldRefused, UserNotFound
from grantway.accounts.model import LANGUAGES
from grantway.audit import EntryRow
from grantway.audit.model import PLATFORM
from grantway.db import Database
from tests.contract.integration_cast import NOW, People, open_people

REFUSED = {
    "fr": "fr",
    "ES": "ES",
    "pt-BR": "pt-BR",
    "": "no code of a language",
    "<b>es</b>": "no code of a language",
    "e" * 21: "no code of a language",
}


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def reads(people: People) -> tuple[str, str]:
    """Return what Alice reads, and what her neighbour does."""
    async with people.db.read() as reader:
        alice = await accounts.user_by_id(reader, people.alice.user_id)
        bob = await accounts.user_by_id(reader, people.bob.user_id)
    return alice.language, bob.language


async def entries(people: People) -> list[EntryRow]:
    async with people.db.read() as reader:
        page = await audit.entries(reader, PLATFORM, limit=50)
    return [one for one in page.entries if one.event == "user.language_changed"]


async def choose(people: People, language: str) -> str:
    async with people.db.write() as tx:
        user = await accounts.set_language(
            tx, people.alice.user_id, language, actor="user", source="192.0.2.1", now=NOW + 5
        )
    return user.language


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
async def test_a_person_reads_another_language_and_nobody_else_does(
    people: People, language: str
) -> None:
    assert await choose(people, language) == language

    assert await reads(people) == (language, "en")
    (entry,) = await entries(people)
    assert (entry.actor, entry.user_id, entry.source, entry.at, entry.subject) == (
        "user",
        people.alice.user_id,
        "192.0.2.1",
        NOW + 5,
        f"language en to {language}",
    )


async def test_the_language_that_one_has_is_no_change(people: People) -> None:
    assert await choose(people, "en") == "en"

    assert await entries(people) == []


@pytest.mark.parametrize(("language", "came"), REFUSED.items())
async def test_another_language_than_the_platforms_is_refused(
    people: People, language: str, came: str
) -> None:
    expected = f"language: expected one of en, es, pt, id, tr, ru, and {came} came"
    with pytest.raises(FieldRefused) as refused:
        await choose(people, language)
    with pytest.raises(FieldRefused) as not_made:
        async with people.db.write() as tx:
            await accounts.create_user(
                tx,
                email="eve@acme.example",
                name="Eve",
                password_hash=None,
                now=NOW,
                language=language,
            )

    assert refused.value.detail == not_made.value.detail == expected
    assert await reads(people) == ("en", "en")
    assert await entries(people) == []


async def test_nobody_reads_nothing(people: People) -> None:
    async with people.db.write() as tx:
        with pytest.raises(UserNotFound):
            await accounts.set_language(tx, 4711, "es", actor="operator", now=NOW)
