"""The record of a public integration (authorization.md 15 and 17; S-28, S-152, S-154)."""

import msgspec
import pytest

from grantway.db import Database
from grantway.hooks.addresses import Rules, read_target
from grantway.integrations import clients, public
from grantway.integrations import service as integrations
from grantway.integrations.errors import (
    IntegrationNotFound,
    SecretExists,
    SettingsRefused,
    TechnicalAccountNeeded,
    WrongState,
)
from grantway.integrations.model import Integration, Texts
from grantway.integrations.service import Changes
from grantway.kernel.addresses import Addresses
from grantway.kernel.errors import Forbidden
from grantway.moderation import drafts, forms, publication
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import COMPLETE, NOW, SEAL, People, open_people

SPANISH = Texts("es", "Rastreador", "Paquetes junto a tus leads", "Muestra cada paquete.", "Pulsa.")


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def make(people: People, **changes: object) -> Integration:
    async with people.db.write() as tx:
        settings = msgspec.structs.replace(COMPLETE, **changes)
        return await public.create_public(tx, people.dana, settings, NOW)


async def test_a_draft_keeps_its_whole_form(people: People) -> None:
    made = await make(people, has_widget=True)
    async with people.db.read() as reader:
        kept = await integrations.get_own(reader, people.dana, made.client_id)

    assert kept == made
    async with people.db.read() as reader:
        draft = await drafts.newest(reader, people.dana, made.client_id)
    form = msgspec.structs.replace(draft.content.settings, scopes=COMPLETE.scopes)
    assert form == msgspec.structs.replace(COMPLETE, has_widget=True)
    assert kept.scopes == "crm notifications"
    assert (kept.kind, kept.status, kept.secret_issued_at) == ("public", "draft", None)
    assert ("integration.created", made.client_id) in await audited(
        people.db, people.dana.account_id
    )


async def test_a_draft_needs_no_more_than_a_name(people: People) -> None:
    async with people.db.write() as tx:
        made = await public.create_public(
            tx, people.dana, public.PublicSettings(name="Parcel tracker"), NOW
        )

    assert (made.redirect_uri, made.scopes, made.owner_name) == (None, "", "")


async def test_only_administrators_of_technical_accounts_make_them(people: People) -> None:
    user = msgspec.structs.replace(people.dana, is_administrator=False)
    for actor, error in ((people.alice, TechnicalAccountNeeded), (user, Forbidden)):
        async with people.db.write() as tx:
            with pytest.raises(error):
                await public.create_public(tx, actor, COMPLETE, NOW)

    assert (await make(people)).status == "draft"


WRONG = {
    "name": "P\u0430rcel tracker",  # with a Cyrillic letter
    "short_description": "x" * 51,
    "description": "one\u202etwo",
    "instructions": "x" * 65_001,
    "redirect_uri": "http://localhost/agreed",
    "revoke_hook_uri": "https://user@parcel.example/",
    "owner_name": "Dana\u200bLabs",
    "owner_uri": "javascript:alert(1)",
    "privacy_uri": "https://parcel.example/#privacy",
    "scopes": ("crm", "push_notifications"),
    "language": "xx",
    "fidelity": "loose",
}


async def test_all_problems_are_told_at_once_and_nothing_is_kept(people: People) -> None:
    with pytest.raises(SettingsRefused) as refused:
        await make(people, **WRONG)

    assert refused.value.problems.keys() == WRONG.keys()
    async with people.db.read() as reader:
        assert await integrations.how_many(reader, people.dana) == 0


@pytest.mark.parametrize("field", sorted(WRONG.keys() - {"language"}))
async def test_each_wrong_field_is_refused_when_it_changes(people: People, field: str) -> None:
    made = await make(people)
    wrong = msgspec.structs.replace(COMPLETE, **{field: WRONG[field]})
    better = msgspec.structs.replace(
        COMPLETE, name="Parcels", redirect_uri="https://p.example/?a=b"
    )
    async with people.db.write() as tx:
        with pytest.raises(SettingsRefused) as refused:
            await forms.write_settings(tx, people.dana, made.client_id, wrong, NOW)
        changed = await forms.write_settings(tx, people.dana, made.client_id, better, NOW + 1)

    assert list(refused.value.problems) == [field]
    assert (changed.name, changed.redirect_uri) == ("Parcels", "https://p.example/?a=b")
    assert changed.updated_at == NOW + 1


