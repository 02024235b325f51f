"""*Users*: who works in an account, what they may do, and who else is let in (api-v4.md 3.8).

Who is let in and what somebody may do needs the password typed recently (S-117).
Administrators are named by the operator alone, see `accounts.joining`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import activation, groups, joining, roles
from grantway.accounts import service as accounts
from grantway.accounts.errors import (
    LastAdministrator,
    OneselfRefused,
    StateRefused,
    TooManyOfThem,
)
from grantway.accounts.joining import NewUser
from grantway.accounts.model import AccountUser, normal_email
from grantway.accounts.rights import ORDINARY
from grantway.accounts.rights_wire import RightsSent
from grantway.crm.fields import service as fields
from grantway.db import Reader
from grantway.kernel.errors import Invalid
from grantway.web.control.desk import ACCOUNT, Desk, Place, get, number, post
from grantway.web.forms import Form, read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.visits import Visit
from grantway.web.wording import sentence

USERS = f"{ACCOUNT}/users"
_ONE = f"{USERS}/{{user_id}}"
_ON_A_PAGE = 50
_LAST_PAGE = 10**9
_NOTICES = {
    "added": "The user is added and can sign in with the password that you chose.",
    "changed": "Saved. It counts from the next thing that they do.",
    "deactivated": "Deactivated. Their sessions here have ended.",
    "activated": "Activated again. They sign in as before.",
    "group": "The groups are saved.",
    "role": "The role is saved. It counts at once for everybody who has it.",
    "role-deleted": "The role is deleted. Its users keep the rights that it gave them.",
}
_EMAIL = (
    "Nobody can be added with this address: it cannot be written so, or somebody has it already. "
    "The operator can add a person who exists."
)
# What a user may do to whom no role was given: what the operator's command gives as well.
_OWN_RIGHTS = RightsSent(
    leads=ORDINARY.leads,
    contacts=ORDINARY.contacts,
    companies=ORDINARY.companies,
    tasks=ORDINARY.tasks,
    mail_access=ORDINARY.mail_access,
    catalog_access=ORDINARY.catalog_access,
)


def notice(request: Request) -> str:
    """Return what was just done, in words."""
    return _NOTICES.get(request.query_params.get("done", ""), "")


def no_stage(_pipeline_id: int, _status_id: int) -> bool:
    """Say that there is no such stage: forms name none, and keep those that a role has."""
    return False


@dataclass(frozen=True, slots=True)
class UserPages:
    """Answer `/accounts/<subdomain>/users` and what stands below it."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(USERS, self.show),
            post(USERS, self.add),
            get(_ONE, self.show_one),
            post(_ONE, self.change),
            post(f"{_ONE}/state", self.switch),
        ]

    async def show(self, request: Request) -> Response:
        return await list_page(self.desk, request)

    async def add(self, request: Request) -> Response:
        """Add somebody; hashing has to stay outside of transactions."""
        form = await read_form(request)
        wanted = [_wanted(form)]
        now = self.desk.services.now()
        try:
            async with self.desk.services.db.read() as reader:
                visit = await self.desk.visit(reader, request)
                self.desk.visits.check(request, form, visit, self.desk.origin)
                place = await self._place(reader, request, visit)
                await joining.check(reader, place.actor, wanted, has_stage=no_stage)
            wanted = await joining.prepared(wanted)
            async with self.desk.act(request, form) as (tx, visit):
                place = await self._place(tx, request, visit)
                await joining.add(tx, place.actor, wanted, has_stage=no_stage, now=now)
        except Invalid as error:
            return await list_page(self.desk, request, form, _problems(error))
        except TooManyOfThem as error:
            return await list_page(self.desk, request, form, {"email": sentence(error.detail)})
        return go_to(request, f"{place.href}/users?done=added")

    async def show_one(self, request: Request) -> Response:
        return await self._one_page(request, "")

    async def change(self, request: Request) -> Response:
        """Give the user another role or group."""
        form = await read_form(request)
        user_id = number(request.path_params["user_id"])
        role_id = number(form.text("role")) if form.text("role") else None
        group_id, now = number(form.text("group")), self.desk.services.now()
        async with self.desk.act(request, form) as (tx, visit):
            place = await self._place(tx, request, visit, f"/{user_id}")
            await roles.give(tx, place.actor, user_id, role_id, now)
            await groups.move(
                tx, place.actor, user_id, group_id, outdate=fields.start_epoch, now=now
            )
        return go_to(request, f"{place.href}/users?done=changed")

    async def switch(self, request: Request) -> Response:
        """Deactivate the user, or activate them again."""
        form = await read_form(request)
        user_id, now = number(request.path_params["user_id"]), self.desk.services.now()
        is_active = form.text("state") == "active"
        switch = activation.activate_in_account if is_active else activation.deactivate_in_account
        try:
            async with self.desk.act(request, form) as (tx, visit):
                place = await self._place(tx, request, visit, f"/{user_id}")
                await accounts.user_of_account(tx, place.actor, user_id)
                user = await accounts.user_by_id(tx, user_id)
                await switch(tx, place.account, user, now, actor=place.actor)
        except (LastAdministrator, OneselfRefused, StateRefused) as error:
            return await self._one_page(request, sentence(error.detail), 422)
        word = "activated" if is_active else "deactivated"
        return go_to(request, f"{place.href}/users?done={word}")

    async def _place(
        self, reader: Reader, request: Request, visit: Visit, below: str = ""
    ) -> Place:
        place = await self.desk.place(reader, request, visit)
        self.desk.must_be_proved(visit, "users", f"{place.href}/users{below}")
        return place

    async def _one_page(self, request: Request, problem: str, status: int = 200) -> Response:
        user_id = number(request.path_params["user_id"])
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            user = await accounts.find_member(reader, place.account.id, user_id)
            if user is None:
                raise PageNotFound
            context = await self.desk.frame(reader, visit, place, "users")
            named = await groups.list_all(reader, place.account.id)
            found, _ = await roles.page(reader, place.actor, page=1, limit=roles.MAX_ROLES)
        context |= {
            "user": _shown(user, place) | {"is_viewer": user.id == visit.user.id},
            "roles": found,
            "groups": named,
            "problem": problem,
        }
        return self.desk.page("control/user.html", context, status)


