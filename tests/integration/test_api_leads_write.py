"""POST /api/v4/leads, and what every write has in common (api-v4.md 2.4, 2.10, 3.2)."""

from typing import Any

import pytest

from tests.integration.api_client import NOW, Api
from tests.integration.conftest import OpenApi
from tests.integration.lead_calls import add, changed, patch, violations
from tests.integration.lead_world import Dictionaries, make_dictionaries, value

LEADS = "/api/v4/leads"


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


async def test_an_empty_object_makes_a_lead_with_every_default(
    api: Api, known: Dictionaries
) -> None:
    answer = await add(api, {})

    assert answer.status_code == 200
    (written,) = answer.json()["_embedded"]["leads"]
    lead = await api.lead(written["id"])
    shown = {name: lead[name] for name in lead if name not in {"_links", "_embedded", "id"}}
    assert shown == {
        "name": f"Lead #{written['id']}",
        "price": 0,
        "price_with_minor_units": 0.0,
        "responsible_user_id": api.acme.admin_id,
        "group_id": 0,
        "status_id": known.first,
        "pipeline_id": known.main,
        "loss_reason_id": None,
        "source_id": None,
        "created_by": api.acme.admin_id,
        "updated_by": api.acme.admin_id,
        "created_at": NOW,
        "updated_at": NOW,
        "closed_at": None,
        "closest_task_at": None,
        "is_deleted": False,
        "custom_fields_values": None,
        "score": None,
        "account_id": api.acme.account_id,
        "labor_cost": None,
        "is_price_computed": False,
    }


async def test_answers_are_short_and_echo_request_ids_in_the_requests_order(api: Api) -> None:
    answer = await add(
        api, {"name": "A", "request_id": "first"}, {"name": "B"}, {"name": "C", "request_id": "ü"}
    )

    body = answer.json()
    leads = body["_embedded"]["leads"]
    assert body["_links"] == {"self": {"href": f"https://acme.grantway.test{LEADS}"}}
    assert [list(one) for one in leads] == [["id", "request_id", "_links"]] * 3
    assert [one["request_id"] for one in leads] == ["first", "1", "ü"]
    assert [(await api.lead(one["id"]))["name"] for one in leads] == ["A", "B", "C"]
    assert leads[0]["_links"]["self"]["href"].endswith(f"{LEADS}/{leads[0]['id']}")


async def test_one_object_stands_for_an_array_unless_the_server_is_strict(
    api: Api, open_api: OpenApi
) -> None:
    strict = await open_api(is_strict=True)
    one = await api.call("POST", LEADS, json={"name": "Alone", "price": 1000})
    refused = await strict.call("POST", LEADS, json={"name": "Alone"})
    accepted = await strict.call("POST", LEADS, json=[{"name": "Alone"}])

    assert one.status_code == 200
    assert len(one.json()["_embedded"]["leads"]) == 1
    assert violations(refused) == [("0", "InvalidType", "")]
    assert accepted.status_code == 200


