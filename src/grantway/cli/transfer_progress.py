"""How far an export or import has come, on standard error."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from grantway.crm.transfer.model import Progress as Imported
from grantway.crm.transfer.model import Reason, Refusal

_TOLD = 20
"""So many reasons for refusals are told, each once; the file of refused rows has them all."""
_INDEX = re.compile(r"\.\d+")


class Shown:
    """A bar where somebody watches, else nothing but refusals. *size*: bytes of the whole."""

    def __init__(self, doing: str, size: int | None = None) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn(doing),
            *([BarColumn(), TaskProgressColumn()] if size else []),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(doing, total=size, told="")
        self._begun = time.monotonic()
        self._before: int | None = None
        self._told: set[tuple[str, str]] = set()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Show nothing more."""
        self._bar.stop()

    def at(self, rows: int, refused: int | None = None, position: int | None = None) -> None:
        """Show that so many rows are done."""
        if self._before is None:
            self._before = rows  # of earlier runs, or of the first batch
            self._begun = time.monotonic()
        seconds = time.monotonic() - self._begun
        speed = (rows - self._before) / seconds if seconds > 0 else 0
        told = f"{rows:,} rows"
        if speed:
            told += f", {speed:,.0f}/s"
        if refused is not None:
            told += f", {refused:,} refused"
        self._bar.update(self._task, told=told, completed=position)

    def batch(self, progress: Imported, refusals: Sequence[Refusal]) -> None:
        """Show a batch of an import, and tell the first row of each reason for a refusal."""
        for one in refusals:
            for reason in one.reasons:
                self._tell(one.line, reason)
        self.at(sum(progress.counts.values()), progress.refused, progress.byte_offset)

    def _tell(self, line: int, reason: Reason) -> None:
        kind = (_INDEX.sub("", reason.field), reason.expected)
        if kind in self._told or len(self._told) > _TOLD:
            return
        self._told.add(kind)
        if len(self._told) > _TOLD:
            told = "There are more reasons; the file of refused rows has all of them."
        else:
            field = f" {reason.field}:" if reason.field else ""
            told = f"line {line}:{field} {reason.expected} Came: {reason.came}"
        self._console.print(told, markup=False, highlight=False, soft_wrap=True)
