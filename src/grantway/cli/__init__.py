"""The command line: one file per noun.

Exit status: 0 done, 1 refused, 2 wrong use.
"""

from __future__ import annotations

import importlib
from importlib import metadata

import click

from grantway.db import SchemaError
from grantway.kernel.errors import GrantwayError, Unavailable
from grantway.kernel.sealing import UnsealError

_COMMANDS = {
    "demo": "grantway.cli.demo:demo",
    "serve": "grantway.cli.serve:serve",
    "migrate": "grantway.cli.migrate:migrate",
    "account": "grantway.cli.accounts:account",
    "user": "grantway.cli.users:user",
    "group": "grantway.cli.groups:group",
    "integration": "grantway.cli.integrations:integration",
    "widget": "grantway.cli.widget:widget",
    "installation": "grantway.cli.installations:installation",
    "grant": "grantway.cli.grants:grant",
    "webhook": "grantway.cli.webhooks:webhook",
    "crm": "grantway.cli.crm:crm",
    "moderation": "grantway.cli.moderation:moderation",
    "token": "grantway.cli.tokens:token",
    "code": "grantway.cli.codes:code",
    "key": "grantway.cli.keys:key",
    "mail": "grantway.cli.mail:mail",
    "settings": "grantway.cli.soundness:settings",
    "doctor": "grantway.cli.soundness:doctor",
}


class Refusing(click.Group):
    """A group that imports a command when it is called, and tells errors in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        """Return the commands in the order of the documentation."""
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click gives it
        cmd_name: str,
    ) -> click.Command | None:
        """Import the command named *cmd_name*."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a refusal is exit status 1 and a line on standard error."""
        try:
            return super().invoke(ctx)
        except Unavailable as error:
            # Who sits at the command line is an operator, and may hear what the driver says.
            raise click.ClickException(f"the database cannot be used: {error.why}") from error
        except GrantwayError as error:
            raise click.ClickException(error.detail) from error
        except SchemaError as error:
            raise click.ClickException(str(error)) from error
        except UnsealError as error:
            raise click.ClickException(
                "GRANTWAY_SECRET_KEY is not the key that sealed the secrets in this database"
            ) from error


@click.group(cls=Refusing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(metadata.version("grantway"), prog_name="grantway")
def main() -> None:
    """Run and manage Grantway, the open, self-hosted integration platform.

    \b
    Try it:       grantway demo
    Production:   grantway settings, grantway migrate, grantway serve
    """
