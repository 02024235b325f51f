"""L1: what a widget needs to be loaded, and where its report points (contract: 2.2 to 2.8)."""

import json
import random
from typing import Any

import pytest

from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.manifests import AREAS, stored_manifest
from grantway.widgets.archives.model import Archive, ArchiveFault, SettingField
from grantway.widgets.archives.reading import LOGOS, read_archive
from tests.picture_files import (
    bitmap,
    drawing,
    file_of,
    icon,
    lossless_webp,
    lossy_webp,
    photograph,
    pixels,
    webp_canvas,
)
from tests.widget_archives import (
    MANIFEST,
    manifest,
    manifest_widget,
    png,
    widget_files,
    widget_zip,
    written,
)


def faults(changes: dict[str, bytes | None]) -> list[ArchiveFault]:
    with pytest.raises(ArchiveRefused) as caught:
        read_archive(widget_zip(changes))
    return list(caught.value.faults)


def codes(changes: dict[str, bytes | None]) -> list[tuple[str, str]]:
    return [(fault.code, fault.path) for fault in faults(changes)]


def loaded(changes: dict[str, bytes | None]) -> Archive:
    return read_archive(widget_zip(changes))


def warned(changes: dict[str, bytes | None]) -> list[tuple[str, str]]:
    return [(fault.code, fault.path) for fault in loaded(changes).warnings]


def test_what_an_honest_manifest_says() -> None:
    found = loaded({}).manifest

    assert found.raw == MANIFEST
    assert (found.version, found.locale) == ("1.0.0", ("en",))
    assert found.locations == ("lcard-1", "settings-1")
    assert found.areas == {"lcard", "settings"}
    assert found.settings == (SettingField("depot", "settings.depot", "text", is_required=True),)
    assert (found.installation, found.init_once, found.is_showcase) == (True, False, False)
    assert (found.support_link, found.support_email) == (
        "https://parcel.example/help",
        "help@parcel.example",
    )
    assert stored_manifest(json.dumps(found.raw)) == found


def test_texts_of_each_language() -> None:
    both = manifest_widget(locale=["en", "es"])
    found = loaded({"manifest.json": both, "i18n/es.json": b'{"widget": {"name": "Paquetes"}}'})

    assert found.texts["es"] == {"widget": {"name": "Paquetes"}}
    assert sorted(found.texts) == ["en", "es"]


def test_the_same_files_have_the_same_name() -> None:
    assert loaded({}).hash == loaded({".DS_Store": b"1"}).hash
    assert loaded({}).hash != loaded({"style.css": b"p { color: red }"}).hash
    assert loaded({"a": b"1", "b": b""}).hash != loaded({"a": b"", "b": b"1"}).hash


# Without which nothing runs.


def test_all_faults_are_told_together() -> None:
    broken = {
        "manifest.json": manifest(locations=["lcard-2"], settings={"a": {"type": "number"}}),
        "script.js": None,
        "i18n/en.json": None,
        "images/logo.png": None,
        "images/logo_min.png": b"<html>",
    }

    assert codes(broken) == [
        ("LOCATIONS", "manifest.json"),
        ("SETTINGS", "manifest.json"),
        ("TEXTS_MISSING", "i18n/en.json"),
        ("LOGO_MISSING", "images/logo.png"),
        ("LOGO_FORMAT", "images/logo_min.png"),
    ]


def test_a_script_is_needed_where_one_would_run() -> None:
    assert codes({"script.js": None}) == [("SCRIPT_MISSING", "script.js")]
    assert loaded(
        {"script.js": None, "manifest.json": manifest(locations=["sms", "mobile_card-1"])}
    ).files


def test_a_folder_in_the_archive_in_place_of_its_content() -> None:
    inside: dict[str, bytes | None] = {
        f"widget/{path}": content for path, content in widget_files().items()
    }
    moved: dict[str, bytes | None] = dict.fromkeys(widget_files(), None)

    (fault,) = faults(moved | inside)
    assert (fault.code, fault.path) == ("MANIFEST_MISSING", "widget/manifest.json")
    assert "it is in widget/" in fault.detail


@pytest.mark.parametrize("name", LOGOS)
def test_every_logo_is_needed_and_may_be_of_another_size(name: str) -> None:
    path = f"images/{name}.png"

    assert codes({path: None}) == [("LOGO_MISSING", path)]
    assert warned({path: png(42, 42)}) == [("LOGO_SIZE", path)]
    assert codes({path: b"\x89PNG\r\n\x1a\n"}) == [("LOGO_FORMAT", path)]
    assert codes({path: png(9000, 9000)}) == [("PICTURE_SIZE", path)]


