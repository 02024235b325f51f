"""What is named by ids is looked up: nothing else of the account is read, however large it is."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

import apsw
import pytest

from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import name_store, store
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import EntityQuery
from grantway.crm.leads.kind import LEADS
from grantway.crm.leads.model import LeadQuery
from grantway.db import Reader, Value, migrate
from grantway.db.database import spread

_ACME = 1
_IDS = [3, 5, 8]
_PLACE = (1, 142)
_USERS = [11, 12]


class _Noted:
    """Keeps the statement that it is asked, and finds nothing."""

    def __init__(self) -> None:
        self.sql = ""
        self.values: Any = {}

    async def all(self, row: type, sql: str, /, **values: Value) -> list[Any]:
        return await self.column(sql, **values)

    async def column(self, sql: str, /, **values: Value) -> list[Any]:
        self.sql, self.values = spread(sql, values)
        return []


Look = Callable[[Reader], Coroutine[Any, Any, object]]


def _ids(kind: Kind[Any], query: EntityQuery) -> Look:
    where = store.condition(_ACME, kind, query, kind.outside([_PLACE]))
    return lambda reader: store.list_ids(reader, kind, where)


def _page(kind: Kind[Any], query: EntityQuery) -> Look:
    where = store.condition(_ACME, kind, query)
    return lambda reader: store.list_printed(reader, kind.entity_type, where, query)


def _names(entity_type: str) -> Look:
    return lambda reader: name_store.list_names(reader, _ACME, entity_type, _IDS)


_LOOKS: dict[str, Look] = {
    "ids of leads": _ids(LEADS, LeadQuery(ids=_IDS)),
    "ids of leads of users": _ids(LEADS, LeadQuery(ids=_IDS, responsible_user_ids=_USERS)),
    "ids of leads in a stage": _ids(LEADS, LeadQuery(ids=_IDS, stages=[_PLACE])),
    "ids of contacts": _ids(CONTACTS, EntityQuery(ids=_IDS)),
    "ids of companies of users": _ids(
        COMPANIES, EntityQuery(ids=_IDS, responsible_user_ids=_USERS)
    ),
    "names of leads": _names("leads"),
    "names of contacts": _names("contacts"),
    "names of companies": _names("companies"),
    "page of leads in a stage": _page(LEADS, LeadQuery(ids=_IDS, stages=[_PLACE])),
    "second page of contacts": _page(CONTACTS, EntityQuery(ids=_IDS, offset=2)),
    "second page of leads by creation": _page(
        LEADS, LeadQuery(ids=_IDS, offset=2, order="created_at")
    ),
    "page of leads in a pipeline": _page(LEADS, LeadQuery(ids=_IDS, pipeline_ids=[1])),
    "page of contacts of users": _page(
        CONTACTS, EntityQuery(ids=_IDS, responsible_user_ids=_USERS)
    ),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("looked_up") / "grantway.db"
    asyncio.run(migrate(f"sqlite:///{found}"))
    return found


@pytest.mark.parametrize("look", _LOOKS)
def test_sqlite_looks_up_what_is_named(file: Path, look: str) -> None:
    """Without statistics, it takes an index that has what is shown for the smaller one."""
    noted = _Noted()
    asyncio.run(_LOOKS[look](cast(Reader, noted)))

    with apsw.Connection(str(file)) as connection:
        plan = [
            row[3] for row in connection.execute(f"explain query plan {noted.sql}", noted.values)
        ]

    assert any("(account_id=? AND id=?)" in step for step in plan), plan
    assert not any(step.endswith("(account_id=?)") for step in plan), plan
