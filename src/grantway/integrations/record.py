"""What a reviewed version makes of its integration: the record that everybody else reads."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Transaction
from grantway.integrations import state_store, store, text_store
from grantway.integrations.errors import WrongState
from grantway.integrations.model import Integration, Texts
from grantway.integrations.public import PublicSettings, applied


async def hold(tx: Transaction, account_id: int, client_id: str) -> None:
    """Let nobody else change the integration until the transaction ends."""
    await store.lock_integration(tx, account_id, client_id)


async def further_texts(reader: Reader, integration: Integration) -> list[Texts]:
    """Return what an integration says in its further languages."""
    return await text_store.list_texts(reader, integration.client_id)


async def put_in_force(
    tx: Transaction,
    integration: Integration,
    settings: PublicSettings,
    further: Sequence[Texts],
    user_id: int,
    now: int,
) -> Integration:
    """Let the integration be what *settings* and texts say, and nothing else."""
    changed = applied(integration, settings, now)
    await store.change_settings(tx, integration.account_id, changed, user_id, now)
    spoken = {texts.language for texts in further}
    for texts in await text_store.list_texts(tx, integration.client_id):
        if texts.language not in spoken:
            await text_store.remove_texts(tx, integration.client_id, texts.language)
    for texts in further:
        await text_store.put_texts(tx, integration.client_id, texts)
    return changed


async def put_archive_in_force(
    tx: Transaction, integration: Integration, number: int | None, now: int
) -> None:
    """Let the integration's widget be this archive, or let it have none."""
    if integration.archive_number != number:
        await store.keep_archive(tx, integration.account_id, integration.client_id, number, now)


async def move(
    tx: Transaction, integration: Integration, *, before: Sequence[str], after: str, now: int
) -> Integration:
    """Let the public see the integration, or no longer. Raises WrongState."""
    if integration.status not in before:
        raise WrongState(f"An integration that is {integration.status} cannot become {after}")
    if integration.status != after:
        await state_store.change_status(
            tx, integration.client_id, before=integration.status, after=after, now=now
        )
    return msgspec.structs.replace(integration, status=after, updated_at=now)
