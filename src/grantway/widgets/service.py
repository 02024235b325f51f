"""Storing archives, saying which is in force, and reading their files.

An archive belongs to the integration that it was uploaded for. Everybody may
read the files of one that was published; of any other, only those in whose
account it works, and of a trial, whoever tries it (S-138).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.db import Database, Reader, Transaction
from grantway.integrations import record
from grantway.integrations import service as integrations
from grantway.integrations.errors import WrongState
from grantway.integrations.model import Integration
from grantway.integrations.public import must_be_technical
from grantway.widgets import file_store, store
from grantway.widgets.archives.manifests import stored_manifest
from grantway.widgets.archives.model import Archive, ArchiveFault
from grantway.widgets.archives.reading import archive_of
from grantway.widgets.errors import ArchiveUnknown, TooMuchStored
from grantway.widgets.file_store import FileRow
from grantway.widgets.model import (
    FileChanges,
    StoredArchive,
    StoredFile,
    Upload,
    Widget,
    WidgetFile,
    new_code,
)

__all__ = [
    "FileRow",
    "Upload",
    "Widget",
    "WidgetFile",
    "changes",
    "code_of",
    "content_of",
    "described",
    "file",
    "files_of",
    "in_force",
    "in_force_among",
    "is_open",
    "load",
    "locate",
    "may_read",
    "number_of_version",
    "of_code",
    "published_elsewhere",
    "put_in_force",
    "sweep",
    "upload",
    "use",
]

MAX_UNUSED = 20
"""Archives of an integration which nothing uses. Of more, the oldest goes before its day ends."""
MAX_STORED = 2**30
"""Bytes that the files of an account's widgets have together, each content counted once."""
UNUSED_LIFETIME = 24 * 3600
"""Seconds for which an archive is kept that nothing uses, for pages that still show it."""
_AT_ONCE = 500
_MOST_NUMBER = 2**31


async def upload(
    tx: Transaction, actor: Actor, client_id: str, archive: Archive, now: int
) -> Upload:
    """Store an archive as a whole; a private integration works by it from the commit on.

    A public one takes it into its draft: `moderation` does both. The same files
    again are the same upload. For administrators of the account that made the
    integration. Raises IntegrationNotFound, WrongState, TechnicalAccountNeeded,
    TooMuchStored.
    """
    actor.must_administer()
    await record.hold(tx, actor.account_id, client_id)
    integration = await integrations.get_own(tx, actor, client_id)
    if integration.is_disabled:
        raise WrongState("The platform's operator stopped this integration; nothing can be changed")
    if integration.is_external:
        raise WrongState("This integration was made by a button on a site, and has no widget")
    if not integration.is_private:
        await must_be_technical(tx, actor.account_id)
    code, number, is_new = await _kept(tx, actor, client_id, archive, now)
    if integration.is_private:
        await _supersede(tx, integration, number, now)
    await audit.record(
        tx, actor.did(audit.Event.WIDGET_UPLOADED, at=now, subject=f"{client_id} {number}")
    )
    warnings = archive.warnings
    if integration.is_private and "widget_page" in archive.manifest.areas:
        # Contract: widgets-and-marketplace.md 6.7.
        detail = "ignored: the left menu is for public integrations"
        warnings = (*warnings, ArchiveFault("LOCATIONS", "manifest.json", detail))
    return Upload(code, number, is_new, archive.hash, archive.manifest, warnings)


async def use(
    tx: Transaction, account_id: int, client_id: str, version: int, content_hash: str, now: int
) -> None:
    """Note that a version, which is stored, has exactly this archive; none when it is empty.

    Raises ArchiveUnknown.
    """
    before = await store.find_use(tx, account_id, client_id, version)
    if before is not None:
        await store.want_archive(tx, account_id, client_id, before, now)
    if not content_hash:
        await store.end_use(tx, account_id, client_id, version)
        return
    number = await _wanted(tx, account_id, client_id, content_hash, now)
    await store.put_use(tx, account_id, client_id, version, number)


async def put_in_force(
    tx: Transaction, integration: Integration, content_hash: str, now: int, *, is_public: bool
) -> None:
    """Let the integration's widget be this archive, or let it have none when it is empty.

    *is_public*: it is put before the public, so everybody may read its files
    from now on. Raises ArchiveUnknown.
    """
    if not content_hash:
        await _supersede(tx, integration, None, now)
        return
    account_id, client_id = integration.account_id, integration.client_id
    number = await _wanted(tx, account_id, client_id, content_hash, now)
    await _supersede(tx, integration, number, now)
    if is_public:
        await store.mark_published(tx, account_id, client_id, number, now)


