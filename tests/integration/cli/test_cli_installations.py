"""Installing with a widget by the command line, and who may install by the API."""

from pathlib import Path

from tests.integration.cli.command_line import CommandLine, MakeIntegration
from tests.widget_archives import widget_zip

ACME = ("--account", "acme")


def test_the_operator_installs_ends_and_installs_again(
    platform: CommandLine, make_integration: MakeIntegration, tmp_path: Path
) -> None:
    client_id = make_integration("--name", "Export")["client_id"]
    bare = platform.refused("installation", "install", client_id, *ACME)
    file = tmp_path / "widget.zip"
    file.write_bytes(widget_zip())
    platform.done("widget", "upload", str(file), client_id, *ACME)
    made = platform.json("installation", "install", client_id, *ACME)
    again = platform.done("installation", "install", client_id, *ACME)
    platform.done("installation", "end", client_id, *ACME, "--yes")
    anew = platform.json("installation", "install", client_id, *ACME)
    unknown = platform.refused(
        "installation", "install", "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810", *ACME
    )

    assert bare == "The integration has no widget, so it is not installed this way"
    assert (made["client_id"], made["is_new"], anew["is_new"]) == (client_id, True, True)
    assert again == f"Installed before: {made['status']}.\n"
    assert unknown == "Widget not found"


def test_the_operator_says_whether_widgets_run_in_frames(platform: CommandLine) -> None:
    before = platform.json("installation", "frames", *ACME)
    framed = platform.json("installation", "frames", *ACME, "--use")
    said = platform.done("installation", "frames", *ACME)
    paged = platform.json("installation", "frames", *ACME, "--no-use")

    assert [one["widgets_in_frames"] for one in (before, framed, paged)] == [False, True, False]
    assert said == "In acme, widgets run in frames of their own.\n"


def test_the_operator_says_who_may_install_others_by_the_api(platform: CommandLine) -> None:
    before = platform.json("installation", "others", *ACME)
    allowed = platform.json("installation", "others", *ACME, "--allow")
    said = platform.done("installation", "others", *ACME)
    refused = platform.json("installation", "others", *ACME, "--refuse")

    assert [one["api_may_install_others"] for one in (before, allowed, refused)] == [
        False,
        True,
        False,
    ]
    assert said == "In acme, tokens may install other integrations than their own.\n"
