"""The SQL of widgets."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grantway.db import Reader, Transaction
from grantway.widgets.model import StoredArchive


class WidgetRow(msgspec.Struct, frozen=True):
    """A widget with the archive that is in force."""

    account_id: int
    client_id: str
    id: int
    code: str
    number: int
    manifest_json: str
    content_hash: str


class Coded(msgspec.Struct, frozen=True):
    """A widget by itself."""

    code: str
    last_number: int


# What works in the account :at_account. In one that was made to try it, that is what is tried
# there; for others than :by_user, who tries it, only once it is installed.
TRIED_HERE = """
t.account_id = :at_account and t.ended_at is null
and (t.user_id = :by_user
     or exists (select 1 from installations i
                 where i.account_id = t.account_id and i.client_id = t.client_id
                   and i.ended_at is null))
"""
IN_FORCE = f"""
coalesce((select t.archive_number from trial_accounts t
           where t.client_id = w.client_id and {TRIED_HERE}),
         n.archive_number)
"""
_WIDGET = f"""
select w.account_id, w.client_id, w.id, w.code, a.number, a.manifest, a.content_hash
  from widgets w
  join integrations n on n.client_id = w.client_id
  join widget_archives a on a.account_id = w.account_id and a.client_id = w.client_id
                        and a.number = {IN_FORCE}
"""
IS_LIVE = "n.status not in ('disabled', 'deleted')"
_ARCHIVE = """
select account_id, client_id, number, content_hash, manifest, warnings, files, bytes,
       uploaded_at, uploaded_by, published_at
  from widget_archives
"""
# What nothing refers to. An archive that a version uses is used by that version's trials as well.
_IS_UNUSED = """
not exists (select 1 from integrations n
             where n.client_id = a.client_id and n.archive_number = a.number
               and n.status <> 'deleted')
and not exists (select 1 from widget_uses u
                 where u.account_id = a.account_id and u.client_id = a.client_id
                   and u.number = a.number)
