"""`grantway demo`: complete when the ready file is there, kept when asked, gone otherwise."""

import json
import os
import signal
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.demos import GRANTWAY, RunningDemo, clean_environment, running_demo, stop
from tests.integration.cli.command_line import CommandLine

ROLES = {
    "acme": {"Alice": "administrator", "Bob": "user"},
    "bolt": {"Charlie": "administrator"},
    "danalabs": {"Dana": "administrator"},
}


def leads(demo: RunningDemo, token: str) -> httpx.Response:
    ready = demo.ready
    headers = {
        "host": f"acme.{ready['base_domain']}:{ready['public_port']}",
        "authorization": f"Bearer {token}",
    }
    return httpx.get(f"http://127.0.0.1:{ready['port']}/api/v4/leads", headers=headers)


def test_the_ready_file_is_complete_and_for_its_owner_alone(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        ready = demo.ready
        mode = demo.ready_file.stat().st_mode & 0o777
        statuses = [
            leads(demo, demo.keys[name]).status_code
            for name in ("long_lived_token", "revoked_token")
        ]

    port = ready["port"]
    assert {name: ready[name] for name in ("version", "base_domain", "scheme", "ca_file")} == {
        "version": 1,
        "base_domain": "localhost",
        "scheme": "http",
        "ca_file": None,
    }
    assert ready["public_port"] == port > 0
    assert ready["pid"] == demo.process.pid
    assert ready["urls"] == {
        "public": f"http://www.localhost:{port}",
        "control": f"http://accounts.localhost:{port}",
        "api": f"http://api.localhost:{port}",
        "static": f"http://static.localhost:{port}",
    }
    assert roles(ready) == ROLES
    assert {one["url"] for one in ready["accounts"].values()} == {
        f"http://{subdomain}.localhost:{port}" for subdomain in ROLES
    }
    assert set(ready["moderator"]) == {"email", "password"}
    assert set(ready["integrations"]["private"]) == {
        *("account", "client_id", "client_secret", "redirect_uri", "status"),
        *("long_lived_token", "revoked_token"),
    }
    assert ready["integrations"]["private"]["status"] == "private"
    assert mode == 0o600
    assert statuses == [200, 401]


def roles(ready: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {
        subdomain: {user["name"]: user["role"] for user in account["users"]}
        for subdomain, account in ready["accounts"].items()
    }


def test_the_ready_file_appears_whole(tmp_path: Path) -> None:
    """Whoever looks at it again and again never reads half of it."""
    ready_file = tmp_path / "ready.json"
    process = subprocess.Popen(
        [*GRANTWAY, "demo", "--port", "0", "--ready-file", str(ready_file)],
        stdout=subprocess.DEVNULL,
        env=clean_environment(),
    )
    try:
        while not ready_file.exists():
            assert process.poll() is None
        first = ready_file.read_bytes()
        assert json.loads(first)["pid"] == process.pid
    finally:
        stop(process)
    assert ready_file.read_bytes() == first


def test_all_that_is_to_be_copied_is_printed_whole(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        ready, said = demo.ready, demo.said

    people = [user for account in ready["accounts"].values() for user in account["users"]]
    for user in [*people, ready["moderator"]]:
        assert f"{user['email']} " in said
        assert user["password"] in said
    for address in (*ready["urls"].values(), *(a["url"] for a in ready["accounts"].values())):
        assert f"{address} " in said or address == ready["urls"]["static"]
    for name in ("client_id", "client_secret", "redirect_uri", "long_lived_token"):
        assert ready["integrations"]["private"][name] in said


@pytest.mark.parametrize(
    "options", [(), ("--domain", "kommo.com", "--tls", "--public-port", "443")]
)
def test_the_printed_curl_line_works_as_pasted(tmp_path: Path, options: tuple[str, ...]) -> None:
    with running_demo(tmp_path, *options) as demo:
        line = next(one for one in demo.said.splitlines() if one.startswith("curl "))
        pasted = ["bash", "-c", line + " --silent --show-error"]
        answer = subprocess.run(
            pasted, env=clean_environment(), capture_output=True, text=True, check=True
        )

    assert len(json.loads(answer.stdout)["_embedded"]["leads"]) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_stopped_leaves_no_folder_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with running_demo(tmp_path, environment={"TMPDIR": str(temporary)}) as demo:
        during = [one.name for one in temporary.iterdir()]
        status = stop(demo.process, number)

    assert status == 0
    assert [name.startswith("grantway-demo-") for name in during] == [True]
    assert list(temporary.iterdir()) == []


def test_with_a_folder_credentials_and_data_are_kept(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"), "--no-limits")
    with running_demo(tmp_path / "first", *data) as demo:
        first = demo.ready
        lead = leads(demo, demo.keys["long_lived_token"]).json()["_embedded"]["leads"][0]
    with running_demo(tmp_path / "second", *data) as demo:
        second = demo.ready
        token = first["integrations"]["private"]["long_lived_token"]
        again = leads(demo, token).json()["_embedded"]["leads"][0]

    for part in ("accounts", "moderator", "integrations"):
        assert without_addresses(second[part]) == without_addresses(first[part])
    assert again["id"] == lead["id"]


def without_addresses(part: dict[str, Any]) -> dict[str, Any]:
    """Return *part* without what names the port, which is another one at every start."""
    return {
        name: without_addresses(value) if isinstance(value, dict) else value
        for name, value in part.items()
        if name != "url"
    }


def test_the_folder_is_readable_by_its_owner_alone(demo_folder: Path) -> None:
    files = ("secret.key", "demo.json", "grantway.db")

    assert demo_folder.stat().st_mode & 0o077 == 0
    assert all((demo_folder / name).is_file() for name in files)


def test_commands_act_on_a_running_demo(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    line = CommandLine(target=data)
    with running_demo(tmp_path, *data, "--no-limits") as demo:
        whose = ("--account", "acme", "--integration", demo.keys["client_id"])
        token = demo.keys["long_lived_token"]
        before = leads(demo, token).status_code
        (live,) = (one for one in line.json("token", "list", *whose) if one["state"] == "live")
        line.done("token", "revoke", str(live["id"]), "--account", "acme")
        after = leads(demo, token).status_code

    assert (before, after) == (200, 401)


def test_a_database_of_ones_own_is_filled_once(
    tmp_path: Path, settings_of_postgresql: dict[str, str]
) -> None:
    url = settings_of_postgresql["GRANTWAY_DATABASE"]
    data = ("--data", str(tmp_path / "data"), "--database", url)
    with running_demo(tmp_path / "first", *data) as demo:
        token = demo.keys["long_lived_token"]
        first = leads(demo, token).status_code
    with running_demo(tmp_path / "second", *data) as demo:
        second = leads(demo, token).status_code

    assert (first, second) == (200, 200)
    stranger = CommandLine().run("demo", "--port", "0", "--database", url)
    assert stranger.exit_code == 1
    assert "the demo does not know their credentials" in stranger.stderr


def test_a_certificate_of_its_own_authority_is_good_for_every_host(tmp_path: Path) -> None:
    options = ("--domain", "kommo.com", "--tls", "--public-port", "443")
    with running_demo(tmp_path, *options, "--data", str(tmp_path / "data")) as demo:
        ready = demo.ready
        trusting = ssl.create_default_context(cafile=ready["ca_file"])
        shown = []
        for host in ("kommo.com", "acme.kommo.com", "www.kommo.com", "accounts.kommo.com"):
            with (
                socket.create_connection(("127.0.0.1", ready["port"])) as plain,
                trusting.wrap_socket(plain, server_hostname=host) as secure,
            ):
                shown.append(secure.version())
        foreign = socket.create_connection(("127.0.0.1", ready["port"]))
        with foreign, pytest.raises(ssl.SSLCertVerificationError):
            trusting.wrap_socket(foreign, server_hostname="acme.example.com")

    assert ready["accounts"]["acme"]["url"] == "https://acme.kommo.com"
    assert (ready["scheme"], ready["public_port"]) == ("https", 443)
    assert set(shown) <= {"TLSv1.2", "TLSv1.3"}
    assert len(shown) == 4
    for key in (tmp_path / "data" / "tls").glob("*.key"):
        assert key.stat().st_mode & 0o077 == 0


def test_a_port_in_use_is_told_in_one_line_and_nothing_is_left(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [*GRANTWAY, "demo", "--port", str(port)],
            env=clean_environment(TMPDIR=str(tmp_path)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--port", "70000"), "--port"),
        (("--public-port", "0"), "--public-port"),
        (("--domain", "https://kommo.com"), "--domain"),
        (("--domain", "kommo.com:443"), "--domain"),
        (("--database", "mysql://db"), "sqlite:////path/to/file"),
        (("--ready-file", "/nowhere/at/all/ready.json"), "--ready-file"),
    ],
)
def test_wrong_options_are_status_2_and_named(
    tmp_path: Path, options: tuple[str, ...], error: str
) -> None:
    result = subprocess.run(
        [*GRANTWAY, "demo", "--port", "0", *options],
        env=clean_environment(TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert result.returncode == 2, result.stderr
    assert error in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_limits_hold_unless_they_are_switched_off(tmp_path: Path) -> None:
    def statuses(demo: RunningDemo) -> list[int]:
        headers = {
            "host": f"acme.localhost:{demo.ready['port']}",
            "authorization": f"Bearer {demo.keys['long_lived_token']}",
        }
        # One connection and many requests: more than seven fall into some second.
        with httpx.Client(base_url=f"http://127.0.0.1:{demo.ready['port']}") as client:
            return [client.get("/api/v4/account", headers=headers).status_code for _ in range(40)]

    with running_demo(tmp_path / "limited") as demo:
        limited = statuses(demo)
    with running_demo(tmp_path / "free", "--no-limits") as demo:
        free = statuses(demo)

    assert limited[:7] == [200] * 7
    assert 429 in limited
    assert free == [200] * 40


def test_a_moved_clock_moves_what_is_issued(tmp_path: Path) -> None:
    week = 7 * 86_400
    with running_demo(tmp_path, "--clock", str(-week)) as demo:
        lead = leads(demo, demo.keys["long_lived_token"]).json()["_embedded"]["leads"][-1]
        started = demo.ready_file.stat().st_mtime

    assert lead["updated_at"] < started - week


def test_the_demo_does_not_read_settings_meant_for_production(tmp_path: Path) -> None:
    environment = {"GRANTWAY_DATABASE": "postgresql://nobody@127.0.0.1:9/none"}
    with running_demo(tmp_path, environment=environment) as demo:
        assert leads(demo, demo.keys["long_lived_token"]).status_code == 200
    assert os.environ.get("GRANTWAY_DATABASE") is None
