"""The example integration believes nobody, keeps what it must, and lets go in time (S-30)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.integration.example_site import (
    API,
    HOST,
    ISSUER,
    RENAMED,
    PlayedPlatform,
    Visitor,
    access,
    example_site,
    lead,
    revoked,
)

NewVisitor = Callable[[], Visitor]


@pytest.fixture
def platform() -> PlayedPlatform:
    return PlayedPlatform(leads=[lead("Solar roof <North>")])


@pytest.fixture
async def visitors(
    platform: PlayedPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[NewVisitor]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(example_site(platform, tmp_path, monkeypatch))
        clients = []

        def visitor() -> Visitor:
            clients.append(httpx.AsyncClient(base_url=url, trust_env=False))
            return Visitor(clients[-1])

        yield visitor
        for client in clients:
            await client.aclose()


@pytest.fixture
def alice(visitors: NewVisitor) -> Visitor:
    return visitors()


async def test_a_code_becomes_a_table_of_leads(alice: Visitor, platform: PlayedPlatform) -> None:
    answer = await alice.answer()
    page = await alice.open("/accounts/7")

    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts/7")
    assert platform.heard[0][:2] == (HOST, "/oauth2/access_token")
    assert "Solar roof &lt;North&gt;" in page.text
    assert "1,200" in page.text
    assert "Acme" in (await alice.open("/")).text


@pytest.mark.parametrize(
    "changes",
    [
        {"referer": "mallory.example"},
        {"referer": "acme.platform.example:8000.mallory.example"},
        {"referer": "mallory.example/acme.platform.example:8000"},
        {"referer": "mallory.example#.platform.example:8000"},
        {"referer": "user@acme.platform.example:8000"},
        {"referer": "acme.platform.example"},
        {"referer": "acme.platform.example:9000"},
        {"referer": "a.b.platform.example:8000"},
        {"referer": "platform.example:8000"},
        {"referer": "ACME.platform.example:8000"},
        {"referer": "acme.platform.example:8000\n"},
        {"referer": ""},
        {"iss": "http://accounts.mallory.example"},
        {"iss": ""},
        {"state": "another"},
        {"state": "\u00e9"},
        {"state": ""},
    ],
)
async def test_a_forged_answer_is_refused_before_any_request_leaves(
    alice: Visitor, platform: PlayedPlatform, changes: dict[str, str]
) -> None:
    refused = await alice.answer(**changes)
    heard = list(platform.heard)
    honest = await alice.answer()

    assert refused.status_code == 403
    assert heard == []
    assert honest.status_code == 303


async def test_an_answer_counts_once_and_in_one_browser(
    alice: Visitor, visitors: NewVisitor, platform: PlayedPlatform
) -> None:
    mallory = visitors()
    hers = await mallory.question()
    slipped_in = await alice.answer(state=hers)
    heard = list(platform.heard)
    honest = await alice.answer()
    replayed = await alice.client.get(honest.url)

    assert [one.status_code for one in (slipped_in, honest, replayed)] == [403, 303, 403]
    assert heard == []
    assert platform.paths.count("/oauth2/access_token") == 1


async def test_who_declines_is_told_that_nothing_happened(
    alice: Visitor, platform: PlayedPlatform
) -> None:
    declined = await alice.answer(code="", referer="", iss="", error="access_denied")
    forged = await alice.answer(state="no", code="", error="access_denied")

    assert "You declined" in declined.text
    assert (declined.status_code, forged.status_code) == (200, 403)
    assert platform.heard == []


async def test_a_code_that_is_refused_is_told_with_the_reason(alice: Visitor) -> None:
    answer = await alice.answer(code="used")

    assert answer.status_code == 502
    assert "Token has been revoked" in answer.text


async def test_nobody_sees_anothers_leads(alice: Visitor, visitors: NewVisitor) -> None:
    await alice.answer()
    charlie = visitors()

    assert (await charlie.open("/accounts/7")).status_code == 404
    assert (await charlie.disconnect()).status_code == 404
    assert "Acme" not in (await charlie.open("/")).text
    assert (await alice.open("/accounts/7")).status_code == 200


async def test_in_the_mode_post_message_the_window_tells_the_page(alice: Visitor) -> None:
    state = await alice.question("post_message")
    answer = await alice.open(
        "/callback",
        code="good",
        state=state,
        referer=HOST,
        iss=ISSUER,
    )

    assert answer.status_code == 200
    assert "connected.js" in answer.text
    assert "good" not in answer.text


async def test_old_tokens_are_renewed_once_and_kept(
    alice: Visitor, platform: PlayedPlatform
) -> None:
    platform.life = 30
    await alice.answer()
    platform.life = 86_400
    statuses = [(await alice.open("/accounts/7")).status_code for _ in range(3)]
    exchanges = [body["grant_type"] for _, path, body in platform.heard if "access_token" in path]

    assert statuses == [200] * 3
    assert exchanges == ["authorization_code", "refresh_token"]


async def test_two_pages_at_once_may_renew_with_the_same_token(
    alice: Visitor, platform: PlayedPlatform
) -> None:
    platform.life = 30
    await alice.answer()
    pages = await asyncio.gather(*(alice.open("/accounts/7") for _ in range(4)))

    assert [page.status_code for page in pages] == [200] * 4
    assert "Solar roof" in (await alice.open("/accounts/7")).text


async def test_a_token_that_died_early_is_renewed(alice: Visitor, platform: PlayedPlatform) -> None:
    await alice.answer()
    platform.live.discard(access(1))
    page = await alice.open("/accounts/7")

    assert "Solar roof" in page.text
    assert platform.generation == 2


@pytest.mark.parametrize("life", [30, 86_400])
async def test_a_renamed_account_is_followed(
    alice: Visitor, platform: PlayedPlatform, life: int
) -> None:
    platform.life = life
    await alice.answer()
    platform.life = 86_400
    platform.host = RENAMED
    first = await alice.open("/accounts/7")
    asked = len(platform.heard)
    second = await alice.open("/accounts/7")

    assert "Solar roof" in first.text
    assert "Solar roof" in second.text
    assert {host for host, _, _ in platform.heard[asked:]} == {RENAMED}, "the new host is kept"


async def test_a_renamed_account_gets_its_token_back_and_is_heard(
    alice: Visitor, platform: PlayedPlatform
) -> None:
    await alice.answer()
    platform.host = RENAMED
    heard = await alice.open("/revoked", **revoked())
    still = await alice.open("/accounts/7")
    platform.host = "acme-newest.platform.example:8000"
    await alice.disconnect()

    assert heard.status_code == 200
    assert "Solar roof" in still.text
    assert platform.live == {access(1)}, "the refresh token was handed back"


@pytest.mark.parametrize(
    "host",
    ["mallory.example", "acme.platform.example:8000.mallory.example", "a.b.platform.example:8000"],
)
async def test_no_secret_follows_an_account_to_a_foreign_host(
    alice: Visitor, platform: PlayedPlatform, host: str
) -> None:
    platform.life = 30
    await alice.answer()
    platform.host = host
    page = await alice.open("/accounts/7")

    assert page.status_code == 502
    assert {one for one, _, _ in platform.heard} == {HOST, API}


async def test_an_end_after_a_renaming_is_noticed(alice: Visitor, platform: PlayedPlatform) -> None:
    await alice.answer()
    platform.host = RENAMED
    platform.live.clear()

    assert "Acme has ended the access" in (await alice.open("/accounts/7")).text


async def test_an_end_without_a_hook_is_noticed(alice: Visitor, platform: PlayedPlatform) -> None:
    await alice.answer()
    platform.live.clear()
    page = await alice.open("/accounts/7")
    asked = len(platform.heard)
    again = await alice.open("/accounts/7")

    assert "Acme has ended the access" in page.text
    assert "Acme has ended the access" in again.text
    assert len(platform.heard) == asked


async def test_the_revoke_hook_deletes_the_tokens(
    alice: Visitor, platform: PlayedPlatform, tmp_path: Path
) -> None:
    await alice.answer()
    platform.live.clear()
    forged = await alice.open("/revoked", **revoked(secret="m" * 64))
    kept = b"refresh 1" in (tmp_path / "lead_table.db").read_bytes()
    genuine = await alice.open("/revoked", **revoked())
    page = await alice.open("/")

    assert (forged.status_code, kept, genuine.status_code) == (403, True, 200)
    assert "Access ended" in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"account_id": "8"},
        {"client_uuid": "another"},
        {"signature": ""},
        {"signature": "\u00e9"},
        {"signature": "0" * 64},
    ],
)
async def test_a_revoke_hook_of_somebody_else_changes_nothing(
    alice: Visitor, platform: PlayedPlatform, changes: dict[str, str]
) -> None:
    await alice.answer()
    heard = len(platform.heard)
    forged = await alice.open("/revoked", **(revoked() | changes))

    assert forged.status_code == 403
    assert len(platform.heard) == heard


async def test_the_end_of_one_users_access_leaves_anothers_alone(
    alice: Visitor, visitors: NewVisitor, platform: PlayedPlatform
) -> None:
    bob = visitors()
    await alice.answer()
    await bob.answer()
    platform.live -= {access(1), "refresh 1"}
    await alice.open("/revoked", **revoked())

    assert "has ended the access" in (await alice.open("/accounts/7")).text
    assert "Solar roof" in (await bob.open("/accounts/7")).text


async def test_disconnecting_hands_the_token_back(alice: Visitor, platform: PlayedPlatform) -> None:
    await alice.answer()
    foreign = await alice.disconnect(origin="http://mallory.example")
    still_there = (await alice.open("/accounts/7")).status_code
    own = await alice.disconnect()

    assert (foreign.status_code, still_there, own.status_code) == (403, 200, 303)
    assert platform.paths[-1] == "/oauth2/revoke"
    assert "refresh 1" not in platform.live
    assert (await alice.open("/accounts/7")).status_code == 404


async def test_connecting_again_hands_the_former_token_back(
    alice: Visitor, platform: PlayedPlatform
) -> None:
    await alice.answer()
    await alice.answer()

    assert "refresh 1" not in platform.live
    assert "Solar roof" in (await alice.open("/accounts/7")).text


async def test_an_account_without_leads_is_told_so(
    alice: Visitor, platform: PlayedPlatform
) -> None:
    platform.leads = []
    await alice.answer()

    assert "There are no leads yet" in (await alice.open("/accounts/7")).text


async def test_every_page_forbids_what_it_does_not_need(alice: Visitor) -> None:
    for path in ("/", "/callback", "/nowhere", "/static/style.css"):
        headers = (await alice.open(path)).headers

        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"
    cookie = (await alice.client.get("/")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
