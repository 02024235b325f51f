"""An integrator's site with the button, on an origin of its own, under a strict policy."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

if TYPE_CHECKING:  # or each would wait for the other
    from tests.browser.conftest import Served, Walker


class Shop:
    """A server on loopback; a test says what its pages contain.

    `other` is the same server by another name, so another site to a browser.
    `asked` are the targets of all requests; `referrers` are what browsers said by path: where
    they came from, or None.
    """

    def __init__(self, served: Served) -> None:
        self.served = served
        self.body = ""
        self.script = ""
        self.asked: list[str] = []
        self.referrers: list[tuple[str, str | None]] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                shop.asked.append(self.path)
                shop.referrers.append((path, self.headers.get("referer")))
                kind, content = shop.answer(path)
                self.send_response(200)
                self.send_header("content-type", f"{kind}; charset=utf-8")
                self.send_header("content-security-policy", shop.policy)
                self.send_header("content-length", str(len(content.encode())))
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the base class names it
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_port
        self.origin = f"http://shop.localhost:{self.port}"
        self.other = f"http://other.localhost:{self.port}"
        self.agreed = f"{self.origin}/agreed"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def clear(self) -> None:
        self.body = self.script = ""
        self.referrers.clear()

    def button(
        self,
        client_id: str | None,
        *,
        name: str = "button.min.js",
        kind: str = "kommo_oauth",
        **data: str,
    ) -> None:
        """Put a button on the page; *data* are its attributes, with `_` for `-`."""
        given = {} if client_id is None else {"client-id": client_id}
        given |= {key.replace("_", "-"): value for key, value in data.items()}
        attributes = " ".join(f'data-{key}="{value}"' for key, value in given.items())
        source = self.served.url("www", f"/auth/{name}")
        self.body += (
            f'<p><script class="{kind}" charset="utf-8" {attributes} src="{source}"></script></p>'
        )

    def answer(self, path: str) -> tuple[str, str]:
        if path == "/own.js":
            return "text/javascript", self.script
        content = "<h1>Agreed</h1>" if path == "/agreed" else self.body
        head = "<!doctype html><title>Shop</title><link rel=icon href=data:>"
        head += "<script src='/own.js'></script>"
        return "text/html", head + content

    @property
    def policy(self) -> str:
        ours = self.served.url("www", "")
        return (
            f"default-src 'none'; script-src 'self' {ours}; style-src 'none'; img-src data:; "
            "base-uri 'none'; require-trusted-types-for 'script'"
        )


def make_integration(walker: Walker, redirect_uri: str) -> str:
    """Make a private integration of acme that takes its codes at the shop; return its id."""
    page = walker.page
    expect(page.get_by_role("heading", name="Your accounts")).to_be_visible()
    walker.open("accounts", "/accounts/acme/integrations")
    page.locator("form button", has_text="rivate").first.click()
    page.wait_for_url(re.compile("/integrations/[0-9a-f-]{36}"))
    client_id = urlsplit(page.url).path.split("/")[4]
    walker.open("accounts", f"/accounts/acme/integrations/{client_id}")
    page.get_by_role("textbox", name="Integration name").fill("Parcel tracker")
    page.locator('[name="redirect_uri"]').fill(redirect_uri)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved").first).to_be_visible()
    return client_id


def answer_in(page: Page) -> dict[str, str]:
    """Return the parameters that came back to the shop."""
    return {name: one[0] for name, one in parse_qs(urlsplit(page.url).query).items()}
