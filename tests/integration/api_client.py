"""The platform as an API client meets it: accounts acme and bolt, their tokens, and `call`."""

import datetime as dt
from collections.abc import Mapping
from types import EllipsisType
from typing import Any

import httpx
import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.rights import ORDINARY, Rights
from grantway.accounts.service import NewAccount
from grantway.app import Platform
from grantway.crm import beginnings
from grantway.db import Database, Transaction
from grantway.integrations import service as integrations
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import ManualClock
from grantway.kernel.credentials import digest, new_uuid
from grantway.oauth.keys import NewKey, store_first_key
from grantway.oauth.tokens import Claims, new_token_id
from grantway.settings import Settings
from tests.integration.forging import signed

NOW = 1_800_000_000
SECRET_KEY = bytes(range(32))
ADDRESSES = Addresses("https", "grantway.test", 443)
MANY_DAYS = dt.timedelta(days=365)
SOURCE = "203.0.113.5"


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """One account with its people, its private integration and that one's long-lived token."""

    account_id: int
    subdomain: str
    actor: Actor  # the administrator
    users: dict[str, int]
    client_id: str
    secret: str
    token: str
    grant_id: int

    @property
    def admin_id(self) -> int:
        return self.actor.user_id


def settings(database_url: str, **changes: Any) -> Settings:
    """Return the settings of a quiet platform without limits; a test changes what it is about."""
    given: dict[str, Any] = {
        "database": database_url,
        "secret_keys": (SECRET_KEY,),
        "addresses": ADDRESSES,
        "limits": False,
        "log_requests": False,
    }
    return Settings(**given | changes)


class Api:
    """A platform that answers in the test's own event loop.

    `call` sends the honest request of acme's integration; a test changes the
    one part that it is about.
    """

    def __init__(
        self, platform: Platform, clock: ManualClock, cast: Mapping[str, Cast], key: NewKey
    ) -> None:
        self.platform = platform
        self.clock = clock
        self.cast = cast
        self.key = key
        self.root = platform.settings.addresses.root

    @property
    def acme(self) -> Cast:
        return self.cast["acme"]

    @property
    def bolt(self) -> Cast:
        return self.cast["bolt"]

    @property
    def db(self) -> Database:
        return self.platform.db

    async def call(
        self,
        method: str,
        path: str,
        *,
        host: str = "acme",
        token: str | EllipsisType | None = ...,
        json: Any = ...,
        content: bytes | str | None = None,
        headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
        source: str = SOURCE,
        front: Any = None,
    ) -> httpx.Response:
        """Send one request to the host named *host*.

        Without *token* it carries that of the host's account (acme's elsewhere);
        with None it carries none. *json* is encoded, *content* is sent as it is.
        """
        sent = list(headers.items() if isinstance(headers, Mapping) else headers or [])
        if token is ...:
            token = self.cast.get(host, self.acme).token
        if token is not None:
            sent.append(("authorization", f"Bearer {token}"))
        if json is not ...:
            content = msgspec.json.encode(json)
            sent.append(("content-type", "application/json"))
        transport = httpx.ASGITransport(app=front or self.platform.front, client=(source, 4711))
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(
                method,
                f"https://{host}.{self.root}{path}",
                content=content,
                headers=[(name.encode(), value.encode("latin-1")) for name, value in sent],
            )

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.call("GET", path, **options)

    async def add_leads(self, *leads: dict[str, Any], **options: Any) -> list[int]:
        """Add leads, which must succeed; return their ids."""
        answer = await self.call("POST", "/api/v4/leads", json=list(leads), **options)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["_embedded"]["leads"]]

    async def lead(self, lead_id: int, **options: Any) -> dict[str, Any]:
        """Return one lead, which must be there."""
        answer = await self.get(f"/api/v4/leads/{lead_id}", **options)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def lead_ids(self, query: str = "", **options: Any) -> list[int]:
        """Return the ids of a page of leads, in its order."""
        answer = await self.get(f"/api/v4/leads?{query}", **options)
        if answer.status_code == 204:
            return []
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["_embedded"]["leads"]]

    async def count(self, table: str) -> int:
        """Return how many rows *table* has: what a refusal must leave alone."""
        async with self.db.read() as reader:
            found: int = await reader.value(f"select count(*) from {table}")
        return found

    async def issue(self, account: str = "acme", *, days: int = 365) -> tuple[str, int]:
        """Issue another long-lived token; return it and the id of its grant."""
        cast = self.cast[account]
        until = dt.datetime.fromtimestamp(self.clock(), dt.UTC).date() + dt.timedelta(days=days)
        async with self.db.write() as tx:
            issued = await self.platform.long_lived.issue(
                tx, cast.actor, cast.client_id, until, self.clock()
            )
        return issued.token, issued.grant_id

    async def revoke(self, grant_id: int, account: str = "acme") -> None:
        async with self.db.write() as tx:
            await self.platform.long_lived.revoke(
                tx, self.cast[account].actor, grant_id, self.clock()
            )

    async def token_of(
        self, user: str, rights: Rights = ORDINARY, *, group_id: int = 0, **changes: Any
    ) -> str:
        """Return a token of acme that acts with the rights of *user*, who is no administrator.

        Only the consent page gives such grants, so this one is written by hand.
        """
        acme = self.acme
        claims = self.claims(sub=str(acme.users[user]), **changes)
        async with self.db.write() as tx:
            await tx.change(
                """
                update account_users set rights = :rights, group_id = :group_id
                 where account_id = :account_id and user_id = :user_id
                """,
                rights=msgspec.json.encode(rights).decode(),
                group_id=group_id,
                account_id=acme.account_id,
                user_id=acme.users[user],
            )
            (grant_id,) = await tx.take_ids("grant")
            await tx.change(
                """
                insert into grants (account_id, id, uuid, installation_id, client_id, user_id, kind,
                                    scopes, by_administrator, created_at, token_id_hash, expires_at)
                select account_id, :id, :uuid, installation_id, client_id, :user_id, kind,
                       scopes, false, created_at, :token_id_hash, expires_at
                  from grants where account_id = :account_id and id = :like
                """,
                id=grant_id,
                uuid=claims.hash_uuid,
                user_id=acme.users[user],
                token_id_hash=digest(claims.jti),
                account_id=acme.account_id,
                like=acme.grant_id,
            )
        return self.sign(claims)

    def claims(self, **changes: Any) -> Claims:
        """Return honest claims of acme's integration that belong to no grant yet."""
        addresses = self.platform.settings.addresses
        given: dict[str, Any] = {
            "aud": self.acme.client_id,
            "jti": new_token_id(),
            "iat": self.clock(),
            "nbf": self.clock(),
            "exp": self.clock() + 24 * 3600,
            "sub": str(self.acme.admin_id),
            "account_id": self.acme.account_id,
            "base_domain": addresses.base_domain,
            "scopes": ("push_notifications", "crm"),
            "hash_uuid": new_uuid(),
            "api_domain": addresses.authority("api"),
        }
        return Claims(**given | changes)

    def sign(self, claims: Claims) -> str:
        """Sign *claims* with the platform's active key."""
        header = {"typ": "JWT", "alg": "RS256", "jti": claims.jti, "kid": self.key.kid}
        return signed(self.key, header, msgspec.json.encode(claims))


