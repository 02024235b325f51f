"""The sample widget in the demo: published as everybody's, installable, and told once."""

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from grantway.demo.samples import archive_at, samples
from grantway.moderation.checks.checklist import check
from grantway.moderation.checks.model import Finding, Surroundings
from grantway.moderation.model import Content, Presentation
from tests.demos import RunningDemo, running_demo
from tests.integration.cli.command_line import CommandLine

PATIENCE = 400  # looks, twenty a second


def installed_in(demo: RunningDemo) -> list[tuple[Any, ...]]:
    """Return what the widget's server keeps: accounts and their tokens."""
    with sqlite3.connect(demo.data / "parcel_widget.db") as db:
        return db.execute("select account_id, host, access_token from installations").fetchall()


def findings_in_archive(origin: str) -> list[Finding]:
    """Check the archive together with the texts of its form; leave out what is no file's fault."""
    sample = samples()[1]
    texts = (sample.settings.texts, *sample.further)
    archive = archive_at(origin)
    content = Content(
        language="en",
        presentations=tuple(
            Presentation(
                language=one.language,
                name=one.name,
                short_description=one.short_description,
                description=one.description,
                instructions=one.instructions,
            )
            for one in texts
        ),
        redirect_uri=f"{origin}/callback",
        owner_name=sample.settings.owner_name,
        scopes=tuple(sample.settings.scopes),
        has_widget=True,
        archive=archive.hash,
    )
    assert archive.warnings == ()
    report = check(content, Surroundings(archive=archive))
    return [one for one in report.findings if one.file]


def test_nothing_in_the_archive_needs_mending() -> None:
    honest = findings_in_archive("https://parcels.danalabs.example")
    of_a_machine = findings_in_archive("http://localhost:8002")

    assert honest == []
    assert {one.rule for one in of_a_machine} <= {"A8"}, "only its address says where it runs"


def test_the_widget_is_published_and_hears_once_that_it_was_installed(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    line = CommandLine(target=data)
    with running_demo(tmp_path, *data) as demo:
        keys = demo.ready["integrations"]["widget"]
        shown = line.json("widget", "show", keys["client_id"], "--account", "danalabs")
        nobody = installed_in(demo)
        install = ("installation", "install", keys["client_id"], "--account", "acme")
        first, second = line.json(*install), line.json(*install)
        for _ in range(PATIENCE):
            if installed_in(demo):
                break
            time.sleep(0.05)
        calls = line.json("integration", "calls", keys["client_id"])
        ((account_id, host, token),) = installed_in(demo)

    assert keys["status"] == "published"
    assert (shown["code"], shown["number"]) == (keys["widget_code"], 1)
    assert shown["published"]
    assert nobody == []
    assert (first["status"], first["is_new"], second["is_new"]) == ("not_configured", True, False)
    assert [(one["kind"], one["state"]) for one in calls] == [("install", "answered")]
    assert (account_id, host) == (1, f"acme.localhost:{demo.ready['port']}")
    assert token
    assert token not in json.dumps(calls)


@pytest.mark.parametrize("language", ["en", "es"])
def test_its_texts_are_in_every_language_and_name_its_maker(language: str) -> None:
    sample = samples()[1]
    texts = {one.language: one for one in (sample.settings.texts, *sample.further)}

    assert texts[language].name.endswith("Dana Labs")
    assert set(texts) == set(sample.pictures) == set(archive_at("https://a.example").texts)
