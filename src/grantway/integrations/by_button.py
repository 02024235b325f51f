"""Integrations that a button on a site makes with consent (authorization.md 10; S-168)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Entry, Event
from grantway.db import Transaction
from grantway.integrations import button_store, store, trials
from grantway.integrations.errors import SettingsRefused, TooManyByButton
from grantway.integrations.model import (
    FIDELITIES,
    MAX_DESCRIPTION,
    MAX_NAME,
    Integration,
    secret_purpose,
)
from grantway.integrations.rules import CallRules, hook_problem, text_problem, uri_problem
from grantway.integrations.scopes import normal_scopes
from grantway.kernel.credentials import digest, new_client_secret, new_uuid
from grantway.kernel.sealing import Seal

SCOPES_BY_BUTTON = ("crm", "notifications")
MAX_BY_BUTTON = 50
"""How many live ones an account may have: each consent makes one, and nobody counts clicks."""
KEYS_TIME = 10 * 60
"""How long the keys may take to the site: far longer than a call, for a restart in between."""
_AT_ONCE = 100  # that one transaction ends: on SQLite everybody else who writes waits


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a site proposes through its button. The logo is checked and not kept."""

    name: str
    description: str
    redirect_uri: str
    secrets_uri: str
    scopes: Sequence[str]
    logo: str = ""

    @property
    def capped_scopes(self) -> str:
        """Return the scopes that it gets: no more than this way may give, however many it names."""
        return normal_scopes(set(self.scopes) & set(SCOPES_BY_BUTTON))

    def problems(self, rules: CallRules | None = None) -> dict[str, str]:
        """Say what is wrong, by field. Every field but the logo is needed."""
        found = {
            "name": text_problem(self.name, MAX_NAME),
            "description": text_problem(self.description, MAX_DESCRIPTION, lines=True),
            "redirect_uri": uri_problem(self.redirect_uri, is_redirect=True, is_private=False),
            "secrets_uri": hook_problem(self.secrets_uri, rules),
            "scopes": None
            if self.capped_scopes
            else f"name at least one of {', '.join(SCOPES_BY_BUTTON)}",
            "logo": self.logo and uri_problem(self.logo, is_redirect=False, is_private=False),
        }
        return {field: problem for field, problem in found.items() if problem}


async def create_by_button(
    tx: Transaction, actor: Actor, proposal: Proposal, seal: Seal, now: int
) -> tuple[Integration, str]:
    """Make a private integration of the actor's account; return it and its secret key, this once.

    One for each consent, also for a proposal that was agreed to before. It ends
    by itself unless `keys_arrived` is told soon. For administrators. Raises
    Forbidden, InTrialAccount, SettingsRefused, TooManyByButton.
    """
    actor.must_administer()
    await trials.must_not_be_trial(tx, actor.account_id)
    if problems := proposal.problems():
        raise SettingsRefused(problems)
    # Or several consents at the same moment would each find room for one more.
    await store.lock_making(tx, actor.account_id)
    if await store.count_by_button(tx, actor.account_id) >= MAX_BY_BUTTON:
        raise TooManyByButton(MAX_BY_BUTTON)
    made = Integration(
        client_id=new_uuid(),
        account_id=actor.account_id,
        kind="private",
        status="private",
        name=proposal.name.strip(),
        description=proposal.description.strip(),
        redirect_uri=proposal.redirect_uri,
        revoke_hook_uri=None,
        scopes=proposal.capped_scopes,
        fidelity=FIDELITIES[0],
        secret_issued_at=now,
        created_at=now,
        created_by=actor.user_id,
        updated_at=now,
        secrets_uri=proposal.secrets_uri,
    )
    secret = new_client_secret()
    await store.add_integration(tx, made)
    await store.keep_secret(
        tx,
        actor.account_id,
        made.client_id,
        secret_hash=digest(secret),
        secret_sealed=seal.seal(secret, secret_purpose(made.client_id)),
        user_id=actor.user_id,
        now=now,
    )
    await button_store.await_keys(tx, actor.account_id, made.client_id, now + KEYS_TIME)
    for event in (Event.INTEGRATION_CREATED, Event.SECRET_GENERATED):
        await audit.record(tx, actor.did(event, at=now, subject=made.client_id))
    return made, secret


async def keys_arrived(tx: Transaction, actor: Actor, client_id: str) -> bool:
    """Let the integration stay; False when it ended before its keys arrived."""
    return await button_store.note_arrival(tx, actor.account_id, client_id) == 1


async def end_refused(tx: Transaction, actor: Actor, client_id: str, now: int) -> None:
    """End an integration whose keys nobody took; by now it may have ended by itself."""
    if await button_store.end_without_keys(tx, actor.account_id, client_id, now):
        await audit.record(tx, actor.did(Event.INTEGRATION_DELETED, at=now, subject=client_id))


async def sweep(tx: Transaction, now: int) -> int:
    """End what an interruption left without anybody who knows its keys; return how many rows went.

    Those that ended so, or because the site refused the keys, are removed when
    the record of the call that carried them is: until then the account's
    history calls them by their name. An id is random, so it does not come back
    although no row remembers it (S-153).
    """
    ended = 0
    for one in await button_store.list_overdue(tx, now, _AT_ONCE):
        if not await button_store.end_without_keys(tx, one.account_id, one.client_id, now):
            continue
        ended += 1
        await audit.record(
            tx,
            Entry(
                at=now,
                event=Event.INTEGRATION_DELETED,
                account_id=one.account_id,
                actor="platform",
                subject=one.client_id,
                outcome="its keys did not arrive",
            ),
        )
    return ended + await button_store.forget_refused(tx)
