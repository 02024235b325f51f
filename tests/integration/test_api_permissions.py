"""Who may call which operation: every row of the table, every kind of caller (S-91, S-95)."""

import re
from typing import Any

import httpx

from grantway.accounts.rights import EntityRights, Right, Rights, TaskRights
from grantway.api import v3, v4
from grantway.asgi.operations import Operation
from tests.integration.api_client import Api

NOT_THERE = "999999"
NO_RIGHT = "Insufficient rights to call this method"


def as_far_as(right: Right) -> Rights:
    """Return rights of this one reach alone; adding knows only all or nothing."""
    add = Right.ALL if right is not Right.DENIED else Right.DENIED
    on = EntityRights(view=right, edit=right, add=add, delete=right, export=right)
    return Rights(leads=on, contacts=on, companies=on, tasks=TaskRights(edit=right, delete=right))


CALLERS = {
    "administrator without the scope": None,
    "nobody": None,
    "context user": Right.ALL,
    "user with everything": Right.ALL,
    "user with the group's": Right.GROUP,
    "user with their own": Right.OWN,
    "user with nothing": Right.DENIED,
    "administrator": None,  # the last one: what they do works, and may send Bob away
}


def expected(operation: Operation, caller: str) -> str:
    """Return the class of answers that the table promises this caller."""
    if caller == "nobody":
        return "unknown"
    if caller == "administrator without the scope":
        return "no scope"
    if caller != "administrator" and operation.for_administrators:
        return "no right"
    if CALLERS[caller] is Right.DENIED and operation.method != "GET":
        return "no right or answered"  # rows that are hidden are as if missing
    return "answered"


def seen(answer: httpx.Response) -> str:
    """Return the class of *answer*."""
    if answer.status_code == 401:
        return "unknown"
    if answer.status_code == 403:
        return "no right" if answer.json()["detail"] == NO_RIGHT else "no scope"
    return "answered" if answer.status_code < 500 else "failed"


async def call(api: Api, operation: Operation, **options: Any) -> httpx.Response:
    body = ... if operation.body is None else operation.body.example
    path = re.sub(r"\{\w+\}", NOT_THERE, operation.path)
    return await api.call(operation.method, path, json=body, **options)


async def options_of(api: Api, caller: str) -> dict[str, Any]:
    """Return how this caller calls; what Bob may do is what the caller needs from here on."""
    right = CALLERS[caller]
    if caller == "nobody":
        return {"token": None}
    if caller == "administrator without the scope":
        return {"token": await api.token_of("Alice", scopes=("push_notifications",))}
    if right is None:
        return {}
    token = await api.token_of("Bob", as_far_as(right), group_id=7)
    if caller == "context user":
        return {"headers": {"x-context-user-id": str(api.acme.users["Bob"])}}
    return {"token": token}


async def test_every_operation_answers_whom_its_row_lets_in(api: Api) -> None:
    wrong = []
    of_v4 = v4.operations(api.db, api.platform.hooks.rules, api.platform.seal)
    for caller in CALLERS:
        options = await options_of(api, caller)
        for operation in [*of_v4, *v3.operations(api.db)]:
            found = seen(await call(api, operation, **options))
            wanted = expected(operation, caller)
            if found not in wanted.split(" or "):
                wrong.append((caller, operation.method, operation.path, wanted, found))
    assert wrong == []
