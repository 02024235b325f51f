"""What the checks refuse."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.kernel.errors import Unprocessable
from grantway.moderation.checks.model import Finding

_MOST_TOLD = 20


class NotReady(Unprocessable):
    """The machine's checks found what stands in the way of a review; *findings* says what."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        places = [
            f"{one.rule} {one.place if one.file else one.field}: {one.text}"
            for one in findings[:_MOST_TOLD]
        ]
        if len(findings) > _MOST_TOLD:
            places.append(f"and {len(findings) - _MOST_TOLD} more")
        super().__init__(f"This version is not ready for review. {'; '.join(places)}")
        self.findings = tuple(findings)
