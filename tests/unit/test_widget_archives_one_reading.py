"""L0: what programs that read zip files could differ about (S-129, S-131, S-133).

Each refusal stands beside its honest twin.
"""

import struct
import zlib

import pytest
from msgspec.structs import replace

from tests.unit.refused_archives import kept, refused
from tests.widget_archives import (
    DEVICE,
    FILE,
    FOLDER,
    LATER,
    LINK,
    UTF8,
    Member,
    deflated,
    members,
    widget_files,
    widget_zip,
    with_member,
    zipped,
)

# Kinds of entries (S-129).


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (Member(name="a.js", content=b"/etc/passwd", mode=LINK), "NOT_A_FILE"),
        (Member(name="a.js", mode=DEVICE), "NOT_A_FILE"),
        (Member(name="a.js", mode=0o010644), "NOT_A_FILE"),
        (Member(name="a.js", mode=LINK, system=0), "NOT_A_FILE"),
        (Member(name="a.js", mode=0, system=10, attributes=0x400), "NOT_A_FILE"),
        (Member(name="a.js", mode=FOLDER), "NOT_A_FILE"),
        (Member(name="a/", mode=FILE), "NOT_A_FILE"),
        (Member(name="a/", content=b"1", mode=FOLDER), "NOT_A_FILE"),
        (Member(name="a.js", flags=1), "ENCRYPTED"),
        (Member(name="a.js", flags=1 | 1 << 6), "ENCRYPTED"),
        (Member(name="a.js", flags=1 << 13), "ENCRYPTED"),
        (
            Member(name="a.js", method=99, extra=struct.pack("<2H", 0x9901, 7) + b"aeaeaea"),
            "ENCRYPTED",
        ),
        (Member(name="a.js", flags=1 << 5), "COMPRESSION"),
        (Member(name="a.js", method=9), "COMPRESSION"),
        (Member(name="a.js", method=12), "COMPRESSION"),
        (Member(name="a.js", method=14), "COMPRESSION"),
        (Member(name="a.js", method=93), "COMPRESSION"),
    ],
)
def test_an_entry_that_is_no_plain_file(member: Member, code: str) -> None:
    assert refused(with_member(member)) == [(code, str(member.name))]


@pytest.mark.parametrize(
    "member",
    [
        Member(name="a.js", content=b"1"),
        Member(name="a.js", content=b"1", method=0),
        Member(name="a.js", content=b"1", mode=0o100755),
        Member(name="a.js", content=b"1", mode=0, system=0, attributes=0x20),
        Member(name="a.js", content=b"1", flags=UTF8 | 0b110, local={"flags": UTF8}),
        Member(name="a.js", content=b"1", extra=struct.pack("<2H", 0x5455, 5) + b"\1time"),
    ],
)
def test_an_entry_that_is_one(member: Member) -> None:
    assert kept(with_member(member)).files["a.js"] == b"1"


def test_a_folder_is_not_kept() -> None:
    java = Member(name="a/", mode=FOLDER, packed=deflated(b""))

    assert kept(with_member(java)).files == widget_files()


def test_what_systems_leave_behind_is_not_kept_but_checked() -> None:
    left = {
        "__MACOSX/._script.js": b"1",
        ".DS_Store": b"1",
        "images/.keep": b"",
        ".git/config": b"",
    }

    assert kept(widget_zip(left)).files == widget_files()
    linked = Member(name="__MACOSX/._a", content=b"/etc/passwd", mode=LINK)
    assert refused(with_member(linked)) == [("NOT_A_FILE", "__MACOSX/._a")]


def test_strays_are_kept() -> None:
    strays = {"README.md": b"# Parcels", "LICENSE": b"MIT", "old/widget.zip": widget_zip()}

    assert kept(widget_zip(strays)).files == widget_files(strays)


# Bytes that belong to two entries (S-131).


def test_entries_that_share_their_bytes() -> None:
    raw = zipped([*members(widget_files()), Member(name="a.js", at=0)])

    assert [code for code, _ in refused(raw)] == ["OVERLAPPING"]


