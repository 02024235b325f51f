"""Cards and lists of the workspace: what they show, and what their forms change."""

import re
from typing import Any

import pytest

from tests.integration.entity_calls import added, linked, one_of
from tests.integration.lead_world import make_dictionaries, value
from tests.integration.web_client import ALICE, Browser, Web
from tests.integration.workspace_cards import held, send

PHONE = {"field_code": "PHONE", "values": [{"value": "+1 555 0100", "enum_code": "MOB"}]}
DAY = 86_400


@pytest.fixture
async def inside(web: Web) -> Browser:
    """Return the browser of Alice, who is in acme's workspace."""
    return await web.entered(ALICE)


async def lead_of(web: Web, **more: Any) -> int:
    (lead_id,) = await web.api.add_leads({"name": "Chairs", "price": 1200.5} | more)
    return lead_id


async def test_a_card_shows_what_the_entity_has(web: Web, inside: Browser) -> None:
    (ann, bea) = await added(
        web.api, "contacts", {"name": "Ann Lee", "custom_fields_values": [PHONE]}, {"name": "Bea"}
    )
    (firm,) = await added(web.api, "companies", {"name": "<Firm>"})
    tags, people = [{"name": "hot"}], [{"id": bea}, {"id": ann, "is_main": True}]
    embedded = {"tags": tags, "contacts": people, "companies": [{"id": firm}]}
    lead = await lead_of(web, _embedded=embedded)
    answer = await inside.get(f"/leads/detail/{lead}", "acme")
    words = inside.text()

    assert answer.headers["cache-control"] == "no-store"
    for text in ("Chairs", "hot", "Ann Lee Main +1 555 0100", "Bea", "<Firm>", "Initial contact"):
        assert text in words
    assert words.index("Ann Lee") < words.index("Bea")
    assert held(inside.page, f"/leads/detail/{lead}")["price"] == "1200.50"
    assert f'data-area="lcard" data-entity-type="leads" data-entity-id="{lead}"' in inside.page
    await inside.get(f"/contacts/detail/{ann}/", "acme")
    assert 'href="tel:+15550100"' not in inside.page  # a control holds it, and nobody only reads
    assert 'data-area="ccard"' in inside.page
    assert "Chairs" in inside.text()
    await inside.get(f"/companies/detail/{firm}", "acme")
    assert 'data-area="comcard"' in inside.page


async def test_only_what_was_changed_is_written_and_told(web: Web, inside: Browser) -> None:
    lead = await lead_of(web, _embedded={"tags": [{"name": "hot"}, {"name": "old"}]})
    card = f"/leads/detail/{lead}"
    before, events = await web.api.lead(lead), await web.api.count("events")
    web.clock.advance(60)
    same = await send(inside, card)
    assert same.headers["location"] == f"{card}?done=saved"
    assert (await web.api.lead(lead), await web.api.count("events")) == (before, events)

    old = next(t["id"] for t in before["_embedded"]["tags"] if t["name"] == "old")
    bob = web.api.acme.users["Bob"]
    changes = {"name": "Desks", "price": "1 500", "tags": "new, hot"}
    changes["responsible_user_id"] = str(bob)
    await send(inside, card, drop=(f"tag-{old}",), **changes)
    lead_now = await web.api.lead(lead)
    assert (lead_now["name"], lead_now["price"]) == ("Desks", 1500)
    assert lead_now["responsible_user_id"] == bob
    assert [t["name"] for t in lead_now["_embedded"]["tags"]] == ["hot", "new"]
    assert lead_now["updated_by"] == web.api.acme.admin_id
    # name, price, responsible user, a tag on, a tag off
    assert await web.api.count("events") == events + 5


