"""Custom fields of leads to filter by, and which value each lead has."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from grantway.accounts.actor import Actor
from grantway.crm.fields import service as fields
from grantway.crm.fields.model.stored import write_stored
from grantway.crm.fields.wire import NEW_FIELD, field_change
from grantway.db import Database

SOURCES = {"Website": 5_000, "Referral": 4_000, "Fair": 900, "Newspaper": 100}
TIERS = {"Gold": 50, "Platinum": 4}
"""Of ten thousand leads, how many have the choice; most have no tier."""
SHARES = SOURCES | TIERS
SEATS = 999
DAYS = 1_000
CONTRACTS = 200_000
FIRST_DAY = 20_000 * 24 * 3600
_OF = 10_000
_DAY = 24 * 3600

_FIELDS: tuple[dict[str, Any], ...] = (
    {"type": "select", "name": "Source", "enums": [{"value": one} for one in SOURCES]},
    {"type": "select", "name": "Tier", "enums": [{"value": one} for one in TIERS]},
    {"type": "numeric", "name": "Seats"},
    {"type": "text", "name": "Contract"},
    {"type": "date", "name": "Renewal"},
)


class Values(NamedTuple):
    """What a lead has in each field; a tier only a few have."""

    source: str
    tier: str | None
    seats: int
    contract: str
    renewal: int


class ValuedFields(msgspec.Struct, frozen=True):
    """The ids of the fields, and of their choices by what they say."""

    source: int
    tier: int
    seats: int
    contract: int
    renewal: int
    choices: dict[str, int]

    def stored(self, values: Values) -> str:
        """Return the values as a lead keeps them."""
        kept: dict[int, list[Any]] = {
            self.source: [self.choices[values.source]],
            self.seats: [str(values.seats)],
            self.contract: [values.contract],
            self.renewal: [values.renewal],
        }
        if values.tier is not None:
            kept[self.tier] = [self.choices[values.tier]]
        return write_stored(kept)


def values_of(n: int) -> Values:
    """Return what the so-maniest lead has: known without asking the database."""
    choose = random.Random(n)
    return Values(
        source=_choice(SOURCES, choose) or "",
        tier=_choice(TIERS, choose),
        seats=choose.randint(1, SEATS),
        contract=f"C-{n * 7_919 % CONTRACTS:06}",
        renewal=FIRST_DAY + choose.randrange(DAYS) * _DAY,
    )


def _choice(shares: Mapping[str, int], choose: random.Random) -> str | None:
    place = choose.randrange(_OF)
    for name, share in shares.items():
        place -= share
        if place < 0:
            return name
    return None


async def add_fields(db: Database, actor: Actor, now: int) -> ValuedFields:
    """Give the account's leads the fields."""
    wanted = [field_change(NEW_FIELD.read(one, "", []), str(n)) for n, one in enumerate(_FIELDS)]
    async with db.write() as tx:
        made = await fields.add(tx, actor, "leads", wanted, has_stage=lambda *_: True, now=now)
    choices = {one.value: one.id for field in made for one in field.enums}
    source, tier, seats, contract, renewal = (field.id for field in made)
    return ValuedFields(source, tier, seats, contract, renewal, choices)
