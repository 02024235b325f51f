"""What a moderator is shown as changed."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from grantway.moderation.differences import Difference, differences
from grantway.moderation.model import Content, Presentation

ENGLISH = Presentation(language="en", name="Parcels via Dana", gallery=("a", "b"))
SPANISH = Presentation(language="es", name="Paquetes via Dana", description="Muestra.")
CONTENT = Content(
    language="en", presentations=(ENGLISH,), scopes=("crm",), redirect_uri="https://p.example/a"
)


def test_nothing_differs_from_itself() -> None:
    assert differences(CONTENT, CONTENT) == []


def test_all_that_is_filled_in_differs_from_nothing() -> None:
    assert [(one.field, one.language, one.after) for one in differences(None, CONTENT)] == [
        ("language", "", "en"),
        ("redirect_uri", "", "https://p.example/a"),
        ("scopes", "", "crm"),
        ("price", "", "free"),
        ("name", "en", "Parcels via Dana"),
        ("gallery", "en", "a b"),
    ]


def test_the_order_of_pictures_is_a_difference() -> None:
    turned = msgspec.structs.replace(ENGLISH, gallery=("b", "a"))

    assert differences(CONTENT, CONTENT.with_presentation(turned)) == [
        Difference("gallery", "en", "a b", "b a")
    ]


def test_a_language_that_came_or_went_is_told_field_by_field() -> None:
    both = CONTENT.with_presentation(SPANISH)
    fields = [("name", "Paquetes via Dana"), ("description", "Muestra.")]

    assert differences(CONTENT, both) == [Difference(f, "es", "", text) for f, text in fields]
    assert differences(both, CONTENT) == [Difference(f, "es", text, "") for f, text in fields]


@given(
    st.sampled_from([False, True]),
    st.text(max_size=5),
    st.lists(st.sampled_from(["crm", "files"]), unique=True),
)
def test_contents_that_are_not_equal_differ_somewhere(
    has_widget: bool,  # noqa: FBT001 - hypothesis gives it by position
    owner: str,
    scopes: list[str],
) -> None:
    other = msgspec.structs.replace(
        CONTENT, has_widget=has_widget, owner_name=owner, scopes=tuple(scopes)
    )

    assert bool(differences(CONTENT, other)) == (other != CONTENT)
