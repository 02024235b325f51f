"""Integrations that a button on a site makes with consent (authorization.md 10; S-168)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.db import Transaction
from grantway.integrations import store
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

    One for each consent, also for a proposal that was agreed to before. For
    administrators. Raises Forbidden, SettingsRefused, TooManyByButton.
    """
    actor.must_administer()
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
    for event in (Event.INTEGRATION_CREATED, Event.SECRET_GENERATED):
        await audit.record(tx, actor.did(event, at=now, subject=made.client_id))
    return made, secret
