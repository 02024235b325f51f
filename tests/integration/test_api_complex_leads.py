"""Adding leads with their contact and company in one step (api-v4.md 3.2)."""

from typing import Any

import httpx
import pytest

from grantway.accounts.rights import EntityRights, Right, Rights
from tests.integration.api_client import Api
from tests.integration.entity_calls import added, linked, one_of
from tests.integration.lead_calls import violations

PATH = "/api/v4/leads/complex"
PHONE = {
    "field_id": None,
    "field_code": "PHONE",
    "values": [{"value": "+15550100", "enum_code": "WORK"}],
}


async def add(api: Api, *leads: Any, **options: Any) -> httpx.Response:
    return await api.call("POST", PATH, json=list(leads), **options)


async def made(api: Api, *leads: Any, **options: Any) -> list[dict[str, Any]]:
    """Add leads, which must succeed; return what is told of each."""
    answer = await add(api, *leads, **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/hal+json"
    found: list[dict[str, Any]] = answer.json()
    return found


def beside(contact: Any = None, company: Any = None, **more: Any) -> dict[str, Any]:
    """Return `_embedded` with what is not None."""
    found = {"contacts": contact, "companies": company}
    return {name: [one] for name, one in found.items() if one is not None} | more


async def counts(api: Api) -> list[int]:
    return [await api.count(name) for name in ("leads", "contacts", "companies", "links", "tags")]


async def test_a_lead_its_contact_and_its_company_are_added_and_linked(api: Api) -> None:
    contact = {
        "first_name": "Ann",
        "last_name": "Lee",
        "custom_fields_values": [PHONE],
        "_embedded": {"tags": [{"name": "vip"}]},
    }
    lead = {"name": "Order", "price": 10, "request_id": "first", "visitor_uid": "v"}
    embedded = beside(contact, {"name": "Example Inc"}, tags=[{"name": "site"}], source=None)

    whole, alone = await made(api, lead | {"_embedded": embedded}, {"_embedded": None})

    assert whole.items() >= {"request_id": ["first"], "merged": False}.items()
    assert alone == {
        "id": alone["id"],
        "contact_id": None,
        "company_id": None,
        "request_id": ["1"],
        "merged": False,
    }
    ids = whole["contact_id"], whole["company_id"]
    shown = await one_of(api, "leads", whole["id"], "contacts")
    assert (shown["name"], shown["price"]) == ("Order", 10)
    assert [one["name"] for one in shown["_embedded"]["tags"]] == ["site"]
    assert [(one["id"], one["is_main"]) for one in shown["_embedded"]["contacts"]] == [
        (ids[0], True)
    ]
    assert [one["id"] for one in shown["_embedded"]["companies"]] == [ids[1]]
    shown = await one_of(api, "contacts", ids[0], "leads")
    assert shown["name"] == "Ann Lee"
    assert [one["name"] for one in shown["_embedded"]["tags"]] == ["vip"]
    assert shown["custom_fields_values"][0]["values"][0]["value"] == "+15550100"
    assert [one["id"] for one in shown["_embedded"]["companies"]] == [ids[1]]
    assert [one["id"] for one in shown["_embedded"]["leads"]] == [whole["id"]]
    shown = await one_of(api, "companies", ids[1], "leads,contacts")
    assert shown["name"] == "Example Inc"
    assert [one["id"] for one in shown["_embedded"]["contacts"]] == [ids[0]]
    assert [one["id"] for one in shown["_embedded"]["leads"]] == [whole["id"]]


async def test_what_is_there_is_named_by_id_and_stays_as_it_is(api: Api) -> None:
    (contact,) = await added(api, "contacts", {"name": "Ann"})
    (company,) = await added(api, "companies", {"name": "Inc"})
    before = await one_of(api, "contacts", contact)
    api.clock.advance(5)

    both, new_contact, new_company, empty = await made(
        api,
        {"_embedded": beside({"id": contact, "name": "Eve"}, {"id": company})},
        {"_embedded": beside({}, {"id": company})},
        {"_embedded": beside({"id": contact}, {})},
        {"_embedded": {"contacts": [], "companies": None, "metadata": []}},
    )

    assert (both["contact_id"], both["company_id"]) == (contact, company)
    assert (new_contact["company_id"], new_company["contact_id"]) == (company, contact)
    assert (empty["contact_id"], empty["company_id"]) == (None, None)
    assert await one_of(api, "contacts", contact) == before
    shown = await one_of(api, "contacts", new_contact["contact_id"])
    assert shown["name"] == f"Contact #{new_contact['contact_id']}"
    assert [one["id"] for one in shown["_embedded"]["companies"]] == [company]
    assert await linked(api, f"leads/{new_company['id']}") == [
        ("contacts", contact, {"main_contact": True}),
        ("companies", new_company["company_id"], None),
    ]


async def test_all_that_is_wrong_is_named_at_once_and_nothing_is_stored(api: Api) -> None:
    (foreign,) = await added(api, "contacts", {}, host="bolt")
    before = await counts(api)
    many_values = {"custom_fields_values": [PHONE] * 41}
    choice = "NotSupportedChoice"
    for lead, faults in (
        (
            {
                "responsible_user_id": 999,
                "_embedded": beside(
                    {"responsible_user_id": 999, "custom_fields_values": [{"field_id": 999}]},
                    {"created_by": 999, "tags_to_add": [{"id": 999}]},
                ),
            },
            {
                (choice, "responsible_user_id"),
                (choice, "_embedded.contacts.0.responsible_user_id"),
                (choice, "_embedded.contacts.0.custom_fields_values.0.field_id"),
                (choice, "_embedded.companies.0.created_by"),
                (choice, "_embedded.companies.0.tags_to_add.0.id"),
            },
        ),
        (
            {"_embedded": beside({"id": foreign}, {"id": 999})},
            {(choice, "_embedded.contacts.0.id"), (choice, "_embedded.companies.0.id")},
        ),
        (
            {"_embedded": {"contacts": [{}, {}]}},
            {("TooMany", "_embedded.contacts")},
        ),
        (
            {"_embedded": beside({"name": 5})},
            {("InvalidType", "_embedded.contacts.0.name")},
        ),
        (
            {"_embedded": {"metadata": {"category": "forms", "form_id": "1"}}},
            {(choice, "_embedded.metadata.category")},
        ),
        (
            many_values | {"_embedded": beside(many_values, many_values)},
            {
                ("TooMany", "custom_fields_values"),
                ("TooMany", "_embedded.contacts.0.custom_fields_values"),
                ("TooMany", "_embedded.companies.0.custom_fields_values"),
            },
        ),
        (
            {"custom_fields_values": 5, "_embedded": beside({"custom_fields_values": 5})},
            {
                ("InvalidType", "custom_fields_values"),
                ("InvalidType", "_embedded.contacts.0.custom_fields_values"),
            },
        ),
    ):
        honest = {"_embedded": beside({"tags_to_add": [{"name": "new"}]}, {})}
        found = violations(await add(api, honest, lead))
        assert {one[0] for one in found} == {"1"}
        told = {one[1:] for one in found}
        assert faults <= told, lead
        # A field of leads is no field of contacts: what else is wrong with 41 values is told, too.
        assert faults == told or "custom_fields_values" in lead, told
        assert await counts(api) == before
    lost = await add(api, {"loss_reason_id": 1, "_embedded": beside({}, {})})
    assert (lost.status_code, await counts(api)) == (400, before)
    too_many = await add(api, *([{}] * 51))
    assert too_many.json()["detail"] == "At most 50 entities fit into one request, not 51"
    assert len(await made(api, *([{"_embedded": beside({}, {})}] * 50))) == 50


@pytest.mark.parametrize(
    ("denied", "embedded", "status"),
    [
        ("contacts", beside({}), 403),
        ("contacts", beside(None, {}), 200),
        ("companies", beside({}, {}), 403),
        ("companies", beside({}), 200),
        ("leads", beside({}, {}), 403),
    ],
)
async def test_each_kind_needs_the_right_to_add_it(
    api: Api, denied: str, embedded: dict[str, Any], status: int
) -> None:
    given: dict[str, Any] = {
        name: EntityRights(view=Right.ALL, add=Right.DENIED if name == denied else Right.ALL)
        for name in ("leads", "contacts", "companies")
    }
    token = await api.token_of("Bob", Rights(**given))

    answer = await add(api, {"_embedded": embedded}, token=token)

    assert answer.status_code == status, answer.text
    assert await api.count("leads") == (status == 200)
    if status == 403:
        assert await counts(api) == [0, 0, 0, 0, 0]


async def test_what_one_may_add_one_may_link_though_not_see(api: Api) -> None:
    blind = EntityRights(view=Right.OWN, add=Right.ALL)
    token = await api.token_of("Bob", Rights(leads=blind, contacts=blind, companies=blind))
    alices = {"responsible_user_id": api.acme.admin_id}
    (hidden,) = await added(api, "contacts", {})

    (one,) = await made(api, {"_embedded": beside(alices, alices)}, token=token)
    refused = await add(api, {"_embedded": beside({"id": hidden})}, token=token)

    assert len(await linked(api, f"leads/{one['id']}")) == 2
    assert violations(refused) == [("0", "NotSupportedChoice", "_embedded.contacts.0.id")]
