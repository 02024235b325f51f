"""/api/v4/{leads,contacts,companies}/…/notes (api-v4.md 4.2)."""

from typing import Any

import httpx
import pytest

from grantway.accounts.rights import EntityRights, Right, Rights
from tests.integration.api_client import NOW, Api
from tests.integration.lead_calls import violations

V4 = "/api/v4"
TYPES = ("leads", "contacts", "companies")
TEXT = {"note_type": "common", "params": {"text": "Called back."}}
ORIGIN = "https://acme.grantway.test/api/v4"


async def entity(api: Api, entity_type: str = "leads", **options: Any) -> int:
    answer = await api.call("POST", f"{V4}/{entity_type}", json=[{}], **options)
    found: int = answer.json()["_embedded"][entity_type][0]["id"]
    return found


async def post(api: Api, path: str, *notes: dict[str, Any], **options: Any) -> httpx.Response:
    return await api.call("POST", f"{V4}/{path}", json=list(notes), **options)


async def added(api: Api, path: str, *notes: dict[str, Any], **options: Any) -> list[int]:
    answer = await post(api, path, *notes, **options)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["_embedded"]["notes"]]


async def listed(api: Api, path: str, **options: Any) -> list[int]:
    answer = await api.get(f"{V4}/{path}", **options)
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["_embedded"]["notes"]]


