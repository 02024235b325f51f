"""`grantway mail`: whether e-mail can be sent."""

from __future__ import annotations

import asyncio

import click

from grantway.accounts.model import email_problem
from grantway.cli.output import print_json
from grantway.cli.target import environment_settings
from grantway.kernel.clock import SystemClock
from grantway.notices import letters
from grantway.notices.mailer import Mailer, MailError
from grantway.settings import PREFIX


@click.group()
def mail() -> None:
    """E-mail by which people are told what concerns them."""


@mail.command("test")
@click.argument("address")
@click.option("as_json", "--json", is_flag=True, help="Print JSON.")
def test(*, address: str, as_json: bool) -> None:
    """Send one e-mail at once, and say what the mail server answered.

    \b
    Example:  grantway mail test you@example.com
    """
    if problem := email_problem(address):
        raise click.UsageError(f"ADDRESS: {problem}; {address!r} cannot be used")
    settings = environment_settings()
    if settings.mail_server is None:
        raise click.ClickException(
            f"no mail server is set: write it into {PREFIX}SMTP, and the address that e-mail "
            f"comes from into {PREFIX}MAIL_FROM"
        )
    now = SystemClock(settings.clock_offset)()
    try:
        letter = letters.write_test(address, settings.mail_from, settings.addresses, now)
    except ValueError:
        raise click.ClickException("this address cannot be written in an e-mail") from None
    mailer = Mailer(settings.mail_server, settings.mail_from)
    try:
        word = asyncio.run(_send(mailer, letter))
    except MailError as error:
        raise click.ClickException(
            f"{mailer.server.name} did not take the e-mail: {_told(error)}"
        ) from error
    if as_json:
        print_json({"server": mailer.server.name, "address": address, "answer": word})
    else:
        click.echo(f"{mailer.server.name} took the e-mail to {address}, and answered: {word}")


async def mail_problem(mailer: Mailer) -> str | None:
    """Say why the mail server would take nothing from us, or None. Sends nothing."""
    try:
        async with mailer.line():
            return None
    except MailError as error:
        return f"{mailer.server.name} takes no e-mail from us: {_told(error)}"


def _told(error: MailError) -> str:
    return f"{error.why}: {error.answer}" if error.answer else error.why


async def _send(mailer: Mailer, letter: letters.Letter) -> str:
    async with mailer.line() as line:
        return await line.send(letter)
