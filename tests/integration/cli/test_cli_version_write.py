"""`grantway integration version write`: a draft says what a file says, pictures included."""

import json
from pathlib import Path

import pytest

from tests.integration.cli.command_line import CommandLine
from tests.picture_files import picture_file

WRITE = ("integration", "version", "write")
DANALABS = ("--account", "danalabs")


@pytest.fixture
def line(empty_platform: CommandLine) -> CommandLine:
    empty_platform.done("account", "create", "danalabs", "--name", "Dana Labs", "--technical")
    dana = ("dana@danalabs.example", "--name", "Dana", *DANALABS, "--role", "administrator")
    empty_platform.done("user", "create", *dana, "--password-stdin", typed="Dana's long password\n")
    return empty_platform


@pytest.fixture
def client_id(line: CommandLine) -> str:
    made = line.json("integration", "create", *DANALABS, "--public", "--name", "Parcel tracker")
    return str(made["client_id"])


def write_file(folder: Path, **changes: object) -> str:
    """Write a finished file with its pictures; return its path."""
    for name, kind in {"icon": "icon", "logo": "logo", "one": "slide", "two": "slide"}.items():
        (folder / f"{name}.png").write_bytes(picture_file(kind, shade=len(name)))
    (folder / "two.png").write_bytes(picture_file("slide", shade=9))
    english = {
        "language": "en",
        "name": "Parcel tracker via Dana Labs",
        "short_description": "See where each parcel is",
        "description": "Shows parcels. Connect it at https://parcel.example/connect",
        "instructions": "Open a lead: its parcel stands beside it.",
        "privacy_uri": "https://parcel.example/privacy",
        "support_uri": "https://parcel.example/help",
        "support_email": "help@parcel.example",
        "icon": "icon.png",
        "logo": "logo.png",
        "gallery": ["two.png", "one.png"],
    }
    content = {
        "language": "en",
        "presentations": [english | changes],
        "redirect_uri": "https://parcel.example/agreed",
        "scopes": ["crm"],
        "owner_name": "Dana Labs",
    }
    file = folder / "integration.json"
    file.write_text(json.dumps(content))
    return str(file)


def test_what_a_file_says_is_ready_for_a_review(
    line: CommandLine, client_id: str, tmp_path: Path
) -> None:
    file = write_file(tmp_path)
    said = line.done(*WRITE, client_id, *DANALABS, "--file", file)
    again = line.json(*WRITE, client_id, *DANALABS, "--file", file)
    checked = line.json("integration", "check", client_id)
    submitted = line.json("integration", "version", "submit", client_id, *DANALABS)

    assert said == "Version 1 says what integration.json says.\n"
    assert checked["findings"] == []
    assert submitted["state"] == "in_review"
    assert submitted["content_hash"] == again["content_hash"], "the same file has the same name"


def test_a_file_with_a_wrong_picture_changes_nothing(
    line: CommandLine, client_id: str, tmp_path: Path
) -> None:
    before = line.json("integration", "version", "list", client_id, *DANALABS)
    told = [
        line.run(*WRITE, client_id, *DANALABS, "--file", write_file(tmp_path, **changes))
        for changes in ({"icon": "one.png"}, {"logo": "gone.png"}, {"name": "x" * 300})
    ]

    assert [one.exit_code for one in told] == [2, 2, 1]
    assert "one.png: expected" in told[0].stderr
    assert "gone.png: the file cannot be read" in told[1].stderr
    assert "name: write 1 to" in told[2].stderr
    assert line.json("integration", "version", "list", client_id, *DANALABS) == before


def test_what_is_reviewed_is_not_written_over(
    line: CommandLine, client_id: str, tmp_path: Path
) -> None:
    line.done(*WRITE, client_id, *DANALABS, "--file", write_file(tmp_path))
    line.done("integration", "version", "submit", client_id, *DANALABS)
    other = write_file(tmp_path, short_description="See each parcel")
    told = line.refused(*WRITE, client_id, *DANALABS, "--file", other)
    line.done("integration", "version", "withdraw", client_id, *DANALABS)
    line.done("integration", "version", "add", client_id, *DANALABS)

    assert "being reviewed" in told
    assert "Version 2" in line.done(*WRITE, client_id, *DANALABS, "--file", other)