def test_an_entry_inside_another() -> None:
    inner = zipped([Member(name="a.js", content=b"1" * 100, method=0)])
    outer = Member(name="outer.bin", content=inner, method=0)
    first = zipped([outer])
    offset = first.index(inner)
    raw = zipped([outer, Member(name="a.js", content=b"1" * 100, method=0, at=offset)])

    assert refused(raw) == [("OVERLAPPING", "a.js")]


def test_an_entry_that_reaches_into_the_directory() -> None:
    long = Member(name="a.js", content=b"1", method=0, claims_packed=60, claims=60)

    assert refused(zipped([long])) == [("DAMAGED", "a.js")]


# One reading only (S-133).


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.js", "a.js"),
        ("a.js", "A.JS"),
        ("straße.js", "STRASSE.js"),
        ("café.js", "cafe\N{COMBINING ACUTE ACCENT}.js"),
        ("\N{LATIN SMALL LIGATURE FI}x.js", "fix.js"),
        ("Σ.js", "ς.js"),
        ("a", "a/b.js"),
        ("a/b.js", "a"),
        ("A/b.js", "a"),
        ("a/", "a/"),
    ],
)
def test_two_entries_that_are_one_file_to_somebody(first: str, second: str) -> None:
    both = [
        Member(name=name, mode=FOLDER if name.endswith("/") else FILE) for name in (first, second)
    ]
    raw = zipped([*members(widget_files()), *both])

    assert refused(raw) == [("REPEATED_NAME", second)]


@pytest.mark.parametrize(
    ("first", "second"), [("a.js", "b.js"), ("a/b.js", "a.js"), ("a/", "a/b.js")]
)
def test_two_entries_that_are_two(first: str, second: str) -> None:
    both = [
        Member(name=name, mode=FOLDER if name.endswith("/") else FILE) for name in (first, second)
    ]

    assert kept(zipped([*members(widget_files()), *both])).files


def other_name(name: bytes, claimed: bytes) -> bytes:
    body = struct.pack("<BL", 1, zlib.crc32(name)) + claimed
    return struct.pack("<2H", 0x7075, len(body)) + body


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (Member(name="a.js", local={"name": "b.js"}), "TWO_NAMES"),
        (Member(name="a.js", local={"name": "aa.js"}), "TWO_NAMES"),
        (Member(name="a.js", extra=other_name(b"a.js", b"../b.js")), "TWO_NAMES"),
        (Member(name="a.js", local={"extra": other_name(b"a.js", b"b.js")}), "TWO_NAMES"),
        (Member(name="a.js", content=b"11", local={"method": 0}), "TWO_READINGS"),
        (Member(name="a.js", content=b"11", local={"check_sum": 5}), "TWO_READINGS"),
        (Member(name="a.js", content=b"11", local={"claims": 5}), "TWO_READINGS"),
        (Member(name="a.js", content=b"11", local={"claims_packed": 1}), "TWO_READINGS"),
        (Member(name="a.js", content=b"11", local={"flags": UTF8 | 1}), "TWO_READINGS"),
        (Member(name="a.js", content=b"11", local={"flags": 0}), "TWO_READINGS"),
        (
            Member(name="a.js", content=b"11", flags=UTF8 | LATER, local={"claims": 5}),
            "TWO_READINGS",
        ),
        (
            Member(
                name="a.js",
                content=b"11",
                flags=UTF8 | LATER,
                descriptor=b"PK\x07\x08" + b"\0" * 12,
            ),
            "TWO_READINGS",
        ),
    ],
)
def test_an_entry_that_is_told_in_two_ways(member: Member, code: str) -> None:
    assert refused(with_member(member)) == [(code, "a.js")]


