"""Which server takes our e-mail, as an address says it: `smtp://user:password@host:587`."""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

_ADDRESS = re.compile(
    r"""
    (?P<scheme>smtps?)://
    (?:(?P<user>[^:@/?\#]*)(?::(?P<password>[^:@/?\#]*))?@)?
    (?P<host>\[[0-9a-fA-F:.]+\]|[^\s:@/?\#\[\]]+)
    (?::(?P<port>\d{1,5}))?
    /?
    """,
    re.VERBOSE,
)
_PORTS = {"smtp": 587, "smtps": 465}
_MOST = 65_535


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where e-mail is handed over, and as whom. *is_tls*: from the first byte on."""

    host: str
    port: int
    is_tls: bool
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Name the place, and nothing that proves anything."""
        return f"MailServer({self.name!r})"

    @property
    def name(self) -> str:
        """How people are told of it."""
        return f"{'smtps' if self.is_tls else 'smtp'}://{self.host}:{self.port}"


def read_mail_server(address: str) -> MailServer:
    """Return the server; raise ValueError that repeats nothing of the address.

    >>> read_mail_server("smtp://grantway:pa%40ss@mail.example").password
    'pa@ss'
    >>> read_mail_server("smtps://mail.example")
    MailServer('smtps://mail.example:465')
    """
    found = _ADDRESS.fullmatch(address.strip())
    if found is None:
        raise ValueError(
            "write smtp://user:password@host:587 or smtps://host:465; in user and password "
            "write signs like @ : / # ? % as %40 %3A %2F %23 %3F %25"
        )
    port = int(found["port"] or _PORTS[found["scheme"]])
    if not 1 <= port <= _MOST:
        raise ValueError(f"the port is a number from 1 to {_MOST}")
    user, password = _plain(found["user"]), _plain(found["password"])
    if (user is None) != (password is None):
        raise ValueError("a user needs a password, and a password a user")
    return MailServer(
        host=found["host"].strip("[]"),
        port=port,
        is_tls=found["scheme"] == "smtps",
        user=user,
        password=password,
    )


def _plain(part: str | None) -> str | None:
    if not part:
        return None
    try:
        text = unquote(part, errors="strict")
    except UnicodeDecodeError:
        raise ValueError("user and password are UTF-8, percent-encoded") from None
    if any(ord(sign) < ord(" ") for sign in text):
        raise ValueError("user and password have no control characters")
    return text
