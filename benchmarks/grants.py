"""An integration with grants to refresh, codes to swap and questions to answer.

All of them are made by the services that the doors use, past HTTP.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from unittest import mock

import msgspec

from benchmarks.accounts import ADDRESSES, SUBDOMAIN
from grantway.accounts import service as accounts
from grantway.accounts import sessions
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.db import Database, Transaction, migrate, open_database
from grantway.hooks.addresses import Rules
from grantway.hooks.sender import Sender
from grantway.hooks.service import Hooks
from grantway.integrations import service as integrations
from grantway.integrations.clients import Client, find_client
from grantway.integrations.service import Settings
from grantway.kernel.clock import SystemClock
from grantway.kernel.sealing import KEY_BYTES, Seal
from grantway.oauth import codes, families, keys
from grantway.oauth import consent as asking
from grantway.oauth.consent import Consent, Moment
from grantway.oauth.consent_model import Person, Refused
from grantway.oauth.exchange import CodeExchange, Exchange
from grantway.oauth.keys import Keyring
from grantway.oauth.pairs import PairDue, Pairs
from grantway.oauth.refusals import Refusal
from grantway.oauth.requests import Unreadable, read_request
from grantway.oauth.tokens import TokenCodec
from grantway.web.cookies import Cookies
from grantway.web.forms import FormTokens

REDIRECT_URI = "https://integration.example/callback"
SOURCE = "127.0.0.1"
_BATCH = 500  # so many in one transaction
T = TypeVar("T")


class Integration(msgspec.Struct, frozen=True, kw_only=True):
    """An account's own integration, and what opens the account's database."""

    account_id: int
    client_id: str
    client_secret: str
    key: bytes

    def environment(
        self, url: str, port: int, *, logs: bool = True, processes: int = 1
    ) -> dict[str, str]:
        """Return the settings of a server on this database, without rate limits."""
        return {
            "GRANTWAY_DATABASE": url,
            "GRANTWAY_SECRET_KEY": base64.b64encode(self.key).decode(),
            "GRANTWAY_DOMAIN": ADDRESSES.root,
            "GRANTWAY_PORT": str(port),
            "GRANTWAY_PROCESSES": str(processes),
            "GRANTWAY_LIMITS": "off",
            "GRANTWAY_LOG_REQUESTS": "on" if logs else "off",
        }

    def body(self, **more: str) -> str:
        """Return the JSON that the integration sends to the token endpoint and its relatives."""
        proof = {"client_id": self.client_id, "client_secret": self.client_secret}
        return msgspec.json.encode(proof | more).decode()


class Visitor(msgspec.Struct, frozen=True):
    """Alice in her browser: the cookie that signs her in, and what her forms carry."""

    cookie: str
    form_token: str


class Maker:
    """Makes what a measurement spends, in one open database."""

    def __init__(self, db: Database, integration: Integration, actor: Actor) -> None:
        now = SystemClock()
        self.db = db
        self.now = now
        self.integration = integration
        self.seal = Seal([integration.key])
        self.keyring = Keyring(self.seal, now)
        self._actor = actor
        self._exchange = Exchange(self.keyring, self.seal)
        self._pairs = Pairs(TokenCodec(self.keyring), ADDRESSES)

    async def client(self) -> Client:
        async with self.db.read() as reader:
            found = await find_client(reader, self.integration.client_id)
        if found is None:
            raise RuntimeError("the integration was just made")
        return found

    async def codes(self, count: int) -> list[str]:
        """Issue codes, as the *Keys and scopes* tab does."""
        return await self._many(count, self._code)

    async def families(self, count: int) -> list[PairDue]:
        """Issue codes and swap each for a family with its first pair."""
        client = await self.client()

        async def redeem(tx: Transaction) -> PairDue:
            due = await self._exchange.redeem_code(
                tx,
                client,
                CodeExchange(code=await self._code(tx), redirect_uri=REDIRECT_URI),
                subdomain=SUBDOMAIN,
                source=SOURCE,
                now=self.now(),
            )
            if isinstance(due, Refusal):
                raise RuntimeError(f"a fresh code was refused: {due.hint}")  # noqa: TRY004 - no type
            return due

        return await self._many(count, redeem)

    def access_token(self, due: PairDue) -> str:
        return self._pairs.sign(due, self.now()).access_token

    async def visitor(self) -> tuple[Visitor, Person]:
        """Sign Alice in."""
        async with self.db.write() as tx:
            opened = await sessions.open_control_session(
                tx, self._actor.user_id, source=SOURCE, user_agent="wrk", now=self.now()
            )
        name = Cookies(is_secure=ADDRESSES.is_secure).session
        token = FormTokens(self.seal).of(opened.session.id)
        person = Person(self._actor.user_id, opened.session.id, SOURCE)
        return Visitor(f"{name}={opened.secret}", token), person

    async def questions(self, count: int, person: Person) -> list[str]:
        """Ask the person for consent so often; return the credential of each question's answer."""
        hooks = Hooks(self.db, Sender(Rules(ADDRESSES)), self.seal, self.now)
        consent = Consent(ADDRESSES, self.seal, hooks, 0)
        asked = read_request(f"client_id={self.integration.client_id}&state=1".encode())
        if isinstance(asked, Unreadable):
            raise RuntimeError(f"{asked.parameter}: {asked.expected}")  # noqa: TRY004 - no type
        async with self.db.read() as reader:
            question = await consent.prepare(reader, person.user_id, asked, "en")
        if isinstance(question, Refused):
            raise RuntimeError(f"nobody is asked: {question.reason}")  # noqa: TRY004 - no type
        moment = Moment(self.now(), 1000 * self.now())
        # So many in one session, and answered by the end of a long run: the page itself would let
        # only the newest few stay open, and those for ten minutes.
        with mock.patch.multiple(asking, MAX_OPEN=count + 1, LIFETIME=24 * 3600):
            return await self._many(count, lambda tx: consent.keep(tx, person, question, moment))

    async def _code(self, tx: Transaction) -> str:
        client_id = self.integration.client_id
        return (await codes.issue_code(tx, self._actor, client_id, self.now())).code

    async def _many(self, count: int, make: Callable[[Transaction], Awaitable[T]]) -> list[T]:
        made: list[T] = []
        while len(made) < count:
            async with self.db.write() as tx:
                made += [await make(tx) for _ in range(min(_BATCH, count - len(made)))]
        return made


