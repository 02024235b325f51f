"""The option `--allow-target`, of the commands that start a server."""

from __future__ import annotations

import click

from grantway.hooks.addresses import Target, read_target


def _as_targets(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[Target, ...]:
    try:
        return tuple(read_target(one) for one in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


allow_target = click.option(
    "--allow-target",
    "allow_targets",
    metavar="IP:PORT",
    multiple=True,
    callback=_as_targets,
    help="Let hooks reach exactly this, although it is not public; on this machine "
    "integrations may use it with http://. Repeatable.",
)
