"""The SQL of accounts and the people in them."""

from __future__ import annotations

from collections.abc import Sequence

from grantway.accounts.model import (
    FIRST_GROUP,
    Account,
    AccountUser,
    Place,
    User,
    UserAccount,
    UserGroup,
    UserName,
)
from grantway.db import Reader, Transaction

_ACCOUNT = """
select id, uuid, subdomain, name, status, is_technical, country, currency, language, timezone,
       created_at, created_by, updated_at, updated_by, technical_until
  from accounts
"""
_USER = "select id, uuid, email, name, language, is_active, created_at, made_in from users"
_ACCOUNT_USER = f"""
select u.id, u.uuid, u.email, u.name, u.language, m.role, m.group_id, coalesce(r.rights, m.rights),
       (u.is_active and m.is_active), m.is_free, r.id, r.name, coalesce(g.name, '{FIRST_GROUP}')
  from account_users m join users u on u.id = m.user_id
  left join user_roles r on r.account_id = m.account_id and r.id = m.role_id
  left join user_groups g on g.account_id = m.account_id and g.id = m.group_id
"""


async def find_account(reader: Reader, account_id: int) -> Account | None:
    """Return the account unless it is deleted."""
    return await reader.one(
        Account,
        f"{_ACCOUNT} where id = :account_id and status <> 'deleted'",
        account_id=account_id,
    )


async def find_account_by_subdomain(reader: Reader, subdomain: str) -> Account | None:
    """Return the account that has this subdomain now."""
    return await reader.one(
        Account,
        f"{_ACCOUNT} where subdomain = :subdomain and status <> 'deleted'",
        subdomain=subdomain,
    )


async def list_accounts(reader: Reader) -> list[Account]:
    """Return every account, for the operator."""
    return await reader.all(Account, f"{_ACCOUNT} where status <> 'deleted' order by id")


async def add_account(tx: Transaction, account: Account) -> None:
    """Add *account*."""
    await tx.change(
        """
        insert into accounts (id, uuid, subdomain, name, status, is_technical, country, currency,
                              language, timezone, created_at, created_by, updated_at, updated_by)
        values (:id, :uuid, :subdomain, :name, :status, :is_technical, :country, :currency,
                :language, :timezone, :created_at, :created_by, :updated_at, :updated_by)
        """,
        id=account.id,
        uuid=account.uuid,
        subdomain=account.subdomain,
        name=account.name,
        status=account.status,
        is_technical=account.is_technical,
        country=account.country,
        currency=account.currency,
        language=account.language,
        timezone=account.timezone,
        created_at=account.created_at,
        created_by=account.created_by,
        updated_at=account.updated_at,
        updated_by=account.updated_by,
    )


async def rename_account(tx: Transaction, account_id: int, subdomain: str, now: int) -> None:
    """Store another subdomain. Raises AlreadyThere when another account has it."""
    await tx.change(
        "update accounts set subdomain = :subdomain, updated_at = :now where id = :account_id",
        subdomain=subdomain,
        account_id=account_id,
        now=now,
    )


async def release_name(tx: Transaction, account_id: int, subdomain: str, now: int) -> None:
    """Keep *subdomain* as a name that the account had."""
    await tx.change(
        """
        insert into former_subdomains (subdomain, account_id, released_at)
        values (:subdomain, :account_id, :now)
        on conflict (subdomain) do update set released_at = :now
        """,
        subdomain=subdomain,
        account_id=account_id,
        now=now,
    )


async def find_former_holder(reader: Reader, subdomain: str) -> int | None:
    """Return the id of the account that had this subdomain before."""
    found: int | None = await reader.value(
        "select account_id from former_subdomains where subdomain = :subdomain",
        subdomain=subdomain,
    )
    return found


async def lock_account(tx: Transaction, account_id: int) -> None:
    """Let nobody else decide about this account, or about its users, until the end.

    Whoever works in it goes on: they may hold rows that the decision needs.
    """
    await tx.lock_values("select 1 from accounts where id = :account_id", account_id=account_id)


async def change_status(
    tx: Transaction, account_id: int, *, before: str, after: str, now: int
) -> bool:
    """Change the account's status; False when it is not *before*."""
    changed = await tx.change(
        """
        update accounts set status = :after, updated_at = :now
         where id = :account_id and status = :before
        """,
        account_id=account_id,
        before=before,
        after=after,
        now=now,
    )
    return changed == 1


async def find_user_by_email(reader: Reader, email: str) -> User | None:
    """Return the person with this address."""
    return await reader.one(User, f"{_USER} where email = :email", email=email)


async def find_user(reader: Reader, user_id: int) -> User | None:
    """Return the person."""
    return await reader.one(User, f"{_USER} where id = :user_id", user_id=user_id)


async def lock_user(tx: Transaction, user_id: int) -> None:
    """Let nobody else decide about this person until the end."""
    await tx.lock("select 1 from users where id = :user_id", user_id=user_id)


async def switch_user(tx: Transaction, user_id: int, *, is_active: bool, now: int) -> bool:
    """Activate or deactivate the person everywhere; False when they are that already."""
    changed = await tx.change(
        """
        update users set is_active = :is_active, updated_at = :now
         where id = :user_id and is_active <> :is_active
        """,
        user_id=user_id,
        is_active=is_active,
        now=now,
    )
    return changed == 1


async def find_password_hash(reader: Reader, user_id: int) -> str | None:
    """Return the hash of the password of a person who may sign in."""
    found: str | None = await reader.value(
        "select password_hash from users where id = :user_id and is_active", user_id=user_id
    )
    return found


