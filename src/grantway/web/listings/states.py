"""What the states of a version are called, for integrators and moderators alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from grantway.moderation.own import Made
from grantway.moderation.states import State
from grantway.web.wording import count

STATES: Mapping[State, tuple[str, str]] = {
    State.DRAFT: ("Draft", ""),
    State.IN_REVIEW: ("In review", "warn"),
    State.REJECTED: ("Rejected", "bad"),
    State.WITHDRAWN: ("Withdrawn", ""),
    State.APPROVED: ("Approved", "good"),
    State.PUBLISHED: ("Published", "good"),
    State.SUPERSEDED: ("Replaced", ""),
    State.HIDDEN: ("Hidden by the platform", "bad"),
}
"""What each state is called, and how it is coloured."""
STOPPED = "Stopped by the operator"


def standing(made: Made) -> tuple[str, str]:
    """Return where the newest version stands and what comes next, and how that is coloured."""
    if made.integration.is_disabled:
        return STOPPED, "bad"
    if made.newest is None:
        return "Private", ""
    state = State(made.newest.state)
    words, kind = STATES[state]
    if state is State.IN_REVIEW and made.newest.due_at is not None:
        words = f"{words}, due {_day(made.newest.due_at)}"
    elif state is State.REJECTED and made.reasons:
        words = f"{words}: {count(made.reasons, 'reason')}"
    elif state is State.APPROVED:
        words = f"{words}: publish it"
    return words, kind


def _day(at: int) -> str:
    """Return a day that is near.

    >>> _day(0)
    '1 Jan'
    """
    when = datetime.fromtimestamp(at, UTC)
    return f"{when.day} {when:%b}"
