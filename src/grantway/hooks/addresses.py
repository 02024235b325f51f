"""Where calls to the outside may go (S-156, S-157, S-164). Nothing here touches a network."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec

from grantway.hooks.errors import UriRefused
from grantway.kernel.addresses import Addresses

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = (80, 443, 8080, 8443)
"""What web servers listen on. Elsewhere mail, databases and the like could be made to speak."""

MAX_URI = 3_000  # what an integration may have, and the parameters that are appended

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_LITERAL = re.compile(r"\[[0-9A-Fa-f:.]+\](:[0-9]*)?")
# What old functions of C take for an address: 127.1, 2130706433, 0x7f.0.0.1.
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")

_CLOSED_V4 = [
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8",  # this network, and the unspecified address
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared among customers of a carrier
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # public by its number, and a cloud's service for its own machines
        "169.254.0.0/16",  # link-local, with the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112, which answers for private names
        "192.52.193.0/24",  # multicast relays
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
# Everything outside of it is loopback, private, link-local, multicast or not given out.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = [
    ipaddress.IPv6Network(one)
    for one in (
        "2001::/23",  # protocol assignments: benchmarks, ORCHID and others
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
_V4_LAST = [
    ipaddress.IPv6Network(one)
    for one in (
        "::/96",  # compatible, RFC 4291
        "::ffff:0:0/96",  # mapped, RFC 4291
        "::ffff:0:0:0/96",  # translated, RFC 2765
        "64:ff9b::/96",  # NAT64, RFC 6052
        # NAT64 of one's own, RFC 8215. In the rest of 64:ff9b:1::/48 nobody outside knows where
        # the address stands, so that one could be shown and another one be meant: refused.
        "64:ff9b:1::/96",
    )
]
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")  # RFC 3056
_TEREDO = ipaddress.IPv6Network("2001::/32")  # RFC 4380
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")  # RFC 5214, in the middle of any address


class Target(msgspec.Struct, frozen=True, order=True):
    """One exact address and port, allowed by the operator although it is not public."""

    address: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine."""
        return ipaddress.ip_address(self.address).is_loopback

    def __str__(self) -> str:
        """Return it as it is written in settings."""
        return (
            f"[{self.address}]:{self.port}"
            if ":" in self.address
            else ":".join((self.address, str(self.port)))
        )


class Destination(msgspec.Struct, frozen=True):
    """A URI taken apart. *target* is path and query, as they are sent."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def name(self) -> str:
        """Host and port: what takes turns with others."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def uri(self) -> str:
        """The whole, in one spelling."""
        return f"{self.scheme}://{self.name}{self.target}"


def read_target(text: str) -> Target:
    """Return the pair that *text* names; raise ValueError.

    >>> str(read_target("127.0.0.1:9000")), str(read_target("[0:0::1]:9000"))
    ('127.0.0.1:9000', '[::1]:9000')
    """
    host, colon, port = text.strip().rpartition(":")
    if colon and port.isascii() and port.isdecimal() and 0 < int(port) < 65536:
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        try:
            address = ipaddress.ip_address(bare)
        except ValueError:
            pass
        else:
            if (address.version == 6) == (bare != host):
                return Target(str(address), int(port))
    raise ValueError(f"{text!r} is no exact address and port like 127.0.0.1:9000 or [::1]:9000")


