"""The SQL of texts in further languages."""

from __future__ import annotations

import msgspec

from grantway.db import Reader, Transaction
from grantway.integrations.model import Description, Texts


async def list_texts(reader: Reader, client_id: str) -> list[Texts]:
    """Return what the integration says in its further languages."""
    return await reader.all(
        Texts,
        """
        select language, name, short_description, description, instructions
          from integration_texts where client_id = :client_id order by language
        """,
        client_id=client_id,
    )


async def find_description(reader: Reader, client_id: str, language: str) -> Description | None:
    """Return what a working integration says of itself: in *language*, if it speaks that."""
    return await reader.one(
        Description,
        """
        select n.kind, coalesce(t.description, n.description),
               coalesce(t.instructions, n.instructions)
          from integrations n
          left join integration_texts t on t.client_id = n.client_id and t.language = :language
         where n.client_id = :client_id and n.status not in ('disabled', 'deleted')
        """,
        client_id=client_id,
        language=language,
    )


async def put_texts(tx: Transaction, client_id: str, texts: Texts) -> None:
    """Store the texts of one language, in place of those that were there."""
    await tx.change(
        """
        insert into integration_texts (client_id, language, name, short_description, description,
                                       instructions)
        values (:client_id, :language, :name, :short_description, :description, :instructions)
        on conflict (client_id, language) do update
           set name = excluded.name, short_description = excluded.short_description,
               description = excluded.description, instructions = excluded.instructions
        """,
        client_id=client_id,
        **msgspec.structs.asdict(texts),
    )


async def remove_texts(tx: Transaction, client_id: str, language: str) -> int:
    """Remove the texts of one language; return 0 when there are none."""
    return await tx.change(
        "delete from integration_texts where client_id = :client_id and language = :language",
        client_id=client_id,
        language=language,
    )
