"""A version under review as the page of moderators shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from grantway.integrations.model import LANGUAGES
from grantway.integrations.scopes import access_in_words
from grantway.moderation.attention import Cause, Why
from grantway.moderation.checks.checklist import GROUPS, RULES
from grantway.moderation.checks.model import Finding
from grantway.moderation.differences import Difference
from grantway.moderation.history import Past
from grantway.moderation.model import Message, Version
from grantway.moderation.states import State
from grantway.web.listings.states import STATES
from grantway.web.wording import sentence

_FIELDS = {
    "language": "Main language",
    "redirect_uri": "Redirect URL",
    "revoke_hook_uri": "Access revoked webhook URL",
    "scopes": "Access that it asks for",
    "owner_name": "Owner",
    "owner_uri": "Site of the owner",
    "has_widget": "Has a widget",
    "price": "Price",
    "archive": "Archive of the widget",
    "name": "Integration name",
    "short_description": "Short description",
    "description": "Description",
    "instructions": "How to install it",
    "privacy_uri": "Privacy policy",
    "support_uri": "Support page",
    "support_email": "Support e-mail",
    "icon": "Icon",
    "logo": "Logo",
    "gallery": "Slides",
}
_PRICES = {"free": "Free", "external": "Paid, outside of this Marketplace"}
_PICTURES = ("icon", "logo", "gallery")
_PILLS = {
    Cause.ANSWERED: "good",
    Cause.ASKED: "warn",
    Cause.FIRST: "warn",
    Cause.FOUND: "warn",
}
_SAID = {
    "request": "asked for a review",
    "question": "asked",
    "answer": "answered",
    "note": "noted, for moderators alone",
    "verdict": "decided",
}
_RULES = {rule.id: rule.text for rule in RULES}


def version_row(version: Version, names: Mapping[int, str], now: int) -> dict[str, Any]:
    """Return what stands at the head of the page."""
    words, kind = STATES[State(version.state)]
    is_waiting = version.state == State.IN_REVIEW
    return {
        "number": version.number,
        "state": words,
        "state_kind": kind,
        "hash": version.content_hash,
        "submitted_at": version.submitted_at,
        "due_at": version.due_at if is_waiting else None,
        "is_overdue": is_waiting and version.due_at is not None and version.due_at <= now,
        "decided_at": version.decided_at,
        "decided_by": names.get(version.decided_by or 0, ""),
        "published_at": version.published_at,
    }


def change_groups(
    found: Sequence[Difference], picture_href: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Return the fields that differ, those of one language together."""
    return [
        {
            "title": LANGUAGES.get(language, language) if language else "In all languages",
            "language": language,
            "rows": [_change_row(one, picture_href) for one in rows],
        }
        for language, rows in groupby(found, key=lambda one: one.language)
    ]


def finding_row(one: Finding) -> dict[str, str]:
    """Return what a check found."""
    # What is said of a file may begin with a piece of code, which has its own capital letters.
    text = f"{one.text}." if one.file else sentence(one.text)
    return {"rule": one.rule, "place": one.place, "text": text}


def why_row(one: Why) -> dict[str, Any]:
    """Return why a person has to look."""
    kind = "bad" if one.is_grave else _PILLS.get(one.cause, "")
    return {"text": one.text, "at": one.at, "kind": kind}


def past_row(one: Past, names: Mapping[int, str], now: int) -> dict[str, Any]:
    """Return an earlier version with what was decided about it, and why."""
    row = version_row(one.version, names, now)
    return row | {
        "href": f"/moderation/{one.version.client_id}/{one.version.number}",
        "verdicts": [
            {
                "by": said.name,
                "at": said.at,
                "text": said.text,
                "reasons": [{"rule": why.rule, "text": why.text} for why in said.reasons],
            }
            for said in one.verdicts
        ],
    }


def message_row(one: Message, comment: str) -> dict[str, Any]:
    """Return what somebody said; *comment* is what was sealed for moderators."""
    return {
        "by": one.name,
        "kind": _SAID[one.kind],
        "is_private": one.kind == "note",
        "at": one.at,
        "text": one.text,
        "comment": comment,
        "reasons": [
            {"rule": why.rule, "asks": _RULES.get(why.rule, ""), "text": why.text}
            for why in one.reasons
        ],
    }


def rule_groups() -> list[dict[str, Any]]:
    """Return all rules, for the choice of what a version breaks."""
    return [
        {
            "title": GROUPS[letter],
            "rules": [{"id": rule.id, "text": rule.text} for rule in rules],
        }
        for letter, rules in groupby(RULES, key=lambda rule: rule.id[0])
    ]


def _change_row(one: Difference, picture_href: Callable[[str], str]) -> dict[str, Any]:
    kind = "text"
    if one.field in _PICTURES:
        kind = "pictures"
    elif one.field.endswith("_uri"):
        kind = "link"
    return {
        "label": _FIELDS.get(one.field, one.field),
        "kind": kind,
        "before": _shown(one.field, one.before, picture_href),
        "after": _shown(one.field, one.after, picture_href),
    }


def _shown(field: str, value: str, picture_href: Callable[[str], str]) -> str | list[str]:
    if field in _PICTURES:
        return [picture_href(one) for one in value.split()]
    if field == "scopes":
        return "\n".join(access_in_words(value))
    if field == "language":
        return LANGUAGES.get(value, value)
    if field == "price":
        return _PRICES.get(value, value)
    return value
