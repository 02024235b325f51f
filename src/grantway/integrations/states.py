"""The states of an integration, and who moves it from one to the next.

A private integration stays `private`. A public one is a `draft`, works in the
account that made it, and works everywhere once it is `published`. The
platform's operator may stop either everywhere: `disabled` (S-79). `deleted` is
the end (S-83, S-153).
"""

from __future__ import annotations

import enum

import msgspec

from grantway import audit
from grantway.audit import Entry, Event
from grantway.db import Transaction
from grantway.integrations import state_store, store
from grantway.integrations.errors import IntegrationNotFound, WrongState
from grantway.integrations.model import Integration
from grantway.integrations.rules import text_problem

MAX_REASON = 500


class Move(enum.StrEnum):
    """What may be done to an integration as a whole."""

    DISABLE = "disable"
    ENABLE = "enable"
    DELETE = "delete"


class Change(msgspec.Struct, frozen=True):
    """From which states a move leads, and where to; None: to the state before."""

    before: tuple[str, ...]
    after: str | None
    event: Event


MOVES = {
    Move.DISABLE: Change(("private", "draft", "published"), "disabled", Event.INTEGRATION_DISABLED),
    Move.ENABLE: Change(("disabled",), None, Event.INTEGRATION_ENABLED),
    # A draft only while it has never been published: see `may`.
    Move.DELETE: Change(("private", "draft"), "deleted", Event.INTEGRATION_DELETED),
}
"""Every move but those between draft and published, which moderation makes."""


def may(integration: Integration, move: Move) -> bool:
    """Tell whether the integration is in a state from which *move* leads.

    One that was ever published is not deleted any more: others rely on its
    record (contract: authorization.md 17).
    """
    if move is Move.DELETE and integration.published_at is not None:
        return False
    return integration.status in MOVES[move].before


async def hold(tx: Transaction, client_id: str) -> None:
    """Let nobody install the integration, or move it, until the transaction ends."""
    await store.lock_of_any_account(tx, client_id)


async def disable(tx: Transaction, client_id: str, reason: str, now: int) -> bool:
    """Stop an integration everywhere; False when it was stopped before.

    From the commit on its tokens are refused and its secret key authenticates
    nobody: both are asked for this one row on every request. For the
    platform's operator. Raises IntegrationNotFound, WrongState for a reason that says nothing.
    """
    if problem := text_problem(reason, MAX_REASON, lines=True):
        raise WrongState(f"Reason: {problem}")
    change = MOVES[Move.DISABLE]
    if not await state_store.disable(tx, client_id, change.before, reason.strip(), now):
        present = await store.find_of_any_account(tx, client_id)
        if present is None:
            raise IntegrationNotFound
        return False
    stopped = await store.get_of_any_account(tx, client_id)
    await _record(tx, stopped, Move.DISABLE, now)
    return True


async def enable(tx: Transaction, client_id: str, now: int) -> Integration:
    """Let a disabled integration work again, in the state that it had.

    Nothing that ended comes back; the caller has ended what stood installed.
    For the platform's operator. Raises IntegrationNotFound, WrongState.
    """
    present = await _locked(tx, client_id, Move.ENABLE)
    await state_store.enable(tx, client_id, now)
    await _record(tx, present, Move.ENABLE, now)
    return await store.get_of_any_account(tx, client_id)


def why_not_deletable(integration: Integration) -> str:
    """Say why it cannot be deleted; empty when it can."""
    if may(integration, Move.DELETE):
        return ""
    if integration.is_disabled:
        return "The platform's operator stopped this integration; it stays until that is settled"
    return "An integration that was published cannot be deleted; others rely on its record"


async def _locked(tx: Transaction, client_id: str, move: Move) -> Integration:
    await store.lock_of_any_account(tx, client_id)
    present = await store.find_of_any_account(tx, client_id)
    if present is None:
        raise IntegrationNotFound
    if not may(present, move):
        wanted = " or ".join(MOVES[move].before)
        raise WrongState(
            f"An integration that is {present.status} cannot do this; it must be {wanted}"
        )
    return present


async def _record(tx: Transaction, of: Integration, move: Move, now: int) -> None:
    await audit.record(
        tx,
        Entry(
            at=now,
            event=MOVES[move].event,
            account_id=of.account_id,
            actor="operator",
            subject=of.client_id,
        ),
    )
