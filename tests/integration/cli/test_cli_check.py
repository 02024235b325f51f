"""`grantway integration check`: of a file in CI, and of a stored version."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from grantway.pictures.model import KINDS
from tests.integration.cli.command_line import CommandLine, Outcome
from tests.widget_archives import widget_zip

CHECK = ("integration", "check")
LINE = "Connect your account at https://parcel.example/connect"

Check = Callable[..., Outcome]


def presentation(**changes: object) -> dict[str, object]:
    return {
        "language": "en",
        "name": "Parcels via Dana Labs",
        "short_description": "Parcels beside your leads",
        "description": f"Shows where each parcel is. {LINE}.",
        "instructions": "Open a lead. Its parcel stands beside it.",
        "privacy_uri": "https://parcel.example/privacy",
        "support_uri": "https://parcel.example/help",
        "support_email": "help@parcel.example",
        "icon": "icon.png",
        "logo": "pictures/logo.png",
        "gallery": ["slide.png"],
        **changes,
    }


def content(**changes: object) -> dict[str, object]:
    return {
        "language": "en",
        "presentations": [presentation()],
        "redirect_uri": "https://parcel.example/agreed",
        "scopes": ["crm"],
        "owner_name": "Dana Labs",
        **changes,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the integrator's folder, with sound pictures."""
    (tmp_path / "pictures").mkdir()
    for name, kind in (("icon", "icon"), ("pictures/logo", "logo"), ("slide", "slide")):
        Image.new("RGB", KINDS[kind].size, "white").save(tmp_path / f"{name}.png")
    return tmp_path


@pytest.fixture
def check(folder: Path) -> Check:
    """Check what the integrator wrote; without a platform, as in CI."""

    def run(written: object, *options: str) -> Outcome:
        text = written if isinstance(written, str) else json.dumps(written)
        file = folder / "integration.json"
        file.write_text(text)
        return CommandLine().run(
            *(*CHECK, "--file", str(file), *options),
            GRANTWAY_DATABASE=None,
            GRANTWAY_SECRET_KEY=None,
        )

    return run


def places(outcome: Outcome) -> set[tuple[str, str]]:
    return {(one["rule"], one["field"]) for one in json.loads(outcome.stdout)["findings"]}


def test_a_finished_file_passes_in_every_format(check: Check) -> None:
    text, as_json, sarif = (
        check(content(), "--format", name) for name in ("text", "json", "sarif")
    )

    assert [one.exit_code for one in (text, as_json, sarif)] == [0, 0, 0]
    assert text.stdout == "0 errors, 0 warnings\n"
    assert json.loads(as_json.stdout)["findings"] == []
    assert json.loads(sarif.stdout)["runs"][0]["results"] == []


def test_findings_are_exit_status_1_in_every_format(check: Check) -> None:
    broken = content(presentations=[presentation(description="See our site.")])
    text, as_json, sarif = (check(broken, "--format", name) for name in ("text", "json", "sarif"))

    assert [one.exit_code for one in (text, as_json, sarif)] == [1, 1, 1]
    assert (
        "integration.json:1 en/description: Say where users complete the installation"
        in text.stdout
    )
    assert places(as_json) == {("T9", "description")}
    (result,) = json.loads(sarif.stdout)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (result["ruleId"], Path(uri).name) == ("T9", "integration.json")
    assert places(check(broken, "--json")) == {("T9", "description")}


