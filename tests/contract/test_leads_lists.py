"""Lists of leads that are put together of parts hold what one plain list would hold."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from grantway.accounts.rights import Right, Rights, StatusRight
from grantway.crm.entities import reading, store
from grantway.crm.entities.store import Stored
from grantway.crm.leads.document import render
from grantway.crm.leads.kind import LEADS
from grantway.crm.leads.model import Lead, LeadQuery
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.wire import NewPipeline, NewStage
from grantway.db import Database, Reader, Value
from grantway.db.database import spread
from tests.contract.crm_cast import ACME, ALICE, BOB, NOW, open_accounts

_COUNT = 150
_NOBODY = 99
_SECOND = NewPipeline(
    name="Repeat business",
    sort=2,
    is_main=False,
    is_unsorted_on=False,
    stages=(NewStage(name="Due", sort=20), NewStage(name="Talking", sort=30)),
)


@pytest.fixture
async def leads(db: Database) -> list[Lead]:
    """Fill acme with leads in two pipelines; some changed in the same second."""
    await open_accounts(db)
    choose = random.Random(3)
    async with db.write() as tx:
        await pipelines.create_default(tx, ACME, NOW)
        await pipelines.add(tx, ALICE, [_SECOND], now=NOW)
        stages = [
            (one.id, stage.id)
            for one in (await pipelines.load(tx, ACME)).all
            for stage in one.stages
        ]
        made = []
        for lead_id in range(1, _COUNT + 1):
            pipeline_id, status_id = choose.choice(stages)
            made.append(
                Lead(
                    id=lead_id,
                    name=f"Lead #{lead_id}",
                    responsible_user_id=choose.choice((ALICE.user_id, BOB.user_id)),
                    pipeline_id=pipeline_id,
                    status_id=status_id,
                    created_by=ALICE.user_id,
                    updated_by=ALICE.user_id,
                    created_at=NOW + choose.randrange(40),
                    updated_at=NOW + choose.randrange(40),
                    is_deleted=choose.random() < 0.1,
                )
            )
        around = await reading.surroundings(tx, ACME, LEADS, ())
        stored = [Stored(one, "", render(one, around)) for one in made]
        await store.add_entities(tx, ACME, LEADS, stored, 0)
    return made


def _fits(lead: Lead, query: LeadQuery) -> bool:
    stage = (lead.pipeline_id, lead.status_id)
    return (
        not lead.is_deleted
        and (query.ids is None or lead.id in query.ids)
        and (query.stages is None or stage in query.stages)
        and (query.pipeline_ids is None or lead.pipeline_id in query.pipeline_ids)
        and (
            query.responsible_user_ids is None
            or lead.responsible_user_id in query.responsible_user_ids
        )
    )


def _expected(leads: list[Lead], query: LeadQuery) -> list[int]:
    found = [lead for lead in leads if _fits(lead, query)]
    found.sort(key=lambda one: (getattr(one, query.order), one.id), reverse=query.descending)
    return [one.id for one in found[query.offset : query.offset + query.limit]]


async def _listed(db: Database, query: LeadQuery) -> list[int]:
    async with db.read() as reader:
        page = await reading.page(reader, ALICE, LEADS, query)
    return [msgspec.json.decode(one.replace(b"\x01", b""))["id"] for one in page.documents]


def _some_stages(leads: list[Lead], count: int) -> list[tuple[int, int]]:
    return sorted({(one.pipeline_id, one.status_id) for one in leads})[:count]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("offset", [0, 7])
@pytest.mark.parametrize("order", ["updated_at", "created_at", "id"])
async def test_a_list_of_parts_is_the_plain_list(
    db: Database, leads: list[Lead], order: str, offset: int, *, descending: bool
) -> None:
    page: dict[str, Any] = {
        "order": order,
        "offset": offset,
        "limit": 20,
        "descending": descending,
    }
    pipeline_ids = sorted({lead.pipeline_id for lead in leads})
    three = _some_stages(leads, 3)
    queries = [
        LeadQuery(pipeline_ids=pipeline_ids[:1], **page),
        LeadQuery(pipeline_ids=pipeline_ids, **page),
        LeadQuery(pipeline_ids=[_NOBODY], **page),
        LeadQuery(stages=three[:1], **page),
        LeadQuery(stages=[*three, three[0]], **page),
        LeadQuery(stages=three, pipeline_ids=[_NOBODY], **page),
        LeadQuery(responsible_user_ids=[BOB.user_id, ALICE.user_id, BOB.user_id], **page),
        LeadQuery(responsible_user_ids=[BOB.user_id], stages=three, **page),
        LeadQuery(responsible_user_ids=[], **page),
        LeadQuery(ids=list(range(1, 100)), pipeline_ids=pipeline_ids[:1], **page),
    ]

    found = [await _listed(db, query) for query in queries]

    assert found == [_expected(leads, query) for query in queries]


async def test_who_may_see_only_their_own_leads_finds_them_in_every_filter(
    db: Database, leads: list[Lead]
) -> None:
    rights = msgspec.structs.replace(
        BOB.rights, leads=msgspec.structs.replace(BOB.rights.leads, view=Right.OWN)
    )
    bob = msgspec.structs.replace(BOB, rights=rights)
    own = [lead for lead in leads if lead.responsible_user_id == BOB.user_id]
    asked = [
        LeadQuery(limit=200),
        LeadQuery(limit=200, pipeline_ids=[leads[0].pipeline_id]),
        LeadQuery(limit=200, responsible_user_ids=[ALICE.user_id, BOB.user_id]),
        LeadQuery(limit=200, responsible_user_ids=[ALICE.user_id]),
    ]

    async with db.read() as reader:
        pages = [await reading.page(reader, bob, LEADS, query) for query in asked]

    assert [len(page.documents) for page in pages] == [
        len(_expected(own, query)) for query in asked
    ]


class _Measured:
    """A reader that knows how long its longest statement was."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.longest = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    async def all(self, row: Any, sql: str, /, **values: Value) -> list[Any]:
        self.longest = max(self.longest, len(spread(sql, values)[0]))
        return await self._reader.all(row, sql, **values)


