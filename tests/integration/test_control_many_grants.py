"""Lists of grants that are longer than a page: everything on them can be seen and ended (S-57)."""

import re
from html import unescape

import pytest

from grantway.oauth import grants
from tests.integration.api_client import NOW, Api
from tests.integration.web_client import Browser, Web

MANY = 1_001
YEAR = 365 * 86_400


async def give(api: Api, *, first_ended: int = 0) -> list[int]:
    """Have Alice give acme's integration many grants, some ended; return their ids, newest first.

    With acme's long-lived token, which is older than they are.
    """
    async with api.db.write() as tx:
        ids = list(await tx.take_ids("grant", MANY - 1))
        await tx.change_many(
            """
            insert into grants (account_id, id, uuid, installation_id, client_id, user_id, kind,
                                scopes, by_administrator, created_at, seed_sealed, generation,
                                pair_issued_at, refresh_expires_at, ended_at)
            select account_id, :id, :uuid, installation_id, client_id, user_id, 'code', scopes,
                   true, created_at, '', 1, created_at, created_at + :year, :ended_at
              from grants where account_id = :account_id and id = :of
            """,
            [
                {
                    "id": one,
                    "uuid": f"00000000-0000-4000-8000-{one:012d}",
                    "year": YEAR,
                    "ended_at": NOW if n < first_ended else None,
                    "account_id": api.acme.account_id,
                    "of": api.acme.grant_id,
                }
                for n, one in enumerate(ids)
            ],
        )
    return [*ids[::-1], api.acme.grant_id]


def listed(browser: Browser) -> list[int]:
    return [int(one) for one in re.findall(r'<tr role="row" id="grant-(\d+)"', browser.page)]


def link(browser: Browser, rel: str) -> str | None:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', browser.page)
    return unescape(found[1]) if found else None


async def walk(browser: Browser, path: str, rel: str = "next") -> list[list[int]]:
    """Turn the pages from *path* on to the last one; return the grants of each."""
    met: list[list[int]] = []
    following: str | None = path
    while following is not None:
        assert len(met) < 25, "the pages go round in a circle"
        assert (await browser.get(following)).status_code == 200
        met.append(listed(browser))
        following = link(browser, rel)
    return met


@pytest.mark.parametrize("page", ["window", "installed", "own"])
async def test_every_grant_is_met_once_by_turning_pages(
    web: Web, alice: Browser, page: str
) -> None:
    ids = await give(web.api)
    path = {
        "window": f"{web.window}/authorization",
        "installed": f"/accounts/acme/installed/{web.api.acme.client_id}",
        "own": "/grants",
    }[page]
    met = await walk(alice, path)
    assert [one for some in met for one in some] == ids
    assert max(map(len, met)) == 50
    assert alice.url.endswith("page=21")
    assert re.search(r"1,001.1,001", alice.text())
    back = await walk(alice, link(alice, "prev") or "", "prev")

    assert back[::-1] == met[:-1]
    assert alice.url.endswith(path)


async def test_the_last_one_of_many_can_be_revoked(web: Web, alice: Browser) -> None:
    *_, last = await give(web.api)
    met = await walk(alice, f"{web.window}/authorization")
    assert met[-1] == [last]
    answer = await alice.submit(f"{web.window}/authorization/{last}/revoke", htmx=True)

    assert "Access revoked" in answer.text
    assert await web.leads_answer(web.api.acme.token) == 401
    assert (await alice.get(alice.url)).status_code == 200
    assert listed(alice) == [last]  # where it stands now: alone behind the live ones


async def test_what_ends_while_pages_are_turned_hides_nothing(web: Web, alice: Browser) -> None:
    ids = await give(web.api, first_ended=100)
    live, ended = [*ids[:900], ids[-1]], ids[900:1000]
    await alice.get(f"{web.window}/authorization")
    assert listed(alice) == live[:50]
    async with web.api.db.write() as tx:
        end = "update grants set ended_at = :now where id in (:ids)"
        await tx.change(end, now=NOW, ids=live[:50])
    rest = [one for some in await walk(alice, link(alice, "next") or "") for one in some]

    assert rest == [*live[50:], *live[:50], *ended]


async def test_counts_and_warnings_are_of_all_pages(web: Web, alice: Browser) -> None:
    ids = await give(web.api)
    async with web.api.db.write() as tx:
        await tx.change("update grants set reused_at = :now where id = :id", now=NOW, id=ids[-2])
    await alice.get(f"{web.window}/authorization")

    assert "1,001 grants of 1 person in Acme" in alice.text()
    assert "A spent refresh token came back" in alice.text()


@pytest.mark.parametrize("query", ["after=5", "after=live-", "before=x-1", "after=live-1&page=x"])
async def test_an_odd_place_is_not_found(web: Web, alice: Browser, query: str) -> None:
    await give(web.api)

    assert (await alice.get(f"{web.window}/authorization?{query}")).status_code == 404
    assert (await alice.get("/grants?after=live-1&page=2")).status_code == 200


async def test_the_command_lists_all(api: Api) -> None:
    ids = await give(api)
    async with api.db.read() as reader:
        of_all = await grants.of_account(reader, api.acme.actor)
        of_one = await grants.of_integration(reader, api.acme.actor, api.acme.client_id)

    assert [one.grant_id for one in of_all] == [one.grant_id for one in of_one] == ids
