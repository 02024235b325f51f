"""The examples beside the demo: programs of their own, each in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

# In a wheel they lie beside this file, in a clone where their readers look for them.
_PLACES = (Path(__file__).parent, Path(__file__).parents[3] / "examples")
_PATIENCE = 20.0  # seconds until it answers; it takes less than one
_FAREWELL = 5.0
_PAUSE = 0.02


class Site(msgspec.Struct, frozen=True):
    """Where an example answers, called by its folder. Browsers trust `localhost` without TLS."""

    name: str
    port: int
    listen: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def redirect_uri(self) -> str:
        return f"{self.url}/callback"

    @property
    def revoke_hook_uri(self) -> str:
        return f"{self.url}/revoked"


class Sites(msgspec.Struct, frozen=True):
    """Where both answer: the site with the button, and the server of the widget."""

    lead_table: Site
    parcel_widget: Site

    @property
    def both(self) -> tuple[Site, Site]:
        return self.lead_table, self.parcel_widget


class Example:
    """A running example."""

    def __init__(self, process: subprocess.Popen[bytes], site: Site) -> None:
        self._process = process
        self._site = site

    def wait(self) -> None:
        """Return when it answers; raise RuntimeError when it does not."""
        end = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self._site.port), timeout=1).close()
            except OSError:
                time.sleep(_PAUSE)
            else:
                return
        raise RuntimeError(f"the example {self._site.name} does not answer at {self._site.url}")

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        self._process.terminate()
        try:
            self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def folder(name: str) -> Path:
    """Return where an example's files are, for whoever wants to read or copy them."""
    return next(place / name for place in _PLACES if (place / name).is_dir())


@contextmanager
def running(site: Site, configuration: dict[str, str], clock_offset: int = 0) -> Iterator[Example]:
    """Run an example for as long as the block lasts; it may still be starting within.

    Its clock is moved as the demo's is: tokens that are good now are good for both.
    """
    program = folder(site.name) / f"{site.name}.py"
    own = {"PORT": str(site.port), "LISTEN": site.listen, "REDIRECT_URI": site.redirect_uri}
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "grantway.demo.minded", str(program), str(clock_offset)],
        stdin=subprocess.PIPE,
        env={**os.environ, **configuration, **own},
        # Ctrl-C is the demo's alone: the example goes when the demo lets it go.
        start_new_session=True,
    )
    example = Example(process, site)
    try:
        yield example
    finally:
        example.stop()
