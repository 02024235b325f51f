"""What a host name means (contract C-10; S-102), by nothing but the name."""

from __future__ import annotations

import enum
import functools
from typing import NamedTuple

from grantway.kernel.addresses import API, CONTROL, PUBLIC, STATIC, Addresses


class HostKind(enum.Enum):
    """The parts of the platform by host."""

    ROOT = "root"
    PUBLIC = PUBLIC
    CONTROL = CONTROL
    API = API
    STATIC = STATIC
    ACCOUNT = "account"
    UNKNOWN = "unknown"


class Host(NamedTuple):
    """A kind, and for an account's host the subdomain."""

    kind: HostKind
    subdomain: str | None = None


_UNKNOWN = Host(HostKind.UNKNOWN)
# What a database may not even be asked for (S-177); no account can have this name.
_NOBODY = Host(HostKind.ACCOUNT, "-")
_FIXED = {
    kind.value: Host(kind)
    for kind in (HostKind.PUBLIC, HostKind.CONTROL, HostKind.API, HostKind.STATIC)
}


class Hosts:
    """Reads `Host` headers."""

    def __init__(self, addresses: Addresses) -> None:
        self._root = addresses.root
        self.read = functools.lru_cache(maxsize=4096)(self._read)

    def _read(self, header: bytes) -> Host:
        name = header.decode("latin-1").lower()
        if not name.startswith("["):
            name = name.partition(":")[0]
        name = name.removesuffix(".")
        if name == self._root:
            return Host(HostKind.ROOT)
        label, _, rest = name.partition(".")
        if rest != self._root or not label:
            return _UNKNOWN
        if not label.isprintable():
            return _NOBODY
        return _FIXED.get(label) or Host(HostKind.ACCOUNT, label)
