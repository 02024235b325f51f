"""`grantway integration calls`: what was sent to an integration, and what became of it."""

from __future__ import annotations

import click

from grantway.accounts import service as accounts
from grantway.cli.output import moment, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.hooks import service as hooks
from grantway.hooks.model import STATES, Attempt
from grantway.integrations import service as integrations


@click.command("calls")
@click.argument("client_id")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--before", type=click.IntRange(1), metavar="CALL", help="Only older ones.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many."
)
@with_store
async def calls(
    store: Store,
    *,
    client_id: str,
    state: str | None,
    before: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what was sent to an integration's servers, the newest first, for 30 days.

    Each call is sent once. *unknown* was sent, or not: the server stopped in the
    middle. Secrets in addresses are hidden.

    \b
    Example:  grantway integration calls 0f3c9a52-… --state failed
    """
    async with store.db.read() as reader:
        found = await integrations.of_any_account(reader, client_id)
        owner = await accounts.account_by_id(reader, found.account_id)
        _, actor = await administrator(reader, owner.subdomain, None)
        page = await hooks.attempts(
            reader, actor, client_id, before_id=before, limit=limit, state=state or ""
        )
    rows = [_call(one) for one in page.attempts]
    if not as_json:
        for row in rows:  # or the parameters, which are all alike, would fill the table
            row["address"] = str(row["address"]).partition("?")[0]
    print_rows(rows, as_json=as_json, empty="No call is to be shown.")


def _call(one: Attempt) -> dict[str, object]:
    return {
        "call": one.id,
        "planned": moment(one.created_at),
        "account": one.subdomain,
        "kind": one.kind,
        "state": one.state,
        "status": one.status,
        "milliseconds": one.milliseconds,
        "method": one.method,
        "address": one.shown_uri,
        "why": one.why_text or None,
    }
