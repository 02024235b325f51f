"""acme on its way to a technical account, and everybody who may want to decide about it."""

from grantway import audit
from grantway.accounts import service as accounts
from grantway.accounts.model import Account
from grantway.accounts.technical import months_later
from grantway.audit import EntryRow
from grantway.moderation import technical_accounts, technical_ends
from grantway.moderation.desk import Moderator
from grantway.moderation.technical_accounts import Operator
from tests.contract.integration_cast import NOW, People

OPERATOR = Operator()
ABOUT = "Shows where each parcel is,\nbeside its lead."
SITE = "https://parcel.example/"
WHY = "Tell us what you are going to build."
DAY = 24 * 3600
END = months_later(NOW, 3)
STATES = ("ordinary", "waiting", "refused", "technical", "ended", "without end")


async def ask(people: People, now: int = NOW) -> None:
    async with people.db.write() as tx:
        await technical_accounts.request(tx, people.alice, about=ABOUT, site=SITE, now=now)


async def approve(people: People, who: Moderator | Operator, now: int = NOW) -> int:
    async with people.db.write() as tx:
        return await technical_accounts.approve(tx, who, people.alice.account_id, now)


async def bring_to(people: People, mo: Moderator, state: str) -> None:
    """Bring acme to *state* as people bring it there."""
    if state == "without end":
        async with people.db.write() as tx:
            await tx.change("update accounts set is_technical = true where subdomain = 'acme'")
    if state in {"ordinary", "without end"}:
        return
    await ask(people)
    acme = people.alice.account_id
    if state in {"technical", "ended"}:
        await approve(people, mo)
    async with people.db.write() as tx:
        if state == "refused":
            await technical_accounts.refuse(tx, mo, acme, WHY, NOW)
        elif state == "ended":
            await technical_accounts.end(tx, mo, acme, WHY, NOW)


async def acme(people: People) -> Account:
    async with people.db.read() as reader:
        return await accounts.account_by_id(reader, people.alice.account_id)


async def state_of(people: People) -> str:
    """Return in which of the states acme is."""
    async with people.db.read() as reader:
        found = await technical_accounts.standing(reader, people.alice, NOW)
    if found.account.is_technical:
        return "without end" if found.account.technical_until is None else "technical"
    return "ordinary" if found.request is None else found.request.state


async def sweep(people: People, now: int) -> int:
    async with people.db.write() as tx:
        return await technical_ends.sweep(tx, now)


async def entries(people: People) -> list[EntryRow]:
    """Return what acme's audit tells of technical accounts, the oldest first."""
    async with people.db.read() as reader:
        page = await audit.entries(reader, people.alice.account_id)
    return [one for one in reversed(page.entries) if one.event.startswith("account.technical_")]
