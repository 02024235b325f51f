"""`grantway integration ratings` and `statistics`: what users think, and how many came and went.

Both only read: users rate and integrators answer in person, and the operator is neither.
"""

from __future__ import annotations

import click
import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, administrator, with_store
from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.marketplace import counting, received
from grantway.marketplace.model import Rating


@click.command("ratings")
@click.argument("client_id")
@click.option("--unanswered", is_flag=True, help="Only those without an answer.")
@click.option("--before", type=click.IntRange(1), metavar="RATING", help="Only older ones.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many."
)
@with_store
async def ratings(
    store: Store,
    *,
    client_id: str,
    unanswered: bool,
    before: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what users think of an integration, the newest first.

    What a moderator removed is not among it. Integrators answer in person, on
    the tab Ratings.

    \b
    Example:  grantway integration ratings 0f3c9a52-… --unanswered
    """
    async with store.db.read() as reader:
        actor = await _owner(reader, client_id)
        found = await received.page(
            reader, actor, client_id, unanswered_only=unanswered, before_id=before, limit=limit
        )
    print_rows([_rating(one) for one in found.ratings], as_json=as_json, empty="No rating.")


@click.command("statistics")
@click.argument("client_id")
@click.option(
    "--days",
    type=click.IntRange(1, counting.MAX_DAYS),
    default=30,
    show_default=True,
    help="How far back, today included.",
)
@with_store
async def statistics(store: Store, *, client_id: str, days: int, as_json: bool) -> None:
    """Tell how many accounts installed and uninstalled an integration, by day and language.

    Days begin at midnight UTC; those on which nothing happened are left out.

    \b
    Example:  grantway integration statistics 0f3c9a52-… --days 90 --json
    """
    async with store.db.read() as reader:
        actor = await _owner(reader, client_id)
        live = await counting.live(reader, actor, client_id)
        found = await counting.by_day(reader, actor, client_id, store.now(), days=days)
    rows = [msgspec.structs.asdict(one) for one in found]
    if as_json:
        print_json({"works_in": live, "days": rows})
        return
    click.echo(f"Works in {live} account{'' if live == 1 else 's'}.")
    print_rows(rows, as_json=False, empty="Nobody installed or uninstalled it in that time.")


async def _owner(reader: Reader, client_id: str) -> Actor:
    found = await integrations.of_any_account(reader, client_id)
    account = await accounts.account_by_id(reader, found.account_id)
    _, actor = await administrator(reader, account.subdomain, None)
    return actor


def _rating(one: Rating) -> dict[str, object]:
    return {
        "rating": one.id,
        "at": moment(one.rated_at),
        "changed": moment(one.changed_at),
        "by": one.author,
        "stars": one.stars,
        "text": one.text,
        "answer": one.answer,
        "answered": moment(one.answered_at),
    }
