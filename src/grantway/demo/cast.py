"""The cast: acme with Alice and Bob, bolt with Charlie, danalabs with Dana, and Mo."""

from __future__ import annotations

import datetime as dt
import secrets

import msgspec
from msgspec import UNSET, UnsetType

from grantway.accounts import moderators
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.errors import AccountNotFound
from grantway.accounts.model import Account, Role
from grantway.accounts.passwords import hash_password
from grantway.accounts.service import NewAccount
from grantway.crm import beginnings
from grantway.db import Database, Transaction
from grantway.demo import leads
from grantway.integrations import service as integrations
from grantway.integrations.service import Settings
from grantway.kernel.sealing import Seal
from grantway.oauth.long_lived import LongLivedTokens

_TOKEN_DAYS = 365
_REDIRECT_URI = "https://integration.example/callback"


class Person(msgspec.Struct, frozen=True):
    """Somebody who can sign in."""

    id: int
    name: str
    email: str
    password: str
    role: str


class AccountCast(msgspec.Struct, frozen=True):
    """An account with its people."""

    id: int
    users: list[Person]


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """A ready integration and its credentials; long-lived tokens are of private ones alone.

    The code of a widget only the one that has a widget has.
    """

    account: str
    client_id: str
    client_secret: str
    redirect_uri: str
    status: str
    long_lived_token: str | UnsetType = UNSET
    revoked_token: str | UnsetType = UNSET
    widget_code: str | UnsetType = UNSET


class Cast(msgspec.Struct, frozen=True):
    """Everybody, with their credentials: what the ready file tells."""

    accounts: dict[str, AccountCast]
    moderator: Person
    integrations: dict[str, Keys]


_PEOPLE = {
    "acme": ("Acme", False, (("Alice", Role.ADMINISTRATOR), ("Bob", Role.USER))),
    "bolt": ("Bolt", False, (("Charlie", Role.ADMINISTRATOR),)),
    "danalabs": ("Dana Labs", True, (("Dana", Role.ADMINISTRATOR),)),
}

SUBDOMAINS = tuple(_PEOPLE)


async def is_there(db: Database) -> bool:
    """Tell whether the cast has been made in this database."""
    async with db.read() as reader:
        try:
            await accounts.account_by_subdomain(reader, "acme")
        except AccountNotFound:
            return False
    return True


async def make(db: Database, long_lived: LongLivedTokens, seal: Seal, now: int) -> Cast:
    """Make the cast with fresh credentials, and leads in acme."""
    # Hashing is slow on purpose, and nothing slow belongs into a transaction.
    names = [name for _, _, people in _PEOPLE.values() for name, _ in people] + ["Mo"]
    passwords = {name: _password(name) for name in names}
    hashes = {name: await hash_password(password) for name, password in passwords.items()}
    async with db.write() as tx:
        made: dict[str, AccountCast] = {}
        for subdomain, (title, is_technical, people) in _PEOPLE.items():
            account = await accounts.create_account(
                tx, NewAccount(subdomain=subdomain, name=title, is_technical=is_technical), now
            )
            await beginnings.begin(tx, account.id, now)
            users = [
                await _person(tx, account, name, role, passwords[name], hashes[name], now)
                for name, role in people
            ]
            made[subdomain] = AccountCast(account.id, users)
        mo = await accounts.create_user(
            tx, email=_email("Mo", "grantway"), name="Mo", password_hash=hashes["Mo"], now=now
        )
        await moderators.appoint(tx, mo.id, now)
        alice, bob = made["acme"].users
        actor = await accounts.actor_for(tx, made["acme"].id, alice.id, "demo")
        if actor is None:
            raise RuntimeError("Alice was just made an administrator of acme")
        keys = await _private_integration(tx, actor, long_lived, seal, now)
        await leads.fill(tx, actor, [alice.id, bob.id], now)
    moderator = Person(mo.id, mo.name, mo.email, passwords["Mo"], "moderator")
    return Cast(made, moderator, {"private": keys})


async def _person(
    tx: Transaction,
    account: Account,
    name: str,
    role: Role,
    password: str,
    password_hash: str,
    now: int,
) -> Person:
    user = await accounts.create_user(
        tx,
        email=_email(name, account.subdomain),
        name=name,
        password_hash=password_hash,
        now=now,
    )
    await accounts.add_user_to_account(tx, account.id, user.id, role, now)
    return Person(user.id, name, user.email, password, role)


async def _private_integration(
    tx: Transaction, actor: Actor, long_lived: LongLivedTokens, seal: Seal, now: int
) -> Keys:
    settings = Settings(
        name="Warehouse export",
        description="Copies new leads to the warehouse every night.",
        redirect_uri=_REDIRECT_URI,
    )
    integration = await integrations.create_private(tx, actor, now, settings)
    secret = await integrations.generate_secret(tx, actor, integration.client_id, seal, now)
    until = dt.datetime.fromtimestamp(now, dt.UTC).date() + dt.timedelta(days=_TOKEN_DAYS)
    live = await long_lived.issue(tx, actor, integration.client_id, until, now)
    revoked = await long_lived.issue(tx, actor, integration.client_id, until, now)
    await long_lived.revoke(tx, actor, revoked.grant_id, now)
    return Keys(
        account="acme",
        client_id=integration.client_id,
        client_secret=secret,
        redirect_uri=_REDIRECT_URI,
        status=integration.status,
        long_lived_token=live.token,
        revoked_token=revoked.token,
    )


def _email(name: str, subdomain: str) -> str:
    return f"{name.lower()}@{subdomain}.example"


def _password(name: str) -> str:
    return f"{name.lower()}-{secrets.token_hex(4)}"
