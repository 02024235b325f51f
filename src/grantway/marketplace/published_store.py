"""The SQL of what the public sees or saw, as moderators list it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader


class Published(msgspec.Struct, frozen=True):
    """An integration that is or was before the public. *is_own*: of the moderator's account.

    *published_at* is when that was for the first time. *number* and *category*
    are those of the version in force; None when none ever was a version.
    """

    client_id: str
    name: str
    account_id: int
    account_name: str
    status: str
    published_at: int
    number: int | None
    category: str | None
    has_widget: bool
    installs: int
    rating_sum: int
    rating_count: int
    is_featured: bool
    is_listed: bool
    is_own: bool

    @property
    def stars(self) -> float | None:
        """The mean of its ratings; None before there is one."""
        return round(self.rating_sum / self.rating_count, 1) if self.rating_count else None


class Spoken(msgspec.Struct, frozen=True):
    """A language in which an integration is listed, or was."""

    client_id: str
    language: str


# Of its listings the one in its main language: what is told here is the same in all.
_PUBLISHED = """
select n.client_id, n.name, n.account_id, a.name, n.status, n.published_at, v.number, v.category,
       n.has_widget, coalesce(l.installs, 0), coalesce(l.rating_sum, 0),
       coalesce(l.rating_count, 0), coalesce(l.is_featured, false),
       coalesce(l.is_shown and n.status = 'published', false),
       exists (select 1 from account_users u
                where u.account_id = n.account_id and u.user_id = :user_id)
  from integrations n
  join accounts a on a.id = n.account_id
  left join versions v on v.client_id = n.client_id and v.state in ('published', 'hidden')
  left join listings l on l.client_id = n.client_id and l.language = n.language
 where n.published_at is not null and n.status <> 'deleted'
"""
_BEHIND = """
   and (n.published_at, n.client_id) < (:published_at, :client_id)
 order by n.published_at desc, n.client_id desc limit :limit
"""
_CALLED = """
   and (lower(n.name) like :called escape '!'
        or exists (select 1 from listings o
                    where o.client_id = n.client_id and lower(o.name) like :called escape '!'))
"""


async def list_published(
    reader: Reader, user_id: int, after: tuple[int, str], limit: int
) -> list[Published]:
    """Return what is or was before the public, the last one first, from behind *after*."""
    published_at, client_id = after
    return await reader.all(
        Published,
        _PUBLISHED + _BEHIND,
        user_id=user_id,
        published_at=published_at,
        client_id=client_id,
        limit=limit,
    )


async def list_called(
    reader: Reader, user_id: int, wanted: str, after: tuple[int, str], limit: int
) -> list[Published]:
    """Return those of them that have this in a name."""
    published_at, client_id = after
    part = wanted.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return await reader.all(
        Published,
        _PUBLISHED + _CALLED + _BEHIND,
        user_id=user_id,
        called=f"%{part}%",
        published_at=published_at,
        client_id=client_id,
        limit=limit,
    )


async def find_published(reader: Reader, user_id: int, client_id: str) -> Published | None:
    """Return one of them."""
    return await reader.one(
        Published,
        f"{_PUBLISHED} and n.client_id = :client_id",
        user_id=user_id,
        client_id=client_id,
    )


async def list_spoken(reader: Reader, client_ids: Sequence[str]) -> list[Spoken]:
    """Return in which languages some integrations are listed, or were."""
    return await reader.all(
        Spoken,
        "select client_id, language from listings where client_id in (:client_ids)"
        " order by client_id, language",
        client_ids=client_ids,
    )
