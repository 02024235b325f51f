"""Reading JSON values and rows, however they stand in a file."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grantway.crm.transfer.errors import WrongMap
from grantway.crm.transfer.json_stream import (
    CHUNK,
    Place,
    Unreadable,
    read_values,
)
from grantway.crm.transfer.model import Cursor, Maps, read_maps
from grantway.crm.transfer.rows import host, read_rows

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
_OBJECTS = st.lists(st.dictionaries(st.text(max_size=3), _JSON, max_size=3), max_size=6)


class Pieces:
    """A source that gives a few bytes at a time."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def read(self, size: int, /) -> bytes:
        if not self._left:
            self._left = next(self._chunks, b"")
        chunk, self._left = self._left[:size], self._left[size:]
        return chunk


def values(text: bytes, begin: Place | None = None) -> list[Any]:
    return [one.value for one in read_values(io.BytesIO(text), begin)]


@settings(max_examples=200, deadline=None)
@given(
    _OBJECTS,
    st.sampled_from([None, 1]),
    st.sampled_from(["\n", "", " \r\n\n"]),
    st.sampled_from(["", "[]"]),
)
def test_values_are_read_as_they_were_written(
    objects: list[Any], indent: int | None, between: str, array: str
) -> None:
    written = [json.dumps(one, indent=indent, ensure_ascii=False) for one in objects]
    joined = f",{between}".join(written) if array else between.join(written)
    text = (f"[{joined}]" if array else joined).encode()
    source = Pieces(text[n : n + 3] for n in range(0, len(text), 3))
    found = list(read_values(source))

    assert [one.value for one in found] == objects
    for n, one in enumerate(found):
        # Where a value begins, and behind it, reading can go on.
        assert values(text[one.at.offset :], one.at) == objects[n:]
        assert values(text[one.after.offset :], one.after) == objects[n + 1 :]
        assert one.at.line == text[: one.at.offset].count(b"\n") + 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b'{"a": 1}\n{"b": \n{"c": 3}\n', [(1, {"a": 1}), (2, None), (3, {"c": 3})]),
        (b'{"a": 1} x\n{"b": 2}', [(1, {"a": 1}), (1, None), (2, {"b": 2})]),
        (b'{"a": NaN}\n{"b": 2}', [(1, None), (2, {"b": 2})]),
        (b'{"a": "\x00"}\n{"b": 2}', [(1, None), (2, {"b": 2})]),
        (b'\xef\xbb\xbf{"a": 1}', [(1, {"a": 1})]),
        (b'[\n{"a": 1},\n{"b" 2},\n{"c": 3}\n]', [(2, {"a": 1}), (3, None), (4, {"c": 3})]),
        (b'{"a": "cut', [(1, None)]),
        (b"[" * 100_000, [(1, None)]),
        (b" \n\n", []),
    ],
)
def test_what_cannot_be_read_is_told_and_passed(text: bytes, found: list[Any]) -> None:
    seen = [
        (one.at.line, None if isinstance(one.value, Unreadable) else one.value)
        for one in read_values(io.BytesIO(text))
    ]

    assert seen == found


def test_bytes_that_are_no_text_do_not_stop_the_reading() -> None:
    first, second = values(b'{"a": "\xff"}\n{"b": "\xc3\xa9"}\n')

    assert not first["a"].isprintable()
    assert second == {"b": "é"}


@pytest.mark.parametrize("between", [b"\n", b",", b""])
def test_a_file_of_any_size_needs_little_memory(between: bytes) -> None:
    row = json.dumps({"id": 1, "name": "x" * 900}).encode()
    count = 15_000  # 14 MB

    def chunks() -> Iterator[bytes]:
        if between == b",":
            yield b"["
        for n in range(count):
            yield row + (between if n < count - 1 or between != b"," else b"]")

    tracemalloc.start()
    found = sum(1 for one in read_values(Pieces(chunks())) if one.value["id"] == 1)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == count
    assert most < 12 * CHUNK


def test_a_value_that_is_too_large_is_refused_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    largest = 4 << 20
    monkeypatch.setattr("grantway.crm.transfer.json_stream.LARGEST", largest)

    def chunks() -> Iterator[bytes]:
        yield b'{"a": ['
        for _ in range(4 * largest // CHUNK):
            yield b'"' + b"x" * (CHUNK - 3) + b'",'
        yield b"1]}\n{}"

    large, small = [one.value for one in read_values(Pieces(chunks()))]

    assert isinstance(large, Unreadable)
    assert "4 MiB" in large.why
    assert small == {}


def test_rows_say_what_they_are() -> None:
    def entity(path: str, **members: Any) -> dict[str, Any]:
        return {
            "id": 1,
            "_links": {"self": {"href": f"http://acme.example:80/api/v4/{path}"}},
        } | members

    page = {"_embedded": {"tasks": [{"id": 1}], "leads": [entity("leads/1?with=contacts")]}}
    refused = {"line": 7, "reasons": [], "row": entity("companies/1")}
    text = json.dumps(
        [entity("contacts/1"), entity("leads/5/notes/1"), page, refused, {"id": 1}, 5]
    )
    rows = list(read_rows(read_values(io.BytesIO(text.encode())), "leads", Cursor()))

    assert [(row.kind, row.about, row.path) for row in rows] == [
        ("contacts", None, ""),
        ("notes", "leads", ""),
        ("leads", None, "_embedded.leads.0"),
        ("tasks", None, "_embedded.tasks.0"),
        ("companies", None, ""),
        ("leads", None, ""),
        ("leads", None, ""),
    ]
    assert host(page) == "acme.example"
    assert host({"id": 1}) is None
    # In the middle of a page, too, reading goes on behind a row.
    for n, row in enumerate(rows):
        source = io.BytesIO(text.encode())
        source.seek(row.after.place.offset)
        rest = read_rows(read_values(source, row.after.place), "leads", row.after)
        assert [one.path for one in rest] == [one.path for one in rows[n + 1 :]]


@pytest.mark.parametrize(
    "text", [b"{", b'{"user": {}}', b'{"users": {"a": 1}}', b'{"stages": {"1/2": "3"}}']
)
def test_a_map_that_is_none_is_refused(text: bytes) -> None:
    with pytest.raises(WrongMap):
        read_maps(text)


def test_a_map_names_users_stages_and_loss_reasons() -> None:
    maps = read_maps(b'{"users": {"5": 1}, "stages": {"1/142": "2/142"}, "loss_reasons": {"3": 4}}')

    assert maps == Maps(users={5: 1}, stages={"1/142": "2/142"}, loss_reasons={3: 4})
