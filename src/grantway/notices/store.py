"""The SQL of notices."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.db import Reader, Transaction
from grantway.notices.model import Addressee, Kind


async def list_administrators(reader: Reader, account_id: int) -> list[Addressee]:
    """Return the account's administrators who may work, in the order of their ids."""
    return await reader.all(
        Addressee,
        """
        select u.id, coalesce(c.by_mail, true)
          from account_users m join users u on u.id = m.user_id
          left join notice_choices c on c.user_id = u.id
         where m.account_id = :account_id and m.role = 'administrator'
           and m.is_active and u.is_active
         order by u.id
        """,
        account_id=account_id,
    )


async def find_addressee(reader: Reader, user_id: int) -> Addressee | None:
    """Return the person, if they may sign in."""
    return await reader.one(
        Addressee,
        """
        select u.id, coalesce(c.by_mail, true)
          from users u left join notice_choices c on c.user_id = u.id
         where u.id = :user_id and u.is_active
        """,
        user_id=user_id,
    )


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
