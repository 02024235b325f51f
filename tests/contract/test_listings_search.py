# ruff: noqa: RUF001 - words of languages have their own letters
"""Searching: what is found in spite of typing errors, what is not, and what comes first."""

import pytest

from grantway.db import Database
from grantway.marketplace import publishing, ratings, search
from grantway.marketplace.model import Page
from grantway.moderation.desk import Moderator
from tests.contract.integration_cast import NOW, People, open_people
from tests.contract.listing_cast import Said, install, list_it
from tests.contract.version_cast import make_mo

ENGLISH: list[Said] = [
    ("Parcel tracker", "Parcels beside your leads"),
    ("WhatsApp Bridge", "Chats in the card of a lead"),
    ("Invoices by Contoso", "Invoices and payments in one click"),
    ("Tracking pixels", "See which ads bring leads"),
    ("Calendar sync", "Meetings from both calendars"),
    ("Call recorder", "Every phone call on record"),
    ("MailMerge", "Letters to many contacts at once"),
]
SPANISH: list[Said] = [
    ("Facturación electrónica", "Facturas desde la tarjeta"),
    ("Rastreo de envíos", "Paquetes junto a sus leads"),
    ("Telefonía Peña", "Llamadas con un clic"),
    ("Correo masivo", "Cartas a muchos contactos"),
]
RUSSIAN: list[Said] = [
    ("Учёт посылок", "Посылки рядом со сделками"),
    ("Счета и оплата", "Счёт клиенту в один клик"),
    ("Запись звонков", "Каждый разговор в карточке"),
]
TURKISH: list[Said] = [
    ("Kargo takibi", "Kargolar fırsatların yanında"),
    ("Işık faturalama", "Faturalar tek tıkla"),
    ("Arama kaydı", "Her görüşme kayıt altında"),
]
INDONESIAN: list[Said] = [
    ("Pelacak paket", "Paket di samping prospek"),
    ("Faktur cepat", "Faktur dan pembayaran"),
    ("Perekam panggilan", "Setiap panggilan direkam"),
]


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


@pytest.fixture
async def listed(people: People, mo: Moderator) -> dict[str, str]:
    """Fill both catalogues; return the client id of each name."""
    found: dict[str, str] = {}
    for n, said in enumerate(ENGLISH):
        more = {"es": SPANISH[n]} if n < len(SPANISH) else {}
        client_id = await list_it(people, mo, said, "other", **more)
        found |= {said[0]: client_id} | {said[0]: client_id for said in more.values()}
    return found


async def find(people: People, text: str, language: str = "en") -> Page:
    async with people.db.read() as reader:
        return await search.find(reader, language, text)


