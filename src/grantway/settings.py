"""What an operator may set, read once from the environment; known to `app` and `cli` alone."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from grantway.accounts.model import email_problem
from grantway.hooks.addresses import Target, read_target
from grantway.kernel.addresses import Addresses
from grantway.kernel.sealing import KEY_BYTES
from grantway.notices.mail_server import MailServer, read_mail_server

PREFIX = "GRANTWAY_"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The values, checked."""

    database: str
    secret_keys: tuple[bytes, ...]
    addresses: Addresses
    listen: str = "127.0.0.1"
    port: int = 8000
    tls_certificate: str | None = None
    tls_key: str | None = None
    processes: int = 1
    trusted_proxies: tuple[str, ...] = ()
    limits: bool = True
    limits_server: str | None = None
    is_strict: bool = False
    dwell_ms: int = 800
    preinstall_script: str = "sandbox"
    allow_targets: tuple[Target, ...] = ()
    metrics_token: str | None = None
    mail_server: MailServer | None = None
    mail_from: str = ""
    log_level: str = "info"
    log_requests: bool = True
    clock_offset: int = 0
    demo_sign_ins: tuple[tuple[str, str, str], ...] = ()
    demo_example: str | None = None


class SettingsError(Exception):
    """Some settings cannot be used; *problems* has one line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Setting(msgspec.Struct, frozen=True):
    """One setting for the documentation and for reading. *secret* ones are never shown."""

    name: str
    about: str
    default: str | None
    read: Callable[[str], Any]
    is_secret: bool = False

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return PREFIX + self.name.upper()


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("write a value, or leave the variable out")
    return value.strip()


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.strip().lstrip("-").isdecimal() or not least <= int(value) <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return int(value)

    return read


def _choice(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"write one of {', '.join(words)}")
        return value

    return read


def _domain(value: str) -> str:
    if value != value.lower() or not value.replace("-", "").replace(".", "").isalnum():
        raise ValueError("write a domain in lower case, like example.com, without scheme and port")
    return value


def _networks(value: str) -> tuple[str, ...]:
    networks = tuple(part.strip() for part in value.split(",") if part.strip())
    for one in networks:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f"{one!r} is no address or network like 10.0.0.0/8") from None
    return networks


def _targets(value: str) -> tuple[Target, ...]:
    return tuple(read_target(part) for part in value.split(",") if part.strip())


def _keys(value: str) -> tuple[bytes, ...]:
    keys = []
    for part in value.split(","):
        try:
            key = base64.b64decode(part.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("write base64, as `grantway key new-secret` prints it") from None
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes; `grantway key new-secret` makes one")
        if len(set(key)) < 8:
            raise ValueError("this key is a guessable default; `grantway key new-secret` makes one")
        keys.append(key)
    return tuple(keys)


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("write sqlite:////path/to/file or postgresql://user@host/name")
    return value


def _limits_server(value: str) -> str:
    scheme, _, place = value.partition("://")
    if scheme not in _SERVERS or not re.fullmatch(r"[^/?]+(/\d*)?(\?.*)?", place):
        raise ValueError(
            "write valkey://host:6379/0 or redis://..., with TLS valkeys:// or rediss://"
        )
    return value


def _mail_from(value: str) -> str:
    if not value.isascii() or email_problem(value):
        raise ValueError("write an address like grantway@example.com")
    return value


_SERVERS = frozenset({"valkey", "valkeys", "redis", "rediss"})

SETTINGS = (
    Setting(
        "database",
        "Where everything is kept: `sqlite:////path/to/file` or `postgresql://user@host/name`.",
        None,
        _database,
        is_secret=True,
    ),
    Setting(
        "secret_key",
        "The key that seals secrets in the database: base64 of 32 bytes. Several, separated by "
        "commas: the first seals, all open. `grantway key new-secret` prints a new one.",
        None,
        _keys,
        is_secret=True,
    ),
    Setting("domain", "The domain below which all hosts lie.", None, _domain),
    Setting("scheme", "How clients reach the server.", "https", _choice("http", "https")),
    Setting(
        "public_port",
        "The port that clients use, when it is not the scheme's own.",
        "0",
        _number(0, 65535),
    ),
    Setting("listen", "The address to listen on.", "127.0.0.1", _text),
    Setting("port", "The port to listen on.", "8000", _number(0, 65535)),
    Setting("tls_certificate", "A PEM file, when the server itself speaks TLS.", "", str),
    Setting("tls_key", "The PEM file of its key.", "", str),
    Setting("processes", "How many processes answer requests.", "1", _number(1, 64)),
    Setting(
        "trusted_proxies",
        "Networks whose `X-Forwarded-For` is believed, separated by commas.",
        "",
        _networks,
    ),
    Setting("limits", "Whether the rate limits of the API hold.", "on", _choice("on", "off")),
    Setting(
        "limits_server",
        "The Valkey or Redis server in which all processes count the rate limits together: "
        "`valkey://host:6379/0`, or `valkeys://` with TLS. Without one each process counts by "
        "itself.",
        "",
        _limits_server,
        is_secret=True,
    ),
    Setting("fidelity", "How strict the dialect is read.", "kommo", _choice("kommo", "strict")),
    Setting(
        "dwell_ms",
        "Milliseconds for which the consent page has to be seen before an answer counts.",
        "800",
        _number(0, 60_000),
    ),
    Setting(
        "preinstall_script",
        "What runs of a widget that is not installed when its settings are looked at: its script "
        "in a frame that reaches neither the page nor the account's data, nothing, or its script "
        "in the page itself.",
        "sandbox",
        _choice("sandbox", "off", "page"),
    ),
    Setting(
        "allow_targets",
        "Exact addresses with ports that hooks may reach although they are not public, separated "
        "by commas, like `127.0.0.1:9000`; for tests and development. Redirect URIs and hooks of "
        "this machine may name their ports with `http://`.",
        "",
        _targets,
    ),
    Setting(
        "metrics_token",
        "The bearer token for `/metrics`; without one there are no metrics.",
        "",
        str,
        is_secret=True,
    ),
    Setting(
        "smtp",
        "The mail server that takes e-mail: `smtp://user:password@host:587`, with STARTTLS when "
        "the server offers it and always with a password, or `smtps://host:465`. In user and "
        "password write signs like `@` as `%40`. Without one people are told in the product "
        "alone.",
        "",
        read_mail_server,
        is_secret=True,
    ),
    Setting(
        "mail_from",
        "The address that e-mail comes from; needed with `GRANTWAY_SMTP`.",
        "",
        _mail_from,
    ),
    Setting(
        "log_level",
        "From which level on events are logged.",
        "info",
        _choice("debug", "info", "warning", "error"),
    ),
    Setting("log_requests", "Whether each request has a line.", "on", _choice("on", "off")),
    Setting(
        "clock_offset",
        "Seconds by which the server's clock is moved; for tests and development.",
        "0",
        _number(-(10**10), 10**10),
    ),
)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings; raise SettingsError that names every variable that is wrong."""
    problems: list[str] = []
    found: dict[str, Any] = {}
    for setting in SETTINGS:
        given = environment.get(setting.variable, setting.default)
        if given is None:
            problems.append(f"{setting.variable} is not set. {setting.about}")
            continue
        try:
            found[setting.name] = setting.read(given) if given or setting.default is None else given
        except ValueError as error:
            shown = "its value" if setting.is_secret else repr(given)
            problems.append(f"{setting.variable}: {error}; {shown} cannot be used")
    if found.get("smtp") and found.get("mail_from") == "":
        problems.append(
            f"{PREFIX}MAIL_FROM is not set, and {PREFIX}SMTP is: write the address that e-mail "
            "comes from, like grantway@example.com"
        )
    known = {setting.variable for setting in SETTINGS}
    problems += [
        f"{name} is no setting; `grantway settings` lists them"
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known
    ]
    if problems:
        raise SettingsError(problems)
    return _settings(found)


def _settings(found: dict[str, Any]) -> Settings:
    scheme = found["scheme"]
    default_port = 443 if scheme == "https" else 80
    return Settings(
        database=found["database"],
        secret_keys=found["secret_key"],
        addresses=Addresses(scheme, found["domain"], found["public_port"] or default_port),
        listen=found["listen"],
        port=found["port"],
        tls_certificate=found["tls_certificate"] or None,
        tls_key=found["tls_key"] or None,
        processes=found["processes"],
        trusted_proxies=tuple(found["trusted_proxies"]),
        limits=found["limits"] == "on",
        limits_server=found["limits_server"] or None,
        is_strict=found["fidelity"] == "strict",
        dwell_ms=found["dwell_ms"],
        preinstall_script=found["preinstall_script"],
        allow_targets=tuple(found["allow_targets"]),
        metrics_token=found["metrics_token"] or None,
        mail_server=found["smtp"] or None,
        mail_from=found["mail_from"],
        log_level=found["log_level"],
        log_requests=found["log_requests"] == "on",
        clock_offset=found["clock_offset"],
    )
