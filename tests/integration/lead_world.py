"""Dictionaries and leads of acme that tests of the API read, filter and change."""

from typing import Any

import msgspec

from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldType
from grantway.crm.fields.wire import EnumWish, FieldChange
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.loss_reasons.model import NewLossReason
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.wire import NewPipeline, NewStage
from tests.integration.api_client import Api


class Dictionaries(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of what leads refer to. *fields* are by name, *enums* by value."""

    main: int
    first: int
    second: int
    unsorted: int
    renewals: int
    due: int
    offered: int
    reasons: list[int]
    fields: dict[str, int]
    enums: dict[str, int]


_FIELDS = {
    "text": FieldType.TEXT,
    "number": FieldType.NUMERIC,
    "checkbox": FieldType.CHECKBOX,
    "date": FieldType.DATE,
    "select": FieldType.SELECT,
    "multiselect": FieldType.MULTISELECT,
}
_CHOICES = {"select": ("red", "green"), "multiselect": ("north", "south", "east")}


async def make_dictionaries(api: Api) -> Dictionaries:
    """Give acme a second pipeline, loss reasons, and fields of the types that filters know."""
    now = api.clock()
    async with api.db.write() as tx:
        stages = tuple(
            NewStage(name=name, sort=20 + n) for n, name in enumerate(("Due", "Offered"))
        )
        (renewals,) = await pipelines.add(
            tx,
            api.acme.actor,
            [
                NewPipeline(
                    name="Renewals", sort=2, is_main=False, is_unsorted_on=True, stages=stages
                )
            ],
            now=now,
        )
        await loss_reasons.add(
            tx, api.acme.account_id, [NewLossReason(name=n) for n in ("Price", "Silence")], now=now
        )
        reasons = await loss_reasons.list_reasons(tx, api.acme.account_id)
        present = await pipelines.load(tx, api.acme.account_id)
        made = await fields.add(
            tx,
            api.acme.actor,
            "leads",
            [_change(name, kind) for name, kind in _FIELDS.items()],
            has_stage=present.has,
            now=now,
        )
    regular = [one.id for one in present.main().stages if one.is_editable]
    due, offered = (one.id for one in renewals.stages if one.is_editable)
    return Dictionaries(
        main=present.main().id,
        first=regular[0],
        second=regular[1],
        unsorted=next(one.id for one in present.main().stages if one.is_unsorted),
        renewals=renewals.id,
        due=due,
        offered=offered,
        reasons=[one.id for one in reasons],
        fields={one.name: one.id for one in made},
        enums={enum.value: enum.id for one in made for enum in one.enums},
    )


def _change(name: str, kind: FieldType) -> FieldChange:
    if name not in _CHOICES:
        return FieldChange(type=kind, name=name, code=name.upper())
    enums = tuple(
        EnumWish(None, value, n, None, f"enums.{n}") for n, value in enumerate(_CHOICES[name])
    )
    return FieldChange(type=kind, name=name, code=name.upper(), enums=enums)


def value(field_id: int, *values: Any) -> dict[str, Any]:
    """Return one entry of `custom_fields_values`."""
    return {"field_id": field_id, "values": [{"value": one} for one in values]}
