"""Why a version needs a person (widgets-and-marketplace.md 6.8; S-149, S-152)."""

from typing import Any

import msgspec
import pytest

from grantway.moderation.attention import (
    _GROUPS,
    LIKENESS,
    Cause,
    Why,
    of_waiting,
    reasons_for_a_human,
)
from grantway.moderation.checks.checklist import CHECKS, human_rules
from grantway.moderation.model import Content, Presentation, Waiting, encoded
from tests.unit.checked import SOUND, with_texts

NOW = 1_800_000_000
JUDGED = f"{len(human_rules(SOUND))} rules for a person to judge"


def whys(after: Content, before: Content | None = SOUND, **more: Any) -> list[Why]:
    """Return the reasons for an update that nobody talked about and nothing was found in."""
    quiet: dict[str, Any] = {
        "found": {},
        "asked_at": None,
        "answered_at": None,
        "due_at": NOW + 60,
        "now": NOW,
    }
    return reasons_for_a_human(before, after, **(quiet | more))


def texts(found: list[Why]) -> list[str]:
    return [one.text for one in found]


def shared(**changes: object) -> Content:
    return msgspec.structs.replace(SOUND, **changes)


@pytest.mark.parametrize(
    ("after", "text", "is_grave"),
    [
        (shared(redirect_uri="https://evil.example/"), "Redirect URL changed", True),
        (
            shared(revoke_hook_uri="https://evil.example/"),
            "Access revoked webhook URL changed",
            True,
        ),
        (shared(owner_name="Mallory"), "Owner changed", True),
        (shared(owner_uri="https://evil.example/"), "Owner changed", True),
        (shared(scopes=("crm", "files")), "Asks for more: access to files", True),
        (shared(scopes=()), "Asks no more for: access to account data", False),
        (shared(has_widget=True), "Widget changed", False),
        (shared(language="es"), "Main language changed", False),
        (with_texts("es", name="Letras"), "Name changed in Español", False),
        (with_texts("en", description="Other"), "Texts changed in English", False),
        (with_texts("pt", instructions="Other"), "Texts changed in Português", False),
        (with_texts("en", gallery=("slide 2",)), "Pictures changed in English", False),
        (with_texts("en", support_email=""), "Links and support changed in English", False),
        (SOUND.without("pt"), "No longer: Português", False),
        (
            SOUND.with_presentation(Presentation(language="tr", name="Koli")),
            "New: Türkçe",
            False,
        ),
    ],
)
def test_each_change_is_named_once_and_alone(after: Content, text: str, is_grave: bool) -> None:  # noqa: FBT001 - a column of the table
    first, *others = whys(after)

    assert first == Why(Cause.CHANGED, text, is_grave=is_grave)
    assert [one.cause for one in others] == [Cause.HUMAN]


def test_what_changes_in_all_languages_is_told_without_them() -> None:
    after = SOUND
    for one in SOUND.presentations:
        after = after.with_presentation(msgspec.structs.replace(one, name=one.name + "!"))

    assert texts(whys(after)) == ["Name changed", JUDGED]


def test_an_update_that_changes_nothing_says_so() -> None:
    assert texts(whys(SOUND)) == ["Says what is published already", JUDGED]


def test_a_first_publication_is_no_list_of_changes() -> None:
    assert texts(whys(SOUND, None)) == ["First publication", JUDGED]


def test_every_field_that_may_differ_belongs_to_a_group() -> None:
    grouped = {field for fields in _GROUPS.values() for field in fields}
    content, said = set(Content.__struct_fields__), set(Presentation.__struct_fields__)

    assert grouped == (content | said) - {"presentations", "scopes"}


def test_what_was_found_is_counted_and_likeness_stands_out() -> None:
    assert LIKENESS in {one.rule.id for one in CHECKS}
    found = whys(SOUND, None, found={LIKENESS: 2, "T9": 1, "L3": 2, "G2": 0})

    assert texts(found)[1:3] == ["Name like a published one", "3 findings: T9, L3 (2)"]
    assert [one.is_grave for one in found] == [False, True, False, False]
    assert texts(whys(SOUND, None, found={"T9": 1}))[1] == "1 finding: T9"
    assert texts(whys(SOUND, None, found=None)) == texts(whys(SOUND, None, found={}))


@pytest.mark.parametrize(
    ("asked_at", "answered_at", "cause"),
    [
        (None, None, None),
        (NOW - 9, None, Cause.ASKED),
        (NOW - 9, NOW - 5, Cause.ANSWERED),
        (NOW - 5, NOW - 5, Cause.ANSWERED),
        (NOW - 3, NOW - 5, Cause.ASKED),
        (None, NOW - 5, Cause.ANSWERED),
    ],
)
def test_who_is_waited_for(
    asked_at: int | None, answered_at: int | None, cause: Cause | None
) -> None:
    found = whys(SOUND, None, asked_at=asked_at, answered_at=answered_at)
    talk = [one for one in found if one.cause in {Cause.ASKED, Cause.ANSWERED}]

    assert [one.cause for one in talk] == ([] if cause is None else [cause])
    assert [one.at for one in talk] == (
        [] if cause is None else [answered_at if cause is Cause.ANSWERED else asked_at]
    )


def test_what_is_late_comes_first() -> None:
    assert whys(SOUND, None, due_at=NOW)[0] == Why(Cause.OVERDUE, "Overdue", NOW, is_grave=True)
    assert texts(whys(SOUND, None, due_at=NOW + 1))[0] == "First publication"
    assert texts(whys(SOUND, None, due_at=None))[0] == "First publication"


def test_a_row_of_the_queue_says_the_same() -> None:
    after = shared(owner_name="Mallory")
    row = Waiting(
        account_id=1,
        account_name="Dana Labs",
        client_id="7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810",
        name="Parcels",
        number=2,
        content_hash="",
        submitted_at=NOW - 9,
        due_at=NOW,
        is_first=False,
        is_own=False,
        stored=encoded(after),
        stored_before=encoded(SOUND),
        found='{"T9":1}',
        asked_at=NOW - 7,
        answered_at=NOW - 5,
    )

    assert of_waiting(row, NOW) == whys(
        after, found={"T9": 1}, asked_at=NOW - 7, answered_at=NOW - 5, due_at=NOW
    )
    bare = msgspec.structs.replace(row, stored_before=None, found=None, answered_at=None)
    assert of_waiting(bare, NOW) == whys(after, None, asked_at=NOW - 7, due_at=NOW)
