"""The pictures beside the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from benchmarks.figures import Samples, number
from benchmarks.reports import FOLDER

if TYPE_CHECKING:
    from benchmarks.lists import Times

_OURS, _OTHERS, _INK = "#2563eb", "#94a3b8", "#475569"
_COLORS = 8  # more could not be told apart; further lines are broken
_STYLE: Any = {
    "svg.hashsalt": "grantway",  # the same picture for the same figures
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    # Ink that can be read on white and on black, and no ground of its own.
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "savefig.transparent": True,
}


def pages(speeds: Mapping[str, Samples]) -> None:
    """Draw a bar for each server."""
    _bars(speeds, "pages", "pages per CPU-second")


def refresh(speeds: Mapping[str, Samples]) -> None:
    """Draw a bar for each server, and one for the limit."""
    _bars(speeds, "refresh", "refreshes per CPU-second")


def _bars(speeds: Mapping[str, Samples], picture: str, label: str) -> None:
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(7, 0.5 * len(speeds) + 0.9), layout="constrained")
    names = list(speeds)
    medians = [speeds[name].median for name in names]
    errors = [
        [speeds[name].median - speeds[name].least for name in names],
        [speeds[name].most - speeds[name].median for name in names],
    ]
    colors = [_OURS if name.startswith("Grantway") else _OTHERS for name in names]
    axes.barh(names, medians, xerr=errors, color=colors, height=0.6, ecolor=_INK, capsize=2)
    top = max(speeds[name].most for name in names)
    for place, name in enumerate(names):
        axes.text(speeds[name].most + top / 80, place, number(medians[place]), va="center")
    axes.set_xlim(0, top * 1.12)
    axes.invert_yaxis()
    axes.set_xlabel(f"{label} (median; lines from the least to the most)")
    _save(figure, picture)


def flatness(found: Times) -> None:
    """Draw a line for each question, one picture for each kind of database."""
    plt = _pyplot()
    figure, several = plt.subplots(
        1, len(found.of), figsize=(9, 3.6), layout="constrained", squeeze=False
    )
    for axes, (kind, questions) in zip(several[0], found.of.items(), strict=True):
        for place, (name, by_size) in enumerate(questions.items()):
            axes.plot(
                found.sizes,
                [by_size[size].median for size in found.sizes],
                marker="o",
                markersize=3,
                linewidth=1.2,
                color=f"C{place % _COLORS}",
                linestyle="-" if place < _COLORS else "--",
                label=name,
            )
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_title(kind)
        axes.set_xlabel("leads in the account")
        axes.set_ylabel("ms, median")
    handles, labels = several[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", frameon=False, fontsize=8)
    _save(figure, "flatness")


def _pyplot() -> Any:
    mpl.use("svg")
    mpl.rcParams.update(_STYLE)
    import matplotlib.pyplot as plt  # noqa: PLC0415 - after the kind of picture is chosen

    return plt


def _save(figure: Any, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None})
