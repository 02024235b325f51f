"""The examples beside the demo: each comes, is told, keeps its place, and goes with it."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.demos import GRANTWAY, RunningDemo, clean_environment, running_demo, stop
from tests.integration.cli.command_line import CommandLine

PROGRAMS = {"public": "lead_table.py", "widget": "parcel_widget.py"}


def example_url(demo: RunningDemo) -> str:
    url: str = demo.ready["example"]["url"]
    return url


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def refused(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GRANTWAY, "demo", "--port", "0", *options],
        env=clean_environment(TMPDIR=str(folder)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("processes", ["1", "2"])
def test_the_example_answers_when_the_ready_file_is_there_and_goes_with_the_demo(
    tmp_path: Path, processes: str
) -> None:
    with running_demo(tmp_path, "--processes", processes) as demo:
        ready, url, said = demo.ready, example_url(demo), demo.said
        page = httpx.get(url, trust_env=False).text
        home = httpx.get(
            f"http://127.0.0.1:{ready['port']}/", headers={"host": "www.localhost"}, trust_env=False
        ).text
        status = stop(demo.process, signal.SIGTERM)

    public, draft = ready["integrations"]["public"], ready["integrations"]["draft"]
    widget = ready["integrations"]["widget"]
    fields = {"account", "client_id", "client_secret", "redirect_uri", "status"}
    assert set(public) == set(draft) == fields
    assert set(widget) == fields | {"widget_code"}
    assert (widget["account"], widget["status"]) == ("danalabs", "published")
    assert (public["account"], public["status"]) == ("danalabs", "published")
    assert (draft["account"], draft["status"]) == ("danalabs", "draft")
    assert public["redirect_uri"] == f"{url}/callback"
    assert f'data-client-id="{public["client_id"]}"' in page
    assert f"{ready['urls']['public']}/auth/button.min.js" in page
    assert f'href="{url}"' in home
    for told in (url, public["redirect_uri"], widget["redirect_uri"]):
        assert told in said
    for keys in (public, widget):
        assert keys["client_id"] in said
        assert keys["client_secret"] in said
    assert status == 0
    assert not answers(url)


def test_a_demo_that_is_killed_takes_the_example_with_it(tmp_path: Path) -> None:
    with running_demo(tmp_path, environment={"TMPDIR": str(tmp_path)}) as demo:
        url = example_url(demo)
        demo.process.kill()
        demo.process.wait()
        end = time.monotonic() + 5
        while answers(url) and time.monotonic() < end:
            time.sleep(0.05)

        assert not answers(url)


def test_without_the_example_its_integration_is_there_all_the_same(tmp_path: Path) -> None:
    with running_demo(tmp_path, "--no-example") as demo:
        ready, said = demo.ready, demo.said
        pid = demo.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    assert ready["example"] is None
    assert ready["integrations"]["public"]["status"] == "published"
    assert ready["integrations"]["public"]["redirect_uri"].startswith("https://")
    assert children == []
    assert "Hooks may also reach" not in said


def test_what_is_printed_fits_a_terminal_of_80_columns(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        lines = demo.said.splitlines()

    long = [one for one in lines if len(one.rstrip()) > 80]
    assert all(one.startswith(("curl ", "/")) for one in long), long


@pytest.mark.parametrize("processes", ["1", "2"])
def test_only_the_examples_are_opened_to_hooks_and_the_greeting_tells_it(
    tmp_path: Path, processes: str
) -> None:
    with running_demo(tmp_path, "--processes", processes) as demo:
        said = demo.said
        urls = [urlsplit(demo.ready["integrations"][one]["redirect_uri"]) for one in PROGRAMS]

    _, _, told = said.partition("Hooks may also reach")
    assert told.splitlines()[2:5] == [*(f"127.0.0.1:{one.port}" for one in urls), ""]
    assert said.startswith("\nGrantway is running."), "nothing stands above it"
    assert '"event"' not in said


def test_the_example_keeps_its_place_and_its_integration_follows_it(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    line = CommandLine(target=data)
    with running_demo(tmp_path / "first", *data) as demo:
        first, kept = demo.ready["integrations"], example_url(demo)
    with running_demo(tmp_path / "second", *data) as demo:
        second = demo.ready["integrations"], example_url(demo)
    with listening() as port:
        pass  # free again
    with running_demo(tmp_path / "third", *data, "--example-port", str(port)) as demo:
        third, moved = demo.ready["integrations"], example_url(demo)
        shown = line.json("integration", "show", first["public"]["client_id"])
    with running_demo(tmp_path / "fourth", *data, "--no-example") as demo:
        fourth = demo.ready["integrations"]["public"]
        without = line.json("integration", "show", first["public"]["client_id"])
        widget = demo.ready["integrations"]["widget"]
        archive = line.json("widget", "show", widget["client_id"], "--account", "danalabs")
    with running_demo(tmp_path / "fifth", *data) as demo:
        fifth = demo.ready["integrations"]["widget"]
        archive_again = line.json("widget", "show", widget["client_id"], "--account", "danalabs")

    assert second == (first, kept)
    assert moved == f"http://localhost:{port}"
    assert third["public"]["redirect_uri"] == f"{moved}/callback"
    assert third["public"]["client_secret"] == first["public"]["client_secret"]
    assert (shown["status"], shown["revoke_hook_uri"]) == ("published", f"{moved}/revoked")
    assert fourth["redirect_uri"].startswith("https://")
    assert (without["status"], without["revoke_hook_uri"]) == ("published", None)
    assert third["widget"] == first["widget"], "nobody moved it"
    assert (widget["status"], fifth["status"]) == ("published", "published")
    assert widget["redirect_uri"].startswith("https://")
    assert fifth["redirect_uri"].startswith("http://localhost")
    assert archive["content_hash"] != archive_again["content_hash"], "it asks another server"


def test_an_integration_that_was_taken_back_stays_a_draft_when_it_moves(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    line = CommandLine(target=data)
    with running_demo(tmp_path / "first", *data) as demo:
        client_id = demo.ready["integrations"]["public"]["client_id"]
    line.done("integration", "unpublish", client_id)
    with running_demo(tmp_path / "second", *data, "--no-example") as demo:
        public = demo.ready["integrations"]["public"]
    line.done("integration", "disable", client_id, "--reason", "Its keys leaked.")
    with running_demo(tmp_path / "third", *data) as demo:
        stopped = demo.ready["integrations"]["public"]

    assert public["status"] == "draft"
    assert public["redirect_uri"].startswith("http://localhost")  # what is hidden does not change
    assert stopped["status"] == "disabled"


def test_a_folder_from_before_there_was_an_example_gets_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_demo(tmp_path / "first", "--data", str(data), "--no-example") as demo:
        private = demo.ready["integrations"]["private"]
    kept = json.loads((data / "demo.json").read_text())
    del kept["opened"], kept["example_port"]
    kept["cast"]["integrations"] = {"private": kept["cast"]["integrations"]["private"]}
    (data / "demo.json").write_text(json.dumps(kept))
    with running_demo(tmp_path / "second", "--data", str(data)) as demo:
        integrations = demo.ready["integrations"]
        does_answer = answers(example_url(demo))

    assert does_answer
    assert integrations["private"] == private
    assert integrations["public"]["status"] == "published"


def test_a_port_in_use_is_told_if_it_was_asked_for_and_passed_over_if_not(tmp_path: Path) -> None:
    with listening() as port:
        asked = refused(tmp_path, "--example-port", str(port))
        with running_demo(tmp_path / "demo", "--port", str(port - 1)) as demo:
            url = example_url(demo)
            does_answer = answers(url)

    assert asked.returncode == 1
    assert asked.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in asked.stderr
    assert "--example-port" in asked.stderr
    assert does_answer
    assert url != f"http://localhost:{port}"


def test_a_port_for_no_example_is_wrong_use(tmp_path: Path) -> None:
    result = refused(tmp_path, "--no-example", "--example-port", "8001")

    assert result.returncode == 2
    assert "--no-example" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_example_speaks_tls_to_a_platform_of_another_name(tmp_path: Path) -> None:
    """Its callback with a wrong code gets as far as the platform's own refusal."""
    options = ("--domain", "kommo.com", "--tls", "--public-port", "443")
    told = {"iss": "https://accounts.kommo.com", "referer": "acme.kommo.com", "code": "bad"}
    with running_demo(tmp_path, *options) as demo, httpx.Client(trust_env=False) as visitor:
        page = visitor.get(example_url(demo))
        state = page.text.partition('data-state="')[2].partition('"')[0]
        # By hand: the cookie jar of Python gives nothing back to a host without a dot.
        cookie = {"cookie": page.headers["set-cookie"].partition(";")[0]}
        answer = visitor.get(
            f"{example_url(demo)}/callback", params={"state": state, **told}, headers=cookie
        )

    assert answer.status_code == 502
    assert "Cannot decrypt the authorization code" in answer.text


def test_no_secret_is_among_the_arguments_of_a_process(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        secrets = [demo.ready["integrations"][one]["client_secret"] for one in PROGRAMS]
        pid = demo.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        arguments = [Path(f"/proc/{child}/cmdline").read_text() for child in children]

    for secret, program, said in zip(secrets, PROGRAMS.values(), arguments, strict=True):
        assert program in said
        assert secret not in said
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_what_the_operator_opened_may_be_registered_from_the_command_line(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    line = CommandLine(target=data)
    with running_demo(tmp_path, *data, "--allow-target", "127.0.0.1:3000") as demo:
        draft = demo.ready["integrations"]["draft"]["client_id"]
    edit = ("integration", "edit", draft, "--account", "danalabs", "--redirect-uri")
    opened = line.json(*edit, "http://localhost:3000/callback")
    closed = line.refused(*edit, "http://localhost:3001/callback")

    assert opened["redirect_uri"] == "http://localhost:3000/callback"
    assert "it must begin with https://" in closed