async def test_fields_of_every_common_type_are_written(web: Web, inside: Browser) -> None:
    known = await make_dictionaries(web.api)
    ids, enums = known.fields, known.enums
    lead = await lead_of(web, custom_fields_values=[value(ids["text"], "before")])
    card = f"/leads/detail/{lead}"
    typed = {
        f"cf__{ids['text']}": "after",
        f"cf__{ids['number']}": "12.5",
        f"cf__{ids['checkbox']}__on": "1",
        f"cf__{ids['date']}": "2026-11-22",
        f"cf__{ids['select']}": str(enums["green"]),
        f"cf__{ids['multiselect']}__{enums['north']}": "1",
        f"cf__{ids['multiselect']}__{enums['east']}": "1",
    }
    await send(inside, card, **typed)
    found = {
        one["field_name"]: [v["value"] for v in one["values"]]
        for one in (await web.api.lead(lead))["custom_fields_values"]
    }
    assert found == {
        "text": ["after"],
        "number": ["12.5"],
        "checkbox": [True],
        "date": [1_795_305_600],
        "select": ["green"],
        "multiselect": ["north", "east"],
    }

    cleared = {f"cf__{ids[name]}": "" for name in ("text", "number", "date", "select")}
    boxes = [f"cf-{ids['multiselect']}-{enums[name]}" for name in ("north", "east")]
    await send(inside, card, drop=(*boxes, f"cf-{ids['checkbox']}-on"), **cleared)
    left = (await web.api.lead(lead))["custom_fields_values"]
    assert [(one["field_name"], one["values"][0]["value"]) for one in left] == [("checkbox", False)]


async def test_telephone_numbers_are_added_and_taken_away(web: Web, inside: Browser) -> None:
    (contact,) = await added(web.api, "contacts", {"name": "Ann", "custom_fields_values": [PHONE]})
    card = f"/contacts/detail/{contact}"
    await inside.get(card, "acme")
    field = re.search(r'name="(cf-\d+)-text-0" value="\+1 555 0100"', inside.page)
    assert field is not None
    await send(inside, card, **{f"{field[1]}-text-1": "+1 555 0199", "first_name": "Anna"})
    one = await one_of(web.api, "contacts", contact)
    phones = [v["value"] for v in one["custom_fields_values"][0]["values"]]
    assert (phones, one["name"]) == (["+1 555 0100", "+1 555 0199"], "Anna")

    await send(inside, card, **{f"{field[1]}-text-0": "", f"{field[1]}-text-1": ""})
    assert (await one_of(web.api, "contacts", contact))["custom_fields_values"] is None


WRONG = [
    ("price", "a lot", "Price: write it in figures, such as 1200 or 1200.50."),
    ("price", "1e99", "Price: write it in figures"),
    ("name", " ", "Write a name."),
    ("name", "x" * 256, "255 characters or less"),
    ("responsible_user_id", "999999", "Choose one of those that are offered."),
    ("pipeline_id", "abc", "Choose one of those that are offered."),
    ("number", "many", "number: write a number in figures"),
    ("date", "2026-13-45", "date: choose a day of the calendar"),
    ("select", "999999", "select: choose one of those that are offered."),
]


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(
    web: Web, inside: Browser
) -> None:
    known = await make_dictionaries(web.api)
    lead = await lead_of(web)
    card, before = f"/leads/detail/{lead}", await web.api.lead(lead)
    for name, typed, words in WRONG:
        control = f"cf-{known.fields[name]}" if name in known.fields else name
        refused = await send(inside, card, **{control: typed, "tags": "kept as typed"})
        assert (refused.status_code, name) == (422, name)
        assert f'id="f-{control}-error"' in inside.page
        assert words in inside.text()
        assert held(inside.page, card)["tags"] == "kept as typed"

    assert await web.api.lead(lead) == before
    assert (await send(inside, card, tags="kept")).status_code == 303


async def test_nobody_writes_over_what_they_have_not_seen(web: Web, inside: Browser) -> None:
    lead = await lead_of(web)
    card = f"/leads/detail/{lead}"
    await inside.get(card, "acme")
    mine = held(inside.page, card) | {"price": "7"}
    await web.api.call("PATCH", f"/api/v4/leads/{lead}", json={"name": "Tables"})
    refused = await inside.post(card, mine, label="acme")
    assert refused.status_code == 422
    assert "Somebody else has changed this while you were writing" in inside.text()
    again = held(inside.page, card)
    assert (again["price"], (await web.api.lead(lead))["price"]) == ("7", 1201)

    assert (await inside.post(card, again, label="acme")).status_code == 303
    assert (await web.api.lead(lead))["price"] == 7


