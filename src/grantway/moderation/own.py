"""What an account knows of the integrations that it made, published or not.

Contract: widgets-and-marketplace.md 6.6. Nobody of another account is told of
what is not published: for them it is as unknown as what was never there (S-154).
"""

from __future__ import annotations

import msgspec

from grantway.accounts.actor import Actor
from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.integrations.model import Integration
from grantway.moderation import drafts, message_store, store
from grantway.moderation.model import Reason, Version


class Made(msgspec.Struct, frozen=True):
    """An integration in the account that made it.

    *newest* is None for private ones, which have no versions. *in_force* is what
    the public sees, or saw before it was hidden. *reasons* is how many the
    moderators gave for rejecting the newest version.
    """

    integration: Integration
    newest: Version | None
    in_force: Version | None
    reasons: int = 0

    @property
    def is_published(self) -> bool:
        """Whether everybody sees it."""
        return self.integration.status == "published"


async def made_in(reader: Reader, actor: Actor) -> list[Made]:
    """Return what was made in the actor's account, the newest first; all its users may know."""
    found = await integrations.made_in(reader, actor)
    if all(one.is_private for one in found):
        return [Made(one, None, None) for one in found]
    newest = {one.client_id: one for one in await store.list_newest(reader, actor.account_id)}
    in_force = {one.client_id: one for one in await store.list_in_force(reader, actor.account_id)}
    reasons = {
        one.client_id: len(msgspec.json.decode(one.stored_reasons, type=list[Reason]))
        for one in await message_store.list_rejected(reader, actor.account_id)
    }
    made = []
    for one in found:
        last = newest.get(one.client_id)
        if last is None and not one.is_private:
            last = await drafts.of_record(reader, one)
        public = in_force.get(one.client_id)
        if public is None and last is not None and last.published_at is not None:
            public = last
        is_rejected = last is not None and last.state == "rejected"
        made.append(Made(one, last, public, reasons[one.client_id] if is_rejected else 0))
    return made


async def unpublished(reader: Reader, actor: Actor, client_id: str) -> Version | None:
    """Return the newest version of what was made in the actor's account and is not published.

    None for everything else, and so for private ones, which are never listed,
    and for what the operator stopped.
    """
    integration = await integrations.find_made_in(reader, actor, client_id)
    if integration is None or integration.status != "draft":
        return None
    kept = await store.newest(reader, actor.account_id, client_id)
    return kept or await drafts.of_record(reader, integration)
