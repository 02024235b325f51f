"""Accounts whose administrators are signed in, and widgets for them to install."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from benchmarks.archives import packed
from grantway.accounts import service as accounts
from grantway.accounts import sessions
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.crm.beginnings import begin
from grantway.db import Database, Transaction, migrate, open_database
from grantway.hooks.addresses import Rules, read_target
from grantway.installing import service as installing
from grantway.installing.model import Channel
from grantway.integrations import public
from grantway.integrations import service as integrations
from grantway.integrations.public import PublicSettings
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import SystemClock
from grantway.kernel.credentials import digest
from grantway.kernel.sealing import KEY_BYTES, Seal
from grantway.marketplace import publishing
from grantway.moderation import archives
from grantway.oauth import keys
from grantway.oauth.keys import Keyring
from grantway.oauth.long_lived import LongLivedTokens
from grantway.oauth.tokens import TokenCodec
from grantway.web.forms import FormTokens
from grantway.widgets.archives.reading import read_archive

SOURCE = "127.0.0.1"
_USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
_BATCH = 50  # so many in one transaction


@dataclass(frozen=True, slots=True)
class Administrator:
    """Somebody who is signed in on the control origin and in the workspace of an own account."""

    actor: Actor
    subdomain: str
    control: str
    workspace: str
    form_token: str


class Offices:
    """Fills one open database. *targets* are addresses of receivers on this machine."""

    def __init__(
        self, db: Database, key: bytes, addresses: Addresses, targets: Sequence[str]
    ) -> None:
        self.db = db
        self.now = SystemClock()
        self.key = key
        self.seal = Seal([key])
        self.addresses = addresses
        self.targets = targets
        self.rules = Rules(addresses, frozenset(map(read_target, targets)))

    def environment(self, url: str, port: int) -> dict[str, str]:
        """Return the settings of a server on this database, without rate limits."""
        addresses = self.addresses
        return {
            "GRANTWAY_DATABASE": url,
            "GRANTWAY_SECRET_KEY": base64.b64encode(self.key).decode(),
            "GRANTWAY_DOMAIN": addresses.root,
            "GRANTWAY_SCHEME": addresses.scheme,
            "GRANTWAY_PUBLIC_PORT": str(addresses.port),
            "GRANTWAY_PORT": str(port),
            "GRANTWAY_LIMITS": "off",
            "GRANTWAY_LOG_REQUESTS": "off",
            "GRANTWAY_LOG_LEVEL": "error",
            "GRANTWAY_ALLOW_TARGETS": ",".join(self.targets),
        }

    async def administrators(self, name: str, count: int) -> list[Administrator]:
        """Make so many accounts, `name1` and so on, and sign their administrators in."""
        made: list[Administrator] = []
        while len(made) < count:
            async with self.db.write() as tx:
                for _ in range(min(_BATCH, count - len(made))):
                    made.append(await self._administrator(tx, f"{name}{len(made) + 1}"))
        return made

    async def _administrator(
        self, tx: Transaction, subdomain: str, *, is_technical: bool = False
    ) -> Administrator:
        now = self.now()
        new = NewAccount(subdomain=subdomain, name=subdomain.title(), is_technical=is_technical)
        account = await accounts.create_account(tx, new, now)
        user = await accounts.create_user(
            tx, email=f"alice@{subdomain}.example", name="Alice", password_hash=None, now=now
        )
        await accounts.add_user_to_account(tx, account.id, user.id, Role.ADMINISTRATOR, now)
        await begin(tx, account.id, now)
        actor = await accounts.actor_for(tx, account.id, user.id, SOURCE)
        above = await sessions.open_control_session(
            tx, user.id, source=SOURCE, user_agent=_USER_AGENT, now=now
        )
        nonce = secrets.token_urlsafe()
        ticket = await sessions.issue_ticket(tx, above.session, account.id, digest(nonce), now)
        below = await sessions.enter_workspace(
            tx,
            account.id,
            ticket or "",
            nonce,
            source=SOURCE,
            user_agent=_USER_AGENT,
            now=now,
        )
        if actor is None or below is None:
            raise RuntimeError(f"nobody came into {subdomain}, which was just made")
        form_token = FormTokens(self.seal).of(above.session.id)
        return Administrator(actor, subdomain, above.secret, below.secret, form_token)

    async def published(self, redirect_uris: Sequence[str]) -> list[str]:
        """Publish an integration with a widget for each address, by a maker of their own."""
        archive = read_archive(packed({}))
        now, made = self.now(), []
        async with self.db.write() as tx:
            maker = f"maker-{secrets.token_hex(4)}"
            dana = (await self._administrator(tx, maker, is_technical=True)).actor
            for n, uri in enumerate(redirect_uris, 1):
                settings = PublicSettings(
                    name=f"Parcels {n}",
                    short_description="Parcels beside your leads",
                    description="Shows where each parcel is.",
                    instructions="Press the button.",
                    redirect_uri=uri,
                    scopes=("crm",),
                    owner_name="Dana Labs",
                    owner_uri="https://parcel.example/",
                    privacy_uri="https://parcel.example/privacy",
                )
                new = await public.create_public(tx, dana, settings, now, rules=self.rules)
                await archives.upload(tx, dana, new.client_id, archive, now, rules=self.rules)
                await publishing.publish_unreviewed(tx, new.client_id, now)
                made.append(new.client_id)
        return made

    async def installed(
        self, who: Administrator, files: Mapping[str, bytes], settings: Mapping[str, str]
    ) -> str:
        """Install a widget of the account's own, made of these files, with its settings."""
        archive, now = read_archive(packed(files)), self.now()
        async with self.db.write() as tx:
            made = await integrations.create_private(tx, who.actor, now)
            await archives.upload(tx, who.actor, made.client_id, archive, now)
            await installing.install(
                tx, who.actor, made.client_id, channel=Channel.UI, now=now, settings=settings
            )
        return made.client_id

    async def install(self, people: Sequence[Administrator], client_ids: Sequence[str]) -> None:
        """Install all of these for all of them; the calls that tell of it wait for a server."""
        for who in people:
            async with self.db.write() as tx:
                for client_id in client_ids:
                    await installing.install(
                        tx, who.actor, client_id, channel=Channel.UI, now=self.now()
                    )

    async def token(self, who: Administrator) -> str:
        """Return a long-lived token of a new integration of the account."""
        codec = TokenCodec(Keyring(self.seal, self.now))
        until = dt.datetime.fromtimestamp(self.now(), dt.UTC).date() + dt.timedelta(days=365)
        async with self.db.write() as tx:
            made = await integrations.create_private(tx, who.actor, self.now())
            issued = await LongLivedTokens(codec, self.addresses).issue(
                tx, who.actor, made.client_id, until, self.now()
            )
        return issued.token


