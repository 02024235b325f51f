"""`grantway account technical`: accounts that make public integrations, for the operator."""

from __future__ import annotations

import click

from grantway.accounts import service as accounts
from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, with_store
from grantway.db import Reader
from grantway.moderation import technical_accounts
from grantway.moderation.technical_accounts import MONTHS, MOST_MONTHS, Operator

_OPERATOR = Operator()
_MONTHS = click.option(
    "--months",
    type=click.IntRange(1, MOST_MONTHS),
    default=MONTHS,
    show_default=True,
    metavar="NUMBER",
)
_REASON = click.option(
    "--reason", required=True, metavar="TEXT", help="The account's administrators read it."
)


@click.group()
def technical() -> None:
    """Technical accounts: who asks for one, and until when one is.

    Public integrations are made and published in technical accounts alone.
    """


@technical.command("requests")
@with_store
async def requests(store: Store, *, as_json: bool) -> None:
    """List who asks for a technical account, or for more time, the oldest first.

    \b
    Example:  grantway account technical requests
    """
    rows: list[dict[str, object]] = []
    async with store.db.read() as reader:
        page = await technical_accounts.requests(reader, _OPERATOR)
        while page:
            rows += [
                {
                    "account": one.subdomain,
                    "name": one.account_name,
                    "asked": moment(one.requested_at),
                    "by": one.requested_by,
                    "technical_until": None if one.until is None else moment(one.until),
                    "site": one.site,
                    "about": one.about,
                }
                for one in page
            ]
            last = page[-1]
            after = (last.requested_at, last.account_id)
            page = await technical_accounts.requests(reader, _OPERATOR, after=after)
    print_rows(rows, as_json=as_json, empty="Nobody asks.")


@technical.command("approve")
@click.argument("account")
@_MONTHS
@with_store
async def approve(store: Store, *, account: str, months: int, as_json: bool) -> None:
    """Make an account technical that asked for it.

    After that time it ends, unless something is published: then it is renewed.

    \b
    Example:  grantway account technical approve parcels
    """
    async with store.db.write() as tx:
        account_id = await _find(tx, account)
        now = store.now()
        until = await technical_accounts.approve(tx, _OPERATOR, account_id, now, months=months)
    _said(account, until, f"{account} is technical until {moment(until)}.", as_json=as_json)


@technical.command("refuse")
@click.argument("account")
@_REASON
@with_store
async def refuse(store: Store, *, account: str, reason: str, as_json: bool) -> None:
    """Refuse what an account asked; it may ask again.

    \b
    Example:  grantway account technical refuse parcels --reason "Tell us what you build."
    """
    async with store.db.write() as tx:
        account_id = await _find(tx, account)
        await technical_accounts.refuse(tx, _OPERATOR, account_id, reason, store.now())
    _said(account, None, "Refused.", as_json=as_json)


@technical.command("extend")
@click.argument("account")
@_MONTHS
@with_store
async def extend(store: Store, *, account: str, months: int, as_json: bool) -> None:
    """Put the end of a technical account off, which answers what it asked.

    \b
    Example:  grantway account technical extend parcels --months 1
    """
    async with store.db.write() as tx:
        account_id = await _find(tx, account)
        now = store.now()
        until = await technical_accounts.extend(tx, _OPERATOR, account_id, now, months=months)
    _said(account, until, f"{account} is technical until {moment(until)}.", as_json=as_json)


@technical.command("end")
@click.argument("account")
@_REASON
@with_store
async def end(store: Store, *, account: str, reason: str, as_json: bool) -> None:
    """Make a technical account an ordinary one again.

    Nothing is deleted: what is published stays published, and drafts go on
    working in their own account.

    \b
    Example:  grantway account technical end parcels --reason "Nobody answers there."
    """
    async with store.db.write() as tx:
        account_id = await _find(tx, account)
        await technical_accounts.end(tx, _OPERATOR, account_id, reason, store.now())
    _said(account, None, f"{account} is technical no more.", as_json=as_json)


async def _find(reader: Reader, subdomain: str) -> int:
    return (await accounts.account_by_subdomain(reader, subdomain)).id


def _said(account: str, until: int | None, words: str, *, as_json: bool) -> None:
    if as_json:
        is_technical = until is not None
        print_json({"account": account, "technical": is_technical, "until": moment(until)})
    else:
        click.echo(words)
