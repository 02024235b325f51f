"""What the vendor has and we do not is refused: no client may take a silence for a success."""

from typing import cast

from grantway.api.v4 import operations
from grantway.db import Database
from grantway.hooks.addresses import Rules
from grantway.kernel.sealing import Seal
from tests.integration.api_client import Api
from tools.api_coverage import Row, compared

OURS = operations(cast(Database, None), cast(Rules, None), cast(Seal, None))
TABLE = compared(OURS)

# Clients look for these, and the vendor never had them (contract: api-v4.md 1, at its end).
NEVER_THERE = [
    *(("DELETE", f"/{kind}") for kind in ("leads", "contacts", "companies", "tasks", "catalogs")),
    *(("DELETE", f"/{kind}/1") for kind in ("leads", "contacts", "companies", "tasks", "webhooks")),
    ("DELETE", "/leads/notes/1"),
    ("DELETE", "/leads/1/notes/1"),
    ("PATCH", "/users/1"),
    ("GET", "/short_links"),
    ("GET", "/tasks/custom_fields"),
]


def addresses(row: Row) -> list[tuple[str, str]]:
    """Return what would be called for each operation of the row that we do not answer."""
    missing = row.keys.keys() - set(row.answered)
    found = (row.keys[member] for member in missing)
    return [(method, path.replace("{}", "1")) for method, path in found if path.startswith("/")]


async def test_what_is_not_answered_is_refused_and_never_pretended(api: Api) -> None:
    unanswered = [one for row in TABLE for one in addresses(row)]
    pretended = []
    for method, path in [*unanswered, *NEVER_THERE]:
        json = [{"id": 1, "name": "x"}] if method in {"POST", "PATCH", "PUT"} else ...
        answer = await api.call(method, f"/api/v4{path}", json=json)
        if answer.status_code not in {404, 405}:
            pretended.append((method, path, answer.status_code))

    assert pretended == []


async def test_what_is_answered_is_not_refused_so(api: Api) -> None:
    """The honest twin: the same walk finds the operations that are there."""
    lists = ["/account", "/leads", "/contacts", "/companies", "/users", "/leads/pipelines"]

    assert [(await api.get(f"/api/v4{path}")).status_code for path in lists] == [
        200,
        204,
        204,
        204,
        200,
        200,
    ]