async def test_who_saves_again_keeps_what_others_changed_beside_it(
    web: Web, inside: Browser
) -> None:
    known = await make_dictionaries(web.api)
    text, number, boxes = (known.fields[one] for one in ("text", "number", "multiselect"))
    here = [value(text, "before"), value(number, "1"), {"field_id": boxes, "values": [
        {"enum_id": known.enums["north"]}
    ]}]  # fmt: skip
    tags = {"tags": [{"name": "hot"}, {"name": "old"}]}
    lead = await lead_of(web, custom_fields_values=here, _embedded=tags)
    hot, old = (one["id"] for one in (await web.api.lead(lead))["_embedded"]["tags"])
    card = f"/leads/detail/{lead}"
    await inside.get(card, "acme")
    mine = held(inside.page, card) | {"price": "7", f"cf-{number}": "2", "tags": "mine"}
    del mine[f"tag-{old}"]
    theirs = [value(text, "after"), value(number, "3"), {"field_id": boxes, "values": [
        {"enum_id": known.enums["east"]}
    ]}]  # fmt: skip
    changes = {"name": "Tables", "responsible_user_id": web.api.acme.users["Bob"]}
    changes |= {"custom_fields_values": theirs, "tags_to_add": [{"name": "theirs"}]}
    changes["tags_to_delete"] = [{"id": hot}]
    path = f"/api/v4/leads/{lead}"
    assert (await web.api.call("PATCH", path, json=changes)).status_code == 200
    assert (await inside.post(card, mine, label="acme")).status_code == 422
    again = held(inside.page, card)
    assert (again["name"], again["price"], again[f"cf-{number}"]) == ("Tables", "7", "2")
    assert (await inside.post(card, again, label="acme")).status_code == 303

    now = await web.api.lead(lead)
    assert (now["name"], now["price"]) == ("Tables", 7)
    assert now["responsible_user_id"] == web.api.acme.users["Bob"]
    assert {t["name"] for t in now["_embedded"]["tags"]} == {"theirs", "mine"}
    values = {one["field_name"]: one["values"] for one in now["custom_fields_values"]}
    assert (values["text"][0]["value"], values["number"][0]["value"]) == ("after", "2")
    assert [one["value"] for one in values["multiselect"]] == ["east"]


async def test_a_lead_moves_through_its_stages(web: Web, inside: Browser) -> None:
    known = await make_dictionaries(web.api)
    lead = await lead_of(web)
    card = f"/leads/detail/{lead}"
    await send(inside, card, f"{card}/stage", stage=str(known.second))
    assert (await web.api.lead(lead))["status_id"] == known.second
    for stage in (known.unsorted, known.due, known.second, 0):
        refused = await send(inside, card, f"{card}/stage", stage=str(stage))
        assert (refused.status_code, stage) == (422, stage)
    await send(inside, card, f"{card}/stage", stage="143")
    await send(inside, card, loss_reason_id=str(known.reasons[0]))
    lost = await web.api.lead(lead)
    assert (lost["status_id"], lost["loss_reason_id"]) == (143, known.reasons[0])

    await send(inside, card, pipeline_id=str(known.renewals))
    moved = await web.api.lead(lead)
    assert (moved["pipeline_id"], moved["status_id"]) == (known.renewals, known.due)


async def test_entities_are_linked_found_and_unlinked(web: Web, inside: Browser) -> None:
    lead = await lead_of(web)
    ann, bea = await added(web.api, "contacts", {"name": "Ann Lee"}, {"name": "Bea Lee"})
    card = f"/leads/detail/{lead}"

    async def link(contact: int, path: str = "link", **more: str) -> int:
        fields = {"to_type": "contacts", "to_id": str(contact), **more}
        await inside.get(card, "acme")
        answer = await inside.submit(f"{card}/{path}", *fields.items(), label="acme")
        return answer.status_code

    assert await link(ann) == await link(bea) == 303
    await link(bea, is_main="1")
    links = await linked(web.api, f"leads/{lead}")
    mains = {contact: metadata["main_contact"] for _, contact, metadata in links}
    assert mains == {ann: False, bea: True}
    await inside.get(f"{card}?link=contacts&query=lee", "acme")
    assert "Nothing else found for “lee”" in inside.text()

    assert await link(bea, "unlink") == 303
    assert [one[1] for one in await linked(web.api, f"leads/{lead}")] == [ann]
    await inside.get(f"{card}?link=contacts&query=lee", "acme")
    assert "Bea Lee" in inside.text()
    assert await link(999_999) == 422
    for wrong in ({"to_type": "leads"}, {"to_type": "tasks"}, {"to_id": "x"}):
        assert await link(ann, **wrong) == 404


