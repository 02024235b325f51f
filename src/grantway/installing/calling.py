"""What the install hook carries, made when the call is claimed (authorization.md 14.1; S-204)."""

from __future__ import annotations

from collections.abc import Mapping

from grantway.accounts.actor import Actor
from grantway.accounts.rights import EVERYTHING
from grantway.db import Transaction
from grantway.hooks.model import Delivery
from grantway.installations import service as installations
from grantway.integrations import clients
from grantway.integrations.scopes import scopes_of_token
from grantway.kernel.addresses import Addresses
from grantway.oauth import codes
from grantway.oauth.codes import Terms


class InstallCalls:
    """Completes install hooks for `Hooks`."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    async def complete(
        self, tx: Transaction, delivery: Delivery, now: int
    ) -> Mapping[str, str] | None:
        """Issue the code that the call carries; None when there is nothing to tell any more.

        In the transaction that claims the call: a code is there exactly when one
        attempt may be made, and nobody but its sender ever has it. It goes to the
        address that is registered now, or nowhere.
        """
        told = await installations.told_by(tx, delivery.account_id, delivery.id)
        client = await clients.find_client(tx, delivery.client_id)
        if told is None or client is None or not client.is_live:
            return None
        if client.redirect_uri is None or client.redirect_uri != delivery.uri:
            return None
        # With the rights that were the administrator's when they agreed; what has become of
        # them since, the exchange asks.
        actor = Actor(
            account_id=delivery.account_id,
            user_id=told.installed_by,
            is_administrator=True,
            rights=EVERYTHING,
            source="install hook",
        )
        terms = Terms(
            client_id=client.client_id,
            redirect_uri=client.redirect_uri,
            scopes=" ".join(scopes_of_token(told.agreed_scopes)),
            is_strict=client.fidelity == "strict",
        )
        issued = await codes.issue_consented_code(tx, actor, terms, told.id, now)
        return {
            "code": issued.code,
            "referer": self._addresses.authority(told.subdomain),
            "from_widget": "1",
            "client_id": client.client_id,
        }
