"""What is published, and listings before they are, filled with sample values."""

from types import SimpleNamespace as Value
from typing import Any

import msgspec
from markupsafe import Markup

from grantway.marketplace.model import Listing, Ratings
from grantway.marketplace.previewing import preview
from grantway.web.listings.showing import Shelves, shown_listing
from grantway.web.pages import Pages, Site
from grantway.web.wording import DAY
from tests.browser.preview_moderation import HASH, MO
from tests.browser.preview_public import public
from tests.browser.preview_values import LONG_NAME, NOW, ROOT, Context, inside
from tests.unit.checked import SOUND

PAGE = "/moderation/published/7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810"
_LANGUAGES = [Value(code="en", label="English"), Value(code="es", label="Español")]
_HREF = "/moderation/7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810/2"


def row(name: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "href": PAGE,
        "review_href": _HREF,
        "id": "7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810",
        "name": name,
        "account": "Dana Labs",
        "state": "Published",
        "state_kind": "good",
        "number": 2,
        "category": "Warehouse and delivery",
        "languages": _LANGUAGES,
        "published_at": NOW - 40 * DAY,
        "stars": 4.5,
        "ratings": 12,
        "installs": 1234,
        "is_featured": False,
        "is_listed": True,
        "is_own": False,
    }
    return Value(**(values | more))


ROWS = [
    row("Parcel tracker via Dana Labs", is_featured=True),
    row("Invoices by Blumen & Berger", state="Hidden", state_kind="warn", is_listed=False),
    row("Mo's own calendar", is_own=True, stars=None, ratings=0, installs=0),
    row(
        LONG_NAME,
        account="Northwind Wholesale and Logistics",
        state="Stopped by the operator",
        state_kind="bad",
        is_listed=False,
        languages=[],
        category="",
    ),
]


def rating(number: int, stars: int, text: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "id": number,
        "author": "Charlie",
        "language": "en",
        "stars": stars,
        "text": text,
        "at": NOW - number * DAY,
        "is_changed": False,
        "answer": "",
        "removed_at": None,
        "removed_reason": "",
    }
    return Value(**(values | more))


RATINGS = [
    rating(3, 5, "Parcels arrive beside the lead.\nWe stopped calling the carrier."),
    rating(4, 1, "Call me at 555-0199, I sell something better.", is_changed=True),
    rating(6, 3, "", answer="Thank you. Tell us what is missing: help@parcel.example."),
    rating(
        9,
        1,
        "Worst people.",
        removed_at=NOW - DAY,
        removed_reason="It is about people.",
    ),
]


def listed(rows: list[Value], **more: object) -> Context:
    values: Context = {
        "desk_tab": "published",
        "listed": rows,
        "wanted": "",
        "first_href": "",
        "next_href": "",
    }
    return inside(viewer=MO, section="moderation", **(values | more))


def listing(**more: object) -> Context:
    values: Context = {
        "one": ROWS[0],
        "href": PAGE,
        "public_href": PAGE,
        "ratings": RATINGS,
        "older_href": PAGE,
        "newest_href": "",
        "is_proved": True,
        "typed": Value(id=0, reason=""),
        "errors": {},
        "conflict": "",
        "done": "",
    }
    return inside(viewer=MO, section="moderation", **(values | more))


def example(language: str, *, is_listed: bool = True) -> Context:
    found = preview(
        SOUND.without("pt"), "7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810", language, published_at=NOW
    )
    # Pictures of other origins are not there; the policy of these previews has none.
    found = _without_pictures(found)
    shelves = Shelves("/marketplace", language)
    shown = shown_listing(found, Ratings([]), SOUND.scopes, shelves, mark="Preview")
    pages = Pages(Site(scheme="http", root=ROOT), now=lambda: NOW)
    return {
        "preview": {
            "number": 2,
            "hash": HASH,
            "language": language,
            "label": {"en": "English", "es": "Español"}[language],
            "is_listed": is_listed,
            "has_category": False,
            "languages": [
                Value(code=one.code, label=one.label, href=PAGE, is_current=one.code == language)
                for one in _LANGUAGES
            ],
            "example": Markup(pages.render("listings/article.html", **shown)),
        }
    }


def _without_pictures(found: Listing) -> Listing:
    return msgspec.structs.replace(
        found,
        tile=msgspec.structs.replace(found.tile, icon="", logo=""),
        details=msgspec.structs.replace(found.details, gallery=()),
    )


CASES: tuple[tuple[str, str, Context], ...] = (
    (
        "published",
        "control/moderation_published.html",
        listed(ROWS, next_href="/moderation/published"),
    ),
    ("published-empty", "control/moderation_published.html", listed([])),
    ("published-not-found", "control/moderation_published.html", listed([], wanted="letters")),
    ("published-one", "control/moderation_listing.html", listing(done="featured")),
    (
        "published-refused",
        "control/moderation_listing.html",
        listing(
            one=row("Parcel tracker via Dana Labs"),
            typed=Value(id=4, reason=""),
            errors={"reason": "Write 1 to 500 characters."},
        ),
    ),
    (
        "published-hidden",
        "control/moderation_listing.html",
        listing(
            one=ROWS[1], public_href="", ratings=[], older_href="", conflict="It is not listed."
        ),
    ),
    (
        "preview-moderator",
        "control/moderation_preview.html",
        inside(viewer=MO, section="moderation", back_href=_HREF, **example("en")),
    ),
    (
        "preview-unwritten",
        "control/moderation_preview.html",
        inside(viewer=MO, section="moderation", back_href=_HREF, **example("es", is_listed=False)),
    ),
    (
        "preview-own",
        "control/integration_preview.html",
        public() | {"tab": "listing"} | example("en"),
    ),
)
