"""Making accounts and people, and finding them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from grantway import audit
from grantway.accounts import store
from grantway.accounts.actor import Actor
from grantway.accounts.errors import (
    AccountNotFound,
    FieldRefused,
    LastAdministrator,
    MadeElsewhere,
    SubdomainTaken,
    UserNotFound,
)
from grantway.accounts.model import (
    FIRST_LANGUAGE,
    MAX_NAME,
    Account,
    AccountUser,
    Role,
    Status,
    User,
    UserAccount,
    UserGroup,
    email_problem,
    is_timezone,
    language_problem,
    normal_email,
    subdomain_problem,
)
from grantway.accounts.rights import EVERYTHING, ORDINARY
from grantway.audit import Entry, Event
from grantway.db import AlreadyThere, Reader, Transaction
from grantway.kernel.credentials import new_uuid

EVERYBODY = 1_000_000


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What an account begins with."""

    subdomain: str
    name: str
    is_technical: bool = False
    country: str = "US"
    currency: str = "USD"
    language: str = FIRST_LANGUAGE
    timezone: str = "UTC"


async def create_account(tx: Transaction, new: NewAccount, now: int) -> Account:
    """Make an account.

    Raises FieldRefused for an impossible subdomain or name, SubdomainTaken.
    """
    if problem := subdomain_problem(new.subdomain):
        raise FieldRefused("subdomain", problem)
    if not 1 <= len(new.name.strip()) <= MAX_NAME:
        raise FieldRefused("name", f"write 1 to {MAX_NAME} characters")
    if not is_timezone(new.timezone):
        raise FieldRefused("timezone", "write a name like Europe/Madrid or UTC")
    if await store.find_former_holder(tx, new.subdomain) is not None:
        raise SubdomainTaken
    (account_id,) = await tx.take_ids("account")
    account = Account(
        id=account_id,
        uuid=new_uuid(),
        subdomain=new.subdomain,
        name=new.name.strip(),
        status=Status.ACTIVE.value,
        is_technical=new.is_technical,
        country=new.country,
        currency=new.currency,
        language=new.language,
        timezone=new.timezone,
        created_at=now,
        created_by=0,
        updated_at=now,
        updated_by=0,
    )
    try:
        await store.add_account(tx, account)
    except AlreadyThere as error:
        raise SubdomainTaken from error
    await audit.record(
        tx,
        Entry(at=now, event=Event.ACCOUNT_CREATED, account_id=account_id, actor="operator"),
    )
    return account


async def create_user(
    tx: Transaction,
    *,
    email: str,
    name: str,
    password_hash: str | None,
    now: int,
    language: str = FIRST_LANGUAGE,
    maker: Actor | None = None,
) -> User:
    """Make a person; they are in no account yet. The *maker* is None for the operator.

    Raises FieldRefused for an impossible or taken address, an impossible name
    or language.
    """
    if problem := email_problem(normal_email(email)):
        raise FieldRefused("email", problem)
    if not 1 <= len(name.strip()) <= MAX_NAME:
        raise FieldRefused("name", f"write 1 to {MAX_NAME} characters")
    if problem := language_problem(language):
        raise FieldRefused("language", problem)
    (user_id,) = await tx.take_ids("user")
    user = User(
        id=user_id,
        uuid=new_uuid(),
        email=normal_email(email),
        name=name.strip(),
        language=language,
        is_active=True,
        created_at=now,
        made_in=None if maker is None else maker.account_id,
    )
    try:
        await store.add_user(tx, user, password_hash)
    except AlreadyThere as error:
        raise FieldRefused("email", "a user with this address exists") from error
    await audit.record(
        tx,
        Entry(
            at=now,
            event=Event.USER_CREATED,
            actor="operator" if maker is None else "user",
            user_id=user_id,
            source="" if maker is None else maker.source,
            subject="" if maker is None else f"account {maker.account_id}",
        ),
    )
    return user


async def set_language(
    tx: Transaction, user_id: int, language: str, *, actor: str, now: int, source: str = ""
) -> User:
    """Let the person read *language* from now on; return them as they are then.

    *actor* is "user", who chooses for themselves, or "operator". The one that
    they have already changes nothing. Raises UserNotFound, FieldRefused.
    """
    if problem := language_problem(language):
        raise FieldRefused("language", problem)
    await store.lock_user(tx, user_id)
    user = await user_by_id(tx, user_id)
    if user.language == language:
        return user
    await store.change_language(tx, user_id, language, now)
    await audit.record(
        tx,
        Entry(
            at=now,
            event=Event.LANGUAGE_CHANGED,
            actor=actor,
            user_id=user_id,
            source=source,
            subject=f"language {user.language} to {language}",
        ),
    )
    return msgspec.structs.replace(user, language=language)


