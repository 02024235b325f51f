"""The SQL of the moderators' queue."""

from __future__ import annotations

from grantway.db import Reader
from grantway.moderation.model import Waiting


async def list_waiting(
    reader: Reader, user_id: int, after: tuple[int, str] | None, limit: int
) -> list[Waiting]:
    """Return versions under review, the first due first, from behind *after*."""
    due_at, client_id = after or (0, "")
    of = "m.account_id = v.account_id and m.client_id = v.client_id and m.number = v.number"
    return await reader.all(
        Waiting,
        f"""
        select v.account_id, a.name, v.client_id, n.name, v.number, v.content_hash, v.submitted_at,
               v.due_at, n.published_at is null,
               exists (select 1 from account_users u
                        where u.account_id = v.account_id and u.user_id = :user_id),
               v.content, p.content, v.found,
               (select max(m.at) from version_messages m where {of} and m.kind = 'question'),
               (select max(m.at) from version_messages m where {of} and m.kind = 'answer')
          from versions v
          left join versions p on p.client_id = v.client_id and p.state in ('published', 'hidden')
          join integrations n on n.client_id = v.client_id
          join accounts a on a.id = v.account_id
         where v.state = 'in_review' and n.status <> 'deleted'
           and (v.due_at, v.client_id) > (:due_at, :client_id)
         order by v.due_at, v.client_id
         limit :limit
        """,
        user_id=user_id,
        due_at=due_at,
        client_id=client_id,
        limit=limit,
    )
