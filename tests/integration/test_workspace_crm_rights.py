"""Who may see and change what on the pages of the workspace (S-90 to S-95, S-124)."""

from typing import Any

import pytest

from grantway.accounts.rights import EntityRights, Right, Rights, StatusRight, TaskRights
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldType
from grantway.crm.fields.wire import FieldChange
from tests.integration.entity_calls import added
from tests.integration.lead_world import make_dictionaries
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web
from tests.integration.workspace_cards import held, send

A, M, D = Right.ALL, Right.OWN, Right.DENIED


def on_leads(view: Right, edit: Right, delete: Right, **more: Any) -> Rights:
    """Return rights with these on leads; everything else is allowed."""
    every = EntityRights(view=A, edit=A, add=A, delete=A, export=A)
    leads = EntityRights(view=view, edit=edit, add=A, delete=delete, export=A)
    tasks = TaskRights(edit=A, delete=A)
    return Rights(
        **({"leads": leads, "contacts": every, "companies": every, "tasks": tasks} | more)
    )


async def bob_with(web: Web, rights: Rights) -> Browser:
    await web.api.token_of("Bob", rights)
    return await web.entered(BOB)


async def posted(browser: Browser, path: str, form: dict[str, str]) -> int:
    return (await browser.post(path, form, label="acme")).status_code


@pytest.mark.parametrize(
    ("rights", "of_alice", "of_bob"),
    [  # sees, changes, deletes
        (on_leads(A, A, A), (True, True, True), (True, True, True)),
        (on_leads(A, M, D), (True, False, False), (True, True, False)),
        (on_leads(A, D, M), (True, False, False), (True, False, True)),
        (on_leads(M, A, A), (False, False, False), (True, True, True)),
        (on_leads(D, A, A), (False, False, False), (False, False, False)),
    ],
)
async def test_rights_decide_what_is_shown_and_what_is_done(
    web: Web, rights: Rights, of_alice: tuple[bool, ...], of_bob: tuple[bool, ...]
) -> None:
    bob_id = web.api.acme.users["Bob"]
    hers, his = await web.api.add_leads(
        {"name": "Hers"}, {"name": "His", "responsible_user_id": bob_id}
    )
    alice, bob = await web.entered(ALICE), await bob_with(web, rights)
    for lead, (sees, changes, deletes) in ((hers, of_alice), (his, of_bob)):
        card = f"/leads/detail/{lead}"
        # The whole forms, as somebody has them who may send them.
        await alice.get(card, "acme")
        same = held(alice.page, card)
        await bob.get("/leads/", "acme")
        same["form_token"] = bob.form_token()
        save = same | {"price": "7"}
        answer = await bob.get(card, "acme")
        assert (answer.status_code == 200) == sees
        assert (f'action="{card}"' in bob.page) == changes
        assert (f'action="{card}/notes"' in bob.page) == changes
        assert ('name="stage"' in bob.page) == changes
        assert (f'action="{card}/bin"' in bob.page) == deletes

        refused = 403 if sees else 404
        expected = 303 if changes else refused
        assert await posted(bob, card, same) == expected
        assert await posted(bob, card, save) == expected
        assert await posted(bob, f"{card}/notes", save | {"note": "Said"}) == expected
        assert await posted(bob, f"{card}/stage", save | {"stage": "142"}) == expected
        assert (await web.api.lead(lead))["price"] == (7 if changes else 0)
        assert await posted(bob, f"{card}/bin", save) == (303 if deletes else refused)


FORMS: list[tuple[str, dict[str, str]]] = [
    ("", {"seen": "x"}),
    ("/stage", {"stage": "142"}),
    ("/notes", {"note": "Said"}),
    ("/tasks", {"task_text": "Do", "task_date": "2027-02-01"}),
    ("/link", {"to_type": "contacts", "to_id": "1"}),
    ("/unlink", {"to_type": "contacts", "to_id": "1"}),
    ("/bin", {}),
]


