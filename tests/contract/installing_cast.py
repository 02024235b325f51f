"""Widgets with no more in them than installing needs, and without a zip to read."""

import hashlib
import json
from typing import Any

import msgspec

from grantway.accounts.actor import Actor
from grantway.db import Transaction
from grantway.integrations import service as integrations
from grantway.kernel.credentials import digest
from grantway.widgets import service as widgets
from grantway.widgets.archives.manifests import stored_manifest
from grantway.widgets.archives.model import Archive
from grantway.widgets.archives.reading import LOGOS
from tests.widget_archives import png

NOW = 1_800_000_000
TEXTS = {
    "widget": {"name": "Parcel tracker"},
    "settings": {
        "depot": "Depot",
        "about": "<b>#SUBDOMAIN#</b><script>x()</script> of #HOST#: #ACCOUNT_ID#, #USER_ID#, "
        "#LOGIN#, #TOP_LEVEL_DOMAIN#, #API_HASH#, #OTHER#",
    },
}
# It does nothing, and runs wherever browsers load it.
SCRIPT = b"""
define([], () => function () {
  this.callbacks = { render: () => true, init: () => true, bind_actions: () => true };
});
"""
DEPOT = {"name": "settings.depot", "type": "text", "required": True}


def manifest(
    settings: dict[str, Any] | None = None, *, version: str = "1.0.0", **widget: Any
) -> dict[str, Any]:
    """Return what `manifest.json` of a small widget says."""
    about = {
        "name": "widget.name",
        "description": "widget.name",
        "short_description": "widget.name",
        "version": version,
        "interface_version": 2,
        "init_once": False,
        "locale": ["en"],
        "installation": True,
    }
    return {
        "widget": about | widget,
        "locations": ["lcard-1", "settings-0"],
        "settings": settings or {},
    }


async def give_widget(
    tx: Transaction, owner: Actor, client_id: str, raw: dict[str, Any], **more: bytes
) -> str:
    """Put an archive with this manifest in force; return the widget's code.

    *more* are scripts and pages by name, as `script` and `page_html`.
    """
    files = {
        "manifest.json": msgspec.json.encode(raw),
        "script.js": SCRIPT,
        "i18n/en.json": msgspec.json.encode(TEXTS),
    } | {f"images/{name}.png": png(1, 1) for name in LOGOS}
    files |= {
        name.replace("_", ".") if "_" in name else f"{name}.js": one for name, one in more.items()
    }
    archive = Archive(
        files=files,
        manifest=stored_manifest(json.dumps(raw)),
        texts={"en": TEXTS},
        hash=digest(str(files)),
        digests={path: hashlib.sha256(one).hexdigest() for path, one in files.items()},
    )
    made = await widgets.upload(tx, owner, client_id, archive, NOW)
    integration = await integrations.get_own(tx, owner, client_id)
    if not integration.is_private:
        await widgets.put_in_force(tx, integration, archive.hash, NOW, is_public=True)
    return made.code
