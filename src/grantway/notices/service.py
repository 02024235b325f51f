"""Telling people what concerns them, and what they read of it.

A notice is written in the transaction of what it tells, so that neither is
there without the other. Its e-mail leaves after the commit.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from grantway.db import Reader, Transaction
from grantway.kernel.errors import NotFound
from grantway.notices import store
from grantway.notices.model import (
    FACTS,
    ONCE_A_DAY,
    SEEN_LIFETIME,
    UNSEEN_LIFETIME,
    Addressee,
    Kind,
    Notice,
    cut,
)

_NEWEST = 2**62
MOST_COUNTED = 100
"""Up to how many unseen notices are counted; beyond it is said that there are many."""


class Page(msgspec.Struct, frozen=True):
    """Some notices, newest first; *next* and *previous* are None when nothing is there."""

    notices: list[Notice]
    next_before_id: int | None
    previous_after_id: int | None = None


class NoticeNotFound(NotFound):
    """Nobody told this person so, or it is no longer theirs to read."""

    def __init__(self) -> None:
        super().__init__("There is no such notice")


async def anybody_hears(
    reader: Reader, account_id: int, kind: Kind, now: int, *, path: str
) -> bool:
    """Tell whether an administrator would be told, for who has to count before."""
    return bool(await store.list_administrators(reader, account_id, kind, path, now))


async def tell_administrators(
    tx: Transaction,
    account_id: int,
    kind: Kind,
    now: int,
    *,
    facts: Mapping[str, str],
    path: str,
) -> None:
    """Tell every administrator of the account who may work.

    *facts* are those that `FACTS` names, never secrets. *path* is where they
    can do something: on the control origin, or without a slash in the account,
    whatever it is called when they come. Of what users cause they hear a few
    times an hour for each path, so that nobody floods them; of what is in
    `ONCE_A_DAY` once a day.
    """
    if kind in ONCE_A_DAY:
        # Two at once would both find that nobody has been told yet.
        await store.hold_account(tx, account_id)
    addressees = await store.list_administrators(tx, account_id, kind, path, now)
    await _tell(tx, addressees, kind, now, facts=facts, path=path, account_id=account_id)


async def tell_person(
    tx: Transaction,
    user_id: int,
    kind: Kind,
    now: int,
    *,
    facts: Mapping[str, str],
    path: str,
    account_id: int | None = None,
) -> None:
    """Tell one person, unless they are deactivated; with *account_id* as a user of that account."""
    addressee = await store.find_addressee(tx, user_id, kind, path, now)
    addressees = [] if addressee is None else [addressee]
    await _tell(tx, addressees, kind, now, facts=facts, path=path, account_id=account_id)


async def page(
    reader: Reader,
    user_id: int,
    *,
    before_id: int | None = None,
    after_id: int | None = None,
    limit: int = 20,
) -> Page:
    """Return what the person was told: the newest, or what is next to a notice.

    What was told to them as somebody of an account is there while they work in it.
    """
    if after_id is not None:
        rising = await store.list_notices_after(reader, user_id, after_id, limit + 1)
        rows = rising[:limit][::-1]
        is_more = len(rising) > limit
        return Page(rows, rows[-1].id if rows else None, rows[0].id if is_more else None)
    rows = await store.list_notices(reader, user_id, before_id or _NEWEST, limit + 1)
    shown = rows[:limit]
    previous = shown[0].id if before_id is not None and shown else None
    return Page(shown, shown[-1].id if len(rows) > limit else None, previous)


async def find(reader: Reader, user_id: int, notice_id: int) -> Notice:
    """Return a notice of the person; raise NoticeNotFound."""
    notice = await store.find_notice(reader, user_id, notice_id)
    if notice is None:
        raise NoticeNotFound
    return notice


async def unseen(reader: Reader, user_id: int) -> int:
    """Return how many notices the person has not seen, or `MOST_COUNTED` when there are more."""
    return await store.count_unseen(reader, user_id, MOST_COUNTED)


async def see(tx: Transaction, user_id: int, notice_id: int, now: int) -> bool:
    """Note that the person saw a notice; False when they had."""
    return bool(await store.see(tx, user_id, notice_id, now))


async def see_all(tx: Transaction, user_id: int, up_to_id: int, now: int) -> int:
    """Note that the person saw all up to this one, the newest on the page that they had open."""
    return await store.see_all(tx, user_id, up_to_id, now)


async def wants_mail(reader: Reader, user_id: int) -> bool:
    """Tell whether the person is told by e-mail as well; everybody is who did not refuse."""
    return await store.wants_mail(reader, user_id)


async def choose_mail(tx: Transaction, user_id: int, *, by_mail: bool) -> None:
    """Tell the person by e-mail as well from now on, or no more: what waits is not sent then."""
    await store.choose_mail(tx, user_id, by_mail=by_mail)


async def sweep(tx: Transaction, now: int) -> int:
    """Remove what was seen 90 days ago, and what nobody saw within a year; return how many."""
    return await store.sweep_notices(tx, now - SEEN_LIFETIME, now - UNSEEN_LIFETIME)


async def _tell(
    tx: Transaction,
    addressees: list[Addressee],
    kind: Kind,
    now: int,
    *,
    facts: Mapping[str, str],
    path: str,
    account_id: int | None,
) -> None:
    if facts.keys() != FACTS[kind]:
        wanted = ", ".join(sorted(FACTS[kind]))
        raise ValueError(f"{kind} is told with {wanted}, and not with {', '.join(sorted(facts))}")
    kept = {name: cut(text) for name, text in facts.items()}
    await store.add(
        tx,
        addressees,
        account_id=account_id,
        kind=kind,
        facts=msgspec.json.encode(kept).decode(),
        path=path,
        now=now,
    )