def read_uri(uri: str) -> Destination:
    """Take *uri* apart; raise UriRefused for one that no call can go to (S-156).

    >>> read_uri("https://Hooks.Example.org./off?a=1").name
    'hooks.example.org:443'
    """
    if len(uri) > MAX_URI:
        raise UriRefused(f"use at most {MAX_URI} characters")
    if not uri.isascii() or any(not c.isprintable() or c.isspace() or c in "\\#" for c in uri):
        raise UriRefused("use printable ASCII characters; no spaces, no backslash, no #")
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UriRefused("write an address like https://hooks.example.org/path") from None
    if parts.scheme not in _DEFAULT_PORTS or not uri.lower().startswith(f"{parts.scheme}://"):
        raise UriRefused("it must begin with https://")
    if "@" in parts.netloc:
        raise UriRefused("write no user name before the host")
    if port is None:
        port = _DEFAULT_PORTS[parts.scheme]
    return Destination(
        scheme=parts.scheme,
        host=_host(host or "", parts.netloc),
        port=port,
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def _host(host: str, authority: str) -> str:
    try:
        if "[" in authority or "]" in authority:
            if not _LITERAL.fullmatch(authority):
                raise UriRefused("write an IP address in its usual form")
            return str(ipaddress.IPv6Address(host))
        bare = host.removesuffix(".")
        if _NUMBER.fullmatch(bare.rpartition(".")[2]):
            return str(ipaddress.IPv4Address(bare))
    except ValueError:
        raise UriRefused("write an IP address in its usual form") from None
    if not _NAME.fullmatch(bare):
        raise UriRefused("write a host name of letters, digits, dots and dashes")
    return bare


def is_public(address: str) -> bool:
    """Tell whether anybody's call may go to the IP address (S-157).

    An IPv6 address that carries an IPv4 address goes where that one lies, so
    that one is judged.

    >>> is_public("8.8.8.8"), is_public("::ffff:127.0.0.1"), is_public("64:ff9b::10.0.0.1")
    (True, False, False)
    """
    try:
        ip: Ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return _is_public_v4(ip)
    if ip.scope_id is not None:
        return False
    return all(_is_public_v4(one) for one in _at_the_end(ip)) and _is_public_v6(ip)


def _is_public_v4(ip: ipaddress.IPv4Address) -> bool:
    return not any(ip in network for network in _CLOSED_V4)


def _is_public_v6(ip: ipaddress.IPv6Address) -> bool:
    if carried := _carried(ip):
        return all(_is_public_v4(one) for one in carried)
    return ip in _GLOBAL_V6 and not any(ip in network for network in _CLOSED_V6)


def _carried(ip: ipaddress.IPv6Address) -> Sequence[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that the prefix of *ip* says it carries."""
    raw = ip.packed
    if any(ip in network for network in _V4_LAST):
        return [ipaddress.IPv4Address(raw[12:])]
    if ip in _SIX_TO_FOUR:
        return [ipaddress.IPv4Address(raw[2:6])]
    if ip in _TEREDO:
        # The server, and the client with all its bits turned over.
        client = bytes(byte ^ 0xFF for byte in raw[12:])
        return [ipaddress.IPv4Address(raw[4:8]), ipaddress.IPv4Address(client)]
    return []


def _at_the_end(ip: ipaddress.IPv6Address) -> Sequence[ipaddress.IPv4Address]:
    """Return the IPv4 address of a host that tunnels inside its site."""
    raw = ip.packed
    return [ipaddress.IPv4Address(raw[12:])] if raw[8:12] in _ISATAP else []


class Rules(msgspec.Struct, frozen=True):
    """What may be called by this installation of the server.

    *allowed* are exact pairs that may be reached although they are not public,
    for tests and development; to these plain HTTP may be spoken, and any port.
    """

    own: Addresses
    allowed: frozenset[Target] = frozenset()

    @property
    def opened(self) -> frozenset[str]:
        """What is allowed, as settings write it, for the rules of what may be registered."""
        return frozenset(map(str, self.allowed))

    def must_be_callable(self, uri: str) -> Destination:
        """Return the destination of *uri*; raise UriRefused.

        For forms, before it is kept, and again before each call. What a host
        name stands for is judged by `admitted`, once it has been looked up.
        """
        destination = read_uri(uri)
        if self._is_ours(destination):
            raise UriRefused("this platform does not call its own addresses")
        if any(target.port == destination.port for target in self.allowed):
            return destination
        if destination.scheme != "https":
            raise UriRefused("it must begin with https://")
        if destination.port not in PORTS:
            ports = ", ".join(map(str, PORTS))
            raise UriRefused(f"use one of the ports {ports}")
        if _is_address(destination.host) and not is_public(destination.host):
            raise UriRefused("use an address that is reachable from everywhere")
        return destination

    def problem(self, uri: str) -> str | None:
        """Say what forbids calls to *uri*, as a form says it of a field.

        >>> rules = Rules(Addresses("https", "grantway.test", 443))
        >>> rules.problem("https://hooks.example.org/off")
        >>> rules.problem("https://acme.grantway.test/off")
        'this platform does not call its own addresses'
        """
        try:
            self.must_be_callable(uri)
        except UriRefused as error:
            return error.detail
        return None

    def admitted(self, destination: Destination, answers: Iterable[str]) -> list[str]:
        """Return those of *answers*, the addresses of its host, that may be connected to.

        None unless every one of them is public (S-157).
        """
        found = list(answers)
        pairs = [one for one in found if Target(one, destination.port) in self.allowed]
        if pairs:
            return pairs
        if destination.scheme != "https" or destination.port not in PORTS:
            return []
        if self._is_below_root(destination.host):
            return []
        return found if all(is_public(one) for one in found) else []

    def _is_ours(self, destination: Destination) -> bool:
        """Tell whether it is this server (S-164); another one of its name may be allowed."""
        if not self._is_below_root(destination.host):
            return False
        is_allowed = any(target.port == destination.port for target in self.allowed)
        return destination.port == self.own.port or not is_allowed

    def _is_below_root(self, host: str) -> bool:
        return host == self.own.root or host.endswith(f".{self.own.root}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
