"""A private widget of acme, and a published one of the same account that is technical by then."""

from grantway.accounts.actor import Actor
from grantway.integrations import public, record
from grantway.integrations import service as integrations
from grantway.moderation import archives
from grantway.widgets import service as widgets
from grantway.widgets.archives.reading import read_archive
from grantway.widgets.model import Upload
from tests.integration.web_client import Web
from tests.widget_archives import manifest_widget, png, widget_zip

PAGE = b"<!doctype html><script>document.title = 'mine'</script>"
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>"
STRAYS: dict[str, bytes | None] = {
    "templates/card.twig": b"<p>{{ depot }}</p>",
    "templates/page.html": PAGE,
    "images/mark.svg": DRAWING,
    "images/tour.png": png(4, 4),
    "images/false.png": PAGE,
    "fonts/mark.woff2": b"wOF2",
    "old/widget.zip": b"PK",
    "README": b"Parcels",
    "images/svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='parent.x()'/>",
    "pages/html": PAGE,
}


def packed(version: str = "1.0.0", **files: bytes) -> bytes:
    changes = {"manifest.json": manifest_widget(version=version), **STRAYS}
    return widget_zip(changes | {f"{name}.js": content for name, content in files.items()})


async def upload(web: Web, client_id: str, raw: bytes | None = None) -> Upload:
    archive = read_archive(raw or packed())
    async with web.api.db.write() as tx:
        return await archives.upload(tx, web.api.acme.actor, client_id, archive, web.clock())


async def make_private(web: Web) -> str:
    async with web.api.db.write() as tx:
        return (await integrations.create_private(tx, web.api.acme.actor, web.clock())).client_id


async def make_draft(web: Web) -> str:
    """Return a draft of acme, which is technical from now on."""
    async with web.api.db.write() as tx:
        await tx.change("update accounts set is_technical = true where subdomain = 'acme'")
        named = public.PublicSettings(name="Parcel tracker via Dana")
        made = await public.create_public(tx, web.api.acme.actor, named, web.clock())
    return made.client_id


async def make_published(web: Web) -> tuple[str, Upload]:
    """Return an integration that is before the public with its widget."""
    client_id = await make_draft(web)
    made = await upload(web, client_id)
    actor: Actor = web.api.acme.actor
    async with web.api.db.write() as tx:
        integration = await integrations.get_own(tx, actor, client_id)
        await widgets.put_in_force(tx, integration, made.content_hash, web.clock(), is_public=True)
        await record.move(tx, integration, before=("draft",), after="published", now=web.clock())
    return client_id, made
