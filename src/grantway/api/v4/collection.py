"""What the resources share: parameters of pages, links, and the id that an address names."""

from __future__ import annotations

from typing import Any

from grantway.asgi.bodies import Item
from grantway.asgi.operations import Parameter
from grantway.asgi.schemas import Links
from grantway.kernel.errors import not_supported_choice, refuse

PAGING = (
    Parameter("page", "Which page, from 1.", {"type": "integer", "minimum": 1, "default": 1}),
    Parameter(
        "limit",
        "How many on a page; above 250 means 250.",
        {"type": "integer", "minimum": 1, "maximum": 250, "default": 50},
    ),
)


def links(href: str) -> Links:
    """Return the `_links` of a resource."""
    return {"self": {"href": href}}


def values_of_one(item: Item, object_id: int) -> dict[str, Any]:
    """Return what was sent for the object of the address, its id included.

    Raises Invalid when the body names another object (S-94).
    """
    if item.values.get("id") not in (None, object_id):
        refuse([(item.request_id, [not_supported_choice("id")])])
    return item.values | {"id": object_id}
