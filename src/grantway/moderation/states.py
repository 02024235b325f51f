"""The life of a version, as one table (contract: widgets-and-marketplace.md 6.3)."""

from __future__ import annotations

import enum

import msgspec

from grantway.audit import Event


class State(enum.StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    HIDDEN = "hidden"


class Act(enum.StrEnum):
    """What somebody does to a version."""

    SAVE = "save"
    DELETE = "delete"
    REQUEST_REVIEW = "request_review"
    WITHDRAW = "withdraw"
    ANSWER = "answer"
    ASK = "ask"
    NOTE = "note"
    REJECT = "reject"
    APPROVE = "approve"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    HIDE = "hide"
    SHOW = "show"


class By(enum.StrEnum):
    """Who may."""

    INTEGRATOR = "integrator"
    """An administrator of the account that owns the integration."""
    MODERATOR = "moderator"
    """A moderator of the platform who does not belong to that account (S-151)."""
    PLATFORM = "platform"
    """Nobody: it follows from something else."""


class Transition(msgspec.Struct, frozen=True):
    """From which states an act leads, where to (None: the version is gone), and who may."""

    before: tuple[State, ...]
    after: State | None
    by: By
    event: Event


TRANSITIONS = {
    Act.SAVE: Transition((State.DRAFT,), State.DRAFT, By.INTEGRATOR, Event.INTEGRATION_CHANGED),
    Act.DELETE: Transition((State.DRAFT,), None, By.INTEGRATOR, Event.VERSION_DELETED),
    Act.REQUEST_REVIEW: Transition(
        (State.DRAFT,), State.IN_REVIEW, By.INTEGRATOR, Event.REVIEW_REQUESTED
    ),
    Act.WITHDRAW: Transition(
        (State.IN_REVIEW, State.APPROVED), State.WITHDRAWN, By.INTEGRATOR, Event.VERSION_WITHDRAWN
    ),
    Act.REJECT: Transition(
        (State.IN_REVIEW,), State.REJECTED, By.MODERATOR, Event.VERSION_REJECTED
    ),
    Act.APPROVE: Transition(
        (State.IN_REVIEW,), State.APPROVED, By.MODERATOR, Event.VERSION_APPROVED
    ),
    Act.PUBLISH: Transition(
        (State.APPROVED,), State.PUBLISHED, By.INTEGRATOR, Event.VERSION_PUBLISHED
    ),
    Act.SUPERSEDE: Transition(
        (State.PUBLISHED, State.HIDDEN), State.SUPERSEDED, By.PLATFORM, Event.VERSION_SUPERSEDED
    ),
    Act.HIDE: Transition((State.PUBLISHED,), State.HIDDEN, By.MODERATOR, Event.VERSION_HIDDEN),
    Act.SHOW: Transition((State.HIDDEN,), State.PUBLISHED, By.MODERATOR, Event.VERSION_SHOWN),
}
"""Every way from one state to the next."""

TALKING = {Act.ANSWER: By.INTEGRATOR, Act.ASK: By.MODERATOR, Act.NOTE: By.MODERATOR}
"""What is said about a version while it is reviewed, and by whom. It moves nothing."""

ENDED = (State.REJECTED, State.WITHDRAWN, State.PUBLISHED, State.SUPERSEDED, State.HIDDEN)
"""States of the newest version after which another one may be added."""


def may(state: str, act: Act) -> bool:
    """Tell whether *act* leads anywhere from *state*."""
    return state in TRANSITIONS[act].before
