"""Puts ids that exist into generated requests, so that not everything is about nothing."""

import itertools
import random
from typing import Any

from grantway.api.v4.collection import ENTITIES
from tests.generated.known import Known

Json = Any
_NAMED = {
    "responsible_user_id": "users",
    "created_by": "users",
    "updated_by": "users",
    "loss_reason_id": "loss_reasons",
    "role_id": "roles",
}
_STAGES = frozenset({"status_id", "pipeline_id"})
_MOST_WILD = 0.15
"""How often a generated value stays as it is."""

_VALUES: dict[str, Any] = {
    "numeric": ["12.5", 7, -1],
    "checkbox": [True, False],
    "date": [1_700_000_000, "2026-03-01"],
    "date_time": [1_700_000_000],
    "birthday": [600_000_000],
    "url": ["https://acme.example/"],
    "text": ["Text", "é\u202e😀", "x" * 256],
    "textarea": ["Text\nin lines"],
    "streetaddress": ["1 Main Street"],
    "monetary": ["10.5", 10],
}


class Placer:
    """Knows which member of a request names what."""

    def __init__(self, known: Known, chance: random.Random) -> None:
        self._known = known
        self._chance = chance
        self._entity_id: Any = None

    def path(self, template: str, names: dict[str, Any]) -> dict[str, Any]:
        """Return what to put into an address: what belongs together, together."""
        found = dict(names)
        self._entity_id = None
        steps = template.removeprefix("/api/v4/").split("/")
        entity_type = steps[0]
        for before, step in itertools.pairwise(steps):
            if not step.startswith("{") or self._stays_wild():
                continue
            name = step[1:-1]
            if before == "statuses":
                stage = self._known.any("statuses", self._chance)
                found |= {"id": stage.id, "pipeline_id": stage.of}
            elif before == "notes":
                note = self._known.any(f"notes of {entity_type}", self._chance)
                found["id"] = note.id
                if "entity_id" in found:
                    found["entity_id"] = note.of
            elif name == "entity_id":
                self._entity_id = self._known.any(f"notes of {entity_type}", self._chance).of
                found[name] = self._entity_id
            else:
                found[name] = self._known.id(self._kind(before, entity_type), self._chance)
        return found

    def kind_at(self, template: str) -> str:
        """Return what is at an address."""
        steps = [one for one in template.removeprefix("/api/v4/").split("/") if one[0] != "{"]
        return self._kind(steps[-1], steps[0])

    def body(self, template: str, sent: Json) -> Json:
        """Return *sent* with ids that exist in place of numbers that name nothing."""
        steps = [one for one in template.removeprefix("/api/v4/").split("/") if one[0] != "{"]
        entity_type = steps[0] if steps[0] in ENTITIES else "leads"
        if steps[-1] in {"activate", "deactivate"}:
            kind = "users"
        elif steps[-1] in {"link", "unlink", "complex"}:
            kind = "links" if steps[-1] != "complex" else "leads"
        else:
            kind = self._kind(steps[-1], entity_type)
        return self._walk(sent, kind, entity_type)

    def query(self, template: str, sent: dict[str, Any]) -> dict[str, Any]:
        """Return *sent* with ids that exist in filters."""
        steps = template.removeprefix("/api/v4/").split("/")
        entity_type = steps[0] if steps[0] in ENTITIES else "leads"
        found = dict(sent)
        for name, value in sent.items():
            if self._stays_wild():
                continue
            if "user_id]" in name or "_by]" in name:
                placed = self._known.id("users", self._chance)
            elif "status_id]" in name or "pipeline_id]" in name:
                stage = self._known.any("statuses", self._chance)
                placed = stage.id if "status_id]" in name else stage.of
            elif name == "filter[id][]":
                placed = self._known.id(self._kind(steps[-1], entity_type), self._chance)
            elif "entity_id]" in name:
                placed = self._known.id(entity_type, self._chance)
            elif "{id}" in name:
                field = self._known.id(f"custom_fields of {entity_type}", self._chance)
                found[name.replace("{id}", str(field))] = found.pop(name)
                continue
            else:
                continue
            found[name] = [placed] if isinstance(value, list) else placed
        return found

    def _stays_wild(self) -> bool:
        return self._chance.random() < _MOST_WILD

    def _kind(self, step: str, entity_type: str) -> str:
        return (
            f"{step} of {entity_type}"
            if step in {"custom_fields", "groups", "notes", "tags"}
            else step
        )

    def _walk(self, value: Json, kind: str, entity_type: str) -> Json:
        if isinstance(value, list):
            return [self._walk(one, kind, entity_type) for one in value]
        if not isinstance(value, dict):
            return value
        found = {name: self._member(name, one, kind, entity_type) for name, one in value.items()}
        self._together(found, kind, entity_type)
        return found

    def _member(self, name: str, value: Json, kind: str, entity_type: str) -> Json:
        if isinstance(value, dict | list):
            return self._inner(name, value, kind, entity_type)
        if self._stays_wild():
            return value
        if name == "id" and kind:
            return self._own(kind)
        if name == "email":
            return f"person{self._chance.getrandbits(48)}@acme.example"
        if name == "destination":
            return self._destination()
        if name == "password" and isinstance(value, str):
            return f"{value}, a pass phrase"[-250:]
        if isinstance(value, bool) or not isinstance(value, int | float | None):
            return value
        named = {"entity_id": entity_type, **_NAMED}.get(name)
        return value if named is None else self._known.id(named, self._chance)

    def _inner(self, name: str, value: Json, kind: str, entity_type: str) -> Json:
        if name in {"tags", "tags_to_add", "tags_to_delete"}:
            return self._walk(value, f"tags of {entity_type}", entity_type)
        if name == "fields" and isinstance(value, list):
            fields = f"custom_fields of {entity_type}"
            return [self._known.id(fields, self._chance) for _ in value]
        if name in ENTITIES and kind in ENTITIES:
            return self._walk(value, name, name)
        return self._walk(value, kind if name == "_embedded" else "", entity_type)

    def _together(self, found: dict[str, Json], kind: str, entity_type: str) -> None:
        """Name what only counts together: stages with pipelines, entities with their types."""
        if found.keys() & _STAGES and not self._stays_wild():
            stage = self._known.any("statuses", self._chance)
            found |= {"status_id": stage.id, "pipeline_id": stage.of}
        for name, told in (("to_entity_id", "to_entity_type"), ("entity_id", "entity_type")):
            kind_there = found.get(told)
            if name in found and isinstance(kind_there, str) and kind_there in ENTITIES:
                found[name] = self._known.id(kind_there, self._chance)
        if kind.startswith("custom_fields") and isinstance(found.get("group_id"), str):
            found["group_id"] = self._known.id(f"groups of {entity_type}", self._chance)
        if "field_id" in found and "values" in found and not self._stays_wild():
            field = self._known.any(f"custom_fields of {entity_type}", self._chance)
            found["field_id"] = field.id
            found.pop("field_code", None)
            if str(field.of) in _VALUES and not self._stays_wild():
                found["values"] = [{"value": self._chance.choice(_VALUES[field.of])}]

    def _own(self, kind: str) -> Any:
        """Return one of a kind; of notes, one of the entity that the address names."""
        for _ in range(30 if kind.startswith("notes") and self._entity_id else 0):
            found = self._known.any(kind, self._chance)
            if found.of == self._entity_id:
                return found.id
        return self._known.id(kind, self._chance)

    def _destination(self) -> str:
        if self._chance.random() < 0.5:
            return str(self._known.id("webhooks", self._chance))
        return f"https://hook{self._chance.randrange(60)}.example.org/in"
