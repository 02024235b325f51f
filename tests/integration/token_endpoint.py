"""The token endpoint: the honest request of an integration, of which a test changes one part."""

from typing import Any
from urllib.parse import urlencode

import httpx

from grantway.accounts import service as accounts
from grantway.installations import service as installations
from grantway.integrations import service as integrations
from grantway.oauth.codes import Terms, issue_code, issue_consented_code
from tests.integration.api_client import SOURCE, Api

PATH = "/oauth2/access_token"
REDIRECT_URI = "https://hooks.example.org/kommo"
SCOPES = "push_notifications crm"
DAY = 86_400
MINUTE = 60

Pair = dict[str, Any]


async def set_redirect_uri(api: Api, cast: str = "acme") -> None:
    """Give the account's private integration a redirect URI."""
    one = api.cast[cast]
    async with api.db.write() as tx:
        changes = integrations.Changes(redirect_uri=REDIRECT_URI)
        await integrations.edit(tx, one.actor, one.client_id, changes, api.clock())


async def new_code(api: Api, cast: str = "acme") -> str:
    """Return a fresh code of the account's own integration."""
    one = api.cast[cast]
    async with api.db.write() as tx:
        return (await issue_code(tx, one.actor, one.client_id, api.clock())).code


async def ask(
    api: Api,
    fields: dict[str, Any],
    *,
    cast: str = "acme",
    host: str | None = None,
    as_form: bool = False,
    path: str = PATH,
    headers: dict[str, str] | None = None,
    source: str = SOURCE,
    front: Any = None,
) -> httpx.Response:
    """Send the fields with the integration's credentials; `...` as a value leaves a field out."""
    one = api.cast[cast]
    honest: dict[str, Any] = {
        "client_id": one.client_id,
        "client_secret": one.secret,
        "redirect_uri": REDIRECT_URI,
    }
    sent = {name: value for name, value in (honest | fields).items() if value is not ...}
    host = host or cast
    if as_form:
        form = {"content-type": "application/x-www-form-urlencoded"}
        return await api.call(
            "POST",
            path,
            host=host,
            token=None,
            content=urlencode(sent),
            headers=form | (headers or {}),
            source=source,
            front=front,
        )
    return await api.call(
        "POST", path, host=host, token=None, json=sent, headers=headers, source=source, front=front
    )


async def exchange(api: Api, code: str, **options: Any) -> httpx.Response:
    """Swap the code for a pair."""
    fields = options.pop("fields", {})
    return await ask(api, {"grant_type": "authorization_code", "code": code} | fields, **options)


async def refresh(api: Api, token: str, **options: Any) -> httpx.Response:
    """Swap the refresh token for the next pair."""
    fields = options.pop("fields", {})
    return await ask(
        api, {"grant_type": "refresh_token", "refresh_token": token} | fields, **options
    )


async def consented_code(
    api: Api,
    *,
    cast: str = "acme",
    user: str | None = None,
    integration: str | None = None,
    **terms: Any,
) -> str:
    """Return a code as consent gives it: of *user* (else the administrator) in the account.

    *integration* is the cast whose integration it is, when that is another one.
    """
    one = api.cast[cast]
    client_id = api.cast[integration or cast].client_id
    given: dict[str, Any] = {
        "client_id": client_id,
        "redirect_uri": REDIRECT_URI,
        "scopes": SCOPES,
        "is_strict": False,
    }
    async with api.db.write() as tx:
        actor = one.actor
        if user is not None:
            found = await accounts.actor_for(tx, one.account_id, one.users[user], "tests")
            assert found is not None
            actor = found
        installed = await installations.install(tx, one.actor, client_id, api.clock())
        issued = await issue_consented_code(
            tx, actor, Terms(**given | terms), installed, api.clock()
        )
    return issued.code


async def first_pair(api: Api, **options: Any) -> Pair:
    """Return the first pair of a new family."""
    await set_redirect_uri(api)
    answer = await exchange(api, await consented_code(api, **options))
    assert answer.status_code == 200, answer.text
    pair: Pair = answer.json()
    return pair


async def next_pair(api: Api, pair: Pair) -> Pair:
    """Refresh, which must succeed."""
    answer = await refresh(api, pair["refresh_token"])
    assert answer.status_code == 200, answer.text
    following: Pair = answer.json()
    return following


async def make_strict(api: Api, fidelity: str = "strict") -> None:
    """Make acme's integration strict."""
    async with api.db.write() as tx:
        changes = integrations.Changes(fidelity=fidelity)
        await integrations.edit(tx, api.acme.actor, api.acme.client_id, changes, api.clock())


def told(answer: httpx.Response) -> tuple[int, str]:
    """Return status and hint of a refusal, which must have the contract's form."""
    body = answer.json()
    assert list(body) == ["hint", "title", "type", "status", "detail"]
    assert body["status"] == answer.status_code
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no-store" in answer.headers["cache-control"]
    assert len(answer.headers["x-request-id"]) == 32
    assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)
    hint: str = body["hint"]
    return answer.status_code, hint


async def events(api: Api, event: str) -> int:
    """Return how many audit entries tell of *event*."""
    async with api.db.read() as reader:
        found: int = await reader.value(
            "select count(*) from audit_entries where event = :event", event=event
        )
    return found


async def is_accepted(api: Api, pair: Pair) -> bool:
    """Tell whether the pair's access token opens the account."""
    answer = await api.get("/api/v4/account", token=pair["access_token"])
    assert answer.status_code in {200, 401}
    return answer.status_code == 200
