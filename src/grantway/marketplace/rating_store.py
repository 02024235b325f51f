"""The SQL of ratings. They are public; the account in a row says where its author had it."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.marketplace.model import Rating

_RATING = """
select r.client_id, r.id, r.user_id, u.name, u.language, r.stars, r.text, r.rated_at, r.changed_at,
       r.answer, r.answered_at, r.removed_at, r.removed_reason
  from ratings r join users u on u.id = r.user_id
"""


class Unanswered(msgspec.Struct, frozen=True):
    """How many ratings of an integration have no answer."""

    client_id: str
    ratings: int


class StarsGiven(msgspec.Struct, frozen=True):
    """How many gave so many stars."""

    stars: int
    ratings: int


class Given(msgspec.Struct, frozen=True):
    """What a user gave an integration that they may rate; *stars* is None before they did."""

    client_id: str
    stars: int | None
    is_removed: bool


class Author(msgspec.Struct, frozen=True):
    """Who gave a rating, and the account through which they had the integration."""

    user_id: int
    account_id: int


async def list_ratings(
    reader: Reader,
    client_id: str,
    before_id: int,
    limit: int,
    *,
    removed_too: bool,
    unanswered_only: bool = False,
) -> list[Rating]:
    """Return ratings of an integration, the newest first."""
    only = "" if removed_too else "and r.removed_at is null"
    if unanswered_only:
        only += " and r.answer is null"
    return await reader.all(
        Rating,
        f"""{_RATING} where r.client_id = :client_id and r.id < :before_id {only}
         order by r.id desc limit :limit""",
        client_id=client_id,
        before_id=before_id,
        limit=limit,
    )


async def find_rating(reader: Reader, client_id: str, rating_id: int) -> Rating | None:
    """Return one rating, a removed one as well."""
    return await reader.one(
        Rating,
        f"{_RATING} where r.client_id = :client_id and r.id = :rating_id",
        client_id=client_id,
        rating_id=rating_id,
    )


async def find_of_user(reader: Reader, client_id: str, user_id: int) -> Rating | None:
    """Return what a user gave an integration, though it was removed."""
    return await reader.one(
        Rating,
        f"{_RATING} where r.client_id = :client_id and r.user_id = :user_id",
        client_id=client_id,
        user_id=user_id,
    )


async def list_given(reader: Reader, account_id: int, user_id: int) -> list[Given]:
    """Return what is installed in an account and rated by the user, or may be.

    What is listed, and made by none of the user's own accounts, may be rated.
    """
    return await reader.all(
        Given,
        """
        select i.client_id, r.stars, r.removed_at is not null
          from installations i
          join integrations n on n.client_id = i.client_id
          left join ratings r on r.client_id = i.client_id and r.user_id = :user_id
         where i.account_id = :account_id and i.ended_at is null
           and (r.id is not null
                or (n.status = 'published'
                    and exists (select 1 from listings l
                                 where l.client_id = i.client_id and l.is_shown)
                    and not exists (select 1 from account_users u
                                     where u.account_id = n.account_id
                                       and u.user_id = :user_id)))
        """,
        account_id=account_id,
        user_id=user_id,
    )


async def count_by_stars(reader: Reader, client_id: str) -> list[StarsGiven]:
    """Return how often each number of stars was given; removed ratings do not count."""
    return await reader.all(
        StarsGiven,
        """
        select stars, count(*) from ratings where client_id = :client_id and removed_at is null
         group by stars
        """,
        client_id=client_id,
    )


async def find_author(reader: Reader, client_id: str, rating_id: int) -> Author | None:
    """Return who gave the rating."""
    return await reader.one(
        Author,
        "select user_id, account_id from ratings where client_id = :client_id and id = :rating_id",
        client_id=client_id,
        rating_id=rating_id,
    )


async def put(
    tx: Transaction,
    client_id: str,
    *,
    account_id: int,
    user_id: int,
    stars: int,
    text: str,
    now: int,
) -> int:
    """Store what a user thinks, in place of what they thought; return 0 for a removed one."""
    (new_id,) = await tx.take_ids("rating")
    return await tx.change(
        """
        insert into ratings (client_id, id, user_id, account_id, stars, text, rated_at)
        values (:client_id, :id, :user_id, :account_id, :stars, :text, :now)
        on conflict (client_id, user_id) do update
           set stars = excluded.stars, text = excluded.text, changed_at = excluded.rated_at,
               account_id = excluded.account_id
         where ratings.removed_at is null
        """,
        client_id=client_id,
        id=new_id,
        user_id=user_id,
        account_id=account_id,
        stars=stars,
        text=text,
        now=now,
    )


async def delete(tx: Transaction, client_id: str, user_id: int) -> int:
    """Delete a user's own rating, unless it was removed."""
    return await tx.change(
        """
        delete from ratings
         where client_id = :client_id and user_id = :user_id and removed_at is null
        """,
        client_id=client_id,
        user_id=user_id,
    )


