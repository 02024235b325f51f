"""Demos for the pages: one for all that need nothing special, others as a page asks for."""

import datetime as dt
import json
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.demos import GRANTWAY, RunningDemo, clean_environment, running_demo
from tests.docs.pages import ROOT, name
from tests.docs.walking import Place

DemoWith = Callable[[tuple[str, ...]], RunningDemo]
PlaceOf = Callable[[Path], Place]

# A page says in a comment with which options its demo runs.
_OPTIONS = re.compile(r"^<!-- demo: (.+) -->$", re.MULTILINE)
# Options that a test chooses for itself, so that demos do not meet on one port.
_OURS = re.compile(r"--port (\d+) ?")
# Where a page starts a site of its own.
_SITE = re.compile(r"--allow-target 127\.0\.0\.1:(\d+)")


@pytest.fixture(scope="session")
def demo_with(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoWith]:
    """Start a demo for these options, once."""
    running: dict[tuple[str, ...], RunningDemo] = {}
    with ExitStack() as stack:

        def get(options: tuple[str, ...]) -> RunningDemo:
            if options not in running:
                folder = tmp_path_factory.mktemp("demo")
                kept = ("--data", str(folder / "data"), "--no-limits")
                running[options] = stack.enter_context(running_demo(folder, *kept, *options))
            return running[options]

        yield get


@pytest.fixture(scope="session")
def demo(demo_with: DemoWith) -> RunningDemo:
    return demo_with(())


@pytest.fixture
def place_of(demo_with: DemoWith, tmp_path: Path) -> PlaceOf:
    """Return where a reader of a page sits, with a token and an integration of their own."""

    def place(page: Path) -> Place:
        asked = _OPTIONS.search(page.read_text())
        words = asked[1] if asked else ""
        printed = _OURS.search(words)
        ports = {site: free_port() for site in _SITE.findall(words)}
        for site, free in ports.items():
            words = words.replace(f":{site}", f":{free}")
        running = demo_with(tuple(_OURS.sub("", words).split()))
        (tmp_path / "demo").symlink_to(running.data)
        (tmp_path / "examples").symlink_to(ROOT / "examples")
        ports[printed[1] if printed else "8000"] = running.ready["port"]
        return Place(tmp_path, fresh_credentials(running.data, name(page)), ports)

    return place


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def fresh_credentials(data: Path, title: str) -> dict[str, str]:
    """Make an integration of acme with a token: what a page does to them, no other page sees."""

    def grantway(*arguments: str) -> dict[str, str]:
        command = [*GRANTWAY, *arguments, "--account", "acme", "--data", str(data), "--json"]
        done = subprocess.run(
            command, env=clean_environment(), capture_output=True, text=True, check=True
        )
        found: dict[str, str] = json.loads(done.stdout)
        return found

    made = grantway("integration", "create", "--name", title)
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date().isoformat()
    whose = ("--integration", made["client_id"])
    token = grantway("token", "create", *whose, "--expires", until)
    return {
        "INTEGRATION": made["client_id"],
        "TOKEN": token["token"],
        "TOKEN_NUMBER": str(token["id"]),
    }
