"""Rules, findings, and what a rule may know."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from grantway.integrations.rules import CallRules
from grantway.moderation.checks.inside import Inside, Reading
from grantway.moderation.checks.sources.apart import read_apart
from grantway.moderation.model import Content
from grantway.pictures.model import PictureFacts
from grantway.widgets.archives.model import Archive


class Severity(enum.StrEnum):
    """What a finding means."""

    ERROR = "error"
    """The machine decides: no review is requested while this stands."""
    WARNING = "warning"
    """The machine points at something, and a moderator decides."""
    HUMAN = "human"
    """Only a moderator can tell."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the checklist. *text* tells an integrator what is asked of them.

    *human* tells what a moderator looks at, where the machine cannot tell, or
    cannot tell all.
    """

    id: str
    severity: Severity
    text: str
    human: str = ""


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

    @property
    def form_place(self) -> str:
        """Where it is in the form: `es/name`, `owner_name`."""
        return "/".join(part for part in (self.language, self.field) if part)

    @property
    def place(self) -> str:
        """Where it is: `es/name`, `script.js:14`, `integration.json:14 es/name`."""
        in_file = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(part for part in (in_file, self.form_place) if part)


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a check may know beside the content itself.

    *pictures* are those that are stored, and *refused_pictures* say why others
    cannot be. *published_hash* is that of the version before the public now.
    *alike* are names of other integrations' listings that look like this one's,
    by language. *host_names* are what the platform itself is called; one with a
    capital letter is also spelled so. *rules* say what the platform may call,
    and what its operator opened for tests. *archive* is the content's, and
    *archive_of_others* are names of integrations of other accounts that were
    published with the same one. *reading* takes its scripts and styles apart.
    """

    pictures: Mapping[str, PictureFacts] = msgspec.field(default_factory=dict)
    refused_pictures: Mapping[str, str] = msgspec.field(default_factory=dict)
    published_hash: str | None = None
    alike: Mapping[str, Sequence[str]] = msgspec.field(default_factory=dict)
    host_names: Sequence[str] = ()
    rules: CallRules | None = None
    archive: Archive | None = None
    archive_of_others: Sequence[str] = ()
    reading: Reading = read_apart


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks say of one content, named by its hash."""

    content_hash: str
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How often each rule fired, in the order of the checklist."""
        return dict(Counter(one.rule for one in self.findings))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stands in the way of a review."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What a moderator will look at."""
        return tuple(one for one in self.findings if one.severity is Severity.WARNING)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found; its rule says how grave that is, unless it is *only_a_hint*."""

    text: str
    field: str = ""
    language: str = ""
    file: str = ""
    line: int = 0
    only_a_hint: bool = False


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, and how a machine finds where it is broken.

    *find* looks at the content, *look_inside* at its archive, if it has one.
    *applies* tells for which content it is a rule at all. *detail* adds to the
    moderator's line what this content says of it.
    """

    rule: Rule
    find: Callable[[Content, Surroundings], Iterable[Found]] | None = None
    look_inside: Callable[[Inside, Content], Iterable[Found]] | None = None
    applies: Callable[[Content], bool] | None = None
    detail: Callable[[Content], str] | None = None

    def concerns(self, content: Content) -> bool:
        return self.applies is None or self.applies(content)


def brings_code(content: Content) -> bool:
    """Tell whether the rules about archives are for this content."""
    return content.has_widget or bool(content.archive)


def of_archives(
    severity: Severity,
    rule_id: str,
    text: str,
    look_inside: Callable[[Inside, Content], Iterable[Found]] | None = None,
    *,
    human: str = "",
) -> Check:
    """Return a rule about archives, which is none for a content without a widget."""
    rule = Rule(id=rule_id, severity=severity, text=text, human=human)
    return Check(rule=rule, look_inside=look_inside, applies=brings_code)


def error(
    rule_id: str,
    text: str,
    find: Callable[[Content, Surroundings], Iterable[Found]],
    *,
    human: str = "",
    applies: Callable[[Content], bool] | None = None,
    look_inside: Callable[[Inside, Content], Iterable[Found]] | None = None,
) -> Check:
    """Return a rule that the machine decides."""
    rule = Rule(id=rule_id, severity=Severity.ERROR, text=text, human=human)
    return Check(rule=rule, find=find, applies=applies, look_inside=look_inside)


def warning(
    rule_id: str,
    text: str,
    find: Callable[[Content, Surroundings], Iterable[Found]],
    *,
    human: str,
) -> Check:
    """Return a rule whose breaches the machine suspects and a moderator sees."""
    rule = Rule(id=rule_id, severity=Severity.WARNING, text=text, human=human)
    return Check(rule=rule, find=find)


def human(
    rule_id: str,
    text: str,
    *,
    looks_at: str,
    applies: Callable[[Content], bool] | None = None,
    detail: Callable[[Content], str] | None = None,
) -> Check:
    """Return a rule that only a moderator can judge."""
    rule = Rule(id=rule_id, severity=Severity.HUMAN, text=text, human=looks_at)
    return Check(rule=rule, applies=applies, detail=detail)