async def in_force(reader: Reader, client_id: str, *, at: int = 0, by: int = 0) -> Widget | None:
    """Return the widget of an integration that works; None without one.

    *at* is the account that asks, and *by* its user: one that was made to try a
    version has that version's archive, for whoever tries it, and for others
    once it is installed.
    """
    return _widget(await store.find_in_force(reader, client_id, at, by))


async def in_force_among(
    reader: Reader, client_ids: Sequence[str], *, at: int = 0, by: int = 0
) -> dict[str, Widget]:
    """Return the widgets of these integrations, as `in_force` does, by client id."""
    if not client_ids:
        return {}
    rows = await store.list_in_force(reader, client_ids, at, by)
    return {row.client_id: _made(row) for row in rows}


async def of_code(reader: Reader, code: str, *, at: int = 0, by: int = 0) -> Widget | None:
    """Return the widget of this code, as `in_force` does."""
    return _widget(await store.find_by_code(reader, code, at, by))


async def code_of(reader: Reader, account_id: int, client_id: str) -> str | None:
    """Return the code that an own integration's widget has had since its first upload."""
    found = await store.find_widget(reader, account_id, client_id)
    return None if found is None else found.code


async def described(
    reader: Reader, account_id: int, client_id: str, wanted: str | int
) -> StoredArchive | None:
    """Return what is known of an upload, by the hash of its content or by its number."""
    if isinstance(wanted, int):
        return await store.find_numbered(reader, account_id, client_id, wanted)
    return await store.find_archive(reader, account_id, client_id, wanted)


async def files_of(reader: Reader, archive: StoredArchive) -> list[StoredFile]:
    """Return the files of an upload, by their paths, without their contents."""
    return await file_store.list_files(
        reader, archive.account_id, archive.client_id, archive.number
    )


async def load(
    reader: Reader, account_id: int, client_id: str, content_hash: str
) -> Archive | None:
    """Return an upload with all its files, read anew; faults of rules since then are warnings.

    None when it is not stored, or was removed while it was read.
    """
    found = await store.find_archive(reader, account_id, client_id, content_hash)
    if found is None:
        return None
    files: dict[str, bytes] = {}
    for one in await files_of(reader, found):
        content = await file_store.find_content(reader, account_id, one.hash)
        if content is None:
            return None
        files[one.path] = content
    if not files:
        return None
    # It reads every byte, and others need not wait for that.
    archive, faults = await asyncio.to_thread(archive_of, files)
    return msgspec.structs.replace(archive, warnings=(*faults, *archive.warnings))


async def changes(
    reader: Reader, account_id: int, client_id: str, before: str, after: str
) -> FileChanges:
    """Say how the files of an upload differ from those of another; each by its content's hash."""
    then, now = [
        {} if found is None else {one.path: one.hash for one in await files_of(reader, found)}
        for content_hash in (before, after)
        for found in [await store.find_archive(reader, account_id, client_id, content_hash)]
    ]
    return FileChanges(
        added=tuple(path for path in now if path not in then),
        changed=tuple(path for path in now if path in then and now[path] != then[path]),
        removed=tuple(path for path in then if path not in now),
    )


async def published_elsewhere(reader: Reader, account_id: int, content_hash: str) -> list[str]:
    """Return the names of integrations of other accounts that published these very files (G6)."""
    return await store.list_published_elsewhere(reader, account_id, content_hash)


async def locate(
    reader: Reader, code: str, number: int | None, path: str, *, at: int = 0, by: int = 0
) -> FileRow | None:
    """Say where a file is; without a *number*, of the archive that is in force."""
    if number is not None and not 0 < number < _MOST_NUMBER:
        return None
    return await file_store.find_file(reader, code, number or 0, path, at, by)


async def file(
    reader: Reader, code: str, number: int | None, path: str, *, at: int = 0, by: int = 0
) -> WidgetFile | None:
    """Return a file of a widget; who may read it, `may_read` says."""
    row = await locate(reader, code, number, path, at=at, by=by)
    if row is None:
        return None
    content = await content_of(reader, row)
    if content is None:
        return None
    return WidgetFile(
        row.account_id, row.client_id, row.number, row.path, row.hash, is_open(row), content
    )


async def content_of(reader: Reader, row: FileRow) -> bytes | None:
    """Return what is in a file that was located; None when it was removed since."""
    return await file_store.find_content(reader, row.account_id, row.hash)


def is_open(row: FileRow) -> bool:
    """Tell whether everybody may read a file: it was published, and so is its integration."""
    return row.published_at is not None and row.status == "published"


