"""A report as text for people, as JSON for programs, and as SARIF 2.1.0 for CI.

SARIF: OASIS Static Analysis Results Interchange Format 2.1.0, sections 3.13 to 3.28.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any
from urllib.parse import quote

import msgspec

from grantway.moderation.checks.checklist import RULES
from grantway.moderation.checks.model import Finding, Report, Rule, Severity

SARIF_VERSION = "2.1.0"
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HUMAN: "note"}
_ASKED = {rule.id: rule.text for rule in RULES}


def summary(report: Report) -> str:
    """Return one line.

    >>> summary(Report(content_hash="", findings=()))
    '0 errors, 0 warnings'
    """
    numbers = ((len(report.errors), "error"), (len(report.warnings), "warning"))
    return ", ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name in numbers)


def as_text(report: Report) -> str:
    """Return a line for each finding, what its rule asks once, and a summary."""
    lines: list[str] = []
    last = ""
    for one in report.findings:
        if one.rule != last:
            lines += [f"{one.rule}  {_ASKED.get(one.rule, '')}".rstrip()]
            last = one.rule
        place = f"{one.place}: " if one.place else ""
        lines.append(f"  {one.severity}: {place}{one.text}")
    return "\n".join([*lines, summary(report), ""])


def as_json(report: Report) -> str:
    """Return the report as one JSON document, the findings in the checklist's order."""
    document = {
        "content_hash": report.content_hash,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "findings": report.findings,
    }
    return _document(document)


def as_sarif(report: Report) -> str:
    """Return a log of one run, of which code hosts show what has a file."""
    ids = [rule.id for rule in RULES]
    run = {
        "tool": {
            "driver": {
                "name": "Grantway",
                "version": metadata.version("grantway"),
                "rules": [_reporting_descriptor(rule) for rule in RULES],
            }
        },
        "results": [_result(one, ids) for one in report.findings],
        "properties": {"contentHash": report.content_hash},
    }
    return _document({"$schema": _SCHEMA, "version": SARIF_VERSION, "runs": [run]})


def _reporting_descriptor(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(one: Finding, ids: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "level": _LEVELS[one.severity],
        "message": {"text": one.text},
    }
    if one.rule in ids:
        result["ruleIndex"] = ids.index(one.rule)
    if location := _location(one):
        result["locations"] = [location]
    return result


def _location(one: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if one.file:
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(one.file)}}
        if one.line:
            location["physicalLocation"]["region"] = {"startLine": one.line}
    if one.field:
        location["logicalLocations"] = [{"name": one.field, "fullyQualifiedName": one.form_place}]
    return location


def _document(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
