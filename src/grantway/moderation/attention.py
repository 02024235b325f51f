"""Why a version needs a person: what the queue and the review page say before anything else.

It looks at contents and at what was kept when the version was handed in, and
runs no checks: a page of the queue has many of these.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

import msgspec

from grantway.integrations.model import LANGUAGES
from grantway.integrations.scopes import access_in_words
from grantway.moderation.checks.checklist import human_rules
from grantway.moderation.differences import Difference, differences
from grantway.moderation.model import Content, Waiting

LIKENESS = "N5"
"""The rule that fires for names like published ones (S-152)."""


class Cause(enum.StrEnum):
    """What kind of reason it is."""

    OVERDUE = "overdue"
    ANSWERED = "answered"
    ASKED = "asked"
    FIRST = "first"
    CHANGED = "changed"
    LIKENESS = "likeness"
    FOUND = "found"
    HUMAN = "human"


class Why(msgspec.Struct, frozen=True):
    """A reason in words. *at* is when it began, where that matters; *is_grave*: look here first."""

    cause: Cause
    text: str
    at: int | None = None
    is_grave: bool = False


_GROUPS = {
    "Name": ("name",),
    "Texts": ("short_description", "description", "instructions"),
    "Pictures": ("icon", "logo", "gallery"),
    "Links and support": ("privacy_uri", "support_uri", "support_email"),
    "Redirect URL": ("redirect_uri",),
    "Access revoked webhook URL": ("revoke_hook_uri",),
    "Owner": ("owner_name", "owner_uri"),
    "Main language": ("language",),
    "Price": ("price",),
    "Widget": ("has_widget", "archive"),
}
"""What may change, as moderators call it; scopes and languages speak for themselves."""
# Where codes go, who is told, and who says all this: what an attacker would change (S-149).
_GRAVE = frozenset({"Redirect URL", "Access revoked webhook URL", "Owner"})


def reasons_for_a_human(
    before: Content | None,
    after: Content,
    *,
    found: Mapping[str, int] | None,
    asked_at: int | None,
    answered_at: int | None,
    due_at: int | None,
    now: int,
) -> list[Why]:
    """Return why a person has to look, the most pressing first.

    *before* is what the public has, *found* how often each rule fired, None
    when nobody kept that. *asked_at* and *answered_at* are when a moderator
    asked last and the integrator answered last.
    """
    whys = []
    if due_at is not None and due_at <= now:
        whys.append(Why(Cause.OVERDUE, "Overdue", due_at, is_grave=True))
    whys += _talk(asked_at, answered_at)
    if before is None:
        whys.append(Why(Cause.FIRST, "First publication"))
    else:
        whys += _changes(before, after)
    whys += _found(found or {})
    if rules := human_rules(after):
        whys.append(Why(Cause.HUMAN, f"{_counted(len(rules), 'rule')} for a person to judge"))
    return whys


def of_waiting(one: Waiting, now: int) -> list[Why]:
    """Return the same for a row of the queue."""
    before = one.stored_before
    return reasons_for_a_human(
        None if before is None else msgspec.json.decode(before, type=Content),
        msgspec.json.decode(one.stored, type=Content),
        found=None if one.found is None else msgspec.json.decode(one.found, type=dict[str, int]),
        asked_at=one.asked_at,
        answered_at=one.answered_at,
        due_at=one.due_at,
        now=now,
    )


def _talk(asked_at: int | None, answered_at: int | None) -> list[Why]:
    if answered_at is not None and answered_at >= (asked_at or 0):
        return [Why(Cause.ANSWERED, "The integrator answered", answered_at)]
    if asked_at is not None:
        return [Why(Cause.ASKED, "A question waits for the integrator", asked_at)]
    return []


def _changes(before: Content, after: Content) -> list[Why]:
    found = differences(before, after)
    if not found:
        return [Why(Cause.CHANGED, "Says what is published already")]
    whys = [*_scopes(before, after)]
    spoken = {one.language for one in before.presentations}
    said = {one.language for one in after.presentations}
    if new := said - spoken:
        whys.append(Why(Cause.CHANGED, f"New: {_languages(new)}"))
    if gone := spoken - said:
        whys.append(Why(Cause.CHANGED, f"No longer: {_languages(gone)}"))
    both = spoken & said
    for group, fields in _GROUPS.items():
        changed = [
            one
            for one in found
            if one.field in fields and (not one.language or one.language in both)
        ]
        if changed:
            text = f"{group} changed{_where(changed, both)}"
            whys.append(Why(Cause.CHANGED, text, is_grave=group in _GRAVE))
    return whys


def _scopes(before: Content, after: Content) -> list[Why]:
    whys = []
    if more := set(after.scopes) - set(before.scopes):
        whys.append(Why(Cause.CHANGED, f"Asks for more: {_access(more)}", is_grave=True))
    if less := set(before.scopes) - set(after.scopes):
        whys.append(Why(Cause.CHANGED, f"Asks no more for: {_access(less)}"))
    return whys


def _where(changed: Sequence[Difference], languages: set[str]) -> str:
    """Name the languages in which something changed, unless it is all of them."""
    named = {one.language for one in changed if one.language}
    return f" in {_languages(named)}" if named and named != languages else ""


def _found(found: Mapping[str, int]) -> list[Why]:
    whys = []
    if found.get(LIKENESS):
        whys.append(Why(Cause.LIKENESS, "Name like a published one", is_grave=True))
    others = {rule: count for rule, count in found.items() if rule != LIKENESS and count}
    if others:
        rules = ", ".join(
            rule if count == 1 else f"{rule} ({count})" for rule, count in others.items()
        )
        total = sum(others.values())
        whys.append(Why(Cause.FOUND, f"{_counted(total, 'finding')}: {rules}"))
    return whys


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def _languages(codes: set[str]) -> str:
    return ", ".join(LANGUAGES.get(code, code) for code in sorted(codes))


def _access(scopes: set[str]) -> str:
    return ", ".join(access_in_words(" ".join(scopes))).lower()
