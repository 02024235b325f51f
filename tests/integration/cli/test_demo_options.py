"""Options of `grantway demo` that reach beyond one process: `--clock` and `--processes`."""

import datetime as dt
import json
import os
import signal
import socket
import ssl
import time
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.demos import RunningDemo, running_demo, stop
from tests.integration.cli.command_line import CommandLine
from tests.integration.cli.test_demo import leads

DAY = 86_400


def in_days(days: int) -> str:
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)).isoformat()


def token_of(line: CommandLine, *, until: str, client_id: str) -> tuple[str, ...]:
    whose = ("--account", "acme", "--integration", client_id)
    return ("token", "create", *whose, "--expires", until)


def test_commands_keep_the_time_of_the_demo_running_or_stopped(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    line = CommandLine(target=data)
    with running_demo(tmp_path, *data, "--clock", str(400 * DAY)) as demo:
        client_id, token = demo.keys["client_id"], demo.keys["long_lived_token"]
        now = line.json("integration", "create", "--account", "acme")["client_id"]
        created = line.json("integration", "show", now)["created"]
        too_soon = line.refused(*token_of(line, until=in_days(300), client_id=client_id))
        honest = line.json(*token_of(line, until=in_days(410), client_id=client_id))
        works = leads(demo, honest["token"]).status_code
        asked = [ask_widget(demo, time.time() + days * DAY) for days in (400, 0)]
        statuses = [leads(demo, token).status_code]
    stopped = line.refused(*token_of(line, until=in_days(300), client_id=client_id))

    assert created.startswith((in_days(400), in_days(401)))
    assert "choose a date from" in too_soon
    assert "choose a date from" in stopped
    assert (works, statuses) == (200, [200])
    assert asked == [403, 401], "the examples have the same time: not installed, but known"


def ask_widget(demo: RunningDemo, now: float) -> int:
    """Ask the widget's server with a one-time token of that moment; return its status."""
    keys = demo.ready["integrations"]["widget"]
    origin = demo.ready["accounts"]["acme"]["url"]
    claims = {
        "iss": origin,
        "aud": "http://localhost",
        "client_uuid": keys["client_id"],
        "account_id": 1,
        "user_id": 1,
        "jti": str(now),
        "iat": int(now),
        "nbf": int(now),
        "exp": int(now) + 1800,
    }
    key = OctKey.import_key(keys["client_secret"])
    asked = keys["redirect_uri"].replace("/callback", "/parcels?lead_id=1")
    headers = {"x-auth-token": jwt.encode({"alg": "HS256"}, claims, key), "origin": origin}
    return httpx.get(asked, headers=headers, trust_env=False).status_code


def test_the_last_start_decides_what_time_it_is(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    line = CommandLine(target=data)
    with running_demo(tmp_path / "first", *data) as demo:
        client_id, token = demo.keys["client_id"], demo.keys["long_lived_token"]
    whose = ("--account", "acme", "--integration", client_id)
    before = line.json("token", "list", *whose)
    with running_demo(tmp_path / "second", *data, "--clock", str(400 * DAY)) as demo:
        answer = leads(demo, token).status_code
        during = line.json("token", "list", *whose)
        address = line.json("account", "show", "acme")["address"]
        shown = demo.ready["accounts"]["acme"]["url"]
    with running_demo(tmp_path / "third", *data):
        after = line.json("token", "list", *whose)

    states = [sorted(one["state"] for one in listed) for listed in (before, during, after)]
    assert states == [["live", "revoked"], ["expired", "revoked"], ["live", "revoked"]]
    assert answer == 401
    assert address == shown


def test_a_folder_of_an_earlier_version_has_the_machines_time(demo_folder: Path) -> None:
    file = demo_folder / "demo.json"
    written = json.loads(file.read_bytes())
    file.write_text(json.dumps({k: v for k, v in written.items() if k != "clock_offset"}))
    line = CommandLine(target=("--data", str(demo_folder)))
    made = line.json("integration", "create", "--account", "acme")
    created = line.json("integration", "show", made["client_id"])["created"]

    assert written["clock_offset"] == 0
    assert abs(_moment(created) - time.time()) < 300


def _moment(shown: str) -> float:
    return dt.datetime.strptime(shown, "%Y-%m-%d %H:%M UTC").replace(tzinfo=dt.UTC).timestamp()


def children(demo: RunningDemo) -> dict[int, str]:
    """Return the processes that the demo has started, and the command of each."""
    pid = demo.process.pid
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(one): Path(f"/proc/{one}/cmdline").read_text() for one in listed}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_several_processes_answer_alike_and_go_together(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    data = ("--data", str(tmp_path / "data"))
    line = CommandLine(target=data)
    database = (
        ("--database", request.getfixturevalue("postgresql_url")) if kind == "postgresql" else ()
    )
    with running_demo(tmp_path, *data, *database, "--processes", "2", "--no-limits") as demo:
        workers = [command for command in children(demo).values() if "spawn_main" in command]
        ready, token = demo.ready, demo.keys["long_lived_token"]
        before = {leads(demo, token).status_code for _ in range(20)}
        whose = ("--account", "acme", "--integration", demo.keys["client_id"])
        (live,) = (one for one in line.json("token", "list", *whose) if one["state"] == "live")
        line.done("token", "revoke", str(live["id"]), "--account", "acme")
        after = {leads(demo, token).status_code for _ in range(20)}
        page = home_page(demo)
        said = demo.said
        status = stop(demo.process, signal.SIGTERM)

    alice = ready["accounts"]["acme"]["users"][0]
    assert len(workers) == 2
    assert ready["pid"] == demo.process.pid
    assert (before, after) == ({200}, {401})
    assert alice["password"] in page
    assert alice["password"] in said
    assert status == 0


def home_page(demo: RunningDemo) -> str:
    port = demo.ready["port"]
    headers = {"host": f"www.localhost:{port}"}
    return httpx.get(f"http://127.0.0.1:{port}/", headers=headers).text


def test_several_processes_speak_tls_and_leave_no_folder_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    # A client's clock is the machine's, by which the certificate has to be good.
    options = ("--tls", "--processes", "2", "--clock", str(400 * DAY))
    with running_demo(tmp_path, *options, environment={"TMPDIR": str(temporary)}) as demo:
        port, ca_file = demo.ready["port"], demo.ready["ca_file"]
        answer = httpx.get(f"https://localhost:{port}/health/ready", verify=_trusting(ca_file))
        # Below a name of one label clients take no wildcard.
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            _trusting(ca_file).wrap_socket(plain, server_hostname="acme.localhost") as secure,
        ):
            shown = secure.version()
        status = stop(demo.process, signal.SIGINT)

    assert (answer.status_code, bool(shown), status) == (200, True, 0)
    assert list(temporary.iterdir()) == []


def _trusting(ca_file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)


def test_no_process_is_too_few() -> None:
    result = CommandLine().run("demo", "--port", "0", "--processes", "0")

    assert result.exit_code == 2
    assert "--processes" in result.stderr


def test_a_process_that_misses_the_word_to_stop_is_ended_all_the_same(tmp_path: Path) -> None:
    """As one does to which it came between two of its first steps."""
    with running_demo(tmp_path, "--processes", "2", "--no-example") as demo:
        deaf = next(pid for pid, command in children(demo).items() if "spawn_main" in command)
        os.kill(deaf, signal.SIGSTOP)
        status = stop(demo.process, signal.SIGTERM)

    assert status == 0
    assert not Path(f"/proc/{deaf}").exists()
