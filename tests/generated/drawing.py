"""Draws requests from the OpenAPI document, as Schemathesis reads it."""

import contextlib
import copy
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from tests.generated.placing import Placer
from tests.integration.openapi_document import DOCUMENT, closed

Operation = Any  # Schemathesis' own is generic in four types that say nothing here
Drawn = Case[Any]
MODES = tuple(GenerationMode)


def _told() -> dict[str, Any]:
    """Return the document as answers are held against it: members that it does not name are wrong.

    It names no token, because we send a real one.
    """
    told = copy.deepcopy(DOCUMENT)
    del told["security"]
    told["components"] = closed(told["components"])
    for methods in told["paths"].values():
        for operation in methods.values():
            operation["responses"] = closed(operation["responses"])
    return told


def every_operation() -> list[Operation]:
    """Return the operations of the document, in its order."""
    schema = schemathesis.openapi.from_dict(_told())
    return [
        schema[path][method] for path, methods in DOCUMENT["paths"].items() for method in methods
    ]


def at_the_edges(operation: Operation) -> Iterator[Drawn]:
    """Draw what lies at the edges of each part of the request, inside and outside."""
    schema = operation.schema
    yield from schema.iter_coverage_cases(
        operation,
        generation_modes=list(MODES),
        generation_config=schema.config.generation_for(operation=operation, phase="coverage"),
    )


def anything(operation: Operation, times: int, seed: int, visit: Callable[[Drawn], None]) -> None:
    """Draw *times* requests: half of them as the document tells, half as it does not."""
    for mode in MODES:

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=max(1, times // 2),
            deadline=None,  # machines are noisy
            database=None,
            phases=[Phase.generate],  # a fault is noted where it is found, and not made smaller
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def draw(case: Drawn) -> None:
            visit(case)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about patterns that another language reads otherwise
            with contextlib.suppress(Unsatisfiable):  # what takes nothing cannot be told wrongly
                draw()


class Honest:
    """Makes the request that should succeed: the example, about things that exist.

    One or two members come from what was drawn.
    """

    def __init__(self, placer: Placer, chance: random.Random) -> None:
        self._placer = placer
        self._chance = chance

    def __call__(self, operation: Operation, drawn: Drawn | None) -> Drawn:
        told = operation.definition.raw
        body: dict[str, Any] = {}
        if "requestBody" in told:
            example = copy.deepcopy(told["requestBody"]["content"]["application/json"]["example"])
            self._season(example, drawn)
            body = {"body": self._unlike(example), "media_type": "application/json"}
        numbers = {one["name"]: one["example"] for one in told["parameters"] if one["in"] == "path"}
        query = self._asking(told["parameters"], drawn)
        case: Drawn = operation.Case(path_parameters=numbers, query=query, **body)
        return case

    def _asking(self, told: list[dict[str, Any]], drawn: Drawn | None) -> dict[str, Any]:
        """Return some of the examples of the query, and at times what was drawn."""
        names = [one for one in told if one["in"] == "query"]
        chosen = self._chance.sample(names, min(len(names), self._chance.randrange(3)))
        chosen += [one for one in names if one.get("required")]
        asked = {one["name"]: one["examples"]["default"]["value"] for one in chosen}
        return asked | (dict(drawn.query) if drawn and self._chance.randrange(4) == 0 else {})

    def _season(self, example: Any, drawn: Drawn | None) -> None:
        (target,) = example if isinstance(example, list) else (example,)
        found = None if drawn is None else drawn.body
        first = found[0] if isinstance(found, list) and found else found
        if not isinstance(first, dict):
            return
        names = [name for name in first if name != "id"]
        for name in self._chance.sample(names, min(len(names), self._chance.randrange(3))):
            target[name] = first[name]

    def _unlike(self, body: Any) -> Any:
        """Return *body* with names that nothing has yet, where two may not have the same."""
        for one in body if isinstance(body, list) else [body]:
            for name in ("name", "code"):
                if isinstance(one.get(name), str):
                    one[name] = f"{one[name][:40]}{self._chance.getrandbits(32)}"
        return body
