"""Uploads of widgets, and what they change: a private integration, or the draft of a public one."""

from __future__ import annotations

import msgspec

from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction
from grantway.integrations import record
from grantway.integrations import service as integrations
from grantway.integrations.model import Integration
from grantway.integrations.rules import CallRules
from grantway.moderation import desk, drafts
from grantway.moderation.desk import Moderator
from grantway.moderation.differences import Difference, differences
from grantway.moderation.model import Version
from grantway.widgets import service as widgets
from grantway.widgets.archives.model import Archive
from grantway.widgets.model import FileChanges, StoredArchive, StoredFile, Upload

_FIELD = "archive"
_MOST_LISTED = 100


class ArchiveChange(msgspec.Struct, frozen=True):
    """How the archive of a version differs from that of another; either may be none."""

    before: StoredArchive | None
    after: StoredArchive | None
    files: FileChanges


class LookedInto(msgspec.Struct, frozen=True):
    """What a moderator sees of an archive. *before* is the other version that the public has.

    *changed* is how the archive differs from that one's, None when it does not.
    """

    integration: Integration
    version: Version
    before: Version | None
    archive: StoredArchive
    files: list[StoredFile]
    changed: ArchiveChange | None


async def upload(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    archive: Archive,
    now: int,
    *,
    rules: CallRules | None = None,
) -> Upload:
    """Store an archive: a private integration works by it at once, a public one's draft has it.

    For administrators. Raises what `widgets.upload` does, and for a public one
    WrongState unless its newest version is a draft.
    """
    await record.hold(tx, actor.account_id, client_id)
    if (await integrations.get_own(tx, actor, client_id)).is_private:
        return await widgets.upload(tx, actor, client_id, archive, now)
    draft = await drafts.held_draft(tx, actor, client_id)
    made = await widgets.upload(tx, actor, client_id, archive, now)
    content = msgspec.structs.replace(draft.content, archive=archive.hash, has_widget=True)
    await drafts.save(tx, actor, client_id, content, now, seen_hash=draft.content_hash, rules=rules)
    return made


async def newest(reader: Reader, actor: Actor, client_id: str) -> StoredArchive | None:
    """Return the archive of an own integration: in force, or of a public one's newest version.

    For administrators. Raises IntegrationNotFound.
    """
    integration = await integrations.get_own(reader, actor, client_id)
    if integration.is_private:
        number = integration.archive_number
        if number is None:
            return None
        return await widgets.described(reader, actor.account_id, client_id, number)
    return await _of(reader, await drafts.newest(reader, actor, client_id))


async def change(reader: Reader, before: Version | None, after: Version) -> ArchiveChange | None:
    """Return how the archive changed from one version of an integration to another, if it did."""
    then = "" if before is None else before.content.archive
    now = after.content.archive
    if then == now:
        return None
    files = await widgets.changes(reader, after.account_id, after.client_id, then, now)
    earlier = None if before is None else await _of(reader, before)
    return ArchiveChange(earlier, await _of(reader, after), files)


async def differences_told(
    reader: Reader, before: Version | None, after: Version
) -> list[Difference]:
    """Return what `differences` does, telling of archives which they are and what changed."""
    found = differences(None if before is None else before.content, after.content)
    if all(one.field != _FIELD for one in found):
        return found
    changed = await change(reader, before, after)
    if changed is None:
        return found
    return [
        msgspec.structs.replace(
            one, before=_named(changed.before), after=_told(changed.after, changed)
        )
        if one.field == _FIELD
        else one
        for one in found
    ]


async def look_inside(
    reader: Reader, moderator: Moderator, client_id: str, number: int
) -> LookedInto | None:
    """Return the files of a version for whoever may decide about it; None without an archive.

    Raises what `desk.look` does.
    """
    integration, version, in_force = await desk.look(reader, moderator, client_id, number)
    archive = await _of(reader, version)
    if archive is None:
        return None
    before = None if in_force is None or in_force.number == number else in_force
    files = await widgets.files_of(reader, archive)
    changed = None if before is None else await change(reader, before, version)
    return LookedInto(integration, version, before, archive, files, changed)


async def read_file(
    reader: Reader, moderator: Moderator, client_id: str, number: int, path: str
) -> tuple[Integration, Version, bytes] | None:
    """Return a file of a version for whoever may decide about it; None when it has no such file.

    Raises what `desk.look` does.
    """
    integration, version, _ = await desk.look(reader, moderator, client_id, number)
    archive = await _of(reader, version)
    code = await widgets.code_of(reader, version.account_id, client_id)
    if archive is None or code is None:
        return None
    row = await widgets.locate(reader, code, archive.number, path)
    content = None if row is None else await widgets.content_of(reader, row)
    return None if content is None else (integration, version, content)


def _named(archive: StoredArchive | None) -> str:
    """Name an upload as its maker does, and as its address does."""
    if archive is None:
        return ""
    version = archive.manifest.version
    return f"Version {version}, upload {archive.number}" if version else f"Upload {archive.number}"


def _told(archive: StoredArchive | None, changed: ArchiveChange) -> str:
    """Say what an upload changes: in numbers, then file by file, as far as a page can show it."""
    if archive is None:
        return ""
    files = changed.files
    if changed.before is None:
        return f"{_named(archive)} (files: {len(files.added)})"
    listed = [
        f"{sign} {path}"
        for sign, paths in (("+", files.added), ("~", files.changed), ("-", files.removed))
        for path in paths
    ]
    added, other, removed = map(len, (files.added, files.changed, files.removed))
    counted = f"(files: {added} added, {other} changed, {removed} removed)"
    lines = [f"{_named(archive)} {counted}", *listed[:_MOST_LISTED]]
    if len(listed) > _MOST_LISTED:
        lines.append(f"and {len(listed) - _MOST_LISTED} more")
    return "\n".join(lines)


async def _of(reader: Reader, version: Version) -> StoredArchive | None:
    content_hash = version.content.archive
    if not content_hash:
        return None
    return await widgets.described(reader, version.account_id, version.client_id, content_hash)
