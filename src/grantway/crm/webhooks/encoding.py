"""The body of a delivery: form fields with PHP's brackets, all of them texts (api-v4.md 3.13)."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote_plus

Payload = Mapping[str, Any]
"""Names to plain values: texts, numbers, booleans, None, and lists and mappings of them."""


def form_encode(payload: Payload) -> str:
    """Return *payload* as PHP writes it: an empty list is nothing, and None an empty text.

    >>> form_encode({"leads": {"add": [{"id": 9001, "name": "First order", "is_new": True}]}})
    'leads%5Badd%5D%5B0%5D%5Bid%5D=9001&leads%5Badd%5D%5B0%5D%5Bname%5D=First+order\
&leads%5Badd%5D%5B0%5D%5Bis_new%5D=1'
    """
    return "&".join(
        pair for name, value in payload.items() for pair in _pairs(_quoted(str(name)), value)
    )


def fields_of(body: str) -> list[tuple[str, str]]:
    """Return names and values of a body, for people.

    >>> fields_of("leads%5Badd%5D%5B0%5D%5Bname%5D=First+order")
    [('leads[add][0][name]', 'First order')]
    """
    return parse_qsl(body, keep_blank_values=True)


def account_block(account_id: int, subdomain: str, origin: str) -> str:
    """Return the fields that tell which account it is.

    >>> account_block(7, "acme", "https://acme.example.com").split("&")[1]
    'account%5Bid%5D=7'
    """
    return form_encode(
        {"account": {"subdomain": subdomain, "id": account_id, "_links": {"self": origin}}}
    )


def _pairs(name: str, value: Any) -> Iterator[str]:
    """Yield `name=value` of all that is in *value*; *name* is encoded already."""
    if isinstance(value, str):
        yield f"{name}={_encoded(value)}"
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _pairs(f"{name}%5B{_quoted(str(key))}%5D", below)
    elif isinstance(value, Sequence):
        for n, below in enumerate(value):
            yield from _pairs(f"{name}%5B{n}%5D", below)
    else:
        yield f"{name}={_encoded(_text(value))}"


def _encoded(text: str) -> str:
    # Most values are numbers, which need no looking up of each character.
    return text if text.isascii() and text.isalnum() else quote_plus(text)


@functools.lru_cache(maxsize=1024)
def _quoted(name: str) -> str:
    # Names of fields are few, and each stands in every entity.
    return quote_plus(name)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # as PHP writes 1000.0
    return str(value)