async def note(api: Api, path: str) -> dict[str, Any]:
    answer = await api.get(f"{V4}/{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("entity_type", TYPES)
async def test_notes_of_every_type_of_entity(api: Api, entity_type: str) -> None:
    entity_id = await entity(api, entity_type)
    of_one = f"{entity_type}/{entity_id}/notes"
    first = await post(
        api, f"{entity_type}/notes", {"entity_id": entity_id, "request_id": "n", **TEXT}
    )
    second = await post(api, of_one, TEXT)
    (a,), (b,) = (one.json()["_embedded"]["notes"] for one in (first, second))

    def own(note_id: int) -> dict[str, Any]:
        return {"self": {"href": f"{ORIGIN}/{of_one}/{note_id}"}}

    assert a == {"id": a["id"], "entity_id": entity_id, "request_id": "n", "_links": own(a["id"])}
    assert b == {"id": b["id"], "entity_id": entity_id, "request_id": "0", "_links": own(b["id"])}
    assert first.json()["_links"]["self"]["href"] == f"{ORIGIN}/{entity_type}/notes"
    assert second.json()["_links"]["self"]["href"] == f"{ORIGIN}/{of_one}"
    alice = api.acme.admin_id
    shown = {
        "id": a["id"],
        "entity_id": entity_id,
        "created_by": alice,
        "updated_by": alice,
        "created_at": NOW,
        "updated_at": NOW,
        "responsible_user_id": alice,
        "group_id": 0,
        "note_type": "common",
        "params": {"text": "Called back."},
        "account_id": api.acme.account_id,
        "_links": own(a["id"]),
    }
    assert await note(api, f"{entity_type}/notes/{a['id']}") == shown
    assert await note(api, f"{of_one}/{a['id']}") == shown
    for path in (f"{entity_type}/notes", of_one):
        page = await note(api, f"{path}?limit=1")
        assert list(page) == ["_page", "_links", "_embedded"]
        assert page["_embedded"]["notes"] == [shown]
        assert page["_links"]["next"]["href"] == f"{ORIGIN}/{path}?page=2&limit=1"
        assert await listed(api, f"{path}?page=2&limit=1") == [b["id"]]
        assert await listed(api, f"{path}?page=3&limit=1") == []
    others = [one for one in TYPES if one != entity_type]
    for other in others:
        assert (await api.get(f"{V4}/{other}/notes")).status_code == 204
        assert (await api.get(f"{V4}/{other}/notes/{a['id']}")).status_code == 404


async def test_every_form_of_changing_answers_as_told(api: Api) -> None:
    lead_id = await entity(api)
    before = await api.lead(lead_id)
    (note_id,) = await added(api, f"leads/{lead_id}/notes", TEXT)
    path = f"leads/{lead_id}/notes"
    whole = await note(api, f"{path}/{note_id}")

    async def changed(address: str, body: Any, said: str, request_id: str) -> None:
        api.clock.advance(10)
        answer = await api.call("PATCH", f"{V4}/{address}", json=body)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        if "_embedded" in told:
            assert told["_links"]["self"]["href"] == f"{ORIGIN}/{address}"
            (told,) = told["_embedded"]["notes"]
        assert told == {
            "id": note_id,
            "entity_id": lead_id,
            "updated_at": api.clock(),
            "request_id": request_id,
            "_links": whole["_links"],
        }
        now = await note(api, f"{path}/{note_id}")
        assert now == whole | {"params": {"text": said}, "updated_at": api.clock()}

    await changed(
        "leads/notes", [{"id": note_id, "params": {"text": "A"}, "request_id": "r"}], "A", "r"
    )
    await changed(path, [{"id": note_id, "params": {"text": "B"}}], "B", "0")
    await changed(f"{path}/{note_id}", {"params": {"text": "C"}}, "C", "0")
    # Libraries send all that they have read back.
    await changed(f"{path}/{note_id}", whole | {"params": {"text": "D"}}, "D", "0")
    await changed(f"{path}/{note_id}", {"text": "E", "created_by": 0, "created_at": 5}, "D", "0")
    assert await api.lead(lead_id) == before


async def test_lists_are_filtered_and_sorted(api: Api) -> None:
    lead_id, other_id = await api.add_leads({}, {})
    sms = {"note_type": "sms_in", "params": {"text": "Yes", "phone": "+15550100"}}
    call = {"note_type": "call_out", "params": {"duration": 9, "call_responsible": "Ann"}}
    (a,) = await added(api, f"leads/{lead_id}/notes", TEXT)
    api.clock.advance(10)
    (b, c) = await added(api, f"leads/{lead_id}/notes", sms, call)
    api.clock.advance(10)
    (d,) = await added(api, f"leads/{other_id}/notes", sms)
    api.clock.advance(10)
    await api.call("PATCH", f"{V4}/leads/notes", json=[{"id": a, "params": {"text": "Later"}}])

    expected = {
        "": [b, c, d, a],
        "order[updated_at]=desc": [a, d, c, b],
        "order[id]=asc": [a, b, c, d],
        "order[id]=desc": [d, c, b, a],
        "order[note_type]=desc": [b, c, d, a],
        "order[id]=up": [b, c, d, a],
        f"filter[id][]={a}&filter[id][]={d}": [d, a],
        f"filter[id]={c}": [c],
        f"filter[entity_id]={other_id}": [d],
        f"filter[entity_id][]={lead_id}&filter[entity_id][]={other_id}&filter[note_type]=sms_in": [
            b,
            d,
        ],
        "filter[note_type]=sms_in": [b, d],
        "filter[note_type][]=common&filter[note_type][]=call_out": [c, a],
        "filter[note_type]=common,call_out&order[id]=asc": [a, c],
        "filter[note_type]=nonsense": [],
        f"filter[updated_at]={NOW + 20}": [d, a],
        f"filter[updated_at][from]={NOW + 20}&filter[updated_at][to]={NOW + 25}": [d],
        f"filter[updated_at][to]={NOW + 10}": [b, c],
        "filter[updated_at]=soon": [b, c, d, a],
        "filter[colour]=red": [b, c, d, a],
    }
    for query, ids in expected.items():
        assert await listed(api, f"leads/notes?{query}") == ids, query
    of_one = [b, c, a]
    assert await listed(api, f"leads/{lead_id}/notes") == of_one
    # The address says whose notes they are; the filter is of the other list.
    assert await listed(api, f"leads/{lead_id}/notes?filter[entity_id]={other_id}") == of_one
    assert await listed(api, f"leads/{lead_id}/notes?filter[note_type]=sms_in") == [b]


async def test_pinned_notes_say_so_when_they_are_asked(api: Api) -> None:
    lead_id = await entity(api)
    a, b = await added(api, f"leads/{lead_id}/notes", TEXT, TEXT)

    async def pinned() -> list[bool]:
        page = await note(api, "leads/notes?with=is_pinned")
        return [one["is_pinned"] for one in page["_embedded"]["notes"]]

    for action, expected in (("pin", [True, False]), ("unpin", [False, False])):
        answer = await api.call("POST", f"{V4}/leads/notes/{a}/{action}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert await pinned() == expected
    assert "is_pinned" not in await note(api, f"leads/notes/{b}")
    assert (await note(api, f"leads/notes/{b}?with=is_pinned"))["is_pinned"] is False
    for path in ("leads/notes/999", f"contacts/notes/{a}"):
        for action in ("pin", "unpin"):
            missing = await api.call("POST", f"{V4}/{path}/{action}")
            assert (missing.status_code, missing.json()["detail"]) == (404, "Note not found")


async def test_what_is_not_there_is_told_in_the_common_frame(api: Api) -> None:
    lead_id, other_id = await api.add_leads({}, {})
    (note_id,) = await added(api, f"leads/{lead_id}/notes", TEXT)
    bolts = await entity(api, host="bolt")
    missing: dict[tuple[str, str], str] = {
        ("GET", "leads/999/notes"): "Lead not found",
        ("GET", "contacts/999/notes"): "Contact not found",
        ("GET", f"companies/{lead_id}/notes"): "Company not found",
        ("GET", f"leads/{bolts + 900}/notes"): "Lead not found",
        ("GET", "leads/notes/999"): "Note not found",
        ("GET", f"leads/{other_id}/notes/{note_id}"): "Note not found",
        ("GET", f"leads/999/notes/{note_id}"): "Note not found",
        ("POST", "leads/999/notes"): "Lead not found",
        ("PATCH", "leads/999/notes"): "Lead not found",
        ("PATCH", f"leads/{lead_id}/notes/999"): "Note not found",
        ("PATCH", f"leads/{other_id}/notes/{note_id}"): "Note not found",
    }

    for (method, path), detail in missing.items():
        whole = TEXT if path.endswith("/999") else {"id": note_id, **TEXT}
        answer = await api.call(method, f"{V4}/{path}", json=... if method == "GET" else whole)
        assert answer.status_code == 404, (method, path)
        assert answer.json() == {
            "title": "Not Found",
            "type": "https://httpstatus.es/404",
            "status": 404,
            "detail": detail,
        }
    for path in ("leads/notes", f"leads/{lead_id}/notes/{note_id}"):
        answer = await api.call("DELETE", f"{V4}/{path}")
        assert (answer.status_code, answer.content) == (405, b"")
    assert await api.count("notes") == 1


async def test_another_account_sees_and_writes_nothing(api: Api) -> None:
    lead_id = await entity(api)
    (note_id,) = await added(api, f"leads/{lead_id}/notes", TEXT)
    bolt: dict[str, Any] = {"host": "bolt"}

    assert await listed(api, "leads/notes", **bolt) == []
    assert await listed(api, f"leads/notes?filter[entity_id]={lead_id}", **bolt) == []
    for path in (f"leads/{lead_id}/notes", f"leads/notes/{note_id}"):
        assert (await api.get(f"{V4}/{path}", **bolt)).status_code == 404
    foreign = await post(api, "leads/notes", {"entity_id": lead_id, **TEXT}, **bolt)
    assert violations(foreign) == [("0", "NotSupportedChoice", "entity_id")]
    body = [{"id": note_id, "params": {"text": "Mine."}}]
    foreign = await api.call("PATCH", f"{V4}/leads/notes", json=body, **bolt)
    assert violations(foreign) == [("0", "NotSupportedChoice", "id")]
    pin = await api.call("POST", f"{V4}/leads/notes/{note_id}/pin", **bolt)
    assert pin.status_code == 404
    kept = await note(api, f"leads/notes/{note_id}?with=is_pinned")
    assert (kept["params"], kept["is_pinned"]) == ({"text": "Called back."}, False)


async def test_rights_to_notes_are_those_to_their_entity(api: Api) -> None:
    bob = api.acme.users["Bob"]
    hers, his = await api.add_leads({}, {"responsible_user_id": bob})
    (a,), (b,) = [await added(api, f"leads/{one}/notes", TEXT) for one in (hers, his)]
    token = await api.token_of("Bob", Rights(leads=EntityRights(view=Right.OWN, edit=Right.OWN)))

    assert await listed(api, "leads/notes", token=token) == [b]
    assert await listed(api, f"leads/notes?filter[id][]={a}&filter[id][]={b}", token=token) == [b]
    for path in (f"leads/{hers}/notes", f"leads/notes/{a}", f"leads/{hers}/notes/{a}"):
        assert (await api.get(f"{V4}/{path}", token=token)).status_code == 404
    for path in (f"leads/{his}/notes", f"leads/notes/{b}", f"leads/{his}/notes/{b}"):
        assert (await api.get(f"{V4}/{path}", token=token)).status_code == 200

    token = await api.token_of("Bob", Rights(leads=EntityRights(edit=Right.OWN)))
    assert await listed(api, "leads/notes", token=token) == [a, b]
    for method, path, body in (
        ("POST", f"leads/{hers}/notes", [TEXT]),
        ("POST", "leads/notes", [{"entity_id": hers, **TEXT}]),
        ("PATCH", f"leads/{hers}/notes/{a}", {"params": {"text": "Mine."}}),
        ("POST", f"leads/notes/{a}/pin", ...),
    ):
        answer = await api.call(method, f"{V4}/{path}", json=body, token=token)
        assert answer.status_code == 403, (method, path)
        assert answer.json()["detail"] == "Insufficient rights to call this method"
    assert await api.count("notes") == 2
    assert len(await added(api, f"leads/{his}/notes", TEXT, token=token)) == 1
    (answer,) = [await api.call("POST", f"{V4}/leads/notes/{b}/pin", token=token)]
    assert answer.status_code == 204


@pytest.fixture
async def lead_id(api: Api) -> int:
    return await entity(api)


async def test_bad_notes_are_refused_and_none_is_added(api: Api, lead_id: int) -> None:
    def of(note_type: str, **params: Any) -> dict[str, Any]:
        return {"note_type": note_type, "params": params}

    wrong: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({}, [("FieldMissing", "note_type")]),
        ({"note_type": "nonsense"}, [("NotSupportedChoice", "note_type")]),
        ({"note_type": "attachment"}, [("NotSupportedChoice", "note_type")]),
        ({"note_type": 4}, [("InvalidType", "note_type")]),
        ({"note_type": "common", "text": "Beside."}, [("FieldMissing", "params.text")]),
        ({"note_type": "common", "params": None}, [("FieldMissing", "params.text")]),
        ({"note_type": "common", "params": []}, [("FieldMissing", "params.text")]),
        ({"note_type": "common", "params": "Text"}, [("InvalidType", "params")]),
        ({"note_type": "call_in"}, [("FieldMissing", "params")]),
        (of("common", text=None), [("FieldMissing", "params.text")]),
        (of("common", text=7), [("InvalidType", "params.text")]),
        (of("common", text="a" * 65_536), [("TooLong", "params.text")]),
        (of("common", text="\0"), [("InvalidCharacters", "params.text")]),
        (of("service_message", service="S"), [("FieldMissing", "params.text")]),
        (of("call_in", duration="5"), [("InvalidType", "params.duration")]),
        (of("call_in", duration=-1), [("NotSupportedChoice", "params.duration")]),
        (of("call_in", link="a" * 2_001), [("TooLong", "params.link")]),
        (of("call_out", call_responsible=[1]), [("InvalidType", "params.call_responsible")]),
        (of("call_out", call_responsible=True), [("InvalidType", "params.call_responsible")]),
        (
            of("call_out", call_responsible=2**53),
            [("NotSupportedChoice", "params.call_responsible")],
        ),
        (of("call_out", call_responsible="a" * 256), [("TooLong", "params.call_responsible")]),
        (of("message_cashier", status="lost", text="T"), [("NotSupportedChoice", "params.status")]),
        (of("geolocation", text="T", latitude={}), [("InvalidType", "params.latitude")]),
        (of("sms_in", phone=1, text="T"), [("InvalidType", "params.phone")]),
        (TEXT | {"created_by": 999}, [("NotSupportedChoice", "created_by")]),
        (TEXT | {"responsible_user_id": 0}, [("NotSupportedChoice", "responsible_user_id")]),
        (TEXT | {"created_at": "now"}, [("InvalidType", "created_at")]),
        (
            TEXT | {"is_need_to_trigger_digital_pipeline": 1},
            [("InvalidType", "is_need_to_trigger_digital_pipeline")],
        ),
    ]

    for body, faults in wrong:
        for path, one in (
            (f"leads/{lead_id}/notes", body),
            ("leads/notes", {"entity_id": lead_id, **body}),
        ):
            answer = await post(api, path, TEXT | {"entity_id": lead_id}, one)
            assert violations(answer) == [("1", *fault) for fault in faults], body
    for path, entity_id in ((f"leads/{lead_id}/notes", 999), ("leads/notes", 999)):
        answer = await post(api, path, TEXT | {"entity_id": entity_id})
        assert violations(answer) == [("0", "NotSupportedChoice", "entity_id")]
    answer = await post(api, "leads/notes", TEXT)
    assert violations(answer) == [("0", "FieldMissing", "entity_id")]
    answer = await post(api, f"leads/{lead_id}/notes", *[TEXT] * 251)
    assert (answer.status_code, "validation-errors" in answer.json()) == (400, False)
    assert await api.count("notes") == 0
    assert len(await added(api, f"leads/{lead_id}/notes", *[TEXT] * 250)) == 250


async def test_every_type_is_kept_as_it_was_sent(api: Api, lead_id: int) -> None:
    call = {
        "uniq": "u-1",
        "duration": 61,
        "source": "PBX",
        "link": "https://example.com/1.mp3",
        "phone": "+15550100",
        "call_responsible": api.acme.admin_id,
    }
    sent: dict[str, dict[str, Any]] = {
        "common": {"text": ""},
        "call_in": call,
        "call_out": call | {"call_responsible": "Ann"},
        "service_message": {"service": "Bot", "text": "Hello"},
        "extended_service_message": {"service": "Bot", "text": "Line\nline"},
        "message_cashier": {"status": "shown", "text": "Pay"},
        "geolocation": {"text": "Here", "address": "A 1", "longitude": "9.5", "latitude": 47.25},
        "sms_in": {"text": "Да", "phone": "+15550100"},
        "sms_out": {"text": "Ok", "phone": None},
    }
    extra = {"is_need_to_trigger_digital_pipeline": False, "created_by": 0, "created_at": NOW - 5}
    notes = [{"note_type": name, "params": one, **extra} for name, one in sent.items()]
    ids = await added(api, f"leads/{lead_id}/notes", *notes)

    for note_id, (name, params) in zip(ids, sent.items(), strict=True):
        found = await note(api, f"leads/notes/{note_id}")
        assert (found["note_type"], found["params"]) == (name, params)
        assert (found["created_by"], found["created_at"]) == (0, NOW - 5)


async def test_bad_changes_are_refused(api: Api, lead_id: int) -> None:
    (other_id,) = await api.add_leads({})
    (a, b) = await added(api, f"leads/{lead_id}/notes", TEXT, TEXT)
    (elsewhere,) = await added(api, f"leads/{other_id}/notes", TEXT)
    good = {"id": a, "params": {"text": "Changed."}}
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"params": {"text": "x"}}, ("FieldMissing", "id")),
        ({"id": 999}, ("NotSupportedChoice", "id")),
        ({"id": elsewhere}, ("NotSupportedChoice", "id")),
        ({"id": b, "note_type": "sms_in"}, ("NotSupportedChoice", "note_type")),
        ({"id": b, "note_type": "attachment"}, ("NotSupportedChoice", "note_type")),
        ({"id": b, "entity_id": other_id}, ("NotSupportedChoice", "entity_id")),
        ({"id": b, "params": {"text": None}}, ("FieldMissing", "params.text")),
        ({"id": b, "params": 5}, ("InvalidType", "params")),
    ]

    for body, fault in wrong:
        answer = await api.call("PATCH", f"{V4}/leads/{lead_id}/notes", json=[good, body])
        assert violations(answer) == [("1", *fault)], body
    twice = [{"id": b, "params": {"text": 5}}, {"id": b, "params": {"text": "y"}}]
    answer = await api.call("PATCH", f"{V4}/leads/{lead_id}/notes", json=twice)
    assert violations(answer) == [("0", "InvalidType", "params.text")]
    path = f"{V4}/leads/{lead_id}/notes/{b}"
    answer = await api.call("PATCH", path, json={"id": a, "params": {"text": "x"}})
    assert violations(answer) == [("0", "NotSupportedChoice", "id")]
    for note_id in (a, b):
        assert (await note(api, f"leads/notes/{note_id}"))["params"] == TEXT["params"]
    assert (await api.call("PATCH", path, json=good | {"id": b})).status_code == 200