async def test_a_form_of_another_site_changes_nothing(web: Web) -> None:
    await added(web.api, "contacts", {"name": "Ann"})
    (lead,) = await web.api.add_leads({"name": "Chairs"})
    before, card = await web.api.lead(lead), f"/leads/detail/{lead}"
    alice = await web.entered(ALICE, path=card)
    token = ("form_token", alice.form_token())
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    of_control = {"origin": "https://accounts.grantway.test", "sec-fetch-site": "same-site"}
    others = [(f"{card}{path}", form) for path, form in FORMS]
    others += [("/leads/add/", {"name": "x"}), ("/leads/trash/restore", {"id": str(lead)})]
    others += [("/todo/", {"task_text": "x"}), ("/todo/1/complete", {})]
    for address, form in others:
        for headers in (foreign, of_control):
            sent = [token, *form.items()]
            answer = await alice.post(address, sent, label="acme", headers=headers)
            assert (answer.status_code, address) == (403, address)
        assert (await alice.post(address, form, label="acme")).status_code == 403
        nobody = await web.browser().post(address, form, label="acme")
        assert nobody.headers["location"].startswith("https://accounts.grantway.test/enter/acme")
    assert await web.api.lead(lead) == before
    assert await web.api.count("notes") == await web.api.count("tasks") == 0
    assert await web.api.count("leads") == 1


async def test_what_is_hidden_foreign_or_missing_is_the_same(web: Web) -> None:
    (hers,) = await web.api.add_leads({"name": "Hers"})
    bob = await bob_with(web, on_leads(M, A, A))

    async def page(path: str, browser: Browser, label: str = "acme") -> str:
        answer = await browser.get(path, label)
        assert answer.status_code == 404
        return browser.page.rpartition("Request number")[0]

    missing = await page("/leads/detail/999999", bob)
    assert await page(f"/leads/detail/{hers}", bob) == missing
    assert await page(f"/leads/detail/{'9' * 5000}", bob) == missing
    charlie = await web.entered(CHARLIE, "bolt")
    assert await page(f"/leads/detail/{hers}", charlie, "bolt") == missing
    await bob.get("/leads/", "acme")
    assert "Hers" not in bob.text()
    await bob.get("/leads/?query=hers", "acme")
    assert "Nothing found" in bob.text()


async def test_a_denied_stage_is_neither_shown_nor_offered(web: Web) -> None:
    known = await make_dictionaries(web.api)
    hidden = {"pipeline_id": known.main, "status_id": known.second}
    seen, unseen = await web.api.add_leads({"name": "Seen"}, {"name": "Unseen", **hidden})
    denied = StatusRight(
        entity_type="leads",
        pipeline_id=known.main,
        status_id=known.second,
        rights={"view": D, "edit": D, "delete": D},
    )
    bob = await bob_with(web, on_leads(A, A, A, status_rights=[denied]))
    assert (await bob.get(f"/leads/detail/{unseen}", "acme")).status_code == 404
    card = f"/leads/detail/{seen}"
    refused = await send(bob, card, f"{card}/stage", stage=str(known.second))
    assert refused.status_code == 422
    assert f'value="{known.second}"' not in bob.page
    assert (await send(bob, card, f"{card}/stage", stage="142")).status_code == 303


async def test_what_may_not_be_seen_is_not_found_to_be_linked(web: Web) -> None:
    none = EntityRights(view=M, edit=M, add=D, delete=D, export=D)
    hers, his = await added(
        web.api,
        "contacts",
        {"name": "Ann Hers"},
        {"name": "Ann His", "responsible_user_id": web.api.acme.users["Bob"]},
    )
    (lead,) = await web.api.add_leads({"name": "Chairs", "_embedded": {"contacts": [{"id": hers}]}})
    bob = await bob_with(web, on_leads(A, A, A, contacts=none))
    card = f"/leads/detail/{lead}"
    await bob.get(f"{card}?link=contacts&query=ann", "acme")
    assert "Ann His" in bob.text()
    assert "Ann Hers" not in bob.text()
    assert "and 1 more" not in bob.text()
    assert "/contacts/add/" not in bob.page
    assert (await bob.get("/contacts/add/", "acme")).status_code == 404

    async def link(contact: int) -> int:
        await bob.get(card, "acme")
        form = (("to_type", "contacts"), ("to_id", str(contact)))
        return (await bob.submit(f"{card}/link", *form, label="acme")).status_code

    assert (await link(hers), await link(his)) == (422, 303)


async def test_a_link_that_belongs_to_what_one_may_not_change_stays(web: Web) -> None:
    (ann,) = await added(web.api, "contacts", {"name": "Ann"})
    (lead,) = await web.api.add_leads({"name": "Chairs", "_embedded": {"contacts": [{"id": ann}]}})
    form = (("to_type", "leads"), ("to_id", str(lead)))
    for rights, status in ((on_leads(A, D, D), 403), (on_leads(A, A, D), 303)):
        bob = await bob_with(web, rights)
        await bob.get(f"/contacts/detail/{ann}", "acme")
        assert "Chairs" in bob.text()
        assert ("Remove the link" in bob.text()) == (status == 303)
        answer = await bob.submit(f"/contacts/detail/{ann}/unlink", *form, label="acme")
        assert answer.status_code == status


