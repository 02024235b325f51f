"""Widgets of danalabs and acme, and what everybody asks of them."""

from grantway.accounts.actor import Actor
from grantway.integrations import service as integrations
from grantway.moderation import archives
from grantway.widgets import service as widgets
from grantway.widgets.archives.model import Archive
from grantway.widgets.archives.reading import read_archive
from grantway.widgets.model import Upload, Widget
from tests.contract.integration_cast import NOW, People
from tests.widget_archives import manifest_widget, widget_zip


def archive(version: str = "1.0.0", **files: bytes) -> Archive:
    """Return a widget of this version; *files* are further scripts, by their names."""
    changes: dict[str, bytes | None] = {f"{name}.js": content for name, content in files.items()}
    return read_archive(widget_zip({"manifest.json": manifest_widget(version=version)} | changes))


async def make_private(people: People, actor: Actor | None = None) -> str:
    async with people.db.write() as tx:
        return (await integrations.create_private(tx, actor or people.alice, NOW)).client_id


async def upload(
    people: People, actor: Actor, client_id: str, what: Archive | None = None, now: int = NOW
) -> Upload:
    async with people.db.write() as tx:
        return await archives.upload(tx, actor, client_id, what or archive(), now)


async def in_force(people: People, client_id: str, at: int = 0, by: int = 0) -> Widget | None:
    async with people.db.read() as reader:
        return await widgets.in_force(reader, client_id, at=at, by=by)


async def version_in_force(people: People, client_id: str, at: int = 0, by: int = 0) -> str | None:
    found = await in_force(people, client_id, at, by)
    return None if found is None else found.manifest.version


async def may_read(
    people: People,
    code: str,
    number: int | None,
    account_id: int,
    path: str = "script.js",
    by: int = 0,
) -> bool:
    """Tell whether users of an account may read a file, or just this one of them."""
    async with people.db.read() as reader:
        row = await widgets.locate(reader, code, number, path, at=account_id, by=by)
        return row is not None and await widgets.may_read(reader, row, account_id, by)


async def stored(people: People, actor: Actor, client_id: str, number: int) -> bool:
    async with people.db.read() as reader:
        return await widgets.described(reader, actor.account_id, client_id, number) is not None


async def sweep(people: People, now: int) -> int:
    return await widgets.sweep(people.db, now)
