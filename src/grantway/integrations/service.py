"""What administrators do with their integrations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.integrations import clients, states, store, trials
from grantway.integrations.errors import (
    IntegrationNotFound,
    SecretExists,
    SettingsRefused,
    WrongState,
)
from grantway.integrations.model import (
    FIDELITIES,
    FIRST_DESCRIPTION,
    FIRST_NAME,
    MAX_DESCRIPTION,
    MAX_NAME,
    Integration,
    secret_purpose,
)
from grantway.integrations.rules import CallRules, hook_problem, text_problem, uri_problem
from grantway.integrations.scopes import OFFERED, normal_scopes
from grantway.kernel.credentials import digest, new_client_secret, new_uuid
from grantway.kernel.sealing import Seal


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The form of an integration. An empty URI means none.

    Without a *fidelity* the present one stays; a new integration has that of
    the dialect.
    """

    name: str = FIRST_NAME
    description: str = FIRST_DESCRIPTION
    redirect_uri: str = ""
    revoke_hook_uri: str = ""
    scopes: Sequence[str] = OFFERED
    fidelity: str | None = None

    def problems(self, *, is_private: bool, rules: CallRules | None = None) -> Mapping[str, str]:
        """Say what is wrong, by field."""
        opened = () if rules is None else rules.opened
        found = {
            "name": text_problem(self.name, MAX_NAME),
            "description": text_problem(self.description, MAX_DESCRIPTION, lines=True),
            "redirect_uri": self.redirect_uri
            and uri_problem(
                self.redirect_uri, is_redirect=True, is_private=is_private, opened=opened
            ),
            "revoke_hook_uri": self.revoke_hook_uri and hook_problem(self.revoke_hook_uri, rules),
            "scopes": None
            if self.scopes and set(self.scopes) <= set(OFFERED)
            else f"choose at least one of {', '.join(OFFERED)}",
            "fidelity": None
            if self.fidelity in (None, *FIDELITIES)
            else f"choose one of {', '.join(FIDELITIES)}",
        }
        return {field: problem for field, problem in found.items() if problem}


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Some fields of the form. None leaves one as it is, an empty URI takes it away.

    Those after *fidelity* are of public integrations alone.
    """

    name: str | None = None
    description: str | None = None
    redirect_uri: str | None = None
    revoke_hook_uri: str | None = None
    scopes: Sequence[str] | None = None
    fidelity: str | None = None
    short_description: str | None = None
    instructions: str | None = None
    owner_name: str | None = None
    owner_uri: str | None = None
    privacy_uri: str | None = None
    has_widget: bool | None = None
    price: str | None = None

    def given(self) -> dict[str, Any]:
        """Return what is to change, by field."""
        return {k: v for k, v in msgspec.structs.asdict(self).items() if v is not None}


async def create_private(
    tx: Transaction,
    actor: Actor,
    now: int,
    settings: Settings | None = None,
    *,
    rules: CallRules | None = None,
) -> Integration:
    """Make a private integration: in one click, all scopes, a name to be changed later.

    For administrators (contract: authorization.md 16). It has no secret until
    somebody generates one. Raises Forbidden, InTrialAccount, SettingsRefused.
    """
    actor.must_administer()
    await trials.must_not_be_trial(tx, actor.account_id)
    settings = settings or Settings()
    if problems := settings.problems(is_private=True, rules=rules):
        raise SettingsRefused(dict(problems))
    integration = Integration(
        client_id=new_uuid(),
        account_id=actor.account_id,
        kind="private",
        status="private",
        name=settings.name.strip(),
        description=settings.description.strip(),
        redirect_uri=settings.redirect_uri or None,
        revoke_hook_uri=settings.revoke_hook_uri or None,
        scopes=normal_scopes(settings.scopes),
        fidelity=settings.fidelity or FIDELITIES[0],
        secret_issued_at=None,
        created_at=now,
        created_by=actor.user_id,
        updated_at=now,
    )
    await store.add_integration(tx, integration)
    await audit.record(
        tx, actor.did(Event.INTEGRATION_CREATED, at=now, subject=integration.client_id)
    )
    return integration


async def integrations_of(reader: Reader, actor: Actor) -> list[Integration]:
    """Return the account's own integrations. For administrators."""
    actor.must_administer()
    return await store.list_integrations(reader, actor.account_id)


async def made_in(reader: Reader, actor: Actor) -> list[Integration]:
    """Return what was made in the actor's account, as all its users may know it (contract 6.6)."""
    return await store.list_integrations(reader, actor.account_id)


async def find_made_in(reader: Reader, actor: Actor, client_id: str) -> Integration | None:
    """Return one of those; None for another account's, as for an unknown one (S-92)."""
    return await store.find_integration(reader, actor.account_id, client_id)


async def how_many(reader: Reader, actor: Actor) -> int:
    """Return how many integrations the account owns. For administrators."""
    actor.must_administer()
    return await store.count_integrations(reader, actor.account_id)


