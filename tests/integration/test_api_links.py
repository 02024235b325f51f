"""Linking leads, contacts and companies, and reading their links (api-v4.md 3.11)."""

from typing import Any

import httpx
import msgspec
import pytest

from grantway.accounts.rights import ORDINARY, EntityRights, Right, Rights
from tests.integration.api_client import NOW, Api
from tests.integration.entity_calls import V4, added, bin_one, linked
from tests.integration.lead_calls import violations


class World(msgspec.Struct, frozen=True):
    """Entities of acme that nothing links yet, a foreign contact, and one in the bin."""

    leads: list[int]
    contacts: list[int]
    companies: list[int]
    foreign: int
    binned: int

    def one(self, entity_type: str, n: int = 0) -> int:
        found: int = getattr(self, entity_type)[n]
        return found


@pytest.fixture
async def world(api: Api) -> World:
    (foreign,) = await added(api, "contacts", {}, host="bolt")
    (binned,) = await added(api, "contacts", {})
    await bin_one(api, "contacts", binned)
    return World(
        await added(api, "leads", {}, {}),
        await added(api, "contacts", {}, {}, {}),
        await added(api, "companies", {}, {}),
        foreign,
        binned,
    )


def to(entity_type: str, entity_id: int, **metadata: Any) -> dict[str, Any]:
    return {"to_entity_id": entity_id, "to_entity_type": entity_type, "metadata": metadata or None}


async def link(api: Api, path: str, *items: Any, **options: Any) -> httpx.Response:
    return await api.call("POST", f"{V4}/{path}/link", json=list(items), **options)


async def unlink(api: Api, path: str, *items: Any, **options: Any) -> httpx.Response:
    return await api.call("POST", f"{V4}/{path}/unlink", json=list(items), **options)


MAIN, MINOR = {"main_contact": True}, {"main_contact": False}


async def test_a_link_is_answered_and_listed_from_both_sides(api: Api, world: World) -> None:
    lead, contact, company = world.leads[0], world.contacts[0], world.companies[0]
    api.clock.advance(5)

    made = await link(api, f"leads/{lead}", to("contacts", contact), to("companies", company))

    both = [
        {"to_entity_id": contact, "to_entity_type": "contacts", "metadata": MAIN},
        {"to_entity_id": company, "to_entity_type": "companies", "metadata": None},
    ]
    address = f"https://acme.grantway.test/api/v4/leads/{lead}"
    assert made.json() == {
        "_total_items": 2,
        "_links": {"self": {"href": f"{address}/link"}},
        "_embedded": {"links": [{"entity_id": lead, "entity_type": "leads"} | o for o in both]},
    }
    assert (await api.get(f"{V4}/leads/{lead}/links")).json() == {
        "_total_items": 2,
        "_links": {"self": {"href": f"{address}/links"}},
        "_embedded": {"links": both},
    }
    assert await linked(api, f"contacts/{contact}") == [("leads", lead, MAIN)]
    assert await linked(api, f"companies/{company}") == [("leads", lead, None)]
    shown = await api.lead(lead)
    assert [one["id"] for one in shown["_embedded"]["companies"]] == [company]
    assert (shown["updated_at"], shown["updated_by"]) == (NOW + 5, api.acme.admin_id)


@pytest.mark.parametrize(
    ("entity_type", "other"),
    [
        (a, b)
        for a in ("leads", "contacts", "companies")
        for b in ("leads", "contacts", "companies")
    ],
)
async def test_what_is_linked_with_what(
    api: Api, world: World, entity_type: str, other: str
) -> None:
    path = f"{entity_type}/{world.one(entity_type)}"
    target = world.one(other, 1)
    answer = await link(api, path, to(other, target))

    if entity_type == other:
        assert violations(answer) == [("0", "NotSupportedChoice", "to_entity_type")]
        return
    assert answer.status_code == 200, answer.text
    assert [found[:2] for found in await linked(api, path)] == [(other, target)]
    mirrored = await linked(api, f"{other}/{target}")
    assert [found[:2] for found in mirrored] == [(entity_type, world.one(entity_type))]
    gone = await unlink(api, path, to(other, target))
    assert (gone.status_code, gone.content) == (204, b"")
    assert await linked(api, path) == await linked(api, f"{other}/{target}") == []
    again = await unlink(api, path, to(other, target))
    assert again.status_code == 204


