"""Whatever bytes come, reading them gives an archive or a refusal, and nothing else."""

import struct
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import Archive, Limits
from grantway.widgets.archives.reading import read_archive
from tests.widget_archives import (
    MANIFEST,
    Member,
    manifest,
    members,
    widget_files,
    widget_zip,
    zipped,
)

HONEST = widget_zip()
LIMITS = Limits(packed=200_000, unpacked=400_000, files=40, file=100_000)


def read(raw: bytes) -> Archive | ArchiveRefused:
    try:
        return read_archive(raw, LIMITS)
    except ArchiveRefused as error:
        return error


def judged(raw: bytes) -> None:
    outcome = read(raw)
    if isinstance(outcome, ArchiveRefused):
        assert outcome.faults
        for fault in outcome.faults:
            assert fault.code.isupper()
            assert fault.detail
            assert fault.path.isprintable()
    else:
        assert sum(map(len, outcome.files.values())) <= LIMITS.unpacked
        assert all(".." not in path.split("/") for path in outcome.files)


@settings(deadline=None)
@given(st.binary(max_size=400))
@example(b"PK\x05\x06" + b"\0" * 18)
def test_any_bytes(raw: bytes) -> None:
    judged(raw)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(HONEST) - 1), st.integers(0, 255)), max_size=6))
def test_an_archive_with_other_bytes_somewhere(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(HONEST)
    for at, value in changes:
        raw[at] = value
    judged(bytes(raw))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(HONEST)), st.integers(0, len(HONEST)), st.binary(max_size=30))
def test_an_archive_with_a_part_cut_out(begins: int, ends: int, instead: bytes) -> None:
    judged(HONEST[:begins] + instead + HONEST[ends:])


@settings(max_examples=200, deadline=None)
@given(
    st.builds(
        Member,
        name=st.one_of(st.text(max_size=20), st.binary(max_size=20)),
        content=st.binary(max_size=50),
        method=st.sampled_from([0, 8, 9, 99]),
        flags=st.integers(0, 0xFFFF),
        system=st.integers(0, 255),
        mode=st.integers(0, 0xFFFF),
        extra=st.binary(max_size=20),
        claims=st.one_of(st.none(), st.integers(0, 0xFFFFFFFF)),
        claims_packed=st.one_of(st.none(), st.integers(0, 0xFFFFFFFF)),
        check_sum=st.one_of(st.none(), st.integers(0, 0xFFFFFFFF)),
        at=st.one_of(st.none(), st.integers(0, 0xFFFFFFFF)),
    )
)
def test_an_archive_with_any_further_entry(member: Member) -> None:
    try:
        raw = zipped([*members(widget_files()), member])
    except (struct.error, UnicodeEncodeError):
        return  # no such zip file can be written
    judged(raw)


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["widget", "locations", "settings", "tour", "dp"]), _JSON, max_size=5
    ),
    st.dictionaries(
        st.sampled_from(["name", "locale", "support", "installation", "interface_version"]), _JSON
    ),
)
def test_any_manifest(top: dict[str, Any], widget: dict[str, Any]) -> None:
    for changes in (top, {"widget": MANIFEST["widget"] | widget}):
        judged(widget_zip({"manifest.json": manifest(**changes)}))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_any_file_of_each_kind(content: bytes) -> None:
    for path in ("manifest.json", "i18n/en.json", "images/logo.png", "a.svg", "b.gif", "c.jpg"):
        judged(widget_zip({path: content}))
        judged(widget_zip({path: b"\xff\xd8\xff" + content}))