async def test_strictness_is_also_a_matter_of_the_integration(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change(
            "update integrations set fidelity = 'strict' where client_id = :client_id",
            client_id=api.acme.client_id,
        )

    assert (await api.call("POST", LEADS, json={"name": "Alone"})).status_code == 400
    assert (await api.call("POST", LEADS, json={"name": "Alone"}, host="bolt")).status_code == 200


async def test_shapes_that_are_no_batch_are_refused_and_add_nothing(api: Api) -> None:
    refused: dict[str, list[tuple[str, str, str]]] = {
        "[]": [("0", "InvalidType", "")],
        "1": [("0", "InvalidType", "")],
        "null": [("0", "InvalidType", "")],
        '"text"': [("0", "InvalidType", "")],
        "true": [("0", "InvalidType", "")],
        '[{"name":"ok"}, 7, [], null]': [(str(n), "InvalidType", "") for n in (1, 2, 3)],
    }
    for content, expected in refused.items():
        answer = await api.call("POST", LEADS, content=content)
        assert violations(answer) == expected, content

    assert await api.count("leads") == 0


async def test_a_batch_has_250_leads_and_no_more(api: Api) -> None:
    most = await add(api, *({"name": f"Lead {n}"} for n in range(250)))
    too_many = await add(api, *({} for _ in range(251)))

    assert most.status_code == 200
    assert len(most.json()["_embedded"]["leads"]) == 250
    assert too_many.status_code == 400
    assert "validation-errors" not in too_many.json()
    assert "250" in too_many.json()["detail"]
    assert await api.count("leads") == 250


async def test_a_batch_with_one_bad_lead_changes_nothing_and_names_every_fault(
    api: Api, known: Dictionaries
) -> None:
    (lead_id,) = await api.add_leads({"name": "Kept", "price": 5})
    before = await api.lead(lead_id)
    wrong = {"status_id": 999, "responsible_user_id": 999, "request_id": "bad"}
    tagged = {"tags_to_add": [{"name": "never"}]}

    added = await add(api, {"name": "Fine"} | tagged, wrong, {"pipeline_id": 999})
    patched = await api.call(
        "PATCH", LEADS, json=[{"id": lead_id, "price": 9} | tagged, {"id": lead_id} | wrong]
    )

    assert violations(added) == [
        ("bad", "NotSupportedChoice", "responsible_user_id"),
        ("bad", "NotSupportedChoice", "status_id"),
        ("2", "NotSupportedChoice", "pipeline_id"),
    ]
    assert {fault[2] for fault in violations(patched)} == {"responsible_user_id", "status_id"}
    assert await api.lead(lead_id) == before
    assert (await api.count("leads"), await api.count("tags")) == (1, 0)


async def test_prices_keep_their_decimals(api: Api) -> None:
    table: list[tuple[Any, int, float]] = [
        (1000, 1000, 1000.0),
        (1000.0, 1000, 1000.0),
        (1000.5, 1001, 1000.5),
        (1000.49, 1000, 1000.49),
        (0.1, 0, 0.1),
        (-7.25, -7, -7.25),
        (None, 0, 0.0),
        (10**13, 10**13, 10.0**13),
    ]
    ids = await api.add_leads(*({"price": price} for price, _, _ in table))

    for lead_id, (price, whole, exact) in zip(ids, table, strict=True):
        lead = await api.lead(lead_id)
        assert (lead["price"], lead["price_with_minor_units"]) == (whole, exact), price
        assert isinstance(lead["price"], int)


async def test_a_price_of_another_type_is_refused_in_the_contracts_words(api: Api) -> None:
    answer = await add(api, {"price": "1000"})

    assert answer.json() == {
        "validation-errors": [
            {
                "request_id": "0",
                "errors": [
                    {
                        "code": "InvalidType",
                        "path": "price",
                        "detail": "This value should be of type int.",
                    }
                ],
            }
        ],
        "title": "Bad Request",
        "type": "https://httpstatus.es/400",
        "status": 400,
        "detail": "Request validation failed",
    }


async def test_people_are_active_users_of_the_account_and_zero_is_the_robot(api: Api) -> None:
    alice, bob = api.acme.users["Alice"], api.acme.users["Bob"]
    charlie = api.bolt.users["Charlie"]
    (lead_id,) = await api.add_leads({"responsible_user_id": bob, "created_by": 0, "updated_by": 0})
    lead = await api.lead(lead_id)
    assert (lead["responsible_user_id"], lead["created_by"], lead["updated_by"]) == (bob, 0, 0)
    lead = await changed(api, lead_id, price=1)
    assert (lead["responsible_user_id"], lead["created_by"], lead["updated_by"]) == (bob, 0, alice)

    for name in ("responsible_user_id", "created_by", "updated_by"):
        for user_id in (charlie, 999):
            refused = await add(api, {name: user_id})
            assert violations(refused) == [("0", "NotSupportedChoice", name)]
    assert violations(await add(api, {"responsible_user_id": 0})) == [
        ("0", "NotSupportedChoice", "responsible_user_id")
    ]
    async with api.db.write() as tx:
        await tx.change("update account_users set is_active = false where user_id = :bob", bob=bob)
    assert violations(await patch(api, lead_id, responsible_user_id=bob)) == [
        ("0", "NotSupportedChoice", "responsible_user_id")
    ]


async def test_moments_are_stored_as_sent(api: Api) -> None:
    (lead_id,) = await api.add_leads({"created_at": 1000, "updated_at": 2000.0})
    lead = await api.lead(lead_id)
    assert (lead["created_at"], lead["updated_at"]) == (1000, 2000)

    api.clock.advance(50)
    lead = await changed(api, lead_id, price=1)
    assert (lead["created_at"], lead["updated_at"]) == (1000, NOW + 50)
    lead = await changed(api, lead_id, created_at=None, updated_at=3000)
    assert (lead["created_at"], lead["updated_at"]) == (1000, 3000)


async def test_what_is_not_sent_stays_and_null_clears(api: Api, known: Dictionaries) -> None:
    f = known.fields
    values = [value(f["text"], "apple"), value(f["number"], "5")]
    (lead_id,) = await api.add_leads({"name": "Kept", "price": 5, "custom_fields_values": values})

    lead = await changed(api, lead_id, name=None)
    assert (lead["name"], lead["price"]) == ("Kept", 5)
    lead = await changed(api, lead_id, price=None)
    assert (lead["name"], lead["price"]) == ("Kept", 0)
    one = [value(f["number"], "7")]
    lead = await changed(api, lead_id, custom_fields_values=one)
    shown = {v["field_name"]: v["values"][0]["value"] for v in lead["custom_fields_values"]}
    assert shown == {"text": "apple", "number": "7"}
    clears: list[tuple[str, list[Any] | None]] = [("text", None), ("number", [])]
    for name, nothing in clears:
        cleared = {"field_id": f[name], "values": nothing}
        lead = await changed(api, lead_id, custom_fields_values=[cleared])
    assert lead["custom_fields_values"] is None
    assert await api.lead_ids(f"filter[custom_fields_values][{f['number']}]=7") == []


async def test_read_only_members_are_ignored(api: Api) -> None:
    (lead_id,) = await api.add_leads(
        {
            "id": 4711,
            "account_id": api.bolt.account_id,
            "group_id": 7,
            "is_deleted": True,
            "score": 3,
            "labor_cost": 9,
            "closest_task_at": 5,
            "source_id": 3,
            "is_price_computed": True,
            "_links": {"self": {}},
            "_embedded": {},
            "nonsense": {"deep": [1]},
        }
    )
    lead = await api.lead(lead_id)

    assert lead_id != 4711
    assert lead["account_id"] == api.acme.account_id
    assert (lead["group_id"], lead["is_deleted"], lead["score"]) == (0, False, None)
    assert (lead["closest_task_at"], lead["source_id"], lead["labor_cost"]) == (None, None, None)


async def test_contacts_and_companies_that_do_not_exist_are_refused(api: Api) -> None:
    contacts = {"contacts": [{"id": 1, "is_main": True}], "companies": [{"id": 2}]}
    refused = await add(api, {"_embedded": contacts})
    (lead_id,) = await api.add_leads({"_embedded": {"contacts": [], "companies": None}})

    assert [fault[2] for fault in violations(refused)] == [
        "_embedded.contacts.0.id",
        "_embedded.companies.0.id",
    ]
    assert (await patch(api, lead_id, _embedded=contacts)).status_code == 200


async def test_names_are_kept_exactly_and_bounded(api: Api) -> None:
    names = ["", " padded ", "Ünï©ødé ✓ 𝄞", "\u202eright to left", "a\tb\nc", "n" * 255, "𝄞" * 255]
    ids = await api.add_leads(*({"name": name} for name in names))
    assert [(await api.lead(one))["name"] for one in ids] == names

    assert violations(await add(api, {"name": "n" * 256})) == [("0", "TooLong", "name")]
    assert violations(await add(api, {"name": "nul\0"})) == [("0", "InvalidCharacters", "name")]


async def test_a_write_leaves_the_other_account_alone(api: Api) -> None:
    (theirs,) = await api.add_leads({"name": "Theirs"}, host="bolt")
    before = await api.lead(theirs, host="bolt")

    await api.add_leads(*({"name": f"Ours {n}"} for n in range(5)))

    assert await api.lead_ids(host="bolt") == [theirs]
    assert await api.lead(theirs, host="bolt") == before
