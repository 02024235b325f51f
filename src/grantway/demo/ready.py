"""The ready file: what scripts and CI must know of a demo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from grantway.demo.authority import Certificates
from grantway.demo.cast import Cast
from grantway.demo.example import Sites
from grantway.kernel.addresses import API, CONTROL, PUBLIC, STATIC
from grantway.settings import Settings


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A demo with its data, ready to be served; *sites* is where the examples answer."""

    settings: Settings
    tls: Certificates | None
    cast: Cast
    sites: Sites | None
    folder: Path


def write_ready_file(file: Path, ready: Ready) -> None:
    """Write it, complete."""
    # Whoever waits for the file must never read half of it.
    draft = file.with_name(file.name + ".part")
    draft.touch(mode=0o600)
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(_told(ready)), indent=2))
    draft.replace(file)


def _told(ready: Ready) -> dict[str, Any]:
    """Return what is told; the form of version 1 only ever grows."""
    addresses, mo = ready.settings.addresses, ready.cast.moderator
    return {
        "version": 1,
        "base_domain": addresses.root,
        "scheme": addresses.scheme,
        "port": ready.settings.port,
        "public_port": addresses.port,
        "ca_file": str(ready.tls.ca) if ready.tls else None,
        "pid": os.getpid(),
        "urls": {
            "public": addresses.origin(PUBLIC),
            "control": addresses.origin(CONTROL),
            "api": addresses.origin(API),
            "static": addresses.origin(STATIC),
        },
        "moderator": {"email": mo.email, "password": mo.password},
        "accounts": {
            subdomain: {
                "id": account.id,
                "url": addresses.origin(subdomain),
                "users": account.users,
            }
            for subdomain, account in ready.cast.accounts.items()
        },
        "integrations": ready.cast.integrations,
        "example": {"url": ready.sites.lead_table.url} if ready.sites else None,
    }
