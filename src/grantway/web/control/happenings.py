"""Put the audit's events into words that a person understands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from grantway.audit import EntryRow, Event

Describe = Callable[[str, Mapping[str, str]], str]

_UNTIL = re.compile(r"until (\d{4}-\d\d-\d\d)")


def _nothing(_subject: str, _integrations: Mapping[str, str]) -> str:
    return ""


def _subject(subject: str, _integrations: Mapping[str, str]) -> str:
    return subject[:1].upper() + subject[1:]


def _integration(subject: str, integrations: Mapping[str, str]) -> str:
    client_id = subject.partition(" ")[0]
    return integrations.get(client_id, client_id)


def _version(subject: str, integrations: Mapping[str, str]) -> str:
    number = subject.partition(" ")[2]
    return f"{_integration(subject, integrations)}, version {number}"


def _archive(subject: str, integrations: Mapping[str, str]) -> str:
    number = subject.partition(" ")[2]
    return f"{_integration(subject, integrations)}, number {number}"


def _token(subject: str, integrations: Mapping[str, str]) -> str:
    name = _integration(subject, integrations)
    until = _UNTIL.search(subject)
    if until is None:
        return name
    day = dt.date.fromisoformat(until[1])
    return f"{name}, until {day.day} {day:%b %Y}"


WORDS: Mapping[Event, tuple[str, Describe]] = {
    Event.SIGNED_IN: ("signed in", _nothing),
    Event.SIGN_IN_REFUSED: ("failed to sign in", _nothing),
    Event.SIGNED_OUT: ("signed out", _nothing),
    Event.SESSION_ENDED: ("ended a session", _nothing),
    Event.PASSWORD_CHANGED: ("changed the password", _nothing),
    Event.PASSWORD_SET: ("was given a new password", _nothing),
    Event.PASSWORD_PROVED: ("confirmed the password", _nothing),
    Event.USER_CREATED: ("was registered", _nothing),
    Event.USER_ADDED: ("was added to the account", _subject),
    Event.ROLE_CHANGED: ("was given another role", _subject),
    Event.LANGUAGE_CHANGED: ("changed the language to read", _subject),
    Event.USER_DEACTIVATED: ("was deactivated", _subject),
    Event.USER_ACTIVATED: ("was activated again", _subject),
    Event.ACCOUNT_USER_ADDED: ("added a user", _subject),
    Event.ACCOUNT_USER_CHANGED: ("gave a user another role or group", _subject),
    Event.ACCOUNT_USER_DEACTIVATED: ("deactivated a user", _subject),
    Event.ACCOUNT_USER_ACTIVATED: ("activated a user again", _subject),
    Event.RIGHTS_ROLE_ADDED: ("added a role", _subject),
    Event.RIGHTS_ROLE_CHANGED: ("changed a role", _subject),
    Event.RIGHTS_ROLE_DELETED: ("deleted a role", _subject),
    Event.USER_GROUP_ADDED: ("added a group of users", _subject),
    Event.USER_GROUP_CHANGED: ("changed a group of users", _subject),
    Event.USER_GROUP_DELETED: ("deleted a group of users", _subject),
    Event.ACCOUNT_CREATED: ("opened the account", _nothing),
    Event.ACCOUNT_SUSPENDED: ("suspended the account", _nothing),
    Event.ACCOUNT_RENAMED: ("gave the account another address", _subject),
    Event.ACCOUNT_RESUMED: ("resumed the account", _nothing),
    Event.ACCOUNT_CLOSED: ("closed the account", _nothing),
    Event.TECHNICAL_REQUESTED: ("asked for a technical account", _subject),
    Event.TECHNICAL_APPROVED: ("made this a technical account", _subject),
    Event.TECHNICAL_REFUSED: ("refused a technical account", _subject),
    Event.TECHNICAL_EXTENDED: ("extended the technical account", _subject),
    Event.TECHNICAL_REMINDED: ("reminded of the end of the technical account", _subject),
    Event.TECHNICAL_ENDED: ("ended the technical account", _nothing),
    Event.INTEGRATION_CREATED: ("created an integration", _integration),
    Event.INTEGRATION_CHANGED: ("changed the settings of an integration", _integration),
    Event.INTEGRATION_DELETED: ("deleted an integration", _integration),
    Event.INTEGRATION_PUBLISHED: ("published an integration", _integration),
    Event.INTEGRATION_UNPUBLISHED: ("took an integration back to a draft", _integration),
    Event.INTEGRATION_DISABLED: ("stopped an integration everywhere", _integration),
    Event.INTEGRATION_ENABLED: ("let an integration work again", _integration),
    Event.WIDGET_UPLOADED: ("uploaded an archive of the widget of", _archive),
    Event.VERSION_ADDED: ("began another version of an integration", _version),
    Event.VERSION_DELETED: ("threw a draft away", _version),
    Event.REVIEW_REQUESTED: ("asked for a review", _version),
    Event.REVIEW_ASKED: ("asked about a version", _version),
    Event.REVIEW_ANSWERED: ("answered the moderators", _version),
    Event.REVIEW_NOTED: ("wrote a note on a version", _version),
    Event.TRIAL_BEGUN: ("opened this account to try", _version),
    Event.TRIAL_ENDED: ("finished trying", _version),
    Event.VERSION_WITHDRAWN: ("took a version back", _version),
    Event.VERSION_REJECTED: ("rejected a version", _version),
    Event.VERSION_APPROVED: ("approved a version", _version),
    Event.VERSION_PUBLISHED: ("published a version", _version),
    Event.VERSION_SUPERSEDED: ("replaced a published version", _version),
    Event.VERSION_HIDDEN: ("hid a published version", _version),
    Event.VERSION_SHOWN: ("showed a hidden version again", _version),
    Event.LISTING_FEATURED: ("featured a listing", _integration),
    Event.LISTING_UNFEATURED: ("stopped featuring a listing", _integration),
    Event.LISTING_RATED: ("rated an integration", _integration),
    Event.LISTING_RATING_CHANGED: ("changed a rating", _integration),
    Event.LISTING_RATING_DELETED: ("deleted a rating", _integration),
    Event.LISTING_ANSWERED: ("answered a rating", _integration),
    Event.LISTING_ANSWER_DELETED: ("took an answer back", _integration),
    Event.LISTING_RATING_REMOVED: ("removed a rating", _integration),
    Event.LISTING_RATING_RESTORED: ("restored a rating", _integration),
    Event.SECRET_GENERATED: ("generated a secret key", _integration),
    Event.INSTALLED: ("installed an integration", _integration),
    Event.UNINSTALLED: ("uninstalled an integration", _integration),
    Event.WIDGET_CONFIGURED: ("set up the widget of an integration", _integration),
    Event.API_INSTALLING_CHANGED: ("chose whether integrations may install others", _subject),
    Event.WIDGETS_FRAMED: ("chose how widgets run", _subject),
    Event.CONSENT_GIVEN: ("allowed an integration to work for them", _integration),
    Event.CONSENT_DENIED: ("did not let an integration in", _integration),
    Event.CODE_ISSUED: ("got an authorization code", _integration),
    Event.CODE_REDEEMED: ("swapped a code for its first tokens", _integration),
    Event.CODE_REPLAYED: ("sent a used code once more", _integration),
    Event.GRANT_REFRESHED: ("refreshed its tokens", _integration),
    Event.REFRESH_TOKEN_REUSED: ("sent a spent refresh token", _integration),
    Event.GRANT_REVOKED: ("ended access", _integration),
    Event.GRANT_UNUSED: ("ended access that nobody used", _integration),
    Event.GRANT_RULE_CHANGED: ("chose when unused access ends", _subject),
    Event.LONG_LIVED_TOKEN_ISSUED: ("generated a long-lived token", _token),
    Event.LONG_LIVED_TOKEN_REVOKED: ("revoked a long-lived token", _token),
    Event.SIGNING_KEY_CREATED: ("created a signing key", _nothing),
    Event.SIGNING_KEY_ANNOUNCED: ("announced a signing key", _nothing),
    Event.SIGNING_KEY_ACTIVATED: ("changed the signing key", _nothing),
    Event.SIGNING_KEY_COMPROMISED: ("gave up a signing key", _nothing),
    Event.PIPELINE_CHANGED: ("changed a pipeline", _subject),
    Event.PIPELINE_DELETED: ("deleted a pipeline", _subject),
    Event.CUSTOM_FIELD_CHANGED: ("changed a custom field", _subject),
    Event.CUSTOM_FIELD_DELETED: ("deleted a custom field", _subject),
    Event.WEBHOOK_SUBSCRIBED: ("set a webhook", _subject),
    Event.WEBHOOK_REMOVED: ("removed a webhook", _subject),
    Event.WEBHOOK_DISABLED: ("switched a webhook off after too many bad answers", _subject),
    Event.WEBHOOK_ENABLED: ("switched a webhook on again", _subject),
    Event.WEBHOOK_SENT_AGAIN: ("sent a webhook's delivery again", _subject),
    Event.WEBHOOK_SECRET_SHOWN: ("looked at a webhook's signing secret", _subject),
    Event.WEBHOOK_SECRET_RENEWED: ("renewed a webhook's signing secret", _subject),
    Event.CUSTOM_FIELD_GROUP_CHANGED: ("changed a group of custom fields", _subject),
    Event.CUSTOM_FIELD_GROUP_DELETED: ("deleted a group of custom fields", _subject),
    Event.IMPORT_BEGUN: ("began to import a file", _subject),
    Event.IMPORT_FINISHED: ("imported a file", _subject),
    Event.DATA_EXPORTED: ("exported the account's data", _subject),
}
"""The rest of a sentence that begins with who did it, and what its detail says."""


def what_happened(entry: EntryRow, integrations: Mapping[str, str]) -> tuple[str, str]:
    """Return the words and the detail of *entry*; an event of a newer version by its name."""
    known = {str(event): words for event, words in WORDS.items()}
    words, describe = known.get(entry.event, (entry.event, _subject))
    if entry.outcome != "done":
        words = f"{words} ({entry.outcome})"
    return words, describe(entry.subject, integrations)


def integration_of(entry: EntryRow) -> str | None:
    """Return the client id that the entry's subject names, if it names one."""
    first = entry.subject.partition(" ")[0]
    return first if re.fullmatch(r"[0-9a-f-]{36}", first) else None