def test_an_old_archive_has_fewer_logos() -> None:
    old: dict[str, bytes | None] = {"images/logo_main.png": None, "images/logo_small.png": None}

    assert warned(old) == [("LOGO_MISSING", path) for path in old]
    assert warned({**old, "images/logo_min.png": None})
    assert codes({**old, "images/logo.png": None}) == [("LOGO_MISSING", "images/logo.png")]


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("JPEG", "jpeg"), ("GIF", "gif")])
def test_a_logo_that_is_no_png(kind: str, ending: str) -> None:
    other = file_of(drawing(LOGOS["logo"]), kind)

    assert warned({"images/logo.png": None, f"images/logo.{ending}": other}) == [
        ("LOGO_FORMAT", f"images/logo.{ending}")
    ]
    assert warned({"images/logo.png": other}) == [("LOGO_FORMAT", "images/logo.png")]


def test_the_logo_of_the_pipeline() -> None:
    pipeline = manifest(locations=["digital_pipeline-0"])

    assert codes({"manifest.json": pipeline}) == [("LOGO_MISSING", "images/logo_dp.png")]
    assert not warned({"manifest.json": pipeline, "images/logo_dp.png": png(174, 109)})


@pytest.mark.parametrize(
    "drawing",
    [
        b"<svg><script>alert(1)</script></svg>",
        b"<svg><SCRIPT/></svg>",
        b"<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:script/></s:svg>",
        b"<svg onload='x()'/>",
        b'<svg><a href="javascript:x()"/></svg>',
        b"<svg><a xlink:href=' javascript:x()'/></svg>",
        b"<svg><foreignObject/></svg>",
        b'<!DOCTYPE svg [<!ENTITY a "&b;">]><svg/>',
        "<svg onload='x()'/>".encode("utf-16"),
    ],
)
def test_a_drawing_that_is_a_program(drawing: bytes) -> None:
    assert codes({"images/a.svg": drawing}) == [("ACTIVE_PICTURE", "images/a.svg")]


def test_a_drawing_that_is_one() -> None:
    drawn = b"<svg xmlns='http://www.w3.org/2000/svg'><title>one = 1</title><path d='M0 0'/></svg>"

    assert not warned({"images/a.svg": drawn})
    endless = drawn + random.Random(5).randbytes(270_000).hex().encode()
    many: dict[str, bytes | None] = {f"{n}.svg": endless[:500_000] for n in range(9)}
    assert codes(many) == [("PICTURE_SIZE", "")]
    assert codes({"images/a.svg": endless}) == [("PICTURE_SIZE", "images/a.svg")]


def test_a_picture_that_is_none_is_noticed() -> None:
    assert warned({"images/a.png": b"<html>"}) == [("PICTURE_FORMAT", "images/a.png")]
    assert warned({"images/a.gif": png(1, 1)}) == []
    assert warned({"images/a.svg": png(1, 1)}) == [("PICTURE_FORMAT", "images/a.svg")]
    assert codes({"images/a.svg": png(6000, 6000)}) == [("PICTURE_SIZE", "images/a.svg")]


@pytest.mark.parametrize(
    ("name", "honest", "huge"),
    [
        ("a.webp", file_of(drawing((9, 9)), "WEBP"), webp_canvas((9000, 9000))),
        ("a.webp", file_of(drawing((9, 9)), "WEBP", lossless=True), lossless_webp(9000, 9000)),
        ("a.webp", webp_canvas((400, 272)), lossy_webp(9000, 9000)),
        ("a.bmp", file_of(drawing((9, 9)), "BMP"), bitmap(9000, -9000)),
        ("a.bmp", bitmap(9, 9, old=True), bitmap(9000, 9000, old=True)),
        ("a.ico", file_of(drawing((48, 48)), "ICO"), icon(png(9000, 9000))),
        ("a.cur", icon(bitmap(32, 64)[14:]), icon(png(9, 9), bitmap(9000, 18000)[14:])),
    ],
)
def test_pictures_of_every_format_have_an_end(name: str, honest: bytes, huge: bytes) -> None:
    path = f"images/{name}"

    assert not warned({path: honest})
    assert codes({path: huge}) == [("PICTURE_SIZE", path)]
    assert warned({path: honest[:14]}) == [("PICTURE_FORMAT", path)]


@pytest.mark.parametrize("name", ["photo.png", "photo.jpg", "photo.webp", "photo.gif"])
def test_what_nobody_sees_in_a_picture_is_not_kept(name: str) -> None:
    told, path = photograph(name), f"images/{name}"
    found = loaded({path: told})

    assert b"Anna's house" in told
    assert b"Anna's house" not in found.files[path]
    assert pixels(found.files[path]) == pixels(told)
    assert found.hash == loaded({path: found.files[path]}).hash
    # What is named as a text is no picture, and stays as it is.
    assert loaded({"photo.txt": told}).files["photo.txt"] == told


