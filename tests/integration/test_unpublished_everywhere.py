"""Nobody learns of what is not published, at any door: not by an answer, not by its time.

Rules S-147 and S-154. In place of a clock stands what the database is asked: the
same statements in the same order take as long.
"""

import re
from collections.abc import Awaitable, Callable, Mapping

import httpx
import msgspec
import pytest

from grantway.integrations import service as integrations
from grantway.integrations import states
from grantway.marketplace import search
from grantway.moderation import desk
from tests.contract.integration_cast import NOW
from tests.contract.version_cast import REASONS, RULES, make_draft, submit
from tests.integration.asked import Asked
from tests.integration.marketplace_world import Market, open_market, said
from tests.integration.token_endpoint import ask as ask_for_tokens
from tests.integration.web_client import CHARLIE, Browser, Web

UNKNOWN = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"
UNKNOWN_TOO = "7e2b1c40-95aa-4f0e-8d11-64f1b8a90c33"


class World(msgspec.Struct, frozen=True):
    """The Marketplace, and Charlie of bolt, who made none of what is in it."""

    web: Web
    market: Market
    charlie: Browser
    inside: Browser


async def _private(world: World) -> str:
    return world.web.api.acme.client_id


async def _draft(world: World) -> str:
    return (await make_draft(world.market.people)).client_id


async def _in_review(world: World) -> str:
    draft = await make_draft(world.market.people)
    return (await submit(world.market.people, draft)).client_id


async def _rejected(world: World) -> str:
    seen = await submit(world.market.people, await make_draft(world.market.people))
    async with world.market.db.write() as tx:
        await desk.reject(
            tx, world.market.mo, seen.client_id, 1, seen.content_hash, REASONS, RULES, NOW
        )
    return seen.client_id


async def _approved(world: World) -> str:
    return await world.market.approved(said())


async def _hidden(world: World) -> str:
    client_id = await world.market.listed(said())
    await world.market.hide(client_id)
    return client_id


async def _disabled(world: World) -> str:
    client_id = await world.market.listed(said())
    async with world.market.db.write() as tx:
        await states.disable(tx, client_id, "It sends spam.", NOW)
    return client_id


async def _deleted(world: World) -> str:
    draft = await make_draft(world.market.people)
    async with world.market.db.write() as tx:
        await integrations.delete(tx, world.market.people.dana, draft.client_id, NOW)
    return draft.client_id


async def _unknown(_world: World) -> str:
    return UNKNOWN_TOO


UNPUBLISHED: dict[str, Callable[[World], Awaitable[str]]] = {
    "unknown": _unknown,
    "private of another account": _private,
    "draft": _draft,
    "in review": _in_review,
    "rejected": _rejected,
    "approved": _approved,
    "hidden": _hidden,
    "disabled": _disabled,
    "deleted": _deleted,
}


def _token_request(path: str) -> Callable[[World, str], Awaitable[httpx.Response]]:
    async def ask(world: World, client_id: str) -> httpx.Response:
        fields = {
            "client_id": client_id,
            "client_secret": "s" * 64,
            "grant_type": "authorization_code",
            "code": "c" * 40,
            "token": "t" * 40,
        }
        return await ask_for_tokens(world.web.api, fields, path=path, cast="bolt")

    return ask


def _page(path: str, label: str) -> Callable[[World, str], Awaitable[httpx.Response]]:
    async def ask(world: World, client_id: str) -> httpx.Response:
        who = {"www": world.web.browser(), "accounts": world.charlie, "bolt": world.inside}[label]
        return await who.get(path.format(client_id=client_id), label)

    return ask


async def _consent_of_a_stranger(world: World, client_id: str) -> httpx.Response:
    return await world.web.browser().get(f"/oauth?client_id={client_id}&state=s1")


# Doors that take the id of an integration, and whether they have an answer for strangers at all.
DOORS: dict[str, Callable[[World, str], Awaitable[httpx.Response]]] = {
    "listing": _page("/marketplace/{client_id}", "www"),
    "listing in a language": _page("/marketplace/{client_id}?lang=en", "www"),
    "listing, older reviews": _page("/marketplace/{client_id}?lang=en&before=7", "www"),
    "consent": _page("/oauth?client_id={client_id}&state=s1", "accounts"),
    "consent of a stranger": _consent_of_a_stranger,
    "workspace": _page("/settings/widgets/{client_id}", "bolt"),
    "workspace in a language": _page("/settings/widgets/{client_id}?lang=en", "bolt"),
    "window": _page("/accounts/bolt/integrations/{client_id}", "accounts"),
    "keys": _page("/accounts/bolt/integrations/{client_id}/keys", "accounts"),
    "review": _page("/accounts/bolt/integrations/{client_id}/review", "accounts"),
    "listing tab": _page("/accounts/bolt/integrations/{client_id}/listing", "accounts"),
    "installed": _page("/accounts/bolt/installed/{client_id}", "accounts"),
    "rating": _page("/accounts/bolt/installed/{client_id}/rating", "accounts"),
}
# Their texts for an unknown id, a wrong secret and what was stopped are the contract's
# (authorization.md 12 and 21, row 3); how long they take is not (S-46).
PROVING_DOORS = {
    "token": _token_request("/oauth2/access_token"),
    "introspection": _token_request("/oauth2/introspect"),
    "revocation": _token_request("/oauth2/revoke"),
}
STOPPED = {"disabled", "deleted"}
PUBLIC_DOORS = {
    *("listing", "listing in a language", "listing, older reviews"),
    *("consent", "workspace", "workspace in a language"),
}


