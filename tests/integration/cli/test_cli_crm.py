"""`grantway crm`: an account's data, moved in and out."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.command_line import CommandLine

OF_ACME = ("--account", "acme")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "leads.jsonl"


def rows(host: str, count: int, **members: Any) -> str:
    return "".join(
        json.dumps(
            {
                "id": n,
                "name": f"{host} {n}",
                "_links": {"self": {"href": f"https://{host}/api/v4/leads/{n}"}},
            }
            | members
        )
        + "\n"
        for n in range(1, count + 1)
    )


def test_what_is_imported_is_exported_and_listed(
    platform: CommandLine, file: Path, tmp_path: Path
) -> None:
    file.write_text(rows("one.example", 3) + rows("two.example", 1, id=9, price="x"))
    taken = platform.run("crm", "import", str(file), *OF_ACME)
    again = platform.run("crm", "import", str(file), *OF_ACME)
    listed = platform.json("crm", "imports", *OF_ACME)[-1]
    to = tmp_path / "out.jsonl"
    written = platform.json("crm", "export", *OF_ACME, "--kind", "leads", "--output", str(to))
    lines = to.read_text().splitlines()

    assert (taken.exit_code, again.exit_code) == (1, 0)
    assert taken.stdout.startswith("3 leads imported, 1 refused.\n")
    assert taken.stderr.startswith("line 4: price: This value should be of type int. Came:")
    assert again.stdout.startswith("This file was imported already,")
    assert listed["imported"] == {"leads": 3}
    assert (listed["name"], listed["refused"], listed["file"]) == ("one.example", 1, "leads.jsonl")
    (refused,) = Path(f"{file}.refused.jsonl").read_text().splitlines()
    assert json.loads(refused)["row"]["price"] == "x"
    assert written == {"written": {"leads": len(lines)}}
    assert [json.loads(one)["name"] for one in lines[-3:]] == [
        f"one.example {n}" for n in (1, 2, 3)
    ]
    assert to.stat().st_mode & 0o777 == 0o600
    assert platform.done("crm", "export", *OF_ACME, "--kind", "leads") == to.read_text()


def test_standard_input_is_imported_and_begun_anew(
    platform: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = rows("three.example", 2, responsible_user_id=4711)
    command = ("crm", "import", "-", *OF_ACME)
    refused = platform.run(*command, typed=text)
    again = platform.run(*command, "--restart", "--responsible", "alice@acme.example", typed=text)

    assert (refused.exit_code, refused.stdout.splitlines()[0]) == (
        1,
        "Nothing imported, 2 refused.",
    )
    assert "--responsible" in refused.stderr
    assert (again.exit_code, again.stdout) == (0, "2 leads imported, 0 refused.\n")


def test_what_cannot_be_imported_is_refused_at_once(platform: CommandLine, file: Path) -> None:
    file.write_text(" \n")
    command = ("crm", "import", str(file), *OF_ACME)
    assert "nothing in the file" in platform.refused(*command)
    file.write_text(rows("four.example", 1))
    wrong = file.with_suffix(".map")
    wrong.write_text('{"stages": {"142": "143"}}')
    assert "pipeline/stage" in platform.refused(*command, "--map", str(wrong))
    assert platform.run("crm", "import", str(file) + "x", *OF_ACME).exit_code == 2
    assert platform.refused("crm", "import", str(file), "--account", "nobody")
    assert platform.json(*command)["imported"] == {"leads": 1}
