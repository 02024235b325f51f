"""Writing tasks, and what comes back of it."""

from typing import Any

import httpx

from tests.integration.api_client import NOW, Api

TASKS = "/api/v4/tasks"
TILL = NOW + 3600
CALL = {"text": "Call back", "complete_till": TILL}


async def add(api: Api, *tasks: dict[str, Any], **options: Any) -> list[int]:
    """Add tasks, which must succeed; return their ids."""
    answer = await post(api, *tasks, **options)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["_embedded"]["tasks"]]


async def post(api: Api, *tasks: dict[str, Any], **options: Any) -> httpx.Response:
    sent = [CALL | one for one in tasks]
    return await api.call("POST", TASKS, json=sent, **options)


async def patch(api: Api, task_id: int, changes: dict[str, Any], **options: Any) -> httpx.Response:
    return await api.call("PATCH", f"{TASKS}/{task_id}", json=changes, **options)


async def task(api: Api, task_id: int) -> dict[str, Any]:
    answer = await api.get(f"{TASKS}/{task_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def task_ids(api: Api, query: str = "", **options: Any) -> list[int]:
    answer = await api.get(f"{TASKS}?{query}", **options)
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["_embedded"]["tasks"]]


async def closest(api: Api, entity_type: str, entity_id: int) -> int | None:
    answer = await api.get(f"/api/v4/{entity_type}/{entity_id}")
    found: int | None = answer.json()["closest_task_at"]
    return found