@pytest.fixture
async def world(web: Web) -> World:
    market = await open_market(web.api)
    return World(web, market, await web.signed_in(CHARLIE), await web.entered(CHARLIE, "bolt"))


@pytest.fixture
def asked() -> Asked:
    return Asked()


Answer = tuple[int, str, Mapping[str, str], list[str]]


async def answer(world: World, asked: Asked, door: str, client_id: str) -> Answer:
    """Return all that tells one answer from another, and what the database was asked for it."""
    asked.clear()
    got = await (DOORS | PROVING_DOORS)[door](world, client_id)
    statements = list(asked.texts)
    request_id = got.headers["x-request-id"]

    def plain(text: str) -> str:
        text = text.replace(request_id, "REQUEST").replace(client_id, "CLIENT")
        return re.sub(r"nonce=[0-9a-f]+|gw\w+_[A-Za-z0-9]+|[0-9a-f]{64}", "RANDOM", text)

    headers = {
        name: plain(value)
        for name, value in got.headers.items()
        if name not in {"x-request-id", "date", "content-length"}
    }
    return got.status_code, plain(got.text), headers, statements


@pytest.mark.parametrize("door", list(DOORS))
async def test_a_door_answers_for_the_unpublished_as_for_what_never_was(
    world: World, asked: Asked, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {name: await make(world) for name, make in UNPUBLISHED.items()}
    published = await world.market.listed(said())
    asked.listen(monkeypatch)
    await answer(world, asked, door, UNKNOWN)  # what is kept in memory is kept from now on
    unknown = await answer(world, asked, door, UNKNOWN)

    assert unknown[0] != 200
    for name, client_id in made.items():
        assert (name, await answer(world, asked, door, client_id)) == (name, unknown)
    listed = await answer(world, asked, door, published)
    assert (listed[0] == 200) == (door in PUBLIC_DOORS)


@pytest.mark.parametrize("door", list(PROVING_DOORS))
async def test_whoever_proves_nothing_learns_nothing_of_publishing(
    world: World, asked: Asked, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {name: await make(world) for name, make in UNPUBLISHED.items()}
    published = await world.market.listed(said())
    asked.listen(monkeypatch)
    await answer(world, asked, door, UNKNOWN)
    *_, statements = await answer(world, asked, door, UNKNOWN)
    listed = await answer(world, asked, door, published)

    assert statements
    assert listed[-1] == statements
    for name, client_id in made.items():
        got = await answer(world, asked, door, client_id)
        assert (name, got[-1]) == (name, statements)
        assert (name, got == listed) == (name, name not in STOPPED | {"unknown"})


async def test_no_search_tells_of_the_unpublished(world: World) -> None:
    shown = await world.market.listed(said(name="Parcel tracker"))
    queries = ("parcel", "zyxwvut", "zyxwvtu", "zyx", "parcel zyxwvut", "parcle", "zyxwvut quokka")

    async def results() -> list[object]:
        async with world.market.db.read() as reader:
            found = [await search.find(reader, "en", text) for text in queries]
            alike = [await search.names_like(reader, "en", text, "") for text in queries]
        pages = [([one.client_id for one in page.tiles], page.after, page.found) for page in found]
        return [*pages, *alike]

    before = await results()
    odd = said(name="Zyxwvut quokka", short="Parcel zyxwvut")
    await world.market.approved(odd)
    hidden = await world.market.listed(odd)
    seen = await results()
    await world.market.hide(hidden)

    assert before == await results()
    assert seen != before
    assert before[0] == ([shown], "", 1)


async def test_words_that_nobody_says_any_more_keep_nothing_from_being_found(world: World) -> None:
    # So many words are nearer to what is typed than the one that is meant.
    crowd = [
        await world.market.listed(
            said(name=" ".join(f"quokka{chr(97 + n)}{chr(97 + m)}" for m in range(20)), short="x")
        )
        for n in range(2)
    ]
    for client_id in crowd:
        await world.market.hide(client_id)
    meant = await world.market.listed(said(name="Quokkatracking station", short="x"))
    async with world.market.db.read() as reader:
        found = await search.find(reader, "en", "quokka")

    assert [one.client_id for one in found.tiles] == [meant]
