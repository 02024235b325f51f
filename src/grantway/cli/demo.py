"""`grantway demo`: a complete platform with seeded accounts in one process."""

from __future__ import annotations

import functools
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any

import click
import msgspec
import uvloop
from rich.console import Console

from grantway.app import Application, open_platform
from grantway.asgi import logs
from grantway.cli.allowing import allow_target
from grantway.cli.serving import must_be_free, serve_here, serve_in_processes
from grantway.db import migrate
from grantway.demo import cast as casting
from grantway.demo.authority import Certificates, certificates
from grantway.demo.cast import Cast
from grantway.demo.folder import Folder, State
from grantway.demo.words import greeting
from grantway.hooks.addresses import Target
from grantway.kernel.addresses import API, CONTROL, PUBLIC, STATIC, Addresses
from grantway.kernel.clock import SystemClock
from grantway.oauth import keys
from grantway.settings import SETTINGS, Settings


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    host: str
    port: int
    public_port: int | None
    domain: str
    tls: bool
    data: str | None
    database: str | None
    ready_file: str | None
    limits: bool
    fidelity: str
    allow_targets: tuple[Target, ...]
    log_requests: bool
    clock_offset: int
    processes: int


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A demo with its data, ready to be served."""

    settings: Settings
    tls: Certificates | None
    cast: Cast


def _as_setting(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Read an option by the rule of the setting that has its name."""
    rule = next(one.read for one in SETTINGS if one.name == parameter.name)
    try:
        return None if value is None else str(rule(value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _in_a_folder(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not Path(value).absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {Path(value).absolute().parent}")
    return value


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Where to listen; 0 picks a port.",
)
@click.option(
    "--public-port",
    type=click.IntRange(1, 65535),
    help="The port that clients use, if it is another one.",
)
@click.option(
    "--domain",
    default="localhost",
    show_default=True,
    callback=_as_setting,
    help="Below it all hosts lie.",
)
@click.option("--tls", is_flag=True, help="Speak TLS with a certificate of the demo's own CA.")
@click.option("--data", metavar="DIR", help="Keep everything in this folder.")
@click.option(
    "--database",
    metavar="URL",
    callback=_as_setting,
    help="Use this database and not a file of its own.",
)
@click.option(
    "--ready-file",
    metavar="FILE",
    callback=_in_a_folder,
    help="Written as JSON when the server answers.",
)
@click.option("--no-limits", is_flag=True, help="Switch the rate limits off.")
@click.option(
    "--fidelity",
    type=click.Choice(["kommo", "strict"]),
    default="kommo",
    show_default=True,
    help="How strict the dialect is read.",
)
@allow_target
@click.option("--log-requests", is_flag=True, help="Log each request.")
@click.option(
    "--clock",
    metavar="SECONDS",
    type=int,
    default=0,
    help="Move the server's clock, and that of commands with the same --data.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many answer requests; each counts the rate limits by itself.",
)
@click.option("--listen", default="127.0.0.1", show_default=True, help="The address to listen on.")
def demo(**given: Any) -> None:
    """Start a complete platform with seeded accounts, on this machine.

    \b
    Example:  grantway demo --port 8000
    For clients that have kommo.com compiled in:
              grantway demo --domain kommo.com --tls --port 8443 --public-port 443
    """
    options = Options(
        host=given["listen"],
        port=given["port"],
        public_port=given["public_port"],
        domain=given["domain"],
        tls=given["tls"],
        data=given["data"],
        database=given["database"],
        ready_file=given["ready_file"],
        limits=not given["no_limits"],
        fidelity=given["fidelity"],
        allow_targets=given["allow_targets"],
        log_requests=given["log_requests"],
        clock_offset=given["clock"],
        processes=given["processes"],
    )
    temporary = None if options.data else tempfile.mkdtemp(prefix="grantway-demo-")
    try:
        folder = Folder(Path(options.data or temporary or ""))
        if options.processes == 1:
            uvloop.run(_run(options, folder))
        else:
            ready = uvloop.run(_prepared(options, folder))
            serve_in_processes(ready.settings, functools.partial(_announce, options, ready))
    except KeyboardInterrupt:
        pass
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


async def _run(options: Options, folder: Folder) -> None:
    ready = await _prepared(options, folder)
    platform = await open_platform(ready.settings)
    try:
        async with serve_here(Application(platform), ready.settings) as stopped:
            _announce(options, ready)
            await stopped
    finally:
        await platform.close()


def _announce(options: Options, ready: Ready) -> None:
    """Tell that the server answers: to people, then to scripts."""
    addresses, port = ready.settings.addresses, ready.settings.port
    greeting(Console(), addresses, port, ready.tls, ready.cast)
    # Last, so that whoever waited for it finds the greeting in the output as well.
    if options.ready_file:
        _write_ready(Path(options.ready_file), _ready(addresses, port, ready.tls, ready.cast))


async def _prepared(options: Options, folder: Folder) -> Ready:
    """Migrate, make the first signing key and the cast unless they are there."""
    now = SystemClock(options.clock_offset)
    log_level = "info" if options.log_requests else "warning"
    logs.configure(now, level=log_level)
    must_be_free(options.host, options.port)
    port = options.port or _free_port(options.host)
    addresses = Addresses(
        "https" if options.tls else "http", options.domain, options.public_port or port
    )
    tls = certificates(folder.tls, options.domain, now()) if options.tls else None
    state = folder.read()
    database = options.database or (state.database if state else folder.default_database)
    await migrate(database)
    settings = Settings(
        database=database,
        secret_keys=(folder.secret_key(),),
        addresses=addresses,
        listen=options.host,
        port=port,
        tls_certificate=str(tls.certificate) if tls else None,
        tls_key=str(tls.key) if tls else None,
        processes=options.processes,
        limits=options.limits,
        is_strict=options.fidelity == "strict",
        allow_targets=options.allow_targets,
        log_level=log_level,
        log_requests=options.log_requests,
        clock_offset=options.clock_offset,
    )
    kept = state.cast if state is not None and state.database == database else None
    cast = await _filled(settings, kept)
    # At every start: commands on this folder tell the same addresses and the same time.
    folder.write(
        State(database=database, addresses=addresses, clock_offset=options.clock_offset, cast=cast)
    )
    settings = msgspec.structs.replace(settings, demo_sign_ins=_sign_ins(cast))
    return Ready(settings=settings, tls=tls, cast=cast)


async def _filled(settings: Settings, kept: Cast | None) -> Cast:
    """Return the cast that is in the database, made now in an empty one."""
    platform = await open_platform(settings)
    try:
        async with platform.db.read() as reader:
            has_key = await keys.has_active_key(reader)
        if not has_key:
            new_key = await keys.make_key()
            async with platform.db.write() as tx:
                await keys.store_first_key(tx, new_key, platform.seal, platform.now())
        if not await casting.is_there(platform.db):
            return await casting.make(
                platform.db, platform.long_lived, platform.seal, platform.now()
            )
    finally:
        await platform.close()
    if kept is None:
        raise click.ClickException(
            "this database has accounts, and the demo does not know their credentials: "
            "start it with the --data folder that made them, or with an empty database"
        )
    return kept


def _sign_ins(cast: Cast) -> tuple[tuple[str, str, str], ...]:
    people = [user for account in cast.accounts.values() for user in account.users]
    return tuple((p.name, p.email, p.password) for p in [*people, cast.moderator])


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _ready(addresses: Addresses, port: int, tls: Certificates | None, cast: Cast) -> dict[str, Any]:
    """Return what scripts and CI must know; the form of version 1 only ever grows."""
    mo = cast.moderator
    return {
        "version": 1,
        "base_domain": addresses.root,
        "scheme": addresses.scheme,
        "port": port,
        "public_port": addresses.port,
        "ca_file": str(tls.ca) if tls else None,
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
            for subdomain, account in cast.accounts.items()
        },
        "integrations": cast.integrations,
    }


def _write_ready(file: Path, ready: dict[str, Any]) -> None:
    # Whoever waits for the file must never read half of it.
    draft = file.with_name(file.name + ".part")
    draft.touch(mode=0o600)
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(ready), indent=2))
    draft.replace(file)
