"""Parcel times: the server behind a widget.

The redirect URI, the revoke hook and what the widget asks are here; tokens are in
installations.py, and who asks in askers.py. README.md tells how to start it.
"""

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import ClientError, web
from askers import Asker, Askers, Unknown
from installations import Installations, Refused

MOST = 50  # leads of one question
DAY = 86_400
DAYS = 3  # for which a parcel travels, unless the account says otherwise
PAGES = {
    "privacy": "Parcel times keeps the tokens of your account for as long as it is installed, "
    "and reads the dates of the leads that you look at. It keeps none of them.",
    "support": "Write to help@danalabs.example. Tell which lead you looked at.",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = logging.getLogger("parcel_widget")


class Server:
    """What the platform calls, and what the widget asks."""

    def __init__(self, installations: Installations, askers: Askers) -> None:
        self.installations, self.askers = installations, askers
        self.own = urlsplit(installations.redirect_uri)
        self.exchanges: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(self.own.path, self.installed),
            web.get("/revoked", self.revoked),
            web.get("/parcels", self.parcels),
            web.options("/parcels", self.may_ask),
            web.get("/{name:privacy|support}", self.written),
        ]

    async def installed(self, request: web.Request) -> web.StreamResponse:
        """Take the install hook. It comes once, and waits three seconds and no longer.

        So it is answered at once, and the code exchanged afterwards. Anybody can call this
        address: the code is sent nowhere but to a host of the platform, which knows it or not.
        """
        told = request.query
        host, code = told.get("referer", ""), told.get("code", "")
        if "from_widget" not in told or not code or not self.installations.is_account(host):
            return web.Response(status=403, text="This is no install hook of the platform.\n")
        exchange = asyncio.create_task(self.exchange(host, code))
        self.exchanges.add(exchange)  # or nobody would hold it
        exchange.add_done_callback(self.exchanges.discard)
        return web.Response(text="Noted.\n")

    async def exchange(self, host: str, code: str) -> None:
        try:
            await self.installations.connect(host, code)
        except (Refused, ClientError, TimeoutError) as error:
            log.warning("the code of %s was not exchanged: %s", host, error)

    async def revoked(self, request: web.Request) -> web.StreamResponse:
        """Hear that an access of ours has ended: the revoke hook.

        It may tell of an earlier installation, so the present one is tried; `ask` deletes
        tokens that are dead.
        """
        told = request.query
        account_id = told.get("account_id", "")
        signature = told.get("signature", "")
        if not self.installations.is_genuine(told.get("client_uuid", ""), account_id, signature):
            return web.Response(status=403, text="The signature is wrong.\n")
        found = self.installations.find(int(account_id))
        if found is not None:
            try:
                await self.installations.ask(found, "/api/v4/account")
            except Refused as refused:
                log.info("tried %s: %s", found.host, refused)
        return web.Response(text="Noted.\n")

    async def parcels(self, request: web.Request) -> web.StreamResponse:
        """Tell the widget when the parcels of leads leave and arrive."""
        try:
            asker, session = self.who_asks(request)
            lead_ids = _numbers(request.query.get("lead_id", ""), MOST)
            (days,) = _numbers(request.query.get("days") or str(DAYS), 1)
        except Unknown as unknown:
            return self.answer(request, 401, detail=str(unknown))
        except ValueError:
            text = f"lead_id: 1 to {MOST} numbers with commas between them; days: one number"
            return self.answer(request, 400, detail=text)
        found = self.installations.find(asker.account_id)
        if found is None:
            return self.answer(request, 403, detail="we have no access to this account")
        # The token names the host that the account has now, whatever it was called before.
        query = urlencode([("limit", MOST), *(("filter[id][]", one) for one in lead_ids)])
        try:
            told = await self.installations.ask(
                found._replace(host=asker.host), f"/api/v4/leads?{query}"
            )
        except Refused as refused:
            status = 403 if refused.status == 401 else 502
            return self.answer(request, status, detail=f"the leads cannot be read: {refused}")
        leads = told.get("_embedded", {}).get("leads", [])
        now = int(time.time())
        return self.answer(
            request, 200, session=session, parcels=[_parcel(one, days, now) for one in leads]
        )

    def who_asks(self, request: web.Request) -> tuple[Asker, str]:
        """Return who asks, and the session for the next question; raise Unknown."""
        if session := request.headers.get("x-session"):
            return self.askers.by_session(session), session
        asker = self.askers.by_token(request.headers.get("x-auth-token", ""))
        return asker, self.askers.begin(asker)

    async def may_ask(self, request: web.Request) -> web.StreamResponse:
        """Tell a browser which pages may ask with our headers: the workspaces of accounts."""
        if self.installations.host_of(request.headers.get("origin", "")) is None:
            return web.Response(status=403, text="Only pages of the platform ask here.\n")
        response = web.Response(status=204)
        response.headers.update(
            {
                "access-control-allow-methods": "GET",
                "access-control-allow-headers": "x-auth-token, x-session",
                "access-control-max-age": "600",
            }
        )
        return response

    def answer(self, request: web.Request, status: int, **told: Any) -> web.Response:
        log.info("%s: %s", request.path, status)
        return web.json_response(told, status=status)

    async def written(self, request: web.Request) -> web.StreamResponse:
        """Show what the listing in the Marketplace leads to."""
        return web.Response(text=PAGES[request.match_info["name"]] + "\n")

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        origin = request.headers.get("origin", "")
        if self.installations.host_of(origin) is not None:
            response.headers["access-control-allow-origin"] = origin
        response.headers.update(
            {
                "vary": "origin",
                "cache-control": "no-store",
                "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
                "x-content-type-options": "nosniff",
            }
        )


