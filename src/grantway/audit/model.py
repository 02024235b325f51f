"""Events and entries."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import msgspec

PLATFORM = 0
"""Stands in place of an account for what concerns none."""


class Event(enum.StrEnum):
    """Everything that is audited, named subject.action."""

    SIGNED_IN = "user.signed_in"
    SIGN_IN_REFUSED = "user.sign_in_refused"
    SIGNED_OUT = "user.signed_out"
    SESSION_ENDED = "user.session_ended"
    PASSWORD_CHANGED = "user.password_changed"
    PASSWORD_SET = "user.password_set"
    PASSWORD_PROVED = "user.password_proved"
    USER_CREATED = "user.created"
    USER_ADDED = "user.added_to_account"
    ROLE_CHANGED = "user.role_changed"
    LANGUAGE_CHANGED = "user.language_changed"
    USER_DEACTIVATED = "user.deactivated"
    USER_ACTIVATED = "user.activated"
    ACCOUNT_USER_ADDED = "account_user.added"
    ACCOUNT_USER_CHANGED = "account_user.changed"
    ACCOUNT_USER_DEACTIVATED = "account_user.deactivated"
    ACCOUNT_USER_ACTIVATED = "account_user.activated"
    RIGHTS_ROLE_ADDED = "rights_role.added"
    RIGHTS_ROLE_CHANGED = "rights_role.changed"
    RIGHTS_ROLE_DELETED = "rights_role.deleted"
    USER_GROUP_ADDED = "user_group.added"
    USER_GROUP_CHANGED = "user_group.changed"
    USER_GROUP_DELETED = "user_group.deleted"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_SUSPENDED = "account.suspended"
    ACCOUNT_RENAMED = "account.renamed"
    ACCOUNT_RESUMED = "account.resumed"
    ACCOUNT_CLOSED = "account.closed"
    TECHNICAL_REQUESTED = "account.technical_requested"
    TECHNICAL_APPROVED = "account.technical_approved"
    TECHNICAL_REFUSED = "account.technical_refused"
    TECHNICAL_EXTENDED = "account.technical_extended"
    TECHNICAL_REMINDED = "account.technical_reminded"
    TECHNICAL_ENDED = "account.technical_ended"
    INTEGRATION_CREATED = "integration.created"
    INTEGRATION_CHANGED = "integration.changed"
    INTEGRATION_DELETED = "integration.deleted"
    INTEGRATION_PUBLISHED = "integration.published"
    INTEGRATION_UNPUBLISHED = "integration.unpublished"
    INTEGRATION_DISABLED = "integration.disabled"
    INTEGRATION_ENABLED = "integration.enabled"
    VERSION_ADDED = "version.added"
    VERSION_DELETED = "version.deleted"
    REVIEW_REQUESTED = "version.review_requested"
    REVIEW_ASKED = "version.asked_about"
    REVIEW_ANSWERED = "version.answered_for"
    REVIEW_NOTED = "version.noted"
    TRIAL_BEGUN = "version.trial_begun"
    TRIAL_ENDED = "version.trial_ended"
    VERSION_WITHDRAWN = "version.withdrawn"
    VERSION_REJECTED = "version.rejected"
    VERSION_APPROVED = "version.approved"
    VERSION_PUBLISHED = "version.published"
    VERSION_SUPERSEDED = "version.superseded"
    VERSION_HIDDEN = "version.hidden"
    VERSION_SHOWN = "version.shown_again"
    LISTING_FEATURED = "listing.featured"
    LISTING_UNFEATURED = "listing.no_longer_featured"
    LISTING_RATED = "listing.rated"
    LISTING_RATING_CHANGED = "listing.rating_changed"
    LISTING_RATING_DELETED = "listing.rating_deleted"
    LISTING_ANSWERED = "listing.rating_answered"
    LISTING_ANSWER_DELETED = "listing.answer_deleted"
    LISTING_RATING_REMOVED = "listing.rating_removed"
    LISTING_RATING_RESTORED = "listing.rating_restored"
    SECRET_GENERATED = "integration.secret_generated"
    INSTALLED = "installation.installed"
    UNINSTALLED = "installation.ended"
    WIDGET_UPLOADED = "widget.uploaded"
    WIDGET_CONFIGURED = "widget.configured"
    API_INSTALLING_CHANGED = "account.api_installing_changed"
    WIDGETS_FRAMED = "account.widgets_framed"
    CONSENT_GIVEN = "consent.given"
    CONSENT_DENIED = "consent.denied"
    CODE_ISSUED = "code.issued"
    CODE_REDEEMED = "code.redeemed"
    CODE_REPLAYED = "code.replayed"
    GRANT_REFRESHED = "grant.refreshed"
    REFRESH_TOKEN_REUSED = "grant.refresh_token_reused"
    GRANT_REVOKED = "grant.revoked"
    GRANT_UNUSED = "grant.ended_unused"
    GRANT_RULE_CHANGED = "account.unused_grants_changed"
    LONG_LIVED_TOKEN_ISSUED = "long_lived_token.issued"
    LONG_LIVED_TOKEN_REVOKED = "long_lived_token.revoked"
    SIGNING_KEY_CREATED = "signing_key.created"
    SIGNING_KEY_ANNOUNCED = "signing_key.announced"
    SIGNING_KEY_ACTIVATED = "signing_key.activated"
    SIGNING_KEY_COMPROMISED = "signing_key.compromised"
    PIPELINE_CHANGED = "pipeline.changed"
    PIPELINE_DELETED = "pipeline.deleted"
    CUSTOM_FIELD_CHANGED = "custom_field.changed"
    CUSTOM_FIELD_DELETED = "custom_field.deleted"
    WEBHOOK_SUBSCRIBED = "webhook.subscribed"
    WEBHOOK_REMOVED = "webhook.removed"
    WEBHOOK_DISABLED = "webhook.switched_off"
    WEBHOOK_ENABLED = "webhook.switched_on"
    WEBHOOK_SENT_AGAIN = "webhook.sent_again"
    WEBHOOK_SECRET_SHOWN = "webhook.secret_shown"
    WEBHOOK_SECRET_RENEWED = "webhook.secret_renewed"
    CUSTOM_FIELD_GROUP_CHANGED = "custom_field_group.changed"
    CUSTOM_FIELD_GROUP_DELETED = "custom_field_group.deleted"
    IMPORT_BEGUN = "import.begun"
    IMPORT_FINISHED = "import.finished"
    DATA_EXPORTED = "data.exported"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event. *subject* names what it concerns; never a secret, never personal text.

    *authorizer_id* is set when an integration acted as *user_id* with the access of another.
    *details* are JSON: how a person confirmed it.
    """

    at: int
    event: Event
    account_id: int = PLATFORM
    actor: str
    user_id: int | None = None
    client_id: str | None = None
    grant_id: int | None = None
    authorizer_id: int | None = None
    source: str = ""
    subject: str = ""
    outcome: str = "done"
    details: str = ""

    def telling(self, details: Mapping[str, Any] | None) -> Entry:
        """Return the entry with *details* of how it came about."""
        if not details:
            return self
        return msgspec.structs.replace(self, details=msgspec.json.encode(details).decode())
