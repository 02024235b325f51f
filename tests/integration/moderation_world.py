"""Integrations of acme on their way through a review, and forms of the desk."""

from collections.abc import Awaitable, Callable

import msgspec

from grantway.integrations import public
from grantway.marketplace import publishing
from grantway.moderation import desk, drafts, submissions
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Content, Version
from tests.contract.version_cast import clean
from tests.integration.web_client import Browser, Web
from tests.unit.checked import SOUND

COMMENT = "Sign in as review@parcel.example; the password stands there."
PLAIN = msgspec.structs.replace(
    SOUND,
    presentations=tuple(
        msgspec.structs.replace(one, icon="", logo="", gallery=()) for one in SOUND.presentations
    ),
)
REASON = "The link leads to a page that is <b>not</b> there."
Opened = Callable[..., Awaitable[Browser]]


class Desk:
    """Integrations of acme on their way through a review."""

    def __init__(self, web: Web, mo: Moderator) -> None:
        self.web = web
        self.mo = mo

    async def add(self, content: Content = PLAIN) -> str:
        """Return the page of a new integration's first version, which is reviewed."""
        actor, now = self.web.api.acme.actor, self.web.clock()
        async with self.web.api.db.write() as tx:
            await tx.change("update accounts set is_technical = true where subdomain = 'acme'")
            named = public.PublicSettings(name=content.main.name)
            client_id = (await public.create_public(tx, actor, named, now)).client_id
        return await self.submit(client_id, content)

    async def submit(self, client_id: str, content: Content) -> str:
        actor, now = self.web.api.acme.actor, self.web.clock()
        async with self.web.api.db.write() as tx:
            seen = (await drafts.newest(tx, actor, client_id)).content_hash
            draft = await drafts.save(tx, actor, client_id, content, now, seen_hash=seen)
            await submissions.request_review(
                tx,
                actor,
                client_id,
                clean(draft),
                now,
                comment=COMMENT,
                seal=self.web.platform.seal,
            )
        return f"/moderation/{client_id}/{draft.number}"

    async def update(self, page: str, content: Content) -> str:
        """Return the page of another version, which is reviewed."""
        async with self.web.api.db.write() as tx:
            await drafts.add_version(
                tx, self.web.api.acme.actor, client_id_of(page), self.web.clock()
            )
        return await self.submit(client_id_of(page), content)

    async def publish(self, page: str) -> None:
        seen = await self.version(page)
        actor, now = self.web.api.acme.actor, self.web.clock()
        async with self.web.api.db.write() as tx:
            await desk.approve(tx, self.mo, seen.client_id, seen.number, seen.content_hash, now)
            await publishing.publish(tx, actor, seen.client_id, "other", now)

    async def withdraw(self, page: str) -> None:
        async with self.web.api.db.write() as tx:
            await submissions.withdraw(
                tx, self.web.api.acme.actor, client_id_of(page), self.web.clock()
            )

    async def version(self, page: str) -> Version:
        async with self.web.api.db.read() as reader:
            return await drafts.newest(reader, self.web.api.acme.actor, client_id_of(page))

    async def state(self, page: str) -> str:
        return (await self.version(page)).state

    async def heard(self, page: str) -> list[str]:
        """Return what the integrator may read."""
        client_id, number = page.split("/")[-2:]
        async with self.web.api.db.read() as reader:
            said = await submissions.conversation(
                reader, self.web.api.acme.actor, client_id, int(number)
            )
        return [one.text for one in said]


def saying(**texts: str) -> Content:
    """Return the plain content with other texts in its main language."""
    return PLAIN.with_presentation(msgspec.structs.replace(PLAIN.main, **texts))


def client_id_of(page: str) -> str:
    return page.split("/")[2]


async def act(browser: Browser, page: str, what: str, **more: str) -> int:
    """Send a form with the content that the browser sees, as the page has it."""
    before, _, after = browser.page.partition('name="seen" value="')
    fields = {"seen": after[:64] if before and after else "0" * 64} | more
    return (await browser.submit(f"{page}/{what}", *fields.items())).status_code


ACTS = {
    "approve": {},
    "reject": {"rule": "T9", "text": REASON},
    "ask": {"question": "What does it cost?"},
    "note": {"note": "Tried it: works."},
}
