"""Listings of danalabs' integrations, brought into the Marketplace as people bring them there."""

from collections.abc import Mapping

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.installations import service as installations
from grantway.marketplace import publishing
from grantway.moderation import desk, drafts
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Presentation, Version
from tests.contract.integration_cast import NOW, People
from tests.contract.version_cast import make_draft, submit

PARCELS = ("Parcel tracker", "Parcels beside your leads")

Said = tuple[str, str]
"""A name and a short description."""


def presentation(language: str, said: Said) -> Presentation:
    name, short_description = said
    return Presentation(
        language=language,
        name=name,
        short_description=short_description,
        description=f"{name}: connect it on https://parcel.example/connect",
        instructions="Press the button.",
        privacy_uri="https://parcel.example/privacy",
        support_uri="https://parcel.example/help",
        support_email="help@parcel.example",
    )


async def approved(people: People, mo: Moderator, texts: Mapping[str, Said]) -> Version:
    """Return a version that says these texts, by language, and waits to be published."""
    return await approve(people, mo, await make_draft(people), texts)


async def approve(
    people: People, mo: Moderator, draft: Version, texts: Mapping[str, Said]
) -> Version:
    said = tuple(presentation(language, texts[language]) for language in sorted(texts))
    content = msgspec.structs.replace(draft.content, language=next(iter(texts)), presentations=said)
    async with people.db.write() as tx:
        draft = await drafts.save(
            tx, people.dana, draft.client_id, content, NOW, seen_hash=draft.content_hash
        )
    seen = await submit(people, draft)
    async with people.db.write() as tx:
        return await desk.approve(tx, mo, seen.client_id, seen.number, seen.content_hash, NOW)


async def list_it(
    people: People, mo: Moderator, said: Said = PARCELS, category: str = "other", **more: Said
) -> str:
    """Publish an integration, in English and in the languages of *more*; return its client id."""
    version = await approved(people, mo, {"en": said} | more)
    async with people.db.write() as tx:
        await publishing.publish(tx, people.dana, version.client_id, category, NOW)
    return version.client_id


async def renew(people: People, mo: Moderator, client_id: str, texts: Mapping[str, Said]) -> None:
    """Publish another version, which says these texts."""
    async with people.db.write() as tx:
        draft = await drafts.add_version(tx, people.dana, client_id, NOW + 5)
    version = await approve(people, mo, draft, texts)
    async with people.db.write() as tx:
        await publishing.publish(tx, people.dana, version.client_id, "storage", NOW + 10)


async def install(people: People, actor: Actor, client_id: str, now: int = NOW) -> None:
    async with people.db.write() as tx:
        await installations.install(tx, actor, client_id, now)


async def uninstall(people: People, actor: Actor, client_id: str, now: int = NOW) -> None:
    async with people.db.write() as tx:
        await installations.uninstall(tx, actor, client_id, now)


async def join(people: People, account: Actor, person: Actor, role: Role) -> Actor:
    """Let a person work in the account of another one; return them as somebody there."""
    async with people.db.write() as tx:
        await accounts.add_user_to_account(tx, account.account_id, person.user_id, role, NOW)
        actor = await accounts.actor_for(tx, account.account_id, person.user_id, "tests")
    assert actor is not None
    return actor
