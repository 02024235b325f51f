"""A demo sends its hooks, and reaches this machine only where it was allowed to."""

import hashlib
import hmac
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from grantway.demo.authority import Certificates, certificates
from grantway.hooks.addresses import Target
from grantway.settings import SettingsError, read_settings
from tests.demos import RunningDemo, running_demo
from tests.integration.cli.command_line import CommandLine

PATIENCE = 15.0


class Receiver:
    """Listens with TLS on this machine and keeps the targets that were asked for."""

    def __init__(self, tls: Certificates) -> None:
        got = self.got = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                got.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Print nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def await_call(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.got:
            assert time.monotonic() < deadline, "nobody called"
            time.sleep(0.05)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("tls"), "receiver.test", int(time.time()))


@pytest.fixture
def receiver(tls: Certificates) -> Iterator[Receiver]:
    receiver = Receiver(tls)
    yield receiver
    receiver.close()


def hook_at(demo: RunningDemo, receiver: Receiver) -> tuple[str, ...]:
    """Return the command that gives acme's integration a revoke hook."""
    uri = f"https://localhost:{receiver.port}/off"
    of_acme = (demo.keys["client_id"], "--account", "acme")
    return ("integration", "edit", *of_acme, "--revoke-hook-uri", uri)


def revoke(demo: RunningDemo) -> None:
    """End the token of acme's integration."""
    line = CommandLine(target=("--data", str(demo.data)))
    client_id = demo.keys["client_id"]
    tokens = line.json("token", "list", "--account", "acme", "--integration", client_id)
    (live,) = (one for one in tokens if one["state"] == "live")
    line.done("token", "revoke", str(live["id"]), "--account", "acme")


def signed_by(demo: RunningDemo) -> dict[str, list[str]]:
    """Return what the revoke hook of acme's integration has to say."""
    account_id = demo.ready["accounts"]["acme"]["id"]
    message = f"{demo.keys['client_id']}|{account_id}".encode()
    signed = hmac.new(demo.keys["client_secret"].encode(), message, hashlib.sha256).hexdigest()
    return {
        "client_uuid": [demo.keys["client_id"]],
        "account_id": [str(account_id)],
        "client_id": [demo.keys["client_id"]],
        "signature": [signed],
    }


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_revoked_token_is_told_to_the_integration(
    tmp_path: Path, receiver: Receiver, tls: Certificates, processes: str
) -> None:
    options = ("--data", str(tmp_path / "data"), "--processes", processes)
    allow = ("--allow-target", f"127.0.0.1:{receiver.port}")
    trusting = {"SSL_CERT_FILE": str(tls.ca)}
    with running_demo(tmp_path, *options, *allow, environment=trusting) as demo:
        CommandLine(target=("--data", str(demo.data))).done(*hook_at(demo, receiver))
        revoke(demo)
        receiver.await_call()
        time.sleep(1.5)  # another process would have looked by then
        said = demo.said

    (got,) = receiver.got
    assert parse_qs(urlsplit(got).query) == signed_by(demo)
    assert f"\n127.0.0.1:{receiver.port}\n" in said, "what is opened is told"


def test_an_integration_that_is_deleted_hears_it(
    tmp_path: Path, receiver: Receiver, tls: Certificates
) -> None:
    options = ("--data", str(tmp_path / "data"))
    allow = ("--allow-target", f"127.0.0.1:{receiver.port}")
    trusting = {"SSL_CERT_FILE": str(tls.ca)}
    with running_demo(tmp_path, *options, *allow, environment=trusting) as demo:
        line = CommandLine(target=options)
        line.done(*hook_at(demo, receiver))
        line.done("integration", "delete", demo.keys["client_id"], "--account", "acme", "--yes")
        receiver.await_call()

    (got,) = receiver.got
    assert parse_qs(urlsplit(got).query) == signed_by(demo)


def test_without_being_allowed_this_machine_is_not_reached(
    tmp_path: Path, receiver: Receiver, tls: Certificates
) -> None:
    kept = ("--data", str(tmp_path / "data"))
    trusting = {"SSL_CERT_FILE": str(tls.ca)}
    line = CommandLine(target=kept)
    allow = ("--allow-target", f"127.0.0.1:{receiver.port}")
    with running_demo(tmp_path, *kept, *allow, environment=trusting) as demo:
        line.done(*hook_at(demo, receiver))
    with running_demo(tmp_path, *kept, environment=trusting) as demo:
        assert "does not call its own addresses" in line.refused(*hook_at(demo, receiver))
        revoke(demo)
        time.sleep(2.5)
        said = demo.said

    assert receiver.got == []
    assert f"127.0.0.1:{receiver.port}" not in said


@pytest.mark.parametrize("command", ["demo", "serve"])
@pytest.mark.parametrize("target", ["localhost:80", "127.0.0.1", "127.0.0.1:0", "10.0.0.0/8:80"])
def test_only_exact_targets_are_taken(command: str, target: str) -> None:
    result = CommandLine().run(command, "--allow-target", target)

    assert result.exit_code == 2
    assert "no exact address and port" in result.output


def test_targets_of_the_environment() -> None:
    complete = {
        "GRANTWAY_DATABASE": "sqlite:////tmp/x.db",
        "GRANTWAY_SECRET_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "GRANTWAY_DOMAIN": "example.com",
    }
    several = {"GRANTWAY_ALLOW_TARGETS": "127.0.0.1:9000, [::1]:9000"}

    assert read_settings(complete).allow_targets == ()
    assert read_settings(complete | several).allow_targets == (
        Target("127.0.0.1", 9000),
        Target("::1", 9000),
    )
    with pytest.raises(SettingsError, match="exact address and port"):
        read_settings(complete | {"GRANTWAY_ALLOW_TARGETS": "example.com:80"})
