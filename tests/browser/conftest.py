"""A demo that runs, and a browser to walk through it."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.shop import Shop
from tools.system_parts import find_chromium

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PATIENCE = 30


class Person(msgspec.Struct):
    """Somebody of the demo's cast who can sign in."""

    name: str
    email: str
    password: str


class Served:
    """A demo on loopback, as its ready file tells of it."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.ready = ready
        self.port: int = ready["port"]
        self.root = f"localhost:{self.port}"

    def url(self, label: str, path: str = "/") -> str:
        return f"http://{label}.{self.root}{path}"

    def person(self, name: str) -> Person:
        return next(
            Person(one["name"], one["email"], one["password"])
            for account in self.ready["accounts"].values()
            for one in account["users"]
            if one["name"] == name
        )

    def api_status(self, path: str, token: str, *, label: str = "acme") -> int:
        """Return how the API answers; not every system resolves names below localhost."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"host": f"{label}.{self.root}", "authorization": f"Bearer {token}"}
        connection.request("GET", path, headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run `grantway demo` for all journeys of a test process."""
    folder = tmp_path_factory.mktemp("demo")
    ready_file, log = folder / "ready.json", folder / "demo.log"
    command = [sys.executable, "-m", "grantway", "demo", "--port", "0", "--no-limits"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, "--ready-file", str(ready_file)],
            stdout=written,
            stderr=written,
            env={**os.environ, "NO_COLOR": "1"},
        )
    try:
        yield Served(_ready(process, ready_file, log))
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _ready(process: subprocess.Popen[bytes], ready_file: Path, log: Path) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if ready_file.exists():
            found: dict[str, Any] = msgspec.json.decode(ready_file.read_bytes())
            return found
        time.sleep(0.05)
    pytest.fail(f"the demo did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    assert path, "Chromium is missing: `make parts` installs it"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()


class Walker:
    """Somebody with a browser of their own; knows what its pages complained about."""

    def __init__(self, browser: Browser, served: Served, **options: Any) -> None:
        self.served = served
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {said.text}")

    def open(self, label: str, path: str = "/") -> None:
        self.page.goto(self.served.url(label, path), wait_until="load")

    def sign_in(self, name: str) -> None:
        """Fill in the form that is open, and send it."""
        person = self.served.person(name)
        self.page.get_by_label("E-mail").fill(person.email)
        self.page.get_by_label("Password", exact=True).fill(person.password)
        self.page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="module")
def server(served: Served) -> Iterator[Shop]:
    """Run an integrator's site for the tests of a module."""
    shop = Shop(served)
    yield shop
    shop.close()


@pytest.fixture
def shop(server: Shop) -> Shop:
    """Return the site without any content."""
    server.clear()
    return server
