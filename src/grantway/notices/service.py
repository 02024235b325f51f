"""Telling people what concerns them, and what they read of it.

A notice is written in the transaction of what it tells, so that neither is
there without the other. Its e-mail leaves after the commit.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from grantway.db import Transaction
from grantway.notices import store
from grantway.notices.model import FACTS, Addressee, Kind, cut


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
    whatever it is called when they come.
    """
    addressees = await store.list_administrators(tx, account_id)
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
    addressee = await store.find_addressee(tx, user_id)
    addressees = [] if addressee is None else [addressee]
    await _tell(tx, addressees, kind, now, facts=facts, path=path, account_id=account_id)


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
