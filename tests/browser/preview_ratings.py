"""Ratings and statistics, filled with sample values: name, template, values."""

import datetime as dt
from types import SimpleNamespace as Value
from typing import Any

from grantway.marketplace.model import Day, Rating
from grantway.marketplace.periods import by_language, by_period
from grantway.marketplace.received import Received
from grantway.web.control.charts import chart
from grantway.web.control.integration_statistics import CHOICES, in_words
from grantway.web.control.rating import STAR_WORDS
from grantway.web.wording import DAY
from tests.browser.preview_values import (
    LANGUAGES,
    NOW,
    PARCELS,
    Context,
    account,
    in_acme,
    window,
)

HREF = "/accounts/acme/installed/7b1f0c52"
PRAISE = (
    "Finds every parcel, even those of small carriers. The numbers in the list of leads save us "
    "a phone call each.\nSetting it up took five minutes."
)
THANKS = "Thank you! Small carriers of Portugal are next.\nWrite to us if one is missing."


def rating(number: int = 12, /, **more: Any) -> Rating:
    values: dict[str, Any] = {
        "client_id": PARCELS.id,
        "id": number,
        "user_id": 1,
        "author": "Alice",
        "language": "en",
        "stars": 4,
        "text": PRAISE,
        "rated_at": NOW - 20 * DAY,
        "changed_at": None,
        "answer": None,
        "answered_at": None,
        "removed_at": None,
        "removed_reason": None,
    }
    return Rating(**values | more)


def page(mine: Rating | None, **more: object) -> Context:
    values: Context = {
        "one": Value(
            name="Parcel tracker by Dana Labs",
            owner="Dana Labs",
            href=HREF,
            listing_path="/marketplace/7b1f0c52",
        ),
        "mine": mine,
        "obstacle": "",
        "values": Value(stars=mine.stars if mine else 0, text=mine.text if mine else ""),
        "star_words": STAR_WORDS,
        "most": 2000,
        "errors": {},
        "saved": False,
    }
    return in_acme("installed", **values | more)


def received(*found: Rating, **more: object) -> Context:
    base = f"{PARCELS.href}/ratings"
    values: Context = {
        "sums": Received({5: 804, 4: 312, 3: 61, 2: 9, 1: 48}, 3),
        "ratings": [
            Value(
                **{name: getattr(one, name) for name in Rating.__struct_fields__},
                typed=one.answer or "",
                answer_href=f"{base}/{one.id}/answer",
                delete_href=f"{base}/{one.id}/answer/delete",
            )
            for one in found
        ],
        "unanswered_only": False,
        "href": base,
        "unanswered_href": f"{base}?show=unanswered",
        "older_href": "",
        "newest_href": "",
        "most": 2000,
        "notice": "",
    }
    return published("ratings", **values | more)


def published(tab: str, **more: object) -> Context:
    integration = Value(
        **vars(PARCELS)
        | {"was_published": True, "status": "published", "status_words": "Published"}
    )
    values: Context = {"integration": integration, "unanswered": 3, "live_grants": 0}
    return window(tab, **values | more) | {"account": account("danalabs")}


def days(many: int) -> list[Day]:
    """Return days on which more and more came, fewer at weekends."""
    today = dt.date(1970, 1, 1) + dt.timedelta(days=NOW // DAY)
    found = []
    for back in range(many):
        day = today - dt.timedelta(days=back)
        busy = 0 if day.weekday() > 4 else (many - back) * 14 // many + back * 7 % 5
        for share, language in ((1, "en"), (3, "es"), (6, "pt")):
            if busy // share:
                found.append(Day(day.isoformat(), language, busy // share, busy // share // 4))
    return found


def statistics(many: int, found: list[Day], language: str = "") -> Context:
    weekly = many == CHOICES[-1]
    counted = [one for one in found if language in {"", one.language}]
    periods = by_period(counted, NOW, many, weekly=weekly)
    rows = [
        Value(
            words=in_words(one.begin, one.end),
            installs=one.installs,
            uninstalls=one.uninstalls,
        )
        for one in periods
    ]
    href = f"{PARCELS.href}/statistics"
    return published(
        "statistics",
        live=1240 if found else 0,
        days=many,
        weekly=weekly,
        chosen=LANGUAGES[language] if language else "",
        installs=sum(one.installs for one in periods),
        uninstalls=sum(one.uninstalls for one in periods),
        choices=[
            Value(words=f"{one} days", href=f"{href}?days={one}", is_current=one == many)
            for one in CHOICES
        ],
        languages=[
            Value(
                code=one.language,
                label=LANGUAGES[one.language],
                installs=one.installs,
                uninstalls=one.uninstalls,
                href=f"{href}?days={many}&language={one.language}",
                is_current=one.language == language,
            )
            for one in by_language(found)
        ],
        all_href=f"{href}?days={many}",
        csv_href=f"{href}.csv?days={many}",
        rows=rows[::-1],
        chart=chart([(row.words, row.installs, row.uninstalls) for row in rows]),
    )


ANSWERED = rating(9, stars=5, answer=THANKS, answered_at=NOW - 18 * DAY, changed_at=NOW - 19 * DAY)
REMOVED = rating(
    stars=1,
    text="Rude words about people who work there.",
    removed_at=NOW - DAY,
    removed_reason="It insults people. Say what does not work instead.",
)
OTHERS = (
    rating(),
    rating(11, author="Charlie", stars=1, text=""),
    ANSWERED,
    rating(7, author="Maria do Carmo", language="pt", stars=3, text="Bom, mas lento."),
)
LIST = f"{PARCELS.href}/ratings"

CASES: tuple[tuple[str, str, Context], ...] = (
    ("rating", "control/rating.html", page(None)),
    ("rating-given", "control/rating.html", page(ANSWERED, saved=True)),
    (
        "rating-errors",
        "control/rating.html",
        page(
            None,
            errors={"stars": "Give 1 to 5 stars.", "text": "Write at most 2000 characters."},
        ),
    ),
    ("rating-removed", "control/rating.html", page(REMOVED)),
    ("rating-not-installed", "control/rating.html", page(None, obstacle="not installed")),
    ("rating-uninstalled", "control/rating.html", page(rating(), obstacle="not installed")),
    ("rating-own", "control/rating.html", page(None, obstacle="own")),
    (
        "rating-hidden",
        "control/rating.html",
        page(ANSWERED, obstacle="not listed", one=Value(name="", owner="", href=HREF)),
    ),
    (
        "ratings",
        "control/integration_ratings.html",
        received(
            *OTHERS, older_href=f"{LIST}?before=7", notice="Your answer is in the Marketplace."
        ),
    ),
    (
        "ratings-errors",
        "control/integration_ratings.html",
        received(*OTHERS[:2], errors={"answer-12": "Write 1 to 2000 characters."}),
    ),
    (
        "ratings-all-answered",
        "control/integration_ratings.html",
        received(
            unanswered_only=True, unanswered=0, sums=Received({5: 4, 4: 0, 3: 0, 2: 1, 1: 0}, 0)
        ),
    ),
    (
        "ratings-none",
        "control/integration_ratings.html",
        received(unanswered=0, sums=Received(dict.fromkeys((5, 4, 3, 2, 1), 0), 0)),
    ),
    ("statistics-30", "control/integration_statistics.html", statistics(30, days(30))),
    ("statistics-90", "control/integration_statistics.html", statistics(90, days(90))),
    ("statistics-365", "control/integration_statistics.html", statistics(365, days(365))),
    ("statistics-language", "control/integration_statistics.html", statistics(90, days(90), "es")),
    ("statistics-none", "control/integration_statistics.html", statistics(30, [])),
)
