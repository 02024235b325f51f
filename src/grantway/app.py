"""Builds every object once and returns the application; the only file that knows everybody."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from grantway.accounts.sign_in import SignIn
from grantway.api import v3
from grantway.api.oauth2 import Parts, build_door
from grantway.api.v4 import operations
from grantway.asgi import logs
from grantway.asgi.callers import Callers
from grantway.asgi.front import Front
from grantway.asgi.limits import Limiter, Limits, RateLimiter
from grantway.asgi.metrics import Metrics
from grantway.asgi.openapi import document
from grantway.asgi.operations import OperationTable
from grantway.asgi.requests import Sources
from grantway.db import Database, SchemaError, open_database
from grantway.db.migrations import check_schema
from grantway.hooks.addresses import Rules
from grantway.hooks.model import Kind
from grantway.hooks.sender import Sender
from grantway.hooks.service import Hooks
from grantway.installing.calling import InstallCalls
from grantway.installing.unheard import tell_unheard
from grantway.kernel.clock import Clock, SystemClock, milliseconds_of
from grantway.kernel.errors import GrantwayError
from grantway.kernel.sealing import Seal
from grantway.notices.mailer import Mailer
from grantway.oauth.bearer import Bearers
from grantway.oauth.consent import Consent
from grantway.oauth.keys import Keyring
from grantway.oauth.long_lived import LongLivedTokens
from grantway.oauth.refreshing import Refreshing
from grantway.oauth.tokens import TokenCodec
from grantway.oauth.usage import Usage
from grantway.settings import Settings, read_settings
from grantway.web.cookies import session_reader
from grantway.web.services import Services
from grantway.web.sites import build_sites
from grantway.worker.delivering import Deliverer
from grantway.worker.mailing import Postman
from grantway.worker.sweeping import Sweeper
from grantway.worker.webhooks import Teller

if TYPE_CHECKING:
    from grantway.asgi.shared_limits import LimitsServer

log = structlog.get_logger()


class Platform:
    """Everything that runs in one process."""

    def __init__(self, settings: Settings, db: Database, now: Clock) -> None:
        addresses = settings.addresses
        self.settings = settings
        self.db = db
        self.now = now
        self.seal = Seal(settings.secret_keys)
        self.keyring = Keyring(self.seal, now)
        codec = TokenCodec(self.keyring)
        self.long_lived = LongLivedTokens(codec, addresses)
        self.usage = Usage(db)
        rules = Rules(addresses, frozenset(settings.allow_targets))
        sender = Sender(rules)
        completing = {Kind.INSTALL: InstallCalls(addresses).complete}
        on_lost = {Kind.INSTALL: tell_unheard}
        self.hooks = Hooks(db, sender, self.seal, now, completing, on_lost)
        sources = Sources(settings.trusted_proxies)
        refreshing = Refreshing(self.keyring, self.seal)
        self.bearers = Bearers(codec, refreshing, self.usage)
        cookie = session_reader(is_secure=addresses.is_secure)
        self.callers = Callers(self.bearers, addresses, cookie)
        metrics = Metrics(settings.metrics_token)
        self._limits_server = _limits_server(settings, metrics)
        self.oauth2 = build_door(
            Parts(
                db=db,
                keyring=self.keyring,
                codec=codec,
                seal=self.seal,
                refreshing=refreshing,
                bearers=self.bearers,
                # Counted apart from the calls of the API (authorization.md 21 row 23).
                limiter=self._limiter("oauth2"),
                sources=sources,
                addresses=addresses,
                now=now,
            )
        )
        table = OperationTable(
            [*operations(db, rules, self.seal), *v3.operations(db)],
            db=db,
            callers=self.callers,
            limiter=self._limiter("api"),
            sources=sources,
            addresses=addresses,
            now=now,
            is_strict=settings.is_strict,
        )

        @functools.cache
        def openapi() -> bytes:
            return msgspec.json.encode(document(table.operations, addresses))

        sites, unknown = build_sites(
            Services(
                db=db,
                now=now,
                milliseconds=milliseconds_of(now),
                addresses=addresses,
                seal=self.seal,
                sources=sources,
                sign_in=SignIn(db, now),
                long_lived=self.long_lived,
                consent=Consent(addresses, self.seal, self.hooks, settings.dwell_ms),
                hooks=self.hooks,
                sender=sender,
                openapi=openapi,
                preinstall_script=settings.preinstall_script,
                sends_mail=settings.mail_server is not None,
                demo_sign_ins=settings.demo_sign_ins,
                demo_example=settings.demo_example,
            )
        )
        self.deliverer = Deliverer(self.hooks, count=metrics.count_delivery)
        self.teller = Teller(db, sender, self.seal, addresses, now, count=metrics.count_delivery)
        self._sweeper = Sweeper(db, now)
        self.postman: Postman | None = None
        if settings.mail_server is not None:
            mailer = Mailer(settings.mail_server, settings.mail_from)
            self.postman = Postman(db, mailer, addresses, now, count=metrics.count_mail)
        self.front = Front(
            addresses=addresses,
            table=table,
            oauth2=self.oauth2,
            sites=sites,
            unknown=unknown,
            is_ready=self.is_ready,
            metrics=metrics,
            logs_requests=settings.log_requests,
        )

    def _limiter(self, door: str) -> Limiter:
        here = RateLimiter(Limits(enabled=self.settings.limits))
        return here if self._limits_server is None else self._limits_server.limiter(door, here)

    def start(self) -> None:
        """Begin what runs by itself."""
        self._sweeper.start()
        self.deliverer.start()
        self.teller.start()
        if self.postman is not None:
            self.postman.start()
        # A demo tells it in its greeting.
        if self.settings.allow_targets and not self.settings.demo_sign_ins:
            log.warning(
                "hooks.targets_allowed", targets=[str(one) for one in self.settings.allow_targets]
            )

    async def is_ready(self) -> bool:
        """Tell whether requests can be answered: the database answers and tokens can be signed."""
        try:
            async with self.db.read() as reader:
                await self.keyring.active(reader)
                await reader.value("select 1")
                return True
        except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
            log.warning("health.not_ready", why=type(error).__name__)
            return False

    async def close(self) -> None:
        """End what runs by itself and let go of the database."""
        await self._sweeper.stop()
        await self.deliverer.stop()
        await self.teller.stop()
        if self.postman is not None:
            await self.postman.stop()
        await self.hooks.finish()
        await self.usage.finish()
        if self._limits_server is not None:
            await self._limits_server.close()
        await self.db.close()


def _limits_server(settings: Settings, metrics: Metrics) -> LimitsServer | None:
    if settings.limits_server is None or not settings.limits:
        return None
    # Its client takes a while to load, which those need not wait for who have no such server.
    from grantway.asgi.shared_limits import LimitsServer  # noqa: PLC0415 - told above

    prefix = f"grantway:{settings.addresses.root}"
    return LimitsServer(settings.limits_server, prefix, count_alone=metrics.count_alone)


async def open_platform(settings: Settings, now: Clock | None = None) -> Platform:
    """Open the database and build the platform. Raises SchemaError for another schema."""
    await check_schema(settings.database)
    db = await open_database(settings.database)
    return Platform(settings, db, now or SystemClock(settings.clock_offset))


class Application:
    """The ASGI application with its beginning and its end.

    Given settings, it opens the platform when the server starts and closes it
    when the server stops; given a platform, it leaves both to the caller.
    """

    def __init__(self, given: Settings | Platform) -> None:
        self._settings = given if isinstance(given, Settings) else None
        self._platform = given if isinstance(given, Platform) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or one message of the server's life."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http" and self._platform is not None:
            await self._platform.front(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._settings is not None:
            try:
                self._platform = await open_platform(self._settings)
            except (GrantwayError, SchemaError, OSError, ValueError) as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
        if self._platform is not None:
            self._platform.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._settings is not None and self._platform is not None:
            await self._platform.close()
        await send({"type": "lifespan.shutdown.complete"})


def create_app() -> Application:
    """Return the application of the environment's settings, for `grantway serve`."""
    settings = read_settings(os.environ)
    logs.configure(SystemClock(settings.clock_offset), level=settings.log_level)
    return Application(settings)
