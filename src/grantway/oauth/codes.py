"""Authorization codes that an administrator takes from the *Keys and scopes* tab.

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
from grantway.oauth import grant_store as store
from grantway.oauth.errors import NoRedirectUri
from grantway.oauth.model import NewCode

CODE_LIFETIME = 20 * 60
_KEPT = 30 * 24 * 3600


class IssuedCode(msgspec.Struct, frozen=True):
    """A fresh code, shown this once."""

    code: str
    expires_at: int


async def issue_code(tx: Transaction, actor: Actor, client_id: str, now: int) -> IssuedCode:
    """Issue a code of the administrator for their own account and integration.

    Earlier codes stay good until they expire. Raises Forbidden,
    IntegrationNotFound, NoRedirectUri.
    """
    integration = await integrations.get_own(tx, actor, client_id)
    if integration.redirect_uri is None:
        raise NoRedirectUri
    code = new_code()
    await store.add_code(
        tx,
        actor.account_id,
        NewCode(
            code_hash=digest(code),
            installation_id=await installations.install(tx, actor, client_id, now),
            client_id=client_id,
            user_id=actor.user_id,
            redirect_uri=integration.redirect_uri,
            scopes=" ".join(integration.token_scopes),
            created_at=now,
            expires_at=now + CODE_LIFETIME,
        ),
    )
    await audit.record(tx, actor.did(Event.CODE_ISSUED, at=now, subject=client_id))
    return IssuedCode(code, now + CODE_LIFETIME)


async def sweep(tx: Transaction, now: int) -> int:
    """Remove codes that expired long ago; return how many."""
    return await store.sweep_codes(tx, now - _KEPT)
