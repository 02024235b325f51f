"""What the demo says when it is ready."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from grantway.demo import example
from grantway.demo.authority import Certificates
from grantway.demo.cast import Cast, Keys
from grantway.demo.ready import Ready
from grantway.kernel.addresses import API, CONTROL, PUBLIC, Addresses

_INTEGRATIONS = (
    ("Private integration of acme", "private"),
    ("Public integration of danalabs: the example", "public"),
    ("Public integration of danalabs with a widget", "widget"),
)
_WIDTH = 200  # the longest row, with a folder's path in it


def curl_line(addresses: Addresses, port: int, tls: Certificates | None, cast: Cast) -> str:
    """Return a command that lists leads, good to paste as it is."""
    keys = cast.integrations["private"]
    url = f"{addresses.origin(keys.account)}/api/v4/leads?limit=2"
    options = ""
    if tls is not None:
        host = f"{keys.account}.{addresses.root}:{addresses.port}"
        options = f"--cacert '{tls.ca}' --connect-to '{host}:127.0.0.1:{port}' "
    elif addresses.root != "localhost" or addresses.port != port:
        host = f"{keys.account}.{addresses.root}:{addresses.port}"
        options = f"--connect-to '{host}:127.0.0.1:{port}' "
    return f"curl {options}'{url}' --header 'authorization: Bearer {keys.long_lived_token}'"


def greeting(console: Console, ready: Ready) -> None:
    """Print addresses, sign-ins, credentials and a first request."""
    # A narrow terminal may wrap a line, and must not cut a value that is to be copied.
    wide = Console(file=console.file, width=_WIDTH, force_terminal=console.is_terminal)
    addresses, tls, cast = ready.settings.addresses, ready.tls, ready.cast
    console.print("\n[bold]Grantway is running.[/bold] Press Ctrl-C to stop it.\n")
    for table in (_addresses(ready), _people(cast)):
        wide.print(table)
        console.print()
    for title, name in _INTEGRATIONS:
        # Not in the table's head: it would push the key beyond the 80th column.
        console.print(f"[bold]{title}[/bold]")
        wide.print(_keys(cast.integrations[name]))
        console.print()
    if ready.sites is not None:
        console.print("[bold]The sources of both[/bold], to read and to copy:\n")
        for site in ready.sites.both:
            folder = str(example.folder(site.name))
            console.print(folder, markup=False, highlight=False, soft_wrap=True)
        console.print()
    if ready.settings.allow_targets:
        console.print("[bold]Hooks may also reach[/bold] these, on this machine or near it:\n")
        for target in ready.settings.allow_targets:
            console.print(str(target), markup=False, highlight=False)
        console.print()
    console.print("[bold]The first request[/bold], good to paste:\n")
    # Printed without markup and wrapping, or the terminal would break what is to be pasted.
    console.print(
        curl_line(addresses, ready.settings.port, tls, cast),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    console.print()


def _addresses(ready: Ready) -> Table:
    addresses = ready.settings.addresses
    table = _table("Addresses", "what for")
    table.add_row(addresses.origin(PUBLIC), "the public pages; /reference tells the API")
    if ready.sites is not None:
        table.add_row(ready.sites.lead_table.url, "the example integration: press its button")
    table.add_row(addresses.origin(CONTROL), "sign in, integrations, keys")
    table.add_row(addresses.origin(API), "the API, its host taken from the token")
    for subdomain in ready.cast.accounts:
        table.add_row(addresses.origin(subdomain), f"workspace and API of {subdomain}")
    if ready.tls is not None:
        table.add_row(str(ready.tls.ca), "the authority that clients must trust")
    return table


def _people(cast: Cast) -> Table:
    table = _table("Sign-ins", "password", "role")
    for subdomain, account in cast.accounts.items():
        for user in account.users:
            table.add_row(user.email, user.password, f"{user.role} of {subdomain}")
    table.add_row(cast.moderator.email, cast.moderator.password, "moderator of the platform")
    return table


def _keys(keys: Keys) -> Table:
    table = _table("", "")
    table.show_header = False
    table.add_row("integration ID", keys.client_id)
    table.add_row("secret key", keys.client_secret)
    table.add_row("redirect URL", keys.redirect_uri)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, no_wrap=True, overflow="ignore")
    return table
