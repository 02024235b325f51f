"""Contacts and companies: what they share with leads, told once for both (api-v4.md 3.6, 3.7)."""

from typing import Any

import pytest

from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.accounts.rights import EntityRights, Right, Rights
from tests.integration.api_client import NOW, Api
from tests.integration.entity_calls import V4, added, bin_one, one_of
from tests.integration.lead_calls import violations

KINDS = ("contacts", "companies")
ONE = {"contacts": "Contact", "companies": "Company"}
BOTH = pytest.mark.parametrize("kind", KINDS)
SITE = "https://acme.grantway.test"


def phone(*values: str) -> dict[str, Any]:
    return {"field_code": "PHONE", "values": [{"value": one} for one in values] or None}


async def changed(api: Api, kind: str, entity_id: int, **changes: Any) -> dict[str, Any]:
    """Change one entity, which must succeed, and return it as it is then."""
    answer = await api.call("PATCH", f"{V4}/{kind}/{entity_id}", json=changes)
    assert answer.status_code == 200, answer.text
    return await one_of(api, kind, entity_id)


async def ids(api: Api, kind: str, query: str = "", **options: Any) -> list[int]:
    """Return the ids of a page, in its order."""
    answer = await api.get(f"{V4}/{kind}?{query}", **options)
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["_embedded"][kind]]


@BOTH
async def test_nothing_is_required(api: Api, kind: str) -> None:
    added = await api.call("POST", f"{V4}/{kind}", json={"unknown": 1, "request_id": "mine"})

    (told,) = added.json()["_embedded"][kind]
    href = f"{SITE}/api/v4/{kind}/{told['id']}"
    links = {"self": {"href": href}}
    assert told == {"id": told["id"], "request_id": "mine", "_links": links}
    assert added.json()["_links"]["self"]["href"] == f"{SITE}/api/v4/{kind}"
    own: dict[str, Any] = {"first_name": "", "last_name": "", "is_unsorted": False}
    alice = api.acme.admin_id
    assert await one_of(api, kind, told["id"]) == {
        "id": told["id"],
        "name": f"{ONE[kind]} #{told['id']}",
        "responsible_user_id": alice,
        "group_id": 0,
        "created_by": alice,
        "updated_by": alice,
        "created_at": NOW,
        "updated_at": NOW,
        "closest_task_at": None,
        "is_deleted": False,
        "custom_fields_values": None,
        "account_id": api.acme.account_id,
        "_links": links,
        "_embedded": {"tags": []} | ({"companies": []} if kind == "contacts" else {}),
    } | (own if kind == "contacts" else {})


async def test_the_full_name_and_its_parts(api: Api) -> None:
    bodies: list[dict[str, Any]] = [
        {"name": "Ann Lee"},
        {"first_name": "Ann", "last_name": "Lee"},
        {"last_name": "Lee"},
        {"name": "Dr. Ann Lee", "first_name": "Ann", "last_name": None},
        {"name": None, "first_name": "a" * 255, "last_name": "b" * 255},
    ]
    names = []
    for contact_id in await added(api, "contacts", *bodies):
        shown = await one_of(api, "contacts", contact_id)
        names.append((shown["name"], shown["first_name"], shown["last_name"]))
    assert names == [
        ("Ann Lee", "", ""),
        ("Ann Lee", "Ann", "Lee"),
        ("Lee", "", "Lee"),
        ("Dr. Ann Lee", "Ann", ""),
        ("a" * 255, "a" * 255, "b" * 255),
    ]
    (contact_id,) = await added(api, "contacts", {"first_name": "Ann", "last_name": "Lee"})
    for change, expected in (
        ({"first_name": "Anna"}, ("Anna Lee", "Anna", "Lee")),
        ({"name": "Anna Lee"}, ("Anna Lee", "Anna", "Lee")),
        ({"last_name": None}, ("Anna", "Anna", "")),
        ({"first_name": ""}, ("Anna", "", "")),
        ({"name": "Eve", "first_name": "E."}, ("Eve", "E.", "")),
        ({"name": "Mia"}, ("Mia", "", "")),
        ({"name": None}, ("Mia", "", "")),
    ):
        shown = await changed(api, "contacts", contact_id, **change)
        assert (shown["name"], shown["first_name"], shown["last_name"]) == expected, change
    too_long = await api.call("POST", f"{V4}/contacts", json=[{"first_name": "a" * 256}])
    assert violations(too_long) == [("0", "TooLong", "first_name")]


