"""Integrations that a button makes (authorization.md 10; S-168)."""

import asyncio

import msgspec
import pytest

from grantway.db import Database
from grantway.integrations import by_button, clients
from grantway.integrations import service as integrations
from grantway.integrations.by_button import Proposal, create_by_button
from grantway.integrations.errors import SettingsRefused, TooManyByButton
from grantway.integrations.model import Integration
from grantway.integrations.service import Changes
from grantway.kernel.errors import Forbidden
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import NOW, SEAL, People, open_people

HONEST = Proposal(
    name="Parcel tracker",
    description="Shows where each parcel is.",
    redirect_uri="https://parcel.example/agreed",
    secrets_uri="https://parcel.example/keys",
    scopes=("crm", "notifications"),
    logo="https://parcel.example/logo.png",
)


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def agree(people: People, **changes: object) -> tuple[Integration, str]:
    async with people.db.write() as tx:
        proposal = msgspec.structs.replace(HONEST, **changes)
        return await create_by_button(tx, people.alice, proposal, SEAL, NOW)


async def test_it_is_a_private_integration_of_the_account_with_a_secret(people: People) -> None:
    made, secret = await agree(people)
    async with people.db.read() as reader:
        kept = await integrations.get_own(reader, people.alice, made.client_id)
        client = await clients.find_client(reader, made.client_id)
        shown = await clients.find_presented(reader, made.client_id, "en")

    assert kept == made
    assert (kept.kind, kept.status, kept.scopes) == ("private", "private", "crm notifications")
    assert kept.is_external
    assert client is not None
    assert client.is_external
    assert clients.is_secret_of(client, secret)
    assert secret not in repr(client)
    assert clients.may_be_authorized_in(client, people.alice.account_id)
    assert not clients.may_be_authorized_in(client, people.charlie.account_id)
    assert shown is not None
    assert not shown.is_verified
    assert (shown.redirect_uri, shown.secrets_uri) == (HONEST.redirect_uri, HONEST.secrets_uri)
    assert (await audited(people.db, people.alice.account_id))[-2:] == [
        ("integration.created", made.client_id),
        ("integration.secret_generated", made.client_id),
    ]


async def test_each_consent_makes_another_one(people: People) -> None:
    first, first_secret = await agree(people)
    second, second_secret = await agree(people)

    assert first.client_id != second.client_id
    assert first_secret != second_secret


async def test_only_administrators_agree(people: People) -> None:
    async with people.db.write() as tx:
        with pytest.raises(Forbidden):
            await create_by_button(tx, people.bob, HONEST, SEAL, NOW)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (("crm",), "crm"),
        (("notifications", "crm", "crm"), "crm notifications"),
        (("crm", "files", "files_delete", "push_notifications", "everything"), "crm"),
    ],
)
async def test_scopes_are_capped(people: People, asked: tuple[str, ...], given: str) -> None:
    made, _ = await agree(people, scopes=asked)

    assert made.scopes == given


WRONG = {
    "name": "",
    "description": "one\u202etwo",
    "redirect_uri": "http://localhost/agreed",
    "secrets_uri": "http://127.0.0.1/keys",
    "scopes": ("files",),
    "logo": "data:image/png;base64,AAAA",
}


async def test_all_problems_are_told_at_once_and_nothing_is_made(people: People) -> None:
    with pytest.raises(SettingsRefused) as refused:
        await agree(people, **WRONG)

    assert refused.value.problems.keys() == WRONG.keys()
    async with people.db.read() as reader:
        assert await integrations.how_many(reader, people.alice) == 0


@pytest.mark.parametrize("field", list(WRONG))
async def test_each_wrong_field_is_refused(people: People, field: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        await agree(people, **{field: WRONG[field]})

    assert list(refused.value.problems) == [field]
    assert await agree(people, logo="")


@pytest.mark.parametrize("field", ["redirect_uri", "secrets_uri", "logo"])
@pytest.mark.parametrize(
    "uri",
    [
        "https://user:word@parcel.example/",
        "https://parcel.example/#part",
        "https://*.parcel.example/",
        "javascript:alert(1)",
        "https://parcel.example/" + "x" * 2_000,
        "https://parcel.example/\n",
    ],
)
async def test_every_address_is_under_the_same_rules(people: People, field: str, uri: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        await agree(people, **{field: uri})

    assert list(refused.value.problems) == [field]


async def test_its_addresses_stay_under_them_when_they_change(people: People) -> None:
    made, _ = await agree(people)
    async with people.db.write() as tx:
        local = Changes(redirect_uri="http://localhost/agreed")
        with pytest.raises(SettingsRefused):
            await integrations.edit(tx, people.alice, made.client_id, local, NOW)
        other = Changes(redirect_uri="https://other.example/agreed")
        changed = await integrations.edit(tx, people.alice, made.client_id, other, NOW)

    assert changed.redirect_uri == "https://other.example/agreed"
    assert changed.secrets_uri == HONEST.secrets_uri


async def test_an_account_has_a_bounded_number_of_them(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_button, "MAX_BY_BUTTON", 3)
    async with people.db.write() as tx:
        # Others are not counted.
        await integrations.create_private(tx, people.alice, NOW)
    made = await asyncio.gather(*(agree(people) for _ in range(6)), return_exceptions=True)
    good = [one for one in made if not isinstance(one, BaseException)]

    assert len(good) == 3
    assert all(isinstance(one, TooManyByButton) for one in made if one not in good)
    async with people.db.write() as tx:
        await integrations.delete(tx, people.alice, good[0][0].client_id, NOW)
        assert await create_by_button(tx, people.charlie, HONEST, SEAL, NOW)
    assert await agree(people)
    with pytest.raises(TooManyByButton, match="has 3 integrations"):
        await agree(people)
