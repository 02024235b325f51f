"""Days and moments as people of an account write and read them: by its time zone."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from markupsafe import Markup

from grantway.accounts.model import Account


class Days:
    """The clock on the wall of an account, at one moment."""

    def __init__(self, account: Account, now: int) -> None:
        self.zone_name = account.timezone
        self.now = now
        self._zone = zoneinfo.ZoneInfo(account.timezone)

    def date(self, at: int) -> str:
        """Return the day as a date field has it."""
        return self._when(at).date().isoformat()

    def local(self, at: int) -> str:
        """Return day and minute as a field for both has them."""
        return self._when(at).replace(tzinfo=None).isoformat("T", "minutes")

    def time(self, at: int) -> str:
        """Return the minute as a time field has it."""
        return f"{self._when(at):%H:%M}"

    def read(self, text: str) -> int | None:
        """Return the moment of a date, at its beginning, or of a date with a time; None for others.

        The calendar ends before the year 10000, and moments begin with 1 AD.
        """
        try:
            return int(dt.datetime.fromisoformat(text).replace(tzinfo=self._zone).timestamp())
        except (ValueError, OverflowError):
            return None

    def words(self, at: int) -> Markup:
        """Return a `<time>` with date and time of day."""
        when = self._when(at)
        return _element(at, f"{_day(when)}, {when:%H:%M %Z}")

    def day_words(self, at: int) -> Markup:
        """Return a `<time>` that shows the date."""
        return _element(at, _day(self._when(at)))

    def due_words(self, at: int) -> Markup:
        """Return a `<time>` for a moment that is near: by its day as people call it."""
        when = self._when(at)
        distance = (when.date() - self._when(self.now).date()).days
        day = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}.get(distance, _day(when))
        return _element(at, f"{day}, {when:%H:%M}", title=f"{_day(when)}, {when:%H:%M %Z}")

    def is_today(self, at: int) -> bool:
        """Tell whether the moment lies within the present day."""
        return self._when(at).date() == self._when(self.now).date()

    def _when(self, at: int) -> dt.datetime:
        try:
            return dt.datetime.fromtimestamp(at, self._zone)
        except (ValueError, OverflowError):  # at either end of the calendar
            return dt.datetime.fromtimestamp(at, dt.UTC)


def _day(when: dt.datetime) -> str:
    return f"{when.day} {when:%b} {when.year}"


def _element(at: int, text: str, title: str = "") -> Markup:
    machine = dt.datetime.fromtimestamp(at, dt.UTC).isoformat().replace("+00:00", "Z")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, title or text, text)
