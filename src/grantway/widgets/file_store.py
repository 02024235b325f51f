"""The SQL of files of widgets, and of their contents."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Transaction
from grantway.widgets.model import StoredFile
from grantway.widgets.store import IN_FORCE, IS_LIVE, TRIED_HERE

_HAS_NO_FILE = """
not exists (select 1 from widget_files f
             where f.account_id = widget_blobs.account_id and f.blob_hash = widget_blobs.hash)
"""


class FileRow(msgspec.Struct, frozen=True):
    """Where a file is, and what decides who may read it."""

    account_id: int
    client_id: str
    number: int
    path: str
    hash: str
    status: str
    published_at: int | None


async def find_file(
    reader: Reader, code: str, number: int, path: str, at_account: int, by_user: int
) -> FileRow | None:
    """Return a file of an archive, or of the one in force where *number* is 0."""
    return await reader.one(
        FileRow,
        f"""
        select w.account_id, w.client_id, f.number, f.path, f.blob_hash, n.status, a.published_at
          from widgets w
          join integrations n on n.client_id = w.client_id
          join widget_archives a on a.account_id = w.account_id and a.client_id = w.client_id
           and a.number = case when :number > 0 then :number else {IN_FORCE} end
          join widget_files f on f.account_id = a.account_id and f.client_id = a.client_id
                             and f.number = a.number
         where w.code = :code and f.path = :path and {IS_LIVE}
        """,
        code=code,
        number=number,
        path=path,
        at_account=at_account,
        by_user=by_user,
    )


async def list_files(
    reader: Reader, account_id: int, client_id: str, number: int
) -> list[StoredFile]:
    """Return the files of an archive, without their contents."""
    return await reader.all(
        StoredFile,
        """
        select path, blob_hash, bytes from widget_files
         where account_id = :account_id and client_id = :client_id and number = :number
         order by path
        """,
        account_id=account_id,
        client_id=client_id,
        number=number,
    )


async def find_content(reader: Reader, account_id: int, content_hash: str) -> bytes | None:
    """Return a content; None when it was swept since its hash was read."""
    content: bytes | None = await reader.value(
        "select content from widget_blobs where account_id = :account_id and hash = :hash",
        account_id=account_id,
        hash=content_hash,
    )
    return content


async def is_at_work(
    reader: Reader, account_id: int, user_id: int, client_id: str, number: int
) -> bool:
    """Tell whether this archive works in an account, or worked there before an update.

    What is tried there works for the user who tries it, before it is installed.
    """
    found = await reader.value(
        f"""
        select 1 from installations i
          join integrations n on n.client_id = i.client_id
          join widget_archives a on a.account_id = n.account_id and a.client_id = n.client_id
         where i.account_id = :account_id and i.client_id = :client_id and i.ended_at is null
           and a.number = :number and (a.published_at is not null or a.number = n.archive_number)
         union all
        select 1 from trial_accounts t
         where t.client_id = :client_id and t.archive_number = :number and {TRIED_HERE}
         limit 1
        """,
        account_id=account_id,
        at_account=account_id,
        by_user=user_id,
        client_id=client_id,
        number=number,
    )
    return found is not None


async def lock_adding(tx: Transaction, account_id: int) -> None:
    """Let one at a time add files in the account or sweep them, so that bytes are counted right.

    Nor do two of them wait for archives and contents of each other, in a circle.
    """
    await tx.lock_values("select 1 from accounts where id = :account_id", account_id=account_id)


async def count_bytes(reader: Reader, account_id: int) -> int:
    """Return how many bytes the contents of an account's files have together."""
    counted: int = await reader.value(
        "select coalesce(sum(bytes), 0) from widget_blobs where account_id = :account_id",
        account_id=account_id,
    )
    return counted


async def want_blobs(
    tx: Transaction, account_id: int, hashes: Sequence[str], now: int
) -> list[str]:
    """Put off the end of those of these contents that are stored, and return them."""
    return await tx.column(
        """
        update widget_blobs set wanted_at = :now
         where account_id = :account_id and hash in (:hashes) returning hash
        """,
        account_id=account_id,
        hashes=hashes,
        now=now,
    )


async def add_blob(
    tx: Transaction, account_id: int, content_hash: str, content: bytes, now: int
) -> None:
    """Store a content, or note that it was wanted again."""
    await tx.change(
        """
        insert into widget_blobs (account_id, hash, wanted_at, bytes, content)
        values (:account_id, :hash, :now, :bytes, :content)
        on conflict (account_id, hash) do update set wanted_at = :now
        """,
        account_id=account_id,
        hash=content_hash,
        bytes=len(content),
        content=content,
        now=now,
    )


async def add_files(
    tx: Transaction, account_id: int, client_id: str, number: int, files: Sequence[StoredFile]
) -> None:
    """Store which files an archive has; their contents are stored."""
    await tx.add_many(
        """
        insert into widget_files (account_id, client_id, number, path, blob_hash, bytes)
        values (:account_id, :client_id, :number, :path, :blob_hash, :bytes)
        """,
        [
            {
                "account_id": account_id,
                "client_id": client_id,
                "number": number,
                "path": one.path,
                "blob_hash": one.hash,
                "bytes": one.bytes,
            }
            for one in files
        ],
    )


async def list_accounts_with_unused(reader: Reader, before: int) -> list[int]:
    """Return where `sweep_blobs` finds any."""
    return await reader.column(
        f"""
        select distinct account_id from widget_blobs
         where wanted_at < :before and {_HAS_NO_FILE}
        """,
        before=before,
    )


async def sweep_blobs(tx: Transaction, account_id: int, before: int) -> int:
    """Remove contents that no archive has and nobody wanted since *before*."""
    return await tx.sweep(
        f"""
        delete from widget_blobs
         where account_id = :account_id and wanted_at < :before and {_HAS_NO_FILE}
        """,
        account_id=account_id,
        before=before,
    )
