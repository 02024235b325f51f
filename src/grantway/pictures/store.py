"""The SQL of pictures."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from grantway.db import Reader, Transaction
from grantway.pictures.model import Picture


class Stored(msgspec.Struct, frozen=True):
    """A picture without its content."""

    hash: str
    width: int
    height: int
    margin_is_plain: bool
    size: int


async def lock_adding(tx: Transaction, account_id: int) -> None:
    """Let one at a time add pictures in the account, so that a count of them holds."""
    await tx.lock_values("select 1 from accounts where id = :account_id", account_id=account_id)


async def count_unused(reader: Reader, account_id: int) -> int:
    """Count the account's pictures that no version uses."""
    counted: int = await reader.value(
        """
        select count(*) from pictures p
         where p.account_id = :account_id and not exists (
               select 1 from picture_uses u
                where u.account_id = p.account_id and u.hash = p.hash)
        """,
        account_id=account_id,
    )
    return counted


async def add_picture(tx: Transaction, account_id: int, picture: Picture, now: int) -> None:
    """Store a picture, or note that one which is there was wanted again."""
    await tx.change(
        """
        insert into pictures (account_id, hash, kind, width, height, margin_is_plain,
                              added_at, wanted_at, content)
        values (:account_id, :hash, :kind, :width, :height, :margin_is_plain, :now, :now, :content)
        on conflict (account_id, hash) do update set wanted_at = :now
        """,
        account_id=account_id,
        hash=picture.hash,
        kind=picture.kind,
        width=picture.width,
        height=picture.height,
        margin_is_plain=picture.margin_is_plain,
        content=picture.content,
        now=now,
    )


async def want(tx: Transaction, account_id: int, hashes: Collection[str], now: int) -> list[str]:
    """Put off by a day the end of those pictures that are stored, and return them.

    A sweep that wants to remove one at the same moment waits for this change,
    and finds it.
    """
    return await tx.column(
        """
        update pictures set wanted_at = :now
         where account_id = :account_id and hash in (:hashes) returning hash
        """,
        account_id=account_id,
        hashes=list(hashes),
        now=now,
    )


async def list_used(reader: Reader, account_id: int, client_id: str, number: int) -> list[str]:
    """Return what a version uses."""
    return await reader.column(
        """
        select hash from picture_uses
         where account_id = :account_id and client_id = :client_id and number = :number
        """,
        account_id=account_id,
        client_id=client_id,
        number=number,
    )


async def end_uses(tx: Transaction, account_id: int, client_id: str, number: int) -> int:
    """Forget what a version uses."""
    return await tx.change(
        """
        delete from picture_uses
         where account_id = :account_id and client_id = :client_id and number = :number
        """,
        account_id=account_id,
        client_id=client_id,
        number=number,
    )


async def add_uses(
    tx: Transaction, account_id: int, client_id: str, number: int, hashes: Collection[str]
) -> None:
    """Note that a version uses pictures which are stored."""
    await tx.change_many(
        """
        insert into picture_uses (account_id, client_id, number, hash)
        values (:account_id, :client_id, :number, :hash)
        """,
        [
            {"account_id": account_id, "client_id": client_id, "number": number, "hash": one}
            for one in hashes
        ],
    )


async def list_stored(reader: Reader, hashes: Collection[str]) -> list[Stored]:
    """Return those of these pictures that are stored, whoever added them."""
    return await reader.all(
        Stored,
        """
        select distinct hash, width, height, margin_is_plain, octet_length(content)
          from pictures where hash in (:hashes)
        """,
        hashes=list(hashes),
    )


async def find_content(reader: Reader, picture_hash: str) -> bytes | None:
    """Return the file of this name, whoever added it."""
    content: bytes | None = await reader.value(
        "select content from pictures where hash = :hash limit 1", hash=picture_hash
    )
    return content


async def sweep_unused(tx: Transaction, before: int) -> int:
    """Remove pictures that no version uses and nobody wanted since *before*."""
    return await tx.sweep(
        """
        delete from pictures
         where wanted_at < :before and not exists (
               select 1 from picture_uses u
                where u.account_id = pictures.account_id and u.hash = pictures.hash)
        """,
        before=before,
    )
