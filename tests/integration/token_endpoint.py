"""The token endpoint: the honest request of an integration, of which a test changes one part."""

from typing import Any
from urllib.parse import urlencode

import httpx

from grantway.integrations import service as integrations
from grantway.oauth.codes import issue_code
from tests.integration.api_client import SOURCE, Api

PATH = "/oauth2/access_token"
REDIRECT_URI = "https://hooks.example.org/kommo"


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
        )
    return await api.call(
        "POST", path, host=host, token=None, json=sent, headers=headers, source=source
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
