"""Pictures of public integrations, for every page that shows a listing (S-155)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.db import Database
from grantway.pictures import service as pictures
from grantway.pictures.model import STORED_AS
from grantway.web.asset_files import FOR_EVER

_HASH = re.compile(r"[0-9a-f]{64}")
_HEADERS = {
    "content-type": STORED_AS,
    # Its name is a digest of its content.
    "cache-control": FOR_EVER,
    # Opened by itself it is a page of this origin: one that can do nothing (S-137).
    "content-security-policy": "default-src 'none'; sandbox",
    # Pages of other origins of ours show it, and of others who link to a listing.
    "cross-origin-resource-policy": "cross-origin",
}


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """Answer `GET /pictures/{hash}.png` on the public host."""

    db: Database

    def routes(self) -> list[Route]:
        return [Route("/pictures/{hash}.png", self.send, methods=["GET"])]

    async def send(self, request: Request) -> Response:
        picture_hash: str = request.path_params["hash"]
        content = None
        if _HASH.fullmatch(picture_hash):
            async with self.db.read() as reader:
                content = await pictures.find(reader, picture_hash)
        if content is None:
            raise HTTPException(404)
        return Response(content, headers=_HEADERS)
