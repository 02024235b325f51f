"""A request to become a technical account, and what the desk shows of technical ones."""

from __future__ import annotations

import enum

import msgspec

MAX_ABOUT = 2_000
MAX_SITE = 2_000


class Stage(enum.StrEnum):
    """What became of a request."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"
    """It was approved, and the account is technical no more."""


class TechnicalRequest(msgspec.Struct, frozen=True):
    """What an administrator of an account asked, and the answer.

    A technical account asks for more time, any other one to become technical.
    *decided_by* is None while it waits, and when the operator decided.
    *reason* is why it was refused or ended by somebody; the account reads it.
    """

    account_id: int
    number: int
    state: str
    about: str
    site: str
    requested_at: int
    requested_by: int
    decided_at: int | None
    decided_by: int | None
    ended_at: int | None
    reason: str


class Asking(msgspec.Struct, frozen=True):
    """A request that waits, as the desk lists it. *is_own*: who looks belongs to the account.

    *until* is None unless the account is technical, and asks for more time.
    """

    account_id: int
    subdomain: str
    account_name: str
    number: int
    about: str
    site: str
    requested_at: int
    requested_by: str
    until: int | None
    is_own: bool


class TechnicalAccount(msgspec.Struct, frozen=True):
    """A technical account, as the desk lists it; without *until* it is one without end."""

    account_id: int
    subdomain: str
    account_name: str
    until: int | None
    published: int
    is_own: bool

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the list: those without end stand last."""
        return (NEVER if self.until is None else self.until), self.account_id


class Due(msgspec.Struct, frozen=True):
    """A technical account whose end has come, or is near enough for a reminder."""

    account_id: int
    account_name: str
    until: int
    reminders: int
    is_published: bool


NEVER = 2**62
"""Behind every moment."""
