"""A Marketplace with so many listings in three languages, and a queue of submissions.

Listings are put by the service that publishes; what it finds stored before that
is written straight into the tables.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.marketplace_texts import LANGUAGES, Said, integration
from grantway.accounts import moderators, sessions
from grantway.accounts import service as accounts
from grantway.accounts.service import NewAccount
from grantway.db import Database, Transaction, Value, migrate, open_database
from grantway.kernel.credentials import new_uuid
from grantway.marketplace import counting, publishing, tally
from grantway.marketplace.categories import CATEGORIES
from grantway.moderation.desk import Moderator
from grantway.moderation.model import Content, Presentation, Version, encoded, hash_of
from grantway.moderation.submissions import due_at

NOW = 1_800_000_000
LATER = NOW + 2 * 24 * 3600
"""When somebody looks at it."""
MAKERS = 500
_FEATURED = 40
_USERS = 200
_AT_ONCE = 250
_HOUR = 3_600
_DESCRIPTION = "Connect your account, choose what is sent, and see it beside each lead. " * 10


@dataclass(frozen=True, slots=True)
class World:
    """What was made: each integration's texts, and a moderator with an open session."""

    said: dict[str, dict[str, Said]]
    moderator: Moderator
    session: str


async def fill(url: str, listings: int, submissions: int) -> World:
    """Fill the empty database at *url*."""
    await migrate(url)
    db = await open_database(url)
    choose = random.Random(7)
    try:
        async with db.write() as tx:
            user_ids, account_ids = await _people(tx)
            await moderators.appoint(tx, user_ids[0], NOW)
            session = await sessions.open_control_session(
                tx, user_ids[0], source="127.0.0.1", user_agent="", now=LATER
            )
        mo = Moderator(user_id=user_ids[0], name="Mo", source="127.0.0.1")
        said: dict[str, dict[str, Said]] = {}
        for some in _batches(listings):
            said |= await _publish(db, choose, account_ids, some)
        await _let_users_decide(db, choose, list(said), account_ids, user_ids, mo)
        for some in _batches(submissions):
            await _submit(db, choose, account_ids, some)
        return World(said, mo, session.secret)
    finally:
        await db.close()


def _batches(count: int) -> Iterator[range]:
    for first in range(0, count, _AT_ONCE):
        yield range(first, min(first + _AT_ONCE, count))


async def _people(tx: Transaction) -> tuple[list[int], list[int]]:
    user_ids = []
    for n in range(_USERS):
        address = f"user{n}@people.example"
        user = await accounts.create_user(
            tx, email=address, name=f"User {n}", password_hash=None, now=NOW
        )
        user_ids.append(user.id)
    account_ids = []
    for n in range(MAKERS):
        new = NewAccount(subdomain=f"maker{n}", name=f"Maker {n}", is_technical=True)
        account_ids.append((await accounts.create_account(tx, new, NOW)).id)
    return user_ids, account_ids


async def _publish(
    db: Database, choose: random.Random, account_ids: list[int], some: range
) -> dict[str, dict[str, Said]]:
    made = {new_uuid(): integration(choose) for _ in some}
    owners = {client_id: choose.choice(account_ids) for client_id in made}
    codes = list(CATEGORIES)
    async with db.write() as tx:
        await _add_integrations(tx, owners, made, "published")
        for client_id, said in made.items():
            stored = encoded(_content(said))
            version = Version(
                account_id=owners[client_id],
                client_id=client_id,
                number=1,
                state="published",
                stored=stored,
                content_hash=hash_of(stored),
                created_at=NOW,
                created_by=1,
                updated_at=NOW,
                category=codes[int(len(codes) * choose.random() ** 2)],
            )
            await publishing.put(tx, version, NOW)
    return made


