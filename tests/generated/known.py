"""What an account has: the ids that requests must name to be about anything."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec

from grantway.api.v4.collection import ENTITIES
from grantway.crm.changes.model import event_id
from tests.integration.api_client import Api

_OF_A_TYPE = {
    "custom_fields": "select id, type as of from custom_fields where entity_type = '{}'",
    "groups": "select id, id as of from custom_field_groups where entity_type = '{}'",
    "notes": "select id, entity_id as of from notes where entity_type = '{}'",
    "tags": "select id, name as of from tags where entity_type = '{}'",
}
_QUERIES = {
    **{name: f"select id, name as of from {name} where is_deleted = false" for name in ENTITIES},
    **{
        f"{kind} of {name}": text.format(name)
        for name in ENTITIES
        for kind, text in _OF_A_TYPE.items()
    },
    "tasks": "select id, id as of from tasks where true",
    "pipelines": "select id, name as of from pipelines where true",
    "statuses": "select id, pipeline_id as of from stages where true",
    "loss_reasons": "select id, name as of from loss_reasons where true",
    "events": "select id, type as of from events where true",
    "users": "select user_id as id, role as of from account_users where true",
    "roles": "select id, name as of from user_roles where true",
    "webhooks": "select destination as id, id as of from webhooks where true",
    "widgets": "select code as id, id as of from widgets where true",
}
_MOST = 60


class One(msgspec.Struct, frozen=True):
    """Something by its id, and what it belongs to or is called."""

    id: Any
    of: Any


class Known:
    """What acme has of each kind, as `look` has found it."""

    def __init__(self) -> None:
        self._found: dict[str, list[One]] = {}

    async def look(self, api: Api, kinds: Sequence[str] = tuple(_QUERIES)) -> None:
        """Read the newest of these *kinds*, which is what nothing refers to yet."""
        async with api.db.read() as reader:
            for kind in kinds:
                self._found[kind] = await reader.all(
                    One,
                    f"{_QUERIES[kind]} and account_id = :account_id order by 1 desc limit {_MOST}",
                    account_id=api.acme.account_id,
                )

    def any(self, kind: str, chance: random.Random) -> One:
        """Return one of a kind, rather a new one; where there is none, one that is not there."""
        there = self._found.get(kind)
        return there[int(len(there) * chance.random() ** 2)] if there else One(1, 1)

    def id(self, kind: str, chance: random.Random) -> Any:
        """Return the id of one of a kind as addresses write it."""
        found = self.any(kind, chance).id
        return event_id(found) if kind == "events" else found

    def count(self, kind: str) -> int:
        return len(self._found.get(kind, ()))

    def oldest(self, kind: str, most: int) -> list[Any]:
        """Return the ids of those that were made first."""
        return [one.id for one in self._found[kind][-most:]]
