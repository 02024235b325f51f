"""/api/v4/leads/pipelines/{pipeline_id}/statuses (api-v4.md 3.5)."""

import asyncio
from typing import Any

import pytest

from tests.integration.api_client import Api
from tests.integration.lead_world import Dictionaries, make_dictionaries

PIPELINES = "/api/v4/leads/pipelines"
MEMBERS = [
    *("id", "name", "sort", "is_editable", "pipeline_id", "color", "type", "account_id"),
    "_links",
]


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


@pytest.fixture
def stages(known: Dictionaries) -> str:
    return f"{PIPELINES}/{known.renewals}/statuses"


async def listed(api: Api, path: str) -> list[dict[str, Any]]:
    answer = await api.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["_embedded"]["statuses"]
    return found


async def test_the_list_shows_all_stages_in_their_order(
    api: Api, known: Dictionaries, stages: str
) -> None:
    answer = await api.get(stages)
    body = answer.json()

    assert body["_total_items"] == 5
    shown = body["_embedded"]["statuses"]
    assert [one["name"] for one in shown] == [
        "Incoming leads",
        "Due",
        "Offered",
        "Closed - won",
        "Closed - lost",
    ]
    assert [list(one) for one in shown] == [MEMBERS] * 5
    assert {one["pipeline_id"] for one in shown} == {known.renewals}
    assert [one["is_editable"] for one in shown] == [False, True, True, False, False]


async def test_one_stage_is_answered_without_an_envelope(
    api: Api, known: Dictionaries, stages: str
) -> None:
    first = (await listed(api, stages))[1]
    answer = await api.get(f"{stages}/{known.due}")

    assert (answer.status_code, answer.json()) == (200, first)
    won = (await api.get(f"{stages}/142")).json()
    assert (won["id"], won["color"], won["pipeline_id"]) == (142, "#CCFF66", known.renewals)


async def test_unknown_pipelines_and_stages_are_not_found(
    api: Api, known: Dictionaries, stages: str
) -> None:
    for path, told in (
        (f"{PIPELINES}/999/statuses", "Pipeline not found"),
        (f"{PIPELINES}/999/statuses/142", "Pipeline not found"),
        (f"{stages}/999", "Status not found"),
        (f"{stages}/{known.first}", "Status not found"),
    ):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["detail"]) == (404, told), path
    foreign = await api.get(stages, host="bolt")
    assert (foreign.status_code, foreign.json()["detail"]) == (404, "Pipeline not found")


async def test_stages_are_added_between_the_others_and_numbered_anew(api: Api, stages: str) -> None:
    wanted = [
        {"name": "Last", "sort": 500, "color": "#F3BEFF", "request_id": "a"},
        {"name": "Between", "sort": 25},
    ]
    answer = await api.call("POST", stages, json=wanted)

    assert answer.status_code == 200
    assert answer.json()["_total_items"] == 2
    last, between = answer.json()["_embedded"]["statuses"]
    assert list(last) == [*MEMBERS[:-1], "request_id", "_links"]
    assert (last["request_id"], between["request_id"]) == ("a", "1")
    assert last["color"] == "#f3beff"
    names = [(one["name"], one["sort"]) for one in await listed(api, stages)]
    assert names[1:5] == [("Due", 20), ("Between", 30), ("Offered", 40), ("Last", 50)]


async def test_descriptions_are_shown_on_request(
    api: Api, known: Dictionaries, stages: str
) -> None:
    texts = [{"level": "newbie", "description": "Call first."}]
    new = {"name": "Talk", "sort": 30, "descriptions": texts}
    answer = await api.call("POST", f"{stages}?with=descriptions", json=[new])

    (added,) = answer.json()["_embedded"]["statuses"]
    (text,) = added["descriptions"]
    assert text == {
        "id": text["id"],
        "account_id": api.acme.account_id,
        "created_at": "2027-01-15 08:00:00",
        "updated_at": "2027-01-15 08:00:00",
        "created_by": api.acme.admin_id,
        "updated_by": api.acme.admin_id,
        "pipeline_id": known.renewals,
        "status_id": added["id"],
        "level": "newbie",
        "description": "Call first.",
    }
    one = f"{stages}/{added['id']}"
    assert "descriptions" not in (await api.get(one)).json()
    assert (await api.get(f"{one}?with=x%2Cdescriptions")).json()["descriptions"] == [text]
    shown = (await api.get(f"{stages}?with=descriptions")).json()["_embedded"]["statuses"]
    assert [len(stage["descriptions"]) for stage in shown] == [0, 0, 0, 1, 0, 0]

    api.clock.advance(60)
    texts = [{"level": "newbie", "description": "Write."}, {"level": "master", "description": ""}]
    changed = await api.call("PATCH", f"{one}?with=descriptions", json={"descriptions": texts})
    newbie, master = changed.json()["descriptions"]
    assert (newbie["id"], newbie["description"]) == (text["id"], "Write.")
    assert (newbie["created_at"], newbie["updated_at"]) == (
        "2027-01-15 08:00:00",
        "2027-01-15 08:01:00",
    )
    assert (master["level"], master["description"]) == ("master", "")


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        ({"sort": 1}, "FieldMissing", "name"),
        ({"name": "A"}, "FieldMissing", "sort"),
        ({"name": "A", "sort": 1, "color": "#c1c1c1"}, "NotSupportedChoice", "color"),
        (
            {"name": "A", "sort": 1, "descriptions": [{"level": "x", "description": "y"}]},
            "NotSupportedChoice",
            "descriptions.0.level",
        ),
        (
            {"name": "A", "sort": 1, "descriptions": [{"level": "newbie"}]},
            "FieldMissing",
            "descriptions.0.description",
        ),
        ({"name": "A", "sort": 1, "descriptions": [{}] * 4}, "TooMany", "descriptions"),
    ],
)
async def test_a_wrong_stage_is_refused_by_its_path(
    api: Api, stages: str, sent: dict[str, Any], code: str, path: str
) -> None:
    before = await api.count("stages")
    answer = await api.call("POST", stages, json=[{"name": "Honest", "sort": 1}, sent])

    assert answer.status_code == 400
    (wrong,) = answer.json()["validation-errors"]
    assert wrong["request_id"] == "1"
    assert [(one["code"], one["path"]) for one in wrong["errors"]] == [(code, path)]
    assert await api.count("stages") == before


