"""Asking with a token, and the one refusal that all bad tokens get."""

from typing import Any

import httpx

from tests.integration.api_client import Api
from tests.integration.forging import parts

ACCOUNT = "/api/v4/account"
REFUSED = {
    "title": "Unauthorized",
    "type": "https://httpstatus.es/401",
    "status": 401,
    "detail": "Invalid user name or password",
}


async def status(api: Api, token: str | None = None, **options: Any) -> int:
    given: Any = {} if token is None else {"token": token}
    return (await api.get(ACCOUNT, **given, **options)).status_code


def must_be_refused(answer: httpx.Response) -> None:
    """Every reason has the same answer, so that nobody learns which it was (S-100)."""
    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store, no-cache, must-revalidate"
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.headers["www-authenticate"].startswith("Bearer")


def honest(api: Api) -> tuple[dict[str, Any], dict[str, Any]]:
    return parts(api.acme.token)
