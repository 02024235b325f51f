"""Where calls to the outside may go (S-156, S-157, S-164)."""

import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.hooks.addresses import PORTS, Rules, Target, is_public, read_target, read_uri
from grantway.hooks.errors import UriRefused
from grantway.kernel.addresses import Addresses

OWN = Addresses("https", "grantway.test", 443)
RULES = Rules(OWN)
V4 = ipaddress.IPv4Address
V6 = ipaddress.IPv6Address


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "11.0.0.1",
     "169.253.0.1", "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "128.0.0.1",
     "2606:4700:4700::1111", "2a00:1450::1", "2400::1"],
)  # fmt: skip
def test_public_addresses_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3"),  # unspecified, this network
        *("127.0.0.1", "127.255.255.255", "::1"),  # loopback
        *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd00:ec2::254"),
        *("169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1"),  # link-local
        *("100.64.0.1", "100.127.255.255", "100.100.100.200"),  # shared
        *("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),  # multicast
        *("240.0.0.1", "255.255.255.255"),  # reserved, broadcast
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"),  # documentation
        *("198.18.0.1", "198.19.255.255", "2001:2::1"),  # benchmarks
        *("192.0.0.1", "192.0.0.170", "192.88.99.1", "168.63.129.16"),
        *("2001:10::1", "2001:20::1", "100::1", "5f00::1", "fec0::1", "4000::1", "::"),
        # Where IPv4 stands in IPv6.
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:10.0.0.1"),
        *("64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::10.0.0.1"),
        "64:ff9b:1:7f00:0:100:808:808",  # 8.8.8.8 read at the end, 127.0.0.1 read in the middle
        *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::"),
        "2001:0:7f00:1::f7f7:f7f7",  # Teredo: the server is loopback
        "2001:0:808:808::80ff:fffe",  # Teredo: the client is 127.0.0.1
        "2606:4700::5efe:127.0.0.1",  # ISATAP
        "2606:4700::200:5efe:10.0.0.1",
        *("", "localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "1.2.3.4.5"),
    ],
)
def test_all_others_may_not(address: str) -> None:
    assert not is_public(address)


def _last(prefix: str) -> Callable[[V4], V6]:
    return lambda v4: V6(int(V6(prefix)) | int(v4))


CARRIERS: dict[str, Callable[[V4], V6]] = {
    "mapped": _last("::ffff:0:0"),
    "compatible": _last("::"),
    "translated": _last("::ffff:0:0:0"),
    "NAT64": _last("64:ff9b::"),
    "NAT64 of one's own": _last("64:ff9b:1::"),
    "6to4": lambda v4: V6((0x2002 << 112) | (int(v4) << 80) | 1),
    "Teredo, client": lambda v4: V6(
        (0x20010000 << 96) | (int(V4("8.8.8.8")) << 64) | (int(v4) ^ 0xFFFFFFFF)
    ),
    "Teredo, server": lambda v4: V6(
        (0x20010000 << 96) | (int(v4) << 64) | (int(V4("8.8.8.8")) ^ 0xFFFFFFFF)
    ),
    "ISATAP": lambda v4: V6((0x26064700 << 96) | (0x5EFE << 32) | int(v4)),
}

_special = st.sampled_from(
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.1.1", "0.0.0.0",
     "224.0.0.1", "255.255.255.255", "203.0.113.9", "8.8.8.8", "93.184.215.14"]
)  # fmt: skip


@pytest.mark.parametrize("carrier", CARRIERS)
@given(v4=st.one_of(st.ip_addresses(v=4), _special.map(V4)))
def test_an_address_that_carries_another_is_judged_by_that_one(carrier: str, v4: V4) -> None:
    assert is_public(str(CARRIERS[carrier](v4))) == is_public(str(v4))


