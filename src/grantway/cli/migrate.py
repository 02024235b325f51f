"""`grantway migrate`: bring a database to the current schema."""

from __future__ import annotations

import asyncio

import click

from grantway.cli.output import print_json
from grantway.cli.target import find_target, target_options
from grantway.db import migrate as migrate_database


@click.command()
@target_options
def migrate(data: str | None, database: str | None, *, as_json: bool) -> None:
    """Bring the database to the current schema; do nothing when it is there.

    \b
    Example:  grantway migrate
              grantway migrate --database sqlite:////var/lib/grantway/grantway.db
    """
    taken = asyncio.run(migrate_database(find_target(data, database).database))
    if as_json:
        print_json({"taken": taken})
    elif taken:
        for name in taken:
            click.echo(f"migrated to {name}")
    else:
        click.echo("The database has the current schema.")
