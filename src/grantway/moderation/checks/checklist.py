"""The whole checklist, and what it says of a content."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from grantway.moderation.checks import (
    conduct,
    form,
    languages,
    links,
    names,
    pictures,
    texts,
)
from grantway.moderation.checks.model import (
    Check,
    Finding,
    Found,
    Report,
    Rule,
    Severity,
    Surroundings,
)
from grantway.moderation.model import Content, Version, encoded, hash_of

GROUPS = {
    "C": "The form",
    "G": "General",
    "N": "Name",
    "T": "Texts",
    "I": "Pictures",
    "L": "Languages",
    "M": "Money",
    "A": "Access and versions",
}
"""What the letters of rules stand for, in the order in which people read them."""


def _in_order(check: Check) -> tuple[int, int]:
    return list(GROUPS).index(check.rule.id[0]), int(check.rule.id[1:])


CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (
            *form.CHECKS,
            *conduct.CHECKS,
            *names.CHECKS,
            *texts.CHECKS,
            *links.CHECKS,
            *pictures.CHECKS,
            *languages.CHECKS,
        ),
        key=_in_order,
    )
)
RULES: tuple[Rule, ...] = tuple(check.rule for check in CHECKS)
"""All rules for integrations as such; those of archives join with widgets."""


def check(content: Content, around: Surroundings) -> Report:
    """Return what the machine finds in *content*, which says something in its main language."""
    found = tuple(
        _finding(check.rule, one)
        for check in CHECKS
        if check.concerns(content)
        for one in _all_found(check, content, around)
    )
    return Report(content_hash=hash_of(encoded(content)), findings=found)


def check_version(version: Version, around: Surroundings) -> Report:
    """Return what the machine finds in a stored version, named by the hash it is stored under."""
    report = check(version.content, around)
    return msgspec.structs.replace(report, content_hash=version.content_hash)


def human_rules(content: Content) -> tuple[Rule, ...]:
    """Return what a moderator has to look at in *content*; each rule's *human* says how."""
    return tuple(
        _detailed(check, content)
        for check in CHECKS
        if check.rule.human and check.concerns(content)
    )


def _all_found(check: Check, content: Content, around: Surroundings) -> Iterator[Found]:
    # The same word in ten sentences of one text is one thing to mend.
    if check.find is not None:
        yield from dict.fromkeys(check.find(content, around))


def _finding(rule: Rule, one: Found) -> Finding:
    return Finding(
        rule=rule.id,
        severity=Severity.WARNING if one.only_a_hint else rule.severity,
        text=one.text,
        field=one.field,
        language=one.language,
        file=one.file,
        line=one.line,
    )


def _detailed(check: Check, content: Content) -> Rule:
    if check.detail is None:
        return check.rule
    text = f"{check.rule.human} {check.detail(content)}"
    return msgspec.structs.replace(check.rule, human=text)
