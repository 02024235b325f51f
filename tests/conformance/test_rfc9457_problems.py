"""RFC 9457: problems in the dialect's frame (api-v4.md 2.12)."""

from typing import Any

from tests.integration.api_client import Api

LEADS = "/api/v4/leads"


async def test_rfc9457_3_problems_have_their_type_and_repeat_their_status(api: Api) -> None:
    requests: dict[int, dict[str, Any]] = {
        400: {"method": "POST", "path": LEADS, "json": [{"price": "x"}]},
        401: {"method": "GET", "path": LEADS, "token": "x"},
        403: {"method": "GET", "path": "/api/v4/users", "token": await api.token_of("Bob")},
        404: {"method": "GET", "path": "/api/v4/nonsense"},
        413: {"method": "POST", "path": LEADS, "content": b" " * (4 * 1024 * 1024 + 1)},
    }
    for status, request in requests.items():
        answer = await api.call(**request)
        body = answer.json()
        assert (answer.status_code, body["status"]) == (status, status)
        # Without a charset: a client compares it for equality (api-v4.md 2.5).
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["type"] == f"https://httpstatus.es/{status}"
        assert isinstance(body["title"], str)
        assert isinstance(body["detail"], str)
