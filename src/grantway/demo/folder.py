"""The folder of a demo: its database, its key, its certificates and its credentials."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from grantway.demo.cast import Cast
from grantway.kernel.addresses import Addresses
from grantway.kernel.sealing import KEY_BYTES


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the commands must know of a demo, running or stopped: how it was last started."""

    version: int = 1
    database: str
    addresses: Addresses
    clock_offset: int = 0
    opened: tuple[str, ...] = ()  # addresses with ports that need not be public
    example_port: int | None = None
    widget_port: int | None = None
    cast: Cast | None = None


class Folder:
    """Files that only their owner may read."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path.resolve()

    @property
    def default_database(self) -> str:
        """The address of the database that lies in this folder."""
        return f"sqlite:///{self.path / 'grantway.db'}"

    @property
    def tls(self) -> Path:
        """Where the certificates are."""
        return self.path / "tls"

    def secret_key(self) -> bytes:
        """Return the key that seals secrets, made on first use."""
        file = self.path / "secret.key"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_bytes(secrets.token_bytes(KEY_BYTES))
        return file.read_bytes()

    def read(self) -> State | None:
        """Return what was written, or None when there is nothing yet."""
        file = self.path / "demo.json"
        return msgspec.json.decode(file.read_bytes(), type=State) if file.exists() else None

    def write(self, state: State) -> None:
        """Keep *state*."""
        # A command that reads meanwhile must never read half of it.
        draft = self.path / "demo.json.part"
        draft.touch(mode=0o600)
        draft.write_bytes(msgspec.json.encode(state))
        draft.replace(self.path / "demo.json")
