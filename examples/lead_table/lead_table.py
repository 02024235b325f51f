"""Lead table: a small site that shows the newest leads of accounts that allow it.

The button, the redirect URI and the revoke hook are here; what goes to the platform is in
access.py. README.md tells how to start it.
"""

import hmac
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from access import Access, Connection, Refused
from aiohttp import ClientError, web

HERE = Path(__file__).parent
LEADS = "/api/v4/leads?limit=10&order[updated_at]=desc"
COOKIE = "visitor"
DAYS = 90  # for which this browser is known: as long as tokens live that nobody uses
MOST_QUESTIONS = 10_000  # that may be open at once; the oldest are forgotten
AGAIN = "Go back to the first page, and begin again."
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """The pages, and what the platform calls."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.own = urlsplit(access.redirect_uri)
        # Of each visitor: what the answer has to carry, and how it comes. One answer to each.
        self.questions: dict[str, tuple[str, str]] = {}
        loader = jinja2.FileSystemLoader(HERE / "templates")
        self.pages = jinja2.Environment(loader=loader, autoescape=True)
        self.pages.filters["moment"] = lambda t: time.strftime("%d %b, %H:%M", time.localtime(t))
        scripts = f"{access.scheme}://www.{access.base_domain}"
        self.pages.globals["button"] = f"{scripts}/auth/button.min.js"
        self.headers = {
            "content-security-policy": f"default-src 'none'; script-src 'self' {scripts}; "
            "style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'",
            "referrer-policy": "same-origin",  # or forms would say `Origin: null`
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        return [
            web.get("/", self.home),
            web.get(self.own.path, self.callback),
            web.get("/revoked", self.revoked),
            web.get("/accounts/{id:[0-9]{1,18}}", self.leads),
            web.post("/accounts/{id:[0-9]{1,18}}/disconnect", self.disconnect),
            web.get("/{name:privacy|support}", self.written),
            web.static("/static", HERE / "static"),
        ]

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Show the button, and what is connected.

        `state` ties the answer to this browser: nobody can slip in a code of their own.
        """
        visitor = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        state = secrets.token_urlsafe(32)
        mode = "post_message" if request.query.get("mode") == "post_message" else "popup"
        self.questions[visitor] = state, mode
        if len(self.questions) > MOST_QUESTIONS:
            del self.questions[next(iter(self.questions))]
        response = self.page(
            "home",
            connections=self.access.connections_of(visitor),
            client_id=self.access.client_id,
            state=state,
            mode=mode,
        )
        # Lax, because the way back begins on a page of the platform.
        is_secure = self.own.scheme == "https"
        response.set_cookie(
            COOKIE, visitor, max_age=DAYS * 86_400, httponly=True, samesite="Lax", secure=is_secure
        )
        return response

    async def callback(self, request: web.Request) -> web.StreamResponse:
        """Take the answer to the question that the button asked.

        Anybody can call this address, so nothing is believed before it is checked.
        """
        told = request.query
        visitor = request.cookies.get(COOKIE, "")
        state, mode = self.questions.pop(visitor, ("", ""))
        if not state or not hmac.compare_digest(state.encode(), told.get("state", "").encode()):
            return self.message(403, "This answer does not belong to your question", AGAIN)
        if told.get("error") == "access_denied":
            return self.message(200, "You declined", "Nothing was installed, and nothing shared.")
        # Where the code is from, and where our secret key would go next.
        host = told.get("referer", "")
        if told.get("iss") != self.access.issuer or not self.access.is_account(host):
            return self.message(403, "This answer is not from the platform", "Nothing was sent.")
        try:
            connection = await self.access.connect(visitor, host, told.get("code", ""))
        except Refused as refused:
            return self.message(502, "The code was not accepted", f"The answer was {refused}.")
        if mode == "post_message":  # we are in the window, and the page waits behind it
            return self.page("connected", connection=connection)
        raise web.HTTPSeeOther(f"/accounts/{connection.account_id}")

    async def revoked(self, request: web.Request) -> web.StreamResponse:
        """Hear that an account has ended our access: the revoke hook."""
        told = request.query
        account_id = told.get("account_id", "")
        signature = told.get("signature", "")
        if not self.access.is_genuine(told.get("client_uuid", ""), account_id, signature):
            return web.Response(status=403, text="The signature is wrong.\n")
        await self.access.hear_of_end(int(account_id))
        return web.Response(text="Noted.\n")

    async def leads(self, request: web.Request) -> web.StreamResponse:
        """Show an account's newest leads."""
        connection = self.connection(request)
        found = []
        if connection.ended_at is None:
            try:
                told = await self.access.ask(connection, LEADS)
                found = told.get("_embedded", {}).get("leads", [])
            except Refused as refused:
                if refused.status != 401 or self.connection(request).ended_at is None:
                    return self.message(
                        502, "The leads cannot be read", f"The answer was {refused}."
                    )
        # Read again: the tokens may be new, or gone.
        return self.page("leads", connection=self.connection(request), leads=found)

    async def disconnect(self, request: web.Request) -> web.StreamResponse:
        """End the access from our side."""
        if request.headers.get("origin") != f"{self.own.scheme}://{self.own.netloc}":
            return self.message(403, "This was not pressed on our page", AGAIN)
        await self.access.disconnect(self.connection(request))
        raise web.HTTPSeeOther("/")

    async def written(self, request: web.Request) -> web.StreamResponse:
        """Show what the listing in the Marketplace leads to."""
        return self.page(request.match_info["name"], days=DAYS)

    def connection(self, request: web.Request) -> Connection:
        """Return this visitor's own connection; to all others it is not there."""
        visitor = request.cookies.get(COOKIE, "")
        found = self.access.connection(visitor, int(request.match_info["id"]))
        if found is None:
            raise web.HTTPNotFound(text="No such account is connected in this browser.\n")
        return found

    def message(self, status: int, title: str, text: str) -> web.Response:
        return self.page("message", status, title=title, text=text)

    def page(self, name: str, status: int = 200, **values: object) -> web.Response:
        text = self.pages.get_template(f"{name}.html").render(values)
        return web.Response(status=status, text=text, content_type="text/html")

    async def add_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self.headers)


@web.middleware
async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell when the platform does not answer."""
    try:
        return await handler(request)
    except (ClientError, TimeoutError):
        return web.Response(status=502, text="The platform does not answer. Try again.\n")


def application() -> web.Application:
    """Return the site that the environment describes."""
    setting = os.environ.get
    access = Access(
        setting("PLATFORM", "http://localhost:8000"),
        os.environ["CLIENT_ID"],
        os.environ["CLIENT_SECRET"],
        os.environ["REDIRECT_URI"],
        setting("DATABASE", "lead_table.db"),
    )

    async def while_it_runs(_: web.Application) -> AsyncIterator[None]:
        async with access.open(setting("CA_FILE"), setting("CONNECT_TO")):
            yield

    site = Site(access)
    app = web.Application(middlewares=[in_words])
    app.add_routes(site.routes())
    app.on_response_prepare.append(site.add_headers)
    app.cleanup_ctx.append(while_it_runs)
    return app


if __name__ == "__main__":
    logging.basicConfig(format="%(name)s: %(message)s", level=os.environ.get("LOG_LEVEL", "INFO"))
    web.run_app(
        application(),
        host=os.environ.get("LISTEN", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8001")),
        access_log=None,
        shutdown_timeout=1,
        print=None,
    )
