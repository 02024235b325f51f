"""An integration proves that it is who it says (RFC 6749, 2.3.1; S-46)."""

from __future__ import annotations

from grantway.db import Reader
from grantway.integrations.clients import Client, find_client, is_secret_of
from grantway.kernel.shapes import text_fault
from grantway.oauth import refusals as no
from grantway.oauth.refusals import Refusal

_LONGEST = 200


async def authenticate(reader: Reader, client_id: str, client_secret: str) -> Client | Refusal:
    """Return the integration whose id and secret key these are."""
    client = None
    if client_id and text_fault(client_id, "client_id", _LONGEST) is None:
        client = await find_client(reader, client_id)
    # Compared in any case, so that unknown and wrong take the same time.
    is_proved = is_secret_of(client, client_secret)
    if client is None:
        return no.ClientIdWrong()
    if not client.is_live:
        return no.ClientStopped(why=client.status)
    if not is_proved:
        return no.ClientSecretWrong()
    return client