"""


async def find_in_force(
    reader: Reader, client_id: str, at_account: int, by_user: int
) -> WidgetRow | None:
    """Return the widget of an integration that works, whosever it is."""
    return await reader.one(
        WidgetRow,
        f"{_WIDGET} where w.client_id = :client_id and {IS_LIVE}",
        client_id=client_id,
        at_account=at_account,
        by_user=by_user,
    )


async def list_in_force(
    reader: Reader, client_ids: Sequence[str], at_account: int, by_user: int
) -> list[WidgetRow]:
    """Return those of the widgets of these integrations that work."""
    return await reader.all(
        WidgetRow,
        f"{_WIDGET} where w.client_id in (:client_ids) and {IS_LIVE}",
        client_ids=client_ids,
        at_account=at_account,
        by_user=by_user,
    )


async def find_by_code(
    reader: Reader, code: str, at_account: int, by_user: int
) -> WidgetRow | None:
    """Return the widget of this code, if its integration works, whosever it is."""
    return await reader.one(
        WidgetRow,
        f"{_WIDGET} where w.code = :code and {IS_LIVE}",
        code=code,
        at_account=at_account,
        by_user=by_user,
    )


async def find_widget(reader: Reader, account_id: int, client_id: str) -> Coded | None:
    """Return the widget of an integration, whether an archive is in force or not."""
    return await reader.one(
        Coded,
        """
        select code, last_number from widgets
         where account_id = :account_id and client_id = :client_id
        """,
        account_id=account_id,
        client_id=client_id,
    )


async def add_widget(
    tx: Transaction, account_id: int, client_id: str, *, widget_id: int, code: str, now: int
) -> None:
    """Give an integration its widget."""
    await tx.change(
        """
        insert into widgets (account_id, client_id, id, code, last_number, created_at)
        values (:account_id, :client_id, :id, :code, 0, :now)
        """,
        account_id=account_id,
        client_id=client_id,
        id=widget_id,
        code=code,
        now=now,
    )


async def keep_last_number(tx: Transaction, account_id: int, client_id: str, number: int) -> None:
    """Note that a number was given out."""
    await tx.change(
        """
        update widgets set last_number = :number
         where account_id = :account_id and client_id = :client_id
        """,
        account_id=account_id,
        client_id=client_id,
        number=number,
    )


async def find_archive(
    reader: Reader, account_id: int, client_id: str, content_hash: str
) -> StoredArchive | None:
    """Return the upload of this content."""
    return await reader.one(
        StoredArchive,
        f"""{_ARCHIVE}
         where account_id = :account_id and client_id = :client_id
           and content_hash = :content_hash""",
        account_id=account_id,
        client_id=client_id,
        content_hash=content_hash,
    )


async def list_published_elsewhere(reader: Reader, account_id: int, content_hash: str) -> list[str]:
    """Return the names of integrations of other accounts that were published with this content."""
    return await reader.column(
        """
        select distinct n.name from widget_archives a
          join integrations n on n.client_id = a.client_id
         where a.content_hash = :content_hash and a.published_at is not null
           and a.account_id <> :account_id and n.status <> 'deleted'
         order by n.name
        """,
        account_id=account_id,
        content_hash=content_hash,
    )


async def find_numbered(
    reader: Reader, account_id: int, client_id: str, number: int
) -> StoredArchive | None:
    """Return the upload of this number."""
    return await reader.one(
        StoredArchive,
        f"""{_ARCHIVE}
         where account_id = :account_id and client_id = :client_id and number = :number""",
        account_id=account_id,
        client_id=client_id,
        number=number,
    )


async def remove_oldest_unused(tx: Transaction, account_id: int, client_id: str, keep: int) -> int:
    """Remove archives that nothing uses, but for the *keep* newest ones of those."""
    return await tx.change(
        f"""
        delete from widget_archives as a
         where a.account_id = :account_id and a.client_id = :client_id and {_IS_UNUSED}
           and a.number <= (select a.number from widget_archives a
                             where a.account_id = :account_id and a.client_id = :client_id
                               and {_IS_UNUSED}
                             order by a.number desc limit 1 offset :keep)
        """,
        account_id=account_id,
        client_id=client_id,
        keep=keep,
    )


async def add_archive(tx: Transaction, archive: StoredArchive) -> None:
    """Store what is known of an upload."""
    await tx.change(
        """
        insert into widget_archives (account_id, client_id, number, content_hash, manifest,
                                     warnings, files, bytes, uploaded_at, uploaded_by, wanted_at)
        values (:account_id, :client_id, :number, :content_hash, :manifest, :warnings, :files,
                :bytes, :now, :user_id, :now)
        """,
        account_id=archive.account_id,
        client_id=archive.client_id,
        number=archive.number,
        content_hash=archive.content_hash,
        manifest=archive.manifest_json,
        warnings=archive.warnings_json,
        files=archive.files,
        bytes=archive.bytes,
        now=archive.uploaded_at,
        user_id=archive.uploaded_by,
    )


async def want_archive(
    tx: Transaction, account_id: int, client_id: str, number: int, now: int
) -> int:
    """Put off by a day the end of an archive; 0 when it is gone.

    A sweep that wants to remove it at the same moment waits for this change, and finds it.
    """
    return await tx.change(
        """
        update widget_archives set wanted_at = :now
         where account_id = :account_id and client_id = :client_id and number = :number
        """,
        account_id=account_id,
        client_id=client_id,
        number=number,
        now=now,
    )


async def mark_published(
    tx: Transaction, account_id: int, client_id: str, number: int, now: int
) -> int:
    """Note that an archive is before the public; the first time counts."""
    return await tx.change(
        """
        update widget_archives set published_at = :now
         where account_id = :account_id and client_id = :client_id and number = :number
           and published_at is null
        """,
        account_id=account_id,
        client_id=client_id,
        number=number,
        now=now,
    )


async def put_use(
    tx: Transaction, account_id: int, client_id: str, version: int, number: int
) -> None:
    """Note which archive a version has, in place of what it had."""
    await tx.change(
        """
        insert into widget_uses (account_id, client_id, version, number)
        values (:account_id, :client_id, :version, :number)
        on conflict (account_id, client_id, version) do update set number = :number
        """,
        account_id=account_id,
        client_id=client_id,
        version=version,
        number=number,
    )


async def end_use(tx: Transaction, account_id: int, client_id: str, version: int) -> int:
    """Note that a version has no archive."""
    return await tx.change(
        """
        delete from widget_uses
         where account_id = :account_id and client_id = :client_id and version = :version
        """,
        account_id=account_id,
        client_id=client_id,
        version=version,
    )


async def find_use(reader: Reader, account_id: int, client_id: str, version: int) -> int | None:
    """Return the number of the archive that a version has."""
    number: int | None = await reader.value(
        """
        select number from widget_uses
         where account_id = :account_id and client_id = :client_id and version = :version
        """,
        account_id=account_id,
        client_id=client_id,
        version=version,
    )
    return number


async def list_accounts_with_unused(reader: Reader, before: int) -> list[int]:
    """Return where `sweep_archives` finds any."""
    return await reader.column(
        f"""
        select distinct a.account_id from widget_archives a
         where a.wanted_at < :before and {_IS_UNUSED}
        """,
        before=before,
    )


async def sweep_archives(tx: Transaction, account_id: int, before: int) -> int:
    """Remove archives that nothing uses and nobody wanted since *before*, with their files."""
    return await tx.sweep(
        f"""
        delete from widget_archives as a
         where a.account_id = :account_id and a.wanted_at < :before and {_IS_UNUSED}
        """,
        account_id=account_id,
        before=before,
    )
