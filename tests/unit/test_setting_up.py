"""The scripts that set the project up."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import install, system_parts
from tools.install import Refusal, Step

Describe = Callable[[], Step]


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Describe:
    """Make a part of one step, which writes a line to `done` each time it is carried out."""
    source = tmp_path / "source"
    source.write_text("first")
    write = f"open({str(tmp_path / 'done')!r}, 'a').write('done\\n')"

    def describe() -> Step:
        return Step(
            title="a step",
            stamp=tmp_path / "stamps" / "step",
            made_from=install.digest(source.read_bytes()),
            commands=[[sys.executable, "-c", write]],
            folder=tmp_path,
        )

    monkeypatch.setattr(install, "LOG", install.ROOT / ".cache" / "setup-test.log")
    monkeypatch.setitem(install.PARTS, "runtime", [describe])
    return describe


def test_what_is_installed_is_not_installed_again(counting: Describe, tmp_path: Path) -> None:
    install.install("runtime")
    install.install("runtime")

    assert (tmp_path / "done").read_text() == "done\n"


def test_what_has_changed_is_installed_again(counting: Describe, tmp_path: Path) -> None:
    install.install("runtime")
    (tmp_path / "source").write_text("second")
    install.install("runtime")

    assert (tmp_path / "done").read_text() == "done\n" * 2


def test_a_step_that_failed_is_tried_again(
    counting: Describe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> Step:
        step = counting()
        return Step(step.title, step.stamp, step.made_from, [[sys.executable, "-c", "1 / 0"]])

    monkeypatch.setitem(install.PARTS, "runtime", [failing])
    monkeypatch.setattr(sys, "argv", ["install.py", "runtime"])

    assert install.main() == 1
    assert not failing().is_done()


def test_nothing_is_installed_when_a_program_is_missing(
    counting: Describe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def needs_more() -> Step:
        step = counting()

        def check() -> None:
            raise Refusal("node was not found.")

        return Step(step.title, tmp_path / "other", "x", step.commands, tmp_path, check)

    monkeypatch.setitem(install.PARTS, "runtime", [counting, needs_more])

    with pytest.raises(Refusal, match="node"):
        install.install("runtime")
    assert not (tmp_path / "done").exists()


def test_sources_leave_out_what_was_installed_or_built(tmp_path: Path) -> None:
    for name in ("package.json", "src/page.ts", "node_modules/x/index.js", "dist/page.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    found = [str(path.relative_to(tmp_path)) for path in install.sources(tmp_path)]

    assert found == ["package.json", "src/page.ts"]


def test_what_is_missing_is_told_with_the_reason_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    part = system_parts.Part("wrk", "benchmarks load the server", lambda: False, ("wrk",))
    monkeypatch.setattr(system_parts, "TESTS", [part])
    monkeypatch.setattr(system_parts, "as_root", lambda: None)
    monkeypatch.setattr(sys, "argv", ["system_parts.py", "tests"])

    assert system_parts.main() == 1
    told = capsys.readouterr().err
    assert "wrk: not found" in told
    assert "benchmarks load the server" in told
    assert "apt-get install wrk" in told


def test_a_part_that_is_there_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(packages: list[str]) -> None:
        raise AssertionError(packages)

    part = system_parts.Part("wrk", "benchmarks load the server", lambda: True, ("wrk",))
    monkeypatch.setattr(system_parts, "TESTS", [part])
    monkeypatch.setattr(system_parts, "install", forbidden)
    monkeypatch.setattr(sys, "argv", ["system_parts.py", "tests"])

    assert system_parts.main() == 0
