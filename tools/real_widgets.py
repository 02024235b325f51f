"""The page that tells how real widgets fared, written of what the runner keeps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tools.reference_markdown import page, rows

KEPT = Path(__file__).resolve().parents[1] / "docs" / "reference" / "real-widgets.json"


class KeptWidget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of one widget: its steps, each with what went wrong, "" for nothing."""

    number: int
    repository: str
    commit: str
    is_refused: bool
    steps: dict[str, str]
    drawn: list[str]
    notes: list[str]

    @property
    def verdict(self) -> str:
        """Return the words of the table.

        >>> KeptWidget(1, "a/b", "c0ffee", False, {"upload": "", "save": "no"}, [], []).verdict
        'fails: save'
        """
        failed = [name for name, trouble in self.steps.items() if trouble]
        if failed:
            return f"fails: {', '.join(failed)}"
        if self.is_refused:
            return "refused, as it must be"
        return "passes, apart from its own" if self.notes else "passes"


class KeptRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last run that was kept."""

    date: str
    widgets: list[KeptWidget]


def kept_run() -> KeptRun:
    """Return the last run that was kept."""
    return msgspec.json.decode(KEPT.read_bytes(), type=KeptRun)


def keep(run: KeptRun) -> None:
    """Remember a run in place of the last one."""
    text = msgspec.json.encode(run, order="deterministic")
    KEPT.write_bytes(msgspec.json.format(text, indent=1) + b"\n")


def real_widgets_page() -> str:
    """Return the page."""
    run = kept_run()
    good = sum(not any(one.steps.values()) for one in run.widgets)
    return page(
        "Real widgets",
        _ABOUT.format(date=run.date, good=good, all=len(run.widgets)),
        f"## What became of each\n\n{_table(run.widgets)}",
        f"## What is the widget's own\n\n{_OWN}\n\n{_notes(run.widgets)}",
    )


def _table(widgets: Sequence[KeptWidget]) -> str:
    return rows(
        ["", "repository", "commit", "outcome", "steps", "draws or acts in"],
        [
            [
                str(one.number),
                one.repository,
                f"`{one.commit}`",
                one.verdict,
                f"{sum(not trouble for trouble in one.steps.values())} of {len(one.steps)}",
                ", ".join(f"`{place}`" for place in dict.fromkeys(one.drawn)),
            ]
            for one in widgets
        ],
    )


def _notes(widgets: Sequence[KeptWidget]) -> str:
    noted = [(one, note) for one in widgets for note in one.notes]
    return "\n".join(f"- {one.number}, {one.repository}: {note}" for one, note in noted)


_ABOUT = """\
Widgets that other people published for the vendor's product, as they are: each archive is uploaded
unchanged to a demo, installed by a real press and its confirmation, filled in and saved, opened in
every place of its manifest that the workspace has, looked at again after a reload, and disabled.
Those that are published as sources (2, 5, 6, 18, 19) were built first. None of their code is part
of Grantway; who has the archives repeats the walk with `make test-widgets ARGS=FOLDER`.

The last run that was kept is of {date}: {good} of {all} came to what they must.

- `upload`: taken, or refused with the reasons. `checklist`: rules that must find something in it,
  as before a review, do.
- `install`, `save`, `reload`, `disable`: as a person does it; stored settings are the same after
  a reload, and what is disabled is gone from the pages.
- `cards`, `lists`, `pages`: it starts without a complaint, draws its block where its manifest says
  so, works with ticked rows, and comes back after moving in the application.

Every uncaught error, every callback that fails, and every error in the browser's console is held
against the step. Outside servers cannot be reached during the walk; what a widget would ask them
fails, and that alone is not counted."""

_OWN = """\
What was heard and is no fault of the host's, one reason for each. Anything else that is heard fails
the step."""
