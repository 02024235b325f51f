"""Reports as text, JSON and SARIF 2.1.0."""

import json
from typing import Any

import jsonschema
import pytest

from grantway.moderation.checks.checklist import RULES, check
from grantway.moderation.checks.model import Finding, Report, Severity
from grantway.moderation.checks.outputs import as_json, as_sarif, as_text
from tests.unit.checked import AROUND, SOUND, with_texts

BROKEN = with_texts("es", name="Paquetes", instructions="Indique su contraseña.")
REPORT = check(BROKEN, AROUND)
WITH_FILES = Report(
    content_hash="0" * 64,
    findings=(
        Finding(rule="A9", severity=Severity.ERROR, text="No eval.", file="script.js", line=14),
        Finding(rule="A6", severity=Severity.ERROR, text="Missing.", file="images/my logo.png"),
        Finding(
            rule="N3",
            severity=Severity.ERROR,
            text="By whom?",
            language="es",
            field="name",
            file="integration.json",
            line=3,
        ),
        Finding(rule="A5", severity=Severity.ERROR, text="Nothing is new."),
    ),
)
"""Places in an archive, in a file that was checked, and nowhere."""


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional,
        "additionalProperties": False,
    }


def _array(items: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}


TEXT = {"type": "string", "minLength": 1}
MESSAGE = _object({"text": TEXT})  # 3.11
LEVEL = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10
LOCATION = _object(  # 3.28
    {},
    physicalLocation=_object(  # 3.29
        {"artifactLocation": _object({"uri": {"type": "string", "format": "uri-reference"}})},
        region=_object({"startLine": {"type": "integer", "minimum": 1}}),
    ),
    logicalLocations=_array(_object({"name": TEXT, "fullyQualifiedName": TEXT}), 1),
)
RULE = _object(  # 3.49
    {"id": TEXT, "shortDescription": MESSAGE, "defaultConfiguration": _object({"level": LEVEL})}
)
RESULT = _object(  # 3.27
    {"ruleId": TEXT, "level": LEVEL, "message": MESSAGE},
    ruleIndex={"type": "integer", "minimum": 0},
    locations=_array(LOCATION, 1),
)
SARIF = _object(  # 3.13
    {
        "version": {"const": "2.1.0"},
        "runs": _array(
            _object(  # 3.14
                {
                    "tool": _object(
                        {"driver": _object({"name": TEXT, "version": TEXT, "rules": _array(RULE)})}
                    ),
                    "results": _array(RESULT),
                },
                properties={"type": "object"},
            ),
            1,
        ),
    },
    **{"$schema": {"type": "string", "format": "uri"}},
)
"""What we write of SARIF, each part as its section has it; nothing else may stand there."""


def sarif(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(as_sarif(report))
    jsonschema.Draft202012Validator(SARIF).validate(document)
    (run,) = document["runs"]
    found: dict[str, Any] = run
    return found


def test_text_tells_each_rule_once_each_place_and_a_sum() -> None:
    text = as_text(check(with_texts(name="Parcels", description="Go to our site."), AROUND))

    assert text.count("N3  The name ends with") == 1
    assert "\n  error: en/name: End the name with via or by" in text
    assert "\n  error: en/description: Say where users complete the installation" in text
    assert text.endswith("\n2 errors, 0 warnings\n")
    assert as_text(check(SOUND, AROUND)) == "0 errors, 0 warnings\n"


def test_text_names_files_and_lines() -> None:
    text = as_text(WITH_FILES)

    assert "  error: script.js:14: No eval.\n" in text
    assert "  error: images/my logo.png: Missing.\n" in text
    assert "  error: integration.json:3 es/name: By whom?\n" in text
    assert "  error: Nothing is new.\n" in text


def test_json_has_every_finding_with_its_place() -> None:
    document = json.loads(as_json(REPORT))

    assert document["content_hash"] == REPORT.content_hash
    assert (document["errors"], document["warnings"]) == (1, 1)
    assert [one["rule"] for one in document["findings"]] == ["G5", "N3"]
    (named,) = (one for one in document["findings"] if one["rule"] == "N3")
    assert (named["severity"], named["language"], named["field"]) == ("error", "es", "name")
    assert set(named) == {"rule", "severity", "text", "field", "language", "file", "line"}


@pytest.mark.parametrize("report", [REPORT, WITH_FILES, check(SOUND, AROUND)])
def test_sarif_has_the_structure_of_the_standard(report: Report) -> None:
    assert len(sarif(report)["results"]) == len(report.findings)


def test_sarif_explains_every_rule_and_each_result_points_at_its_own() -> None:
    run = sarif(REPORT)
    rules = run["tool"]["driver"]["rules"]

    assert [one["id"] for one in rules] == [rule.id for rule in RULES]
    assert {one["defaultConfiguration"]["level"] for one in rules} == {"error", "warning", "note"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [one["level"] for one in run["results"]] == ["warning", "error"]


def test_sarif_places_what_is_in_a_field_and_what_is_in_a_file() -> None:
    stored = sarif(REPORT)["results"][1]["locations"]
    in_script, in_picture, in_both, nowhere = sarif(WITH_FILES)["results"]

    assert stored == [{"logicalLocations": [{"name": "name", "fullyQualifiedName": "es/name"}]}]
    assert in_script["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "script.js"},
                "region": {"startLine": 14},
            }
        }
    ]
    assert in_picture["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "images/my%20logo.png"}}}
    ]
    assert in_both["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "integration.json"},
                "region": {"startLine": 3},
            },
            "logicalLocations": [{"name": "name", "fullyQualifiedName": "es/name"}],
        }
    ]
    assert "locations" not in nowhere
