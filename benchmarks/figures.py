"""Numbers and how they are written."""

from __future__ import annotations

import statistics
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Samples:
    """Values of the same thing, measured several times."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("nothing was measured")

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def least(self) -> float:
        return min(self.values)

    @property
    def most(self) -> float:
        return max(self.values)

    def percentile(self, percent: float) -> float:
        """Return the value that so many percent of all do not exceed.

        >>> Samples((5.0, 1.0, 3.0, 2.0, 4.0)).percentile(80)
        4.0
        """
        ordered = sorted(self.values)
        rank = -(-len(ordered) * percent // 100)
        return ordered[max(0, int(rank) - 1)]


def ratios(ones: Samples, others: Samples) -> Samples:
    """Return one by the other, round by round: what slowed both does not count.

    >>> ratios(Samples((10.0, 5.0)), Samples((5.0, 2.5))).values
    (2.0, 2.0)
    """
    return Samples(tuple(a / b for a, b in zip(ones.values, others.values, strict=True)))


def number(value: float) -> str:
    """Write with three figures that count, or whole.

    >>> number(12345.6), number(12.345), number(0.12345)
    ('12,346', '12.3', '0.123')
    """
    for limit, digits in ((100, 0), (10, 1), (1, 2)):
        if abs(value) >= limit:
            return f"{value:,.{digits}f}"
    return f"{value:.3f}"


def spread(samples: Samples) -> str:
    """Write the median with the least and the most.

    >>> spread(Samples((1.0, 2.0, 4.0)))
    '2.00 [1.00-4.00]'
    """
    return f"{number(samples.median)} [{number(samples.least)}-{number(samples.most)}]"