@given(address=st.ip_addresses())
def test_nothing_is_public_that_the_standard_module_knows_better(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(str(address)):
        assert not address.is_multicast
        assert not address.is_loopback
        assert not address.is_link_local
        carries = isinstance(address, V6) and not address.is_global
        assert address.is_global or carries


@pytest.mark.parametrize(
    ("uri", "name", "target"),
    [
        ("https://hooks.example.org", "hooks.example.org:443", "/"),
        ("https://Hooks.Example.ORG./a/../b?x=%20&y", "hooks.example.org:443", "/a/../b?x=%20&y"),
        ("HTTPS://hooks.example.org:8443/", "hooks.example.org:8443", "/"),
        ("https://8.8.8.8/off", "8.8.8.8:443", "/off"),
        ("https://[2606:4700:0::1111]/", "[2606:4700::1111]:443", "/"),
        ("http://a_b.example:8080?x", "a_b.example:8080", "/?x"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example:443", "/"),
    ],
)
def test_a_uri_is_taken_apart(uri: str, name: str, target: str) -> None:
    read = read_uri(uri)

    assert (read.name, read.target) == (name, target)
    assert read_uri(read.uri) == read


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("ftp://a.example/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("gopher://a.example:70/x", "https://"),
        ("javascript:alert(1)", "https://"),
        ("//a.example/", "https://"),
        ("https:a.example", "https://"),
        ("https:///path", "host name"),
        ("https://", "host name"),
        ("", "https://"),
        ("https://alice@a.example/", "user name"),
        ("https://alice:pw@a.example/", "user name"),
        ("https://@a.example/", "user name"),
        ("https://8.8.8.8@127.0.0.1/", "user name"),
        ("https://a.example\\@127.0.0.1/", "backslash"),
        ("https://a.example/#x", "no #"),
        ("https://a.example/\r\nHost: b.example", "printable"),
        ("https://a.example/\x00", "printable"),
        ("https://a.example/\t", "printable"),
        (" https://a.example/", "printable"),
        ("https://a.example/\x7f", "printable"),
        ("https://bücher.example/", "printable"),
        ("https://a.example:99999/", "write an address"),
        ("https://a.example:x/", "write an address"),
        ("https://[::1/", "write an address"),
        ("https://[fe80::1%25eth0]/", "usual form"),
        ("https://a[::1]b/", "usual form"),
        ("https://127.1/", "usual form"),
        ("https://2130706433/", "usual form"),
        ("https://0x7f000001/", "usual form"),
        ("https://0177.0.0.1/", "usual form"),
        ("https://127.0.0.1.0x1/", "usual form"),
        ("https://a..example/", "host name"),
        ("https://-a.example/", "host name"),
        ("https://a%2eexample/", "host name"),
        ("https://" + "a" * 64 + ".example/", "host name"),
        ("https://a.example/" + "x" * 3000, "at most"),
    ],
)
def test_a_uri_that_no_call_can_go_to(uri: str, says: str) -> None:
    with pytest.raises(UriRefused, match=says):
        read_uri(uri)


@pytest.mark.parametrize("port", PORTS)
def test_ports_of_web_servers_are_allowed(port: int) -> None:
    assert RULES.must_be_callable(f"https://a.example:{port}/").port == port


@pytest.mark.parametrize("port", [0, 1, 21, 22, 25, 53, 110, 444, 3306, 5432, 6379, 9200, 65535])
def test_others_are_not(port: int) -> None:
    with pytest.raises(UriRefused, match="443"):
        RULES.must_be_callable(f"https://a.example:{port}/")


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("http://a.example/", "https"),
        ("https://127.0.0.1/", "everywhere"),
        ("https://[::ffff:10.0.0.1]/", "everywhere"),
        ("https://grantway.test/", "its own"),
        ("https://www.grantway.test/", "its own"),
        ("https://WWW.GrantWay.test./", "its own"),
        ("https://acme.grantway.test:8443/", "its own"),
        ("https://a.b.grantway.test/", "its own"),
    ],
)
def test_what_is_no_destination(uri: str, says: str) -> None:
    with pytest.raises(UriRefused, match=says):
        RULES.must_be_callable(uri)


def test_a_name_that_only_ends_like_ours_is_a_destination() -> None:
    assert RULES.must_be_callable("https://notgrantway.test/").host == "notgrantway.test"
    below = RULES.must_be_callable("https://grantway.test.example/")
    assert below.host == "grantway.test.example"


def admitted(rules: Rules, uri: str, *answers: str) -> list[str]:
    return rules.admitted(rules.must_be_callable(uri), answers)


def test_every_answer_must_be_public() -> None:
    uri = "https://a.example/"

    assert admitted(RULES, uri, "8.8.8.8", "2606:4700::1") == ["8.8.8.8", "2606:4700::1"]
    assert admitted(RULES, uri, "8.8.8.8", "127.0.0.1") == []
    assert admitted(RULES, uri, "8.8.8.8", "::ffff:10.0.0.1") == []
    assert admitted(RULES, uri) == []


def test_an_exact_pair_may_be_allowed_and_nothing_beside_it() -> None:
    rules = Rules(OWN, frozenset({read_target("127.0.0.1:9000")}))

    assert admitted(rules, "http://a.example:9000/", "127.0.0.1", "::1") == ["127.0.0.1"]
    assert admitted(rules, "http://127.0.0.1:9000/", "127.0.0.1") == ["127.0.0.1"]
    assert admitted(rules, "https://a.example:9000/", "127.0.0.1") == ["127.0.0.1"]
    assert admitted(rules, "http://a.example:9000/", "127.0.0.2") == []
    assert admitted(rules, "http://a.example:9000/", "8.8.8.8") == []
    assert admitted(rules, "https://a.example:9000/", "8.8.8.8") == []
    assert admitted(rules, "https://a.example/", "127.0.0.1") == []
    assert admitted(rules, "https://a.example/", "8.8.8.8") == ["8.8.8.8"]
    with pytest.raises(UriRefused):
        rules.must_be_callable("http://127.0.0.1:9001/")


def test_a_pair_does_not_open_our_own_port() -> None:
    own = Addresses("http", "localhost", 8000)
    pairs = {read_target("127.0.0.1:8000"), read_target("127.0.0.1:8001")}
    rules = Rules(own, frozenset(pairs))

    with pytest.raises(UriRefused, match="its own"):
        rules.must_be_callable("http://accounts.localhost:8000/")
    assert admitted(rules, "http://localhost:8001/off", "127.0.0.1") == ["127.0.0.1"]
    assert admitted(rules, "https://localhost:8001/off", "8.8.8.8") == []


def test_targets_are_exact() -> None:
    assert read_target("127.0.0.1:9000") == Target("127.0.0.1", 9000)
    assert str(read_target("[0::1]:80")) == "[::1]:80"
    for text in (
        *("", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "localhost:80"),
        *("::1:80", "[127.0.0.1]:80", "127.0.0.1:٣", "10.0.0.0/8:80", "127.0.0.1:+80", "*:80"),
    ):
        with pytest.raises(ValueError, match="exact address and port"):
            read_target(text)
