"""The groups of an account's users: forms of the page *Users*."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import groups
from grantway.accounts.errors import FieldRefused, TooManyOfThem
from grantway.crm.fields import service as fields
from grantway.db import Transaction
from grantway.web.control.desk import ACCOUNT, Desk, Place, number, post
from grantway.web.control.users import list_page
from grantway.web.forms import read_form
from grantway.web.refusals import go_to
from grantway.web.visits import Visit
from grantway.web.wording import sentence

_GROUPS = f"{ACCOUNT}/groups"
_ONE = f"{_GROUPS}/{{group_id}}"


@dataclass(frozen=True, slots=True)
class GroupForms:
    """Add, rename and delete groups."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            post(_GROUPS, self.add),
            post(_ONE, self.rename),
            post(f"{_ONE}/delete", self.delete),
        ]

    async def add(self, request: Request) -> Response:
        form = await read_form(request)
        now = self.desk.services.now()
        try:
            async with self.desk.act(request, form) as (tx, visit):
                place = await self._place(tx, request, visit)
                await groups.add(tx, place.actor, form.text("group_name"), now)
        except FieldRefused as error:
            return await list_page(self.desk, request, form, _problem(error.problem))
        except TooManyOfThem as error:
            return await list_page(self.desk, request, form, _problem(error.detail))
        return go_to(request, f"{place.href}/users?done=group")

    async def rename(self, request: Request) -> Response:
        form = await read_form(request)
        group_id, now = number(request.path_params["group_id"]), self.desk.services.now()
        try:
            async with self.desk.act(request, form) as (tx, visit):
                place = await self._place(tx, request, visit)
                await groups.rename(tx, place.actor, group_id, form.text("group_name"), now)
        except FieldRefused as error:
            return await list_page(self.desk, request, form, _problem(error.problem))
        return go_to(request, f"{place.href}/users?done=group")

    async def delete(self, request: Request) -> Response:
        form = await read_form(request)
        group_id, now = number(request.path_params["group_id"]), self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            place = await self._place(tx, request, visit)
            await groups.remove(tx, place.actor, group_id, outdate=fields.start_epoch, now=now)
        return go_to(request, f"{place.href}/users?done=group")

    async def _place(self, tx: Transaction, request: Request, visit: Visit) -> Place:
        """Return the account; who is in which group decides who sees what (S-117)."""
        place = await self.desk.place(tx, request, visit)
        self.desk.must_be_proved(visit, "users", f"{place.href}/users")
        return place


def _problem(problem: str) -> dict[str, str]:
    return {"group_name": sentence(problem)}
