"""The files of a version's widget, for moderators to read (widgets-and-marketplace.md 6.8).

They are shown as text inside a page of ours: nothing of an integrator's runs or
is drawn on this origin (S-140). What could fool whoever reads, such as characters
that turn text around, is written out.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.moderation import archives
from grantway.moderation.archives import LookedInto
from grantway.moderation.errors import OwnIntegration
from grantway.web.control.desk import Desk, get, number, storable
from grantway.web.control.moderation import MODERATION, moderator_of, own_page
from grantway.web.control.widget_words import faults_by_file, places, size
from grantway.web.refusals import PageNotFound
from grantway.widgets.archives.pictures import look

_FILES = f"{MODERATION}/{{client_id}}/{{number}}/files"
_MOST_LINES = 5_000
_MOST_BYTES = 512 * 1024
# A line of a packed bundle would make the page as wide as it is long.
_MOST_IN_LINE = 2_000
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class ModerationFiles:
    """List the files of a version, and show one."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(_FILES, self.show), get(f"{_FILES}/{{path:path}}", self.show_one)]

    async def show(self, request: Request) -> Response:
        client_id, at = _subject(request)
        try:
            async with self.desk.look(request) as (reader, visit):
                moderator = await moderator_of(reader, visit)
                found = await archives.look_inside(reader, moderator, client_id, at)
                context = await self.desk.frame(reader, visit, section="moderation")
        except OwnIntegration:
            return await own_page(self.desk, request)
        if found is None:
            raise PageNotFound
        context |= _shown(found)
        return self.desk.page("control/moderation_files.html", context)

    async def show_one(self, request: Request) -> Response:
        client_id, at = _subject(request)
        path = storable(request.path_params["path"])
        try:
            async with self.desk.look(request) as (reader, visit):
                moderator = await moderator_of(reader, visit)
                found = await archives.read_file(reader, moderator, client_id, at, path)
                context = await self.desk.frame(reader, visit, section="moderation")
        except OwnIntegration:
            return await own_page(self.desk, request)
        if found is None:
            raise PageNotFound
        integration, _, content = found
        context |= {
            "name": integration.name,
            "number": at,
            "back_href": f"{MODERATION}/{client_id}/{at}/files",
            "path": path,
            "size": size(len(content)),
            **_read(content),
        }
        return self.desk.page("control/moderation_file.html", context)


def _subject(request: Request) -> tuple[str, int]:
    return storable(request.path_params["client_id"]), number(request.path_params["number"])


def _shown(found: LookedInto) -> dict[str, Any]:
    href = f"{MODERATION}/{found.integration.client_id}/{found.version.number}"
    changed = found.changed.files if found.changed else None
    added = set(changed.added) if changed else set()
    other = set(changed.changed) if changed else set()
    manifest = found.archive.manifest
    return {
        "name": found.integration.name,
        "number": found.version.number,
        "back_href": href,
        "before": found.before and found.before.number,
        "version": manifest.version,
        "places": places(manifest.locations),
        "count": found.archive.files,
        "size": size(found.archive.bytes),
        "warnings": faults_by_file(found.archive.warnings),
        "files": [
            {
                "path": one.path,
                "href": f"{href}/files/{quote(one.path)}",
                "size": size(one.bytes),
                "mark": "new" if one.path in added else "changed" if one.path in other else "",
            }
            for one in found.files
        ],
        "removed": list(changed.removed) if changed else [],
    }


def _read(content: bytes) -> dict[str, Any]:
    """Return the lines of a text, or what else a file is."""
    try:
        # First: a script may begin like a picture.
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        looked = look(content)
        kind = f"{looked.format}, {looked.width}x{looked.height} pixels" if looked else "Not a text"
        return {"lines": [], "is_cut": False, "kind": kind}
    lines = text[:_MOST_BYTES].split("\n")
    is_long = any(len(line) > _MOST_IN_LINE for line in lines[:_MOST_LINES])
    return {
        "lines": [written_out(line[:_MOST_IN_LINE]) for line in lines[:_MOST_LINES]],
        "is_cut": len(text) > _MOST_BYTES or len(lines) > _MOST_LINES or is_long,
        "kind": "",
    }


def written_out(line: str) -> str:
    r"""Return a line with a name in place of what nobody sees, or what turns text around.

    >>> written_out("a\N{RIGHT-TO-LEFT OVERRIDE}b\tc\r")
    'a⟨U+202E⟩b\tc'
    """
    return "".join(
        f"⟨U+{ord(one):04X}⟩" if one != "\t" and unicodedata.category(one) in _HIDDEN else one
        for one in line.removesuffix("\r")
    )
