"""What tests tell people, and what they look at afterwards."""

from grantway.notices import mailing
from grantway.notices import service as notices
from grantway.notices.model import (
    Kind,
    Mailed,
    Notice,
)
from tests.contract.integration_cast import NOW, People

DAY = 24 * 3600
SHOWN = {"integration": "Parcels", "version": "1"}
REVIEW = "integrations/c/review"


async def tell(people: People, account_id: int | None = None, now: int = NOW) -> None:
    async with people.db.write() as tx:
        await notices.tell_administrators(
            tx,
            account_id or people.alice.account_id,
            Kind.LISTING_SHOWN,
            now,
            facts=SHOWN,
            path=REVIEW,
        )


async def told(people: People, user_id: int) -> list[Notice]:
    async with people.db.read() as reader:
        return (await notices.page(reader, user_id)).notices


async def claim(people: People, now: int = NOW, limit: int = 20) -> list[Mailed]:
    async with people.db.write() as tx:
        return list((await mailing.claim(tx, limit, now)).mails)


async def mail_states(people: People) -> list[str]:
    async with people.db.read() as reader:
        return await reader.column("select mail from notices order by id")
