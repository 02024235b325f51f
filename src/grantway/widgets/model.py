"""A widget, its uploads and its files, as they are stored."""

from __future__ import annotations

import secrets
import string

import msgspec

from grantway.widgets.archives.manifests import stored_manifest
from grantway.widgets.archives.model import ArchiveFault, Manifest

_CODE_LENGTH = 16
_LETTERS = string.ascii_lowercase
_SIGNS = _LETTERS + string.digits


class Widget(msgspec.Struct, frozen=True):
    """The widget of an integration, by the archive that is in force where it was asked for.

    *account_id* is the account that made it.
    """

    account_id: int
    client_id: str
    id: int
    code: str
    number: int
    manifest: Manifest
    content_hash: str


class StoredArchive(msgspec.Struct, frozen=True):
    """An upload without its files. *manifest_json* and *warnings_json* are read by properties.

    *published_at* is when it was first put before the public.
    """

    account_id: int
    client_id: str
    number: int
    content_hash: str
    manifest_json: str
    warnings_json: str
    files: int
    bytes: int
    uploaded_at: int
    uploaded_by: int
    published_at: int | None

    @property
    def manifest(self) -> Manifest:
        return stored_manifest(self.manifest_json)

    @property
    def warnings(self) -> list[ArchiveFault]:
        return msgspec.json.decode(self.warnings_json, type=list[ArchiveFault])


class StoredFile(msgspec.Struct, frozen=True):
    """A file of an upload, without its content: *hash* names that."""

    path: str
    hash: str
    bytes: int


class WidgetFile(msgspec.Struct, frozen=True):
    """A file as it is served. *is_open*: everybody may read it, as the archive was published."""

    account_id: int
    client_id: str
    number: int
    path: str
    hash: str
    is_open: bool
    content: bytes


class Upload(msgspec.Struct, frozen=True):
    """What an upload became. *is_new*: these files were not uploaded before.

    *warnings* concern what was uploaded and keep nobody from using it.
    """

    code: str
    number: int
    is_new: bool
    content_hash: str
    manifest: Manifest
    warnings: tuple[ArchiveFault, ...]


class FileChanges(msgspec.Struct, frozen=True):
    """How the files of one archive differ from those of another, each in their order."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def new_code() -> str:
    """Make the code of a widget: nobody guesses it, and it may stand in an address or a selector.

    >>> len(new_code()), new_code()[0].isalpha(), new_code() == new_code()
    (16, True, False)
    """
    rest = "".join(secrets.choice(_SIGNS) for _ in range(_CODE_LENGTH - 1))
    return secrets.choice(_LETTERS) + rest