async def test_only_tasks_within_ones_right_are_completed(web: Web) -> None:
    now = web.clock() + 3600
    (lead,) = await web.api.add_leads({"name": "Chairs"})
    about = {"entity_type": "leads", "entity_id": lead, "complete_till": now}
    bob_id = web.api.acme.users["Bob"]
    tasks = [{"text": "Hers", **about}, {"text": "His", "responsible_user_id": bob_id, **about}]
    made = await web.api.call("POST", "/api/v4/tasks", json=tasks)
    hers, his = (one["id"] for one in made.json()["_embedded"]["tasks"])
    bob = await bob_with(web, on_leads(A, A, A, tasks=TaskRights(edit=M, delete=D)))
    await bob.get(f"/leads/detail/{lead}", "acme")
    assert f"/todo/{his}/complete" in bob.page
    assert f"/todo/{hers}/complete" not in bob.page
    back = ("return_to", "//evil.example/")
    done = await bob.submit(f"/todo/{his}/complete", back, label="acme")
    assert done.headers["location"] == "/#tasks"
    assert (await bob.submit(f"/todo/{hers}/complete", back, label="acme")).status_code == 403


async def test_the_bin_gives_back_only_to_who_may_delete(web: Web) -> None:
    (lead,) = await web.api.add_leads({"name": "Chairs"})
    alice = await web.entered(ALICE)
    card = f"/leads/detail/{lead}"
    await send(alice, card, f"{card}/bin")
    for rights, status in (
        (on_leads(M, A, A), 404),
        (on_leads(A, A, D), 403),
        (on_leads(A, A, A), 303),
    ):
        bob = await bob_with(web, rights)
        await bob.get("/leads/trash/", "acme")
        assert ("Chairs" in bob.text()) == (status != 404)
        assert ("Restore" in bob.text()) == (status == 303)
        form = ("id", str(lead))
        answer = await bob.submit("/leads/trash/restore", form, label="acme")
        assert answer.status_code == status


async def test_who_gives_away_what_they_see_as_their_own_is_told(web: Web) -> None:
    bob_id = web.api.acme.users["Bob"]
    (lead,) = await web.api.add_leads({"name": "His", "responsible_user_id": bob_id})
    bob = await bob_with(web, on_leads(M, M, D))
    card = f"/leads/detail/{lead}"
    answer = await send(bob, card, responsible_user_id=str(web.api.acme.admin_id))
    assert answer.headers["location"] == "/leads/?done=given"
    assert (await web.api.lead(lead))["responsible_user_id"] == web.api.acme.admin_id
    assert (await bob.get(card, "acme")).status_code == 404


async def test_who_may_not_add_is_not_asked_to(web: Web) -> None:
    none = EntityRights(view=A, edit=A, add=D, delete=A, export=A)
    bob = await bob_with(web, on_leads(A, A, A, leads=none))
    assert "New lead" not in bob.text()
    assert (await bob.get("/leads/add/", "acme")).status_code == 404
    await bob.get("/leads/", "acme")
    refused = await bob.submit("/leads/add/", ("name", "Chairs"), label="acme")
    assert (refused.status_code, await web.api.count("leads")) == (404, 0)
    await bob.get("/contacts/list/", "acme")
    assert "New contact" in bob.text()


async def test_a_value_leads_nowhere_but_to_the_web(web: Web) -> None:
    async with web.api.db.write() as tx:
        change = [FieldChange(type=FieldType.URL, name="Plan", code="PLAN")]
        await fields.add(
            tx, web.api.acme.actor, "leads", change, has_stage=lambda _p, _s: True, now=1
        )
    alice = await web.entered(ALICE)
    for url, leads in (("javascript:alert(1)", False), ("https://plan.example/", True)):
        values = [{"field_code": "PLAN", "values": [{"value": url}]}]
        (lead,) = await web.api.add_leads({"name": "Chairs", "custom_fields_values": values})
        await alice.get(f"/leads/detail/{lead}", "acme")
        assert url in alice.page
        assert (f'href="{url}"' in alice.page) == leads
