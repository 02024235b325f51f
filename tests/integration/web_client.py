"""A browser without a screen: cookies by host, forms with their tokens, redirects one by one."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from grantway.accounts.passwords import hash_password
from grantway.app import Platform
from tests.integration.api_client import Api

CONTROL = "accounts"
ALICE, BOB, CHARLIE = "alice@acme.example", "bob@acme.example", "charlie@bolt.example"
PASSWORDS = {ALICE: "Alice's own pass phrase", BOB: "Bob's own pass phrase", CHARLIE: "Charlie's"}
HOME_ADDRESS = "198.51.100.7"
SESSION = "__Host-grantway"
_FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
Fields = Mapping[str, str] | Sequence[tuple[str, str]]


class Browser:
    """One browser on one machine; every test's own begins without cookies.

    `submit` sends the honest form of the page that is open; a test changes the
    one part that it is about.
    """

    def __init__(self, platform: Platform, source: str = HOME_ADDRESS) -> None:
        self.platform = platform
        self.source = source
        self.cookies: dict[str, dict[str, str]] = {}
        self.page = ""
        self.url = ""

    @property
    def root(self) -> str:
        return self.platform.settings.addresses.root

    def host(self, label: str) -> str:
        return f"{label}.{self.root}"

    def cookie(self, name: str, label: str = CONTROL) -> str | None:
        return self.cookies.get(self.host(label), {}).get(name)

    def plant(self, name: str, value: str, label: str = CONTROL) -> None:
        self.cookies.setdefault(self.host(label), {})[name] = value

    async def request(
        self,
        method: str,
        path: str,
        *,
        label: str = CONTROL,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Send one request with this browser's cookies; keep those that come back."""
        url = path if path.startswith("https://") else f"https://{self.host(label)}{path}"
        host = urlsplit(url).netloc
        jar = self.cookies.setdefault(host, {})
        sent = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
        if jar:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        transport = httpx.ASGITransport(app=self.platform.front, client=(self.source, 4711))
        async with httpx.AsyncClient(transport=transport) as client:
            answer = await client.request(
                method, url, headers=sent | dict(headers or {}), content=content
            )
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "max-age=0" in line.lower():
                jar.pop(name, None)
            else:
                jar[name] = value
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.page = answer.text
            if method == "GET":
                self.url = url
        return answer

    async def get(self, path: str, label: str = CONTROL, **headers: str) -> httpx.Response:
        return await self.request("GET", path, label=label, headers=headers)

    async def open(self, path: str, label: str = CONTROL) -> httpx.Response:
        """Open a page, following redirects as browsers do."""
        answer = await self.get(path, label)
        for _ in range(10):
            if not answer.is_redirect:
                return answer
            target = answer.headers["location"]
            host = urlsplit(self.absolute(answer, target)).netloc
            answer = await self.get(self.absolute(answer, target), host.partition(".")[0])
        raise AssertionError(f"{path} redirects for ever")

    def absolute(self, answer: httpx.Response, location: str) -> str:
        return str(answer.url.join(location))

    def form_token(self) -> str:
        """Return the token of the first form of the page that is open."""
        found = _FORM_TOKEN.search(self.page)
        assert found, "the page has no form"
        return found[1]

    async def post(
        self,
        path: str,
        fields: Fields = (),
        *,
        label: str = CONTROL,
        headers: Mapping[str, str | None] | None = None,
        htmx: bool = False,
    ) -> httpx.Response:
        """Send a form as it stands in *fields*, with what browsers say of where it came from."""
        origin = f"https://{self.host(label)}"
        sent: dict[str, str | None] = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": origin,
            "sec-fetch-site": "same-origin",
            "referer": self.url or None,
            **({"hx-request": "true", "hx-current-url": self.url} if htmx else {}),
            **(headers or {}),
        }
        return await self.request(
            "POST",
            path,
            label=label,
            headers={name: value for name, value in sent.items() if value is not None},
            content=urlencode(fields).encode(),
        )

    async def submit(self, path: str, /, *more: tuple[str, str], **options: Any) -> httpx.Response:
        """Send a form of the page that is open, with the token that stands in it."""
        return await self.post(path, [("form_token", self.form_token()), *more], **options)

    async def sign_in(self, email: str, password: str | None = None) -> httpx.Response:
        await self.get("/sign-in")
        return await self.submit(
            "/sign-in",
            ("email", email),
            ("password", PASSWORDS[email] if password is None else password),
        )

    def text(self) -> str:
        """Return the words of the page that is open."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page)).split())


class Web:
    """The platform with people who can sign in."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.clock = api.clock
        self.platform = api.platform

    def browser(self, source: str = HOME_ADDRESS) -> Browser:
        return Browser(self.platform, source)

    async def signed_in(self, email: str, source: str = HOME_ADDRESS) -> Browser:
        browser = self.browser(source)
        answer = await browser.sign_in(email)
        assert answer.status_code == 303, answer.text
        return browser

    async def entered(self, email: str, subdomain: str = "acme", path: str = "/leads/") -> Browser:
        """Return a browser of somebody who is inside a workspace."""
        browser = await self.signed_in(email)
        answer = await browser.open(path, subdomain)
        assert answer.status_code == 200, answer.text
        return browser

    @property
    def window(self) -> str:
        """The path of acme's integration on the control origin."""
        return f"/accounts/acme/integrations/{self.api.acme.client_id}"

    async def demote(self, name: str = "Alice") -> None:
        async with self.api.db.write() as tx:
            await tx.change(
                "update account_users set role = 'user'"
                " where account_id = :account_id and user_id = :user_id",
                account_id=self.api.acme.account_id,
                user_id=self.api.acme.users[name],
            )

    async def events(self, event: str) -> int:
        async with self.api.db.read() as reader:
            found: int = await reader.value(
                "select count(*) from audit_entries where event = :event", event=event
            )
        return found

    async def leads_answer(self, token: str) -> int:
        """Return how the API answers to *token*."""
        return (await self.api.get("/api/v4/leads", token=token)).status_code


async def hashed_passwords() -> dict[str, str]:
    """Return the hashes of everybody's password; they take their time, so once a process."""
    return {email: await hash_password(password) for email, password in PASSWORDS.items()}


async def give_passwords(api: Api, hashes: Mapping[str, str]) -> None:
    async with api.db.write() as tx:
        for email, password_hash in hashes.items():
            await tx.change(
                "update users set password_hash = :password_hash where email = :email",
                password_hash=password_hash,
                email=email,
            )