async def test_strangers_and_users_change_nothing(people: People) -> None:
    made = await make(people)
    user = msgspec.structs.replace(people.dana, is_administrator=False)
    for actor, error in ((people.alice, IntegrationNotFound), (user, Forbidden)):
        async with people.db.write() as tx:
            for change in (
                forms.write_settings(tx, actor, made.client_id, COMPLETE, NOW),
                forms.write_texts(tx, actor, made.client_id, SPANISH, NOW),
                forms.remove_language(tx, actor, made.client_id, "es", NOW),
                forms.make_main_language(tx, actor, made.client_id, "es", NOW),
                forms.texts_of(tx, actor, made.client_id),
                integrations.generate_secret(tx, actor, made.client_id, SEAL, NOW),
                integrations.delete(tx, actor, made.client_id, NOW),
            ):
                with pytest.raises(error):
                    await change

    async with people.db.write() as tx:
        await forms.write_texts(tx, people.dana, made.client_id, SPANISH, NOW)


async def test_further_languages_have_texts_of_their_own(people: People) -> None:
    made = await make(people)
    dana, client_id = people.dana, made.client_id
    better = msgspec.structs.replace(SPANISH, name="Paquetes")
    async with people.db.write() as tx:
        await forms.write_texts(tx, dana, client_id, SPANISH, NOW)
        await forms.write_texts(tx, dana, client_id, better, NOW)
        spoken = await forms.texts_of(tx, dana, client_id)
        with pytest.raises(SettingsRefused) as refused:
            await forms.write_texts(tx, dana, client_id, Texts("en", "", "x" * 51, "\x00", ""), NOW)

    assert spoken == [COMPLETE.texts, better]
    assert refused.value.problems.keys() == {
        *("language", "name", "short_description", "description"),
    }


async def test_the_main_language_stays_until_another_takes_its_place(people: People) -> None:
    made = await make(people)
    dana, client_id = people.dana, made.client_id
    async with people.db.write() as tx:
        with pytest.raises(WrongState):
            await forms.remove_language(tx, dana, client_id, "en", NOW)
        with pytest.raises(SettingsRefused):
            await forms.make_main_language(tx, dana, client_id, "es", NOW)
        await forms.write_texts(tx, dana, client_id, SPANISH, NOW)
        changed = await forms.make_main_language(tx, dana, client_id, "es", NOW)
        spoken = await forms.texts_of(tx, dana, client_id)
        assert await forms.remove_language(tx, dana, client_id, "en", NOW)
        assert not await forms.remove_language(tx, dana, client_id, "en", NOW)

    assert (changed.language, changed.name) == ("es", "Rastreador")
    assert changed.redirect_uri == made.redirect_uri
    assert spoken == [SPANISH, COMPLETE.texts]


async def test_a_published_one_is_not_changed(people: People) -> None:
    made = await make(people)
    dana, client_id = people.dana, made.client_id
    async with people.db.write() as tx:
        await publication.publish_unreviewed(tx, client_id, NOW)
        for change in (
            forms.write_settings(tx, dana, client_id, COMPLETE, NOW),
            forms.write_texts(tx, dana, client_id, SPANISH, NOW),
            forms.remove_language(tx, dana, client_id, "es", NOW),
            forms.make_main_language(tx, dana, client_id, "es", NOW),
            forms.edit(tx, dana, client_id, Changes(scopes=["files"]), NOW),
        ):
            with pytest.raises(WrongState):
                await change
        # Nobody agreed to how the dialect is read.
        strict = await forms.edit(tx, dana, client_id, Changes(fidelity="strict"), NOW)
        await drafts.add_version(tx, dana, client_id, NOW)
        same = await forms.edit(tx, dana, client_id, Changes(owner_name="D. Labs"), NOW)
        await publication.publish_unreviewed(tx, client_id, NOW)
        changed = await integrations.get_own(tx, dana, client_id)

    assert (strict.fidelity, same.owner_name) == ("strict", "Dana Labs")
    assert (changed.fidelity, changed.owner_name) == ("strict", "D. Labs")


async def test_fields_of_public_ones_are_not_given_to_private_ones(people: People) -> None:
    async with people.db.write() as tx:
        private = await integrations.create_private(tx, people.dana, NOW)
        with pytest.raises(SettingsRefused) as refused:
            await forms.edit(
                tx, people.dana, private.client_id, Changes(owner_name="x", name="y"), NOW
            )
        with pytest.raises(IntegrationNotFound):
            await forms.write_settings(tx, people.dana, private.client_id, COMPLETE, NOW)
        changed = await forms.edit(tx, people.dana, private.client_id, Changes(name="y"), NOW)

    assert list(refused.value.problems) == ["owner_name"]
    assert changed.name == "y"


