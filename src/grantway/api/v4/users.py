"""`/api/v4/users` (contract: api-v4.md 3.8), for administrators."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.model import AccountUser, Role
from grantway.accounts.rights import EVERYTHING, EntityRights, Rights, StatusRight, TaskRights
from grantway.api.v4.collection import PAGING, in_address, links, more_to_show
from grantway.api.v4.resources import ALL, Asked, CountedPage, Resource
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Links
from grantway.db import Database, Reader

PATH = "/api/v4/users"
_WITH = ("role", "group", "uuid", "amojo_id", "user_rank", "phone_number")
_SHOW = more_to_show(_WITH, "role,group")
_ALICE = AccountUser(
    id=1,
    uuid="",
    email="alice@acme.example",
    name="Alice",
    language="en",
    role=Role.ADMINISTRATOR,
    group_id=0,
    rights_json="",
    is_active=True,
    is_free=False,
)


class RightsShown(msgspec.Struct, frozen=True, kw_only=True):
    """A user's rights as the API prints them."""

    leads: EntityRights
    contacts: EntityRights
    companies: EntityRights
    tasks: TaskRights
    mail_access: bool
    catalog_access: bool
    status_rights: list[StatusRight] | None
    is_admin: bool
    is_free: bool
    is_active: bool
    group_id: int | None
    role_id: int | None


class UserShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A user as the API prints them."""

    id: int
    name: str
    email: str
    lang: str
    rights: RightsShown
    uuid: str | msgspec.UnsetType | None = msgspec.UNSET
    amojo_id: str | msgspec.UnsetType | None = msgspec.UNSET
    user_rank: str | msgspec.UnsetType | None = msgspec.UNSET
    phone_number: str | msgspec.UnsetType | None = msgspec.UNSET
    _links: Links
    _embedded: dict[str, list[dict[str, Any]]] | msgspec.UnsetType = msgspec.UNSET


def shown(user: AccountUser, asked: Asked) -> UserShown:
    """Return the user as the API prints them."""
    wanted = asked.with_
    rights: Rights = EVERYTHING if user.is_administrator else user.rights
    embedded: dict[str, list[dict[str, Any]]] = {}
    if "role" in wanted:
        embedded["roles"] = []
    if "group" in wanted:
        embedded["groups"] = [{"id": user.group_id, "name": "Sales department"}]
    return UserShown(
        id=user.id,
        name=user.name,
        email=user.email,
        lang=user.language,
        rights=RightsShown(
            leads=rights.leads,
            contacts=rights.contacts,
            companies=rights.companies,
            tasks=rights.tasks,
            mail_access=rights.mail_access,
            catalog_access=rights.catalog_access,
            status_rights=rights.status_rights,
            is_admin=user.is_administrator,
            is_free=user.is_free,
            is_active=user.is_active,
            group_id=user.group_id or None,
            role_id=None,
        ),
        uuid=user.uuid if "uuid" in wanted else msgspec.UNSET,
        amojo_id=None if "amojo_id" in wanted else msgspec.UNSET,
        user_rank=None if "user_rank" in wanted else msgspec.UNSET,
        phone_number=None if "phone_number" in wanted else msgspec.UNSET,
        _links=links(f"{asked.origin}{PATH}/{user.id}"),
        _embedded=embedded or msgspec.UNSET,
    )


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    users = Resource(
        db=db,
        path=PATH,
        one="user",
        many="users",
        embedded="users",
        tag="Users",
        scope="crm",
        for_administrators=ALL,
        shown=shown,
        example=_ALICE,
        ids=[in_address("The user.")],
    )
    return [
        users.list_counted(
            _page,
            summary="List users",
            about="A page of the people who work in the account, with their rights.",
            parameters=(_SHOW, *PAGING),
        ),
        users.get(
            _get,
            summary="Get one user",
            about="One user with their rights, without an envelope.",
            parameters=(_SHOW,),
            refuses={404: "The account has no such user."},
        ),
    ]


async def _page(reader: Reader, call: Call) -> CountedPage[AccountUser]:
    query = call.query
    found, total = await accounts.users_page(reader, call.actor, page=query.page, limit=query.limit)
    return CountedPage(found, total)


async def _get(reader: Reader, call: Call) -> AccountUser:
    return await accounts.user_of_account(reader, call.actor, call.ids["id"])