async def list_page(
    desk: Desk,
    request: Request,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """Return the page about users, roles and groups; with *errors* of the *form* that was sent."""
    page = min(number(request.query_params.get("page") or "1"), _LAST_PAGE)
    if page < 1:
        raise PageNotFound
    async with desk.look(request) as (reader, visit):
        place = await desk.place(reader, request, visit)
        context = await desk.frame(reader, visit, place, "users")
        users, total = await accounts.users_page(reader, place.actor, page=page, limit=_ON_A_PAGE)
        if page > 1 and not users:
            raise PageNotFound
        found, _ = await roles.page(reader, place.actor, page=1, limit=roles.MAX_ROLES)
        named = await groups.list_all(reader, place.account.id)
        sizes = await accounts.user_groups(reader, place.account.id)
    base = f"{place.href}/users"
    first = (page - 1) * _ON_A_PAGE + 1
    in_groups = [one.group_id for one in sizes.values()]
    context |= {
        "users": [_shown(one, place) for one in users],
        "page": {
            "number": page,
            "first": first,
            "last": first + len(users) - 1,
            "total": total,
            "previous_href": f"{base}?page={page - 1}" if page > 1 else "",
            "next_href": f"{base}?page={page + 1}" if page * _ON_A_PAGE < total else "",
        },
        "roles": [
            {
                "id": one.id,
                "name": one.name,
                "href": f"{place.href}/roles/{one.id}",
                "users": len(one.user_ids),
            }
            for one in found
        ],
        "groups": [
            {"id": one.id, "name": one.name, "users": in_groups.count(one.id)} for one in named
        ],
        "values": {
            name: "" if form is None else form.text(name)
            for name in ("name", "email", "role", "group", "group_name")
        },
        "errors": errors or {},
        "notice": notice(request),
    }
    return desk.page("control/users.html", context, 422 if errors else 200)


def _shown(user: AccountUser, place: Place) -> dict[str, Any]:
    return {
        "name": user.name,
        "email": user.email,
        "href": f"{place.href}/users/{user.id}",
        "is_administrator": user.is_administrator,
        "role_id": user.role_id,
        "role": user.role_name or "",
        "group_id": user.group_id,
        "group": user.group_name,
        "is_active": user.is_active,
        "is_free": user.is_free,
    }


def _wanted(form: Form) -> NewUser:
    role = form.text("role")
    return NewUser(
        name=form.text("name").strip(),
        email=normal_email(form.text("email")),
        password=form.text("password"),
        rights=_OWN_RIGHTS,
        role_id=number(role) if role else None,
        group_id=number(form.text("group") or "0"),
    )


def _problems(error: Invalid) -> dict[str, str]:
    """Return what is wrong by the field of the form."""
    found = [one for entity in error.violations or [] for one in entity.errors]
    names = {"rights.role_id": "role", "rights.group_id": "group"}
    return {
        names.get(one.path, one.path): _EMAIL if one.path == "email" else one.detail
        for one in found
    } or {"email": sentence(error.detail)}
