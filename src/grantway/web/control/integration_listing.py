"""Tab *Listing* of a public integration: links, support and pictures, by language."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.db import Reader
from grantway.integrations.errors import SettingsRefused
from grantway.integrations.model import LANGUAGES
from grantway.kernel.addresses import PUBLIC
from grantway.moderation import drafts, forms
from grantway.moderation.drafts import MAX_SLIDES
from grantway.moderation.model import Presentation, Version
from grantway.pictures import service as pictures
from grantway.pictures.errors import PictureRefused, TooManyPictures
from grantway.pictures.model import KINDS, Picture
from grantway.pictures.reading import read
from grantway.web.control.desk import Desk, get, post
from grantway.web.control.integration_checks import asked, checked
from grantway.web.control.integration_window import WINDOW, Window, open_window, window_frame
from grantway.web.forms import Form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.uploads import Upload, read_upload
from grantway.web.visits import Visit
from grantway.web.wording import sentence

_LINKS = ("privacy_uri", "support_uri", "support_email")
_FILES = {"icon": "icon", "logo": "logo", "gallery": "slide"}
_ROOM = 256 * 1024
_MAX_UPLOAD = (2 + MAX_SLIDES) * KINDS["slide"].most_bytes + _ROOM


class _Refused(Exception):
    """Some of the files cannot become pictures."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ListingTab:
    """Show and change what a draft shows beside its texts."""

    desk: Desk
    # Drawing takes processor time and memory.
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    def routes(self) -> list[Route]:
        return [get(f"{WINDOW}/listing", self.show), post(f"{WINDOW}/listing", self.save)]

    async def show(self, request: Request) -> Response:
        return await self._page(request, request.query_params.get("language", ""))

    async def save(self, request: Request) -> Response:
        """Store links, and pictures that were uploaded, taken away, or stay."""
        # So much is neither read nor drawn for whoever may not store it.
        async with self.desk.look(request) as (reader, visit):
            await self._open(reader, request, visit)
        upload = await read_upload(
            request,
            files=_FILES,
            most_files=2 + MAX_SLIDES,
            most=_MAX_UPLOAD,
            several=("keep",),
        )
        form = upload.form
        self.desk.visits.check(request, form, visit, self.desk.origin)
        language = form.text("language")
        try:
            drawn = await self._drawn(upload)
            async with self.desk.act(request, form) as (tx, visit):
                window = await self._open(tx, request, visit)
                actor, client_id = window.place.actor, window.integration.client_id
                now = self.desk.services.now()
                hashes = {
                    name: [await pictures.add(tx, actor, one, now) for one in found]
                    for name, found in drawn.items()
                }
                present = _presented(await drafts.newest(tx, actor, client_id), language)
                changes = {name: form.text(name).strip() for name in _LINKS}
                for name in ("icon", "logo"):
                    kept = getattr(present, name) if form.text(f"keep_{name}") == "yes" else ""
                    changes[name] = hashes[name][-1] if hashes[name] else kept
                asked = form.all("keep")
                slides = [one for one in present.gallery if one in asked] + hashes["gallery"]
                await forms.write_listing(
                    tx,
                    actor,
                    client_id,
                    language,
                    now,
                    rules=self.desk.services.hooks.rules,
                    **changes,
                    gallery=tuple(slides),
                )
        except (_Refused, SettingsRefused) as error:
            return await self._page(request, language, form, _by_field(error.problems))
        except TooManyPictures as error:
            return await self._page(request, language, form, {"gallery": error.detail})
        return go_to(request, f"{window.href}/listing?language={language}&saved")

    async def _drawn(self, upload: Upload) -> dict[str, list[Picture]]:
        """Draw the uploaded files anew, on a thread; raise _Refused naming the fields."""
        drawn: dict[str, list[Picture]] = {}
        problems: dict[str, str] = {}
        for name, kind in _FILES.items():
            drawn[name] = []
            for raw in upload.files(name):
                try:
                    async with self.at_once:
                        drawn[name].append(await asyncio.to_thread(read, raw, kind))
                except PictureRefused as error:
                    problems[name] = f"expected {error.expected}, and {error.came} came"
        if problems:
            raise _Refused(problems)
        return drawn

    async def _open(self, reader: Reader, request: Request, visit: Visit) -> Window:
        window = await open_window(self.desk, reader, request, visit)
        if window.integration.is_private:
            raise PageNotFound
        return window

    async def _page(
        self,
        request: Request,
        wanted: str,
        form: Form | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> Response:
        async with self.desk.look(request) as (reader, visit):
            window = await self._open(reader, request, visit)
            frame = await window_frame(self.desk, reader, visit, window, "listing")
            version = await drafts.newest(reader, window.place.actor, window.integration.client_id)
            question = await asked(self.desk, reader, version)
        frame |= await checked(self.desk, question, "listing")
        content = version.content
        spoken = {one.language: one for one in content.presentations}
        language = wanted if wanted in spoken else content.language
        one = spoken[language]
        values = {field: form.text(field) if form else getattr(one, field) for field in _LINKS}
        public = self.desk.services.addresses.origin(PUBLIC)
        context = frame | {
            "language": {"code": language, "label": LANGUAGES[language]},
            "languages": [
                {
                    "code": code,
                    "label": LANGUAGES[code],
                    "href": f"{window.href}/listing?language={code}",
                    "is_current": code == language,
                }
                for code in spoken
            ],
            "can_edit": version.state == "draft" and not window.integration.is_disabled,
            "values": values,
            "shown": {
                "icon": _shown(public, one.icon),
                "logo": _shown(public, one.logo),
                "gallery": [_shown(public, name) for name in one.gallery],
            },
            "kinds": {
                field: {"width": KINDS[kind].width, "height": KINDS[kind].height}
                for field, kind in _FILES.items()
            },
            "most_slides": MAX_SLIDES,
            "errors": {field: sentence(text) for field, text in (problems or {}).items()},
            "saved": "saved" in request.query_params and not problems,
        }
        return self.desk.page("control/integration_listing.html", context, 422 if problems else 200)


def _presented(version: Version, language: str) -> Presentation:
    for one in version.content.presentations:
        if one.language == language:
            return one
    return Presentation(language=language, name="")


def _shown(public: str, name: str) -> dict[str, str] | None:
    return {"name": name, "src": f"{public}/pictures/{name}.png"} if name else None


def _by_field(problems: Mapping[str, str]) -> dict[str, str]:
    """Return problems by the fields of this form, which is about one language."""
    return {field.partition(".")[0]: text for field, text in problems.items()}
