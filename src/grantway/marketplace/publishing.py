"""Putting what was approved into the Marketplace, and taking it out again.

What becomes of versions stands in moderation; this says what is listed. Listings
are told of a change in its own transaction. Beside that, whoever reads asks the
integration, so that nothing is met that was stopped in another way (S-154).
"""

from __future__ import annotations

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.audit import Entry, Event
from grantway.db import Transaction
from grantway.integrations import service as integrations
from grantway.integrations import states
from grantway.marketplace import count_store, listing_store
from grantway.marketplace.categories import CATEGORIES, OTHER
from grantway.marketplace.errors import CategoryUnknown, ListingNotFound
from grantway.marketplace.previewing import details_of, tile_of, written
from grantway.marketplace.tally import add_up
from grantway.marketplace.words import grams, words_of
from grantway.moderation import desk, publication
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Version


async def publish(
    tx: Transaction, actor: Actor, client_id: str, category: str, now: int
) -> Version:
    """Put the approved version before the public, and list it in each language that it speaks.

    For administrators. Raises IntegrationNotFound, WrongState, CategoryUnknown.
    """
    if category not in CATEGORIES:
        raise CategoryUnknown(CATEGORIES)
    version = await publication.publish(tx, actor, client_id, category, now)
    await put(tx, version, now)
    return version


async def hide(
    tx: Transaction, moderator: Moderator, client_id: str, reason: str, now: int
) -> Version:
    """Take the published version from the public; where it is installed it goes on working.

    Raises IntegrationNotFound, OwnIntegration, WrongState, VerdictRefused.
    """
    version = await publication.hide(tx, moderator, client_id, reason, now)
    await take_down(tx, client_id)
    return version


async def show(tx: Transaction, moderator: Moderator, client_id: str, now: int) -> Version:
    """Put a hidden version before the public again.

    Raises IntegrationNotFound, OwnIntegration, WrongState.
    """
    version = await publication.show(tx, moderator, client_id, now)
    await put(tx, version, now)
    return version


async def publish_unreviewed(
    tx: Transaction, client_id: str, now: int, *, category: str = OTHER
) -> Version:
    """Put the newest version before the public unreviewed, and list it, for the operator.

    Raises IntegrationNotFound, WrongState, Unfinished, CategoryUnknown.
    """
    if category not in CATEGORIES:
        raise CategoryUnknown(CATEGORIES)
    version = await publication.publish_unreviewed(tx, client_id, now, category=category)
    await put(tx, version, now)
    return version


async def unpublish(tx: Transaction, client_id: str, now: int) -> Version:
    """Hide the published version and list it nowhere, for the operator.

    Raises IntegrationNotFound, WrongState.
    """
    version = await publication.unpublish(tx, client_id, now)
    await take_down(tx, client_id)
    return version


async def take_down(tx: Transaction, client_id: str) -> bool:
    """List the integration nowhere; False when it was listed nowhere.

    Together with whatever stops it or takes it back to a draft. Its ratings stay.
    """
    await states.hold(tx, client_id)
    await listing_store.remove_words(tx, client_id)
    return bool(await listing_store.show(tx, client_id, is_shown=False))


async def put_back(tx: Transaction, client_id: str) -> bool:
    """List a published integration again that was taken down; False when nothing changed.

    One that is not published stays down. Raises IntegrationNotFound.
    """
    await states.hold(tx, client_id)
    integration = await integrations.of_any_account(tx, client_id)
    if integration.status != "published":
        return False
    await _put_words(tx, client_id)
    return bool(await listing_store.show(tx, client_id, is_shown=True))


async def put(tx: Transaction, version: Version, now: int) -> list[str]:
    """List a published version; return the languages in which it is listed.

    The caller holds the integration.
    """
    integration = await integrations.of_any_account(tx, version.client_id)
    content = version.content
    spoken = written(content)
    is_featured = await listing_store.is_any_featured(tx, version.client_id)
    installs = await count_store.count_live(tx, version.client_id)
    for said in spoken:
        tile = tile_of(
            content,
            said,
            version.client_id,
            published_at=integration.published_at or now,
            category=version.category or OTHER,
            is_featured=is_featured,
            installs=installs,
        )
        details = details_of(content, said, is_approved=version.decided_at is not None)
        await listing_store.put(tx, tile, msgspec.json.encode(details).decode(), now)
    languages = [one.language for one in spoken]
    await listing_store.remove_others(tx, version.client_id, languages)
    await add_up(tx, version.client_id)
    await _put_words(tx, version.client_id)
    return languages


async def feature(
    tx: Transaction, moderator: Moderator, client_id: str, now: int, *, is_featured: bool
) -> bool:
    """Put an integration before the others, or back among them; False when nothing changed.

    Raises ListingNotFound, OwnIntegration.
    """
    await states.hold(tx, client_id)
    if not await listing_store.list_shown_languages(tx, client_id):
        raise ListingNotFound
    integration = await integrations.of_any_account(tx, client_id)
    await desk.must_not_belong(tx, moderator, integration)
    if not await listing_store.feature(tx, client_id, is_featured=is_featured):
        return False
    await listing_store.rank(tx, [client_id])
    await audit.record(
        tx,
        Entry(
            at=now,
            event=Event.LISTING_FEATURED if is_featured else Event.LISTING_UNFEATURED,
            account_id=integration.account_id,
            actor="moderator",
            user_id=moderator.user_id,
            client_id=client_id,
            source=moderator.source,
            subject=client_id,
        ),
    )
    return True


async def _put_words(tx: Transaction, client_id: str) -> None:
    """Let searches find what stands in the listings of an integration."""
    for tile in await listing_store.list_of_integration(tx, client_id):
        found = words_of(tile.name, tile.short_description)
        await listing_store.put_words(tx, tile, found)
        # In one order, so that two who publish at once never wait for each other in a circle.
        pairs = sorted(
            {(gram, word) for word in found if not word.startswith("^") for gram in grams(word)}
        )
        await listing_store.add_grams(tx, tile.language, pairs)
