"""What every file of ours keeps to."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.locks import foreign_lines

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "grantway"

# A file is split by concept at about 400 lines; at this length it is overdue.
LONGEST = 450
WRITTEN_BY_HAND = {".py", ".sql", ".html", ".css", ".js", ".mjs", ".ts"}

# Where packages come from, and where somebody's copy lies, is nobody else's business.
FOREIGN_ADDRESS = re.compile(
    r"""
      \bregistry\.[a-z]+\.[a-z]+        # of npm packages
    | \b(?:test\.)?pypi\.[a-z]+         # of Python packages
    | \bfiles\.[a-z]+hosted\.[a-z]+
    | ["']resolved["']\s*:              # in an npm lock
    | ^\s*--(?:find-links|(?:extra-)?index-url)\b
    | \bfile:///(?:opt|root|home|work|Users)/
    | (?<![\w.:/])/(?:work|root|home|Users)/\w
    """,
    re.VERBOSE | re.MULTILINE,
)


def tracked_files() -> list[Path]:
    """Return every file of the repository, those included that are not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str | None:
    """Return the text of *path*; None for pictures and the like."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_no_file_is_too_long() -> None:
    long = [
        path
        for path in tracked_files()
        if path.suffix in WRITTEN_BY_HAND and len(path.read_text().splitlines()) > LONGEST
    ]

    assert names(long) == []


def test_no_module_has_the_name_of_a_standard_one() -> None:
    ours = [
        path for folder in (SOURCE, ROOT / "tools", ROOT / "tests") for path in folder.rglob("*.py")
    ]
    packages = [path for path in SOURCE.rglob("*") if (path / "__init__.py").is_file()]
    standard = sys.stdlib_module_names - {"__main__"}

    assert names([path for path in [*ours, *packages] if path.stem in standard]) == []


def test_every_package_says_what_it_owns() -> None:
    silent = [
        path
        for path in SOURCE.rglob("__init__.py")
        if ast.get_docstring(ast.parse(path.read_text())) is None
    ]

    assert names(silent) == []


def test_no_file_names_where_packages_come_from_or_where_it_was_made() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0].strip()}"
        for path in tracked_files()
        if path != Path(__file__)
        for match in FOREIGN_ADDRESS.finditer(text_of(path) or "")
    }

    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        '      "resolved": "https://example.org/htmx.org-2.0.11.tgz",',
        "--find-links /srv/wheels",
        "    --extra-index-url https://example.org/simple",
        "click @ file:///home/alice/click.whl",
        "see /home/alice/grantway/README.md",
    ],
)
def test_such_an_address_is_seen(line: str) -> None:
    assert FOREIGN_ADDRESS.search(line)


@pytest.mark.parametrize(
    "line",
    ["    --hash=sha256:0123", "`sqlite:////var/lib/grantway.db`", "https://example.org/home/page"],
)
def test_other_addresses_pass(line: str) -> None:
    assert not FOREIGN_ADDRESS.search(line)


def test_locks_tell_versions_and_hashes_alone() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))

    assert [lock.stem for lock in locks] == ["bench", "dev", "runtime"]
    assert [line for lock in locks for line in foreign_lines(lock.read_text())] == []


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = {"runtime": project["project"]["dependencies"]} | project["dependency-groups"]
    asked["runtime"] = [*asked["runtime"], *asked.pop("build")]
    unmet = {
        f"{lock}: {wish}"
        for lock, wishes in asked.items()
        for wish in map(Requirement, wishes)
        if not any(
            canonicalize_name(name) == canonicalize_name(wish.name) and version in wish.specifier
            for name, version in re.findall(
                r"^([\w.-]+)==([^\s;]+)",
                (ROOT / "requirements" / f"{lock}.txt").read_text(),
                re.MULTILINE,
            )
        )
    }

    assert unmet == set(), "run `make lock`"