async def test_notes_are_added_and_read_page_by_page(web: Web, inside: Browser) -> None:
    lead = await lead_of(web)
    card = f"/leads/detail/{lead}"
    path = f"/api/v4/leads/{lead}/notes"
    for start in range(0, 205, 41):
        notes = [
            {"note_type": "common", "params": {"text": f"Note {n:03}"}}
            for n in range(start, start + 41)
        ]
        assert (await web.api.call("POST", path, json=notes)).status_code == 200
    assert (await send(inside, card, f"{card}/notes", note="<i>By hand</i>\r\nTwo")).is_redirect
    await inside.get(card, "acme")
    words = inside.text()
    assert words.index("<i>By hand</i> Two") < words.index("Note 204")
    assert words.count("Alice · 15 Jan 2027, 08:00 UTC") == 20
    assert f'href="{card}?notes=2#notes"' in inside.page

    await inside.get(f"{card}?notes=11", "acme")
    assert re.findall(r"Note \d{3}", inside.text())[-1] == "Note 000"
    assert (await inside.get(f"{card}?notes=12", "acme")).status_code == 404
    blank = await send(inside, card, f"{card}/notes", note=" \r\n")
    assert (blank.status_code, "Write what the note should say" in inside.text()) == (422, True)
    assert await web.api.count("notes") == 206


async def test_tasks_are_added_and_completed_with_a_result(web: Web, inside: Browser) -> None:
    lead = await lead_of(web)
    card = f"/leads/detail/{lead}"
    refused = await send(inside, card, f"{card}/tasks", task_text="", task_date="soon")
    assert refused.status_code == 422
    assert "Task: write what is to be done." in inside.text()
    assert "Due: choose a day" in inside.text()
    due = {"task_date": "2027-01-16", "task_time": "09:30"}
    await send(inside, card, f"{card}/tasks", task_text="Call", task_type="2", **due)
    (task,) = (await web.api.get("/api/v4/tasks")).json()["_embedded"]["tasks"]
    assert (task["text"], task["task_type_id"], task["entity_id"]) == ("Call", 2, lead)
    assert task["complete_till"] == 1_800_091_800
    assert (await web.api.lead(lead))["closest_task_at"] == task["complete_till"]

    await inside.get(card, "acme")
    assert "Call Tomorrow, 09:30 · Meeting · Alice" in inside.text()
    done = await send(inside, card, f"/todo/{task['id']}/complete", result="They agreed")
    assert done.headers["location"] == f"{card}#tasks"
    task = (await web.api.get(f"/api/v4/tasks/{task['id']}")).json()
    assert (task["is_completed"], task["result"]["text"]) == (True, "They agreed")
    assert (await inside.submit("/todo/999999/complete", label="acme")).status_code == 404


async def test_the_list_of_tasks_is_by_when_they_are_due(web: Web, inside: Browser) -> None:
    lead, now = await lead_of(web), web.clock()
    bob = web.api.acme.users["Bob"]
    about = {"entity_type": "leads", "entity_id": lead}
    tasks = [
        {"text": "Late one", "complete_till": now - DAY, **about},
        {"text": "One of today", "complete_till": now + 3600},
        {"text": "Later one", "complete_till": now + 3 * DAY},
        {"text": "Bob's", "complete_till": now + DAY, "responsible_user_id": bob},
        {"text": "Done one", "complete_till": now, "is_completed": True},
    ]
    assert (await web.api.call("POST", "/api/v4/tasks", json=tasks)).status_code == 200
    await inside.get("/todo/", "acme")
    words = inside.text()
    places = [words.index(t) for t in ("Overdue 1", "Late one", "Today 1", "One of", "Later 1")]
    assert places == sorted(places)
    assert f'<a href="/leads/detail/{lead}">Chairs</a>' in inside.page
    assert not {"Bob's", "Done one"} & set(re.findall("Bob's|Done one", words))

    await inside.get("/todo/?who=all", "acme")
    assert "Bob's" in inside.text()
    await inside.get("/todo/?state=done", "acme")
    assert "Done one" in inside.text()
    assert (await send(inside, "/todo/", task_text="By hand")).is_redirect
    assert await web.api.count("tasks") == 6
    for wrong in ("?who=bob", "?state=x", "?page=0", "?page=2"):
        assert (await inside.get(f"/todo/{wrong}", "acme")).status_code == 404