async def may_read(reader: Reader, row: FileRow, account_id: int, user_id: int) -> bool:
    """Tell whether a user of an account may read a file: it is its own, at work there, or open."""
    return (
        is_open(row)
        or row.account_id == account_id
        or await file_store.is_at_work(reader, account_id, user_id, row.client_id, row.number)
    )


async def number_of_version(
    reader: Reader, account_id: int, client_id: str, version: int
) -> int | None:
    """Return the number of the archive that a version of a public integration has."""
    return await store.find_use(reader, account_id, client_id, version)


async def sweep(db: Database, now: int) -> int:
    """Remove archives and contents that nothing has used for a day; return how many.

    In transactions of its own, so that uploads wait in their own account alone.
    """
    before = now - UNUSED_LIFETIME
    async with db.read() as reader:
        account_ids = {
            *await store.list_accounts_with_unused(reader, before),
            *await file_store.list_accounts_with_unused(reader, before),
        }
    count = 0
    for account_id in sorted(account_ids):
        async with db.write() as tx:
            await file_store.lock_adding(tx, account_id)
            count += await store.sweep_archives(tx, account_id, before)
            count += await file_store.sweep_blobs(tx, account_id, before)
    return count


def _widget(row: store.WidgetRow | None) -> Widget | None:
    return None if row is None else _made(row)


def _made(row: store.WidgetRow) -> Widget:
    manifest = stored_manifest(row.manifest_json)
    return Widget(
        row.account_id, row.client_id, row.id, row.code, row.number, manifest, row.content_hash
    )


async def _wanted(
    tx: Transaction, account_id: int, client_id: str, content_hash: str, now: int
) -> int:
    """Return the number of an upload, which is kept from now on; raise ArchiveUnknown."""
    found = await store.find_archive(tx, account_id, client_id, content_hash)
    if found is None or not await store.want_archive(tx, account_id, client_id, found.number, now):
        raise ArchiveUnknown
    return found.number


async def _supersede(
    tx: Transaction, integration: Integration, number: int | None, now: int
) -> None:
    """Put an archive in force, and keep for a day the one before it, which pages still show."""
    before = integration.archive_number
    if before is not None and before != number:
        await store.want_archive(tx, integration.account_id, integration.client_id, before, now)
    await record.put_archive_in_force(tx, integration, number, now)


async def _kept(
    tx: Transaction, actor: Actor, client_id: str, archive: Archive, now: int
) -> tuple[str, int, bool]:
    """Return code and number of an archive that is stored, and whether it was not before."""
    account_id = actor.account_id
    widget = await store.find_widget(tx, account_id, client_id)
    if widget is None:
        (widget_id,) = await tx.take_ids("widget")
        widget = store.Coded(new_code(), 0)
        await store.add_widget(
            tx, account_id, client_id, widget_id=widget_id, code=widget.code, now=now
        )
    found = await store.find_archive(tx, account_id, client_id, archive.hash)
    if found is not None and await store.want_archive(tx, account_id, client_id, found.number, now):
        return widget.code, found.number, False
    await file_store.lock_adding(tx, account_id)
    await store.remove_oldest_unused(tx, account_id, client_id, MAX_UNUSED - 1)
    if await file_store.count_bytes(tx, account_id) > MAX_STORED:
        raise TooMuchStored(MAX_STORED)
    number = widget.last_number + 1
    await store.keep_last_number(tx, account_id, client_id, number)
    await store.add_archive(
        tx,
        StoredArchive(
            account_id=account_id,
            client_id=client_id,
            number=number,
            content_hash=archive.hash,
            manifest_json=json.dumps(archive.manifest.raw),
            warnings_json=msgspec.json.encode(archive.warnings).decode(),
            files=len(archive.files),
            bytes=sum(map(len, archive.files.values())),
            uploaded_at=now,
            uploaded_by=actor.user_id,
            published_at=None,
        ),
    )
    await _keep_files(tx, account_id, client_id, number, archive, now)
    return widget.code, number, True


async def _keep_files(
    tx: Transaction, account_id: int, client_id: str, number: int, archive: Archive, now: int
) -> None:
    hashes = archive.digests
    contents = {content_hash: archive.files[path] for path, content_hash in hashes.items()}
    wanted = list(contents)
    for begins in range(0, len(wanted), _AT_ONCE):
        part = wanted[begins : begins + _AT_ONCE]
        stored = set(await file_store.want_blobs(tx, account_id, part, now))
        for one in part:
            if one not in stored:
                await file_store.add_blob(tx, account_id, one, contents[one], now)
                # On SQLite this writes without giving anything else its turn.
                await asyncio.sleep(0)
    files = [
        StoredFile(path, hashes[path], len(archive.files[path])) for path in sorted(archive.files)
    ]
    await file_store.add_files(tx, account_id, client_id, number, files)
