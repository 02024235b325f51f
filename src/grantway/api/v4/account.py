"""`/api/v4/account` (contract: api-v4.md 3.1)."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import Any

from grantway.accounts import groups
from grantway.accounts import service as accounts
from grantway.accounts.model import Account as AccountRow
from grantway.accounts.model import NamedGroup
from grantway.api.v4.collection import more_to_show
from grantway.asgi.answers import Answer, hal
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Single
from grantway.crm.tasks.model import TASK_TYPES
from grantway.db import Database

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "BRL": "R$", "MXN": "$", "COP": "$", "RUB": "₽"}
_WITH = (
    *("amojo_id", "amojo_rights", "users_groups", "task_types", "version", "entity_names"),
    *("datetime_settings", "drive_url", "is_api_filter_enabled", "invoices_settings", "uuid"),
)
_VERSION = 1
_ENTITY_NAMES = {
    "leads": {
        "en": {
            "gender": "m",
            "plural_form": {
                "dative": "",
                "default": "Leads",
                "genitive": "",
                "accusative": "",
                "instrumental": "",
                "prepositional": "",
            },
            "singular_form": {
                "dative": "",
                "default": "Lead",
                "genitive": "",
                "accusative": "",
                "instrumental": "",
                "prepositional": "",
            },
        }
    }
}
_ON_REQUEST = {"description": "Shown on request, by `with`."}
_ALWAYS = (
    *("id", "name", "subdomain", "created_at", "created_by", "updated_at", "updated_by"),
    *("current_user_id", "country", "currency", "currency_symbol", "customers_mode"),
    *("is_unsorted_on", "mobile_feature_version", "is_loss_reason_enabled"),
    *("is_helpbot_enabled", "is_technical_account", "contact_name_display_order", "_links"),
)
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Account",
    "required": list(_ALWAYS),
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "subdomain": {"type": "string"},
        "created_at": {"type": "integer"},
        "created_by": {"type": "integer"},
        "updated_at": {"type": "integer"},
        "updated_by": {"type": "integer"},
        "current_user_id": {"type": "integer"},
        "country": {"type": "string"},
        "currency": {"type": "string"},
        "currency_symbol": {"type": "string"},
        "customers_mode": {"type": "string"},
        "is_unsorted_on": {"type": "boolean"},
        "mobile_feature_version": {"type": "integer"},
        "is_loss_reason_enabled": {"type": "boolean"},
        "is_helpbot_enabled": {"type": "boolean"},
        "is_technical_account": {"type": "boolean"},
        "contact_name_display_order": {"type": "integer"},
        "amojo_id": _ON_REQUEST | {"type": "string"},
        "uuid": _ON_REQUEST | {"type": "string"},
        "version": _ON_REQUEST | {"type": "integer"},
        "drive_url": _ON_REQUEST | {"type": "string"},
        "is_api_filter_enabled": _ON_REQUEST | {"type": "boolean"},
        "entity_names": _ON_REQUEST | {"type": "object", "additionalProperties": True},
        "invoices_settings": _ON_REQUEST | {"type": "object", "additionalProperties": True},
        "_links": {
            "type": "object",
            "required": ["self"],
            "properties": {"self": {"type": "object", "required": ["href"]}},
        },
        "_embedded": _ON_REQUEST
        | {
            "type": "object",
            "properties": {
                "amojo_rights": {"type": "object"},
                "users_groups": {"type": "array", "items": {"type": "object"}},
                "task_types": {"type": "array", "items": {"type": "object"}},
                "datetime_settings": {"type": "object"},
            },
        },
    },
}
_EXAMPLE = {
    "id": 1,
    "name": "Acme",
    "subdomain": "acme",
    "created_at": 1_700_000_000,
    "created_by": 0,
    "updated_at": 1_700_000_000,
    "updated_by": 0,
    "current_user_id": 1,
    "country": "US",
    "currency": "USD",
    "currency_symbol": "$",
    "customers_mode": "unavailable",
    "is_unsorted_on": True,
    "mobile_feature_version": 0,
    "is_loss_reason_enabled": True,
    "is_helpbot_enabled": False,
    "is_technical_account": False,
    "contact_name_display_order": 1,
    "_links": {"self": {"href": f"{EXAMPLE_ORIGIN}/api/v4/account"}},
}


class Account:
    """The operation on the account."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        return [
            Operation(
                method="GET",
                path="/api/v4/account",
                call=self.get_account,
                scope="crm",
                tag="Account",
                summary="Get the account",
                about="The account that the token belongs to, and on whose behalf it acts.",
                parameters=(more_to_show(_WITH, "users_groups,task_types"),),
                returns={200: Single(_SCHEMA, _EXAMPLE)},
            )
        ]

    async def get_account(self, call: Call) -> Answer:
        """Answer the account of the token."""
        async with self._db.read() as reader:
            account = await accounts.account_by_id(reader, call.account_id)
            named = await groups.list_all(reader, call.account_id)
        shown: dict[str, Any] = {
            "id": account.id,
            "name": account.name,
            "subdomain": account.subdomain,
            "created_at": account.created_at,
            "created_by": account.created_by,
            "updated_at": account.updated_at,
            "updated_by": account.updated_by,
            "current_user_id": call.actor.user_id,
            "country": account.country,
            "currency": account.currency,
            "currency_symbol": _SYMBOLS.get(account.currency, account.currency),
            "customers_mode": "unavailable",
            "is_unsorted_on": True,
            "mobile_feature_version": 0,
            "is_loss_reason_enabled": True,
            "is_helpbot_enabled": False,
            "is_technical_account": account.is_technical,
            "contact_name_display_order": 1,
            "_links": {"self": {"href": f"{call.origin}/api/v4/account"}},
        }
        wanted = call.query.with_
        extras, inside = _extras(account, call), _embedded(account, named, call.now)
        shown |= {name: value for name, value in extras.items() if name in wanted}
        embedded = {name: value for name, value in inside.items() if name in wanted}
        if embedded:
            shown["_embedded"] = embedded
        return hal(shown)


def _extras(account: AccountRow, call: Call) -> dict[str, Any]:
    return {
        "amojo_id": account.uuid,
        "uuid": account.uuid,
        "version": _VERSION,
        "entity_names": _ENTITY_NAMES,
        "drive_url": call.origin,
        "is_api_filter_enabled": True,
        "invoices_settings": {"lang": account.language, "invoices_catalog_id": None},
    }


def _embedded(account: AccountRow, named: Sequence[NamedGroup], now: int) -> dict[str, Any]:
    return {
        "amojo_rights": {"can_direct": False, "can_create_groups": False},
        "users_groups": [{"id": one.id, "name": one.name, "uuid": None} for one in named],
        "task_types": [
            {"id": one.id, "name": one.name, "color": None, "icon_id": None, "code": one.code}
            for one in TASK_TYPES
        ],
        "datetime_settings": {
            "date_pattern": "d.m.Y H:i",
            "short_date_pattern": "d.m.Y",
            "short_time_pattern": "H:i",
            "date_format": "d.m.Y",
            "time_format": "H:i:s",
            "timezone": account.timezone,
            "timezone_offset": _offset(account.timezone, now),
        },
    }


def _offset(timezone: str, now: int) -> str:
    moment = dt.datetime.fromtimestamp(now, zoneinfo.ZoneInfo(timezone))
    return moment.strftime("%z")[:3] + ":" + moment.strftime("%z")[3:]
