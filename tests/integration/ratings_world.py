"""A Marketplace with one listing, installed in acme, and a browser for everybody."""

import httpx

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.marketplace import ratings, received
from grantway.marketplace.model import Rating
from tests.contract.listing_cast import install
from tests.integration.marketplace_world import Market, open_market, said
from tests.integration.web_client import ALICE, PASSWORDS, Browser, Web

DANA, MO = "dana@danalabs.example", "mo@moderation.example"


class Shop:
    """Dana's parcel tracker, which is listed, and what people think of it."""

    def __init__(self, web: Web, market: Market, client_id: str) -> None:
        self.web = web
        self.market = market
        self.client_id = client_id

    @property
    def rating(self) -> str:
        """The page where Alice rates it."""
        return self.rating_in("acme")

    @property
    def tab(self) -> str:
        """The page where Dana reads what she gets."""
        return f"/accounts/danalabs/integrations/{self.client_id}/ratings"

    @property
    def statistics(self) -> str:
        return f"/accounts/danalabs/integrations/{self.client_id}/statistics"

    def rating_in(self, subdomain: str) -> str:
        return f"/accounts/{subdomain}/installed/{self.client_id}/rating"

    async def browser(self, email: str) -> Browser:
        """Return the browser of somebody who signed in; Dana and Mo have Alice's pass phrase."""
        browser = self.web.browser()
        answer = await browser.sign_in(email, PASSWORDS.get(email, PASSWORDS[ALICE]))
        assert answer.status_code == 303, answer.text
        return browser

    async def rated(
        self, actor: Actor | None = None, stars: int = 4, text: str = "Fine."
    ) -> Rating:
        """Return what somebody, Alice for example, gave it."""
        async with self.market.db.write() as tx:
            return await ratings.rate(
                tx,
                actor or self.market.people.alice,
                self.client_id,
                stars=stars,
                text=text,
                now=self.web.clock(),
            )

    async def many_rate(self, many: int) -> list[Rating]:
        """Let more administrators of acme rate it, the oldest first."""
        found = []
        for n in range(many):
            async with self.market.db.write() as tx:
                user = await accounts.create_user(
                    tx,
                    email=f"erin{n}@acme.example",
                    name=f"Erin {n}",
                    password_hash=None,
                    now=self.web.clock(),
                )
                acme = self.market.people.alice.account_id
                role = Role.ADMINISTRATOR
                await accounts.add_user_to_account(tx, acme, user.id, role, self.web.clock())
                actor = await accounts.actor_for(tx, acme, user.id, "tests")
            assert actor is not None
            found.append(await self.rated(actor, n % 5 + 1, f"Opinion {n}."))
        return found

    async def remove(self, rating: Rating) -> None:
        async with self.market.db.write() as tx:
            await ratings.remove(
                tx, self.market.mo, self.client_id, rating.id, "It insults people.", 0
            )

    async def seen(self) -> list[Rating]:
        """Return what stands in the Marketplace, or would."""
        async with self.market.db.read() as reader:
            found = await received.page(reader, self.market.people.dana, self.client_id)
        return found.ratings


async def open_shop(web: Web, password_hashes: dict[str, str]) -> Shop:
    market = await open_market(web.api)
    client_id = await market.listed(said())
    await install(market.people, market.people.alice, client_id)
    async with market.db.write() as tx:
        for email in (DANA, MO):
            await tx.change(
                "update users set password_hash = :hash where email = :email",
                hash=password_hashes[ALICE],
                email=email,
            )
    return Shop(web, market, client_id)


async def send(browser: Browser, path: str, *fields: tuple[str, str]) -> httpx.Response:
    """Send a form with a token that is the browser's, whatever page is open."""
    await browser.open("/sessions")
    return await browser.submit(path, *fields)
