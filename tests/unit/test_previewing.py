"""A version as the Marketplace would show it."""

import pytest
from msgspec.structs import replace

from grantway.marketplace.errors import ListingNotFound
from grantway.marketplace.previewing import preview
from grantway.moderation.model import Content, Presentation

CLIENT_ID = "5f9d7a52-8f3c-4f0e-9a3e-0d3a6a1b2c3d"
ENGLISH = Presentation(
    language="en",
    name="Parcels via Dana",
    short_description="Parcels beside your leads",
    description="Connect it on https://parcel.example/connect.",
    instructions="Press <b>Connect</b>.",
    privacy_uri="https://parcel.example/privacy",
    support_email="help@parcel.example",
    icon="a" * 64,
    gallery=("b" * 64, "c" * 64),
)
SPANISH = replace(ENGLISH, language="es", name="Paquetes por Dana", description="Conéctelo.")
CONTENT = Content(
    language="en",
    presentations=(ENGLISH, SPANISH),
    owner_name="Dana Labs",
    owner_uri="https://dana.example",
)


def test_a_preview_shows_what_the_content_says_in_one_language() -> None:
    shown = preview(CONTENT, CLIENT_ID, "es", published_at=7, category="forms")

    assert (shown.tile.name, shown.tile.language) == ("Paquetes por Dana", "es")
    assert (shown.tile.client_id, shown.tile.category) == (CLIENT_ID, "forms")
    assert (shown.tile.owner_name, shown.tile.published_at, shown.updated_at) == ("Dana Labs", 7, 7)
    assert shown.details.description == "Conéctelo."
    assert shown.details.owner_uri == "https://dana.example"
    assert shown.details.gallery == ENGLISH.gallery


def test_nobody_has_rated_or_installed_a_preview() -> None:
    shown = preview(CONTENT, CLIENT_ID, "en", published_at=7)

    assert (shown.tile.stars, shown.tile.installs, shown.tile.category) == (None, 0, "other")
    assert shown.by_stars == {5: 0, 4: 0, 3: 0, 2: 0, 1: 0}


@pytest.mark.parametrize("text", ["name", "short_description", "description"])
def test_its_languages_are_those_in_which_it_would_be_listed(text: str) -> None:
    unwritten = replace(SPANISH, **{text: " "})

    shown = preview(CONTENT.with_presentation(unwritten), CLIENT_ID, "es", published_at=7)

    assert shown.languages == ("en",)
    assert preview(CONTENT, CLIENT_ID, "es", published_at=7).languages == ("en", "es")


def test_what_the_content_does_not_say_has_no_preview() -> None:
    with pytest.raises(ListingNotFound):
        preview(CONTENT, CLIENT_ID, "pt", published_at=7)