async def answer(
    tx: Transaction, client_id: str, rating_id: int, text: str, user_id: int, now: int
) -> int:
    """Store the integrator's answer in place of the one before."""
    return await tx.change(
        """
        update ratings set answer = :text, answered_at = :now, answered_by = :user_id
         where client_id = :client_id and id = :rating_id and removed_at is null
        """,
        client_id=client_id,
        rating_id=rating_id,
        text=text,
        user_id=user_id,
        now=now,
    )


async def delete_answer(tx: Transaction, client_id: str, rating_id: int) -> int:
    """Take the integrator's answer away."""
    return await tx.change(
        """
        update ratings set answer = null, answered_at = null, answered_by = null
         where client_id = :client_id and id = :rating_id and answer is not null
        """,
        client_id=client_id,
        rating_id=rating_id,
    )


async def remove(
    tx: Transaction, client_id: str, rating_id: int, reason: str, user_id: int, now: int
) -> int:
    """Let a rating be seen no more and count no more."""
    return await tx.change(
        """
        update ratings set removed_at = :now, removed_by = :user_id, removed_reason = :reason
         where client_id = :client_id and id = :rating_id and removed_at is null
        """,
        client_id=client_id,
        rating_id=rating_id,
        reason=reason,
        user_id=user_id,
        now=now,
    )


async def restore(tx: Transaction, client_id: str, rating_id: int) -> int:
    """Let a removed rating be seen again."""
    return await tx.change(
        """
        update ratings set removed_at = null, removed_by = null, removed_reason = null
         where client_id = :client_id and id = :rating_id and removed_at is not null
        """,
        client_id=client_id,
        rating_id=rating_id,
    )


async def count_unanswered(reader: Reader, account_id: int) -> int:
    """Return how many ratings wait for an answer of the account that made what they are about."""
    count: int = await reader.value(
        """
        select count(*) from integrations n join ratings r on r.client_id = n.client_id
         where n.account_id = :account_id and n.status = 'published'
           and r.answer is null and r.removed_at is null
        """,
        account_id=account_id,
    )
    return count


async def list_unanswered(reader: Reader, account_id: int) -> list[Unanswered]:
    """Return how many ratings of each listed integration of the account have no answer."""
    return await reader.all(
        Unanswered,
        """
        select n.client_id, count(*)
          from integrations n join ratings r on r.client_id = n.client_id
         where n.account_id = :account_id and n.status = 'published'
           and r.answer is null and r.removed_at is null group by n.client_id
        """,
        account_id=account_id,
    )


async def count_unanswered_of(reader: Reader, client_id: str) -> int:
    """Return how many ratings of one integration have no answer."""
    count: int = await reader.value(
        """
        select count(*) from ratings
         where client_id = :client_id and answer is null and removed_at is null
        """,
        client_id=client_id,
    )
    return count