async def test_the_recycle_bin_takes_and_gives_back(web: Web, inside: Browser) -> None:
    lead = await lead_of(web)
    card = f"/leads/detail/{lead}"
    gone = await send(inside, card, f"{card}/bin")
    assert gone.headers["location"] == "/leads/?done=binned"
    await inside.get(gone.headers["location"], "acme")
    assert "It is in the recycle bin." in inside.text()
    assert (await inside.get(card, "acme")).status_code == 404
    assert (await web.api.get(f"/api/v4/leads/{lead}")).status_code != 200

    await inside.get("/leads/trash/", "acme")
    assert "Chairs" in inside.text()
    form = ("id", str(lead))
    back = await inside.submit("/leads/trash/restore", form, label="acme")
    assert back.headers["location"] == f"{card}?done=restored"
    assert (await inside.get(card, "acme")).status_code == 200
    assert (await inside.submit("/leads/trash/restore", form, label="acme")).status_code == 404


async def test_new_ones_are_added_and_linked_with_where_they_come_from(
    web: Web, inside: Browser
) -> None:
    made = await send(inside, "/leads/add/", name="Desks", price="12,5")
    assert (made.status_code, await web.api.count("leads")) == (422, 0)
    made = await send(inside, "/leads/add/", name="Desks", price="12.5", tags="hot")
    card = made.headers["location"].removesuffix("?done=added")
    lead = int(card.rpartition("/")[2])
    one = await web.api.lead(lead)
    assert (one["name"], one["price_with_minor_units"]) == ("Desks", 12.5)
    assert one["responsible_user_id"] == web.api.acme.admin_id

    path = f"/contacts/add/?leads={lead}"
    linked_to = await send(inside, path, first_name="Ann", last_name="Lee")
    assert linked_to.headers["location"] == f"{card}?done=linked#linked"
    await inside.get(card, "acme")
    assert "Ann Lee Main" in inside.text()
    assert (await send(inside, "/companies/add/")).is_redirect  # nothing has to be said of one
    for wrong in ("/contacts/add/?leads=99999", "/contacts/add/?leads=x"):
        assert (await inside.get(wrong, "acme")).status_code == 404


async def test_lists_are_searched(web: Web, inside: Browser) -> None:
    await web.api.add_leads({"name": "Chairs"}, {"name": "Lamps"})
    await added(web.api, "contacts", {"name": "Ann", "custom_fields_values": [PHONE]})
    await added(web.api, "companies", {"name": "Northwind"})
    for path, shown, hidden in (
        ("/leads/?query=cHAI", "Chairs", "Lamps"),
        ("/leads/?query=zebra", "Nothing found", "Chairs"),
        ("/contacts/list/?query=555%200100", "Ann", "Nothing found"),
        ("/contacts/list/contacts/", "+1 555 0100", "Northwind"),
        ("/contacts/list/companies/?query=north", "Northwind", "Ann"),
    ):
        await inside.get(path, "acme")
        assert shown in inside.text(), path
        assert hidden not in inside.text(), path
    for wrong in ("query=%00", f"query={'x' * 256}", "page=2"):
        assert (await inside.get(f"/contacts/list/?{wrong}", "acme")).status_code == 404


async def test_an_empty_list_says_how_the_first_comes_in(inside: Browser) -> None:
    for path, kind in (("/contacts/list/", "contacts"), ("/contacts/list/companies/", "companies")):
        await inside.get(path, "acme")
        assert f"curl 'https://acme.grantway.test/api/v4/{kind}'" in inside.text()
