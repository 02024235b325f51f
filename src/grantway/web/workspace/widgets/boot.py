"""The document of a page for the SDK: the type `Boot` of `websdk/src/boot.ts`.

Every widget of the page may read all of it, and no more than its viewer may
know stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway.accounts import groups
from grantway.accounts import service as accounts
from grantway.accounts.model import AccountUser
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldDefinition
from grantway.crm.tasks.model import TASK_TYPES
from grantway.db import Reader
from grantway.kernel.addresses import Addresses
from grantway.web.workspace.hall import Guest
from grantway.web.workspace.widgets.entity_values import contacts_of, values_of
from grantway.web.workspace.widgets.places import Place

_FREE = "group_free_users"


async def boot_of(
    reader: Reader,
    guest: Guest,
    addresses: Addresses,
    place: Place,
    widgets: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the document of the page at *place* with these widgets."""
    team = await accounts.all_users(reader, guest.account.id)
    account = guest.account
    return {
        "user": _user(guest, team),
        "account": {
            "id": account.id,
            "name": account.name,
            "subdomain": account.subdomain,
            "timezone": account.timezone,
            "language": account.language,
            "currency": account.currency,
            "cf": await _fields(reader, account.id, place.kind),
        },
        "managers": {str(one.id): _manager(one) for one in team},
        "groups": {
            **{f"group_{one.id}": one.name for one in await groups.list_all(reader, account.id)},
            _FREE: "Free users",
        },
        "task_types": {
            str(one.id): {"id": one.id, "option": one.name, "color": None, "icon_id": None}
            for one in TASK_TYPES
        },
        "lang": guest.visit.user.language,
        "system": {
            "area": place.area,
            "page": place.page,
            "domain": addresses.base_domain,
            "server": addresses.authority(account.subdomain),
            "work_area": place.work_area,
        },
        "entity": await _entity(reader, guest, place),
        "list": None if place.rows is None else {"kind": place.kind, "rows": place.rows},
        "widgets": widgets,
        "tokens": {"form": guest.visit.form_token},
    }


def in_script(document: Mapping[str, Any]) -> str:
    r"""Return JSON that may stand in a script element, whatever texts are in it.

    Neither an end tag nor the beginning of a comment is left, and no line end
    that JavaScript knows and JSON does not.

    >>> in_script({"a": "</script><!-- &amp;"})
    '{"a":"\\u003c/script\\u003e\\u003c!-- \\u0026amp;"}'
    """
    text = msgspec.json.encode(document).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _user(guest: Guest, team: Sequence[AccountUser]) -> dict[str, Any]:
    user = guest.visit.user
    group_id = guest.actor.group_id
    return {
        "id": user.id,
        "uuid": user.uuid,
        "login": user.email,
        "name": user.name,
        "is_admin": guest.actor.is_administrator,
        "group_mates_ids": [
            one.id for one in team if one.group_id == group_id and one.is_active and not one.is_free
        ],
        "rights": msgspec.to_builtins(guest.actor.rights),
    }


def _manager(user: AccountUser) -> dict[str, Any]:
    return {
        "id": user.id,
        "title": user.name,
        "login": user.email,
        "active": user.is_active,
        "is_admin": "Y" if user.is_administrator else "N",
        "free_user": "Y" if user.is_free else "N",
        "group": _FREE if user.is_free else f"group_{user.group_id}",
    }


async def _fields(reader: Reader, account_id: int, kind: str) -> dict[str, Any]:
    """Return the custom fields of what the page is about."""
    if kind not in {"leads", "contacts", "companies"}:
        return {}
    found = await fields.definitions(reader, account_id, kind)
    return {str(one.id): _field(one) for one in found.all}


def _field(field: FieldDefinition) -> dict[str, Any]:
    return {
        "ID": field.id,
        "NAME": field.name,
        "CODE": field.code or "",
        "TYPE": field.type,
        "ENTITY_TYPE": field.entity_type,
        "ENUMS": {str(one.id): {"ID": one.id, "VALUE": one.value} for one in field.enums},
    }


async def _entity(reader: Reader, guest: Guest, place: Place) -> dict[str, Any] | None:
    document = place.document
    if document is None:
        return None
    if not document:
        own = guest.actor.user_id
        return {"kind": place.kind, "id": 0, "name": "", "main_user": own, "values": {}}
    return {
        "kind": place.kind,
        "id": document["id"],
        "name": document["name"],
        "main_user": document["responsible_user_id"],
        "values": values_of(place.kind, document),
        "contacts": await contacts_of(reader, guest, place.kind, document),
    }