@BOTH
async def test_tags_and_values_of_fields(api: Api, kind: str) -> None:
    email = {"field_code": "EMAIL", "values": [{"value": "ann@example.org", "enum_code": "WORK"}]}
    body = {"tags_to_add": [{"name": "a"}], "custom_fields_values": [phone("+1", "+2"), email]}
    (entity_id,) = await added(api, kind, body)

    async def tags(**changes: Any) -> list[str]:
        shown = await changed(api, kind, entity_id, **changes)
        assert all(one["color"] is None for one in shown["_embedded"]["tags"])
        return [one["name"] for one in shown["_embedded"]["tags"]]

    async def values(**changes: Any) -> dict[str, list[str]]:
        shown = await changed(api, kind, entity_id, **changes)
        return {
            one["field_code"]: [value["value"] for value in one["values"]]
            for one in shown["custom_fields_values"] or ()
        }

    assert await tags() == ["a"]
    assert await tags(tags_to_add=[{"name": "b"}], tags_to_delete=[{"name": "a"}]) == ["b"]
    assert await tags(_embedded={"tags": [{"name": "c"}]}) == ["c"]
    assert await tags(_embedded={"tags": None}) == []
    both = {"PHONE": ["+1", "+2"], "EMAIL": ["ann@example.org"]}
    assert await values() == both
    assert await values(custom_fields_values=[phone("+3")]) == both | {"PHONE": ["+3"]}
    assert await values(custom_fields_values=[phone()]) == {"EMAIL": ["ann@example.org"]}
    shown = await one_of(api, kind, entity_id)
    (field,) = shown["custom_fields_values"]
    assert (field["field_name"], field["field_type"]) == ("Email", "multitext")
    assert field["values"][0]["enum_code"] == "WORK"
    answer = await api.call(
        "PATCH",
        f"{V4}/{kind}/{entity_id}",
        json={"custom_fields_values": [{"field_id": 999}], "tags_to_add": [{"id": 999}]},
    )
    assert sorted(violations(answer)) == [
        ("0", "NotSupportedChoice", "custom_fields_values.0.field_id"),
        ("0", "NotSupportedChoice", "tags_to_add.0.id"),
    ]


@BOTH
async def test_filters_orders_and_search(api: Api, kind: str) -> None:
    bob = api.acme.users["Bob"]
    rows = await added(
        api,
        kind,
        {"name": "Beta", "updated_at": 3000, "created_at": 10, "created_by": 0},
        {"name": "Alpha", "updated_at": 2000, "created_at": 20, "responsible_user_id": bob},
        {"name": "Gamma", "updated_at": 1000, "created_at": 30, "updated_by": bob}
        | {"custom_fields_values": [phone("+15550100")]},
    )
    for query, expected in (
        ("", [3, 2, 1]),
        ("order[updated_at]=desc", [1, 2, 3]),
        ("order[id]=asc", [1, 2, 3]),
        ("order[name]=asc", [2, 1, 3]),
        ("order[name]=desc", [3, 1, 2]),
        ("order[created_at]=asc", [3, 2, 1]),
        ("order[name]=asc&limit=2&page=2", [3]),
        (f"filter[id][]={rows[0]}&filter[id][]={rows[2]}", [3, 1]),
        ("filter[name][]=Alpha&filter[name][]=Beta", [2, 1]),
        ("filter[created_by]=0", [1]),
        (f"filter[updated_by][]={bob}", [3]),
        (f"filter[responsible_user_id][]={bob}", [2]),
        ("filter[created_at][from]=20", [3, 2]),
        ("filter[updated_at][to]=2000", [3, 2]),
        ("filter[closest_task_at][from]=1", []),
        ("filter[price]=1", [3, 2, 1]),
        ("query=5550100", [3]),
        ("query=alph", [2]),
        ("page=2", []),
    ):
        assert await ids(api, kind, query) == [rows[n - 1] for n in expected], query


