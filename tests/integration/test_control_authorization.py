"""Who has access to the owner's own account: every grant, and the buttons that end them."""

import re

import pytest

from tests.integration.token_endpoint import exchange, new_code, set_redirect_uri
from tests.integration.web_client import Browser, Web


async def test_every_token_is_listed_with_its_dates(web: Web, alice: Browser) -> None:
    await web.api.issue(days=5)
    await web.api.get("/api/v4/leads")
    await web.api.platform.usage.finish()
    await alice.get(f"{web.window}/authorization")
    words = alice.text()

    assert alice.page.count('id="grant-') == 2
    assert "Ends in 5 days" in words
    assert re.search(r"Alice long-lived token [0-9a-f]{8} Live Access to files", words)
    assert "15 Jan 2027 just now from 203.0.113.5 15 Jan 2028 Revoke" in words
    assert "Never" in words


async def test_consents_stand_beside_long_lived_tokens(web: Web, alice: Browser) -> None:
    await set_redirect_uri(web.api)
    assert (await exchange(web.api, await new_code(web.api))).status_code == 200
    await alice.get(f"{web.window}/authorization")
    words = alice.text()

    assert re.search(r"Alice consent [0-9a-f]{8} Live", words)
    assert "just now from 203.0.113.5 15 Apr 2027 unless used before" in words
    assert "2 grants of 1 person in Acme" in words
    answer = await alice.submit(f"{web.window}/authorization/revoke-all")
    assert answer.headers["location"] == f"{web.window}/authorization?done=all"
    await alice.get(answer.headers["location"])
    assert "All access is revoked. Every token is refused from now on." in alice.text()
    assert "Revoke all" not in alice.text()
    assert await web.leads_answer(web.api.acme.token) == 401


@pytest.mark.parametrize("htmx", [False, True], ids=["whole", "part"])
async def test_a_revoked_token_is_refused_at_once(web: Web, alice: Browser, *, htmx: bool) -> None:
    token, grant_id = await web.api.issue()
    assert await web.leads_answer(token) == 204
    await alice.get(f"{web.window}/authorization")
    answer = await alice.submit(f"{web.window}/authorization/{grant_id}/revoke", htmx=htmx)

    assert await web.leads_answer(token) == 401
    assert await web.leads_answer(web.api.acme.token) == 204
    if htmx:
        assert re.match(rf'\s*<tr role="row" id="grant-{grant_id}"', answer.text)
        assert "Access revoked. Its tokens are refused from now on." in answer.text
    else:
        assert answer.headers["location"] == f"{web.window}/authorization?done=revoked"
    await alice.get(f"{web.window}/authorization?done=revoked")
    assert "15 Jan 2027 revoked by Alice" in alice.text()
    assert f"{grant_id}/revoke" not in alice.page
    assert await web.events("long_lived_token.revoked") == 1


async def test_revoking_twice_says_that_it_is_gone(web: Web, alice: Browser) -> None:
    path = f"{web.window}/authorization/{web.api.acme.grant_id}/revoke"
    await alice.get(f"{web.window}/authorization")
    token = alice.form_token()
    first = await alice.post(path, [("form_token", token)])
    second = await alice.post(path, [("form_token", token)])

    assert (first.status_code, second.status_code) == (303, 404)
    assert await web.events("long_lived_token.revoked") == 1


async def test_a_token_is_revoked_only_at_its_own_integration(web: Web, alice: Browser) -> None:
    await alice.get("/accounts/acme/integrations")
    made = await alice.submit("/accounts/acme/integrations")
    other = made.headers["location"].removesuffix("/keys")
    await alice.get(f"{other}/authorization")
    path = f"/authorization/{web.api.acme.grant_id}/revoke"
    token = ("form_token", alice.form_token())
    refused = await alice.post(f"{web.window.replace('acme', 'nobody')}{path}", [token])
    crossed = await alice.post(f"{other}{path}", [token])

    assert refused.status_code == crossed.status_code == 404
    assert await web.leads_answer(web.api.acme.token) == 204
    await alice.get(f"{web.window}/authorization")
    assert (await alice.submit(f"{web.window}{path}")).status_code == 303


async def test_an_odd_token_id_is_not_found(web: Web, alice: Browser) -> None:
    await alice.get(f"{web.window}/authorization")
    token = ("form_token", alice.form_token())
    for odd in ["0", "-1", "9" * 18, "9" * 30, "1e3", "x", "%00", "\u0661"]:
        answer = await alice.post(f"{web.window}/authorization/{odd}/revoke", [token])
        assert (answer.status_code, odd) == (404, odd)


async def test_without_a_token_the_tab_says_how_to_get_one(web: Web, alice: Browser) -> None:
    await alice.get("/accounts/acme/integrations")
    made = await alice.submit("/accounts/acme/integrations")
    await alice.get(made.headers["location"].removesuffix("/keys") + "/authorization")

    assert "Nobody has access through this integration" in alice.text()
