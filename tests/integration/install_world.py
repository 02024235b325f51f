"""Dana's integration with a widget, and Alice, who installs it as people do."""

import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from tests.contract.installing_cast import give_widget, manifest
from tests.integration.consent_world import BY_HAND, World, make_world
from tests.integration.web_client import ALICE, CONTROL, Browser, Web

WORKSPACE = "https://acme.grantway.test"
INTENTS = "/ajax/v1/install-intents"
_NONCE = re.compile(r'name="nonce" value="(gwinst_[A-Za-z0-9]+)"')


def script_headers(**changes: str | None) -> dict[str, str]:
    """Return what a script of the workspace sends; a test changes one of them."""
    honest: dict[str, str | None] = {
        "x-requested-with": "XMLHttpRequest",
        "content-type": "application/json",
        "origin": WORKSPACE,
        "sec-fetch-site": "same-origin",
        "sec-fetch-mode": "cors",
        "sec-fetch-dest": "empty",
    }
    given = {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in (honest | given).items() if value is not None}


async def call(
    browser: Browser, method: str, path: str, body: Any = None, label: str = "acme", **headers: Any
) -> httpx.Response:
    """Call the workspace as its own script does."""
    content = None if body is None else msgspec.json.encode(body)
    sent = script_headers(**({"origin": f"https://{label}.grantway.test"} | headers))
    return await browser.request(method, path, label=label, headers=sent, content=content)


class Installing:
    """`wish`, `ask`, `answer` and `install` are honest but for what a test changes."""

    def __init__(self, world: World, code: str) -> None:
        self.world = world
        self.code = code

    @property
    def web(self) -> Web:
        return self.world.web

    @property
    def client_id(self) -> str:
        return self.world.published

    async def wish(
        self, browser: Browser, action: str = "install", client_id: str = "", **headers: Any
    ) -> httpx.Response:
        body = {"client_uuid": client_id or self.client_id, "action": action, "running": ["w1"]}
        return await call(browser, "POST", INTENTS, body, **headers)

    async def path(self, browser: Browser, action: str = "install", client_id: str = "") -> str:
        """Return the path of the confirmation of a fresh wish."""
        wished = await self.wish(browser, action, client_id)
        assert wished.status_code == 200, wished.text
        url = urlsplit(str(wished.json()["confirm_url"]))
        assert url.netloc == "accounts.grantway.test"
        return url.path

    async def ask(self, browser: Browser, path: str) -> httpx.Response:
        """Open the page and look at it for a while."""
        page = await browser.get(path)
        self.web.clock.advance(2)
        return page

    async def answer(
        self,
        browser: Browser,
        path: str,
        *,
        headers: dict[str, str | None] | None = None,
        fields: dict[str, str | None] | None = None,
        label: str = CONTROL,
    ) -> httpx.Response:
        honest: dict[str, str | None] = {
            "form_token": browser.form_token(),
            "nonce": nonce(browser),
            "consent": "yes",
            "decision": "confirm",
        }
        sent = [(k, v) for k, v in (honest | (fields or {})).items() if v is not None]
        return await browser.post(path, sent, headers={**BY_HAND, **(headers or {})}, label=label)

    async def install(self, browser: Browser) -> None:
        path = await self.path(browser)
        await self.ask(browser, path)
        done = await self.answer(browser, path)
        assert done.status_code == 303, done.text

    async def live(self) -> int:
        """Return how many accounts have it installed."""
        async with self.web.api.db.read() as reader:
            count: int = await reader.value(
                "select count(*) from installations"
                " where client_id = :client_id and ended_at is null",
                client_id=self.client_id,
            )
        return count

    async def planned(self) -> int:
        """Return how many calls are planned or made."""
        return await self.web.api.count("deliveries")

    async def alice(self) -> Browser:
        """Return Alice's browser, inside acme's workspace."""
        return await self.web.entered(ALICE)


def nonce(browser: Browser) -> str:
    found = _NONCE.search(browser.page)
    assert found, "no question is open"
    return found[1]


async def make_installing(
    web: Web, hashes: dict[str, str], settings: dict[str, Any] | None = None
) -> Installing:
    world = await make_world(web, hashes)
    async with web.api.db.write() as tx:
        raw = manifest(settings, version="1.4.0")
        code = await give_widget(tx, world.dana, world.published, raw)
    return Installing(world, code)
