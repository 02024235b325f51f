"""Rules, findings, and what a rule may know."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

import msgspec


class Severity(enum.StrEnum):
    """What a finding means."""

    ERROR = "error"
    """The machine decides: no review is requested while this stands."""
    WARNING = "warning"
    """The machine points at something, and a moderator decides."""
    HUMAN = "human"
    """Only a moderator can tell."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the checklist. *text* tells an integrator what is asked of them."""

    id: str
    severity: Severity
    text: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that fired, where, and what to do about it.

    *field* is that of the form, such as `name`; *language* is empty for what is
    the same in all. *file* and *line* name a place in an archive.
    """

    rule: str
    severity: Severity
    text: str
    field: str = ""
    language: str = ""
    file: str = ""
    line: int = 0


class PictureFacts(msgspec.Struct, frozen=True):
    """What is known of a stored picture: its kind, such as `image/png`, and pixels."""

    kind: str
    width: int
    height: int
    margin_is_plain: bool = True


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a check may know beside the content itself.

    *published_hash* is that of the version before the public now. *alike* are
    names of other integrations' listings that look like this one's, by language.
    *host_names* are what the platform itself is called.
    """

    pictures: Mapping[str, PictureFacts] = {}
    published_hash: str | None = None
    alike: Mapping[str, Sequence[str]] = {}
    host_names: Sequence[str] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks say of one content, named by its hash."""

    content_hash: str
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stands in the way of a review."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)
