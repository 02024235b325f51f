"""What somebody was told, filled with sample values: name, template, values."""

from types import SimpleNamespace as Value
from typing import Any

from grantway.notices.model import Kind
from grantway.notices.words import say
from grantway.web.wording import DAY, HOUR
from tests.browser.preview_values import ALICE, LONG_NAME, NOW, PAGE, Context, inside

PARCELS = "Parcel tracker via Dana Labs"
QUESTION = "Where do users find the key that your page asks for?\nThe example leads nowhere."
REVIEW = "Shows every parcel beside its lead. <b>It saved us</b> an hour a day."


def told(number: int, kind: Kind, ago: int, /, *, is_new: bool = False, **facts: str) -> Value:
    said = say(kind, facts, facts.pop("language", "en"))
    return Value(
        id=number,
        language=said.language,
        subject=said.subject,
        text=said.text,
        quote=said.quote,
        told_at=NOW - ago,
        is_new=is_new,
        account_name="Dana Labs",
    )


NOTICES = [
    told(10, Kind.INSTALLS_UNHEARD, 60, is_new=True, integration=PARCELS, accounts="3"),
    told(
        9, Kind.VERSION_QUESTION, 600, is_new=True, integration=PARCELS, version="2", quote=QUESTION
    ),
    told(
        8, Kind.LISTING_RATED, 3 * HOUR, is_new=True, integration=PARCELS, stars="5", quote=REVIEW
    ),
    told(7, Kind.VERSION_APPROVED, DAY, integration=PARCELS, version="1"),
    told(6, Kind.VERSION_REJECTED, 3 * DAY, integration=LONG_NAME, version="12", reasons="4"),
    told(5, Kind.LISTING_SHOWN, 9 * DAY, language="pt", integration="Boletos"),
]


def page(**more: Any) -> Context:
    values: Context = {
        "notices": NOTICES,
        "newest_id": 10,
        "sends_mail": True,
        "wants_mail": True,
        "notice": "",
        "page": PAGE,
        "viewer": Value(**(vars(ALICE) | {"unseen": 3})),
    }
    return inside(section="notices", **(values | more))


CASES = [
    ("notices", "control/notices.html", page()),
    ("notices-saved", "control/notices.html", page(notice="Your choice is saved", viewer=ALICE)),
    (
        "notices-none",
        "control/notices.html",
        page(notices=[], newest_id=None, sends_mail=False, viewer=ALICE),
    ),
    (
        "notices-many",
        "control/notices.html",
        page(viewer=Value(**(vars(ALICE) | {"unseen": 100}))),
    ),
]
