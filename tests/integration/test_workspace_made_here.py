"""What was made in an account and is not published: seen there, and met by nobody else (S-154)."""

import httpx
import pytest

from grantway.integrations import states
from grantway.moderation import drafts
from tests.contract.integration_cast import NOW
from tests.contract.version_cast import make_draft
from tests.integration.asked import Asked
from tests.integration.market_inside import (
    DANA,
    FRONT,
    dana_enters,
    open_market_with_dana,
    speaks,
    tiles,
)
from tests.integration.marketplace_world import Market, said
from tests.integration.web_client import ALICE, BOB, Web

UNKNOWN = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"
CONTROL = "https://accounts.grantway.test/accounts"


@pytest.fixture
async def market(web: Web, password_hashes: dict[str, str]) -> Market:
    return await open_market_with_dana(web, password_hashes)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Return what the database is asked from now on."""
    heard = Asked()
    heard.listen(monkeypatch)
    return heard


async def draft_of(market: Market, *languages: str) -> str:
    """Return the id of an integration that nobody has submitted yet."""
    draft = await make_draft(market.people)
    texts = tuple(said(one, f"Draft in {one}") for one in languages)
    content = draft.content
    for one in texts:
        content = content.with_presentation(one)
    for one in content.presentations:
        if one.language not in languages and one.language != content.language:
            content = content.without(one.language)
    async with market.db.write() as tx:
        await drafts.save(
            tx, market.people.dana, draft.client_id, content, NOW, seen_hash=draft.content_hash
        )
    return draft.client_id


async def test_private_integrations_stand_in_the_own_group(web: Web, market: Market) -> None:
    await market.listed(said())
    alice = await web.entered(ALICE, path=FRONT)
    window = f"{CONTROL}/acme/integrations/{web.api.acme.client_id}"

    assert "Made in Acme" in alice.text()
    assert "Integration name Private Settings and keys" in alice.text()
    assert f'href="{window}"' in alice.page
    assert web.api.bolt.client_id not in alice.page
    bob = await web.entered(BOB, path=FRONT)
    assert "Integration name Private" in bob.text()
    assert "/accounts/acme/" not in bob.page
    # It is shown with the beginning of the catalogue, and not with every page of it.
    for path in (f"{FRONT}?q=parcel", "/settings/widgets/categories/other"):
        await alice.get(path, "acme")
        assert "Made in Acme" not in alice.text()
    assert (await alice.get(f"{FRONT}{web.api.acme.client_id}", "acme")).status_code == 404


async def test_what_is_not_published_is_tried_in_its_own_account(web: Web, market: Market) -> None:
    draft = await draft_of(market, "en")
    approved = await market.approved(said(name="Approved tracker"))
    listed = await market.listed(said())
    dana = await dana_enters(web, FRONT)

    assert "Draft in en Parcels beside your leads Public Draft See its listing" in dana.text()
    assert "Approved tracker Parcels beside your leads Public Approved: publish it" in dana.text()
    assert tiles(dana) == ["Parcel tracker"]
    assert f'href="{CONTROL}/danalabs/integrations/{draft}"' in dana.page
    await dana.get(f"{FRONT}{draft}", "danalabs")
    assert "Only this account sees this" in dana.text()
    assert "how version 1 would be listed. Draft" in dana.text()
    assert "connect it on https://parcel.example/connect" in dana.text()
    assert "Looked at by moderators" not in dana.text()
    assert "Listed since" not in dana.text()
    await dana.get(f"{FRONT}{approved}", "danalabs")
    assert "would be listed. Approved" in dana.text()
    await dana.get(f"{FRONT}{listed}", "danalabs")
    assert "Only this account" not in dana.text()
    assert "Looked at by moderators" in dana.text()


async def test_a_draft_is_shown_in_the_languages_that_it_speaks(web: Web, market: Market) -> None:
    await market.listed(said())
    draft = await draft_of(market, "es", "en")
    await speaks(web, DANA, "es")
    dana = await dana_enters(web, FRONT)
    assert f'href="/settings/widgets/{draft}"' in dana.page
    assert "Draft in es" in dana.text()

    await speaks(web, DANA, "pt")
    await dana.get(FRONT, "danalabs")
    assert f'href="/settings/widgets/{draft}?lang=en"' in dana.page
    assert "Draft in en" in dana.text()
    await dana.get(f"{FRONT}{draft}", "danalabs")
    assert "Draft in" not in dana.text()
    assert f'href="/settings/widgets/{draft}?lang=es"' in dana.page


async def test_what_others_have_not_published_is_what_never_was(
    web: Web, market: Market, asked: Asked
) -> None:
    """S-154: the same page by the same steps, whatever the id is of."""
    draft = await draft_of(market, "en", "es")
    approved = await market.approved(said())
    hidden = await market.listed(said(name="Hidden tracker"))
    await market.hide(hidden)
    stopped = await market.listed(said(name="Stopped tracker"))
    async with web.api.db.write() as tx:
        await states.disable(tx, stopped, "It sends spam.", NOW)
    alice = await web.entered(ALICE, path=FRONT)

    async def seen(client_id: str, query: str) -> tuple[int, str, list[str]]:
        asked.clear()
        answer = await alice.get(f"{FRONT}{client_id}{query}", "acme")
        return answer.status_code, _without_id(answer), list(asked.texts)

    for query in ("", "?lang=en", "?lang=es", "?before=1"):
        unknown = await seen(UNKNOWN, query)
        assert unknown[0] == 404
        assert unknown[2]
        for client_id in (draft, approved, hidden, stopped, web.api.bolt.client_id):
            assert (client_id, await seen(client_id, query)) == (client_id, unknown)
    for path in (FRONT, f"{FRONT}?q=tracker", "/settings/widgets/categories/other"):
        await alice.get(path, "acme")
        for client_id in (draft, approved, hidden, stopped, web.api.bolt.client_id):
            assert client_id not in alice.page

    # The twins: in the account that made it there is something behind the same address.
    dana = await dana_enters(web, FRONT)
    for client_id in (draft, approved, hidden):
        assert (await dana.get(f"{FRONT}{client_id}", "danalabs")).status_code == 200
        assert "Only this account sees this" in dana.text()
    assert (await dana.get(f"{FRONT}{stopped}", "danalabs")).status_code == 404
    await dana.get(FRONT, "danalabs")
    for state in ("Hidden by the platform", "Stopped by the operator"):
        assert state in dana.text()


def _without_id(answer: httpx.Response) -> str:
    return answer.text.replace(answer.headers["x-request-id"], "")
