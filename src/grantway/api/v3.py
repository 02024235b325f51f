"""What is left of version 3: who the token speaks for (contract: authorization.md 1 row 8, 7)."""

from __future__ import annotations

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.errors import UserNotFound
from grantway.asgi.answers import Answer, hal
from grantway.asgi.operations import Call, Operation
from grantway.asgi.schemas import Single
from grantway.db import Database

PATH = "/v3/user"


class ResourceOwner(msgspec.Struct, frozen=True):
    """The members that generic OAuth clients read."""

    id: int
    name: str
    email: str
    account_id: int
    is_admin: bool


_ALICE = ResourceOwner(1, "Alice", "alice@acme.example", 1, is_admin=True)


def operations(db: Database) -> list[Operation]:
    """Return the one operation."""

    async def user(call: Call) -> Answer:
        async with db.read() as reader:
            found = await accounts.find_member(reader, call.account_id, call.actor.user_id)
        if found is None:
            raise UserNotFound(why="the token's user has left the account")
        owner = ResourceOwner(
            found.id, found.name, found.email, call.account_id, found.is_administrator
        )
        return hal(owner)

    return [
        Operation(
            method="GET",
            path=PATH,
            call=user,
            scope="crm",
            tag="Users",
            summary="Get the token's user",
            about="Who the token speaks for. OAuth clients ask here for the resource owner.",
            returns={200: Single(ResourceOwner, _ALICE)},
        )
    ]
