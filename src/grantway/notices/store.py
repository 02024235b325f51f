"""The SQL of notices."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Transaction, Value
from grantway.notices.model import (
    BY_THE_PLATFORM,
    BY_USERS,
    MAILS_AN_HOUR,
    MOST_ALIKE,
    OF_ONES_OWN,
    ONCE_A_DAY,
    Addressee,
    Kind,
    Notice,
)

# What was told in one hour, and no more of it than it takes to know.
_LATELY = """
select 1 from notices n where n.user_id = u.id and n.told_at > :hour_ago and n.kind in (:kinds)
"""
_WANTS_MAIL = f"""
(coalesce(c.by_mail, true) and :most_mails > (
     select count(*) from ({_LATELY} and n.mail <> 'none' limit :most_mails) as mailed))
"""
_HEARS = """
(not :is_bounded or :most_alike > (
     select count(*) from (select 1 from notices n
                            where n.user_id = u.id and n.told_at > :alike_since
                              and n.kind in (:alike) and n.path = :path
                            limit :most_alike) as told))
"""
# Who does not work in an account any more reads nothing of it, and who administers it no more
# nothing of what its administrators are told.
_OWN = ", ".join(sorted(f"'{one}'" for one in OF_ONES_OWN))
_MAY_READ = f"""
(n.account_id is null or exists (
     select 1 from account_users m join accounts b on b.id = m.account_id
      where m.account_id = n.account_id and m.user_id = n.user_id
        and m.is_active and b.status = 'active'
        and (m.role = 'administrator' or n.kind in ({_OWN}))))
"""
_NOTICE = """
select n.user_id, n.id, n.account_id, n.kind, n.facts, n.path, n.told_at, n.seen_at,
       a.subdomain, a.name
  from notices n left join accounts a on a.id = n.account_id
"""


class Claimed(msgspec.Struct, frozen=True):
    """An e-mail that somebody has taken to send."""

    user_id: int
    id: int
    tries: int


class Recipient(msgspec.Struct, frozen=True):
    """To whom an e-mail goes."""

    email: str
    name: str
    language: str


async def list_administrators(
    reader: Reader, account_id: int, kind: Kind, path: str, now: int
) -> list[Addressee]:
    """Return the account's administrators who may work and are told so, by their ids."""
    return await reader.all(
        Addressee,
        f"""
        select u.id, {_WANTS_MAIL}
          from account_users m join users u on u.id = m.user_id
          left join notice_choices c on c.user_id = u.id
         where m.account_id = :account_id and m.role = 'administrator'
           and m.is_active and u.is_active and {_HEARS}
         order by u.id
        """,
        account_id=account_id,
        **_bounds(kind, path, now),
    )


async def find_addressee(
    reader: Reader, user_id: int, kind: Kind, path: str, now: int
) -> Addressee | None:
    """Return the person, if they may sign in and are told so."""
    return await reader.one(
        Addressee,
        f"""
        select u.id, {_WANTS_MAIL}
          from users u left join notice_choices c on c.user_id = u.id
         where u.id = :user_id and u.is_active and {_HEARS}
        """,
        user_id=user_id,
        **_bounds(kind, path, now),
    )


def _bounds(kind: Kind, path: str, now: int) -> dict[str, Value]:
    kinds = BY_USERS if kind in BY_USERS else BY_THE_PLATFORM
    is_daily = kind in ONCE_A_DAY
    return {
        "kinds": sorted(map(str, kinds)),
        "is_bounded": is_daily or kind in BY_USERS,
        "alike": [str(kind)] if is_daily else sorted(map(str, kinds)),
        "alike_since": now - (24 * 3600 if is_daily else 3600),
        "path": path,
        "most_alike": 1 if is_daily else MOST_ALIKE,
        "most_mails": MAILS_AN_HOUR,
        "hour_ago": now - 3600,
    }


async def hold_account(tx: Transaction, account_id: int) -> None:
    """Let whoever tells the account's administrators something take turns."""
    await tx.lock_values("select 1 from accounts where id = :account_id", account_id=account_id)


async def add(
    tx: Transaction,
    addressees: Sequence[Addressee],
    *,
    account_id: int | None,
    kind: Kind,
    facts: str,
    path: str,
    now: int,
) -> None:
    """Add a notice for each of *addressees*; the e-mail of those who want one is due now."""
    if not addressees:
        return
    ids = await tx.take_ids("notice", len(addressees))
    await tx.change_many(
        """
        insert into notices (user_id, id, account_id, kind, facts, path, told_at, mail, tries,
                             due_at)
        values (:user_id, :id, :account_id, :kind, :facts, :path, :now, :mail, 0, :now)
        """,
        [
            {
                "user_id": one.user_id,
                "id": notice_id,
                "account_id": account_id,
                "kind": str(kind),
                "facts": facts,
                "path": path,
                "now": now,
                "mail": "waiting" if one.wants_mail else "none",
            }
            for one, notice_id in zip(addressees, ids, strict=True)
        ],
    )


async def wants_mail(reader: Reader, user_id: int) -> bool:
    """Tell whether the person is told by e-mail as well."""
    chosen = await reader.value(
        "select by_mail from notice_choices where user_id = :user_id", user_id=user_id
    )
    return chosen is None or bool(chosen)


