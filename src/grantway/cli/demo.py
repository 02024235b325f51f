"""`grantway demo`: a complete platform with seeded accounts in one process."""

from __future__ import annotations

import functools
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec
import uvloop
from rich.console import Console

from grantway.app import Application, open_platform
from grantway.asgi import logs
from grantway.cli.allowing import allow_target
from grantway.cli.serving import is_free, must_be_free, serve_here, serve_in_processes
from grantway.db import migrate
from grantway.demo import cast as casting
from grantway.demo import example
from grantway.demo.authority import Certificates, certificates
from grantway.demo.cast import Cast
from grantway.demo.example import Site, Sites
from grantway.demo.folder import Folder, State
from grantway.demo.public_integrations import public_integrations
from grantway.demo.ready import Ready, write_ready_file
from grantway.demo.words import greeting
from grantway.hooks.addresses import Target
from grantway.kernel.addresses import API, CONTROL, PUBLIC, STATIC, Addresses
from grantway.kernel.clock import SystemClock
from grantway.oauth import keys
from grantway.settings import SETTINGS, Settings

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - not where we listen, but how it is asked for


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
    dwell_ms: int
    allow_targets: tuple[Target, ...]
    log_requests: bool
    clock_offset: int
    processes: int
    has_example: bool
    example_port: int | None


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
@click.option(
    "--dwell",
    metavar="MS",
    type=click.IntRange(0, 60_000),
    default=800,
    show_default=True,
    help="How long the consent page has to be seen before an answer counts.",
)
@allow_target
@click.option("--log-requests", is_flag=True, help="Log each request.")
@click.option(
    "--clock",
    metavar="SECONDS",
    type=int,
    default=0,
    help="Move the server's clock, the examples', and that of commands with the same --data.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many answer requests; each counts the rate limits by itself.",
)
@click.option("--listen", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--example-port",
    type=click.IntRange(1, 65535),
    help="Where the example integration listens; else the next port that is free.",
)
@click.option("--no-example", is_flag=True, help="Start the platform without the example.")
def demo(**given: Any) -> None:
    """Start a complete platform with seeded accounts, and an example integration beside it.

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
        dwell_ms=given["dwell"],
        allow_targets=given["allow_targets"],
        log_requests=given["log_requests"],
        clock_offset=given["clock"],
        processes=given["processes"],
        has_example=not given["no_example"],
        example_port=given["example_port"],
    )
    if options.example_port and not options.has_example:
        raise click.UsageError("--example-port: with --no-example nothing listens there")
    temporary = None if options.data else tempfile.mkdtemp(prefix="grantway-demo-")
    try:
        folder = Folder(Path(options.data or temporary or ""))
        if options.processes == 1:
            uvloop.run(_run(options, folder))
        else:
            ready = uvloop.run(_prepared(options, folder))
            with _beside(ready) as wait:
                announce = functools.partial(_announce, options, ready, wait)
                serve_in_processes(ready.settings, announce)
    except KeyboardInterrupt:
        pass
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


async def _run(options: Options, folder: Folder) -> None:
    ready = await _prepared(options, folder)
    with _beside(ready) as wait:
        platform = await open_platform(ready.settings)
        try:
            async with serve_here(Application(platform), ready.settings) as stopped:
                _announce(options, ready, wait)
                await stopped
        finally:
            await platform.close()


@contextmanager
def _beside(ready: Ready) -> Iterator[Callable[[], None]]:
    """Run the examples, if there shall be any; gives what waits until they answer."""
    with ExitStack() as stack:
        offset = ready.settings.clock_offset
        running = [
            stack.enter_context(example.running(site, _configuration(ready, site, name), offset))
            for site, name in _examples(ready)
        ]

        def wait() -> None:
            for one in running:
                one.wait()

        yield wait


def _examples(ready: Ready) -> list[tuple[Site, str]]:
    """Return what shall run, and how the ready file calls the integration of each."""
    if ready.sites is None:
        return []
    return [(ready.sites.lead_table, "public"), (ready.sites.parcel_widget, "widget")]


def _configuration(ready: Ready, site: Site, name: str) -> dict[str, str]:
    keys, settings = ready.cast.integrations[name], ready.settings
    return {
        "CLIENT_ID": keys.client_id,
        "CLIENT_SECRET": keys.client_secret,
        "PLATFORM": f"{settings.addresses.scheme}://{settings.addresses.base_domain}",
        "CONNECT_TO": f"{_reachable(settings.listen)}:{settings.port}",
        "DATABASE": str(ready.folder / f"{site.name}.db"),
        "CA_FILE": str(ready.tls.ca) if ready.tls else "",
        "LOG_LEVEL": "INFO" if settings.log_requests else "WARNING",
    }


def _announce(options: Options, ready: Ready, wait: Callable[[], None]) -> None:
    """Tell that the servers answer: to people, then to scripts."""
    try:
        wait()
    except RuntimeError as error:
        raise click.ClickException(f"{error}; start without it: --no-example") from error
    greeting(Console(), ready)
    # Last, so that whoever waited for it finds the greeting in the output as well.
    if options.ready_file:
        write_ready_file(Path(options.ready_file), ready)


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
    tls = _certificates(folder, options.domain) if options.tls else None
    state = folder.read()
    sites = _sites(options, port, state) if options.has_example else None
    opened = [Target("127.0.0.1", site.port) for site in (sites.both if sites else ())]
    targets = (*options.allow_targets, *opened)
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
        dwell_ms=options.dwell_ms,
        allow_targets=targets,
        log_level=log_level,
        log_requests=options.log_requests,
        clock_offset=options.clock_offset,
    )
    kept = state.cast if state is not None and state.database == database else None
    cast = await _filled(settings, kept, sites)
    # At every start: commands on this folder tell the same addresses and the same time.
    folder.write(
        State(
            database=database,
            addresses=addresses,
            clock_offset=options.clock_offset,
            opened=tuple(str(target) for target in targets),
            example_port=sites.lead_table.port if sites else None,
            widget_port=sites.parcel_widget.port if sites else None,
            cast=cast,
        )
    )
    settings = msgspec.structs.replace(
        settings,
        demo_sign_ins=_sign_ins(cast),
        demo_example=sites.lead_table.url if sites else None,
    )
    return Ready(settings=settings, tls=tls, cast=cast, sites=sites, folder=folder.path)


def _certificates(folder: Folder, domain: str) -> Certificates:
    labels = (PUBLIC, CONTROL, API, STATIC, *casting.SUBDOMAINS)
    # By the machine's clock, which is that of whoever checks them.
    return certificates(folder.tls, domain, SystemClock()(), labels)


def _sites(options: Options, port: int, state: State | None) -> Sites:
    """Return where the examples will answer: where they did, or beside the server, or elsewhere.

    They stay on this machine, unless the server listens on all of its addresses.
    """
    listen = options.host if options.host in _EVERYWHERE else "127.0.0.1"
    example_port = options.example_port
    if example_port is not None:
        must_be_free(listen, example_port, "--example-port")
    else:
        before = state.example_port if state is not None else None
        example_port = _next_port(listen, (before, port + 1), {port})
    before = state.widget_port if state is not None else None
    widget_port = _next_port(listen, (before, port + 2), {port, example_port})
    return Sites(
        Site("lead_table", example_port, listen), Site("parcel_widget", widget_port, listen)
    )


def _next_port(listen: str, wished: tuple[int | None, ...], taken: set[int]) -> int:
    for one in wished:
        if one is not None and one not in taken and is_free(listen, one):
            return one
    return _free_port(listen)


def _reachable(listen: str) -> str:
    """Return at which address of this machine a server is reached that listens on *listen*."""
    if listen in _EVERYWHERE:
        return "127.0.0.1"
    return str(socket.getaddrinfo(listen, None, type=socket.SOCK_STREAM)[0][4][0])


async def _filled(settings: Settings, kept: Cast | None, sites: Sites | None) -> Cast:
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
            kept = await casting.make(
                platform.db, platform.long_lived, platform.seal, platform.now()
            )
        if kept is None:
            raise click.ClickException(
                "this database has accounts, and the demo does not know their credentials: "
                "start it with the --data folder that made them, or with an empty database"
            )
        return await public_integrations(platform, kept, sites)
    finally:
        await platform.close()


def _sign_ins(cast: Cast) -> tuple[tuple[str, str, str], ...]:
    people = [user for account in cast.accounts.values() for user in account.users]
    return tuple((p.name, p.email, p.password) for p in [*people, cast.moderator])


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
