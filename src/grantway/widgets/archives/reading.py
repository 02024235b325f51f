"""Reads an archive that anybody may have written: safe first, then fit to be loaded.

Contract: widgets-and-marketplace.md 2.8, levels L0 and L1; rules S-127 to S-136.
Memory is bounded by what the limits let out of the archive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from grantway.widgets.archives.directory import list_entries, unpack
from grantway.widgets.archives.documents import read_document
from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.manifests import (
    MANIFEST,
    SCRIPT,
    WITHOUT_SCRIPT,
    read_manifest,
)
from grantway.widgets.archives.metadata import bare
from grantway.widgets.archives.model import LIMITS, Archive, ArchiveFault, Limits, Manifest
from grantway.widgets.archives.names import is_dropped, shown
from grantway.widgets.archives.pictures import ENDINGS, is_active_svg, look

# Below this a file may be as dense as it likes: a page of one letter harms nobody.
_DENSE = 1024 * 1024
_MOST_TEXTS = 512 * 1024
_MOST_TEXTS_TOGETHER = 1024 * 1024
_MOST_LOGO = 300_000
# Searching drawings for scripts holds up other threads for a tenth of a second a MiB.
_MOST_DRAWING = 512 * 1024
_MOST_DRAWINGS = 4 * 1024 * 1024
# What a page needs at most; beyond it a small file makes a browser use much memory.
MOST_PIXELS = 25_000_000
_PICTURES = ENDINGS | {"svg"}

LOGOS: Mapping[str, tuple[int, int]] = {
    "logo": (130, 100),
    "logo_main": (400, 272),
    "logo_medium": (240, 84),
    "logo_min": (84, 84),
    "logo_small": (108, 108),
}
"""What every widget has in `images/`, with width and height in pixels (contract: 2.7)."""
PIPELINE_LOGO = ("logo_dp", (174, 109))
_SINCE_2018 = frozenset({"logo_main", "logo_small"})
LOGO_ENDINGS = ("png", "jpg", "jpeg", "gif")


def read_archive(raw: bytes, limits: Limits = LIMITS) -> Archive:
    """Return what the zip file *raw* holds; raise ArchiveRefused with all that is wrong.

    What systems leave behind (`__MACOSX`, files that begin with a dot) and
    entries of folders are checked like the rest, and then dropped. Pictures
    are kept without their metadata.
    """
    archive, faults = archive_of(_unpacked(raw, limits))
    if faults:
        raise ArchiveRefused(faults)
    return archive


def archive_of(files: Mapping[str, bytes]) -> tuple[Archive, list[ArchiveFault]]:
    """Return these files as an archive, and what stands against loading it."""
    if MANIFEST not in files:
        empty = Archive(files=files, manifest=Manifest(raw={}), texts={}, hash="")
        return empty, [_without_manifest(files)]
    manifest, faults, warnings = read_manifest(files[MANIFEST])
    texts, wrong = _texts(files, manifest)
    faults += wrong
    if not manifest.areas <= WITHOUT_SCRIPT and SCRIPT not in files:
        faults.append(ArchiveFault("SCRIPT_MISSING", SCRIPT, "script.js expected beside manifest"))
    wanted = dict(LOGOS)
    is_old = not any(_logo_path(files, name) for name in _SINCE_2018)
    if "digital_pipeline" in manifest.areas:
        wanted |= [PIPELINE_LOGO]
    for name, size in wanted.items():
        refused, noticed = _logo(files, name, size)
        # Archives of before these two came have two or three logos, and go on working.
        is_lenient = is_old and name in LOGOS and name != "logo"
        faults += [] if is_lenient else refused
        warnings += [*refused, *noticed] if is_lenient else noticed
    drawings = {path: files[path] for path in files if path.lower().endswith(".svg")}
    too_much = sum(map(len, drawings.values())) > _MOST_DRAWINGS
    if too_much:
        what = f"at most {_MOST_DRAWINGS:,} bytes of SVG together expected"
        faults.append(ArchiveFault("PICTURE_SIZE", "", what))
    for path, content in files.items():
        refused, noticed = ([], []) if too_much and path in drawings else _picture(path, content)
        faults += refused
        warnings += noticed
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    archive = Archive(
        files=files,
        manifest=manifest,
        texts=texts,
        hash=hash_of(digests),
        digests=digests,
        warnings=tuple(warnings),
    )
    return archive, faults


def hash_of(digests: Mapping[str, str]) -> str:
    """Return the name of files whose contents have these names: 64 hex characters of SHA-256."""
    whole = hashlib.sha256()
    for path in sorted(digests):
        whole.update(path.encode() + b"\0" + bytes.fromhex(digests[path]))
    return whole.hexdigest()


def _unpacked(raw: bytes, limits: Limits) -> dict[str, bytes]:
    """Return the files that are kept, by path; count what comes out and not what is claimed."""
    if len(raw) > limits.packed:
        detail = f"at most {limits.packed:,} bytes expected, got {len(raw):,}"
        raise ArchiveRefused([ArchiveFault("TOO_LARGE", "", detail)])
    kept: dict[str, bytes] = {}
    left = limits.unpacked
    view = memoryview(raw)
    for entry in list_entries(raw, limits):
        dense = max(_DENSE, entry.packed * limits.ratio)
        content = unpack(view, entry, min(left, limits.file, dense))
        if content is None:
            raise ArchiveRefused([_too_much(entry.name, left, dense, limits)])
        left -= len(content)
        if not entry.is_folder and not is_dropped(entry.name):
            is_picture = _ending(entry.name) in _PICTURES
            kept[entry.name] = bare(content) if is_picture else content
    return kept


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _too_much(name: str, left: int, dense: int, limits: Limits) -> ArchiveFault:
    if dense <= min(left, limits.file):
        detail = f"it unpacks to more than {limits.ratio} times its packed size"
        return ArchiveFault("TOO_DENSE", shown(name), detail)
    if left <= limits.file:
        detail = f"the archive unpacks to more than {limits.unpacked:,} bytes"
        return ArchiveFault("TOO_LARGE", "", detail)
    detail = f"at most {limits.file:,} bytes expected, got more"
    return ArchiveFault("FILE_TOO_LARGE", shown(name), detail)


def _without_manifest(files: Mapping[str, bytes]) -> ArchiveFault:
    inside = next((path for path in sorted(files) if path.endswith(f"/{MANIFEST}")), "")
    detail = "manifest.json expected at the root of the archive"
    if inside:
        folder = inside.removesuffix(MANIFEST)
        detail = (
            f"{detail}, and it is in {shown(folder)}: pack what is in that folder, not the folder"
        )
    return ArchiveFault("MANIFEST_MISSING", shown(inside) or MANIFEST, detail)


def _texts(
    files: Mapping[str, bytes], manifest: Manifest
) -> tuple[dict[str, Mapping[str, Any]], list[ArchiveFault]]:
    """Return the texts of each language of the manifest, and what is wrong with them."""
    found: dict[str, Mapping[str, Any]] = {}
    faults = []
    left = _MOST_TEXTS_TOGETHER
    for language in manifest.locale:
        path = f"i18n/{language}.json"
        raw = files.get(path)
        if raw is None:
            what = f"the texts of {language} expected, as the manifest lists it in widget.locale"
            faults.append(ArchiveFault("TEXTS_MISSING", path, what))
            continue
        document = read_document(path, raw, min(left, _MOST_TEXTS))
        if isinstance(document, ArchiveFault):
            faults.append(document)
        else:
            found[language] = document.value
            left -= len(raw)
    return found, faults


def _logo(
    files: Mapping[str, bytes], name: str, size: tuple[int, int]
) -> tuple[list[ArchiveFault], list[ArchiveFault]]:
    """Return what is wrong with a logo, and what is noticed: only its size keeps nobody out."""
    path = _logo_path(files, name)
    expected = f"{size[0]}x{size[1]}"
    if not path:
        what = f"a PNG of {expected} pixels expected"
        return [ArchiveFault("LOGO_MISSING", f"images/{name}.png", what)], []
    content = files[path]
    looked = look(content)
    if looked is None or not looked.width or not looked.height:
        return [ArchiveFault("LOGO_FORMAT", path, "a PNG expected, got no picture")], []
    noticed = []
    if looked.format != "PNG":
        noticed.append(ArchiveFault("LOGO_FORMAT", path, f"a PNG expected, got {looked.format}"))
    if (looked.width, looked.height) != size:
        what = f"{expected} expected, got {looked.width}x{looked.height}"
        noticed.append(ArchiveFault("LOGO_SIZE", path, what))
    if len(content) > _MOST_LOGO:
        what = f"at most {_MOST_LOGO:,} bytes expected, got {len(content):,}"
        noticed.append(ArchiveFault("LOGO_BYTES", path, what))
    return [], noticed


def _logo_path(files: Mapping[str, bytes], name: str) -> str:
    named = (f"images/{name}.{ending}" for ending in LOGO_ENDINGS)
    return next((one for one in named if one in files), "")


def _picture(path: str, content: bytes) -> tuple[list[ArchiveFault], list[ArchiveFault]]:
    """Return what is wrong with any picture, and what is noticed of it (S-134, S-135)."""
    ending = _ending(path)
    looked = look(content) if ending in _PICTURES else None
    if ending == "svg" and looked is None:
        if len(content) > _MOST_DRAWING:
            what = f"at most {_MOST_DRAWING:,} bytes expected, got {len(content):,}"
            return [ArchiveFault("PICTURE_SIZE", shown(path), what)], []
        if is_active_svg(content):
            what = "a drawing without scripts, handlers, entities and foreign markup expected"
            return [ArchiveFault("ACTIVE_PICTURE", shown(path), what)], []
    elif ending in ENDINGS and looked is None:
        what = f"named as a picture, and it is none; browsers are not told that it is {ending}"
        return [], [ArchiveFault("PICTURE_FORMAT", shown(path), what)]
    elif looked is not None:
        if looked.width * looked.height > MOST_PIXELS:
            what = f"at most {MOST_PIXELS:,} pixels expected, got {looked.width}x{looked.height}"
            return [ArchiveFault("PICTURE_SIZE", shown(path), what)], []
        if ending == "svg":
            what = f"named as a drawing, and it is {looked.format}; it is served as what it is"
            return [], [ArchiveFault("PICTURE_FORMAT", shown(path), what)]
    return [], []
