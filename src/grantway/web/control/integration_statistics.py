"""Tab *Statistics* of a public integration: what came and went, by day and language.

Contract: widgets-and-marketplace.md 6.2.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.integrations.model import LANGUAGES
from grantway.marketplace import counting
from grantway.marketplace.model import Day
from grantway.marketplace.periods import Period, by_language, by_period
from grantway.web.control.charts import chart
from grantway.web.control.desk import Desk, get
from grantway.web.control.integration_window import WINDOW, Window, open_window, window_frame
from grantway.web.refusals import PageNotFound

STATISTICS = f"{WINDOW}/statistics"
CHOICES = (30, 90, 365)
_FIRST_CHOICE = 90
_WEEKLY_FROM = 365
_OTHER = "other"


class _Asked(msgspec.Struct, frozen=True):
    """Which days, and whose installations; a language of "" is all of them."""

    days: int
    language: str = ""

    @classmethod
    def read(cls, request: Request) -> _Asked:
        """Return what is asked for. Raises PageNotFound for what no link leads to."""
        days = request.query_params.get("days", str(_FIRST_CHOICE))
        language = request.query_params.get("language", "")
        if days not in map(str, CHOICES) or language not in {"", _OTHER, *LANGUAGES}:
            raise PageNotFound
        return cls(int(days), language)

    def query(self) -> str:
        """Return what stands behind an address."""
        own = {"language": self.language} if self.language else {}
        return "?" + urlencode({"days": self.days} | own)


@dataclass(frozen=True, slots=True)
class StatisticsTab:
    """Show installations over time; for administrators of the account that made it."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(STATISTICS, self.show), get(f"{STATISTICS}.csv", self.download)]

    async def show(self, request: Request) -> Response:
        asked = _Asked.read(request)
        now = self.desk.services.now()
        async with self.desk.look(request) as (reader, visit):
            window = await open_window(self.desk, reader, request, visit)
            _must_have_been_published(window)
            context = await window_frame(self.desk, reader, visit, window, "statistics")
            actor, client_id = window.place.actor, window.integration.client_id
            live = await counting.live(reader, actor, client_id)
            found = await counting.by_day(reader, actor, client_id, now, days=asked.days)
        found = [_known(one) for one in found]
        counted = [one for one in found if asked.language in {"", one.language}]
        weekly = asked.days >= _WEEKLY_FROM
        periods = by_period(counted, now, asked.days, weekly=weekly)
        href = f"{window.href}/statistics"
        rows = [_row(one) for one in periods]
        context |= {
            "live": live,
            "days": asked.days,
            "weekly": weekly,
            "chosen": LANGUAGES.get(asked.language, "Other") if asked.language else "",
            "installs": sum(one.installs for one in periods),
            "uninstalls": sum(one.uninstalls for one in periods),
            "choices": [
                {
                    "words": f"{days} days",
                    "href": href + _Asked(days, asked.language).query(),
                    "is_current": days == asked.days,
                }
                for days in CHOICES
            ],
            "languages": [
                {
                    "code": one.language,
                    "label": LANGUAGES.get(one.language, "Other"),
                    "installs": one.installs,
                    "uninstalls": one.uninstalls,
                    "href": href + _Asked(asked.days, one.language).query(),
                    "is_current": one.language == asked.language,
                }
                for one in by_language(found)
            ],
            "all_href": href + _Asked(asked.days).query(),
            "csv_href": f"{href}.csv{_Asked(asked.days).query()}",
            "rows": rows[::-1],
            "chart": chart([(row["words"], row["installs"], row["uninstalls"]) for row in rows]),
        }
        return self.desk.page("control/integration_statistics.html", context)

    async def download(self, request: Request) -> Response:
        """Answer with every day and language as a table of RFC 4180."""
        asked = _Asked.read(request)
        now = self.desk.services.now()
        async with self.desk.look(request) as (reader, visit):
            window = await open_window(self.desk, reader, request, visit)
            _must_have_been_published(window)
            actor, client_id = window.place.actor, window.integration.client_id
            found = await counting.by_day(reader, actor, client_id, now, days=asked.days)
        found = [_known(one) for one in found]
        # The integration's own language, so that days on which nothing happened have a row.
        languages = {window.integration.language} | {one.language for one in found}
        table = {
            language: by_period([one for one in found if one.language == language], now, asked.days)
            for language in sorted(languages)
        }
        return Response(
            _csv(table),
            media_type="text/csv; charset=utf-8; header=present",
            headers={
                "cache-control": "no-store",
                "content-disposition": f'attachment; filename="statistics-{client_id}.csv"',
            },
        )


def _must_have_been_published(window: Window) -> None:
    if not window.was_published:
        raise PageNotFound


def _known(one: Day) -> Day:
    """Return the day with a language that has a name; nothing else is ever shown or written."""
    if one.language in LANGUAGES:
        return one
    return msgspec.structs.replace(one, language=_OTHER)


def _row(one: Period) -> dict[str, Any]:
    words = in_words(one.begin, one.end)
    return {"words": words, "installs": one.installs, "uninstalls": one.uninstalls}


def in_words(begin: dt.date, end: dt.date) -> str:
    """Return a day or several as people write them.

    >>> monday = dt.date(2026, 12, 28)
    >>> in_words(monday, monday), in_words(monday, dt.date(2026, 12, 31))
    ('28 Dec 2026', '28 to 31 Dec 2026')
    >>> in_words(monday, dt.date(2027, 1, 3))
    '28 Dec 2026 to 3 Jan 2027'
    """
    last = f"{end.day} {end:%b %Y}"
    if begin == end:
        return last
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{begin.day} to {last}"
    return f"{begin.day} {begin:%b}{f' {begin:%Y}' if begin.year < end.year else ''} to {last}"


def _csv(table: Mapping[str, Sequence[Period]]) -> str:
    """Write a row for each day and language: dates, our own codes and numbers, no free text."""
    written = io.StringIO()
    writer = csv.writer(written)  # lines end as RFC 4180 wants them
    writer.writerow(("day", "language", "installs", "uninstalls"))
    for days in zip(*table.values(), strict=True):
        for language, one in zip(table, days, strict=True):
            writer.writerow((one.begin.isoformat(), language, one.installs, one.uninstalls))
    return written.getvalue()