def _numbers(text: str, most: int) -> list[int]:
    numbers = [int(one) for one in text.split(",")]
    if not 1 <= len(numbers) <= most or not all(0 < one < 2**53 for one in numbers):
        raise ValueError(text)
    return numbers


def _parcel(lead: dict[str, Any], days: int, now: int) -> dict[str, Any]:
    """Make up a parcel, always the same one for a lead. Here you would ask your own system."""
    chance = random.Random(lead["id"])  # noqa: S311 - a story, and no secret
    leaves = lead["created_at"] + chance.randrange(1, 5) * DAY
    arrives = leaves + days * DAY + chance.randrange(8, 18) * 3600
    state = "waiting" if now < leaves else "travelling" if now < arrives else "arrived"
    return {
        "lead_id": lead["id"],
        "number": f"DL-{chance.randrange(10**7):07}",
        "state": state,
        "leaves_at": leaves,
        "arrives_at": arrives,
    }


@web.middleware
async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell when the platform does not answer."""
    try:
        return await handler(request)
    except (ClientError, TimeoutError):
        return web.json_response({"detail": "the platform does not answer"}, status=502)


def application(kind: type[Server] = Server) -> web.Application:
    """Return the server that the environment describes."""
    setting = os.environ.get
    client_id, secret = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]
    redirect_uri = os.environ["REDIRECT_URI"]
    installations = Installations(
        setting("PLATFORM", "http://localhost:8000"),
        client_id,
        secret,
        redirect_uri,
        setting("DATABASE", "parcel_widget.db"),
    )
    askers = Askers(client_id, secret, redirect_uri, installations.db, installations.host_of)
    server = kind(installations, askers)

    async def while_it_runs(_: web.Application) -> AsyncIterator[None]:
        async with installations.open(setting("CA_FILE"), setting("CONNECT_TO")):
            yield
            await asyncio.gather(*server.exchanges)

    app = web.Application(middlewares=[in_words])
    app.add_routes(server.routes())
    app.on_response_prepare.append(server.add_headers)
    app.cleanup_ctx.append(while_it_runs)
    return app


if __name__ == "__main__":
    logging.basicConfig(format="%(name)s: %(message)s", level=os.environ.get("LOG_LEVEL", "INFO"))
    web.run_app(
        application(),
        host=os.environ.get("LISTEN", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8002")),
        access_log=None,
        shutdown_timeout=1,
        print=None,
    )