@BOTH
async def test_the_bin_is_listed_only_when_asked_for(api: Api, kind: str) -> None:
    kept, binned = await added(api, kind, {}, {})
    await bin_one(api, kind, binned)

    assert await ids(api, kind) == [kept]
    assert (await api.get(f"{V4}/{kind}/{binned}")).status_code == 204
    answer = await api.get(f"{V4}/{kind}?with=only_deleted")
    (row,) = answer.json()["_embedded"][kind]
    assert row.keys() == {
        *("id", "updated_at", "updated_by", "is_deleted", "account_id", "_links"),
    }
    assert (row["id"], row["is_deleted"]) == (binned, True)
    refused = await api.call("PATCH", f"{V4}/{kind}/{binned}", json={"name": "A"})
    assert violations(refused) == [("0", "NotSupportedChoice", "id")]


@BOTH
async def test_a_batch_is_stored_wholly_or_not_at_all(api: Api, kind: str) -> None:
    first, second = await added(api, kind, {"name": "A"}, {"name": "B"})
    api.clock.advance(5)
    for method, bodies, faults in (
        (
            "POST",
            [{}, {"name": 5, "request_id": "x"}, {"responsible_user_id": "1"}],
            [("x", "InvalidType", "name"), ("2", "InvalidType", "responsible_user_id")],
        ),
        (
            "POST",
            [{}, {"created_by": 999}, {"updated_by": api.bolt.admin_id}],
            [("1", "NotSupportedChoice", "created_by"), ("2", "NotSupportedChoice", "updated_by")],
        ),
        (
            "PATCH",
            [{"id": first, "name": "C"}, {"id": 999, "request_id": "y"}, {"name": "C"}],
            [("2", "FieldMissing", "id")],
        ),
        (
            "PATCH",
            [{"id": first, "name": "C"}, {"id": 999, "request_id": "y"}],
            [("y", "NotSupportedChoice", "id")],
        ),
    ):
        answer = await api.call(method, f"{V4}/{kind}", json=bodies)
        assert violations(answer) == faults
        assert await api.count(kind) == 2
        assert (await one_of(api, kind, first))["name"] == "A"
    both = [{"id": second, "name": "D"}, {"id": first, "name": "C", "request_id": 7}]
    answer = await api.call("PATCH", f"{V4}/{kind}", json=both)
    told = answer.json()["_embedded"][kind]
    assert [(one["id"], one["request_id"], one["updated_at"]) for one in told] == [
        (second, "0", NOW + 5),
        (first, "7", NOW + 5),
    ]
    single = await api.call("PATCH", f"{V4}/{kind}/{first}", json={"id": first, "name": "E"})
    assert single.json().items() >= {"id": first, "request_id": "0"}.items()
    other = await api.call("PATCH", f"{V4}/{kind}/{first}", json={"id": second})
    assert violations(other) == [("0", "NotSupportedChoice", "id")]


@BOTH
async def test_another_accounts_are_as_if_missing(api: Api, kind: str) -> None:
    (foreign,) = await added(api, kind, {"name": "Theirs"}, host="bolt")

    assert (await api.get(f"{V4}/{kind}/{foreign}")).status_code == 204
    assert await ids(api, kind, f"filter[id]={foreign}") == []
    for path, body in ((f"{kind}/{foreign}", {}), (kind, [{"id": foreign}])):
        refused = await api.call("PATCH", f"{V4}/{path}", json=body)
        assert violations(refused) == [("0", "NotSupportedChoice", "id")]
    assert (await one_of(api, kind, foreign, host="bolt"))["name"] == "Theirs"


SEEN = {Right.ALL: [0, 1, 2], Right.GROUP: [0, 1], Right.OWN: [0], Right.DENIED: []}


