"""The API reference in a browser: nothing from elsewhere, samples that run, requests to try."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Host, Mount, Route, Router
from starlette.staticfiles import StaticFiles

from grantway.web.pages import ASSETS, Pages, Site
from grantway.web.public.reference import ReferencePage
from tools.system_parts import GUZZLE

TOKEN = "alices-long-lived-token"
ADD_LEADS = "tag/leads/POST/api/v4/leads"
NEW_LEADS = [{"name": "It's Ödön's order", "price": 1200, "is_deleted": False, "loss": None}]


class Asked(NamedTuple):
    """What reached an account's host."""

    method: str
    host: str
    path: str
    authorization: str | None
    cookie: str | None
    body: Any


@dataclass(slots=True)
class Platform:
    """The page on the public host, and beside it an account that writes down what it is asked."""

    port: int
    asked: list[Asked] = field(default_factory=list)

    @property
    def root(self) -> str:
        return f"localhost:{self.port}"

    def document(self) -> dict[str, Any]:
        return {
            "openapi": "3.1.1",
            "info": {"title": "Grantway API", "version": "v4"},
            "servers": [
                {
                    "url": f"http://{{subdomain}}.{self.root}",
                    "variables": {"subdomain": {"default": "acme"}},
                }
            ],
            "security": [{"token": []}],
            "tags": [{"name": "Leads"}],
            "paths": {
                "/api/v4/leads": {
                    "post": {
                        "tags": ["Leads"],
                        "summary": "Add leads",
                        "requestBody": {
                            "content": {
                                "application/json": {
                                    "schema": {"type": "array", "items": {"type": "object"}},
                                    "example": NEW_LEADS,
                                }
                            }
                        },
                        "responses": {"200": {"description": "The leads were added."}},
                    }
                }
            },
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        }

    def application(self) -> Starlette:
        site = Site(scheme="http", root=self.root)
        page = ReferencePage(Pages(site, now=lambda: 0), site)

        async def document(_request: Request) -> Response:
            return JSONResponse(self.document())

        async def account(request: Request) -> Response:
            cors = {"access-control-allow-origin": site.public_url, "vary": "origin"}
            if request.method == "OPTIONS":
                asked_for = "authorization, content-type"
                return Response(headers=cors | {"access-control-allow-headers": asked_for})
            headers = request.headers
            self.asked.append(
                Asked(
                    request.method,
                    headers["host"],
                    request.url.path,
                    headers.get("authorization"),
                    headers.get("cookie"),
                    await request.json(),
                )
            )
            return JSONResponse({"_embedded": {"leads": [{"id": 4711}]}}, headers=cors)

        public = Router(
            [
                *page.routes(),
                Route("/openapi.json", document),
                Mount("/assets", StaticFiles(directory=ASSETS)),
            ]
        )
        anything_else = Route("/{path:path}", account, methods=["POST", "OPTIONS"])
        return Starlette(routes=[Host("www.localhost", public), anything_else])


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        platform = Platform(port=free.getsockname()[1])
    server = Server(
        platform.application(),
        address="127.0.0.1",
        port=platform.port,
        interface=Interfaces.ASGI,
    )
    loop = asyncio.new_event_loop()
    running = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    running.start()
    wait_for(platform.port)
    yield platform
    loop.call_soon_threadsafe(server.stop)
    running.join(timeout=10)
    loop.close()


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"nothing answers on port {port}")


class Reader:
    """Somebody with the reference open; knows what the page loaded and complained about."""

    def __init__(self, browser: Browser, platform: Platform, *, width: int = 1280) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.page.set_default_timeout(15_000)
        self.loaded: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.loaded.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self.hear)
        self.page.goto(f"http://www.{platform.root}/reference#{ADD_LEADS}")
        self.operation.wait_for()

    def hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(said.text)

    @property
    def operation(self) -> Locator:
        return self.page.locator(f"section[id$='{ADD_LEADS}']")

    def give_token(self) -> None:
        self.page.get_by_placeholder("Token").first.fill(TOKEN)

    def sample_in(self, language: str) -> str:
        tab = self.page.locator(".client-libraries-list [role=tab]", has_text=language)
        tab.click()
        sample = self.operation.locator("pre").first
        marks = {"Shell": "curl", "Python": "requests", "JavaScript": "fetch", "PHP": "<?php"}
        sample.filter(has_text=marks[language]).wait_for()
        return sample.inner_text()


@pytest.fixture
def alice(chromium: Browser, platform: Platform) -> Iterator[Reader]:
    platform.asked.clear()
    reader = Reader(chromium, platform)
    yield reader
    reader.page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_it_loads_from_our_host_alone_and_without_complaint(
    chromium: Browser, platform: Platform, width: int
) -> None:
    reader = Reader(chromium, platform, width=width)
    reader.page.wait_for_load_state("networkidle")

    assert {url.split("/")[2] for url in reader.loaded} == {f"www.{platform.root}"}
    assert reader.complaints == []
    assert reader.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_request_goes_to_the_account_with_the_token_and_shows_its_answer(
    alice: Reader, platform: Platform
) -> None:
    alice.give_token()
    alice.operation.get_by_role("button").filter(has_text="Try it").click()
    alice.page.get_by_role("button", name="Send post request").click()
    alice.page.get_by_text("4711").wait_for()

    assert platform.asked == [
        Asked(
            method="POST",
            host=f"acme.{platform.root}",
            path="/api/v4/leads",
            authorization=f"Bearer {TOKEN}",
            cookie=None,
            body=NEW_LEADS,
        )
    ]
    assert alice.complaints == []


def test_a_token_is_gone_with_the_page(alice: Reader) -> None:
    alice.give_token()
    assert TOKEN in alice.sample_in("Shell")
    stored = alice.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    alice.page.reload()

    assert TOKEN not in stored
    assert "YOUR_SECRET_TOKEN" in alice.sample_in("Shell")
    assert alice.page.evaluate("indexedDB.databases()") == []


def test_samples_are_offered_in_four_languages(alice: Reader) -> None:
    tabs = alice.page.locator(".client-libraries-list [role=tab]").all_inner_texts()
    alice.operation.get_by_role("button", name="Shell Curl").click()
    offered = alice.page.get_by_role("option").all_inner_texts()

    assert tabs == ["Shell", "Python", "JavaScript", "PHP"]
    assert len(offered) == 4


@pytest.mark.parametrize(
    ("language", "command"),
    [
        ("Shell", ["sh", "-c"]),
        ("Python", [sys.executable, "-c"]),
        ("JavaScript", ["node", "-e"]),
        ("PHP", ["php", "-r"]),
    ],
)
def test_a_sample_runs_as_pasted(
    alice: Reader, platform: Platform, language: str, command: list[str]
) -> None:
    alice.give_token()
    sample = alice.sample_in(language)
    # Not every system's resolver knows names below localhost, as browsers do.
    runnable = sample.replace(f"acme.{platform.root}", f"127.0.0.1:{platform.port}")
    guzzle = os.environ.get("PHP_AUTOLOAD", str(GUZZLE))
    runnable = runnable.replace("vendor/autoload.php", guzzle).removeprefix("<?php")
    ran = subprocess.run(
        [*command, runnable], capture_output=True, text=True, check=False, timeout=30
    )

    assert (ran.returncode, ran.stderr if language != "Shell" else "") == (0, "")
    assert "4711" in ran.stdout
    assert [(asked.authorization, asked.body) for asked in platform.asked] == [
        (f"Bearer {TOKEN}", NEW_LEADS)
    ]