# JSON: what is tolerated, and on which line a mistake is.


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + manifest(),
        manifest().replace(b"\n", b"\r\n"),
        manifest().replace(b'"widget": {', b'"_comment": "a", "_comment": "b", "widget": {', 1),
        manifest(unknown={"any": ["thing"]}, js=[], css=[], permissions=None, category=5),
        manifest_widget(code="abc", secret_key="def", version=1.5),
        manifest_widget(init_once="Y"),
        manifest_widget(interface_version="2"),
        manifest(settings=[]),
        manifest(settings={"_comment": "login: {", "login": {"type": "text"}}),
        manifest(locations=["lcard", "culist-1 ", "ccard-0", "everywhere", "lcard-1"]),
    ],
)
def test_what_is_tolerated(raw: bytes) -> None:
    assert loaded({"manifest.json": raw}).manifest.name == "widget.name"


def test_the_last_of_repeated_keys_wins() -> None:
    raw = manifest().replace(b'"version": "1.0.0"', b'"version": "1", "version": "2"')

    assert loaded({"manifest.json": raw}).manifest.version == "2"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('{\n  "a": 1, // one\n  "b": 2\n}', 2, "comments"),
        ('{\n  // one\n  "a": 1\n}', 2, "comments"),
        ('{\n  "a": 1\n  /* one */\n}', 3, "comments"),
        ('{\n  # one\n  "a": 1\n}', 2, "comments"),
        ('{\n  "a": 1,\n}', 2, "comma"),
        ('{\n  "a": [1,\n 2,\n ]\n}', 3, "comma"),
        ("{\n  'a': 1\n}", 2, "double quotes"),
        ('{\n  "a": 1\n  "b": 2\n}', 3, "column 3"),
        ('{\n  "a": "1\n"}', 2, "column"),
        ('{"a": 1} x', 1, "column"),
        ("", 1, "column 1"),
        ("[]", 1, "object"),
        ('"{}"', 1, "object"),
        ('{"a": NaN}', 0, "number"),
        ('{"a": 1e999}', 0, "characters"),
        ('{"a": "\\ud83d"}', 0, "characters"),
        ('{"\\udc00": 1}', 0, "characters"),
        ('{"a": ' + "9" * 5000 + "}", 0, "number"),
        ('{"a": ' + "[" * 60 + "]" * 60 + "}", 0, "levels"),
        ('{"a": ' + "[" * 100_000 + "]" * 20_000 + "}", 0, "depth"),
    ],
)
def test_what_is_no_json(text: str, line: int, why: str) -> None:
    (fault, *_) = faults({"i18n/en.json": text.encode()})

    assert (fault.code, fault.path) == ("JSON", "i18n/en.json")
    assert why in fault.detail
    # A comma before a bracket stands on its own line or before it, as the reader finds it.
    assert fault.line == line or (why == "comma" and fault.line == line + 1)


@pytest.mark.parametrize(
    "raw", [b'{\n"a": "\xff"}', '{"a": "ü"}'.encode("latin-1"), "{}".encode("utf-16")]
)
def test_what_is_no_utf8(raw: bytes) -> None:
    (fault,) = faults({"i18n/en.json": raw})

    assert (fault.code, fault.line) == ("ENCODING", raw.split(b"\xff")[0].count(b"\n") + 1)


def test_texts_that_are_too_long() -> None:
    big = written({"a": "x" * 530_000})
    half = written({"a": "x" * 400_000})
    three = manifest_widget(locale=["en", "es", "pt"])
    several: dict[str, bytes | None] = {
        "manifest.json": three,
        **{f"i18n/{code}.json": half for code in ("en", "es", "pt")},
    }

    assert codes({"i18n/en.json": big}) == [("TOO_LARGE", "i18n/en.json")]
    assert loaded({"i18n/en.json": half}).files
    assert codes(several) == [("TOO_LARGE", "i18n/pt.json")]
    assert codes({"manifest.json": manifest(a="x" * 300_000)}) == [("TOO_LARGE", "manifest.json")]


# What a manifest may not say, and on which line it does.


def line_of(raw: bytes, part: str) -> int:
    return next(n for n, line in enumerate(raw.decode().split("\n"), 1) if part in line)


