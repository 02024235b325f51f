"""The dictionaries of tags, on both databases."""

import asyncio

import pytest

from grantway.crm.tags import service
from grantway.crm.tags.model import NewTag, Tag, TagRef
from grantway.db import Database
from tests.contract.crm_cast import ACME, ALICE, BOB, CHARLIE, open_accounts


@pytest.fixture
async def crm(db: Database) -> Database:
    await open_accounts(db)
    return db


def named(*names: str) -> list[TagRef]:
    return [TagRef(name=name, path=f"tags.{n}") for n, name in enumerate(names)]


async def resolve(crm: Database, *refs: TagRef) -> tuple[list[int], list[str]]:
    async with crm.write() as tx:
        ((ids, faults),) = await service.resolve_each(tx, ACME, "leads", [refs])
    return ids, [fault.path for fault in faults]


async def listed(crm: Database, entity_type: str = "leads", **filters: object) -> list[str]:
    async with crm.read() as reader:
        page = await service.page(
            reader,
            BOB,
            entity_type,
            page=1,
            limit=50,
            **filters,  # type: ignore[arg-type]  # each test names its own filter
        )
    return [tag.name for tag in page.tags]


async def test_a_new_name_becomes_a_tag_and_a_known_one_keeps_its_id(crm: Database) -> None:
    first, _ = await resolve(crm, *named("hot", "cold", "hot"))
    second, _ = await resolve(crm, *named("cold", "new"), TagRef(id=first[0]))

    assert first[0] == first[2] != first[1]
    assert second[::2] == [first[1], first[0]]
    assert await listed(crm) == ["cold", "hot", "new"]


async def test_names_differ_by_the_case_of_their_letters(crm: Database) -> None:
    ids, _ = await resolve(crm, *named("Hot", "hot"))

    assert len(set(ids)) == 2


async def test_an_unknown_id_is_a_violation_and_so_is_one_of_another_account(
    crm: Database,
) -> None:
    async with crm.write() as tx:
        (foreign,) = await service.add(tx, CHARLIE, "leads", [NewTag("bolt's", None, "0")])
        (contact,) = await service.add(tx, ALICE, "contacts", [NewTag("contact's", None, "0")])

    for unknown in (foreign.id, contact.id, 999):
        _, paths = await resolve(crm, TagRef(id=unknown, path="tags.0"))
        assert paths == ["tags.0.id"]
    (own,), _ = await resolve(crm, *named("own"))
    assert await resolve(crm, TagRef(id=own, path="tags.0")) == ([own], [])


async def test_what_is_to_be_taken_away_may_be_missing_and_is_not_added(crm: Database) -> None:
    (hot,), _ = await resolve(crm, *named("hot"))
    refs = [
        TagRef(name="hot", may_be_missing=True),
        TagRef(name="gone", may_be_missing=True),
        TagRef(id=999, may_be_missing=True),
    ]

    assert await resolve(crm, *refs) == ([hot, 0, 999], [])
    assert await listed(crm) == ["hot"]


async def test_many_entities_are_resolved_together(crm: Database) -> None:
    wanted = [named("a", "b"), [], named("b"), [TagRef(id=999, path="tags.0")]]
    async with crm.write() as tx:
        answers = await service.resolve_each(tx, ACME, "leads", wanted)

    ids = [one for one, _ in answers]
    assert (len(ids[0]), ids[1], ids[2]) == (2, [], [ids[0][1]])
    assert [len(faults) for _, faults in answers] == [0, 0, 0, 1]


async def test_more_names_than_a_statement_can_hold_are_resolved(crm: Database) -> None:
    names = [f"tag {n}" for n in range(2_500)]

    ids, _ = await resolve(crm, *named(*names))
    again, _ = await resolve(crm, *named(*names))

    assert len(set(ids)) == 2_500
    assert again == ids


async def test_two_who_add_the_same_names_at_once_get_the_same_tags(crm: Database) -> None:
    names = [f"tag {n}" for n in range(20)]

    one, other = await asyncio.gather(
        resolve(crm, *named(*names)), resolve(crm, *named(*reversed(names)))
    )

    assert one[0] == other[0][::-1]


async def test_the_same_name_has_another_id_for_another_type_of_entity(crm: Database) -> None:
    async with crm.write() as tx:
        (lead,) = await service.add(tx, ALICE, "leads", [NewTag("hot", "FF8F92", "0")])
        (contact,) = await service.add(tx, ALICE, "contacts", [NewTag("hot", None, "0")])
        known = await service.names(tx, ACME, "leads", [lead.id, contact.id])

    assert known == {lead.id: Tag(lead.id, "hot", "FF8F92")}


async def test_adding_a_name_that_exists_answers_the_tag_as_it_is(crm: Database) -> None:
    async with crm.write() as tx:
        first = await service.add(tx, ALICE, "leads", [NewTag("hot", "FF8F92", "0")])
    async with crm.write() as tx:
        again = await service.add(
            tx, BOB, "leads", [NewTag("hot", None, "0"), NewTag("hot", None, "1")]
        )

    assert again == [*first, *first]


async def test_the_dictionary_is_searched_and_filtered(crm: Database) -> None:
    ids, _ = await resolve(crm, *named("Ärger", "100%", "100 things"))

    assert await listed(crm, query="äRG") == ["Ärger"]
    assert await listed(crm, query="100%") == ["100%"]
    assert await listed(crm, query="_") == []
    assert await listed(crm, names=["100%"]) == ["100%"]
    assert await listed(crm, names=["100"]) == []
    assert await listed(crm, ids=ids[:1]) == ["Ärger"]
    assert await listed(crm, query="a\0") == []
    assert await listed(crm, "contacts") == []


async def test_pages_tell_whether_more_follow(crm: Database) -> None:
    await resolve(crm, *named("a", "b", "c"))
    async with crm.read() as reader:
        pages = [await service.page(reader, ALICE, "leads", page=n, limit=2) for n in (1, 2, 3)]
        foreign = await service.page(reader, CHARLIE, "leads", page=1, limit=2)

    assert [len(one.tags) for one in pages] == [2, 1, 0]
    assert [one.has_next for one in pages] == [True, False, False]
    assert foreign.tags == []
