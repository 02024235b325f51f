"""What is wrong with an archive, as text for people, as JSON for programs, as SARIF for CI."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.moderation.checks import outputs
from grantway.moderation.checks.model import Finding, Report, Severity
from grantway.widgets.archives.model import ArchiveFault


class ArchiveReport(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps an archive from being uploaded, and what was noticed besides."""

    errors: Sequence[ArchiveFault] = ()
    warnings: Sequence[ArchiveFault] = ()

    def within(self, folder: str) -> ArchiveReport:
        """Return the report with paths that begin at a repository's root.

        >>> fault = ArchiveFault("JSON", "manifest.json", "an object expected", 1)
        >>> ArchiveReport(errors=[fault]).within("src/widget/").errors[0].path
        'src/widget/manifest.json'
        """
        if not folder:
            return self
        errors, warnings = [
            [
                msgspec.structs.replace(one, path=f"{folder.rstrip('/')}/{one.path}".rstrip("/"))
                for one in listed
            ]
            for listed in (self.errors, self.warnings)
        ]
        return ArchiveReport(errors=errors, warnings=warnings)


def summary(report: ArchiveReport) -> str:
    """Return one line."""
    return outputs.summary(_findings(report))


def as_text(report: ArchiveReport) -> str:
    """Return a line for each fault, as compilers print them, and a summary."""
    lines = []
    for severity, listed in (("error", report.errors), ("warning", report.warnings)):
        for one in listed:
            place = f"{one.path}:{one.line}" if one.line else one.path
            begins = f"{place}: {severity}" if place else severity
            lines.append(f"{begins}: {one.detail} [{one.code}]")
    return "\n".join([*lines, summary(report), ""])


def as_json(report: ArchiveReport) -> str:
    """Return what an upload over the API would answer (contract: 2.8)."""
    document = {
        "title": "Bad Request" if report.errors else "OK",
        "status": 400 if report.errors else 200,
        "detail": "Widget archive is not valid" if report.errors else "",
        "validation-errors": report.errors,
        "warnings": report.warnings,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def as_sarif(report: ArchiveReport) -> str:
    """Return a log of one run (SARIF 2.1.0)."""
    return outputs.as_sarif(_findings(report))


def _findings(report: ArchiveReport) -> Report:
    found = [
        Finding(rule=one.code, severity=severity, text=one.detail, file=one.path, line=one.line)
        for severity, listed in (
            (Severity.ERROR, report.errors),
            (Severity.WARNING, report.warnings),
        )
        for one in listed
    ]
    return Report(content_hash="", findings=tuple(found))
