"""Whom an account's administrators add to it (api-v4.md 3.8).

Anybody may write any address, and nobody proves that it is theirs. So:

- Only a person who is new to the platform is made. One who exists is never
  touched: no password, name or account of theirs changes. Who works in several
  accounts is added by the operator.
- That an address is taken elsewhere shows only when nothing else is wrong, and
  does not say which of several it is: each guess at an address that is free
  makes a user, of whom an account has 100 at most.
- Whoever is made here belongs to this account alone until the operator gives
  them a password: else somebody could wait, with a password that they know,
  behind an address that another account will trust one day.
- Nobody is made an administrator so: an integration could let in a person who
  outlives its access.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from grantway import audit
from grantway.accounts import groups, role_store, service, store
from grantway.accounts.actor import Actor
from grantway.accounts.errors import TooManyOfThem
from grantway.accounts.model import FIRST_LANGUAGE, LANGUAGES, AccountUser, email_problem
from grantway.accounts.passwords import hash_password, password_problem
from grantway.accounts.rights_wire import NOTHING, HasStage, RightsSent
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Violation, field_missing, not_supported_choice, refuse
from grantway.kernel.shapes import text_fault

MAX_USERS = 100
MAX_AT_ONCE = 10
MAX_USER_NAME = 50


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """A person whom an administrator adds; *email* in its one spelling.

    *rights* is None when the request names none at all.
    """

    request_id: str = "0"
    name: str
    email: str
    password: str
    language: str | None = None
    rights: RightsSent | None = None
    role_id: int | None = None
    group_id: int | None = None
    is_free: bool = False
    is_administrator: bool = False
    password_hash: str = ""
    """Made of the password before there is a transaction, see `prepared`."""

    def __repr__(self) -> str:
        """Leave the password out."""
        return f"NewUser({self.request_id!r})"


async def check(
    reader: Reader, actor: Actor, wanted: Sequence[NewUser], *, has_stage: HasStage
) -> None:
    """Raise Invalid or TooManyOfThem unless these people may be added now."""
    actor.must_administer()
    account_id = actor.account_id
    if await store.count_account_users(reader, account_id) + len(wanted) > MAX_USERS:
        raise TooManyOfThem("users", MAX_USERS)
    emails = [one.email for one in wanted]
    roles = {
        one.id for one in await role_store.list_roles(reader, account_id, service.EVERYBODY, 0)
    }
    group_ids = {one.id for one in await groups.list_all(reader, account_id)}
    here = set(await role_store.list_present(reader, account_id, emails))
    here |= {email for email, times in Counter(emails).items() if times > 1}
    refuse(
        (
            one.request_id,
            [
                *_faults(one, roles, group_ids, has_stage),
                *([not_supported_choice("email")] if one.email in here else []),
            ],
        )
        for one in wanted
    )
    if await role_store.list_taken(reader, emails):
        refuse((one.request_id, [_TAKEN]) for one in wanted)


async def prepared(wanted: Sequence[NewUser]) -> list[NewUser]:
    """Return these people with what is kept of their passwords; ask `check` first.

    It takes its time, so never inside a transaction.
    """
    return [
        msgspec.structs.replace(one, password_hash=await hash_password(one.password))
        for one in wanted
    ]


async def add(
    tx: Transaction,
    actor: Actor,
    wanted: Sequence[NewUser],
    *,
    has_stage: HasStage,
    now: int,
) -> list[AccountUser]:
    """Add people who are `prepared` to the account and return them in that order.

    Raises Invalid, TooManyOfThem.
    """
    account_id = actor.account_id
    await store.lock_account(tx, account_id)
    await check(tx, actor, wanted, has_stage=has_stage)
    account = await service.account_by_id(tx, account_id)
    spoken = account.language if account.language in LANGUAGES else FIRST_LANGUAGE
    added: list[AccountUser] = []
    for one in wanted:
        user = await service.create_user(
            tx,
            email=one.email,
            name=one.name,
            password_hash=one.password_hash,
            now=now,
            language=one.language or spoken,
            maker=actor,
        )
        rights = (one.rights or RightsSent()).applied_to(NOTHING)
        await role_store.add_account_user(
            tx,
            account_id,
            user.id,
            rights=msgspec.json.encode(rights).decode(),
            role_id=one.role_id,
            group_id=one.group_id or 0,
            is_free=one.is_free,
            now=now,
        )
        subject = f"user {user.id}"
        await audit.record(tx, actor.did(Event.ACCOUNT_USER_ADDED, at=now, subject=subject))
        found = await store.find_account_user(tx, account_id, user.id)
        assert found is not None  # noqa: S101 - it was written two statements ago
        added.append(found)
    return added


_TAKEN = Violation(
    "NotSupportedChoice",
    "email",
    "An address that was sent cannot be added here. The operator can add somebody who exists.",
)


def _faults(
    one: NewUser, roles: set[int], group_ids: set[int], has_stage: HasStage
) -> list[Violation]:
    found = _of_person(one)
    if one.is_administrator:
        found.append(not_supported_choice("rights.is_admin"))
    if one.role_id is not None and one.role_id not in roles:
        found.append(not_supported_choice("rights.role_id"))
    if one.group_id is not None and one.group_id not in group_ids:
        found.append(not_supported_choice("rights.group_id"))
    if one.rights is not None:
        found.extend(one.rights.faults(has_stage))
    if one.role_id is None and not one.is_free:
        missing = ["rights"]
        if one.rights is not None:
            missing = [f"rights.{name}" for name in one.rights.missing()]
        found.extend(map(field_missing, missing))
    return found


def _of_person(one: NewUser) -> list[Violation]:
    """Return what is wrong with name, address and password; forms of pages bring anything."""
    found: list[Violation] = []
    if not one.name:
        found.append(field_missing("name"))
    elif fault := text_fault(one.name, "name", MAX_USER_NAME):
        found.append(fault)
    if email_problem(one.email):
        found.append(not_supported_choice("email"))
    if problem := password_problem(one.password, name=one.name, email=one.email):
        told = f"{problem[:1].upper()}{problem[1:]}."
        found.append(Violation("WeakPassword", "password", told))
    return found
