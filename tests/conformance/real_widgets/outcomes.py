"""What became of a widget, step by step, and the line and the page about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.conformance.real_widgets.hearing import Heard
from tests.conformance.real_widgets.widgets import Widget
from tools.real_widgets import KeptWidget

STEPS = ("upload", "checklist", "install", "save", "cards", "lists", "pages", "reload", "disable")
"""A step that a widget has no place for is left out of its outcome."""


@dataclass(slots=True)
class Outcome:
    """The steps that were walked, each with its troubles; none is a step that passed."""

    number: int
    widget: Widget
    steps: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)

    def begin(self, step: str) -> None:
        self.steps.setdefault(step, [])

    def trouble(self, step: str, words: str) -> None:
        """Add what went wrong in a step, unless it is known as the widget's own."""
        self.begin(step)
        why = self.widget.reason(words)
        if why:
            self.note(why)
        elif words not in self.steps[step]:
            self.steps[step].append(words)

    def hear(self, step: str, heard: list[Heard]) -> None:
        for one in heard:
            self.trouble(step, f"{one.whose}: {one.text}")

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)

    @property
    def has_passed(self) -> bool:
        return bool(self.steps) and not any(self.steps.values())

    @property
    def passed(self) -> int:
        return sum(not troubles for troubles in self.steps.values())

    @property
    def kept(self) -> KeptWidget:
        """Return what the results remember."""
        return KeptWidget(
            number=self.number,
            repository=self.widget.repository,
            commit=self.widget.commit,
            is_refused=self.widget.is_refused,
            steps={name: "; ".join(self.steps[name]) for name in STEPS if name in self.steps},
            drawn=self.drawn,
            notes=self.notes,
        )
