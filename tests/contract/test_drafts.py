"""Drafts of public integrations: what is stored, refused, in force, and thrown away."""

from typing import Any

import msgspec
import pytest

from grantway.db import Database
from grantway.integrations import clients
from grantway.integrations import service as integrations
from grantway.integrations.errors import SettingsRefused, WrongState
from grantway.moderation import drafts
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import (
    SeenAnother,
)
from grantway.moderation.model import Content, Presentation
from grantway.moderation.states import State
from grantway.pictures import service as pictures
from grantway.pictures.reading import read
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.version_cast import (
    bring_to,
    make_draft,
    make_mo,
    newest,
    rename_owner,
)
from tests.picture_files import picture_file


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


async def test_a_draft_is_in_force_in_its_own_account(people: People) -> None:
    draft = await make_draft(people)
    main = msgspec.structs.replace(draft.content.main, name="Parcels via Dana ")
    spanish = Presentation(
        language="es", name="Paquetes via Dana", privacy_uri="https://d.example/es"
    )
    content = draft.content.with_presentation(main).with_presentation(spanish)
    content = msgspec.structs.replace(content, redirect_uri="https://parcel.example/new")
    async with people.db.write() as tx:
        saved = await drafts.save(
            tx, people.dana, draft.client_id, content, NOW + 1, seen_hash=draft.content_hash
        )
    async with people.db.read() as reader:
        record = await integrations.get_own(reader, people.dana, draft.client_id)
        shown = await clients.find_presented(reader, draft.client_id, "es")
        kept = await drafts.newest(reader, people.dana, draft.client_id)

    assert (record.name, record.redirect_uri) == ("Parcels via Dana", "https://parcel.example/new")
    assert shown is not None
    assert shown.name == "Paquetes via Dana"
    assert kept == saved
    assert kept.content.main.name == "Parcels via Dana"


async def test_a_language_that_is_taken_away_is_gone_from_the_record(people: People) -> None:
    draft = await make_draft(people)
    spanish = Presentation(language="es", name="Paquetes via Dana")
    async with people.db.write() as tx:
        both = await drafts.save(
            tx,
            people.dana,
            draft.client_id,
            draft.content.with_presentation(spanish),
            NOW,
            seen_hash=draft.content_hash,
        )
        await drafts.save(
            tx,
            people.dana,
            draft.client_id,
            both.content.without("es"),
            NOW,
            seen_hash=both.content_hash,
        )
    async with people.db.read() as reader:
        shown = await clients.find_presented(reader, draft.client_id, "es")

    assert shown is not None
    assert (shown.language, shown.name) == ("en", "Parcel tracker")


async def test_two_people_do_not_write_over_each_other(people: People) -> None:
    draft = await make_draft(people)
    first = msgspec.structs.replace(draft.content, owner_name="First")
    second = msgspec.structs.replace(draft.content, owner_name="Second")
    async with people.db.write() as tx:
        saved = await drafts.save(
            tx, people.dana, draft.client_id, first, NOW, seen_hash=draft.content_hash
        )
    async with people.db.write() as tx:
        with pytest.raises(SeenAnother):
            await drafts.save(
                tx, people.dana, draft.client_id, second, NOW, seen_hash=draft.content_hash
            )
        after = await drafts.save(
            tx, people.dana, draft.client_id, second, NOW, seen_hash=saved.content_hash
        )

    assert after.content.owner_name == "Second"


WRONG = [
    ({"redirect_uri": "http://parcel.example/agreed"}, "redirect_uri"),
    ({"scopes": ("everything",)}, "scopes"),
    ({"owner_uri": "ftp://parcel.example"}, "owner_uri"),
    ({"language": "fr"}, "language"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG)
async def test_what_cannot_be_stored_is_told_by_field(
    people: People, changes: dict[str, object], field: str
) -> None:
    draft = await make_draft(people)
    content = msgspec.structs.replace(draft.content, **changes)
    async with people.db.write() as tx:
        with pytest.raises(SettingsRefused) as refused:
            await drafts.save(
                tx, people.dana, draft.client_id, content, NOW, seen_hash=draft.content_hash
            )

    assert set(refused.value.problems) == {field}
    assert (await newest(people, draft.client_id)) == draft


@pytest.mark.parametrize(
    ("page", "field"),
    [
        ({"name": "P\u0430rcels"}, "name.es"),
        ({"name": "Paquetes", "support_email": "help@parcel"}, "support_email.es"),
        ({"name": "Paquetes", "support_uri": "http://parcel.example"}, "support_uri.es"),
        ({"name": "Paquetes", "privacy_uri": "javascript:alert(1)"}, "privacy_uri.es"),
    ],
)
async def test_what_a_further_language_says_wrongly_is_told_with_its_language(
    people: People, page: dict[str, Any], field: str
) -> None:
    draft = await make_draft(people)
    content = draft.content.with_presentation(Presentation(language="es", **page))

    assert set(drafts.problems_of(content)) == {field}
    sound = Presentation(
        language="es",
        name="Paquetes",
        support_email="help@parcel.example",
        support_uri="https://parcel.example/es",
        privacy_uri="https://parcel.example/es/privacy",
    )
    assert drafts.problems_of(draft.content.with_presentation(sound)) == {}


async def test_a_draft_shows_only_pictures_that_its_account_has_stored(people: People) -> None:
    draft = await make_draft(people)
    async with people.db.write() as tx:
        icon = await pictures.add(tx, people.dana, read(picture_file("icon"), "icon"), NOW)

    def showing(*gallery: str) -> Content:
        page = msgspec.structs.replace(draft.content.main, icon=icon, gallery=gallery)
        spanish = Presentation(language="es", name="Paquetes", logo="0" * 64 if gallery else "")
        return draft.content.with_presentation(page).with_presentation(spanish)

    with pytest.raises(SettingsRefused) as refused:
        async with people.db.write() as tx:
            await drafts.save(
                tx,
                people.dana,
                draft.client_id,
                showing("0" * 64),
                NOW,
                seen_hash=draft.content_hash,
            )
    async with people.db.write() as tx:
        saved = await drafts.save(
            tx, people.dana, draft.client_id, showing(), NOW, seen_hash=draft.content_hash
        )
        gone = await pictures.sweep(tx, NOW + 10 * 86_400)

    assert set(refused.value.problems) == {"gallery", "logo.es"}
    assert saved.content.main.icon == icon
    assert gone == 0


async def test_a_draft_that_nobody_saw_may_be_thrown_away_and_the_first_may_not(
    people: People, mo: Moderator
) -> None:
    seen = await bring_to(people, mo, State.REJECTED)
    async with people.db.write() as tx:
        added = await drafts.add_version(tx, people.dana, seen.client_id, NOW)
        await rename_owner(tx, people.dana, added)
    async with people.db.write() as tx:
        await drafts.delete_version(tx, people.dana, seen.client_id, NOW)
    async with people.db.read() as reader:
        record = await integrations.get_own(reader, people.dana, seen.client_id)
    first = await make_draft(people)
    async with people.db.write() as tx:
        with pytest.raises(WrongState):
            await drafts.delete_version(tx, people.dana, first.client_id, NOW)

    assert (await newest(people, seen.client_id)) == seen
    assert record.owner_name == seen.content.owner_name
