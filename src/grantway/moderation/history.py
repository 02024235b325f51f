"""What became of the versions of an integration, for moderators who look at the next one."""

from __future__ import annotations

import msgspec

from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.moderation import desk, message_store, store
from grantway.moderation.desk import Moderator
from grantway.moderation.message_store import Verdict
from grantway.moderation.model import Version

_SHOWN = 20
"""Whoever hands in and withdraws over and over makes no page that nobody can open."""


class Past(msgspec.Struct, frozen=True):
    """A version that was handed in once, and what moderators said when they decided."""

    version: Version
    verdicts: list[Verdict]


async def of_integration(reader: Reader, moderator: Moderator, client_id: str) -> list[Past]:
    """Return the newest versions but drafts, which are their integrator's alone.

    Raises IntegrationNotFound, OwnIntegration.
    """
    integration = await integrations.of_any_account(reader, client_id)
    await desk.must_not_belong(reader, moderator, integration)
    said = await message_store.list_verdicts(reader, integration.account_id, client_id)
    kept = await store.list_handed_in(reader, integration.account_id, client_id, _SHOWN)
    return [
        Past(version, [one for one in said if one.number == version.number]) for version in kept
    ]