async def test_a_pipeline_has_at_most_100_stages(api: Api, stages: str) -> None:
    new = {"name": "A", "sort": 1}
    honest = await api.call("POST", stages, json=[new] * 95)
    refused = await api.call("POST", stages, json=[new])

    assert (honest.status_code, refused.status_code) == (200, 422)
    assert refused.json()["detail"] == "A pipeline can have at most 100 stages"


async def test_a_change_touches_what_it_names(api: Api, known: Dictionaries, stages: str) -> None:
    first = (await listed(api, stages))[1]
    sent = {"name": "Overdue", "color": first["color"].upper(), "request_id": "r"}
    answer = await api.call("PATCH", f"{stages}/{known.due}", json=sent)

    assert answer.status_code == 200
    assert answer.json() == first | {"name": "Overdue", "request_id": "r"}
    moved = await api.call("PATCH", f"{stages}/{known.due}", json={"sort": 99})
    assert moved.json()["sort"] == 30
    assert [one["name"] for one in await listed(api, stages)][1:3] == ["Offered", "Overdue"]


async def test_of_a_closed_stage_only_the_name_changes(api: Api, stages: str) -> None:
    renamed = await api.call("PATCH", f"{stages}/142", json={"name": "Paid", "sort": 10_000})
    refused = await api.call("PATCH", f"{stages}/142", json={"sort": 5, "color": "#fffeb2"})

    assert (renamed.status_code, renamed.json()["name"]) == (200, "Paid")
    assert refused.status_code == 400
    errors = refused.json()["validation-errors"][0]["errors"]
    assert [(one["code"], one["path"]) for one in errors] == [
        ("NotSupportedChoice", "sort"),
        ("NotSupportedChoice", "color"),
    ]


async def test_leads_of_a_removed_stage_stand_in_the_first_one(
    api: Api, known: Dictionaries, stages: str
) -> None:
    place = {"pipeline_id": known.renewals, "status_id": known.offered}
    ids = await api.add_leads(place, place, {"pipeline_id": known.renewals, "status_id": 142})

    answer = await api.call("DELETE", f"{stages}/{known.offered}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert [(await api.lead(one))["status_id"] for one in ids] == [known.due, known.due, 142]
    page = (await api.get("/api/v4/leads")).json()["_embedded"]["leads"]
    assert {one["status_id"] for one in page} == {known.due, 142}
    query = f"filter[statuses][0][pipeline_id]={known.renewals}&filter[statuses][0][status_id]="
    assert await api.lead_ids(query + str(known.due)) == ids[:2]
    gone = await api.call("PATCH", f"/api/v4/leads/{ids[0]}", json={"status_id": known.offered})
    assert gone.json()["validation-errors"][0]["errors"][0]["path"] == "status_id"


async def test_what_every_pipeline_needs_stays(api: Api, known: Dictionaries, stages: str) -> None:
    waiting = (await listed(api, stages))[0]["id"]
    for stage_id in (142, 143, waiting):
        answer = await api.call("DELETE", f"{stages}/{stage_id}")
        assert answer.status_code == 400
        assert answer.json()["validation-errors"][0]["errors"][0]["path"] == "id"
    assert (await api.call("DELETE", f"{stages}/999")).status_code == 404
    assert (await api.call("DELETE", f"{stages}/{known.due}")).status_code == 204
    last = await api.call("DELETE", f"{stages}/{known.offered}")
    assert (last.status_code, last.json()["detail"]) == (
        422,
        "The last stage of a pipeline cannot be deleted",
    )


async def test_no_lead_stands_in_a_stage_that_is_removed_at_the_same_moment(
    api: Api, known: Dictionaries, stages: str
) -> None:
    for n in range(8):
        new = await api.call("POST", stages, json=[{"name": f"Short-lived {n}", "sort": 900}])
        stage_id = new.json()["_embedded"]["statuses"][0]["id"]
        place = {"pipeline_id": known.renewals, "status_id": stage_id}
        *written, removal = await asyncio.gather(
            *(api.call("POST", "/api/v4/leads", json=[place] * 20) for _ in range(3)),
            api.call("DELETE", f"{stages}/{stage_id}"),
        )

        assert removal.status_code == 204
        assert {one.status_code for one in written} <= {200, 400}
        for refused in (one for one in written if one.status_code == 400):
            errors = refused.json()["validation-errors"][0]["errors"]
            assert [one["path"] for one in errors] == ["status_id"]
        for answer in (one for one in written if one.status_code == 200):
            lead_id = answer.json()["_embedded"]["leads"][0]["id"]
            assert (await api.lead(lead_id))["status_id"] == known.due
