"""The samples in four languages do what they say, as they are printed."""

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.demos import RunningDemo
from tests.docs.conftest import DemoWith, fresh_credentials
from tests.docs.pages import ROOT, snippets
from tests.docs.steering import Tunnel, steered
from tests.docs.walking import Place
from tools.system_parts import TESTS, missing

PAGE = ROOT / "docs" / "how-to" / "samples.md"
SNIPPETS = snippets(PAGE.read_text())
FILES = sorted(one.file for one in SNIPPETS if one.file)
PROGRAMS = {".sh": "bash", ".py": "python", ".mjs": "node", ".php": "php"}
LANGUAGES = {".sh": "curl", ".py": "Python", ".mjs": "JavaScript", ".php": "PHP"}
KOMMO = ("--domain", "kommo.com", "--tls", "--public-port", "443")


Credentials = Callable[[RunningDemo], dict[str, str]]


@pytest.fixture(scope="module")
def credentials() -> Credentials:
    """Return an integration and a token of a demo, made once for all samples."""
    return functools.cache(lambda demo: fresh_credentials(demo.data, "samples"))


@pytest.fixture(params=["localhost", "kommo.com"])
def place(
    request: pytest.FixtureRequest, demo_with: DemoWith, credentials: Credentials, tmp_path: Path
) -> Iterator[Place]:
    """Return where the samples are run: at the demo's bare host, and at a compiled-in domain."""
    if absent := [part.name for part in missing(TESTS)]:
        raise AssertionError(f"{', '.join(absent)}: not found; `make parts` installs them")
    demo: RunningDemo = demo_with(() if request.param == "localhost" else KOMMO)
    port = demo.ready["port"]
    variables = credentials(demo)
    if request.param == "localhost":
        yield Place(tmp_path, variables | {"API": f"http://localhost:{port}"}, {})
        return
    tunnel = Tunnel(port)
    way = steered(tmp_path, tunnel, demo.ready["ca_file"], port)
    yield Place(tmp_path, variables | way | {"API": "https://acme.kommo.com"}, {})
    tunnel.close()


def command(place: Place, file: str) -> list[str]:
    trust = []
    if file.endswith(".php") and "SSL_CERT_FILE" in place.variables:
        trust = ["-d", f"curl.cainfo={place.variables['SSL_CERT_FILE']}"]
    return [PROGRAMS[Path(file).suffix], *trust, file]


def test_there_are_two_samples_in_each_of_four_languages() -> None:
    assert sorted(Path(file).suffix for file in FILES) == sorted([*PROGRAMS, *PROGRAMS])


@pytest.mark.parametrize("file", [one for one in FILES if one.startswith("list")])
def test_a_sample_lists_leads(place: Place, file: str) -> None:
    place.save(SNIPPETS)
    done = place.run(*command(place, file))

    assert done.returncode == 0, done.stdout + done.stderr
    if file.endswith(".sh"):
        assert len(json.loads(done.stdout)["_embedded"]["leads"]) == 5
    else:
        assert len(done.stdout.splitlines()) == 5


@pytest.mark.parametrize("file", [one for one in FILES if one.startswith("add")])
def test_a_sample_adds_a_lead(place: Place, file: str) -> None:
    place.save(SNIPPETS)
    done = place.run(*command(place, file))
    listed = place.run("bash", "list-leads.sh")
    names = [one["name"] for one in json.loads(listed.stdout)["_embedded"]["leads"]]

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"From {LANGUAGES[Path(file).suffix]}" in names


@pytest.mark.parametrize("file", FILES)
def test_a_sample_says_so_when_its_token_is_refused(place: Place, file: str) -> None:
    place.save(SNIPPETS)
    refused = Place(place.folder, {**place.variables, "TOKEN": "not-a-token"}, {})
    done = refused.run(*command(refused, file))

    assert done.returncode != 0
    assert "401" in done.stdout + done.stderr
