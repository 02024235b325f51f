"""The SQL of the secret keys of deleted integrations, which sign what is still to be told."""

from __future__ import annotations

from grantway.db import Reader, Transaction

_UNNEEDED = """
update integrations set secret_hash = null, secret_sealed = null
 where status = 'deleted' and secret_sealed is not null
   and not exists (select 1 from deliveries d
                    where d.client_id = integrations.client_id
                      and d.kind = 'revoke' and d.finished_at is null)
"""


async def find_sealed_secret(reader: Reader, client_id: str) -> str | None:
    """Return the sealed secret key, whosever it is."""
    sealed: str | None = await reader.value(
        "select secret_sealed from integrations where client_id = :client_id", client_id=client_id
    )
    return sealed


async def forget_secret_of(tx: Transaction, client_id: str) -> None:
    """Wipe the key of a deleted integration, unless a revoke hook still waits for it."""
    # Or the last two hooks, finished at once, would each see the other one unfinished.
    await tx.lock_values(
        """
        select 1 from integrations
         where client_id = :client_id and status = 'deleted' and secret_sealed is not null
        """,
        client_id=client_id,
    )
    await tx.change(f"{_UNNEEDED} and client_id = :client_id", client_id=client_id)


async def forget_secrets(tx: Transaction) -> int:
    """Do the same for all; return how many keys went."""
    return await tx.sweep(_UNNEEDED)