@pytest.mark.parametrize(
    ("raw", "code", "part", "why"),
    [
        (
            manifest_widget(interface_version=1),
            "MANIFEST",
            "interface_version",
            "2 expected, got 1",
        ),
        (manifest_widget(locale=[]), "MANIFEST", '"locale"', "got a list"),
        (manifest_widget(locale="en"), "MANIFEST", '"locale"', "got 'en'"),
        (manifest_widget(locale=["en", "../en"]), "MANIFEST", '"../en"', "language"),
        (manifest_widget(locale=["en", 5]), "MANIFEST", " 5", "language"),
        (manifest_widget(installation="perhaps"), "MANIFEST", "installation", "true or false"),
        (manifest_widget(name=["a"]), "MANIFEST", '"name"', "text"),
        (manifest_widget(support="help"), "MANIFEST", '"support"', "an object"),
        (manifest(locations={"lcard": 1}), "LOCATIONS", "locations", "got an object"),
        (manifest(locations=["lcard-1", "dashboard"]), "LOCATIONS", "dashboard", "got 'dashboard'"),
        (manifest(locations=["lcard-1", "ccard-2"]), "LOCATIONS", "ccard-2", "-0 or -1"),
        (manifest(locations=["lcard-1", "ccard-"]), "LOCATIONS", "ccard-", "-0 or -1"),
        (manifest(locations=["lcard-1", None]), "LOCATIONS", "null", "an area"),
        (manifest(locations=["everywhere-1"]), "LOCATIONS", "everywhere-1", "no suffix"),
        (manifest(locations=["lcard-1", "ccard", "lcard-0"]), "LOCATIONS", "lcard-0", "exclude"),
        (manifest(locations=["lcard", "lcard-0"]), "LOCATIONS", "lcard-0", "exclude"),
        (manifest(settings=["a"]), "SETTINGS", '"settings": [', "an object expected"),
        (manifest(settings={"depot": "text"}), "SETTINGS", "depot", "an object expected"),
        (manifest(settings={"depot": {"type": "date"}}), "SETTINGS", "date", "one of text"),
        (manifest(settings={"depot": {}}), "SETTINGS", "depot", "missing"),
        (manifest(settings={"a\tb": {"type": "text"}}), "SETTINGS", "a\\tb", "printable"),
        (
            manifest(settings={"a": {"type": "custom"}, "b": {"type": "custom"}}),
            "SETTINGS",
            '"b"',
            "second",
        ),
    ],
)
def test_what_a_manifest_may_not_say(raw: bytes, code: str, part: str, why: str) -> None:
    (fault,) = faults({"manifest.json": raw})

    assert (fault.code, fault.path) == (code, "manifest.json")
    assert why in fault.detail
    assert fault.line == line_of(raw, part)


def test_what_a_manifest_must_say() -> None:
    (fault, *_) = faults({"manifest.json": manifest(widget=None)})
    assert (fault.detail, fault.line) == ("widget: an object expected, and it is missing", 2)

    without = {key: value for key, value in MANIFEST.items() if key != "locations"}
    (fault,) = faults({"manifest.json": written(without)})
    assert fault.detail == "locations: a list of areas expected, and it is missing"


@pytest.mark.parametrize("area", sorted(AREAS - {"digital_pipeline"}))
def test_every_documented_area_may_be_named(area: str) -> None:
    found = loaded({"manifest.json": manifest(locations=[area])}).manifest

    assert found.locations == (f"{area}-0" if area == "everywhere" else f"{area}-1",)


@pytest.mark.parametrize("kind", ["text", "pass", "users", "users_lp", "custom"])
def test_every_documented_field(kind: str) -> None:
    found = loaded({"manifest.json": manifest(settings={"a": {"type": kind, "name": "n"}})})

    assert found.manifest.settings == (SettingField("a", "n", kind, is_required=False),)


def test_settings_that_nobody_would_see() -> None:
    listed: dict[str, Any] = MANIFEST["widget"] | {"installation": False}
    custom = {"a": {"type": "custom"}}

    found = loaded({"manifest.json": manifest(widget=listed)})
    assert ([one.code for one in found.warnings], found.manifest.settings) == (["SETTINGS"], ())
    assert warned({"manifest.json": manifest(settings=custom, locations=["lcard"])}) == [
        ("SETTINGS", "manifest.json")
    ]
    assert not warned({"manifest.json": manifest(settings=custom)})


def test_a_manifest_of_many_faults_is_refused_at_once() -> None:
    raw = json.dumps(MANIFEST | {"locations": ["?"] * 40_000}).encode()

    assert len(faults({"manifest.json": raw})) < 100


def test_a_widget_brings_bots_twenty_steps_at_most() -> None:
    def steps(count: int) -> dict[str, bytes | None]:
        handlers = {"logo": "x.png"} | {f"step{n}": {"name": "widget.name"} for n in range(count)}
        return {"manifest.json": manifest(salesbot_designer=handlers)}

    (fault,) = faults(steps(21))

    assert (fault.code, fault.detail) == (
        "MANIFEST",
        "salesbot_designer: at most 20 steps expected, got 21",
    )
    assert len(loaded(steps(20)).manifest.raw["salesbot_designer"]) == 21
