"""`grantway widget`: checking archives without a platform, uploading them, showing them."""

import json
from pathlib import Path

import pytest

from tests.integration.cli.command_line import CommandLine
from tests.widget_archives import manifest, manifest_widget, png, widget_zip

ACME = ("--account", "acme")
BROKEN = widget_zip(
    {
        "manifest.json": manifest(locations=["lcard-1", "dashboard"]),
        "i18n/en.json": b'{\n  // one\n  "a": 1\n}',
        "images/logo_min.png": png(42, 42),
    }
)
NO_AREA = "an area expected, alone or with -0 or -1, got 'dashboard'"
SMALL_LOGO = widget_zip({"images/logo_min.png": png(42, 42)})


def written(folder: Path, raw: bytes) -> str:
    file = folder / "widget.zip"
    file.write_bytes(raw)
    return str(file)


@pytest.fixture
def line(empty_platform: CommandLine) -> CommandLine:
    empty_platform.done("account", "create", "acme", "--name", "Acme", "--technical")
    alice = ("alice@acme.example", "--name", "Alice", *ACME, "--role", "administrator")
    empty_platform.done("user", "create", *alice, "--password-stdin", typed="Alice's password\n")
    return empty_platform


def made(line: CommandLine, *more: str) -> str:
    return str(line.json("integration", "create", *ACME, *more)["client_id"])


def test_a_sound_archive_can_be_uploaded(tmp_path: Path) -> None:
    file = written(tmp_path, widget_zip())

    assert CommandLine().done("widget", "check", file) == "0 errors, 0 warnings\n"
    assert CommandLine().json("widget", "check", file)["status"] == 200


def test_faults_name_file_and_line(tmp_path: Path) -> None:
    file = written(tmp_path, BROKEN)
    found = CommandLine().run("widget", "check", file)
    told = json.loads(CommandLine().run("widget", "check", file, "--json").stdout)
    log = json.loads(CommandLine().run("widget", "check", file, "--sarif", "--folder", "w/").stdout)

    assert found.exit_code == 1
    assert found.stdout.splitlines() == [
        f"manifest.json:20: error: locations.1: {NO_AREA} [LOCATIONS]",
        "i18n/en.json:2: error: comments are not JSON; take them out [JSON]",
        "2 errors, 0 warnings",
    ]
    assert told["status"] == 400
    assert told["detail"] == "Widget archive is not valid"
    assert [one["path"] for one in told["validation-errors"]] == ["manifest.json", "i18n/en.json"]
    assert told["validation-errors"][1]["line"] == 2
    places = [one["locations"][0]["physicalLocation"] for one in log["runs"][0]["results"]]
    assert places[1] == {"artifactLocation": {"uri": "w/i18n/en.json"}, "region": {"startLine": 2}}
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["LOCATIONS", "JSON"]


def test_warnings_fail_only_when_that_is_wanted(tmp_path: Path) -> None:
    file = written(tmp_path, SMALL_LOGO)
    output = tmp_path / "report.json"

    assert CommandLine().run("widget", "check", file).exit_code == 0
    assert CommandLine().run("widget", "check", file, "--strict").exit_code == 1
    said = CommandLine().done("widget", "check", file, "--json", "--output", str(output))
    assert said == "0 errors, 1 warning\n"
    assert json.loads(output.read_text())["warnings"][0]["code"] == "LOGO_SIZE"


@pytest.mark.parametrize("raw", [b"", b"<html>", b"PK" + bytes(21 * 1024 * 1024)])
def test_what_is_no_archive(tmp_path: Path, raw: bytes) -> None:
    found = CommandLine().run("widget", "check", written(tmp_path, raw))

    assert found.exit_code == 1
    assert found.stdout.startswith("error: ")
    assert CommandLine().run("widget", "check", str(tmp_path / "none.zip")).exit_code == 2


def test_an_upload_is_shown(line: CommandLine, tmp_path: Path) -> None:
    client_id = made(line)
    none = line.run("widget", "show", client_id, *ACME)
    file = written(tmp_path, widget_zip({"manifest.json": manifest_widget(version="1.4.0")}))
    said = line.json("widget", "upload", file, client_id, *ACME)
    again = line.json("widget", "upload", file, client_id, *ACME)
    shown = line.json("widget", "show", client_id, *ACME)

    assert none.exit_code == 1
    assert (said["number"], said["version"], said["is_new"]) == (1, "1.4.0", True)
    assert (again["number"], again["is_new"]) == (1, False)
    assert shown["code"] == said["code"]
    assert shown["locations"] == "lcard-1, settings-1"
    assert {"path": "style.css", "bytes": 30} in shown["files"]
    assert "style.css" in line.done("widget", "show", client_id, *ACME)


def test_a_draft_takes_an_upload_and_a_file_leaves_it_there(
    line: CommandLine, tmp_path: Path
) -> None:
    client_id = made(line, "--public", "--name", "Parcel tracker")
    said = line.done("widget", "upload", written(tmp_path, SMALL_LOGO), client_id, *ACME)
    file = tmp_path / "integration.json"
    page = {"language": "en", "name": "Parcels via Dana"}
    content = {"language": "en", "presentations": [page], "has_widget": True}
    file.write_text(json.dumps(content))
    line.done("integration", "version", "write", client_id, *ACME, "--file", str(file))

    assert "images/logo_min.png: warning: 84x84 expected, got 42x42 [LOGO_SIZE]" in said
    assert line.json("widget", "show", client_id, *ACME)["number"] == 1


def test_a_refused_archive_is_not_uploaded(line: CommandLine, tmp_path: Path) -> None:
    client_id = made(line)
    found = line.run("widget", "upload", written(tmp_path, BROKEN), client_id, *ACME)

    assert found.exit_code == 1
    assert "i18n/en.json:2: error: comments are not JSON" in found.stderr
    assert "Widget archive is not valid" in found.stderr
    assert line.run("widget", "show", client_id, *ACME).exit_code == 1
