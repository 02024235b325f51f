"""What a user is asked, and what may come of it (authorization.md 3)."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

import msgspec

from grantway.accounts.actor import Actor
from grantway.accounts.model import UserAccount
from grantway.integrations.by_button import Proposal
from grantway.integrations.clients import Client, Presented
from grantway.kernel.credentials import digest
from grantway.oauth.requests import POPUP, Asked, origin_of


class Person(msgspec.Struct, frozen=True):
    """Who is asked: a user, in one browser session (S-20)."""

    user_id: int
    session_id: str
    source: str


class Choice(msgspec.Struct, frozen=True):
    """An account for which the user may answer."""

    account: UserAccount
    is_administrator: bool
    installation_id: int | None

    @property
    def is_installed(self) -> bool:
        return self.installation_id is not None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows and that an answer stands for.

    Either an integration that there is, *client* as it works and *introduced*
    as it is shown, or the *proposal* of one.
    """

    asked: Asked
    redirect_uri: str
    scopes: str
    choices: Sequence[Choice]
    client: Client | None = None
    introduced: Presented | None = None

    @property
    def name(self) -> str:
        if self.introduced is not None:
            return self.introduced.name
        return self.proposal.name.strip()

    @property
    def proposal(self) -> Proposal:
        """What is proposed, where no integration is there yet."""
        if self.asked.proposal is None:
            raise LookupError("this question is about an integration that there is")
        return self.asked.proposal

    @property
    def shown_hash(self) -> str:
        """Return what changes when name, owner, scopes, addresses or state do (S-29).

        Also when an answer would do something else than the page says: install
        what was installed, or the other way round. An account that is offered no
        more is no such change: an answer for it is refused (S-28).
        """
        installed = sorted(
            (one.account.id, one.is_administrator) for one in self.choices if one.is_installed
        )
        shown = (
            *(self.introduced, self.asked.proposal, self.redirect_uri, self.scopes),
            installed,
        )
        return digest(msgspec.json.encode(shown).decode())

    def choice(self, subdomain: str) -> Choice | None:
        return next((one for one in self.choices if one.account.subdomain == subdomain), None)


class Reason(enum.StrEnum):
    """Why nobody is asked."""

    UNKNOWN = "unknown"
    PARAMETER = "parameter"
    PROPOSAL = "proposal"
    NO_REDIRECT_URI = "no_redirect_uri"
    OTHER_REDIRECT_URI = "other_redirect_uri"
    PKCE_NEEDED = "pkce_needed"
    NO_ACCOUNT = "no_account"
    TOO_MANY = "too_many"
    GONE = "gone"
    NOT_BY_A_PERSON = "not_by_a_person"
    NOT_ALLOWED = "not_allowed"
    KEYS_REFUSED = "keys_refused"


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The question is not put, or an answer not taken. Never a redirect (S-04, S-05).

    *problems* are for the integrator, by parameter; *ask* names administrators
    who can help; *status* is what a receiver of keys answered.
    """

    reason: Reason
    problems: Mapping[str, str] = {}
    ask: Sequence[str] = ()
    status: int | None = None


class StoredRequest(msgspec.Struct, frozen=True):
    """A question as the server keeps it until it is answered."""

    client_id: str | None
    proposal: str | None
    redirect_uri: str
    state: str | None
    mode: str
    opener: str | None
    code_challenge: str | None
    shown_hash: str
    shown_at_ms: int
    expires_at: int

    @property
    def asked(self) -> Asked:
        """Return what was asked, without anything that a form has said since (S-21)."""
        return Asked(
            client_id=self.client_id,
            proposal=None
            if self.proposal is None
            else msgspec.json.decode(self.proposal, type=Proposal),
            state=self.state,
            mode=self.mode,
            opener=self.opener,
            code_challenge=self.code_challenge,
        )


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said. *subdomain* names the account that was chosen.

    *fetched* is what their browser said of how it was sent.
    """

    is_allowed: bool
    subdomain: str
    fetched: Mapping[str, str] = {}


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """The page has to be shown once more: the answer came too soon, or things have changed."""

    question: Question
    credential: str
    is_changed: bool


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """Where the answer goes: to *url*, or as a message to the window that opened this one.

    A refused proposal has no *url*: its redirect URI is only what somebody's
    link says, registered for nothing, and we lead nobody there (RFC 6749,
    4.1.2.1; S-05).
    """

    url: str | None
    asked: Asked
    redirect_uri: str
    client_id: str | None
    name: str
    is_allowed: bool

    @property
    def target(self) -> str | None:
        """Return the origin that may get a message; None where the window goes on itself.

        A code goes to the origin of the redirect URI and nowhere else, and only if that page
        opened this one; a refusal is no secret (authorization.md 21, rows 10 and 11).
        """
        if not self.is_allowed:
            return self.asked.opener
        if self.asked.mode != POPUP:
            return None
        registered = origin_of(self.redirect_uri)
        return registered if self.asked.opener in (None, registered) else None


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """An integration that was just made of a proposal; its keys have to be sent before the code."""

    client_id: str
    secret: str
    actor: Actor
    question: Question
    given: Given


Outcome = Refused | Again | Answered | Made