def test_each_finding_tells_the_line_that_it_is_about(
    check: Check, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    spanish = presentation(
        language="es",
        name="Paquetes",
        support_uri="",
        description=f"Muestra dónde está cada paquete. {LINE}",
        short_description="Paquetes junto a sus leads",
        instructions="Abra un lead: su paquete está al lado.",
    )
    del spanish["privacy_uri"]
    written = content(presentations=[presentation(), spanish], redirect_uri="")
    text = json.dumps(written, indent=1, ensure_ascii=False)
    lines = text.splitlines()

    outcome = check(text, "--json")
    sarif = check(text, "--format", "sarif")

    found = {one["rule"]: one for one in json.loads(outcome.stdout)["findings"]}
    told = {rule: lines[one["line"] - 1].strip() for rule, one in found.items()}
    assert told == {
        "N3": '"name": "Paquetes",',
        "C1": '"support_uri": "",',
        "L4": "{",  # of the presentation that lacks it
        "A1": '"redirect_uri": "",',
    }
    assert lines[found["L4"]["line"]].strip() == '"language": "es",'
    assert {one["file"] for one in found.values()} == {"integration.json"}
    for result in json.loads(sarif.stdout)["runs"][0]["results"]:
        (place,) = result["locations"]
        line = found[result["ruleId"]]["line"]
        assert place["physicalLocation"] == {
            "artifactLocation": {"uri": "integration.json"},
            "region": {"startLine": line},
        }


def test_warnings_fail_only_when_asked_to(check: Check) -> None:
    official = content(presentations=[presentation(short_description="The official parcels")])

    assert check(official).exit_code == 0
    assert "1 en/short_description: 'official'" in check(official).stdout
    assert check(official, "--strict").exit_code == 1
    assert check(content(), "--strict").exit_code == 0


def test_an_archive_is_checked_with_its_file_by_file_and_line(check: Check, folder: Path) -> None:
    archive = folder / "widget.zip"
    archive.write_bytes(widget_zip({"lib.js": b"define([]);\neval(1);\n"}))
    with_widget = content(has_widget=True)
    formats = [
        check(with_widget, "--archive", str(archive), "--format", name)
        for name in ("text", "json", "sarif")
    ]

    assert {one.exit_code for one in formats} == {1}
    text, as_json, sarif = (one.stdout for one in formats)
    assert "  error: lib.js:2: eval runs a text as code\n" in text
    (found,) = (one for one in json.loads(as_json)["findings"] if one["rule"] == "A9")
    assert (found["file"], found["line"]) == ("lib.js", 2)
    places = [one["locations"] for one in json.loads(sarif)["runs"][0]["results"]]
    where = {"artifactLocation": {"uri": "lib.js"}, "region": {"startLine": 2}}
    assert [{"physicalLocation": where}] in places
    archive.write_bytes(widget_zip())
    honest = check(with_widget, "--archive", str(archive), "--json").stdout
    assert "A9" not in {one["rule"] for one in json.loads(honest)["findings"]}


def test_an_archive_that_is_none_is_wrong_use(check: Check, folder: Path) -> None:
    archive = folder / "widget.zip"
    archive.write_bytes(b"no zip")
    refused = check(content(has_widget=True), "--archive", str(archive))

    assert refused.exit_code == 2
    assert "Widget archive is not valid" in refused.stderr
    missing = check(content(has_widget=True), "--json")
    assert "There is no archive: upload widget.zip" in missing.stdout


def test_a_report_goes_into_a_file(check: Check, folder: Path) -> None:
    output = folder / "report.sarif"
    outcome = check(content(redirect_uri=""), "--format", "sarif", "--output", str(output))

    assert outcome.exit_code == 1
    assert outcome.stdout == "1 error, 0 warnings\n"
    assert json.loads(output.read_text())["runs"][0]["results"][0]["ruleId"] == "A1"
    nowhere = check(content(), "--output", str(folder / "nowhere" / "report.txt"))
    assert (nowhere.exit_code, "--output" in nowhere.stderr) == (2, True)


def test_the_platforms_own_name_is_known_or_told(check: Check) -> None:
    named = content(presentations=[presentation(name="Kommo parcels via Dana")])

    assert check(named).exit_code == 0
    assert places(check(named, "--json", "--host-name", "Kommo")) == {("N4", "name")}
    product = content(owner_name="Grantway Labs")
    assert places(check(product, "--json")) == {("N4", "owner_name")}


def test_pictures_are_read_from_beside_the_file(check: Check, folder: Path) -> None:
    assert check(content()).exit_code == 0
    Image.new("RGB", (100, 100)).save(folder / "icon.png")
    (folder / "slide.png").write_text("no picture")
    (folder / "pictures" / "logo.png").unlink()

    outcome = check(content())

    assert outcome.exit_code == 1
    assert "The icon cannot be taken: expected 400 x 272 pixels, and 100 x 100 came" in (
        outcome.stdout
    )
    assert "Slide 1 cannot be taken: expected a file of PNG, JPEG, WebP" in outcome.stdout
    assert "en/logo: The logo after installation cannot be taken: the file cannot be read" in (
        outcome.stdout
    )


def test_the_icons_margin_is_looked_at(check: Check, folder: Path) -> None:
    icon = Image.new("RGB", KINDS["icon"].size, "white")
    ImageDraw.Draw(icon).rectangle((5, 50, 200, 100), "black")
    icon.save(folder / "icon.png")

    assert places(check(content(), "--json")) == {("I2", "icon")}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "integration.json: "),
        ("[]", "Expected `object`, got `array`"),
        ('{\n"language": "en",\n}', "line 3: "),
        ('{"language": "en"}', "missing required field `presentations`"),
        (content(colour="red"), "unknown field `colour`"),
        (
            content(presentations=[presentation(nmae="x")]),
            "unknown field `nmae` - at `$.presentations[0]`",
        ),
        (
            content(presentations=[presentation(name=None)]),
            "Expected `str`, got `null` - at `$.presentations[0].name`",
        ),
        (content(scopes="crm"), "Expected `array`, got `str` - at `$.scopes`"),
        (content(presentations=[]), "presentations: expected one for 'en'"),
        (content(language="es"), "presentations: expected one for 'es'"),
        (content(presentations=[presentation(), presentation()]), "at most one for each other"),
        ("[" * 100_000, "integration.json: "),
    ],
)
def test_a_file_that_cannot_be_read_is_wrong_use_and_its_place_is_told(
    check: Check, written: Any, told: str
) -> None:
    outcome = check(written)

    assert outcome.exit_code == 2
    # The message is folded into lines.
    assert told in " ".join(outcome.stderr.split())
    assert outcome.stdout == ""