def refresh_token(due: PairDue) -> str:
    return families.refresh_token(due.seed, due.account_id, due.uuid, due.generation)


@asynccontextmanager
async def empty_database(url: str) -> AsyncIterator[Maker]:
    """Fill the empty database at *url* with an account, its administrator and an integration."""
    await migrate(url)
    db = await open_database(url)
    try:
        yield await _begin(db)
    finally:
        await db.close()


async def _begin(db: Database) -> Maker:
    now = SystemClock()()
    key = secrets.token_bytes(KEY_BYTES)
    seal = Seal([key])
    new_key = await keys.make_key()
    async with db.write() as tx:
        await keys.store_first_key(tx, new_key, seal, now)
        account = await accounts.create_account(
            tx, NewAccount(subdomain=SUBDOMAIN, name="Acme"), now
        )
        alice = await accounts.create_user(
            tx, email="alice@acme.example", name="Alice", password_hash=None, now=now
        )
        await accounts.add_user_to_account(tx, account.id, alice.id, Role.ADMINISTRATOR, now)
        actor = await accounts.actor_for(tx, account.id, alice.id, SOURCE)
        if actor is None:
            raise RuntimeError("Alice was just made an administrator of acme")
        made = await integrations.create_private(
            tx,
            actor,
            now,
            Settings(
                name="Warehouse export", description="Every night.", redirect_uri=REDIRECT_URI
            ),
        )
        secret = await integrations.generate_secret(tx, actor, made.client_id, seal, now)
    integration = Integration(
        account_id=account.id, client_id=made.client_id, client_secret=secret, key=key
    )
    return Maker(db, integration, actor)


def sqlite_url(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.db"
