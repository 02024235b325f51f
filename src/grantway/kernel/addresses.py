"""The addresses of this installation of the server (contract C-7, C-10)."""

from __future__ import annotations

import msgspec

_DEFAULT_PORTS = {"http": 80, "https": 443}
PUBLIC, CONTROL, API, STATIC = "www", "accounts", "api", "static"


class Addresses(msgspec.Struct, frozen=True):
    """How clients reach the server: always from the configuration, never from a request.

    *port* is the one that clients use, which need not be the listening one.

    >>> Addresses("http", "localhost", 8000).origin("acme")
    'http://acme.localhost:8000'
    >>> Addresses("https", "kommo.com", 443).authority("acme")
    'acme.kommo.com'
    """

    scheme: str
    root: str
    port: int

    @property
    def suffix(self) -> str:
        """The port as an address carries it, or nothing when it is the scheme's own."""
        return "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"

    @property
    def base_domain(self) -> str:
        """The domain that all hosts share, with its port."""
        return self.root + self.suffix

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.scheme == "https"

    def authority(self, label: str) -> str:
        """Return the host with its port."""
        return f"{label}.{self.root}{self.suffix}"

    def origin(self, label: str) -> str:
        """Return the origin of the host named *label*, which may be a subdomain."""
        return f"{self.scheme}://{label}.{self.root}{self.suffix}"
