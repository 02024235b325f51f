"""Authorization codes: issued after consent, or from the *Keys and scopes* tab.

Contract: authorization.md 4 and 21 row 31. Kept as a hash only (S-84).
"""

from __future__ import annotations

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.db import Transaction
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.kernel.credentials import digest, new_code
from grantway.oauth import code_store as store
from grantway.oauth.errors import NoRedirectUri
from grantway.oauth.model import NewCode

CODE_LIFETIME = 20 * 60
STRICT_CODE_LIFETIME = 10 * 60
_KEPT = 30 * 24 * 3600


class IssuedCode(msgspec.Struct, frozen=True):
    """A fresh code, shown this once."""

    code: str
    expires_at: int


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the user agreed to, as the page showed it."""

    client_id: str
    redirect_uri: str
    scopes: str
    is_strict: bool
    code_challenge: str | None = None


async def issue_code(tx: Transaction, actor: Actor, client_id: str, now: int) -> IssuedCode:
    """Issue a code of the administrator for their own account and integration.

    Earlier codes stay good until they expire. It has no challenge, of a strict
    integration neither (S-38): no request began it and no browser takes it back,
    so there is nobody whom a verifier could prove to be the same. Whoever sends
    verifiers takes no such code from a browser, because that is refused (S-37).
    Raises Forbidden, IntegrationNotFound, WrongState for one that the operator
    stopped, NoRedirectUri.
    """
    integration = await integrations.get_working(tx, actor, client_id)
    if integration.redirect_uri is None:
        raise NoRedirectUri
    terms = Terms(
        client_id=client_id,
        redirect_uri=integration.redirect_uri,
        scopes=" ".join(integration.token_scopes),
        is_strict=integration.fidelity == "strict",
    )
    installation_id = await installations.install(tx, actor, client_id, now)
    return await issue_consented_code(tx, actor, terms, installation_id, now)


async def issue_consented_code(
    tx: Transaction, actor: Actor, terms: Terms, installation_id: int, now: int
) -> IssuedCode:
    """Issue a code for what the actor agreed to; the caller has checked that they may."""
    code = new_code()
    lifetime = STRICT_CODE_LIFETIME if terms.is_strict else CODE_LIFETIME
    await store.add_code(
        tx,
        actor.account_id,
        NewCode(
            code_hash=digest(code),
            installation_id=installation_id,
            client_id=terms.client_id,
            user_id=actor.user_id,
            redirect_uri=terms.redirect_uri,
            scopes=terms.scopes,
            by_administrator=actor.is_administrator,
            code_challenge=terms.code_challenge,
            created_at=now,
            expires_at=now + lifetime,
        ),
    )
    await audit.record(tx, actor.did(Event.CODE_ISSUED, at=now, subject=terms.client_id))
    return IssuedCode(code, now + lifetime)


async def sweep(tx: Transaction, now: int) -> int:
    """Remove codes that expired long ago; return how many."""
    return await store.sweep_codes(tx, now - _KEPT)
