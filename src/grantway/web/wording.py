"""Say moments, durations, counts and money in words, for people."""

from datetime import UTC, datetime

from markupsafe import Markup

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTH = 30 * DAY  # close enough for a sentence; exact dates stand beside it
YEAR = 365 * DAY

_UNITS = ((YEAR, "year"), (MONTH, "month"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))

_CURRENCY_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def moment(at: int) -> Markup:
    """Return a `<time>` with date and time of day, in UTC.

    >>> str(moment(0))
    '<time datetime="1970-01-01T00:00:00Z">1 Jan 1970, 00:00 UTC</time>'
    """
    return _time_element(at, _moment_text(at))


def day(at: int) -> Markup:
    """Return a `<time>` that shows the date only.

    >>> str(day(86400))
    '<time datetime="1970-01-02T00:00:00Z" title="2 Jan 1970, 00:00 UTC">2 Jan 1970</time>'
    """
    return _time_element(at, _day_text(at), title=_moment_text(at))


def ago(at: int, now: int) -> Markup:
    """Return a `<time>` that says how far *at* lies from *now*.

    >>> Markup.striptags(ago(0, 7200)), Markup.striptags(ago(3 * DAY, 0))
    ('2 hours ago', 'in 3 days')
    """
    distance = abs(now - at)
    if distance < MINUTE:
        text = "just now"
    elif at <= now:
        text = f"{duration(distance)} ago"
    else:
        text = f"in {duration(distance)}"
    return _time_element(at, text, title=_moment_text(at))


def days_left(at: int, now: int) -> str:
    """Return in words how long *at* is still away, counted in days.

    >>> days_left(3 * DAY, 0), days_left(DAY, 0), days_left(HOUR, 0)
    ('in 3 days', 'tomorrow', 'today')
    """
    days = (at // DAY) - (now // DAY)
    if days <= 0:
        return "today"
    return "tomorrow" if days == 1 else f"in {number(days)} days"


def duration(seconds: int) -> str:
    """Return *seconds* in the largest unit that fits at least once.

    >>> duration(45), duration(20 * MINUTE), duration(400 * DAY)
    ('45 seconds', '20 minutes', '1 year')
    """
    for size, name in _UNITS:
        if seconds >= size:
            return count(seconds // size, name)
    return count(seconds, "second")


def count(amount: int, one: str, many: str = "") -> str:
    """Return *amount* with its noun.

    >>> count(1, "token"), count(1200, "lead"), count(0, "entry", "entries")
    ('1 token', '1,200 leads', '0 entries')
    """
    return f"{number(amount)} {one if amount == 1 else many or one + 's'}"


def number(amount: int) -> str:
    """Return *amount* with its thousands set apart.

    >>> number(1234567)
    '1,234,567'
    """
    return f"{amount:,}"


def money(amount: int, currency: str) -> str:
    """Return a price as people write it.

    >>> money(12000, "USD"), money(900, "BRL")
    ('$12,000', '900 BRL')
    """
    if currency in _CURRENCY_SIGNS:
        return _CURRENCY_SIGNS[currency] + number(amount)
    return f"{number(amount)} {currency}"


def initial(name: str) -> str:
    """Return the letter that stands for *name* in a small picture.

    >>> initial("  acme"), initial("")
    ('A', '?')
    """
    return name.strip()[:1].upper() or "?"


def sentence(problem: str) -> str:
    """Return what a rule objects to as a sentence.

    >>> sentence("use at least 8 characters")
    'Use at least 8 characters.'
    """
    return problem[:1].upper() + problem[1:] + ("" if problem.endswith((".", "…")) else ".")


def _day_text(at: int) -> str:
    when = datetime.fromtimestamp(at, UTC)
    # Not "%-d": the C library decides whether that exists.
    return f"{when.day} {when:%b %Y}"


def _moment_text(at: int) -> str:
    return f"{_day_text(at)}, {datetime.fromtimestamp(at, UTC):%H:%M} UTC"


def _time_element(at: int, text: str, title: str = "") -> Markup:
    machine = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    if title:
        return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, title, text)
    return Markup('<time datetime="{}">{}</time>').format(machine, text)
