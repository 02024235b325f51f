"""The moderators' list of all that the public sees, or saw."""

from __future__ import annotations

from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.marketplace import published_store as store
from grantway.marketplace.errors import ListingNotFound
from grantway.marketplace.published_store import Published
from grantway.moderation import desk
from grantway.moderation.desk import Moderator

__all__ = ["PAGE", "Published", "languages", "listed", "look"]

PAGE = 50
MAX_QUERY = 100
_BEFORE_ALL = (2**62, "")


async def listed(
    reader: Reader,
    moderator: Moderator,
    *,
    wanted: str = "",
    after: tuple[int, str] | None = None,
    limit: int = PAGE,
) -> list[Published]:
    """Return what is or was before the public, the last one first, so many at a time.

    *wanted* is an id, or part of a name in any language, in small letters or
    capitals; SQLite knows that of a to z alone. *after* is when the last one
    seen was published, and its id. What the moderator may not decide about is
    marked, and stands there all the same.
    """
    if wanted and (one := await store.find_published(reader, moderator.user_id, wanted)):
        return [] if after else [one]
    place = after or _BEFORE_ALL
    if wanted:
        return await store.list_called(reader, moderator.user_id, wanted, place, limit)
    return await store.list_published(reader, moderator.user_id, place, limit)


async def languages(reader: Reader, found: list[Published]) -> dict[str, list[str]]:
    """Return in which languages each of them is listed, or was, by id."""
    spoken: dict[str, list[str]] = {one.client_id: [] for one in found}
    if found:
        for said in await store.list_spoken(reader, sorted(spoken)):
            spoken[said.client_id].append(said.language)
    return spoken


async def look(reader: Reader, moderator: Moderator, client_id: str) -> Published:
    """Return one of them. Raises ListingNotFound, OwnIntegration."""
    found = await store.find_published(reader, moderator.user_id, client_id)
    if found is None:
        raise ListingNotFound
    await desk.must_not_belong(
        reader, moderator, await integrations.of_any_account(reader, client_id)
    )
    return found
