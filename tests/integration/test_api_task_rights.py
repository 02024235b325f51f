"""What a user sees and changes of tasks who is no administrator (api-v4.md 3.8)."""

from grantway.accounts.rights import EntityRights, Right, Rights, StatusRight, TaskRights
from tests.integration.api_client import NOW, Api
from tests.integration.lead_calls import violations
from tests.integration.task_calls import TASKS, add, closest, patch, post, task, task_ids


async def test_tasks_are_seen_like_what_they_are_about(api: Api) -> None:
    alice, bob = api.acme.admin_id, api.acme.users["Bob"]
    alices, bobs = await api.add_leads({"responsible_user_id": alice}, {"responsible_user_id": bob})
    stage = await api.lead(alices)
    hidden, seen, contact = await add(
        api,
        # Bob answers for the task, and may not know of the lead.
        {"entity_id": alices, "entity_type": "leads", "responsible_user_id": bob},
        {"entity_id": bobs, "entity_type": "leads"},
        {"entity_id": await _contact(api), "entity_type": "contacts"},
    )
    denied = StatusRight(
        entity_type="leads",
        pipeline_id=stage["pipeline_id"],
        status_id=stage["status_id"],
        rights={"view": Right.DENIED},
    )
    own, none = EntityRights(view=Right.OWN), EntityRights(view=Right.DENIED)
    table: list[tuple[Rights, list[int]]] = [
        (Rights(), [hidden, seen, contact]),
        (Rights(leads=own), [seen, contact]),
        (Rights(leads=none), [contact]),
        (Rights(leads=own, contacts=own), [seen]),
        (Rights(leads=none, contacts=none), []),
        (Rights(status_rights=[denied]), [contact]),
        (Rights(contacts=none, tasks=TaskRights(edit=Right.DENIED)), [hidden, seen]),
    ]
    for rights, expected in table:
        token = await api.token_of("Bob", rights)
        assert await task_ids(api, token=token) == expected, rights
        assert await task_ids(api, "filter[task_type]=1&page=1&limit=5", token=token) == expected
        assert await task_ids(api, f"filter[responsible_user_id]={bob}", token=token) == [
            one for one in expected if one == hidden
        ]
        for one in (hidden, seen, contact):
            found = await api.get(f"{TASKS}/{one}", token=token)
            changed = await patch(api, one, {"duration": 1}, token=token)
            may = 403 if rights.tasks.edit is Right.DENIED else 200
            assert (found.status_code, changed.status_code) == (
                (200, may) if one in expected else (404, 400)
            ), (rights, one)


async def test_tasks_about_nothing_are_seen_by_whom_they_concern(api: Api) -> None:
    bob = api.acme.users["Bob"]
    alices, bobs, made = await add(api, {}, {"responsible_user_id": bob}, {"created_by": bob})
    for right, seen, editable in (
        (Right.ALL, [alices, bobs, made], {alices, bobs, made}),
        (Right.GROUP, [bobs, made], {bobs}),
        (Right.OWN, [bobs, made], {bobs}),
        (Right.DENIED, [bobs, made], set()),
    ):
        rights = Rights(tasks=TaskRights(edit=right))
        token = await api.token_of("Bob", rights, group_id=7)
        assert await task_ids(api, token=token) == seen, right
        for one in (alices, bobs, made):
            before = await task(api, one)
            answer = await patch(api, one, {"text": f"By {right}"}, token=token)
            expected = 200 if one in editable else 403 if one in seen else 400
            assert answer.status_code == expected, (right, one)
            if expected != 200:
                assert await task(api, one) == before
            else:
                await patch(api, one, {"text": "x", "updated_at": NOW})


async def test_a_task_is_put_to_what_its_user_sees(api: Api) -> None:
    alices, bobs = await api.add_leads({}, {"responsible_user_id": api.acme.users["Bob"]})
    token = await api.token_of("Bob", Rights(leads=EntityRights(view=Right.OWN)))
    hidden = {"entity_id": alices, "entity_type": "leads"}
    own = {"entity_id": bobs, "entity_type": "leads"}

    refused = await post(api, own, hidden, token=token)
    (task_id,) = await add(api, own, token=token)
    moved = await patch(api, task_id, hidden, token=token)

    assert violations(refused) == [("1", "NotSupportedChoice", "entity_id")]
    assert violations(moved) == [("0", "NotSupportedChoice", "entity_id")]
    assert (await task(api, task_id))["entity_id"] == bobs
    assert await closest(api, "leads", alices) is None


async def _contact(api: Api) -> int:
    added = await api.call("POST", "/api/v4/contacts", json=[{}])
    contact_id: int = added.json()["_embedded"]["contacts"][0]["id"]
    return contact_id