async def add_user(tx: Transaction, user: User, password_hash: str | None) -> None:
    """Add *user*."""
    await tx.change(
        """
        insert into users (id, uuid, email, name, language, password_hash, is_active,
                           created_at, updated_at, made_in)
        values (:id, :uuid, :email, :name, :language, :password_hash, :is_active,
                :created_at, :created_at, :made_in)
        """,
        id=user.id,
        uuid=user.uuid,
        email=user.email,
        name=user.name,
        language=user.language,
        password_hash=password_hash,
        is_active=user.is_active,
        created_at=user.created_at,
        made_in=user.made_in,
    )


async def forget_maker(tx: Transaction, user_id: int) -> None:
    """Note that no account's administrators know the person's password."""
    await tx.change("update users set made_in = null where id = :user_id", user_id=user_id)


async def change_password_hash(tx: Transaction, user_id: int, password_hash: str, now: int) -> None:
    """Keep another password."""
    await tx.change(
        "update users set password_hash = :password_hash, updated_at = :now where id = :user_id",
        user_id=user_id,
        password_hash=password_hash,
        now=now,
    )


async def change_language(tx: Transaction, user_id: int, language: str, now: int) -> None:
    """Keep another language."""
    await tx.change(
        "update users set language = :language, updated_at = :now where id = :user_id",
        user_id=user_id,
        language=language,
        now=now,
    )


async def find_platform_role(reader: Reader, user_id: int) -> str | None:
    """Return what the person is on the platform, if they may sign in."""
    role: str | None = await reader.value(
        "select platform_role from users where id = :user_id and is_active", user_id=user_id
    )
    return role


async def list_with_platform_role(reader: Reader) -> list[User]:
    """Return who is anything on the platform."""
    return await reader.all(
        User, f"{_USER} where platform_role is not null and is_active order by name, id"
    )


async def set_platform_role(tx: Transaction, user_id: int, role: str | None) -> None:
    """Make the person a moderator or an operator of the platform, or neither."""
    await tx.change(
        "update users set platform_role = :role where id = :user_id", user_id=user_id, role=role
    )


async def put_account_user(
    tx: Transaction, account_id: int, user_id: int, role: str, rights: str, now: int
) -> None:
    """Add the person to the account, or change their role and rights in it."""
    await tx.change(
        """
        insert into account_users (account_id, user_id, role, group_id, rights, is_active, is_free,
                                   created_at)
        values (:account_id, :user_id, :role, 0, :rights, true, false, :now)
        on conflict (account_id, user_id)
        do update set role = :role, rights = :rights, role_id = null
        """,
        account_id=account_id,
        user_id=user_id,
        role=role,
        rights=rights,
        now=now,
    )


async def switch_account_user(
    tx: Transaction, account_id: int, user_id: int, *, is_active: bool
) -> bool:
    """Activate or deactivate the person in the account; False when they are that already."""
    changed = await tx.change(
        """
        update account_users set is_active = :is_active
         where account_id = :account_id and user_id = :user_id and is_active <> :is_active
        """,
        account_id=account_id,
        user_id=user_id,
        is_active=is_active,
    )
    return changed == 1


async def find_account_user(reader: Reader, account_id: int, user_id: int) -> AccountUser | None:
    """Return the person as the account sees them."""
    return await reader.one(
        AccountUser,
        f"{_ACCOUNT_USER} where m.account_id = :account_id and m.user_id = :user_id",
        account_id=account_id,
        user_id=user_id,
    )


async def list_account_users(
    reader: Reader, account_id: int, limit: int, offset: int
) -> list[AccountUser]:
    """Return a page of the account's people, oldest first."""
    return await reader.all(
        AccountUser,
        f"{_ACCOUNT_USER} where m.account_id = :account_id order by u.id"
        " limit :limit offset :offset",
        account_id=account_id,
        limit=limit,
        offset=offset,
    )


async def count_account_users(reader: Reader, account_id: int) -> int:
    """Return how many people the account has."""
    count: int = await reader.value(
        "select count(*) from account_users where account_id = :account_id", account_id=account_id
    )
    return count


async def list_user_groups(reader: Reader, account_id: int) -> list[UserGroup]:
    """Return everybody in the account with their group."""
    return await reader.all(
        UserGroup,
        """
        select m.user_id, m.group_id, (u.is_active and m.is_active)
          from account_users m join users u on u.id = m.user_id
         where m.account_id = :account_id
        """,
        account_id=account_id,
    )


async def list_accounts_of_user(reader: Reader, user_id: int) -> list[UserAccount]:
    """Return the accounts that the person is in, by name."""
    return await reader.all(
        UserAccount,
        """
        select a.id, a.subdomain, a.name, a.is_technical, m.role
          from account_users m join accounts a on a.id = m.account_id
         where m.user_id = :user_id and m.is_active and a.status = 'active'
         order by a.name, a.id
        """,
        user_id=user_id,
    )


async def list_places(reader: Reader, user_id: int) -> list[Place]:
    """Return every account that the person was added to, suspended ones as well."""
    return await reader.all(
        Place,
        """
        select a.id, m.role, m.is_active
          from account_users m join accounts a on a.id = m.account_id
         where m.user_id = :user_id and a.status <> 'deleted'
         order by a.id
        """,
        user_id=user_id,
    )


async def list_administrators(reader: Reader, account_id: int) -> list[str]:
    """Return the names of the account's administrators who may work."""
    return await reader.column(
        """
        select u.name from account_users m join users u on u.id = m.user_id
         where m.account_id = :account_id and m.role = 'administrator'
           and m.is_active and u.is_active
         order by u.name, u.id
        """,
        account_id=account_id,
    )


async def list_names(reader: Reader, user_ids: Sequence[int]) -> list[UserName]:
    """Return the names of these people."""
    if not user_ids:
        return []
    return await reader.all(
        UserName, "select id, name from users where id in (:user_ids)", user_ids=user_ids
    )
