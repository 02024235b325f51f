"""The SQL of versions."""

from __future__ import annotations

from grantway.db import Reader, Transaction, Value
from grantway.moderation.model import Version
from grantway.moderation.states import State

_VERSION = """
select account_id, client_id, number, state, content, content_hash, created_at, created_by,
       updated_at, submitted_at, due_at, decided_at, decided_by, published_at, category
  from versions
"""


async def newest(reader: Reader, account_id: int, client_id: str) -> Version | None:
    """Return the newest version of the account's integration."""
    return await reader.one(
        Version,
        f"""{_VERSION} where account_id = :account_id and client_id = :client_id
         order by number desc limit 1""",
        account_id=account_id,
        client_id=client_id,
    )


async def find(reader: Reader, account_id: int, client_id: str, number: int) -> Version | None:
    """Return one version."""
    return await reader.one(
        Version,
        f"""{_VERSION}
         where account_id = :account_id and client_id = :client_id and number = :number""",
        account_id=account_id,
        client_id=client_id,
        number=number,
    )


async def list_newest(reader: Reader, account_id: int) -> list[Version]:
    """Return the newest version of each integration that the account made."""
    return await reader.all(
        Version,
        f"""{_VERSION} v where account_id = :account_id and number = (
              select max(o.number) from versions o
               where o.account_id = v.account_id and o.client_id = v.client_id)""",
        account_id=account_id,
    )


async def list_in_force(reader: Reader, account_id: int) -> list[Version]:
    """Return what the public sees, or saw before it was hidden, of what the account made."""
    return await reader.all(
        Version,
        f"{_VERSION} where account_id = :account_id and state in ('published', 'hidden')",
        account_id=account_id,
    )


async def list_all(reader: Reader, account_id: int, client_id: str) -> list[Version]:
    """Return all versions of the account's integration, the newest first."""
    return await reader.all(
        Version,
        f"""{_VERSION} where account_id = :account_id and client_id = :client_id
         order by number desc""",
        account_id=account_id,
        client_id=client_id,
    )


async def list_handed_in(
    reader: Reader, account_id: int, client_id: str, limit: int
) -> list[Version]:
    """Return some versions of the account's integration that are no drafts, the newest first."""
    return await reader.all(
        Version,
        f"""{_VERSION} where account_id = :account_id and client_id = :client_id
           and submitted_at is not null
         order by number desc limit :limit""",
        account_id=account_id,
        client_id=client_id,
        limit=limit,
    )


async def in_force(reader: Reader, account_id: int, client_id: str) -> Version | None:
    """Return the version that the public sees, or saw before it was hidden."""
    return await reader.one(
        Version,
        f"""{_VERSION} where account_id = :account_id and client_id = :client_id
           and state in ('published', 'hidden')""",
        account_id=account_id,
        client_id=client_id,
    )


async def add(tx: Transaction, version: Version) -> None:
    """Add a draft, or what was published before versions were kept."""
    await tx.change(
        """
        insert into versions (account_id, client_id, number, state, content, content_hash,
                              created_at, created_by, updated_at, submitted_at, published_at,
                              category)
        values (:account_id, :client_id, :number, :state, :stored, :content_hash,
                :created_at, :created_by, :updated_at, :submitted_at, :published_at,
                :category)
        """,
        account_id=version.account_id,
        client_id=version.client_id,
        number=version.number,
        state=version.state,
        stored=version.stored,
        content_hash=version.content_hash,
        created_at=version.created_at,
        created_by=version.created_by,
        updated_at=version.updated_at,
        submitted_at=version.submitted_at,
        published_at=version.published_at,
        category=version.category,
    )


async def rewrite(
    tx: Transaction, version: Version, stored: str, content_hash: str, now: int
) -> int:
    """Put other content into a draft; return 0 when it is none, or says something else by now."""
    return await tx.change(
        """
        update versions set content = :stored, content_hash = :content_hash, updated_at = :now
         where account_id = :account_id and client_id = :client_id and number = :number
           and state = 'draft' and content_hash = :seen_hash
        """,
        account_id=version.account_id,
        client_id=version.client_id,
        number=version.number,
        seen_hash=version.content_hash,
        stored=stored,
        content_hash=content_hash,
        now=now,
    )


async def hold(tx: Transaction, version: Version) -> None:
    """Let nobody decide about the version, or take it back, until the transaction ends."""
    await tx.lock(
        """
        select 1 from versions
         where account_id = :account_id and client_id = :client_id and number = :number
        """,
        account_id=version.account_id,
        client_id=version.client_id,
        number=version.number,
    )


async def submit(tx: Transaction, draft: Version, due_at: int, found: str, now: int) -> int:
    """Hand a draft to the moderators; return 0 when it is not what it was thought to be.

    *found* is what the checks said of it, as JSON: how often each rule fired.
    """
    also = ", submitted_at = :now, due_at = :due_at, found = :found"
    return await _move(tx, draft, State.IN_REVIEW, now, also, due_at=due_at, found=found)


async def decide(tx: Transaction, version: Version, after: State, user_id: int, now: int) -> int:
    """Note a moderator's verdict; return 0 when the version is not what it was thought to be."""
    also = ", decided_at = :now, decided_by = :user_id"
    return await _move(tx, version, after, now, also, user_id=user_id)


async def publish(tx: Transaction, version: Version, category: str, now: int) -> int:
    """Put a version before the public; return 0 when it is not what it was thought to be."""
    also = """, published_at = :now, category = :category,
               submitted_at = coalesce(submitted_at, :now)"""
    return await _move(tx, version, State.PUBLISHED, now, also, category=category)


async def move(tx: Transaction, version: Version, after: State, now: int) -> int:
    """Move a version on; return 0 when it is not where, or not what, it was thought to be."""
    return await _move(tx, version, after, now, "")


async def _move(
    tx: Transaction, version: Version, after: State, now: int, also: str, **values: Value
) -> int:
    return await tx.change(
        f"""
        update versions set state = :after, updated_at = :now{also}
         where account_id = :account_id and client_id = :client_id and number = :number
           and state = :before and content_hash = :content_hash
        """,
        account_id=version.account_id,
        client_id=version.client_id,
        number=version.number,
        before=version.state,
        content_hash=version.content_hash,
        after=str(after),
        now=now,
        **values,
    )


async def remove_draft(tx: Transaction, version: Version) -> int:
    """Remove a draft; return 0 when it is none any more."""
    return await tx.change(
        """
        delete from versions
         where account_id = :account_id and client_id = :client_id and number = :number
           and state = 'draft' and submitted_at is null
        """,
        account_id=version.account_id,
        client_id=version.client_id,
        number=version.number,
    )
