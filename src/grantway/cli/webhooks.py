"""`grantway webhook`: who is told what happens in an account, and what they answered."""

from __future__ import annotations

import click

from grantway.cli.output import moment, print_json, print_one, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.crm.webhooks import history, service
from grantway.crm.webhooks.events import EVENTS
from grantway.crm.webhooks.model import MAX_DESTINATION, STATES, Delivery, Wanted, Webhook
from grantway.hooks.errors import UriRefused
from grantway.integrations.rules import hook_problem

_account = click.option("--account", required=True, metavar="SUBDOMAIN")


@click.group()
def webhook() -> None:
    """Addresses that are told what happens to an account's data."""


@webhook.command("list")
@_account
@with_store
async def list_(store: Store, *, account: str, as_json: bool) -> None:
    """List the webhooks of an account in their order.

    \b
    Example:  grantway webhook list --account acme
    """
    async with store.db.read() as reader:
        _, actor = await administrator(reader, account, None)
        found = await service.list_webhooks(reader, actor)
    print_rows(
        [_shown(one) for one in found], as_json=as_json, empty="This account has no webhooks."
    )


@webhook.command("add")
@click.argument("destination")
@_account
@click.option(
    "--event",
    "events",
    type=click.Choice(EVENTS),
    metavar="EVENT",
    multiple=True,
    required=True,
    help="What is told, like add_lead; may be repeated.",
)
@click.option("--sort", type=click.IntRange(0), help="Where it stands among the others.")
@with_store
async def add(
    store: Store,
    *,
    destination: str,
    account: str,
    events: tuple[str, ...],
    sort: int | None,
    as_json: bool,
) -> None:
    """Subscribe an address, or change what it is told; print its signing secret.

    \b
    Example:  grantway webhook add https://hook.example.org/in --account acme --event add_lead
    """
    problem = hook_problem(destination, store.rules)
    if problem or len(destination) > MAX_DESTINATION:
        raise UriRefused(f"destination: {problem or f'use at most {MAX_DESTINATION} characters'}")
    receiver = store.rules.must_be_callable(destination).name
    now = store.now()
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        wanted = Wanted(destination, list(dict.fromkeys(events)), sort)
        made = await service.subscribe(tx, actor, wanted, receiver, store.seal, now)
        secret = await service.show_secret(tx, actor, made.id, store.seal, now)
    print_one(_shown(made) | {"signing_secret": secret}, as_json=as_json)


@webhook.command("remove")
@click.argument("webhook_id", type=int)
@_account
@with_store
async def remove(store: Store, *, webhook_id: int, account: str, as_json: bool) -> None:
    """Remove a webhook by its number in `webhook list`; what waits for it is not sent.

    \b
    Example:  grantway webhook remove 7 --account acme
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        await service.remove(tx, actor, webhook_id, store.now())
    if as_json:
        print_json({"removed": webhook_id})
    else:
        click.echo("Removed.")


@webhook.command("log")
@click.argument("webhook_id", type=int)
@_account
@click.option("--state", type=click.Choice(list(STATES)), help="Only those in this state.")
@click.option("--before", type=click.IntRange(1), metavar="DELIVERY", help="Only older ones.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many."
)
@with_store
async def log(
    store: Store,
    *,
    webhook_id: int,
    account: str,
    state: str | None,
    before: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what was told to a webhook and what it answered, the newest first.

    \b
    Example:  grantway webhook log 7 --account acme --state failed
    """
    async with store.db.read() as reader:
        _, actor = await administrator(reader, account, None)
        page = await history.deliveries(
            reader, actor, webhook_id, before_id=before, limit=limit, state=state or ""
        )
    print_rows(
        [_told(one) for one in page.deliveries],
        as_json=as_json,
        empty="Nothing was told." if state is None else "Nothing is in this state.",
    )


@webhook.command("send-again")
@click.argument("webhook_id", type=int)
@click.argument("delivery_id", type=int)
@_account
@with_store
async def send_again(
    store: Store, *, webhook_id: int, delivery_id: int, account: str, as_json: bool
) -> None:
    """Have a delivery sent once more, by its number in `webhook log`; a server does it.

    \b
    Example:  grantway webhook send-again 7 5812 --account acme
    """
    async with store.db.write() as tx:
        _, actor = await administrator(tx, account, None)
        await history.send_again(tx, actor, webhook_id, delivery_id, store.now())
    if as_json:
        print_json({"sent_again": delivery_id})
    else:
        click.echo("It is sent within seconds.")


def _shown(one: Webhook) -> dict[str, object]:
    return {
        "id": one.id,
        "destination": one.destination,
        "settings": one.events,
        "state": "off" if one.is_disabled else "on",
        "sort": one.sort,
        "created": moment(one.created_at),
        "changed": moment(one.updated_at),
    }


def _told(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "event": one.event,
        "state": one.state,
        "at": moment(one.created_at),
        "attempts": one.attempts,
        "next": moment(one.due_at) if one.state == "put_off" else None,
        "status": one.last_status,
        "why": one.last_why,
        "milliseconds": one.last_milliseconds,
    }
