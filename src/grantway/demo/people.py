"""Companies and the people in them, the same at every start but for their dates."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec

from grantway.accounts.actor import Actor
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import writing
from grantway.crm.entities.model import EntityWrite
from grantway.crm.linking import service as linking
from grantway.crm.linking.model import Wish
from grantway.db import Transaction

_CONTACTS = 90
_DAYS = 300
_DAY = 24 * 3600
_FIRST = (
    "Ann",
    "Luis",
    "Mei",
    "Omar",
    "Ines",
    "Tom",
    "Rita",
    "Jonas",
    "Leila",
    "Paul",
    "Ewa",
    "Ben",
)
_LAST = ("Lee", "Marsh", "Okafor", "Bianchi", "Novak", "Silva", "Haas", "Kaya", "Lund", "Roy")
_FIRMS = ("Northwind", "Bluewater", "Redstone", "Oakfield", "Silverline", "Greenway", "Whitecliff")
_TRADES = ("Wholesale", "Logistics", "Builders", "Foods")
_STREETS = ("Harbour Road", "Mill Lane", "Station Street", "Quay Side")
_POSITIONS = ("Head of purchasing", "Owner", "Office manager", "Site engineer", "Assistant")


class Known(msgspec.Struct, frozen=True):
    """A contact, and the company that they work for, if for any."""

    contact_id: int
    company_id: int | None


async def fill(tx: Transaction, actor: Actor, user_ids: Sequence[int], now: int) -> Sequence[Known]:
    """Give the account companies and contacts that work for them; return the contacts."""
    choose = random.Random(13)  # noqa: S311 - the same demo for everybody, and no secret
    firms = [f"{firm} {trade}" for firm in _FIRMS for trade in _TRADES]
    companies = [_company(choose, name, user_ids, now) for name in firms]
    written = await writing.add(tx, actor, COMPANIES, _writes(companies), now, is_strict=False)
    company_ids = [one.id for one in written]
    contacts = [_contact(choose, user_ids, now) for _ in range(_CONTACTS)]
    added = await writing.add(tx, actor, CONTACTS, _writes(contacts), now, is_strict=False)
    known = [
        Known(one.id, choose.choice(company_ids) if choose.random() < 0.8 else None)
        for one in added
    ]
    wishes = [
        Wish(
            request_id=str(n),
            entity_id=one.contact_id,
            to_type="companies",
            to_id=one.company_id,
            is_main=False,
            updated_by=None,
        )
        for n, one in enumerate(known)
        if one.company_id is not None
    ]
    await linking.link(tx, actor, CONTACTS, wishes, now)
    # Linking counts as a change of this moment; not everybody changed just now.
    changed = {
        one.id: {"updated_at": body["updated_at"]}
        for one, body in zip(added, contacts, strict=True)
    }
    await writing.rewrite(tx, actor.account_id, CONTACTS, changed)
    return known


def of_lead(choose: random.Random, known: Sequence[Known]) -> dict[str, Any]:
    """Return whom a new lead is about, as the API takes it: most are about somebody."""
    if choose.random() < 0.1:
        return {}
    main = choose.choice(known)
    others = [one.contact_id for one in choose.sample(known, 2) if choose.random() < 0.15]
    contact_ids = dict.fromkeys([main.contact_id, *others])
    found: dict[str, Any] = {"contacts": [{"id": one} for one in contact_ids]}
    if main.company_id is not None:
        found["companies"] = [{"id": main.company_id}]
    return found


def _writes(entities: Sequence[dict[str, Any]]) -> list[EntityWrite]:
    return [EntityWrite(str(n), one) for n, one in enumerate(entities)]


def _company(choose: random.Random, name: str, user_ids: Sequence[int], now: int) -> dict[str, Any]:
    host = f"{name.lower().replace(' ', '-')}.example"
    address = f"{choose.randrange(1, 200)} {choose.choice(_STREETS)}"
    return _beginning(choose, user_ids, now) | {
        "name": name,
        "custom_fields_values": [
            _value("PHONE", _number(choose), "WORK"),
            _value("EMAIL", f"office@{host}", "WORK"),
            _value("WEB", f"https://{host}/"),
            _value("ADDRESS", address),
        ],
    }


def _contact(choose: random.Random, user_ids: Sequence[int], now: int) -> dict[str, Any]:
    first, last = choose.choice(_FIRST), choose.choice(_LAST)
    values = [
        _value("PHONE", _number(choose), choose.choice(("WORK", "MOB"))),
        _value("POSITION", choose.choice(_POSITIONS)),
    ]
    if choose.random() < 0.7:
        values.append(_value("EMAIL", f"{first}.{last}@mail.example".lower(), "WORK"))
    return _beginning(choose, user_ids, now) | {
        "first_name": first,
        "last_name": last,
        "custom_fields_values": values,
    }


def _beginning(choose: random.Random, user_ids: Sequence[int], now: int) -> dict[str, Any]:
    created = now - choose.randrange(_DAY, _DAYS * _DAY)
    return {
        "created_at": created,
        "updated_at": choose.randrange(created, now),
        "responsible_user_id": choose.choice(user_ids),
    }


def _number(choose: random.Random) -> str:
    return f"+1 555 01{choose.randrange(100):02}"


def _value(code: str, value: str, kind: str = "") -> dict[str, Any]:
    of_a_kind = {"value": value} | ({"enum_code": kind} if kind else {})
    return {"field_code": code, "values": [of_a_kind]}