async def make_cast(platform: Platform, key: NewKey) -> dict[str, Cast]:
    """Make acme with Alice and Bob, bolt with Charlie, and an integration with a token in each."""
    now = platform.now()
    async with platform.db.write() as tx:
        await store_first_key(tx, key, platform.seal, now)
    cast = {}
    async with platform.db.write() as tx:
        cast["acme"] = await _account(
            tx, platform, "acme", {"Alice": Role.ADMINISTRATOR, "Bob": Role.USER}
        )
        cast["bolt"] = await _account(tx, platform, "bolt", {"Charlie": Role.ADMINISTRATOR})
    return cast


async def _account(
    tx: Transaction, platform: Platform, subdomain: str, people: dict[str, Role]
) -> Cast:
    now = platform.now()
    new = NewAccount(subdomain=subdomain, name=subdomain.title())
    account = await accounts.create_account(tx, new, now)
    await beginnings.begin(tx, account.id, now)
    users = {}
    for name, role in people.items():
        email = f"{name.lower()}@{subdomain}.example"
        # Nobody signs in here, so there is no password, whose hash would take its time.
        user = await accounts.create_user(tx, email=email, name=name, password_hash=None, now=now)
        await accounts.add_user_to_account(tx, account.id, user.id, role, now)
        users[name] = user.id
    administrator = next(name for name, role in people.items() if role is Role.ADMINISTRATOR)
    actor = await accounts.actor_for(tx, account.id, users[administrator], "tests")
    assert actor is not None
    integration = await integrations.create_private(tx, actor, now)
    secret = await integrations.generate_secret(
        tx, actor, integration.client_id, platform.seal, now
    )
    until = dt.datetime.fromtimestamp(now, dt.UTC).date() + MANY_DAYS
    issued = await platform.long_lived.issue(tx, actor, integration.client_id, until, now)
    return Cast(
        account_id=account.id,
        subdomain=subdomain,
        actor=actor,
        users=users,
        client_id=integration.client_id,
        secret=secret,
        token=issued.token,
        grant_id=issued.grant_id,
    )