@pytest.mark.parametrize(
    "member",
    [
        Member(name="a.js", content=b"1", extra=other_name(b"a.js", b"a.js")),
        Member(name="a.js", content=b"1", flags=UTF8 | LATER),
        Member(name="a.js", content=b"1", flags=UTF8 | LATER, has_signature=False),
        Member(name="a.js", content=b"1", flags=UTF8 | LATER, local={"name": "a.js"}),
    ],
)
def test_an_entry_that_is_told_in_one(member: Member) -> None:
    assert kept(with_member(member)).files["a.js"] == b"1"


@pytest.mark.parametrize("where", ["before", "between", "around", "after"])
def test_bytes_that_belong_to_nothing(where: str) -> None:
    raw = zipped(members(widget_files()), **{where: b"#!/bin/sh\n"})  # type: ignore[arg-type] # each of these takes bytes

    assert refused(raw) == [("HIDDEN_DATA", "")]


def test_bytes_between_two_files() -> None:
    first, second, *rest = members(widget_files())
    raw = zipped([first, replace(second, before=b"MZ hidden"), *rest])

    assert refused(raw) == [("HIDDEN_DATA", "")]


def test_a_comment_is_no_hidden_data_unless_it_is_an_archive() -> None:
    inside = zipped([Member(name="evil.js", content=b"1")])

    assert kept(zipped(members(widget_files()), comment=b"a commit's id")).files
    assert refused(zipped(members(widget_files()), comment=inside)) == [("HIDDEN_DATA", "")]


def test_a_row_that_the_end_does_not_count() -> None:
    both = [*members(widget_files()), Member(name="hidden.js", content=b"1")]

    assert refused(zipped(both, count=len(both) - 1)) == [("HIDDEN_DATA", "")]
    assert refused(zipped(both, count=len(both) + 1)) == [("DAMAGED", "")]


@pytest.mark.parametrize(
    "raw",
    [
        zipped(members(widget_files()), zip64=True),
        zipped(members(widget_files()), count=0xFFFF),
        with_member(Member(name="a.js", claims=0xFFFFFFFF)),
        with_member(Member(name="a.js", claims_packed=0xFFFFFFFF)),
        with_member(Member(name="a.js", extra=struct.pack("<2HQ", 1, 8, 5))),
        with_member(Member(name="a.js", local={"extra": struct.pack("<2HQ", 1, 8, 5)})),
        with_member(Member(name="a.js", local={"claims": 0xFFFFFFFF})),
    ],
)
def test_sizes_that_only_some_programs_read(raw: bytes) -> None:
    assert [code for code, _ in refused(raw)] == ["ZIP64"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "NOT_A_ZIP"),
        (b"PK", "NOT_A_ZIP"),
        (b"<html>", "NOT_A_ZIP"),
        (b"Rar!\x1a\x07\0" * 9, "NOT_A_ZIP"),
        (widget_zip()[:-1], "NOT_A_ZIP"),
        (widget_zip()[100:], "HIDDEN_DATA"),
        (zipped(members(widget_files()), disk=1), "NOT_A_ZIP"),
        (zipped([]), "MANIFEST_MISSING"),
        (with_member(Member(name="a.js", content=b"1", check_sum=7)), "DAMAGED"),
        (with_member(Member(name="a.js", content=b"1", packed=b"\xff\xff")), "DAMAGED"),
        (with_member(Member(name="a.js", content=b"11", packed=deflated(b"11")[:-1])), "DAMAGED"),
        (
            with_member(Member(name="a.js", content=b"1", packed=deflated(b"1") + b"more")),
            "DAMAGED",
        ),
        (with_member(Member(name="a.js", extra=b"\1")), "DAMAGED"),
        (with_member(Member(name="a.js", extra=struct.pack("<2H", 0x5455, 90))), "DAMAGED"),
        (with_member(Member(name="a.js", extra=struct.pack("<2H", 0x5455, 0) * 300)), "DAMAGED"),
        (with_member(Member(name="a.js", at=10**9)), "HIDDEN_DATA"),
    ],
)
def test_what_is_no_whole_zip_file(raw: bytes, code: str) -> None:
    assert [found for found, _ in refused(raw)] == [code]
