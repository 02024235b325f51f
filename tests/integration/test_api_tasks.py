"""`/api/v4/tasks` on the wire (api-v4.md 4.1)."""

from typing import Any

import pytest

from grantway.accounts import groups
from grantway.crm.fields import service as fields
from tests.integration.api_client import NOW, Api
from tests.integration.lead_calls import violations
from tests.integration.task_calls import TASKS, TILL, add, closest, patch, post, task, task_ids


async def test_a_task_is_answered_as_the_contract_says(api: Api) -> None:
    (lead_id,) = await api.add_leads({})
    about = {"entity_id": lead_id, "entity_type": "leads"}
    answer = await post(api, {}, {**about, "request_id": "x", "duration": 60, "task_type_id": 2})

    assert answer.status_code == 200
    told = answer.json()
    first, second = (one["id"] for one in told["_embedded"]["tasks"])
    origin = "https://acme.grantway.test"
    assert told == {
        "_links": {"self": {"href": f"{origin}{TASKS}"}},
        "_embedded": {
            "tasks": [
                {
                    "id": one,
                    "request_id": name,
                    "_links": {"self": {"href": f"{origin}{TASKS}/{one}"}},
                }
                for one, name in ((first, "0"), (second, "x"))
            ]
        },
    }
    alice = api.acme.admin_id
    expected = {
        "id": second,
        "created_by": alice,
        "updated_by": alice,
        "created_at": NOW,
        "updated_at": NOW,
        "responsible_user_id": alice,
        "group_id": 0,
        "entity_id": lead_id,
        "entity_type": "leads",
        "duration": 60,
        "is_completed": False,
        "task_type_id": 2,
        "text": "Call back",
        "result": [],
        "complete_till": TILL,
        "account_id": api.acme.account_id,
        "_links": {"self": {"href": f"{origin}{TASKS}/{second}"}},
    }
    assert list((await task(api, second)).items()) == list(expected.items())
    plain = await task(api, first)
    assert (plain["entity_id"], plain["entity_type"], plain["task_type_id"]) == (None, None, 1)
    page = (await api.get(f"{TASKS}?limit=1")).json()
    assert page == {
        "_page": 1,
        "_links": {
            "self": {"href": f"{origin}{TASKS}?page=1&limit=1"},
            "next": {"href": f"{origin}{TASKS}?page=2&limit=1"},
        },
        "_embedded": {"tasks": [plain]},
    }
    types = (await api.get("/api/v4/account?with=task_types")).json()["_embedded"]["task_types"]
    assert [(one["id"], one["code"]) for one in types] == [(1, "FOLLOW_UP"), (2, "MEETING")]


async def test_a_task_is_completed_with_a_result(api: Api) -> None:
    (task_id,) = await add(api, {"responsible_user_id": api.acme.users["Bob"]})
    api.clock.advance(9)
    answer = await patch(api, task_id, {"is_completed": True, "result": {"text": "Done"}})

    assert answer.json() == {
        "id": task_id,
        "updated_at": NOW + 9,
        "request_id": "0",
        "_links": {"self": {"href": f"https://acme.grantway.test{TASKS}/{task_id}"}},
    }
    done = await task(api, task_id)
    assert (done["is_completed"], done["result"]) == (True, {"text": "Done"})
    assert (done["text"], done["updated_by"]) == ("Call back", api.acme.admin_id)
    # A client that writes back what it has read changes nothing.
    assert (await patch(api, task_id, done)).status_code == 200
    assert await task(api, task_id) == done


async def test_what_is_not_sent_stays_and_null_clears(api: Api) -> None:
    (lead_id,) = await api.add_leads({})
    about = {"entity_id": lead_id, "entity_type": "leads"}
    full = {**about, "duration": 60, "result": {"text": "x"}, "task_type_id": 2, "created_by": 0}
    (task_id,) = await add(api, full)
    before = await task(api, task_id)
    steps: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, {}),
        ({"text": "Write"}, {"text": "Write"}),
        ({"duration": None}, {"duration": 0}),
        ({"result": []}, {"result": []}),
        ({"result": {"text": "y"}}, {"result": {"text": "y"}}),
        ({"result": None}, {"result": []}),
        ({"is_completed": None, "task_type_id": None, "responsible_user_id": None}, {}),
        ({"entity_id": None, "entity_type": None}, {"entity_id": None, "entity_type": None}),
        (about, about),
        ({"updated_by": 0, "updated_at": 5}, {"updated_by": 0, "updated_at": 5}),
    ]
    for sent, expected in steps:
        assert (await patch(api, task_id, sent)).status_code == 200, sent
        after = await task(api, task_id)
        before |= {"updated_at": NOW, "updated_by": api.acme.admin_id} | expected
        assert after == before, sent


