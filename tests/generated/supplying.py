"""Keeps an account supplied: what was removed is made again, and what is too much goes."""

import random
from collections.abc import Callable
from typing import Any

import httpx

from grantway.api.v4.collection import ENTITIES
from tests.generated.known import Known
from tests.integration.api_client import Api

V4 = "/api/v4"
FEW, MANY = 6, 40
_TYPES = ("text", "numeric", "checkbox", "select", "date", "url", "textarea", "monetary")
_LEVELS = {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"}
_RIGHTS = dict.fromkeys(ENTITIES, _LEVELS)


class Supply:
    """Makes what there is too little of, by the API itself, whose answers are not counted."""

    def __init__(self, api: Api, known: Known, chance: random.Random) -> None:
        self._api = api
        self._known = known
        self._chance = chance
        self._new: dict[str, Callable[[], tuple[str, Any]]] = {
            "tasks": lambda: ("/tasks", self._many(text="Call back", complete_till=1_800_000_000)),
            "pipelines": lambda: ("/leads/pipelines", [self._pipeline() for _ in range(4)]),
            "loss_reasons": lambda: ("/leads/loss_reasons", self._many(name="")),
            "roles": lambda: ("/roles", self._many(name="", rights=_RIGHTS)),
            "users": lambda: ("/users", [self._user() for _ in range(3)]),
            "webhooks": lambda: ("/webhooks", self._webhook()),
            # There are always as many; what was removed is installed again.
            "widgets": lambda: (f"/widgets/{known.id('widgets', chance)}", {}),
        }
        for entity_type in ENTITIES:
            self._new |= self._of(entity_type)

    async def provide(self, spent: str = "") -> None:
        """See to everything; of the kind that is *spent*, make more in any case."""
        await self._known.look(self._api)
        for kind in self._new:
            await self._provide(kind)
        if spent in self._new:
            await self._make(spent)

    async def _provide(self, kind: str) -> None:
        for _ in range(FEW):
            if self._known.count(kind) >= FEW:
                break
            await self._make(kind)
        if kind in {"pipelines", "webhooks"} and self._known.count(kind) > MANY:
            for one in self._known.oldest(kind, MANY // 2):
                await self._remove(kind, one)
            await self._known.look(self._api, [kind])

    async def _make(self, kind: str) -> None:
        path, body = self._new[kind]()
        answer = await self._api.call("POST", V4 + path, json=body)
        assert answer.is_success, answer.text
        await self._known.look(self._api, [kind])

    async def _remove(self, kind: str, one: Any) -> httpx.Response:
        if kind == "webhooks":
            return await self._api.call("DELETE", f"{V4}/webhooks", json={"destination": one})
        return await self._api.call("DELETE", f"{V4}/leads/pipelines/{one}")

    def _of(self, entity_type: str) -> dict[str, Callable[[], tuple[str, Any]]]:
        path = f"/{entity_type}"

        def note() -> tuple[str, Any]:
            entity_id = self._known.id(entity_type, self._chance)
            new = {"entity_id": entity_id, "note_type": "common", "params": {"text": "Yes"}}
            return f"{path}/notes", [new] * 8

        def fields() -> tuple[str, Any]:
            return f"{path}/custom_fields", [self._field(one) for one in _TYPES]

        return {
            entity_type: lambda: (path, self._many(name="")),
            f"tags of {entity_type}": lambda: (f"{path}/tags", self._many(name="")),
            f"notes of {entity_type}": note,
            f"custom_fields of {entity_type}": fields,
            f"groups of {entity_type}": lambda: (
                f"{path}/custom_fields/groups",
                self._many(name="", sort=5),
            ),
        }

    def _many(self, **members: Any) -> list[dict[str, Any]]:
        return [members | ({"name": self._name()} if "name" in members else {}) for _ in range(8)]

    def _name(self) -> str:
        return f"Name {self._chance.getrandbits(40)}"

    def _field(self, kind: str) -> dict[str, Any]:
        enums = {"enums": [{"value": "red"}, {"value": "green"}]} if kind == "select" else {}
        currency = {"currency": "EUR"} if kind == "monetary" else {}
        return {"type": kind, "name": self._name(), **enums, **currency}

    def _pipeline(self) -> dict[str, Any]:
        stages = [{"name": "Due", "sort": 10}, {"name": "Offered", "sort": 20}]
        plain = {"sort": 5, "is_main": False, "is_unsorted_on": True}
        return {"name": self._name(), **plain, "_embedded": {"statuses": stages}}

    def _user(self) -> dict[str, Any]:
        email = f"user{self._chance.getrandbits(48)}@acme.example"
        return {"name": "Erin", "email": email, "password": "a long pass phrase", "rights": _RIGHTS}

    def _webhook(self) -> dict[str, Any]:
        # Nobody delivers here: no worker runs.
        named = f"https://hook{self._chance.randrange(60)}.example.org/in"
        return {"destination": named, "settings": ["add_lead", "update_contact", "note_company"]}
