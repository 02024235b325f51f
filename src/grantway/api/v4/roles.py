"""`/api/v4/roles` (contract: api-v4.md 3.8), for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.accounts import roles as service
from grantway.accounts.model import RightsRole
from grantway.accounts.rights import ORDINARY
from grantway.accounts.rights_wire import RIGHTS, RightsSent, rights_sent
from grantway.accounts.roles import RoleSent
from grantway.api.v4 import user_rights
from grantway.api.v4.collection import PAGING, in_address, links, more_to_show
from grantway.api.v4.resources import ALL, WRITES, Asked, CountedPage, Resource, Sent
from grantway.api.v4.user_rights import RightsOfRole, stages_of
from grantway.api.v4.users import ROLES as PATH
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Links
from grantway.db import Database, Reader, Transaction
from grantway.kernel.shapes import Line, Nested, Shape

_SHOW = more_to_show(("users",), "users")
_NOT_FOUND = {404: "The account has no such role."}
_SALES = RightsRole(
    1, "Sales", msgspec.json.encode(ORDINARY).decode(), 1_700_000_000, 1_700_000_000
)
_NEW_ROLE = Shape(
    {
        "name": Line(required=True),
        "rights": Nested(Shape(RIGHTS), "With `leads`, `contacts` and `companies`.", required=True),
    }
)
_CHANGED_ROLE = Shape(
    {
        "name": Line("Default: as it is.", nullable=True),
        "rights": Nested(Shape(RIGHTS), "What is not named stays as it is.", nullable=True),
    }
)


class RoleShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named set of rights."""

    id: int
    name: str
    rights: RightsOfRole
    request_id: str | UnsetType = UNSET
    _links: Links
    _embedded: dict[str, list[int]] | UnsetType = UNSET


def shown(role: RightsRole, asked: Asked) -> RoleShown:
    """Return the role as the API prints it."""
    return RoleShown(
        id=role.id,
        name=role.name,
        rights=RightsOfRole(**msgspec.structs.asdict(role.rights)),
        request_id=asked.request_id,
        _links=links(f"{asked.origin}{PATH}/{role.id}"),
        _embedded={"users": list(role.user_ids)} if "users" in asked.with_ else UNSET,
    )


def role_sent(values: Mapping[str, Any], request_id: str) -> RoleSent:
    """Return what a shape of this file has read."""
    rights, name = values.get("rights"), values.get("name")
    return RoleSent(
        request_id,
        RightsSent() if rights is None else rights_sent(rights),
        UNSET if name is None else name,
    )


_NEW = Sent(_NEW_ROLE, role_sent, {"name": "Sales", "rights": user_rights.EXAMPLE})
_CHANGED = Sent(_CHANGED_ROLE, role_sent, {"rights": {"status_rights": None}})


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    roles = Resource(
        db=db,
        path=PATH,
        one="role",
        many="roles",
        embedded="roles",
        tag="Roles",
        scope="crm",
        for_administrators=ALL,
        shown=shown,
        example=_SALES,
        ids=[in_address("The role.")],
        closed_to_sessions=WRITES,
    )
    return [
        roles.list_counted(
            _page,
            summary="List roles",
            about="A page of the account's roles: sets of rights that users share.",
            parameters=(_SHOW, *PAGING),
        ),
        roles.get(
            _get,
            summary="Get one role",
            about="One role, without an envelope.",
            parameters=(_SHOW,),
            refuses=_NOT_FOUND,
        ),
        roles.add(
            _NEW,
            _add,
            status=201,
            summary="Add roles",
            about="Adds roles; `POST /api/v4/users` gives them to people.",
            refuses={422: "The account would have more than 100 roles."},
        ),
        roles.change_one(
            _CHANGED,
            _change,
            status=202,
            summary="Change a role",
            about="Changes a role, and with it what its users may do from now on.",
            refuses=_NOT_FOUND,
        ),
        roles.remove(
            _remove,
            summary="Remove a role",
            about="Removes a role; its users keep the rights that it gave them.",
            refuses=_NOT_FOUND,
        ),
    ]


async def _page(reader: Reader, call: Call) -> CountedPage[RightsRole]:
    query = call.query
    found, total = await service.page(reader, call.actor, page=query.page, limit=query.limit)
    return CountedPage(found, total)


async def _get(reader: Reader, call: Call) -> RightsRole:
    return await service.get(reader, call.actor, call.ids["id"])


async def _add(tx: Transaction, call: Call, wanted: list[RoleSent]) -> Sequence[RightsRole]:
    has_stage = await stages_of(tx, call.account_id)
    return await service.add(tx, call.actor, wanted, has_stage=has_stage, now=call.now)


async def _change(tx: Transaction, call: Call, wanted: RoleSent) -> RightsRole:
    has_stage = await stages_of(tx, call.account_id)
    return await service.change(
        tx, call.actor, call.ids["id"], wanted, has_stage=has_stage, now=call.now
    )


async def _remove(tx: Transaction, call: Call) -> None:
    await service.remove(tx, call.actor, call.ids["id"], call.now)
