"""The whole checklist, and what it says of a content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec
import structlog

from grantway.moderation.checks import (
    archive_conduct,
    archive_files,
    archive_foreign,
    archive_manifest,
    archive_pictures,
    archive_scripts,
    archive_styles,
    archive_texts,
    conduct,
    form,
    languages,
    links,
    names,
    pictures,
    texts,
)
from grantway.moderation.checks.inside import Inside
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

log = structlog.get_logger()

GROUPS = {
    "C": "The form",
    "G": "General",
    "N": "Name",
    "T": "Texts",
    "I": "Pictures",
    "L": "Languages",
    "M": "Money",
    "A": "Access, code and versions",
    "F": "Manifest",
    "J": "Texts of the widget",
    "S": "Styles",
    "E": "Code from elsewhere",
    "B": "Behaviour of the widget",
}
"""What the letters of rules stand for, in the order in which people read them."""

_MOST_IN_A_FILE = 5
_MOST_OF_A_RULE = 40
_MOST_LOOKED_AT = 1_000
_NOT_JUDGED = "The machine could not judge this rule: a moderator does"


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
            *archive_conduct.CHECKS,
            *archive_files.CHECKS,
            *archive_foreign.CHECKS,
            *archive_manifest.CHECKS,
            *archive_pictures.CHECKS,
            *archive_scripts.CHECKS,
            *archive_styles.CHECKS,
            *archive_texts.CHECKS,
        ),
        key=_in_order,
    )
)
RULES: tuple[Rule, ...] = tuple(check.rule for check in CHECKS)
"""All rules; those about archives concern integrations with a widget."""


def check(content: Content, around: Surroundings) -> Report:
    """Return what the machine finds in *content*, which says something in its main language.

    With an archive it takes seconds: call it on a thread, outside of transactions.
    """
    archive = around.archive
    inside = None if archive is None else Inside(archive, around.reading(archive.files))
    content_hash = hash_of(encoded(content))
    found = []
    for one in CHECKS:
        if one.concerns(content):
            try:
                of_rule: Sequence[Found] = list(_all_found(one, content, around, inside))
            except Exception:
                # One file that nobody thought of may not stop the reviews of everybody.
                log.exception("checklist.failed", rule=one.rule.id, content=content_hash)
                of_rule = [Found(text=_NOT_JUDGED, only_a_hint=True)]
            found += [_finding(one.rule, each) for each in of_rule]
    return Report(content_hash=content_hash, findings=tuple(found))


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


def _all_found(
    check: Check, content: Content, around: Surroundings, inside: Inside | None
) -> Iterator[Found]:
    # The same word in ten sentences of one text is one thing to mend.
    if check.find is not None:
        yield from dict.fromkeys(check.find(content, around))
    if check.look_inside is not None and inside is not None:
        yield from _some(check.look_inside(inside, content))


def _some(found: Iterable[Found]) -> Iterator[Found]:
    """Leave out what repeats itself in one file, or in many; the last one shown says so."""
    every = list(dict.fromkeys(islice(found, _MOST_LOOKED_AT)))
    total = Counter(one.file for one in every)
    seen = Counter[str]()
    shown = 0
    for one in every:
        seen[one.file] += 1
        if seen[one.file] > _MOST_IN_A_FILE:
            continue
        shown += 1
        if shown == _MOST_OF_A_RULE:
            text = f"{one.text} (and there is more in other places)"
            yield msgspec.structs.replace(one, text=text)
            return
        left = total[one.file] - _MOST_IN_A_FILE
        if seen[one.file] == _MOST_IN_A_FILE and left > 0:
            text = f"{one.text} (and {left} more in this file)"
            yield msgspec.structs.replace(one, text=text)
        else:
            yield one


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