async def names(people: People, text: str, language: str = "en") -> list[str]:
    return [tile.name for tile in (await find(people, text, language)).tiles]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("parcel tracker", "Parcel tracker"),
        ("parcle tracker", "Parcel tracker"),  # two neighbours changed places
        ("parcel traker", "Parcel tracker"),  # a letter is missing
        ("parccel tracker", "Parcel tracker"),  # one is too many
        ("porcel trackir", "Parcel tracker"),  # one wrong in each
        ("parceltracker", "Parcel tracker"),  # no space
        ("tracker parcel", "Parcel tracker"),  # another order
        ("PARCEL  TRACKER!", "Parcel tracker"),
        ("parc", "Parcel tracker"),  # still typing
        ("parcel tra", "Parcel tracker"),
        ("parcels", "Parcel tracker"),
        ("my parcel tracker", "Parcel tracker"),  # a word that it does not say
        ("whatsapp", "WhatsApp Bridge"),
        ("watsap", "WhatsApp Bridge"),
        ("whatsap bridge", "WhatsApp Bridge"),
        ("whats app", "WhatsApp Bridge"),
        ("invioces", "Invoices by Contoso"),
        ("invoice", "Invoices by Contoso"),
        ("payment", "Invoices by Contoso"),  # said in the short description alone
        ("meetngs", "Calendar sync"),
        ("calender", "Calendar sync"),
        ("calednar", "Calendar sync"),
        ("clal", "Call recorder"),  # four letters
        ("mail", "MailMerge"),
        ("merge", "MailMerge"),  # within a word
        ("meetinsg", "Calendar sync"),
    ],
)
async def test_what_was_meant_comes_first(
    people: People, listed: dict[str, str], typed: str, first: str
) -> None:
    assert (await names(people, typed))[:1] == [first]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("factura", "Facturación electrónica"),
        ("facturacion", "Facturación electrónica"),
        ("FACTURACIÓN", "Facturación electrónica"),
        ("facturasion", "Facturación electrónica"),
        ("fatura", "Facturación electrónica"),
        ("electronica", "Facturación electrónica"),
        ("rastreo envios", "Rastreo de envíos"),
        ("pena", "Telefonía Peña"),
        ("telefonia", "Telefonía Peña"),
        ("llamdas", "Telefonía Peña"),
    ],
)
async def test_accents_and_typing_errors_do_not_matter_in_spanish_either(
    people: People, listed: dict[str, str], typed: str, first: str
) -> None:
    assert (await names(people, typed, "es"))[:1] == [first]


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("ru", "учет посылок", "Учёт посылок"),
        ("ru", "УЧЕТ", "Учёт посылок"),
        ("ru", "учёт посылк", "Учёт посылок"),
        ("ru", "псоылки", "Учёт посылок"),  # two neighbours changed places
        ("ru", "пасылки", "Учёт посылок"),  # a wrong letter
        ("ru", "счет", "Счета и оплата"),
        ("ru", "оплат", "Счета и оплата"),
        ("ru", "запис звонков", "Запись звонков"),
        ("ru", "звонкков", "Запись звонков"),
        ("tr", "KARGO TAKİBİ", "Kargo takibi"),
        ("tr", "kargo takıbı", "Kargo takibi"),
        ("tr", "kargo takbi", "Kargo takibi"),
        ("tr", "isik", "Işık faturalama"),
        ("tr", "IŞIK", "Işık faturalama"),
        ("tr", "arama kaydi", "Arama kaydı"),
        ("tr", "gorusme", "Arama kaydı"),
        ("id", "pelacak", "Pelacak paket"),
        ("id", "pelacka paket", "Pelacak paket"),
        ("id", "pembayran", "Faktur cepat"),
        ("id", "perekm", "Perekam panggilan"),
    ],
)
async def test_every_catalogue_is_searched_with_its_own_letters(
    people: People, mo: Moderator, language: str, typed: str, first: str
) -> None:
    catalogue = {"ru": RUSSIAN, "tr": TURKISH, "id": INDONESIAN}[language]
    for said in catalogue:
        await list_it(people, mo, ("Something", "Something else"), "other", **{language: said})

    assert (await names(people, typed, language))[:1] == [first]
    assert await names(people, "parcel", language) == []


@pytest.mark.parametrize(
    "typed",
    [
        *("", "   ", "?!*", "%", "_", "'", '"; drop table listings; --', "xqzvwk", "asdfgh"),
        *("qwertyuiop", "zzzz zzzz", "p", "bicycle repair", "sms", "tax", "parcel bicycle"),
        "facturación",  # of another catalogue
        "\x00",
    ],
)
async def test_nonsense_finds_nothing(people: People, listed: dict[str, str], typed: str) -> None:
    assert await names(people, typed) == []
    assert await names(people, "parcel") == ["Parcel tracker"]


async def test_a_catalogue_is_searched_in_its_own_language(
    people: People, listed: dict[str, str]
) -> None:
    assert await names(people, "paquetes", "es") == ["Rastreo de envíos"]
    assert await names(people, "paquetes", "en") == []
    assert await names(people, "parcel", "pt") == []


