"""Rights as the API prints and takes them, of users and of roles (contract: api-v4.md 3.8)."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.accounts.rights import EntityRights, StatusRight, TaskRights
from grantway.accounts.rights_wire import HasStage
from grantway.crm.pipelines import service as pipelines
from grantway.db import Reader


class RightsOfRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role's rights as the API prints them."""

    leads: EntityRights
    contacts: EntityRights
    companies: EntityRights
    tasks: TaskRights
    mail_access: bool
    catalog_access: bool
    status_rights: list[StatusRight] | None


class RightsOfUser(RightsOfRole, frozen=True, kw_only=True):
    """A user's rights as the API prints them."""

    is_admin: bool
    is_free: bool
    is_active: bool
    group_id: int | None
    role_id: int | None


_ON_ENTITY = {"view": "A", "edit": "A", "add": "A", "delete": "M", "export": "D"}
EXAMPLE: dict[str, Any] = {
    "leads": _ON_ENTITY,
    "contacts": _ON_ENTITY,
    "companies": _ON_ENTITY,
    "tasks": {"edit": "A", "delete": "A"},
    "mail_access": False,
    "catalog_access": True,
    "status_rights": None,
}


async def stages_of(reader: Reader, account_id: int) -> HasStage:
    """Return what tells whether the account has a stage."""
    return (await pipelines.load(reader, account_id)).has