async def choose_mail(tx: Transaction, user_id: int, *, by_mail: bool) -> None:
    """Tell the person by e-mail as well from now on, or no more."""
    await tx.change(
        """
        insert into notice_choices (user_id, by_mail) values (:user_id, :by_mail)
        on conflict (user_id) do update set by_mail = :by_mail
        """,
        user_id=user_id,
        by_mail=by_mail,
    )


async def list_notices(reader: Reader, user_id: int, before_id: int, limit: int) -> list[Notice]:
    """Return notices that the person may read, the newest first."""
    return await reader.all(
        Notice,
        f"""
        {_NOTICE}
         where n.user_id = :user_id and n.id < :before_id and {_MAY_READ}
         order by n.id desc limit :limit
        """,
        user_id=user_id,
        before_id=before_id,
        limit=limit,
    )


async def list_notices_after(
    reader: Reader, user_id: int, after_id: int, limit: int
) -> list[Notice]:
    """Return notices that the person may read, those next above one, the oldest first."""
    return await reader.all(
        Notice,
        f"""
        {_NOTICE}
         where n.user_id = :user_id and n.id > :after_id and {_MAY_READ}
         order by n.id limit :limit
        """,
        user_id=user_id,
        after_id=after_id,
        limit=limit,
    )


async def find_notice(reader: Reader, user_id: int, notice_id: int) -> Notice | None:
    """Return a notice that the person may read."""
    return await reader.one(
        Notice,
        f"{_NOTICE} where n.user_id = :user_id and n.id = :notice_id and {_MAY_READ}",
        user_id=user_id,
        notice_id=notice_id,
    )


async def count_unseen(reader: Reader, user_id: int, most: int) -> int:
    """Count what the person may read and has not seen, up to *most*."""
    counted: int = await reader.value(
        f"""
        select count(*) from (
               select 1 from notices n
                where n.user_id = :user_id and n.seen_at is null and {_MAY_READ}
                limit :most) as unseen
        """,
        user_id=user_id,
        most=most,
    )
    return counted


async def see(tx: Transaction, user_id: int, notice_id: int, now: int) -> int:
    """Note that the person saw one; its e-mail is not sent any more unless it is under way."""
    return await tx.change(
        """
        update notices
           set seen_at = :now, mail = case when mail = 'waiting' then 'none' else mail end
         where user_id = :user_id and id = :notice_id and seen_at is null
        """,
        user_id=user_id,
        notice_id=notice_id,
        now=now,
    )


async def see_all(tx: Transaction, user_id: int, up_to_id: int, now: int) -> int:
    """Note that the person saw everything up to one; return how many that were."""
    return await tx.sweep(
        """
        update notices
           set seen_at = :now, mail = case when mail = 'waiting' then 'none' else mail end
         where user_id = :user_id and id <= :up_to_id and seen_at is null
        """,
        user_id=user_id,
        up_to_id=up_to_id,
        now=now,
    )


async def claim_mails(
    tx: Transaction, limit: int, now: int, *, told_after: int, until: int
) -> list[Claimed]:
    """Take some e-mails that are due, and those that somebody took and did not live to send.

    One statement both decides and marks. Of two who take the same row at once
    the second finds it changed, and goes without it.
    """
    return await tx.all(
        Claimed,
        """
        update notices set mail = 'claimed', tries = tries + 1, due_at = :until
         where mail in ('waiting', 'claimed') and due_at <= :now
           and (user_id, id) in (
               select user_id, id from notices
                where mail in ('waiting', 'claimed') and due_at <= :now and told_at > :told_after
                order by due_at limit :limit)
        returning user_id, id, tries
        """,
        limit=limit,
        now=now,
        told_after=told_after,
        until=until,
    )


async def find_recipient(reader: Reader, user_id: int) -> Recipient | None:
    """Return the person, if they may sign in and want e-mail."""
    return await reader.one(
        Recipient,
        """
        select u.email, u.name, u.language
          from users u left join notice_choices c on c.user_id = u.id
         where u.id = :user_id and u.is_active and coalesce(c.by_mail, true)
        """,
        user_id=user_id,
    )


async def settle_mail(
    tx: Transaction, claimed: Claimed, mail: str, *, tries: int, due_at: int
) -> int:
    """Note what came of a claimed e-mail; return 0 when somebody else has it by now."""
    return await tx.change(
        """
        update notices set mail = :mail, tries = :tries_now, due_at = :due_at
         where user_id = :user_id and id = :notice_id and mail = 'claimed' and tries = :tries
        """,
        user_id=claimed.user_id,
        notice_id=claimed.id,
        tries=claimed.tries,
        mail=mail,
        tries_now=tries,
        due_at=due_at,
    )


async def drop_late_mails(tx: Transaction, told_before: int, now: int) -> int:
    """Send no e-mail any more of what was told long ago; return how many."""
    return await tx.sweep(
        """
        update notices set mail = case when tries = 0 then 'none' else 'given_up' end
         where mail in ('waiting', 'claimed') and told_at <= :told_before and due_at <= :now
        """,
        told_before=told_before,
        now=now,
    )


async def sweep_notices(tx: Transaction, seen_before: int, told_before: int) -> int:
    """Remove what was seen long ago, and what nobody has looked at for long; return how many."""
    return await tx.sweep(
        """
        delete from notices
         where told_at < :seen_before and (seen_at < :seen_before or told_at < :told_before)
        """,
        seen_before=seen_before,
        told_before=told_before,
    )