async def test_it_introduces_itself_in_the_users_language_or_its_main_one(people: People) -> None:
    made = await make(people)
    async with people.db.write() as tx:
        await forms.write_texts(tx, people.dana, made.client_id, SPANISH, NOW)
    async with people.db.read() as reader:
        spanish = await clients.find_presented(reader, made.client_id, "es")
        other = await clients.find_presented(reader, made.client_id, "pt")

    assert spanish is not None
    assert other is not None
    assert (spanish.language, spanish.name) == ("es", "Rastreador")
    assert spanish.short_description == SPANISH.short_description
    assert (other.language, other.name, other.initials) == ("en", "Parcel tracker", "PT")
    assert (other.owner_name, other.owner_uri) == ("Dana Labs", "https://parcel.example/")
    assert (other.privacy_uri, other.is_verified) == ("https://parcel.example/privacy", False)
    assert spanish.tone == other.tone == made.tone


async def test_an_integration_without_an_owner_is_its_accounts(people: People) -> None:
    async with people.db.write() as tx:
        private = await integrations.create_private(tx, people.alice, NOW)
        shown = await clients.find_presented(tx, private.client_id, "en")

    assert shown is not None
    assert (shown.owner_name, shown.owner_uri, shown.has_widget) == ("acme", None, False)


async def test_a_new_secret_ends_grants_unless_a_public_one_keeps_them(people: People) -> None:
    """A private integration keeps nothing, whatever the form says (authorization.md 15)."""
    made = await make(people)
    ended: list[str] = []

    async def end(_tx: object, _actor: object, client_id: str, _now: int) -> None:
        ended.append(client_id)

    async with people.db.write() as tx:
        private = await integrations.create_private(tx, people.dana, NOW)
        for client_id in (made.client_id, private.client_id):
            await integrations.generate_secret(tx, people.dana, client_id, SEAL, NOW)
            await integrations.generate_secret(
                tx, people.dana, client_id, SEAL, NOW, keep_grants=True, end_grants=end
            )
        assert ended == [private.client_id]
        new = await integrations.generate_secret(
            tx, people.dana, made.client_id, SEAL, NOW, end_grants=end
        )
        assert ended == [private.client_id, made.client_id]
        with pytest.raises(SecretExists):
            await integrations.generate_secret(tx, people.dana, made.client_id, SEAL, NOW)
        client = await clients.find_client(tx, made.client_id)

    assert clients.is_secret_of(client, new)
    for wrong in ("", new[:-1], new + "x", new.swapcase(), "\udcff", "ж" * 64, "\x00"):
        assert not clients.is_secret_of(client, wrong)
    assert not clients.is_secret_of(None, new)


async def test_what_the_operator_opened_stays_while_another_part_is_edited(people: People) -> None:
    opened = Rules(Addresses("http", "localhost", 8000), frozenset({read_target("127.0.0.1:9000")}))
    local = msgspec.structs.replace(
        COMPLETE,
        redirect_uri="http://localhost:9000/callback",
        owner_uri="http://localhost:9000/",
        privacy_uri="http://localhost:9000/privacy",
    )
    dana = people.dana
    async with people.db.write() as tx:
        client_id = (await public.create_public(tx, dana, local, NOW, rules=opened)).client_id
        with pytest.raises(SettingsRefused) as refused:
            await forms.write_texts(tx, dana, client_id, SPANISH, NOW)
        await forms.write_texts(tx, dana, client_id, SPANISH, NOW, rules=opened)
        await forms.write_listing(
            tx, dana, client_id, "es", NOW, rules=opened, support_uri="http://localhost:9000/help"
        )
        await forms.make_main_language(tx, dana, client_id, "es", NOW, rules=opened)
        await forms.remove_language(tx, dana, client_id, "en", NOW, rules=opened)
        kept = (await drafts.newest(tx, dana, client_id)).content

    assert refused.value.problems.keys() == {
        *("redirect_uri", "owner_uri", "privacy_uri", "privacy_uri.es"),
    }
    assert kept.redirect_uri == local.redirect_uri
    assert kept.main.support_uri == "http://localhost:9000/help"