async def test_a_name_that_begins_with_it_comes_before_one_that_only_says_it(
    people: People, mo: Moderator
) -> None:
    within = await list_it(people, mo, ("My track record", "Something"))
    begins = await list_it(people, mo, ("Track and trace", "Something"))
    exactly = await list_it(people, mo, ("Track", "Something"))
    described = await list_it(people, mo, ("Postman", "Track letters"))
    mistyped = await list_it(people, mo, ("Trach", "Something"))
    async with people.db.write() as tx:
        await publishing.feature(tx, mo, described, NOW, is_featured=True)
    found = [tile.client_id for tile in (await find(people, "track")).tiles]

    assert found == [exactly, begins, within, mistyped, described]


async def test_what_matches_alike_is_ordered_as_the_front_page_is(
    people: People, mo: Moderator
) -> None:
    plain, rated, featured = [
        await list_it(people, mo, (f"Tracker {n}", "Something")) for n in "ABC"
    ]
    await install(people, people.alice, rated)
    async with people.db.write() as tx:
        await ratings.rate(tx, people.alice, rated, stars=5, text="", now=NOW)
        await publishing.feature(tx, mo, featured, NOW, is_featured=True)
    found = [tile.client_id for tile in (await find(people, "tracker")).tiles]

    assert found == [featured, rated, plain]


async def test_a_long_text_is_read_as_far_as_it_counts(
    people: People, listed: dict[str, str]
) -> None:
    assert await names(people, "parcel tracker " + "parcel " * 5000) == ["Parcel tracker"]
    assert await names(people, " ".join(f"word{n}" for n in range(5000))) == []
    assert await names(people, "a" * 100_000) == []


async def test_likeness_to_other_names_is_told_and_to_its_own_is_not(
    people: People, listed: dict[str, str]
) -> None:
    async def like(name: str, client_id: str = "new") -> list[str]:
        async with people.db.read() as reader:
            return await search.names_like(reader, "en", name, client_id)

    assert await like("Parcel Tracker") == ["Parcel tracker"]
    assert await like("Parcel Trakcer") == ["Parcel tracker"]
    assert await like("ParcelTracker") == ["Parcel tracker"]
    assert await like("Whatsap Brigde") == ["WhatsApp Bridge"]
    assert await like("Parcel tracker", listed["Parcel tracker"]) == []
    assert await like("Weather by Dana") == []
    assert await like("!") == []


@pytest.mark.parametrize("language", ["en", "es", "pt", "id", "tr", "ru"])
async def test_a_name_in_letters_that_look_the_same_is_like_it(
    people: People, mo: Moderator, language: str
) -> None:
    await list_it(people, mo, ("Something", "Else"), "other", **{language: ("Pace compact", "X")})
    await list_it(people, mo, ("Something", "Else"), "other", **{language: ("Ростомер", "X")})

    async def like(name: str) -> list[str]:
        async with people.db.read() as reader:
            return await search.names_like(reader, language, name, "new")

    assert await like("Pace compact") == ["Pace compact"]
    assert await like("\u0420\u0430\u0441\u0435 compact") == ["Pace compact"]  # Cyrillic
    assert await like("PACE  COMPACT") == ["Pace compact"]
    assert await like("Рост") == ["Ростомер"]
    assert await like("Poct") == ["Ростомер"]  # in Latin letters
    # Honest names in either alphabet are like nobody's.
    assert await like("Касса") == []
    assert await like("Weather") == []


async def test_words_that_nobody_says_any_more_crowd_out_none_that_is_meant(
    people: People, mo: Moderator, listed: dict[str, str]
) -> None:
    letters = "abcdefghij"
    nearer = [f"parcle{one}{other}" for one in letters for other in letters]
    gone = [
        await list_it(people, mo, (" ".join(nearer[n : n + 25]), "Looks alike"))
        for n in range(0, len(nearer), 25)
    ]
    assert (await names(people, "parcle"))[0].startswith("parcle")

    async with people.db.write() as tx:
        for client_id in gone:
            await publishing.hide(tx, mo, client_id, "It imitates others.", NOW)

    assert (await names(people, "parcle"))[:1] == ["Parcel tracker"]
