"""What the states of a version are called, for integrators and moderators alike."""

from __future__ import annotations

from collections.abc import Mapping

from grantway.moderation.states import State

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
