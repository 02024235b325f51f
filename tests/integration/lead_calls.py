"""Writing leads, and what comes back of it."""

from typing import Any

import httpx

from tests.integration.api_client import Api

LEADS = "/api/v4/leads"


def violations(answer: httpx.Response) -> list[tuple[str, str, str]]:
    """Return (request id, code, path) of every violation of a 400."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["detail"] == "Request validation failed", body
    return [
        (entity["request_id"], fault["code"], fault["path"])
        for entity in body["validation-errors"]
        for fault in entity["errors"]
    ]


async def add(api: Api, *leads: Any, **options: Any) -> httpx.Response:
    return await api.call("POST", LEADS, json=list(leads), **options)


async def patch(api: Api, lead_id: int, **changes: Any) -> httpx.Response:
    return await api.call("PATCH", f"{LEADS}/{lead_id}", json=changes)


async def changed(api: Api, lead_id: int, **changes: Any) -> dict[str, Any]:
    """Change one lead, which must succeed, and return it as it is then."""
    answer = await patch(api, lead_id, **changes)
    assert answer.status_code == 200, answer.text
    return await api.lead(lead_id)


async def tag_names(api: Api, lead_id: int) -> list[str]:
    return [tag["name"] for tag in (await api.lead(lead_id))["_embedded"]["tags"]]
