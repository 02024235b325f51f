"""Storing pictures, saying what uses them, and reading them.

A picture belongs to the account that added it, and everybody who knows its
name may see it: the name is a digest of the content, so who knows the one has
had the other.
"""

from __future__ import annotations

from collections.abc import Collection

from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction
from grantway.pictures import store
from grantway.pictures.errors import PictureUnknown, TooManyPictures
from grantway.pictures.model import STORED_AS, Picture, PictureFacts

MAX_UNUSED = 100
"""Pictures that an account may have which no version uses: a form's, many times over."""
UNUSED_LIFETIME = 24 * 3600
"""Seconds for which a picture is kept that nothing uses, for the form that it was added in."""


async def add(tx: Transaction, actor: Actor, picture: Picture, now: int) -> str:
    """Store a picture for a day, or for as long as a version uses it; return its hash.

    One that is there already stays, and has its day anew. For administrators.
    Raises TooManyPictures.
    """
    actor.must_administer()
    if await store.want(tx, actor.account_id, [picture.hash], now):
        return picture.hash
    await store.lock_adding(tx, actor.account_id)
    if await store.count_unused(tx, actor.account_id) >= MAX_UNUSED:
        raise TooManyPictures(MAX_UNUSED)
    await store.add_picture(tx, actor.account_id, picture, now)
    return picture.hash


async def use(
    tx: Transaction,
    account_id: int,
    client_id: str,
    number: int,
    hashes: Collection[str],
    now: int,
) -> None:
    """Note that a version, which is stored, uses exactly these pictures of its account.

    What it does not use any more is kept for another day. When a version is
    removed, its uses go with it. Raises PictureUnknown.
    """
    before = await store.list_used(tx, account_id, client_id, number)
    # In one order, so that two versions of the same pictures do not wait for each other.
    stored = await store.want(tx, account_id, sorted({*before, *hashes}), now)
    if missing := set(hashes).difference(stored):
        raise PictureUnknown(missing)
    await store.end_uses(tx, account_id, client_id, number)
    await store.add_uses(tx, account_id, client_id, number, sorted(set(hashes)))


async def facts(reader: Reader, hashes: Collection[str]) -> dict[str, PictureFacts]:
    """Return what is known of those of these pictures that are stored, by hash."""
    return {
        one.hash: PictureFacts(STORED_AS, one.width, one.height, one.margin_is_plain, one.size)
        for one in await store.list_stored(reader, hashes)
    }


async def find(reader: Reader, picture_hash: str) -> bytes | None:
    """Return the PNG file of this name."""
    return await store.find_content(reader, picture_hash)


async def sweep(tx: Transaction, now: int) -> int:
    """Remove what nothing has used for a day; return how many."""
    return await store.sweep_unused(tx, now - UNUSED_LIFETIME)
