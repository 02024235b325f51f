"""The SQL of roles and groups, and of who has and is in which."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.accounts.model import NamedGroup, RightsRole
from grantway.db import Reader, Transaction

_ROLE = "select id, name, rights, created_at, updated_at from user_roles"


class HasRole(msgspec.Struct, frozen=True):
    """A user of a role."""

    role_id: int
    user_id: int


async def list_roles(reader: Reader, account_id: int, limit: int, offset: int) -> list[RightsRole]:
    """Return a page of the account's roles, oldest first."""
    return await reader.all(
        RightsRole,
        f"{_ROLE} where account_id = :account_id order by id limit :limit offset :offset",
        account_id=account_id,
        limit=limit,
        offset=offset,
    )


async def count_roles(reader: Reader, account_id: int) -> int:
    """Return how many roles the account has."""
    count: int = await reader.value(
        "select count(*) from user_roles where account_id = :account_id", account_id=account_id
    )
    return count


async def find_role(reader: Reader, account_id: int, role_id: int) -> RightsRole | None:
    """Return one role."""
    return await reader.one(
        RightsRole,
        f"{_ROLE} where account_id = :account_id and id = :role_id",
        account_id=account_id,
        role_id=role_id,
    )


async def list_who_has(reader: Reader, account_id: int) -> list[HasRole]:
    """Return everybody in the account who has a role."""
    return await reader.all(
        HasRole,
        """
        select role_id, user_id from account_users
         where account_id = :account_id and role_id is not null order by user_id
        """,
        account_id=account_id,
    )


async def add_roles(tx: Transaction, account_id: int, roles: Sequence[RightsRole]) -> None:
    """Add *roles*."""
    await tx.change_many(
        """
        insert into user_roles (account_id, id, name, rights, created_at, updated_at)
        values (:account_id, :id, :name, :rights, :created_at, :updated_at)
        """,
        [
            {
                "account_id": account_id,
                "id": one.id,
                "name": one.name,
                "rights": one.rights_json,
                "created_at": one.created_at,
                "updated_at": one.updated_at,
            }
            for one in roles
        ],
    )


async def change_role(tx: Transaction, account_id: int, role: RightsRole) -> None:
    """Store the role as it is now."""
    await tx.change(
        """
        update user_roles set name = :name, rights = :rights, updated_at = :updated_at
         where account_id = :account_id and id = :id
        """,
        account_id=account_id,
        id=role.id,
        name=role.name,
        rights=role.rights_json,
        updated_at=role.updated_at,
    )


async def remove_role(tx: Transaction, account_id: int, role: RightsRole) -> None:
    """Remove the role, and leave its users the rights that they have by it."""
    await tx.change(
        """
        update account_users set rights = :rights, role_id = null
         where account_id = :account_id and role_id = :id
        """,
        account_id=account_id,
        id=role.id,
        rights=role.rights_json,
    )
    await tx.change(
        "delete from user_roles where account_id = :account_id and id = :id",
        account_id=account_id,
        id=role.id,
    )


async def give_role(tx: Transaction, account_id: int, user_id: int, role_id: int | None) -> None:
    """Let the user have the role, or only what is kept of their own."""
    await tx.change(
        """
        update account_users set role_id = :role_id
         where account_id = :account_id and user_id = :user_id
        """,
        account_id=account_id,
        user_id=user_id,
        role_id=role_id,
    )


async def list_groups(reader: Reader, account_id: int) -> list[NamedGroup]:
    """Return the account's groups but the first, oldest first."""
    return await reader.all(
        NamedGroup,
        "select id, name from user_groups where account_id = :account_id order by id",
        account_id=account_id,
    )


async def add_group(tx: Transaction, account_id: int, group: NamedGroup, now: int) -> None:
    """Add *group*."""
    await tx.change(
        """
        insert into user_groups (account_id, id, name, created_at)
        values (:account_id, :id, :name, :now)
        """,
        account_id=account_id,
        id=group.id,
        name=group.name,
        now=now,
    )


async def rename_group(tx: Transaction, account_id: int, group: NamedGroup) -> bool:
    """Store another name; False when there is no such group."""
    changed = await tx.change(
        "update user_groups set name = :name where account_id = :account_id and id = :id",
        account_id=account_id,
        id=group.id,
        name=group.name,
    )
    return changed == 1


async def remove_group(tx: Transaction, account_id: int, group_id: int) -> bool:
    """Remove the group, whose users go back to the first; False when there is none."""
    await tx.change(
        """
        update account_users set group_id = 0
         where account_id = :account_id and group_id = :group_id
        """,
        account_id=account_id,
        group_id=group_id,
    )
    removed = await tx.change(
        "delete from user_groups where account_id = :account_id and id = :group_id",
        account_id=account_id,
        group_id=group_id,
    )
    return removed == 1


async def put_into_group(tx: Transaction, account_id: int, user_id: int, group_id: int) -> None:
    """Store that the user is in the group."""
    await tx.change(
        """
        update account_users set group_id = :group_id
         where account_id = :account_id and user_id = :user_id
        """,
        account_id=account_id,
        user_id=user_id,
        group_id=group_id,
    )


async def add_account_user(
    tx: Transaction,
    account_id: int,
    user_id: int,
    *,
    rights: str,
    role_id: int | None,
    group_id: int,
    is_free: bool,
    now: int,
) -> None:
    """Add a person who is new to the account and does not administer it."""
    await tx.change(
        """
        insert into account_users (account_id, user_id, role, group_id, rights, is_active, is_free,
                                   created_at, role_id)
        values (:account_id, :user_id, 'user', :group_id, :rights, true, :is_free, :now, :role_id)
        """,
        account_id=account_id,
        user_id=user_id,
        group_id=group_id,
        rights=rights,
        is_free=is_free,
        now=now,
        role_id=role_id,
    )


async def list_present(reader: Reader, account_id: int, emails: Sequence[str]) -> list[str]:
    """Return which of these addresses belong to users of the account."""
    return await reader.column(
        """
        select u.email from account_users m join users u on u.id = m.user_id
         where m.account_id = :account_id and u.email in (:emails)
        """,
        account_id=account_id,
        emails=emails,
    )


async def list_taken(reader: Reader, emails: Sequence[str]) -> list[str]:
    """Return which of these addresses belong to anybody."""
    return await reader.column("select email from users where email in (:emails)", emails=emails)
