"""An installation's state, and a question to an administrator (contract 4.1, 4.7, 5.4)."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.accounts.model import Account
from grantway.integrations.clients import Presented
from grantway.kernel.credentials import digest
from grantway.widgets.archives.model import Manifest, SettingField
from grantway.widgets.service import Widget


class Channel(enum.StrEnum):
    """How an installation came about."""

    CONSENT = "consent"
    UI = "ui"
    API = "api"
    OPERATOR = "operator"


class Status(enum.StrEnum):
    """What a widget is in an account; *error* is what a widget says of itself, in a browser."""

    INSTALL = "install"
    NOT_CONFIGURED = "not_configured"
    INSTALLED = "installed"


class Action(enum.StrEnum):
    """What somebody is asked about."""

    INSTALL = "install"
    UNINSTALL = "uninstall"


class Installation(msgspec.Struct, frozen=True):
    """An integration at work in an account. *is_new*: this very call began it."""

    id: int
    status: Status
    is_new: bool = False


class State(msgspec.Struct, frozen=True):
    """What an account has of a widget. *settings* by field code, also of one that is gone.

    *on_install_due*: no page has called its `onInstall` yet.
    """

    status: Status
    settings: Mapping[str, Any]
    widget: Widget
    on_install_due: bool = False


class Known(msgspec.Struct, frozen=True):
    """A widget that an account may know of; *stars* is the mean of its ratings, None without."""

    state: State
    stars: float | None


class Person(msgspec.Struct, frozen=True):
    """Who is asked: a user, in one session of the control origin."""

    user_id: int
    session_id: str
    source: str


class Moment(msgspec.Struct, frozen=True):
    """Now, in seconds and in milliseconds: the dwell time is shorter than a second."""

    now: int
    ms: int


class Intent(msgspec.Struct, frozen=True):
    """The wish to install or uninstall. It changes nothing until somebody confirms it.

    *number* is the archive that it is about, 0 where there is none.
    """

    account_id: int
    id: str
    client_id: str
    user_id: int
    session_id: str
    action: str
    number: int
    stored_state: str
    nonce_hash: str | None
    shown_hash: str | None
    shown_at_ms: int | None
    expires_at: int

    def state(self, now: int) -> str:
        """Return *open*, *done*, *cancelled* or *expired*."""
        is_expired = self.stored_state == "open" and now >= self.expires_at
        return "expired" if is_expired else self.stored_state


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows and that an answer stands for."""

    intent: Intent
    account: Account
    presented: Presented
    widget: Widget | None

    @property
    def is_install(self) -> bool:
        return self.intent.action == Action.INSTALL

    @property
    def shown_hash(self) -> str:
        """Return what changes when anything does that somebody agrees to."""
        archive = None if self.widget is None else self.widget.content_hash
        shown = (self.intent.action, self.account.name, self.presented, archive)
        return digest(msgspec.json.encode(shown).decode())


class Reason(enum.StrEnum):
    """Why nobody is asked, or an answer is not taken."""

    UNKNOWN = "unknown"
    NOT_BY_A_PERSON = "not_by_a_person"
    NOT_ALLOWED = "not_allowed"
    NOT_OFFERED = "not_offered"
    NO_ROOM = "no_room"
    EXPIRED = "expired"
    OVER = "over"
    STALE = "stale"
    CHANGED = "changed"
    NEW_VERSION = "new_version"


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The question is not put, or an answer not taken; nothing was spent.

    *ask* names administrators who can help. *account* is where it began, if that is known.
    """

    reason: Reason
    ask: Sequence[str] = ()
    account: Account | None = None


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the person said, and what their browser said of how it was sent.

    *fetched* are its `Sec-Fetch-*` headers and `Origin`; empty when it sent none.
    """

    is_confirmed: bool
    is_consented: bool
    nonce: str
    user_agent: str = ""
    fetched: Mapping[str, str] = {}


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """The page has to be shown once more: the answer came too soon, or without consent."""

    question: Question
    nonce: str
    is_soon: bool


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The intent is over: it happened, or was cancelled."""

    intent: Intent
    account: Account
    name: str


Outcome = Refused | Again | Decided


def settled_status(manifest: Manifest, settings: Mapping[str, Any]) -> Status:
    """Return whether these settings are all that the widget needs to work."""
    return Status.NOT_CONFIGURED if missing(manifest.settings, settings) else Status.INSTALLED


def missing(fields: Sequence[SettingField], settings: Mapping[str, Any]) -> list[str]:
    """Return the required fields that are empty."""
    return [one.code for one in fields if one.is_required and not settings.get(one.code)]