async def test_wrong_tasks_are_named(api: Api) -> None:
    (theirs,) = await api.add_leads({}, host="bolt")
    mine, binned = await api.add_leads({}, {})
    async with api.db.write() as tx:
        await tx.change("update leads set is_deleted = true where id = :binned", binned=binned)
    (task_id,) = await add(api, {"entity_id": mine, "entity_type": "leads"})
    no_choice, missing, wrong_type = "NotSupportedChoice", "FieldMissing", "InvalidType"
    table: list[tuple[dict[str, Any], str, str]] = [
        ({"task_type_id": 3}, no_choice, "task_type_id"),
        ({"task_type_id": "1"}, wrong_type, "task_type_id"),
        ({"entity_id": mine, "entity_type": "customers"}, no_choice, "entity_type"),
        ({"entity_id": mine, "entity_type": "nonsense"}, no_choice, "entity_type"),
        ({"entity_id": theirs, "entity_type": "leads"}, no_choice, "entity_id"),
        ({"entity_id": binned, "entity_type": "leads"}, no_choice, "entity_id"),
        ({"entity_id": mine, "entity_type": "contacts"}, no_choice, "entity_id"),
        ({"entity_id": 10**15, "entity_type": "leads"}, no_choice, "entity_id"),
        ({"responsible_user_id": 999}, no_choice, "responsible_user_id"),
        ({"responsible_user_id": 0}, no_choice, "responsible_user_id"),
        ({"responsible_user_id": api.bolt.admin_id}, no_choice, "responsible_user_id"),
        ({"created_by": 999}, no_choice, "created_by"),
        ({"text": None}, missing, "text"),
        ({"text": 7}, wrong_type, "text"),
        ({"text": "a\0b"}, "InvalidCharacters", "text"),
        ({"complete_till": None}, missing, "complete_till"),
        ({"complete_till": "tomorrow"}, wrong_type, "complete_till"),
        ({"complete_till": -1}, no_choice, "complete_till"),
        ({"is_completed": 1}, wrong_type, "is_completed"),
        ({"duration": "1"}, wrong_type, "duration"),
        ({"result": "Done"}, wrong_type, "result"),
        ({"result": {"text": 7}}, wrong_type, "result.text"),
    ]
    before = await task(api, task_id)
    for sent, code, path in table:
        assert violations(await post(api, {}, sent)) == [("1", code, path)], sent
        # In a change nothing is required, and null is no text.
        changed = wrong_type if code == missing else code
        assert violations(await patch(api, task_id, sent)) == [("0", changed, path)], sent
    assert violations(await post(api, {"entity_id": mine})) == [("0", missing, "entity_type")]
    assert violations(await post(api, {"entity_type": "leads"})) == [("0", missing, "entity_id")]
    half = await patch(api, task_id, {"entity_type": None})
    assert violations(half) == [("0", missing, "entity_type")]
    bare = await api.call("POST", TASKS, json=[{}])
    assert violations(bare) == [("0", missing, "text"), ("0", missing, "complete_till")]
    too_many = await post(api, *({} for _ in range(251)))
    assert (too_many.status_code, "validation-errors" in too_many.json()) == (400, False)
    assert await task(api, task_id) == before
    assert await api.count("tasks") == 1
    await add(api, *({} for _ in range(250)))


async def test_tasks_that_are_missing_or_foreign_are_not_there(api: Api) -> None:
    (theirs,) = await add(api, {}, host="bolt")
    (mine,) = await add(api, {})
    for task_id in (theirs, 999, 10**15):
        found = await api.get(f"{TASKS}/{task_id}")
        assert (found.status_code, found.json()["detail"]) == (404, "Task not found")
        assert violations(await patch(api, task_id, {"text": "x"})) == [
            ("0", "NotSupportedChoice", "id")
        ]
        batch = [{"id": mine, "text": "x"}, {"id": task_id, "text": "x"}]
        refused = await api.call("PATCH", TASKS, json=batch)
        assert violations(refused) == [("1", "NotSupportedChoice", "id")]
    assert await task_ids(api) == [mine]
    assert (await task(api, mine))["text"] == "Call back"
    assert (await patch(api, mine, {"text": "x"})).status_code == 200
    removal = await api.call("DELETE", f"{TASKS}/{mine}")
    assert (removal.status_code, removal.content) == (405, b"")


