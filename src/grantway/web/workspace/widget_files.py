"""Files of widgets, as the workspace's pages load them (S-137, S-138).

Both documented paths name a widget by its code (contract:
widgets-and-marketplace.md 2.10). Files of what was published are there for
everybody; all others for the users of the accounts in which they work, asked by
pages of that account's own workspace.
"""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.db import Reader
from grantway.kernel.shapes import is_storable
from grantway.web.asset_files import FOR_EVER, is_known
from grantway.web.workspace.hall import Hall, account_of
from grantway.widgets import service as widgets
from grantway.widgets.kinds import DRAWING, SCRIPT, STYLE, served_as
from grantway.widgets.service import FileRow

_CODE = re.compile(r"[a-z][a-z0-9]{0,63}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
# What other sites ask for brings nobody's cookie along, and need not be told what is there.
_OWN_PAGES = frozenset({"", "same-origin", "none"})
_NO_LOADER = (
    "No back end of a widget runs on this platform. Call your own server instead, with "
    "crm_post or $authorizedAjax.\n"
)
# Opened by themselves, files are pages that can do nothing.
_LOCKED = "default-src 'none'; sandbox"
_LOCKED_DRAWING = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class WidgetFiles:
    """Answer `GET /upl/{code}/{number}/widget/{path}` and `GET /widgets/{code}/{path}`.

    What widgets of old ask of a back end on the platform's side, at
    `/widgets/{subdomain}/loader/{code}/{path}`, is gone (contract 3.13).
    """

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def routes(self) -> list[Route]:
        return [
            Route("/upl/{code}/{number}/widget/{path:path}", self.send, methods=["GET"]),
            Route("/widgets/{subdomain}/loader/{path:path}", self.call_loader, methods=["POST"]),
            Route("/widgets/{code}/{path:path}", self.send, methods=["GET"]),
        ]

    async def call_loader(self, _request: Request) -> Response:
        """Say that nothing of a widget runs here."""
        return _gone()

    async def send(self, request: Request) -> Response:
        """Answer with a file, for ever where the address names the upload and a version."""
        try:
            return await self._file(request)
        except HTTPException:
            # A widget may have a folder of this name as well.
            is_loader = request.path_params["path"].startswith("loader/")
            if is_loader and "number" not in request.path_params:
                return _gone()
            raise

    async def _file(self, request: Request) -> Response:
        code, path = request.path_params["code"], request.path_params["path"]
        number = request.path_params.get("number")
        is_sound = _CODE.fullmatch(code) and (number is None or _NUMBER.fullmatch(number))
        # A service worker would stay in browsers after its widget is gone.
        if not is_sound or not is_storable(path) or "service-worker" in request.headers:
            raise HTTPException(404)
        at = account_of(request).id
        async with self._hall.services.db.read() as reader:
            row = await widgets.locate(reader, code, number and int(number), path, at=at)
            if row is None or not await self._may_read(reader, request, row):
                raise HTTPException(404)
            headers = _headers(row, is_exact=bool(number and request.query_params.get("version")))
            if is_known(request, headers["etag"]):
                return Response(status_code=304, headers=headers)
            content = await widgets.content_of(reader, row)
            if content is None:
                raise HTTPException(404)
        return Response(content, headers=headers | _kind(path, content))

    async def _may_read(self, reader: Reader, request: Request, row: FileRow) -> bool:
        """Tell whether the file is everybody's, or this is a page of somebody who may have it."""
        if widgets.is_open(row):
            return True
        if request.headers.get("sec-fetch-site", "") not in _OWN_PAGES:
            return False
        account = account_of(request)
        visit = await self._hall.visits.find(reader, request, account_id=account.id)
        if visit is None:
            return False
        actor = await accounts.actor_for(reader, account.id, visit.user.id, visit.source)
        return actor is not None and await widgets.may_read(reader, row, account.id, visit.user.id)


def _gone() -> Response:
    return Response(_NO_LOADER, 410, media_type="text/plain")


def _headers(row: FileRow, *, is_exact: bool) -> dict[str, str]:
    """Return what is said of a file whether it is sent or not."""
    whose = "public" if widgets.is_open(row) else "private"
    headers = {
        "etag": f'"{row.hash}"',
        # Without a number, an update changes what is at the address.
        "cache-control": FOR_EVER.replace("public", whose) if is_exact else f"{whose}, no-cache",
    }
    if whose == "public":
        # A frame without an origin runs what is not installed (S-141), and loads it from here.
        cross = {"cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": "*"}
        return headers | cross
    return headers | {"cross-origin-resource-policy": "same-origin", "vary": "cookie"}


def _kind(path: str, content: bytes) -> dict[str, str]:
    kind = served_as(path, content)
    headers = {"content-type": kind, "x-content-type-options": "nosniff"}
    if kind in {SCRIPT, STYLE}:
        return headers
    policy = _LOCKED_DRAWING if kind == DRAWING else _LOCKED
    return headers | {"content-security-policy": policy}