async def _submit(db: Database, choose: random.Random, account_ids: list[int], some: range) -> None:
    made = {new_uuid(): integration(choose) for _ in some}
    owners = {client_id: choose.choice(account_ids) for client_id in made}
    async with db.write() as tx:
        await _add_integrations(tx, owners, made, "draft")
        rows: list[Mapping[str, Value]] = []
        for n, (client_id, said) in zip(some, made.items(), strict=True):
            stored = encoded(_content(said))
            submitted_at = NOW + n * _HOUR // 10
            rows.append(
                {
                    "account_id": owners[client_id],
                    "client_id": client_id,
                    "stored": stored,
                    "content_hash": hash_of(stored),
                    "now": submitted_at,
                    "due_at": due_at(submitted_at),
                }
            )
        await tx.change_many(
            """
            insert into versions (account_id, client_id, number, state, content, content_hash,
                                  created_at, created_by, updated_at, submitted_at, due_at)
            values (:account_id, :client_id, 1, 'in_review', :stored, :content_hash, :now, 1, :now,
                    :now, :due_at)
            """,
            rows,
        )


async def _add_integrations(
    tx: Transaction, owners: dict[str, int], made: dict[str, dict[str, Said]], status: str
) -> None:
    await tx.change_many(
        """
        insert into integrations (client_id, account_id, kind, status, name, description, scopes,
                                  fidelity, created_at, created_by, updated_at, updated_by,
                                  published_at)
        values (:client_id, :account_id, 'public', :status, :name, :description, 'crm', 'kommo',
                :now, 1, :now, 1, :published_at)
        """,
        [
            {
                "client_id": client_id,
                "account_id": account_id,
                "status": status,
                "name": made[client_id]["en"].name,
                "description": _DESCRIPTION,
                "now": NOW,
                "published_at": NOW if status == "published" else None,
            }
            for client_id, account_id in owners.items()
        ],
    )


def _content(said: dict[str, Said]) -> Content:
    return Content(
        language="en",
        presentations=tuple(
            Presentation(
                language=language,
                name=said[language].name,
                short_description=said[language].short_description,
                description=_DESCRIPTION,
                instructions=_DESCRIPTION,
                privacy_uri="https://maker.example/privacy",
                support_uri="https://maker.example/help",
            )
            for language in LANGUAGES
        ),
        redirect_uri="https://maker.example/agreed",
        scopes=("crm",),
        owner_name="Maker",
    )


async def _let_users_decide(
    db: Database,
    choose: random.Random,
    client_ids: list[str],
    account_ids: list[int],
    user_ids: list[int],
    mo: Moderator,
) -> None:
    """Rate and install, a few integrations far more often than most, and add it all up."""
    installed: list[dict[str, str | int]] = []
    rated: list[dict[str, str | int]] = []
    for client_id in client_ids:
        fame = choose.random() ** 6
        quality = choose.uniform(2, 6)
        for account_id in choose.sample(account_ids, int(0.2 * fame * len(account_ids))):
            installed.append(
                {"account_id": account_id, "id": len(installed) + 1, "client_id": client_id}
            )
        for user_id in choose.sample(user_ids, int(0.1 * fame * len(user_ids))):
            stars = min(5, max(1, round(choose.gauss(quality, 1))))
            rated.append(
                {
                    "client_id": client_id,
                    "id": len(rated) + 1,
                    "user_id": user_id,
                    "account_id": account_ids[0],
                    "stars": stars,
                }
            )
    async with db.write() as tx:
        await tx.change_many(
            f"""insert into installations (account_id, id, client_id, installed_at, installed_by)
                values (:account_id, :id, :client_id, {NOW}, 1)""",
            installed,
        )
        await tx.change_many(
            f"""insert into ratings (client_id, id, user_id, account_id, stars, text, rated_at)
                values (:client_id, :id, :user_id, :account_id, :stars, 'It works.', {NOW})""",
            rated,
        )
    await counting.sweep(db)
    async with db.write() as tx:
        for client_id in client_ids:
            await tally.add_up(tx, client_id)
        for client_id in choose.sample(client_ids, min(_FEATURED, len(client_ids))):
            await publishing.feature(tx, mo, client_id, NOW, is_featured=True)
