"""A role: a named set of rights, as a page (api-v4.md 3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import roles
from grantway.accounts.errors import RoleNotFound, TooManyOfThem
from grantway.accounts.model import RightsRole
from grantway.accounts.rights import ORDINARY, Right, Rights
from grantway.accounts.rights_wire import rights_sent
from grantway.accounts.roles import RoleSent
from grantway.db import Reader
from grantway.kernel.errors import Invalid
from grantway.kernel.shapes import NAME_LIMIT
from grantway.web.control.desk import ACCOUNT, Desk, Place, get, number, post
from grantway.web.control.users import no_stage
from grantway.web.forms import Form, read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.visits import Visit
from grantway.web.wording import sentence

_ROLES = f"{ACCOUNT}/roles"
_ONE = f"{_ROLES}/{{role_id}}"
_KINDS = {"leads": "Leads", "contacts": "Contacts", "companies": "Companies"}
_DEEDS = {"view": "See", "edit": "Change", "add": "Add", "delete": "Delete", "export": "Export"}
_OF_TASKS = ("edit", "delete")
_FAR = {
    Right.ALL: "All",
    Right.GROUP: "Of their group",
    Right.OWN: "Their own",
    Right.DENIED: "None",
}
_YES_OR_NO = {Right.ALL: "Yes", Right.DENIED: "No"}
_FLAGS = {"mail_access": "They may use mail", "catalog_access": "They may use lists and products"}


@dataclass(frozen=True, slots=True)
class RolePages:
    """Answer `/accounts/<subdomain>/roles/…`."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            post(_ROLES, self.add),
            get(f"{_ROLES}/new", self.show_new),
            get(_ONE, self.show),
            post(_ONE, self.change),
            post(f"{_ONE}/delete", self.delete),
        ]

    async def show_new(self, request: Request) -> Response:
        return await self._page(request, None, "", ORDINARY, {})

    async def show(self, request: Request) -> Response:
        role = await self._find(request)
        return await self._page(request, role, role.name, role.rights, {})

    async def add(self, request: Request) -> Response:
        form = await read_form(request)
        sent, now = _sent(form), self.desk.services.now()
        if sent is None:
            return await self._page(request, None, form.text("name"), _drawn(form), _NAME_NEEDED)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                place = await self._place(tx, request, visit, "/new")
                await roles.add(tx, place.actor, [sent], has_stage=no_stage, now=now)
        except TooManyOfThem as error:
            problem = {"name": sentence(error.detail)}
            return await self._page(request, None, form.text("name"), _drawn(form), problem)
        return go_to(request, f"{place.href}/users?done=role#roles")

    async def change(self, request: Request) -> Response:
        form = await read_form(request)
        sent, now = _sent(form), self.desk.services.now()
        role_id = number(request.path_params["role_id"])
        if sent is None:
            role = await self._find(request)
            return await self._page(request, role, form.text("name"), _drawn(form), _NAME_NEEDED)
        async with self.desk.act(request, form) as (tx, visit):
            place = await self._place(tx, request, visit, f"/{role_id}")
            await roles.change(tx, place.actor, role_id, sent, has_stage=no_stage, now=now)
        return go_to(request, f"{place.href}/users?done=role#roles")

    async def delete(self, request: Request) -> Response:
        form = await read_form(request)
        role_id = number(request.path_params["role_id"])
        async with self.desk.act(request, form) as (tx, visit):
            place = await self._place(tx, request, visit, f"/{role_id}")
            await roles.remove(tx, place.actor, role_id, self.desk.services.now())
        return go_to(request, f"{place.href}/users?done=role-deleted#roles")

    async def _place(self, reader: Reader, request: Request, visit: Visit, below: str) -> Place:
        place = await self.desk.place(reader, request, visit)
        self.desk.must_be_proved(visit, "users", f"{place.href}/roles{below}")
        return place

    async def _find(self, request: Request) -> RightsRole:
        role_id = number(request.path_params["role_id"])
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            try:
                return await roles.get(reader, place.actor, role_id)
            except RoleNotFound:
                raise PageNotFound from None

    async def _page(
        self,
        request: Request,
        role: RightsRole | None,
        name: str,
        rights: Rights,
        errors: Mapping[str, str],
    ) -> Response:
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            context = await self.desk.frame(reader, visit, place, "users")
        href = f"{place.href}/roles"
        context |= {
            "role": None
            if role is None
            else {
                "name": role.name,
                "users": len(role.user_ids),
                "stages": len(role.rights.status_rights or []),
                "delete_href": f"{href}/{role.id}/delete",
            },
            "action": href if role is None else f"{href}/{role.id}",
            "name": name,
            "deeds": _DEEDS.values(),
            "kinds": [_kind(code, label, rights) for code, label in _KINDS.items()],
            "tasks": [_choice("tasks", "Tasks", deed, rights.tasks) for deed in _OF_TASKS],
            "flags": [
                {"name": flag, "label": label, "is_on": getattr(rights, flag)}
                for flag, label in _FLAGS.items()
            ],
            "errors": errors,
        }
        return self.desk.page("control/user_role.html", context, 422 if errors else 200)


_NAME_NEEDED = {"name": f"Write 1 to {NAME_LIMIT} characters."}


def _kind(code: str, label: str, rights: Rights) -> dict[str, Any]:
    block = getattr(rights, code)
    return {"label": label, "choices": [_choice(code, label, deed, block) for deed in _DEEDS]}


def _choice(code: str, label: str, deed: str, block: Any) -> dict[str, Any]:
    words = _YES_OR_NO if deed == "add" else _FAR
    present = getattr(block, deed)
    return {
        "name": f"{code}.{deed}",
        "deed": _DEEDS[deed],
        "label": f"{_DEEDS[deed]} {label.lower()}",
        "options": [
            {"value": right.value, "label": word, "is_chosen": right is present}
            for right, word in words.items()
        ],
    }


def _sent(form: Form) -> RoleSent | None:
    """Return what the form says, or None when the name cannot be kept."""
    name = form.text("name").strip()
    if not 1 <= len(name) <= NAME_LIMIT:
        return None
    return RoleSent("0", rights_sent(_values(form)), name)


def _drawn(form: Form) -> Rights:
    """Return the rights that the form has chosen, to be drawn again."""
    return rights_sent(_values(form)).applied_to(ORDINARY)


def _values(form: Form) -> dict[str, Any]:
    """Return the rights as the API would send them; raise Invalid for what no form of ours has."""
    values: dict[str, Any] = {
        code: {deed: _right(form, f"{code}.{deed}", deed) for deed in _DEEDS} for code in _KINDS
    }
    values["tasks"] = {deed: _right(form, f"tasks.{deed}", deed) for deed in _OF_TASKS}
    return values | {flag: form.text(flag) == "on" for flag in _FLAGS}


def _right(form: Form, name: str, deed: str) -> str:
    chosen = form.text(name)
    if chosen not in (_YES_OR_NO if deed == "add" else _FAR):
        raise Invalid(f"{name}: send one of the choices of the form")
    return chosen
