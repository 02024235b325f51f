"""What came and went, day by day or week by week, with the days on which nothing happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from grantway.marketplace.model import Day

_DAY = 86_400
_EPOCH = dt.date(1970, 1, 1)


class Period(msgspec.Struct, frozen=True):
    """The days from *begin* to *end*, both of them included."""

    begin: dt.date
    end: dt.date
    installs: int
    uninstalls: int


class InLanguage(msgspec.Struct, frozen=True):
    """What came and went by users of one language."""

    language: str
    installs: int
    uninstalls: int


def by_period(found: Iterable[Day], now: int, days: int, *, weekly: bool = False) -> list[Period]:
    """Return the last *days* days, the oldest first, or the weeks in which they lie.

    Nothing of *found* lies before them. Weeks begin on Mondays; the first and
    the last one may be cut short.

    >>> saturday = 2 * 86_400
    >>> for one in by_period([Day("1970-01-02", "en", 3, 1)], saturday, 3):
    ...     print(one.begin, one.installs, one.uninstalls)
    1970-01-01 0 0
    1970-01-02 3 1
    1970-01-03 0 0
    >>> [str(one.end) for one in by_period([], 5 * 86_400, 6, weekly=True)]
    ['1970-01-04', '1970-01-06']
    """
    today = _EPOCH + dt.timedelta(days=now // _DAY)
    first = today - dt.timedelta(days=days - 1)

    def begin_of(day: dt.date) -> dt.date:
        return max(day - dt.timedelta(days=day.weekday()), first) if weekly else day

    ends = {begin_of(day): day for day in (first + dt.timedelta(days=n) for n in range(days))}
    sums = {begin: [0, 0] for begin in ends}
    for one in found:
        both = sums[begin_of(dt.date.fromisoformat(one.day))]
        both[0] += one.installs
        both[1] += one.uninstalls
    return [Period(begin, ends[begin], *both) for begin, both in sums.items()]


def by_language(found: Iterable[Day]) -> list[InLanguage]:
    """Return what came and went by language, those of most installs first.

    >>> days = [Day("1970-01-01", "en", 1, 0), Day("1970-01-02", "es", 3, 1)]
    >>> [(one.language, one.installs) for one in by_language(days)]
    [('es', 3), ('en', 1)]
    """
    sums: dict[str, list[int]] = {}
    for one in found:
        both = sums.setdefault(one.language, [0, 0])
        both[0] += one.installs
        both[1] += one.uninstalls
    counted = [InLanguage(language, *both) for language, both in sums.items()]
    return sorted(counted, key=lambda one: (-one.installs, one.language))