@BOTH
async def test_rights_reach_as_far_as_they_say(api: Api, kind: str) -> None:
    async with api.db.write() as tx:
        carol = await accounts.create_user(
            tx, email="carol@acme.example", name="Carol", password_hash=None, now=NOW
        )
        await accounts.add_user_to_account(tx, api.acme.account_id, carol.id, Role.USER, NOW)
        await tx.change("update account_users set group_id = 7 where user_id = :id", id=carol.id)
    owners = (api.acme.users["Bob"], carol.id, api.acme.admin_id)
    rows = await added(api, kind, *({"responsible_user_id": one} for one in owners))

    async def as_bob(**rights: Right) -> str:
        given: dict[str, Any] = {kind: EntityRights(**rights)}
        return await api.token_of("Bob", Rights(**given), group_id=7)

    for right, reached in SEEN.items():
        token = await as_bob(view=right)
        assert sorted(await ids(api, kind, token=token)) == [rows[n] for n in reached], right
        token = await as_bob(view=Right.ALL, edit=right)
        for n, row in enumerate(rows):
            body = {"name": right.value}
            answer = await api.call("PATCH", f"{V4}/{kind}/{row}", json=body, token=token)
            assert answer.status_code == (200 if n in reached else 403), (right, n)
        batch = [{"id": row} for row in rows]
        answer = await api.call("PATCH", f"{V4}/{kind}", json=batch, token=token)
        assert answer.status_code == (200 if right is Right.ALL else 403)
    token = await as_bob(view=Right.OWN, edit=Right.ALL)
    hidden = await api.call("PATCH", f"{V4}/{kind}/{rows[2]}", json={}, token=token)
    assert violations(hidden) == [("0", "NotSupportedChoice", "id")]
    for right, status in ((Right.DENIED, 403), (Right.OWN, 200)):
        token = await as_bob(view=Right.ALL, add=right)
        answer = await api.call("POST", f"{V4}/{kind}", json=[{}], token=token)
        assert answer.status_code == status


async def test_a_lead_begins_with_contacts_and_a_company(api: Api) -> None:
    alice, bob = await added(api, "contacts", {}, {"responsible_user_id": api.acme.users["Bob"]})
    companies = await added(api, "companies", {}, {})
    (foreign,) = await added(api, "contacts", {}, host="bolt")
    (binned,) = await added(api, "contacts", {})
    await bin_one(api, "contacts", binned)
    main = {"contacts": [{"id": alice}, {"id": bob, "is_main": True}]}

    first, second = await api.add_leads(
        {"_embedded": {**main, "companies": [{"id": companies[0]}]}},
        {"_embedded": {"contacts": [{"id": alice}, {"id": bob}], "companies": None}},
    )

    shown = {one: await one_of(api, "leads", one, "contacts") for one in (first, second)}
    assert [
        [(one["id"], one["is_main"]) for one in lead["_embedded"]["contacts"]]
        for lead in shown.values()
    ] == [[(bob, True), (alice, False)], [(alice, True), (bob, False)]]
    href = f"{SITE}/api/v4/companies/{companies[0]}"
    assert shown[first]["_embedded"]["companies"] == [
        {"id": companies[0], "_links": {"self": {"href": href}}}
    ]
    company = await one_of(api, "companies", companies[0], "contacts,leads")
    assert company["_embedded"].items() >= {"contacts": []}.items()
    assert [one["id"] for one in company["_embedded"]["leads"]] == [first]
    contact = await one_of(api, "contacts", alice, "leads,nonsense")
    assert {one["id"] for one in contact["_embedded"]["leads"]} == {first, second}
    listed = await api.get(f"{V4}/contacts?with=leads")
    rows = listed.json()["_embedded"]["contacts"]
    assert [len(one["_embedded"]["leads"]) for one in rows] == [2, 2]

    own = Rights(
        leads=EntityRights(view=Right.ALL, add=Right.ALL),
        contacts=EntityRights(view=Right.OWN),
        companies=EntityRights(view=Right.DENIED),
    )
    token = await api.token_of("Bob", own)
    for embedded, caller, faults in (
        ({"contacts": [{"id": foreign}]}, None, ["contacts.0.id"]),
        ({"contacts": [{"id": bob}, {"id": binned}]}, None, ["contacts.1.id"]),
        ({"companies": [{"id": companies[0]}, {"id": companies[1]}]}, None, ["companies"]),
        (
            {"contacts": [{"id": alice}], "companies": [{"id": companies[0]}]},
            token,
            ["contacts.0.id", "companies.0.id"],
        ),
        ({"contacts": [{"id": bob}]}, token, []),
    ):
        options: dict[str, Any] = {"token": caller} if caller else {}
        body = [{"_embedded": embedded}]
        answer = await api.call("POST", f"{V4}/leads", json=body, **options)
        if faults:
            assert [one[2] for one in violations(answer)] == [f"_embedded.{one}" for one in faults]
        else:
            assert answer.status_code == 200, answer.text
    assert await api.count("leads") == 3