async def test_filters_of_links(api: Api, world: World) -> None:
    lead, (first, second, _), company = world.leads[0], world.contacts, world.companies[0]
    path = f"leads/{lead}"
    everything = [
        ("contacts", first, MAIN),
        ("companies", company, None),
        ("contacts", second, MINOR),
    ]
    for other, other_id, _ in everything:
        api.clock.advance(1)
        await link(api, path, to(other, other_id))

    for query, expected in (
        ("", everything),
        ("filter[to_entity_type]=contacts", [everything[0], everything[2]]),
        (f"filter[to_entity_type]=contacts&filter[to_entity_id]={second}", everything[2:]),
        (f"filter[to_entity_type]=companies&filter[to_entity_id]={second}", []),
        (f"filter[to_entity_id]={second}", everything),
        ("filter[to_entity_type]=customers", []),
        ("filter[to_catalog_id]=1", []),
    ):
        assert await linked(api, path, query) == expected, query


async def test_one_company_and_one_main_contact(api: Api, world: World) -> None:
    lead, (first, second, third) = world.leads[0], world.contacts
    path = f"leads/{lead}"

    await link(api, path, to("companies", world.companies[0]), to("contacts", first))
    api.clock.advance(1)
    await link(api, path, to("contacts", second), to("companies", world.companies[1], is_main=True))
    assert [one[1:] for one in await linked(api, path, "filter[to_entity_type]=companies")] == [
        (world.companies[1], None)
    ]
    assert await linked(api, f"companies/{world.companies[0]}") == []
    api.clock.advance(1)
    # The contact's side may say the same.
    await link(api, f"contacts/{third}", to("leads", lead, is_main=True))
    contacts = await linked(api, path, "filter[to_entity_type]=contacts")
    assert [one[1:] for one in contacts] == [(third, MAIN), (first, MINOR), (second, MINOR)]
    await unlink(api, path, to("contacts", third))
    contacts = await linked(api, path, "filter[to_entity_type]=contacts")
    assert [one[1:] for one in contacts] == [(first, MAIN), (second, MINOR)]
    shown = await api.get(f"{V4}/leads/{lead}?with=contacts")
    assert [(one["id"], one["is_main"]) for one in shown.json()["_embedded"]["contacts"]] == [
        (first, True),
        (second, False),
    ]


async def test_of_two_companies_in_one_request_the_latter_is_linked(api: Api, world: World) -> None:
    path = f"contacts/{world.contacts[0]}"

    answer = await link(api, path, *(to("companies", one) for one in world.companies))

    links = answer.json()["_embedded"]["links"]
    assert [one["to_entity_id"] for one in links] == [world.companies[1]]
    assert [one[1] for one in await linked(api, path)] == [world.companies[1]]


async def test_many_are_linked_listed_and_unlinked_at_once(api: Api, world: World) -> None:
    (one, two), (first, second, _) = world.leads, world.contacts
    items = [
        {"entity_id": one, **to("contacts", first)},
        {"entity_id": two, **to("contacts", second)},
    ]

    made = await link(api, "leads", *items)

    full = [
        {"entity_id": lead, "entity_type": "leads", **to("contacts", contact), "metadata": MAIN}
        for lead, contact in ((one, first), (two, second))
    ]
    assert made.json()["_embedded"]["links"] == full
    listed = await api.get(
        f"{V4}/leads/links?filter[entity_id][]={two}&filter[entity_id][]={one}&filter[entity_id][]=999"
    )
    assert listed.json()["_embedded"]["links"] == full
    assert listed.json()["_links"]["self"]["href"].endswith("/api/v4/leads/links")
    foreign = await api.get(f"{V4}/contacts/links?filter[entity_id][]={world.foreign}")
    assert foreign.status_code == 204
    assert violations(await api.get(f"{V4}/leads/links")) == [
        ("0", "FieldMissing", "filter.entity_id")
    ]
    too_many = "&".join(f"filter[entity_id][]={n}" for n in range(251))
    assert violations(await api.get(f"{V4}/leads/links?{too_many}")) == [
        ("0", "TooMany", "filter.entity_id")
    ]
    assert (await unlink(api, "leads", *items)).status_code == 204
    assert await linked(api, f"leads/{one}") == await linked(api, f"leads/{two}") == []


