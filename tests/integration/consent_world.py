"""Dana's integrations, and people who are asked whether they may work in their accounts."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.db import Transaction
from grantway.integrations import public
from grantway.integrations.public import PublicSettings
from grantway.moderation import forms, publication
from tests.integration.web_client import ALICE, Browser, Web, give_passwords

DANA = "dana@danalabs.example"
CALLBACK = "https://parcel.example/agreed"
SITE = "https://parcel.example"
ISSUER = "https://accounts.grantway.test"
VERIFIER_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
BY_HAND = {
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-user": "?1",
}
PARCEL = PublicSettings(
    name="Parcel tracker",
    short_description="Parcels beside your leads",
    description="Shows where each parcel is.",
    instructions="Press the button.",
    redirect_uri=CALLBACK,
    scopes=("crm", "notifications"),
    owner_name="Dana Labs",
    owner_uri="https://parcel.example/",
    privacy_uri="https://parcel.example/privacy",
)
_CREDENTIAL = re.compile(r'name="request" value="(gwcons_[A-Za-z0-9]+)"')


class World:
    """`ask` opens the page, `answer` presses a button; both honest, but for what a test changes."""

    def __init__(self, web: Web, dana: Actor, published: str, draft: str) -> None:
        self.web = web
        self.dana = dana
        self.published = published
        self.draft = draft

    @property
    def clock(self) -> Any:
        return self.web.clock

    async def ask(
        self, browser: Browser, path: str = "/oauth", *, raw: str = "", **changes: str | None
    ) -> httpx.Response:
        """Open the page and look at it for a while. A parameter of None is left out."""
        honest: dict[str, str | None] = {"client_id": self.published, "state": "s1"}
        sent = {name: value for name, value in (honest | changes).items() if value is not None}
        page = await browser.get(f"{path}?{raw or urlencode(sent)}")
        self.clock.advance(2)
        return page

    async def answer(
        self,
        browser: Browser,
        decision: str = "allow",
        account: str = "acme",
        *,
        path: str = "/oauth",
        headers: dict[str, str | None] | None = None,
        fields: dict[str, str | None] | None = None,
    ) -> httpx.Response:
        honest: dict[str, str | None] = {
            "form_token": browser.form_token(),
            "request": credential(browser),
            "account": account,
            "decision": decision,
        }
        sent = [(k, v) for k, v in (honest | (fields or {})).items() if v is not None]
        return await browser.post(path, sent, headers={**BY_HAND, **(headers or {})})

    async def change(self, client_id: str, **changes: Any) -> None:
        """Change a draft's form."""
        async with self.web.api.db.write() as tx:
            wanted = msgspec.structs.replace(PARCEL, **changes)
            await forms.write_settings(tx, self.dana, client_id, wanted, self.clock())

    async def publish(self, client_id: str) -> None:
        async with self.web.api.db.write() as tx:
            await publication.publish_unreviewed(tx, client_id, self.clock())

    async def installed(self) -> int:
        """Return how often something was installed, beside the cast's private integrations."""
        return await self.web.events("installation.installed") - 2

    async def nothing_happened(self) -> bool:
        """Tell whether no code, no integration and no installation came of what was done."""
        api = self.web.api
        return await api.count("authorization_codes") == 0 and await api.count("integrations") == 4


def credential(browser: Browser) -> str:
    found = _CREDENTIAL.search(browser.page)
    assert found, "no question is open"
    return found[1]


def answer_of(response: httpx.Response) -> dict[str, str]:
    """Return the parameters that a redirect takes back; each comes once."""
    pairs = parse_qsl(urlsplit(response.headers["location"]).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def handed_over(page: str) -> dict[str, Any]:
    """Return what the page hands to the window that opened it: url, target and message."""
    found = re.search(r'data-url="([^"]*)" data-target="([^"]*)" data-message="([^"]*)"', page)
    assert found, "the page hands nothing over"
    url, target, message = map(unescape, found.groups())
    return {"url": url, "target": target, "message": msgspec.json.decode(message)}


async def make_world(web: Web, hashes: dict[str, str]) -> World:
    async with web.api.db.write() as tx:
        dana = await _open_danalabs(tx, web.clock())
        made = [await public.create_public(tx, dana, PARCEL, web.clock()) for _ in range(2)]
        await publication.publish_unreviewed(tx, made[0].client_id, web.clock())
    await give_passwords(web.api, {DANA: hashes[ALICE]})
    return World(web, dana, made[0].client_id, made[1].client_id)


async def _open_danalabs(tx: Transaction, now: int) -> Actor:
    account = await accounts.create_account(
        tx, NewAccount(subdomain="danalabs", name="Dana Labs", is_technical=True), now
    )
    user = await accounts.create_user(tx, email=DANA, name="Dana", password_hash=None, now=now)
    await accounts.add_user_to_account(tx, account.id, user.id, Role.ADMINISTRATOR, now)
    actor = await accounts.actor_for(tx, account.id, user.id, "tests")
    assert actor is not None
    return actor
