"""Which e-mails are due, who sends them, and what comes of them.

An e-mail is claimed before it is sent and settled after it, each on stable
storage. Whoever dies in between leaves a claim that ends by itself; the e-mail
is then sent again under the same Message-ID, which is better than never.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Transaction
from grantway.notices import store
from grantway.notices.model import (
    CLAIM_LIFETIME,
    MAIL_LIFETIME,
    MAX_TRIES,
    RETRIES,
    Mailed,
)
from grantway.notices.store import Claimed


class Claims(msgspec.Struct, frozen=True):
    """E-mails that the caller has alone, and how many were given up on."""

    mails: Sequence[Mailed]
    given_up: int


async def claim(tx: Transaction, limit: int, now: int) -> Claims:
    """Take up to *limit* e-mails that are due; nobody else gets them for ten minutes.

    What nobody needs by e-mail any more is settled here: somebody left the
    account, was deactivated, or chose to get none.
    """
    claimed = await store.claim_mails(
        tx, limit, now, told_after=now - MAIL_LIFETIME, until=now + CLAIM_LIFETIME
    )
    mails, given_up = [], 0
    for one in claimed:
        if one.tries > MAX_TRIES:
            # Whoever sent it died of it each time.
            await store.settle_mail(tx, one, "given_up", tries=one.tries, due_at=now)
            given_up += 1
            continue
        notice = await store.find_notice(tx, one.user_id, one.id)
        recipient = await store.find_recipient(tx, one.user_id)
        if notice is None or recipient is None or notice.seen_at is not None:
            await store.settle_mail(tx, one, "none", tries=one.tries, due_at=now)
            continue
        mails.append(Mailed(notice, recipient.email, recipient.name, recipient.language, one.tries))
    return Claims(mails, given_up)


async def note_sent(tx: Transaction, mailed: Mailed, now: int) -> None:
    """Note that the server took it."""
    await _settle(tx, mailed, "sent", tries=mailed.tries, due_at=now)


async def note_refused(tx: Transaction, mailed: Mailed, now: int) -> None:
    """Note that the server will never take it."""
    await _settle(tx, mailed, "given_up", tries=mailed.tries, due_at=now)


async def note_put_off(tx: Transaction, mailed: Mailed, now: int) -> bool:
    """Try again later; False when that was the last time."""
    if mailed.tries >= MAX_TRIES:
        await _settle(tx, mailed, "given_up", tries=mailed.tries, due_at=now)
        return False
    due_at = now + RETRIES[mailed.tries - 1]
    await _settle(tx, mailed, "waiting", tries=mailed.tries, due_at=due_at)
    return True


async def give_back(tx: Transaction, mails: Sequence[Mailed], now: int) -> None:
    """Leave to anybody what was claimed and not tried."""
    for one in mails:
        await _settle(tx, one, "waiting", tries=one.tries - 1, due_at=now)


async def sweep(tx: Transaction, now: int) -> int:
    """Send no e-mail any more that waited for two days; return how many.

    So a mail server that is set later does not begin with the news of a year.
    """
    return await store.drop_late_mails(tx, now - MAIL_LIFETIME, now)


async def _settle(tx: Transaction, mailed: Mailed, mail: str, *, tries: int, due_at: int) -> None:
    claimed = Claimed(mailed.notice.user_id, mailed.notice.id, mailed.tries)
    await store.settle_mail(tx, claimed, mail, tries=tries, due_at=due_at)