async def test_filters_and_orders(api: Api) -> None:
    bob = api.acme.users["Bob"]
    (lead_id,) = await api.add_leads({})
    about = {"entity_id": lead_id, "entity_type": "leads"}
    a, b, c = await add(
        api,
        {**about, "updated_at": NOW + 3, "created_at": NOW + 1, "complete_till": TILL + 2},
        {
            "responsible_user_id": bob,
            "updated_at": NOW + 1,
            "created_at": NOW + 3,
            "task_type_id": 2,
        },
        {
            "is_completed": True,
            "updated_at": NOW + 2,
            "created_at": NOW + 2,
            "complete_till": TILL + 1,
        },
    )
    table = [
        ("", [b, c, a]),
        ("order[updated_at]=desc", [b, c, a]),
        ("order[created_at]=desc", [b, c, a]),
        ("order[created_at]=asc", [a, c, b]),
        ("order[complete_till]=asc", [b, c, a]),
        ("order[complete_till]=desc", [a, c, b]),
        ("order[id]=desc", [c, b, a]),
        (f"filter[responsible_user_id]={bob}", [b]),
        (f"filter[responsible_user_id][]={bob}&filter[responsible_user_id][]=999", [b]),
        ("filter[is_completed]=0", [b, a]),
        ("filter[is_completed]=1", [c]),
        ("filter[is_completed][]=0&filter[is_completed][]=1", [b, c, a]),
        ("filter[is_completed]=2", [b, c, a]),
        ("filter[task_type]=2", [b]),
        ("filter[task_type]=1,2", [b, c, a]),
        ("filter[task_type]=9", []),
        ("filter[entity_type]=leads", [a]),
        ("filter[entity_type]=customers", []),
        (f"filter[entity_type]=leads&filter[entity_id]={lead_id}", [a]),
        (f"filter[entity_type]=contacts&filter[entity_id]={lead_id}", []),
        (f"filter[entity_id]={lead_id}", [b, c, a]),
        (f"filter[id][]={a}&filter[id][]={c}", [c, a]),
        (f"filter[id]={a}&filter[is_completed]=1", []),
        (f"filter[updated_at]={NOW + 2}", [c, a]),
        (f"filter[updated_at][from]={NOW + 2}&filter[updated_at][to]={NOW + 2}", [c]),
        ("filter[nonsense]=1", [b, c, a]),
        ("limit=2&page=2", [a]),
        ("page=2", []),
    ]
    for query, expected in table:
        assert await task_ids(api, query) == expected, query


@pytest.mark.parametrize("entity_type", ["leads", "contacts", "companies"])
async def test_an_entity_says_when_its_next_task_is_due(api: Api, entity_type: str) -> None:
    added = await api.call("POST", f"/api/v4/{entity_type}", json=[{}, {}])
    one, other = (entity["id"] for entity in added.json()["_embedded"][entity_type])

    def about(entity_id: int, till: int) -> dict[str, Any]:
        return {"entity_id": entity_id, "entity_type": entity_type, "complete_till": TILL + till}

    early, late = await add(api, about(one, 1), about(one, 2))

    async def both() -> tuple[int | None, ...]:
        found = (await closest(api, entity_type, one), await closest(api, entity_type, other))
        return tuple(None if moment is None else moment - TILL for moment in found)

    assert await both() == (1, None)
    steps: list[tuple[int, dict[str, Any], tuple[int | None, int | None]]] = [
        (early, {"is_completed": True}, (2, None)),
        (early, {"is_completed": False}, (1, None)),
        (early, {"complete_till": TILL + 5}, (2, None)),
        (late, {"entity_id": other}, (5, 2)),
        (early, {"entity_id": None, "entity_type": None}, (None, 2)),
        (late, {"text": "Write"}, (None, 2)),
        (late, {"is_completed": True, "complete_till": TILL + 1}, (None, None)),
    ]
    for task_id, changes, expected in steps:
        assert (await patch(api, task_id, changes)).status_code == 200
        assert await both() == expected, changes
    listed = await api.get(f"/api/v4/{entity_type}?filter[closest_task_at][from]={TILL}")
    assert listed.status_code == 204
    await add(api, about(one, 3))
    listed = await api.get(f"/api/v4/{entity_type}?filter[closest_task_at][from]={TILL}")
    assert [entity["id"] for entity in listed.json()["_embedded"][entity_type]] == [one]


async def test_a_task_named_twice_in_a_batch_gets_both_changes(api: Api) -> None:
    one, other = await api.add_leads({}, {})
    (task_id,) = await add(api, {"entity_id": one, "entity_type": "leads"})
    batch = [{"id": task_id, "entity_id": other}, {"id": task_id, "text": "Write"}]
    answer = await api.call("PATCH", TASKS, json=batch)

    assert [one["request_id"] for one in answer.json()["_embedded"]["tasks"]] == ["0", "1"]
    found = await task(api, task_id)
    assert (found["entity_id"], found["text"]) == (other, "Write")
    assert await closest(api, "leads", one) is None
    assert await closest(api, "leads", other) == TILL


async def test_a_change_of_group_is_seen_in_tasks(api: Api) -> None:
    (task_id,) = await add(api, {"responsible_user_id": api.acme.users["Bob"]})
    async with api.db.write() as tx:
        north = await groups.add(tx, api.acme.actor, "North", NOW)
        await groups.move(
            tx,
            api.acme.actor,
            api.acme.users["Bob"],
            north.id,
            outdate=fields.start_epoch,
            now=NOW,
        )

    assert (await task(api, task_id))["group_id"] == north.id