class Tally(msgspec.Struct, frozen=True):
    """What a database says of installations of published integrations."""

    live: int
    doubled: int
    """Those of `live` that an account has of an integration beside another one."""
    recorded: int
    """In the audit."""
    calls: int
    over: int
    """Those of `calls` that were sent, whatever came of it."""


_PUBLIC = "client_id in (select client_id from integrations where kind = 'public')"


async def tally(db: Database) -> Tally:
    async with db.read() as reader:
        live: int = await reader.value(
            f"select count(*) from installations where ended_at is null and {_PUBLIC}"
        )
        distinct: int = await reader.value(
            f"""
            select count(*) from (
                select distinct account_id, client_id from installations where {_PUBLIC}
            ) as one
            """
        )
        recorded: int = await reader.value(
            """
            select count(*) from audit_entries where event = 'installation.installed'
               and subject in (select client_id from integrations where kind = 'public')
            """
        )
        calls: int = await reader.value("select count(*) from deliveries where kind = 'install'")
        over: int = await reader.value(
            "select count(*) from deliveries where kind = 'install' and finished_at is not null"
        )
    return Tally(live, live - distinct, recorded, calls, over)


@asynccontextmanager
async def empty_offices(
    url: str, addresses: Addresses, targets: Sequence[str] = ()
) -> AsyncIterator[Offices]:
    """Open the empty database at *url*, with a key to sign tokens."""
    await migrate(url)
    db = await open_database(url)
    try:
        key = secrets.token_bytes(KEY_BYTES)
        new_key = await keys.make_key()
        async with db.write() as tx:
            await keys.store_first_key(tx, new_key, Seal([key]), SystemClock()())
        yield Offices(db, key, addresses, targets)
    finally:
        await db.close()
