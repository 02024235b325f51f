"""Accounts, users and the rules of their names."""

from __future__ import annotations

import enum
import re
import zoneinfo
from collections.abc import Mapping

import msgspec

from grantway.accounts.rights import Rights

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3
MAX_NAME = 255
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "es": "Español",
    "pt": "Português",
    "id": "Bahasa Indonesia",
    "tr": "Türkçe",
    "ru": "Русский",
}
"""What a person may read, and the platform writes, by code, each called as its speakers call it."""
FIRST_LANGUAGE = "en"
FIRST_GROUP = "Sales department"
"""What the group 0 is called, where everybody begins (api-v4.md 3.1)."""

_SUBDOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")
_EMAIL = re.compile(r"[^@\s\x00-\x1f<>\"]+@[^@\s\x00-\x1f<>\"]+\.[^@\s\x00-\x1f<>\".]+")
_RESERVED = frozenset(
    {
        *("www", "accounts", "account", "api", "static", "assets", "cdn", "auth", "oauth", "login"),
        *("admin", "administrator", "root", "support", "help", "status", "mail", "smtp", "ftp"),
        *("ns1", "ns2", "localhost", "marketplace", "moderation", "developers", "docs", "blog"),
        *("kommo", "amocrm", "grantway", "security", "abuse", "postmaster", "webmaster", "example"),
    }
)


class Role(enum.StrEnum):
    """A user's place in an account."""

    ADMINISTRATOR = "administrator"
    USER = "user"


class Status(enum.StrEnum):
    """Whether an account works. A suspended one keeps its data, and its tokens and people wait.

    A deleted one was closed for good.
    """

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class Account(msgspec.Struct, frozen=True):
    """The tenant: the owner of the data."""

    id: int
    uuid: str
    subdomain: str
    name: str
    status: str
    is_technical: bool
    country: str
    currency: str
    language: str
    timezone: str
    created_at: int
    created_by: int
    updated_at: int
    updated_by: int
    technical_until: int | None = None
    """When it stops being technical; None without an end, or when it is not technical."""


class User(msgspec.Struct, frozen=True):
    """A person, whichever accounts they are in."""

    id: int
    uuid: str
    email: str
    name: str
    language: str
    is_active: bool
    created_at: int
    made_in: int | None = None
    """The account whose administrators made them and chose the password; None for the operator."""


class AccountUser(msgspec.Struct, frozen=True):
    """A user as one account sees them."""

    id: int
    uuid: str
    email: str
    name: str
    language: str
    role: str
    group_id: int
    rights_json: str
    is_active: bool
    is_free: bool
    role_id: int | None = None
    role_name: str | None = None
    group_name: str = FIRST_GROUP

    @property
    def is_administrator(self) -> bool:
        """Whether the role is that of an administrator."""
        return self.role == Role.ADMINISTRATOR

    @property
    def rights(self) -> Rights:
        """What the user may do."""
        return msgspec.json.decode(self.rights_json, type=Rights)


class RightsRole(msgspec.Struct, frozen=True):
    """A named set of rights, which are those of everybody who has it (api-v4.md 3.8)."""

    id: int
    name: str
    rights_json: str
    created_at: int
    updated_at: int
    user_ids: tuple[int, ...] = ()

    @property
    def rights(self) -> Rights:
        """What its users may do."""
        return msgspec.json.decode(self.rights_json, type=Rights)


class NamedGroup(msgspec.Struct, frozen=True):
    """A group of an account's users."""

    id: int
    name: str


class UserGroup(msgspec.Struct, frozen=True):
    """Which group a user of an account is in, and whether they may work at all."""

    user_id: int
    group_id: int
    is_active: bool


class Session(msgspec.Struct, frozen=True):
    """A browser that is signed in. *account_id* is None on the control origin."""

    id: str
    user_id: int
    account_id: int | None
    parent_id: str | None
    created_at: int
    proved_at: int
    last_seen_at: int
    expires_at: int
    source: str
    user_agent: str
    account_name: str | None = None


class UserName(msgspec.Struct, frozen=True):
    """How to call a person."""

    id: int
    name: str


class UserAccount(msgspec.Struct, frozen=True):
    """An account as one of its users sees it."""

    id: int
    subdomain: str
    name: str
    is_technical: bool
    role: str


class Place(msgspec.Struct, frozen=True):
    """A person's place in one account, whether they may work at all or not."""

    account_id: int
    role: str
    is_active: bool


def subdomain_problem(subdomain: str) -> str | None:
    """Say what forbids *subdomain*, or None (rule S-104).

    >>> subdomain_problem("acme")
    >>> subdomain_problem("Acme")
    'use 2 to 63 of the letters a to z, digits and hyphens, with no hyphen at either end'
    >>> subdomain_problem("www")
    'this name is reserved'
    """
    if not _SUBDOMAIN.fullmatch(subdomain):
        return "use 2 to 63 of the letters a to z, digits and hyphens, with no hyphen at either end"
    if subdomain in _RESERVED:
        return "this name is reserved"
    if subdomain[2:4] == "--":
        return "two hyphens in the third place mark encoded names, which could look like another's"
    return None


def is_timezone(name: str) -> bool:
    """Tell whether *name* is one of the time zones that the system knows.

    >>> is_timezone("UTC"), is_timezone("Mars/Olympus"), is_timezone("../etc/passwd")
    (True, False, False)
    """
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, zoneinfo.ZoneInfoNotFoundError, OSError):
        return False
    return True


def language_problem(language: str) -> str | None:
    """Say what is wrong with *language* as one to read, or None.

    What came is repeated only if it may be meant as a code: errors carry no other input.

    >>> language_problem("es")
    >>> language_problem("fr")
    'expected one of en, es, pt, id, tr, ru, and fr came'
    >>> language_problem("<b>")
    'expected one of en, es, pt, id, tr, ru, and no code of a language came'
    """
    if language in LANGUAGES:
        return None
    came = language if _CODE.fullmatch(language) else "no code of a language"
    return f"expected one of {', '.join(LANGUAGES)}, and {came} came"


def email_problem(email: str) -> str | None:
    """Say what is wrong with *email*, or None.

    >>> email_problem("alice@acme.example")
    >>> email_problem("alice")
    'write an address like name@company.example'
    """
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        return "write an address like name@company.example"
    return None


def normal_email(email: str) -> str:
    """Return the one spelling under which an address is kept.

    >>> normal_email(" Alice@Acme.example ")
    'alice@acme.example'
    """
    return email.strip().lower()
