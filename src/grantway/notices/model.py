"""What people are told about."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

MAX_FACT = 600
"""Characters of one fact; a longer text is cut, and stands in full where the notice leads."""


class Kind(enum.StrEnum):
    """What happened. The words for each stand in `words`."""

    VERSION_APPROVED = "version_approved"
    VERSION_REJECTED = "version_rejected"
    VERSION_QUESTION = "version_question"
    LISTING_HIDDEN = "listing_hidden"
    LISTING_SHOWN = "listing_shown"
    INTEGRATION_DISABLED = "integration_disabled"
    INTEGRATION_ENABLED = "integration_enabled"
    LISTING_RATED = "listing_rated"
    LISTING_RATING_CHANGED = "listing_rating_changed"
    RATING_REMOVED = "rating_removed"
    RATING_ANSWERED = "rating_answered"
    TECHNICAL_APPROVED = "technical_approved"
    TECHNICAL_REFUSED = "technical_refused"
    TECHNICAL_EXTENDED = "technical_extended"
    TECHNICAL_NOT_EXTENDED = "technical_not_extended"
    TECHNICAL_ENDS_SOON = "technical_ends_soon"
    TECHNICAL_ENDED = "technical_ended"
    WEBHOOK_OFF = "webhook_off"
    INSTALLS_UNHEARD = "installs_unheard"


FACTS: Mapping[Kind, frozenset[str]] = {
    Kind.VERSION_APPROVED: frozenset({"integration", "version"}),
    Kind.VERSION_REJECTED: frozenset({"integration", "version", "reasons"}),
    Kind.VERSION_QUESTION: frozenset({"integration", "version", "quote"}),
    Kind.LISTING_HIDDEN: frozenset({"integration", "version", "quote"}),
    Kind.LISTING_SHOWN: frozenset({"integration", "version"}),
    Kind.INTEGRATION_DISABLED: frozenset({"integration", "quote"}),
    Kind.INTEGRATION_ENABLED: frozenset({"integration"}),
    Kind.LISTING_RATED: frozenset({"integration", "stars", "quote"}),
    Kind.LISTING_RATING_CHANGED: frozenset({"integration", "stars", "quote"}),
    Kind.RATING_REMOVED: frozenset({"integration", "quote"}),
    Kind.RATING_ANSWERED: frozenset({"integration", "quote"}),
    Kind.TECHNICAL_APPROVED: frozenset({"account"}),
    Kind.TECHNICAL_REFUSED: frozenset({"account", "quote"}),
    Kind.TECHNICAL_EXTENDED: frozenset({"account", "ends"}),
    Kind.TECHNICAL_NOT_EXTENDED: frozenset({"account", "ends", "quote"}),
    Kind.TECHNICAL_ENDS_SOON: frozenset({"account", "ends"}),
    Kind.TECHNICAL_ENDED: frozenset({"account", "quote"}),
    Kind.WEBHOOK_OFF: frozenset({"receiver"}),
    Kind.INSTALLS_UNHEARD: frozenset({"integration", "accounts"}),
}
"""The facts that each kind is told with. *quote* is what somebody else wrote, and may be empty."""


BY_USERS = frozenset({Kind.LISTING_RATED, Kind.LISTING_RATING_CHANGED, Kind.RATING_ANSWERED})
"""What users cause, as often as they like; moderators, the operator and time cause all else."""
BY_THE_PLATFORM = frozenset(Kind) - BY_USERS
OF_ONES_OWN = frozenset({Kind.RATING_REMOVED, Kind.RATING_ANSWERED})
"""What concerns somebody's own doing; all else in an account concerns its administrators."""
MOST_ALIKE = 10
"""How often an hour one person is told of what users do with one thing; its page tells it all."""
ONCE_A_DAY = frozenset({Kind.INSTALLS_UNHEARD})
"""What goes on happening until somebody mends it: told of one thing once a day to each person."""
MAILS_AN_HOUR = 20
"""How many e-mails one person gets in an hour of what users cause, and of all else.

What comes beyond stands in the product alone.
"""
RETRIES = (60, 5 * 60, 30 * 60, 2 * 3600, 12 * 3600)
"""Seconds after which an e-mail that was not taken is tried again."""
MAX_TRIES = len(RETRIES) + 1
CLAIM_LIFETIME = 10 * 60
"""Seconds for which whoever claimed an e-mail has it alone: longer than a few of them take."""
MAIL_LIFETIME = 2 * 24 * 3600
"""Seconds after which a notice is no news any more, and its e-mail is not begun."""
SEEN_LIFETIME = 90 * 24 * 3600
UNSEEN_LIFETIME = 365 * 24 * 3600


class Addressee(msgspec.Struct, frozen=True):
    """Somebody who is told, and whether by e-mail as well."""

    user_id: int
    wants_mail: bool


class Notice(msgspec.Struct, frozen=True):
    """What somebody was told. *subdomain* is what the account is called now."""

    user_id: int
    id: int
    account_id: int | None
    kind: str
    facts_json: str
    path: str
    told_at: int
    seen_at: int | None
    subdomain: str | None
    account_name: str | None

    @property
    def facts(self) -> dict[str, str]:
        return msgspec.json.decode(self.facts_json, type=dict[str, str])

    @property
    def href(self) -> str:
        """Where on the control origin they can do something about it."""
        return absolute(self.path, self.subdomain)


class Mailed(msgspec.Struct, frozen=True):
    """A notice that is sent by e-mail, and to whom. *tries* counts this one as well."""

    notice: Notice
    email: str
    name: str
    language: str
    tries: int


def absolute(path: str, subdomain: str | None) -> str:
    """Return the path on the control origin; one without a slash lies in the account.

    >>> absolute("/grants", None), absolute("integrations/c/review", "acme")
    ('/grants', '/accounts/acme/integrations/c/review')
    """
    if path.startswith("/") or subdomain is None:
        return path if path.startswith("/") else "/"
    return f"/accounts/{subdomain}/{path}"


def cut(text: str) -> str:
    """Return a fact as it is kept.

    >>> cut(" short "), len(cut("long " * 1000)) <= MAX_FACT
    ('short', True)
    """
    text = text.strip()
    return text if len(text) <= MAX_FACT else f"{text[: MAX_FACT - 1].rstrip()}…"
