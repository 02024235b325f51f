"""Writing a notice as an e-mail: plain text that any program shows.

What others wrote goes into the body as quoted lines; in headers it is one line
without control characters, so nobody adds a header (RFC 5322, 2.2).
"""

from __future__ import annotations

import datetime as dt
import textwrap
import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import msgspec

from grantway.kernel.addresses import CONTROL, Addresses
from grantway.notices.model import Mailed
from grantway.notices.phrases import PHRASES
from grantway.notices.words import say

_NAME = "Grantway"
_WIDTH = 72  # of a line, for programs that do not wrap
_MAX_SUBJECT = 150
_MAX_NAME = 100


class Letter(msgspec.Struct, frozen=True):
    """An e-mail, and to whom it goes."""

    to: str
    message: EmailMessage

    def __repr__(self) -> str:
        """Tell nothing about anybody."""
        return "Letter()"


def write(mailed: Mailed, sender: str, addresses: Addresses, now: int) -> Letter:
    """Return the e-mail of a notice.

    Its Message-ID is always the same, so that programs which get it twice show
    it once.
    """
    notice = mailed.notice
    said = say(notice.kind, notice.facts, mailed.language)
    phrases = PHRASES[said.language]
    origin = addresses.origin(CONTROL)
    why = phrases.why_person
    if notice.subdomain is not None:
        why = phrases.why_account.format(account=addresses.authority(notice.subdomain))
    parts = [_wrapped(said.text)]
    if said.quote:
        parts.append(_quoted(said.quote))
    parts += [
        f"{phrases.look}\n{origin}/notices/{notice.id}",
        f"-- \n{_wrapped(why)}\n{_wrapped(phrases.no_more)}\n{origin}/notices#by-mail",
    ]
    message = _begin(sender, mailed.email, mailed.name, f"[{_NAME}] {said.subject}", now)
    # The day it was told as well: a database that was set up anew counts from one again.
    message["Message-ID"] = (
        f"<notice.{notice.id}.{notice.user_id}.{notice.told_at}@{CONTROL}.{addresses.root}>"
    )
    message.set_content("\n\n".join(parts) + "\n")
    return Letter(mailed.email, message)


def write_test(to: str, sender: str, addresses: Addresses, now: int) -> Letter:
    """Return the e-mail by which an operator sees that e-mail works."""
    message = _begin(sender, to, "", f"[{_NAME}] Test of e-mail", now)
    message["Message-ID"] = f"<test.{now}@{CONTROL}.{addresses.root}>"
    message.set_content(
        f"{_NAME} at {addresses.origin(CONTROL)} can send e-mail.\n\n"
        "Somebody asked for this message by `grantway mail test`.\n"
    )
    return Letter(to, message)


def _begin(sender: str, to: str, name: str, subject: str, now: int) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_NAME, addr_spec=sender)
    user, _, domain = to.rpartition("@")
    message["To"] = Address(one_line(name, _MAX_NAME), username=user, domain=_ascii(domain))
    message["Subject"] = one_line(subject, _MAX_SUBJECT)
    message["Date"] = format_datetime(dt.datetime.fromtimestamp(now, dt.UTC))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody answers from a holiday
    return message


def one_line(text: str, most: int) -> str:
    r"""Return *text* as it may stand in a header.

    >>> one_line("Parcels\r\nBcc: mallory@evil.example", 150)
    'Parcels Bcc: mallory@evil.example'
    """
    visible = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    line = " ".join(visible.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _ascii(domain: str) -> str:
    """Return a domain as servers write it (RFC 5890); one that cannot be written so stays."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _wrapped(text: str, mark: str = "") -> str:
    return textwrap.fill(
        one_line(text, len(text)),
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=mark,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _quoted(text: str) -> str:
    """Return what somebody wrote, each line marked as theirs."""
    return "\n".join(_wrapped(one, "> ") or ">" for one in text.splitlines())
