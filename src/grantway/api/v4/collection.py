"""What the resources share: parameters of the query and of addresses, and links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grantway.asgi.bodies import Item
from grantway.asgi.operations import WORD, Parameter
from grantway.asgi.query import DEFAULT_LIMIT, MAX_LIMIT
from grantway.asgi.schemas import Links
from grantway.kernel.errors import not_supported_choice, refuse

ENTITIES = {"leads": "lead", "contacts": "contact", "companies": "company"}
"""The types of entities that have tags and custom fields, and what one of each is called."""


def paging(most: int) -> tuple[Parameter, ...]:
    """Return `page` and `limit` of a list that shows so many at once (api-v4.md 2.6)."""
    return (
        Parameter("page", "Which page, from 1.", {"type": "integer", "minimum": 1, "default": 1}),
        Parameter(
            "limit",
            f"How many on a page; above {most} means {most}.",
            {"type": "integer", "minimum": 1, "maximum": most, "default": DEFAULT_LIMIT},
        ),
    )


PAGING = paging(MAX_LIMIT)


def in_address(about: str, name: str = "id", example: int = 1) -> Parameter:
    """Return the parameter for an id that stands in the path."""
    return Parameter(name, about, {"type": "integer", "minimum": 1}, example)


def named_in_address(about: str, example: str, name: str = "id") -> Parameter:
    """Return the parameter for a text that stands in the path."""
    return Parameter(name, about, {"type": "string", "pattern": f"^{WORD}$"}, example)


def more_to_show(names: Iterable[str], example: str) -> Parameter:
    """Return `with` for these *names* (api-v4.md 2.9)."""
    about = f"More to show, separated by commas: {', '.join(f'`{one}`' for one in names)}."
    return Parameter("with", about, {"type": "string"}, example)


def any_of(name: str, about: str, items: dict[str, Any], example: list[Any]) -> Parameter:
    """Return the filter that takes several values, each of the schema *items*."""
    return Parameter(f"filter[{name}][]", about, {"type": "array", "items": items}, example)


def sorted_by(names: Iterable[str]) -> tuple[Parameter, ...]:
    """Return `order[…]` for each of these *names* (api-v4.md 2.8)."""
    schema = {"type": "string", "enum": ["asc", "desc"]}
    return tuple(Parameter(f"order[{one}]", f"Sort by `{one}`.", schema) for one in names)


def links(href: str) -> Links:
    """Return the `_links` of a resource."""
    return {"self": {"href": href}}


def values_of_one(item: Item, object_id: int | str) -> dict[str, Any]:
    """Return what was sent for the object of the address, its id included.

    Raises Invalid when the body names another object (S-94).
    """
    if item.values.get("id") not in (None, object_id):
        refuse([(item.request_id, [not_supported_choice("id")])])
    return item.values | {"id": object_id}