async def add_user_to_account(
    tx: Transaction, account_id: int, user_id: int, role: Role, now: int
) -> None:
    """Give the person a role in the account, a first or another one.

    Raises LastAdministrator when nobody would be left to administer it,
    MadeElsewhere.
    """
    await must_not_be_made_elsewhere(tx, user_id, account_id)
    rights = EVERYTHING if role is Role.ADMINISTRATOR else ORDINARY
    await store.lock_account(tx, account_id)
    before = await store.find_account_user(tx, account_id, user_id)
    await store.put_account_user(
        tx, account_id, user_id, role, msgspec.json.encode(rights).decode(), now
    )
    if before is not None and before.is_administrator and before.is_active:
        await must_keep_administrator(tx, account_id)
    await audit.record(
        tx,
        Entry(
            at=now,
            event=Event.USER_ADDED if before is None else Event.ROLE_CHANGED,
            account_id=account_id,
            actor="operator",
            user_id=user_id,
            subject=f"role {role}",
        ),
    )


async def must_not_be_made_elsewhere(
    reader: Reader, user_id: int, account_id: int | None = None
) -> None:
    """Raise MadeElsewhere unless the account, or the platform, can trust whose password it is."""
    user = await store.find_user(reader, user_id)
    if user is not None and user.made_in not in (None, account_id):
        raise MadeElsewhere


async def must_keep_administrator(tx: Transaction, account_id: int) -> None:
    """Raise LastAdministrator when the change at hand leaves nobody to administer the account.

    The caller has locked the account, or two such changes at once would each
    count on the other's person.
    """
    if not await store.list_administrators(tx, account_id):
        raise LastAdministrator((await account_by_id(tx, account_id)).subdomain)


async def account_by_subdomain(reader: Reader, subdomain: str) -> Account:
    """Return the account; raise AccountNotFound."""
    account = await store.find_account_by_subdomain(reader, subdomain)
    if account is None:
        raise AccountNotFound(why=f"no account {subdomain!r}")
    return account


async def language_of(reader: Reader, subdomain: str) -> str | None:
    """Return the language of the account that has this name now, or None without one."""
    account = await store.find_account_by_subdomain(reader, subdomain)
    return None if account is None else account.language


async def account_by_id(reader: Reader, account_id: int) -> Account:
    """Return the account; raise AccountNotFound."""
    account = await store.find_account(reader, account_id)
    if account is None:
        raise AccountNotFound(why=f"no account {account_id}")
    return account


async def list_accounts(reader: Reader) -> list[Account]:
    """Return every account, for the operator."""
    return await store.list_accounts(reader)


async def user_by_email(reader: Reader, email: str) -> User:
    """Return the person; raise UserNotFound."""
    user = await store.find_user_by_email(reader, normal_email(email))
    if user is None:
        raise UserNotFound
    return user


async def user_by_id(reader: Reader, user_id: int) -> User:
    """Return the person; raise UserNotFound."""
    user = await store.find_user(reader, user_id)
    if user is None:
        raise UserNotFound
    return user


async def accounts_of_user(reader: Reader, user_id: int) -> list[UserAccount]:
    """Return the live accounts that the person is in."""
    return await store.list_accounts_of_user(reader, user_id)


async def find_member(reader: Reader, account_id: int, user_id: int) -> AccountUser | None:
    """Return a user of the account, whether they may work in it now or not."""
    return await store.find_account_user(reader, account_id, user_id)


async def find_worker(reader: Reader, account_id: int, user_id: int) -> AccountUser | None:
    """Return a user of the account who may work in it now."""
    user = await store.find_account_user(reader, account_id, user_id)
    return user if user is not None and user.is_active else None


async def actor_for(reader: Reader, account_id: int, user_id: int, source: str) -> Actor | None:
    """Return the person as somebody who acts in the account now, or None when they may not.

    Asked for every request, so a changed role works at once (S-115).
    """
    user = await find_worker(reader, account_id, user_id)
    if user is None:
        return None
    return Actor(
        account_id=account_id,
        user_id=user_id,
        group_id=user.group_id,
        is_administrator=user.is_administrator,
        rights=EVERYTHING if user.is_administrator else user.rights,
        source=source,
    )


async def users_page(
    reader: Reader, actor: Actor, *, page: int, limit: int
) -> tuple[list[AccountUser], int]:
    """Return a page of the account's users, and how many there are in all.

    For administrators; raises Forbidden.
    """
    actor.must_administer()
    users = await store.list_account_users(reader, actor.account_id, limit, (page - 1) * limit)
    return users, await store.count_account_users(reader, actor.account_id)


async def all_users(reader: Reader, account_id: int) -> list[AccountUser]:
    """Return everybody in the account, for the operator."""
    return await store.list_account_users(reader, account_id, EVERYBODY, 0)


async def user_of_account(reader: Reader, actor: Actor, user_id: int) -> AccountUser:
    """Return one user of the account; raise UserNotFound. For administrators."""
    actor.must_administer()
    user = await store.find_account_user(reader, actor.account_id, user_id)
    if user is None:
        raise UserNotFound
    return user


async def user_groups(reader: Reader, account_id: int) -> dict[int, UserGroup]:
    """Return the group of every user of the account, by user."""
    return {one.user_id: one for one in await store.list_user_groups(reader, account_id)}


async def administrators(reader: Reader, account_id: int) -> list[str]:
    """Return the names of the account's administrators, whom its other users can ask."""
    return await store.list_administrators(reader, account_id)


async def names(reader: Reader, user_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these people, wherever they work now."""
    found = await store.list_names(reader, sorted(set(user_ids)))
    return {one.id: one.name for one in found}
