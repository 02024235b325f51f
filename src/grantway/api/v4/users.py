"""`/api/v4/users` (contract: api-v4.md 3.8), for administrators."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.model import AccountUser
from grantway.accounts.rights import EVERYTHING, EntityRights, Rights, StatusRight, TaskRights
from grantway.api.v4.collection import PAGING, links
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.query import page_links
from grantway.asgi.schemas import EXAMPLE_ORIGIN, Links, Single, counted
from grantway.db import Database

PATH = "/api/v4/users"
_WITH = ("role", "group", "uuid", "amojo_id", "user_rank", "phone_number")
_SHOW = Parameter(
    "with",
    f"More to show, separated by commas: {', '.join(f'`{one}`' for one in _WITH)}.",
    {"type": "string"},
    "role,group",
)
_ID = Parameter("id", "The user.", {"type": "integer", "minimum": 1}, 1)


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


_EXAMPLE = UserShown(
    id=1,
    name="Alice",
    email="alice@acme.example",
    lang="en",
    rights=RightsShown(
        leads=EVERYTHING.leads,
        contacts=EVERYTHING.contacts,
        companies=EVERYTHING.companies,
        tasks=EVERYTHING.tasks,
        mail_access=True,
        catalog_access=True,
        status_rights=None,
        is_admin=True,
        is_free=False,
        is_active=True,
        group_id=None,
        role_id=None,
    ),
    _links=links(f"{EXAMPLE_ORIGIN}{PATH}/1"),
)


class Users:
    """The operations on users."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def operations(self) -> list[Operation]:
        """Return the rows of the table."""
        return [
            Operation(
                method="GET",
                path=PATH,
                call=self.list_users,
                scope="crm",
                for_administrators=True,
                tag="Users",
                summary="List users",
                about="A page of the people who work in the account, with their rights.",
                parameters=(_SHOW, *PAGING),
                returns={200: counted("users", UserShown, _EXAMPLE), 204: None},
            ),
            Operation(
                method="GET",
                path=PATH + "/{id}",
                call=self.get_user,
                scope="crm",
                for_administrators=True,
                tag="Users",
                summary="Get one user",
                about="One user with their rights, without an envelope.",
                parameters=(_SHOW, _ID),
                returns={200: Single(UserShown, _EXAMPLE)},
                refuses={404: "The account has no such user."},
            ),
        ]

    async def list_users(self, call: Call) -> Answer:
        """Answer a page of the account's users, or 204 past the end."""
        query = call.query
        async with self._db.read() as reader:
            users, total = await accounts.users_page(
                reader, call.actor, page=query.page, limit=query.limit
            )
        if not users:
            return NO_CONTENT
        pages = -(-total // query.limit)
        return hal(
            {
                "_total_items": total,
                "_page": query.page,
                "_page_count": pages,
                "_links": page_links(
                    call.origin + PATH, query, more=query.page < pages, last=pages
                ),
                "_embedded": {"users": [_shown(one, call) for one in users]},
            }
        )

    async def get_user(self, call: Call) -> Answer:
        """Answer one user; 404 when the account has none with this id."""
        async with self._db.read() as reader:
            user = await accounts.user_of_account(reader, call.actor, call.ids["id"])
        return hal(_shown(user, call))


def _shown(user: AccountUser, call: Call) -> UserShown:
    wanted = call.query.with_
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
        _links=links(f"{call.origin}{PATH}/{user.id}"),
        _embedded=embedded or msgspec.UNSET,
    )