async def _listed_without(
    db: Database, stages: Sequence[tuple[int, int]], query: LeadQuery
) -> tuple[list[int], int]:
    """Return what Bob finds, who may not see these stages, and the longest statement for it."""
    denied = [
        StatusRight(
            entity_type="leads", pipeline_id=one, status_id=other, rights={"view": Right.DENIED}
        )
        for one, other in stages
    ]
    bob = msgspec.structs.replace(BOB, rights=Rights(status_rights=denied))
    async with db.read() as reader:
        measured: Any = _Measured(reader)
        page = await reading.page(measured, bob, LEADS, query)
    documents = (msgspec.json.decode(one.replace(b"\x01", b"")) for one in page.documents)
    return [one["id"] for one in documents], measured.longest


async def test_many_denied_stages_are_not_repeated_for_each_part(
    db: Database, leads: list[Lead]
) -> None:
    denied = _some_stages(leads, 2)
    others = [(pipeline_id, 1_000 + n) for n in range(10) for pipeline_id in range(100, 150)]
    seen = [one for one in leads if (one.pipeline_id, one.status_id) not in denied]
    users = [ALICE.user_id, *range(1_000, 1_059)]
    for query in (
        LeadQuery(responsible_user_ids=users),
        LeadQuery(stages=[*_some_stages(leads, 9), *others[:50]]),
    ):
        expected = _expected(seen, query)
        few, _ = await _listed_without(db, denied, query)
        many, longest = await _listed_without(db, [*denied, *others[:498]], query)
        assert (few, many) == (expected, expected)
        assert longest < 30_000
