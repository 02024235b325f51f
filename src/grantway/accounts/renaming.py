"""Giving an account another subdomain (contract: authorization.md 8; S-104).

Nothing hangs on the name: tokens, sessions and rows name the account by its id.
Whoever knows the old name finds out about the new one with a token. The old name
stays with the account: nobody else can take it and be taken for it.
"""

from __future__ import annotations

import msgspec

from grantway import audit
from grantway.accounts import store
from grantway.accounts.errors import FieldRefused, SubdomainTaken
from grantway.accounts.model import Account, subdomain_problem
from grantway.accounts.service import account_by_subdomain
from grantway.audit import Entry, Event
from grantway.db import AlreadyThere, Reader, Transaction


async def rename(tx: Transaction, subdomain: str, new: str, now: int) -> Account:
    """Give the account the subdomain *new*, at once and everywhere.

    Raises AccountNotFound, FieldRefused for an impossible or the present name,
    SubdomainTaken for one that another account has or had.
    """
    account = await account_by_subdomain(tx, subdomain)
    await store.lock_account(tx, account.id)
    # Two renames at once: the second one finds that its name has gone.
    account = await account_by_subdomain(tx, subdomain)
    if new == subdomain:
        raise FieldRefused("subdomain", "the account has this one already; choose another one")
    if problem := subdomain_problem(new):
        raise FieldRefused("subdomain", problem)
    if await store.find_former_holder(tx, new) not in (None, account.id):
        raise SubdomainTaken
    try:
        await store.rename_account(tx, account.id, new, now)
    except AlreadyThere as error:
        raise SubdomainTaken from error
    # Asked again: who held it may have given it up while this waited for the name.
    if await store.find_former_holder(tx, new) not in (None, account.id):
        raise SubdomainTaken
    await store.release_name(tx, account.id, subdomain, now)
    entry = Entry(
        at=now,
        event=Event.ACCOUNT_RENAMED,
        account_id=account.id,
        actor="operator",
        subject=f"{subdomain} to {new}",
    )
    await audit.record(tx, entry)
    return msgspec.structs.replace(account, subdomain=new, updated_at=now)


async def has_left(reader: Reader, account_id: int, subdomain: str) -> bool:
    """Tell whether this was a name of the account before."""
    return await store.find_former_holder(reader, subdomain) == account_id
