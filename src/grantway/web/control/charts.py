"""Bars above and below a line, as numbers for a template to draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grantway.web.wording import number

HEIGHT = 200
_EDGE = 12  # room for half a line of text above and below
_MOST_LINES = 4
_DIGIT = 8  # more than the width of one, in pixels
_FILLED = 0.72  # of the room that a bar has


def chart(columns: Sequence[tuple[str, int, int]]) -> dict[str, Any]:
    """Return what `control/partials/chart.html` draws of (words, up, down).

    Across it counts in percent, since its width is the window's; down it counts
    in pixels, so that text keeps its shape.

    >>> drawn = chart([("Monday", 3, 1), ("Tuesday", 0, 0)])
    >>> [(line["number"], line["y"]) for line in drawn["lines"]]
    [(3, 12.0), (2, 56.0), (1, 100.0), (0, 144.0), (-1, 188.0)]
    >>> [(one["x"], one["up"], one["down"]) for one in drawn["bars"]]
    [(7.0, 132.0, 44.0), (57.0, 0.0, 0.0)]
    """
    most_up = max((up for _, up, _ in columns), default=0)
    most_down = max((down for _, _, down in columns), default=0)
    step = _step(most_up, most_down)
    top = max(1, -(-most_up // step))
    bottom = -(-most_down // step)
    line = (HEIGHT - 2 * _EDGE) / (top + bottom)
    zero = _EDGE + top * line
    room = 100 / max(1, len(columns))
    return {
        "height": HEIGHT,
        "scale_width": _DIGIT * max(len(number(top * step)), len(number(bottom * step))),
        "zero": round(zero, 2),
        "lines": [
            {"number": n * step, "y": round(zero - n * line, 2)}
            for n in range(top, -bottom - 1, -1)
        ],
        "width": round(room * _FILLED, 3),
        "bars": [
            {
                "words": words,
                "installs": up,
                "uninstalls": down,
                "x": round(room * (n + (1 - _FILLED) / 2), 3),
                "up": round(up / step * line, 2),
                "down": round(down / step * line, 2),
                "room": round(room * n, 3),
            }
            for n, (words, up, down) in enumerate(columns)
        ],
        "room": round(room, 3),
        "first": columns[0][0] if columns else "",
        "last": columns[-1][0] if columns else "",
    }


def _step(up: int, down: int) -> int:
    """Return the distance of lines: 1, 2 or 5 with as many zeros as it takes.

    >>> _step(0, 0), _step(4, 0), _step(7, 2), _step(999, 1)
    (1, 1, 5, 500)
    """
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if -(-up // step) + -(-down // step) <= _MOST_LINES:
                return step
        size *= 10
