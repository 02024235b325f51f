"""Forms with files (RFC 7578): read within bounds, before anything of them is believed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from grantway.asgi.requests import read_body
from grantway.kernel.errors import Invalid
from grantway.kernel.shapes import is_storable
from grantway.web.forms import MAX_FIELDS, MAX_FORM, Form


class Upload:
    """The fields of a form, and its files by the name of their field."""

    def __init__(self, form: Form, files: dict[str, list[bytes]]) -> None:
        self.form = form
        self._files = files

    def files(self, name: str) -> list[bytes]:
        """Return the files of a field; one where nothing was chosen has none."""
        return self._files.get(name, [])


async def read_upload(
    request: Request,
    *,
    files: Collection[str],
    most_files: int,
    most: int,
    several: Collection[str] = (),
) -> Upload:
    """Return the form in the body, of at most *most* bytes; raise Invalid or TooLarge.

    Only the fields named in *files* may be files, and only those named in
    *several* may come more than once.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise Invalid("Send the form as multipart/form-data")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Invalid("Send the form without content-encoding")
    body = await read_body(request.receive, request.scope, most)
    parser = MultiPartParser(
        request.headers,
        _whole(body),
        max_files=most_files,
        max_fields=MAX_FIELDS,
        max_part_size=MAX_FORM,
    )
    try:
        parsed = await parser.parse()
    except (MultiPartException, KeyError, ValueError, UnicodeError) as error:
        raise Invalid("The form cannot be read", why=str(error)) from error
    texts: dict[str, list[str]] = {}
    contents: dict[str, list[bytes]] = {}
    try:
        for name, value in parsed.multi_items():
            if isinstance(value, UploadFile):
                if name not in files:
                    raise Invalid("The form carries a file where none belongs")
                content = await value.read()
                if content or value.filename:
                    contents.setdefault(name, []).append(content)
            elif is_storable(value):
                texts.setdefault(name, []).append(value)
            else:
                raise Invalid("The form contains characters that cannot be stored")
    finally:
        await parsed.close()
    if any(len(values) > 1 for name, values in texts.items() if name not in several):
        raise Invalid("The form names a field twice")
    return Upload(Form(texts), contents)


async def _whole(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
