"""`grantway serve`: refuses what is unsound, answers, and stops when it is asked to."""

import base64
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.demos import GRANTWAY, START_DEADLINE, clean_environment, stop
from tests.integration.cli.command_line import CommandLine
from tools.valkey import Server

Settings = dict[str, str]
HOST = {"host": "acme.grantway.test"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path, settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `grantway serve`; gives the process and the server's address when it is ready."""
    port = free_port()
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [*GRANTWAY, "serve"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=clean_environment(**settings, GRANTWAY_PORT=str(port)),
        )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_DEADLINE
    try:
        while not is_ready(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((folder / "serve.log").read_text())
            time.sleep(0.05)
        yield process, address
    finally:
        stop(process, signal.SIGTERM)


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def children(process: subprocess.Popen[bytes]) -> list[int]:
    file = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(one) for one in file.read_text().split()]


def leads(address: str, token: str) -> httpx.Response:
    headers = {"host": "acme.grantway.test", "authorization": f"Bearer {token}"}
    return httpx.get(f"{address}/api/v4/leads", headers=headers)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, settings_of_postgresql: Settings) -> Settings:
    """Return the settings of a migrated platform with a signing key, once on each database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    found = settings_of_postgresql | {"GRANTWAY_DATABASE": url, "GRANTWAY_LIMITS": "off"}
    CommandLine(found).done("key", "create")
    return found


@pytest.fixture
def token(settings: Settings) -> str:
    """Return a long-lived token of account acme, which has a pipeline and no leads."""
    line = CommandLine(settings)
    line.done("account", "create", "acme")
    line.done(
        *("user", "create", "alice@acme.example", "--name", "Alice"),
        *("--account", "acme", "--role", "administrator", "--password-stdin"),
        typed="alice's long password\n",
    )
    made = line.json("integration", "create", "--account", "acme")
    whose = ("--account", "acme", "--integration", made["client_id"])
    return line.done("token", "create", *whose, "--expires", in_a_year()).strip()


def in_a_year() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 365 * 86_400))


@pytest.mark.parametrize("processes", [1, 2])
def test_it_answers_with_any_number_of_processes_and_stops_on_sigterm(
    settings: Settings, token: str, tmp_path: Path, processes: int
) -> None:
    settings |= {"GRANTWAY_PROCESSES": str(processes)}
    with serving(tmp_path, settings) as (process, address):
        answers = [leads(address, token).status_code for _ in range(20)]
        workers = children(process)
        status = stop(process, signal.SIGTERM)

    assert answers == [204] * 20
    assert len(workers) >= processes
    assert status == 0
    assert not is_ready(address)


def test_a_token_that_is_revoked_from_the_command_line_is_refused_at_once(
    settings: Settings, token: str, tmp_path: Path
) -> None:
    settings |= {"GRANTWAY_PROCESSES": "2"}
    line = CommandLine(settings)
    (integration,) = line.json("integration", "list", "--account", "acme")
    whose = ("--account", "acme", "--integration", integration["client_id"])
    (listed,) = line.json("token", "list", *whose)
    with serving(tmp_path, settings) as (_, address):
        before = {leads(address, token).status_code for _ in range(10)}
        line.done("token", "revoke", str(listed["id"]), "--account", "acme")
        after = {leads(address, token).status_code for _ in range(10)}

    assert before == {204}
    assert after == {401}


def test_the_log_tells_at_start_what_hooks_may_reach(
    settings_of_postgresql: Settings, sqlite_url: str, tmp_path: Path
) -> None:
    settings = settings_of_postgresql | {"GRANTWAY_DATABASE": sqlite_url}
    CommandLine(settings).done("key", "create")
    opened = settings | {"GRANTWAY_ALLOW_TARGETS": "127.0.0.1:9000"}
    logs = []
    for one in (opened, settings):
        with serving(tmp_path, one):
            logs.append((tmp_path / "serve.log").read_text())

    assert '"event":"hooks.targets_allowed"' in logs[0]
    assert '"targets":["127.0.0.1:9000"]' in logs[0]
    assert "hooks.targets_allowed" not in logs[1]


def test_metrics_are_closed_until_a_token_is_set(
    settings_of_postgresql: Settings, sqlite_url: str, tmp_path: Path
) -> None:
    settings = settings_of_postgresql | {"GRANTWAY_DATABASE": sqlite_url}
    CommandLine(settings).done("key", "create")
    opened = settings | {"GRANTWAY_METRICS_TOKEN": "for-the-operators-alone"}
    bearer = {"authorization": "Bearer for-the-operators-alone"}
    with serving(tmp_path, settings) as (_, address):
        closed = httpx.get(f"{address}/metrics", headers=bearer)
    with serving(tmp_path, opened) as (_, address):
        refused = httpx.get(f"{address}/metrics")
        answer = httpx.get(f"{address}/metrics", headers=bearer)

    assert (closed.status_code, refused.status_code) == (404, 404)
    assert "grantway_requests_total" in answer.text


def test_each_request_has_a_line_of_json_without_its_token(
    settings: Settings, token: str, tmp_path: Path
) -> None:
    with serving(tmp_path, settings) as (_, address):
        request_id = leads(address, token).headers["x-request-id"]
    log = (tmp_path / "serve.log").read_text()

    assert '"event":"http.answered"' in log
    assert request_id in log
    assert token not in log


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"GRANTWAY_SECRET_KEY": None}, 2, "GRANTWAY_SECRET_KEY is not set"),
        ({"GRANTWAY_SECRET_KEY": "c2hvcnQ="}, 2, "a key has 32 bytes"),
        (
            {"GRANTWAY_SECRET_KEY": base64.b64encode(bytes(32)).decode()},
            2,
            "a guessable default",
        ),
        ({"GRANTWAY_SECRET_KEY": "changeme"}, 2, "`grantway key new-secret`"),
        (
            {"GRANTWAY_SECRET_KEY": base64.b64encode(bytes(range(50, 82))).decode()},
            1,
            "GRANTWAY_SECRET_KEY",
        ),
        ({"GRANTWAY_DOMAIN": None}, 2, "GRANTWAY_DOMAIN is not set"),
        ({"GRANTWAY_PROCESSES": "0"}, 2, "write a whole number from 1 to 64"),
        ({"GRANTWAY_TLS_CERTIFICATE": "/nowhere/cert.pem"}, 2, "GRANTWAY_TLS_KEY"),
    ],
)
def test_unsound_settings_are_refused_before_anything_listens(
    settings: Settings, changes: dict[str, str | None], status: int, error: str
) -> None:
    result = CommandLine(settings).run("serve", **changes)

    assert result.exit_code == status
    assert error in result.stderr
    assert "Traceback" not in result.output


def test_without_a_signing_key_it_refuses_to_start(empty_platform: CommandLine) -> None:
    error = empty_platform.refused("serve")

    assert error == "there is no signing key: run `grantway key create` once"


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"GRANTWAY_PROCESSES": "2"}, "with GRANTWAY_LIMITS_SERVER they count together"),
        ({"GRANTWAY_LIMITS_SERVER": "redis://127.0.0.1:9/0"}, "the limits server cannot count"),
        ({"GRANTWAY_LIMITS": "off"}, "the rate limits are off"),
    ],
)
def test_it_warns_of_limits_that_do_not_hold_over_all_processes(
    settings_of_postgresql: Settings, tmp_path: Path, changes: Settings, warning: str
) -> None:
    CommandLine(settings_of_postgresql).done("key", "create")
    with serving(tmp_path, settings_of_postgresql | changes):
        said = (tmp_path / "serve.log").read_text()

    assert warning in said
    assert said.count("warning:") == 1


def test_blocks_hold_over_all_processes_and_a_restart(
    settings: Settings, token: str, tmp_path: Path, limits_server: Server
) -> None:
    settings |= {
        "GRANTWAY_PROCESSES": "2",
        "GRANTWAY_LIMITS": "on",
        "GRANTWAY_LIMITS_SERVER": limits_server.url,
    }
    with serving(tmp_path, settings) as (_, address):
        assert "warning" not in (tmp_path / "serve.log").read_text()
        deadline = time.monotonic() + START_DEADLINE
        # On a machine too busy to answer in time a process counts alone, and then not for ever.
        while b"block" not in limits_server.ask("KEYS *:api:block:*"):
            assert time.monotonic() < deadline
            assert leads(address, token).status_code in {204, 429, 403}
        assert until_forbidden(address, token)
    with serving(tmp_path, settings) as (_, address):
        assert until_forbidden(address, token)
        elsewhere = httpx.post(f"{address}/oauth2/access_token", headers=HOST, json={})

    assert elsewhere.status_code == 400


def until_forbidden(address: str, token: str) -> bool:
    """Tell whether four answers in a row are refusals of a block, soon."""
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline:
        if {leads(address, token).status_code for _ in range(4)} == {403}:
            return True
    return False