async def names(reader: Reader, actor: Actor, client_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of the account's own integrations, deleted ones as well.

    For administrators, who read them in the account's history.
    """
    actor.must_administer()
    found = await store.list_names(reader, actor.account_id, sorted(set(client_ids)))
    return {one.client_id: one.name for one in found}


async def get_own(reader: Reader, actor: Actor, client_id: str) -> Integration:
    """Return one of the account's own integrations. For administrators.

    Raises IntegrationNotFound, for another account's as well (S-92).
    """
    actor.must_administer()
    integration = await store.find_integration(reader, actor.account_id, client_id)
    if integration is None:
        raise IntegrationNotFound
    return integration


async def get_working(reader: Reader, actor: Actor, client_id: str) -> Integration:
    """Return one of the account's own integrations that the operator has not stopped.

    For administrators. Raises IntegrationNotFound, WrongState.
    """
    integration = await get_own(reader, actor, client_id)
    if integration.is_disabled:
        raise WrongState("The platform's operator stopped this integration")
    return integration


async def of_any_account(reader: Reader, client_id: str) -> Integration:
    """Return an integration, whosever it is, for the operator; raise IntegrationNotFound."""
    integration = await store.find_of_any_account(reader, client_id)
    if integration is None:
        raise IntegrationNotFound
    return integration


async def change_settings(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    settings: Settings,
    now: int,
    *,
    rules: CallRules | None = None,
) -> Integration:
    """Store another form of a private integration.

    Existing grants keep the scopes that were agreed (S-55). Raises
    IntegrationNotFound, for a public one too, and SettingsRefused.
    """
    present = await get_own(tx, actor, client_id)
    if not present.is_private:
        raise IntegrationNotFound
    if problems := settings.problems(is_private=not present.is_external, rules=rules):
        raise SettingsRefused(dict(problems))
    changed = msgspec.structs.replace(
        present,
        name=settings.name.strip(),
        description=settings.description.strip(),
        redirect_uri=settings.redirect_uri or None,
        revoke_hook_uri=settings.revoke_hook_uri or None,
        scopes=normal_scopes(settings.scopes),
        fidelity=settings.fidelity or present.fidelity,
        updated_at=now,
    )
    await store.change_settings(tx, actor.account_id, changed, actor.user_id, now)
    await audit.record(tx, actor.did(Event.INTEGRATION_CHANGED, at=now, subject=client_id))
    return changed


async def edit(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    changes: Changes,
    now: int,
    *,
    rules: CallRules | None = None,
) -> Integration:
    """Store other values of some fields of a private integration. For administrators.

    How the dialect is read may be changed of any, in any state: nobody agreed
    to that. All else of a public one goes into its versions. Raises
    IntegrationNotFound, SettingsRefused, WrongState.
    """
    # Or two who edit different fields at once would take back each other's.
    await store.lock_integration(tx, actor.account_id, client_id)
    present = await get_own(tx, actor, client_id)
    given = changes.given()
    if given.keys() == {"fidelity"}:
        return await _set_fidelity(tx, actor, present, given["fidelity"], now)
    if foreign := given.keys() - set(Settings.__struct_fields__):
        raise SettingsRefused(dict.fromkeys(sorted(foreign), "only public integrations have it"))
    return await change_settings(tx, actor, client_id, _changed(present, given), now, rules=rules)


def _changed(present: Integration, given: Mapping[str, Any]) -> Settings:
    settings = Settings(
        name=present.name,
        description=present.description,
        redirect_uri=present.redirect_uri or "",
        revoke_hook_uri=present.revoke_hook_uri or "",
        scopes=present.scopes.split(),
    )
    return msgspec.structs.replace(settings, **given)


async def _set_fidelity(
    tx: Transaction, actor: Actor, present: Integration, fidelity: str, now: int
) -> Integration:
    if fidelity not in FIDELITIES:
        raise SettingsRefused({"fidelity": f"choose one of {', '.join(FIDELITIES)}"})
    changed = msgspec.structs.replace(present, fidelity=fidelity, updated_at=now)
    await store.change_settings(tx, actor.account_id, changed, actor.user_id, now)
    event = actor.did(Event.INTEGRATION_CHANGED, at=now, subject=present.client_id)
    await audit.record(tx, event)
    return changed


EndGrants = Callable[[Transaction, Actor, str, int], Awaitable[object]]
"""Ends every grant of the actor's own integration, in all accounts, at a moment."""


async def generate_secret(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    seal: Seal,
    now: int,
    *,
    keep_grants: bool = False,
    end_grants: EndGrants | None = None,
) -> str:
    """Issue another secret key and return it, this once; the one before is dead at once.

    What was granted with the key before ends with it, by *end_grants*, which a
    first key does not need: without it none is replaced. *keep_grants* lets the
    grants of a public integration go on; those of a private one always end
    (authorization.md 15). The hash authenticates; the sealed copy signs hooks
    and one-time tokens (S-85). For administrators. Raises IntegrationNotFound,
    WrongState, SecretExists.
    """
    await store.lock_integration(tx, actor.account_id, client_id)
    present = await get_working(tx, actor, client_id)
    if present.secret_issued_at is not None and (present.is_private or not keep_grants):
        if end_grants is None:
            raise SecretExists
        await end_grants(tx, actor, client_id, now)
    secret = new_client_secret()
    await store.keep_secret(
        tx,
        actor.account_id,
        client_id,
        secret_hash=digest(secret),
        secret_sealed=seal.seal(secret, secret_purpose(client_id)),
        user_id=actor.user_id,
        now=now,
    )
    await audit.record(tx, actor.did(Event.SECRET_GENERATED, at=now, subject=client_id))
    return secret


async def delete(tx: Transaction, actor: Actor, client_id: str, now: int) -> None:
    """Delete one of the account's own integrations for good.

    All its tokens are dead from this moment: a token counts only while its
    integration's row is live. Whoever uninstalls it as well does so before: a
    deleted integration is told nothing more. Its secret key authenticates nobody,
    and stays for the hooks that wait. For administrators. Raises IntegrationNotFound, and
    WrongState for one that was ever published (authorization.md 17).
    """
    await store.lock_to_end(tx, actor.account_id, client_id)
    present = await get_own(tx, actor, client_id)
    if not states.may(present, states.Move.DELETE):
        raise WrongState(states.why_not_deletable(present))
    await store.end_integration(tx, actor.account_id, client_id, actor.user_id, now)
    await clients.forget_unneeded_secret(tx, client_id)
    await audit.record(tx, actor.did(Event.INTEGRATION_DELETED, at=now, subject=client_id))