@pytest.mark.parametrize("raw", [b"\xff\xfe{}", b"\x80", b'"\\ud800"'])
def test_bytes_that_are_no_text_are_wrong_use(folder: Path, raw: bytes) -> None:
    file = folder / "integration.json"
    file.write_bytes(raw)

    assert CommandLine().run(*CHECK, "--file", str(file)).exit_code == 2


def test_half_a_letter_is_told_before_it_is_hashed(check: Check) -> None:
    written = json.dumps(content(owner_name="x")).replace('"x"', '"\\ud800"')

    assert check(written).exit_code == 2


def test_a_byte_order_mark_does_no_harm(check: Check) -> None:
    assert check("\ufeff" + json.dumps(content())).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("0f3c9a52", "--file", __file__),
        ("--file", "nowhere.json"),
        ("--file", __file__, "--account", "acme"),
        ("0f3c9a52", "--host-name", "Kommo"),
        ("0f3c9a52", "--format", "xml"),
    ],
)
def test_wrong_use_is_exit_status_2(arguments: tuple[str, ...]) -> None:
    assert CommandLine().run(*CHECK, *arguments).exit_code == 2


@pytest.fixture
def draft(platform: CommandLine) -> tuple[str, str]:
    """Create a draft in a technical account of the test's own; return both."""
    subdomain = f"checked{len(platform.json('account', 'list'))}"
    platform.done("account", "create", subdomain, "--technical")
    platform.done(
        *("user", "create", f"dana@{subdomain}.example", "--name", "Dana"),
        *("--account", subdomain, "--role", "administrator", "--password-stdin"),
        typed="dana's long password\n",
    )
    made = platform.json(
        *("integration", "create", "--public", "--account", subdomain),
        *("--name", "Parcels via Dana", "--description", LINE, "--scope", "crm"),
    )
    return subdomain, made["client_id"]


def test_the_newest_version_is_checked_where_it_is_stored(
    platform: CommandLine, draft: tuple[str, str]
) -> None:
    subdomain, client_id = draft
    outcome = platform.run(*CHECK, client_id, "--account", subdomain, "--format", "json")
    found = places(outcome)

    assert outcome.exit_code == 1
    assert {("C1", "icon"), ("L4", "privacy_uri"), ("A1", "redirect_uri")} <= found
    assert not {one for one in found if one[0] in {"N3", "T9"}}
    platform.done(
        *("integration", "edit", client_id, "--account", subdomain),
        *("--redirect-uri", "https://parcel.example/agreed", "--description", "Press Install"),
    )
    after = places(platform.run(*CHECK, client_id, "--json"))
    assert ("A1", "redirect_uri") not in after
    assert ("T9", "description") in after


def test_others_integrations_and_private_ones_are_not_checked(
    platform: CommandLine, draft: tuple[str, str]
) -> None:
    subdomain, client_id = draft
    private = platform.json("integration", "create", "--account", "acme")["client_id"]

    assert platform.refused(*CHECK, client_id, "--account", "acme") == "Integration not found"
    assert platform.refused(*CHECK, "0f3c9a52", "--account", subdomain) == "Integration not found"
    assert platform.run(*CHECK, client_id, "--account", subdomain).exit_code == 1
    told = platform.run(*CHECK, private, "--account", "acme")
    assert (told.exit_code, "only public ones are reviewed" in told.stderr) == (2, True)
    assert platform.refused(*CHECK, private, "--account", subdomain) == "Integration not found"
