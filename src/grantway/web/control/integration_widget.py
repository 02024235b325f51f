"""Tab *Widget* of an integration: uploading an archive, and what the last one is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.db import Reader
from grantway.integrations.errors import TechnicalAccountNeeded, WrongState
from grantway.moderation import archives, drafts
from grantway.moderation.states import Act, may
from grantway.web.control.desk import Desk, get, post
from grantway.web.control.integration_window import WINDOW, Window, open_window, window_frame
from grantway.web.control.widget_words import faults_by_file, places, size
from grantway.web.forms import Form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.uploads import read_upload
from grantway.web.visits import Visit
from grantway.widgets import service as widgets
from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import LIMITS, ArchiveFault
from grantway.widgets.archives.reading import read_archive
from grantway.widgets.errors import TooMuchStored
from grantway.widgets.model import StoredArchive, Upload

_ROOM = 64 * 1024
_NOTHING_CHOSEN = "Choose the zip file of the widget."


@dataclass(frozen=True, slots=True)
class WidgetTab:
    """Show what was uploaded for an integration, and take another archive."""

    desk: Desk
    # An archive takes processor time, and up to a hundred megabytes of memory until it is stored.
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    def routes(self) -> list[Route]:
        return [get(f"{WINDOW}/widget", self.show), post(f"{WINDOW}/widget", self.upload)]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def upload(self, request: Request) -> Response:
        """Check an archive and store it as a whole, or store nothing and say what is wrong."""
        # So much is neither read nor checked for whoever may not store it.
        async with self.desk.look(request) as (reader, visit):
            window = await self._open(reader, request, visit)
            if why_not := await _why_not(reader, window):
                return await self._page(request, problem=why_not)
        sent = await read_upload(
            request, files=("widget",), most_files=1, most=LIMITS.packed + _ROOM
        )
        self.desk.visits.check(request, sent.form, visit, self.desk.origin)
        files = sent.files("widget")
        if not files:
            return await self._page(request, problem=_NOTHING_CHOSEN)
        try:
            async with self.at_once:
                made = await self._stored(request, sent.form, files[0])
        except ArchiveRefused as error:
            return await self._page(request, faults=error.faults)
        except (TooMuchStored, WrongState, TechnicalAccountNeeded) as error:
            return await self._page(request, problem=error.detail)
        done = "uploaded" if made.is_new else "again"
        return go_to(request, f"{window.href}/widget?done={done}")

    async def _stored(self, request: Request, form: Form, raw: bytes) -> Upload:
        archive = await asyncio.to_thread(read_archive, raw)
        async with self.desk.act(request, form) as (tx, visit):
            window = await self._open(tx, request, visit)
            return await archives.upload(
                tx,
                window.place.actor,
                window.integration.client_id,
                archive,
                self.desk.services.now(),
                rules=self.desk.services.hooks.rules,
            )

    async def _open(self, reader: Reader, request: Request, visit: Visit) -> Window:
        window = await open_window(self.desk, reader, request, visit)
        if window.integration.is_external:
            raise PageNotFound
        return window

    async def _page(
        self, request: Request, *, problem: str = "", faults: Sequence[ArchiveFault] = ()
    ) -> Response:
        async with self.desk.look(request) as (reader, visit):
            window = await self._open(reader, request, visit)
            frame = await window_frame(self.desk, reader, visit, window, "widget")
            actor, client_id = window.place.actor, window.integration.client_id
            found = await archives.newest(reader, actor, client_id)
            context = frame | {
                "archive": None if found is None else await _shown(reader, window, found),
                "code": await widgets.code_of(reader, actor.account_id, client_id),
                "why_not": await _why_not(reader, window),
                "faults": faults_by_file(faults),
                "fault_count": len(faults),
                "limits": {
                    "packed": size_in_mib(LIMITS.packed),
                    "unpacked": size_in_mib(LIMITS.unpacked),
                    "file": size_in_mib(LIMITS.file),
                    "files": LIMITS.files,
                },
                "errors": {"widget": problem} if problem else {},
                "done": "" if problem or faults else request.query_params.get("done", ""),
            }
        status = 422 if problem or faults else 200
        return self.desk.page("control/integration_widget.html", context, status)


def size_in_mib(count: int) -> str:
    """Return a limit in the unit in which it is round.

    >>> size_in_mib(20 * 1024 * 1024)
    '20 MiB'
    """
    return f"{count // (1024 * 1024)} MiB"


async def _why_not(reader: Reader, window: Window) -> str:
    """Say why nothing can be uploaded now; empty when it can."""
    integration = window.integration
    if integration.is_disabled:
        return "The operator stopped this integration; nothing can be changed."
    if integration.is_private:
        return ""
    version = await drafts.newest(reader, window.place.actor, integration.client_id)
    if may(version.state, Act.SAVE):
        return ""
    return f"Version {version.number} stays as it is. Begin another version under Review."


async def _shown(reader: Reader, window: Window, archive: StoredArchive) -> dict[str, Any]:
    """Return what the page tells of an upload."""
    manifest, integration = archive.manifest, window.integration
    names = await accounts.names(reader, [archive.uploaded_by])
    return {
        "version": manifest.version,
        "number": archive.number,
        "count": archive.files,
        "size": size(archive.bytes),
        "uploaded_at": archive.uploaded_at,
        "uploaded_by": names.get(archive.uploaded_by, "the operator"),
        "is_in_force": integration.archive_number == archive.number,
        "is_published": archive.published_at is not None,
        "places": places(manifest.locations),
        "fields": [{"code": one.code, "type": one.type} for one in manifest.settings],
        "languages": list(manifest.locale),
        "warnings": faults_by_file(archive.warnings),
        "files": [
            {"path": one.path, "size": size(one.bytes)}
            for one in await widgets.files_of(reader, archive)
        ],
    }
