"""`grantway moderation published`, and what moderators do with it: hide, feature, ratings."""

from __future__ import annotations

import click

from grantway.cli.moderators import AS, moderator_called, tell_moved
from grantway.cli.output import moment, print_json, print_rows
from grantway.cli.target import Store, with_store
from grantway.marketplace import published as shown
from grantway.marketplace import publishing
from grantway.marketplace import ratings as given
from grantway.marketplace.model import Rating
from grantway.marketplace.published import Published

_RATING = click.argument("rating_id", type=click.IntRange(1))


@click.command("published")
@click.option(
    "--find",
    "wanted",
    default="",
    metavar="TEXT",
    help="An ID, or part of a name; letters beyond a to z as the name has them.",
)
@AS
@with_store
async def published(store: Store, *, wanted: str, email: str, as_json: bool) -> None:
    """List what the public sees, or saw, the last published first.

    \b
    Example:  grantway moderation published --find parcel --as mo@moderation.example
    """
    rows: list[dict[str, object]] = []
    async with store.db.read() as reader:
        moderator = await moderator_called(reader, email)
        page = await shown.listed(reader, moderator, wanted=wanted)
        while page:
            spoken = await shown.languages(reader, page)
            rows += [_row(one, spoken[one.client_id]) for one in page]
            after = (page[-1].published_at, page[-1].client_id)
            page = await shown.listed(reader, moderator, wanted=wanted, after=after)
    print_rows(rows, as_json=as_json, empty="Nothing of this kind is or was published.")


@click.command("hide")
@click.argument("client_id")
@click.option("--reason", required=True, help="The integrator reads it.")
@AS
@with_store
async def hide(store: Store, *, client_id: str, reason: str, email: str, as_json: bool) -> None:
    """Take a published integration from the public; where it is installed it goes on working.

    \b
    Example:  grantway moderation hide 0f3c9a52-… --reason "Its support link is dead." \\
                --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await moderator_called(tx, email)
        made = await publishing.hide(tx, moderator, client_id, reason, store.now())
    tell_moved(made, "Hidden.", as_json=as_json)


@click.command("unhide")
@click.argument("client_id")
@AS
@with_store
async def unhide(store: Store, *, client_id: str, email: str, as_json: bool) -> None:
    """Put a hidden integration before the public again.

    \b
    Example:  grantway moderation unhide 0f3c9a52-… --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await moderator_called(tx, email)
        made = await publishing.show(tx, moderator, client_id, store.now())
    tell_moved(made, "Shown again.", as_json=as_json)


@click.command("feature")
@click.argument("client_id")
@AS
@with_store
async def feature(store: Store, *, client_id: str, email: str, as_json: bool) -> None:
    """Put a listed integration before the others.

    \b
    Example:  grantway moderation feature 0f3c9a52-… --as mo@moderation.example
    """
    await _feature(store, client_id, email, is_featured=True, as_json=as_json)


@click.command("unfeature")
@click.argument("client_id")
@AS
@with_store
async def unfeature(store: Store, *, client_id: str, email: str, as_json: bool) -> None:
    """Put a featured integration back among the others.

    \b
    Example:  grantway moderation unfeature 0f3c9a52-… --as mo@moderation.example
    """
    await _feature(store, client_id, email, is_featured=False, as_json=as_json)


@click.command("ratings")
@click.argument("client_id")
@AS
@with_store
async def ratings(store: Store, *, client_id: str, email: str, as_json: bool) -> None:
    """List the ratings of an integration, those that were removed as well.

    \b
    Example:  grantway moderation ratings 0f3c9a52-… --as mo@moderation.example
    """
    rows: list[dict[str, object]] = []
    async with store.db.read() as reader:
        moderator = await moderator_called(reader, email)
        await shown.look(reader, moderator, client_id)
        page = await given.for_moderator(reader, moderator, client_id)
        rows += map(_rating_row, page.ratings)
        while page.before_id is not None:
            page = await given.for_moderator(reader, moderator, client_id, before_id=page.before_id)
            rows += map(_rating_row, page.ratings)
    print_rows(rows, as_json=as_json, empty="Nobody has rated it.")


@click.group("rating")
def rating() -> None:
    """One rating: remove it, or restore it."""


@rating.command("remove")
@click.argument("client_id")
@_RATING
@click.option("--reason", required=True, metavar="TEXT", help="Its author reads it.")
@AS
@with_store
async def remove(
    store: Store, *, client_id: str, rating_id: int, reason: str, email: str, as_json: bool
) -> None:
    """Let a rating be seen no more and count no more.

    \b
    Example:  grantway moderation rating remove 0f3c9a52-… 7 --reason "It names a person." \\
                --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await moderator_called(tx, email)
        await given.remove(tx, moderator, client_id, rating_id, reason, store.now())
    print_json({"id": rating_id, "removed": True}) if as_json else click.echo("Removed.")


@rating.command("restore")
@click.argument("client_id")
@_RATING
@AS
@with_store
async def restore(
    store: Store, *, client_id: str, rating_id: int, email: str, as_json: bool
) -> None:
    """Let a removed rating be seen and count again.

    \b
    Example:  grantway moderation rating restore 0f3c9a52-… 7 --as mo@moderation.example
    """
    async with store.db.write() as tx:
        moderator = await moderator_called(tx, email)
        await given.restore(tx, moderator, client_id, rating_id, store.now())
    print_json({"id": rating_id, "removed": False}) if as_json else click.echo("Restored.")


async def _feature(
    store: Store, client_id: str, email: str, *, is_featured: bool, as_json: bool
) -> None:
    async with store.db.write() as tx:
        moderator = await moderator_called(tx, email)
        changed = await publishing.feature(
            tx, moderator, client_id, store.now(), is_featured=is_featured
        )
    if as_json:
        print_json({"client_id": client_id, "featured": is_featured, "changed": changed})
    elif not changed:
        click.echo("It was so before.")
    else:
        click.echo("Featured." if is_featured else "Featured no more.")


def _row(one: Published, languages: list[str]) -> dict[str, object]:
    states = {"published": "published", "draft": "hidden", "disabled": "stopped"}
    return {
        "client_id": one.client_id,
        "name": one.name,
        "account": one.account_name,
        "version": one.number or 1,
        "state": states[one.status],
        "category": one.category or "",
        "languages": " ".join(languages),
        "published": moment(one.published_at),
        "stars": one.stars,
        "ratings": one.rating_count,
        "installs": one.installs,
        "featured": one.is_featured,
        "own": one.is_own,
    }


def _rating_row(one: Rating) -> dict[str, object]:
    return {
        "id": one.id,
        "by": one.author,
        "stars": one.stars,
        "text": one.text,
        "at": moment(one.changed_at or one.rated_at),
        "answer": one.answer,
        "removed": moment(one.removed_at),
        "reason": one.removed_reason,
    }
