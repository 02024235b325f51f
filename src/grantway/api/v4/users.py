"""`/api/v4/users` (contract: api-v4.md 3.8), for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.accounts import activation, joining
from grantway.accounts import service as accounts
from grantway.accounts.joining import NewUser
from grantway.accounts.model import LANGUAGES, MAX_EMAIL, AccountUser, Role, normal_email
from grantway.accounts.passwords import MAX_LENGTH
from grantway.accounts.rights import EVERYTHING, Rights
from grantway.accounts.rights_wire import RIGHTS, rights_sent
from grantway.api.v4 import user_rights
from grantway.api.v4.collection import PAGING, in_address, links, more_to_show
from grantway.api.v4.resources import ALL, WRITES, Asked, CountedPage, Resource, Sent
from grantway.api.v4.user_rights import RightsOfUser, stages_of
from grantway.asgi.answers import NO_CONTENT, Answer
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Links
from grantway.db import Database, Reader, Transaction
from grantway.kernel.shapes import Flag, Line, Nested, Shape, Text, Whole

PATH = "/api/v4/users"
ROLES = "/api/v4/roles"
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
_NEW_RIGHTS = Shape(
    {
        **RIGHTS,
        "role_id": Whole("Instead of rights of their own: those of the role.", nullable=True),
        "group_id": Whole("The group that they are in.", nullable=True),
        "is_free": Flag("Without a paid seat: nobody acts for them.", nullable=True),
        "is_admin": Flag("Never true: the operator names administrators.", nullable=True),
    }
)
NEW_USER = Shape(
    {
        "name": Line(required=True, longest=joining.MAX_USER_NAME),
        "email": Line(
            "New to the platform; who exists is never changed.",
            required=True,
            longest=MAX_EMAIL,
            fold=normal_email,
        ),
        "password": Text("At least 8 characters.", required=True, longest=MAX_LENGTH),
        "lang": Line("Default: the account's.", nullable=True, choices=list(LANGUAGES)),
        "rights": Nested(
            _NEW_RIGHTS,
            "With `leads`, `contacts` and `companies`, unless `role_id` or `is_free` is sent.",
            nullable=True,
        ),
    }
)
_NAMED = Body(
    shape=Shape({"id": Whole("The user.", required=True, least=1)}),
    many=True,
    most=joining.MAX_AT_ONCE,
    example=[{"id": 2}],
)


class UserShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A user as the API prints them."""

    id: int
    name: str
    email: str
    lang: str
    rights: RightsOfUser
    uuid: str | UnsetType | None = UNSET
    amojo_id: str | UnsetType | None = UNSET
    user_rank: str | UnsetType | None = UNSET
    phone_number: str | UnsetType | None = UNSET
    request_id: str | UnsetType = UNSET
    _links: Links
    _embedded: dict[str, list[dict[str, Any]]] | UnsetType = UNSET


def shown(user: AccountUser, asked: Asked) -> UserShown:
    """Return the user as the API prints them."""
    wanted = asked.with_
    rights: Rights = EVERYTHING if user.is_administrator else user.rights
    return UserShown(
        id=user.id,
        name=user.name,
        email=user.email,
        lang=user.language,
        rights=RightsOfUser(
            **msgspec.structs.asdict(rights),
            is_admin=user.is_administrator,
            is_free=user.is_free,
            is_active=user.is_active,
            group_id=user.group_id or None,
            role_id=user.role_id,
        ),
        uuid=user.uuid if "uuid" in wanted else UNSET,
        amojo_id=None if "amojo_id" in wanted else UNSET,
        user_rank=None if "user_rank" in wanted else UNSET,
        phone_number=None if "phone_number" in wanted else UNSET,
        request_id=asked.request_id,
        _links=links(f"{asked.origin}{PATH}/{user.id}"),
        _embedded=_embedded(user, asked) or UNSET,
    )


def _embedded(user: AccountUser, asked: Asked) -> dict[str, list[dict[str, Any]]]:
    embedded: dict[str, list[dict[str, Any]]] = {}
    if "role" in asked.with_:
        href = f"{asked.origin}{ROLES}/{user.role_id}"
        role = {"id": user.role_id, "name": user.role_name, "_links": links(href)}
        embedded["roles"] = [] if user.role_id is None else [role]
    if "group" in asked.with_:
        embedded["groups"] = [{"id": user.group_id, "name": user.group_name}]
    return embedded


def new_user(values: Mapping[str, Any], request_id: str) -> NewUser:
    """Return what `NEW_USER` has read."""
    rights = values.get("rights")
    given = rights or {}
    return NewUser(
        request_id=request_id,
        name=values["name"],
        email=values["email"],
        password=values["password"],
        language=values.get("lang"),
        rights=None if rights is None else rights_sent(rights),
        role_id=given.get("role_id"),
        group_id=given.get("group_id"),
        is_free=bool(given.get("is_free")),
        is_administrator=bool(given.get("is_admin")),
    )


_NEW = Sent(
    NEW_USER,
    new_user,
    {
        "name": "Bob",
        "email": "bob@acme.example",
        "password": "a long pass phrase of Bob",
        "lang": "en",
        "rights": user_rights.EXAMPLE | {"group_id": None},
    },
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
        closed_to_sessions=WRITES,
    )

    async def check_and_prepare(call: Call, wanted: list[NewUser]) -> list[NewUser]:
        async with db.read() as reader:
            has_stage = await stages_of(reader, call.account_id)
            await joining.check(reader, call.actor, wanted, has_stage=has_stage)
        return await joining.prepared(wanted)

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
        users.add(
            _NEW,
            _add,
            status=201,
            most=joining.MAX_AT_ONCE,
            prepare=check_and_prepare,
            summary="Add users",
            about="Makes people who are new to the platform, up to 10 at once, and none of them an "
            "administrator. Who exists already is added by the operator.",
            refuses={422: "The account would have more than 100 users."},
        ),
        _switch(db, is_active=True),
        _switch(db, is_active=False),
    ]


def _switch(db: Database, *, is_active: bool) -> Operation:
    """Return the row that activates or deactivates users, all or none."""
    word = "activate" if is_active else "deactivate"

    async def answer(call: Call) -> Answer:
        wanted = [activation.Wanted(one.request_id, one.values["id"]) for one in call.items]
        async with db.write() as tx:
            await activation.switch_all(tx, call.actor, wanted, is_active=is_active, now=call.now)
        return NO_CONTENT

    return Operation(
        method="POST",
        path=f"{PATH}/{word}",
        call=answer,
        name=f"{word}_users",
        scope="crm",
        for_administrators=True,
        closed_to_sessions=True,
        tag="Users",
        summary=f"{word.capitalize()} users",
        about="Lets users work in the account again. Who works already goes on."
        if is_active
        else "Lets users work in the account no more; their sessions there end. "
        "Who is deactivated already stays so.",
        body=_NAMED,
        returns={204: None},
        refuses={}
        if is_active
        else {422: "One of them is who asks, or nobody would be left to administer the account."},
    )


async def _page(reader: Reader, call: Call) -> CountedPage[AccountUser]:
    query = call.query
    found, total = await accounts.users_page(reader, call.actor, page=query.page, limit=query.limit)
    return CountedPage(found, total)


async def _get(reader: Reader, call: Call) -> AccountUser:
    return await accounts.user_of_account(reader, call.actor, call.ids["id"])


async def _add(tx: Transaction, call: Call, wanted: list[NewUser]) -> Sequence[AccountUser]:
    has_stage = await stages_of(tx, call.account_id)
    return await joining.add(tx, call.actor, wanted, has_stage=has_stage, now=call.now)
