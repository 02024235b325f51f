"""L0: how much an archive may hold, and what its files may be called (S-127, S-128, S-130).

Each refusal stands beside its honest twin.
"""

import io
import random
import zipfile

import pytest

from grantway.widgets.archives.errors import ArchiveRefused
from grantway.widgets.archives.model import LIMITS, Limits
from grantway.widgets.archives.reading import read_archive
from tests.unit.refused_archives import kept, refused
from tests.widget_archives import (
    FOLDER,
    UTF8,
    Member,
    members,
    widget_files,
    widget_zip,
    with_member,
    zipped,
)

_MIB = 1024 * 1024


class Pipe(io.BytesIO):
    """Takes what a packer writes that cannot go back to a header."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError("a pipe")


def noise(size: int) -> bytes:
    """Return bytes that nothing makes smaller."""
    return random.Random(5).randbytes(size)


def test_an_honest_archive_is_kept_as_it_is() -> None:
    archive = kept(widget_zip())

    assert archive.files == widget_files()
    assert archive.warnings == ()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("target", [io.BytesIO, Pipe])
def test_archives_of_another_packer_are_kept(method: int, target: type[io.BytesIO]) -> None:
    file = target()
    with zipfile.ZipFile(file, "w", method) as packed:
        packed.mkdir("images")
        for path, content in widget_files().items():
            packed.writestr(path, content)

    assert kept(file.getvalue()).files == widget_files()


# Limits (S-127), on what really comes out.


def test_as_many_files_as_may_be() -> None:
    many = {f"parts/{n}.js": b"1" for n in range(20 - len(widget_files()))}
    limits = Limits(files=20)

    assert len(kept(widget_zip(many), limits).files) == 20
    assert refused(widget_zip(many | {"one.js": b"1"}), limits) == [("TOO_MANY_FILES", "")]


def test_the_packed_size() -> None:
    raw = widget_zip()

    assert kept(raw, Limits(packed=len(raw))).files
    assert refused(raw, Limits(packed=len(raw) - 1)) == [("TOO_LARGE", "")]


def test_the_unpacked_size() -> None:
    whole = sum(map(len, widget_files().values()))

    assert kept(widget_zip(), Limits(unpacked=whole)).files
    assert refused(widget_zip(), Limits(unpacked=whole - 1)) == [("TOO_LARGE", "")]


def test_the_size_of_a_file() -> None:
    limits = Limits(file=5000)

    assert kept(widget_zip({"big.js": noise(5000)}), limits).files
    assert refused(widget_zip({"big.js": noise(5001)}), limits) == [("FILE_TOO_LARGE", "big.js")]


def test_a_size_that_is_claimed_too_small() -> None:
    content = noise(5001)
    lying = Member(name="big.js", content=content, claims=10)

    assert refused(with_member(lying), Limits(file=5000)) == [("FILE_TOO_LARGE", "big.js")]
    assert refused(with_member(lying)) == [("DAMAGED", "big.js")]


@pytest.mark.parametrize("claims", [0, 100, 5002])
def test_a_size_that_is_not_the_real_one(claims: int) -> None:
    content = noise(5001)

    assert kept(with_member(Member(name="big.js", content=content))).files["big.js"] == content
    wrong = Member(name="big.js", content=content, claims=claims)
    assert refused(with_member(wrong)) == [("DAMAGED", "big.js")]


def test_a_bomb_is_not_unpacked_beyond_the_limits() -> None:
    dense = Member(name="bomb.js", content=b"a" * (4 * _MIB))
    honest = Member(name="page.js", content=b"a" * (_MIB // 2))

    assert refused(with_member(dense)) == [("TOO_DENSE", "bomb.js")]
    assert kept(with_member(honest)).files


def test_many_small_bombs_are_counted_together() -> None:
    parts = [Member(name=f"{n}.js", content=b"a" * _MIB) for n in range(61)]
    raw = zipped([*members(widget_files()), *parts])

    assert refused(raw) == [("TOO_LARGE", "")]


@pytest.mark.parametrize("length", [200, 201])
def test_the_length_of_a_path(length: int) -> None:
    path = "a" * (length - 3) + ".js"
    raw = widget_zip({path: b"1"})

    if length <= LIMITS.path:
        assert path in kept(raw).files
    else:
        assert [code for code, _ in refused(raw)] == ["UNSAFE_NAME"]


# Names (S-128).


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "//server/share.js",
        "../script.js",
        "a/../../b.js",
        "a/./b.js",
        "./b.js",
        "..",
        "a//b.js",
        "C:/b.js",
        "c:b.js",
        "a\\b.js",
        "..\\b.js",
        "a\0b.js",
        "a\nb.js",
        "a\x1b[2Jb.js",
        "a\x7fb.js",
        "a\N{RIGHT-TO-LEFT OVERRIDE}sj.exe",
        "a\N{ZERO WIDTH SPACE}b.js",
        "a\N{LINE SEPARATOR}b.js",
        "..\N{DIVISION SLASH}b.js",
        "..\N{FRACTION SLASH}b.js",
        "..\N{FULLWIDTH SOLIDUS}b.js",
        "..\N{FULLWIDTH REVERSE SOLIDUS}b.js",
        "..\N{SET MINUS}b.js",
        "c\N{FULLWIDTH COLON}b.js",
        "\N{FULLWIDTH FULL STOP}\N{FULLWIDTH FULL STOP}/b.js",
        "\N{TWO DOT LEADER}/b.js",
        "a./b.js",
        "a /b.js",
        " b.js",
        "b.js ",
    ],
)
def test_a_name_that_leads_elsewhere(name: str) -> None:
    assert [code for code, _ in refused(with_member(Member(name=name)))] == ["UNSAFE_NAME"]


@pytest.mark.parametrize(
    "name",
    [
        "a/b/c.js",
        "a b.js",
        "a..b.js",
        "...a.txt",
        "größe.js",
        "папка/файл.js",
        "c-d.js",
        "a(1)[2]{3}.js",
        "a%2e%2e.js",
        "~.js",
        "con.js",
    ],
)
def test_a_name_that_leads_nowhere_else(name: str) -> None:
    archive = kept(with_member(Member(name=name, content=b"1")))

    assert name.startswith(".") or archive.files[name] == b"1"


def test_a_name_without_the_mark_of_utf8() -> None:
    assert kept(with_member(Member(name="größe.js", flags=UTF8))).files
    assert [code for code, _ in refused(with_member(Member(name="größe.js", flags=0)))] == [
        "UNSAFE_NAME"
    ]
    assert refused(with_member(Member(name=b"gr\xf6.js"))) == [("UNSAFE_NAME", "gr\\xf6.js")]


def test_all_unsafe_names_are_told() -> None:
    raw = zipped([*members(widget_files()), Member(name="../a"), Member(name="b\\c")])

    assert refused(raw) == [("UNSAFE_NAME", "../a"), ("UNSAFE_NAME", "b\\c")]


def test_many_very_long_names_are_refused_at_once() -> None:
    raw = zipped([Member(name="a/" * 32_000, mode=FOLDER) for _ in range(100)])

    assert {code for code, _ in refused(raw)} == {"UNSAFE_NAME"}


def test_a_refusal_can_be_printed_anywhere() -> None:
    with pytest.raises(ArchiveRefused) as caught:
        read_archive(with_member(Member(name="a\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}b" + "c" * 500)))

    (fault,) = caught.value.faults
    assert fault.path.isprintable()
    assert len(fault.path) < 150