async def test_what_is_not_there_is_named_and_nothing_is_linked(api: Api, world: World) -> None:
    path = f"leads/{world.leads[0]}"
    honest = to("contacts", world.contacts[0])
    before = await api.lead(world.leads[0])
    api.clock.advance(5)
    for item, fault in (
        (to("contacts", 999), ("NotSupportedChoice", "to_entity_id")),
        (to("contacts", world.foreign), ("NotSupportedChoice", "to_entity_id")),
        (to("contacts", world.binned), ("NotSupportedChoice", "to_entity_id")),
        (to("customers", 1), ("NotSupportedChoice", "to_entity_type")),
        (to("catalog_elements", 1), ("NotSupportedChoice", "to_entity_type")),
        ({"to_entity_type": "contacts"}, ("FieldMissing", "to_entity_id")),
        (honest | {"entity_id": 999}, ("NotSupportedChoice", "entity_id")),
        (honest | {"metadata": {"is_main": 1}}, ("InvalidType", "metadata.is_main")),
        (honest | {"metadata": {"updated_by": 999}}, ("NotSupportedChoice", "metadata.updated_by")),
        (
            honest | {"metadata": {"updated_by": api.bolt.admin_id}},
            ("NotSupportedChoice", "metadata.updated_by"),
        ),
    ):
        assert violations(await link(api, path, honest, item)) == [("1", *fault)], item
    assert await linked(api, path) == []
    assert await api.lead(world.leads[0]) == before
    by_bob = honest | {"metadata": {"updated_by": api.acme.users["Bob"]}}
    assert (await link(api, path, by_bob)).status_code == 200
    assert (await api.lead(world.leads[0]))["updated_by"] == api.acme.users["Bob"]
    wrong = await unlink(api, path, honest | {"metadata": {"updated_by": 999}})
    assert violations(wrong) == [("0", "NotSupportedChoice", "metadata.updated_by")]
    assert len(await linked(api, path)) == 1


async def test_the_entity_of_the_address_must_be_there(api: Api, world: World) -> None:
    for contact in (world.foreign, world.binned, 999):
        for method, name in (("GET", "links"), ("POST", "link"), ("POST", "unlink")):
            body: Any = [to("leads", world.leads[0])] if method == "POST" else ...
            answer = await api.call(method, f"{V4}/contacts/{contact}/{name}", json=body)
            assert (answer.status_code, answer.json()["detail"]) == (404, "Contact not found")
        item = {"entity_id": contact, **to("leads", world.leads[0])}
        for call in (link, unlink):
            refused = await call(api, "contacts", item)
            assert violations(refused) == [("0", "NotSupportedChoice", "entity_id")]
    assert await linked(api, f"leads/{world.leads[0]}") == []


def rights(leads: EntityRights, contacts: EntityRights = ORDINARY.contacts) -> Rights:
    return msgspec.structs.replace(ORDINARY, leads=leads, contacts=contacts)


ALL, OWN, DENIED = Right.ALL, Right.OWN, Right.DENIED


async def test_rights(api: Api, world: World) -> None:
    lead, contact = world.leads[0], world.contacts[0]
    forward = (f"leads/{lead}", to("contacts", contact))
    back = (f"contacts/{contact}", to("leads", lead))
    for about, given, calls, status in (
        ("edits both", rights(EntityRights(view=ALL, edit=ALL)), (forward, back), 200),
        (
            "a link changes the lead, from whichever side",
            rights(EntityRights(view=ALL, edit=OWN)),
            (forward, back),
            403,
        ),
        (
            "who may not edit the entity of the address",
            rights(EntityRights(view=ALL, edit=ALL), EntityRights(view=ALL, edit=DENIED)),
            (back,),
            403,
        ),
        (
            "the other one needs only be seen",
            rights(EntityRights(view=ALL, edit=ALL), EntityRights(view=ALL, edit=DENIED)),
            (forward,),
            200,
        ),
        ("does not see the lead", rights(EntityRights(view=OWN, edit=ALL)), (forward,), 404),
        (
            "does not see the contact",
            rights(EntityRights(view=ALL, edit=ALL), EntityRights(view=OWN, edit=OWN)),
            (forward,),
            400,
        ),
    ):
        token = await api.token_of("Bob", given)
        for path, item in calls:
            answer = await link(api, path, item, token=token)
            assert answer.status_code == status, (about, answer.text)
            assert len(await linked(api, f"leads/{lead}")) == (status == 200), about
            if status != 200:
                await link(api, path, item)
            answer = await unlink(api, path, item, token=token)
            # What is linked may be unlinked by who does not see the other end.
            expected = {200: 204, 400: 204}.get(status, status)
            assert answer.status_code == expected, (about, answer.text)
            await unlink(api, path, item)


async def test_the_scope_and_the_account_are_asked(api: Api, world: World) -> None:
    path = f"leads/{world.leads[0]}"
    item = to("contacts", world.contacts[0])

    assert (await link(api, path, item, token=None)).status_code == 401
    assert (await link(api, path, item, host="bolt")).status_code == 404
    assert await linked(api, path) == []
