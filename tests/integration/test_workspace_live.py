"""Pages follow what others change: the quiet question, and whose changes it tells of."""

import re
from typing import Any

import pytest

from tests.integration import task_calls
from tests.integration.entity_calls import added
from tests.integration.install_world import call
from tests.integration.web_client import ALICE, BOB, Browser, Web
from tests.integration.workspace_cards import send

LISTS = ("/leads/", "/contacts/list/", "/contacts/list/companies/")


@pytest.fixture
async def inside(web: Web) -> Browser:
    """Return the browser of Alice, who is in acme's workspace."""
    return await web.entered(ALICE)


async def live(browser: Browser, path: str) -> tuple[str, str]:
    """Open a page; return where it asks, and the mark of what it shows."""
    answer = await browser.get(path, "acme")
    assert answer.status_code == 200
    found = re.search(r'data-live="([^"]+)" data-mark="([^"]+)"', browser.page)
    assert found, path
    return found[1].replace("&amp;", "&"), found[2]


async def mark(browser: Browser, href: str, **headers: Any) -> str:
    answer = await call(browser, "GET", href, **headers)
    assert answer.status_code == 200, answer.text
    found: str = answer.json()["mark"]
    return found


async def test_a_list_is_told_of_what_it_would_show_now(web: Web, inside: Browser) -> None:
    asked = {path: await live(inside, path) for path in LISTS}
    before = {path: await mark(inside, href) for path, (href, _) in asked.items()}
    (lead,) = await web.api.add_leads({"name": "Chairs"})
    after = {path: await mark(inside, href) for path, (href, _) in asked.items()}
    shown = await live(inside, "/leads/")
    web.clock.advance(5)
    await web.api.call("PATCH", f"/api/v4/leads/{lead}", json={"price": 7})
    changed = await mark(inside, shown[0])
    searched = await live(inside, "/leads/?query=chairs")

    assert before == {path: one for path, (_, one) in asked.items()}
    assert [path for path in LISTS if after[path] != before[path]] == ["/leads/"]
    assert shown[1] == after["/leads/"] != changed
    assert searched[1] == await mark(inside, searched[0]) == changed


async def test_a_card_is_told_of_its_notes_and_tasks_as_well(web: Web, inside: Browser) -> None:
    (lead,) = await web.api.add_leads({"name": "Chairs"})
    card = f"/leads/detail/{lead}"
    href, shown = await live(inside, card)
    seen = [shown, await mark(inside, href)]
    await send(inside, card, f"{card}/notes", note="Wants oak")
    seen.append(await mark(inside, href))
    web.clock.advance(5)
    await web.api.call("PATCH", f"/api/v4/leads/{lead}", json={"price": 7})
    seen.append(await mark(inside, href))

    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


async def test_asking_needs_rights_a_script_of_ours_and_keeps_nobody_signed_in(
    web: Web, inside: Browser
) -> None:
    (contact,) = await added(web.api, "contacts", {"name": "Ann"})
    href, _ = await live(inside, f"/contacts/detail/{contact}")
    stranger = await web.entered(BOB)
    wrong = {
        "nobody": (await call(web.browser(), "GET", href)).status_code,
        "no script": (await call(stranger, "GET", href, x_requested_with=None)).status_code,
        "no kind": (await call(stranger, "GET", "/ajax/v1/changed?list=users")).status_code,
        "nothing": (await call(stranger, "GET", "/ajax/v1/changed?card=leads&id=9999")).status_code,
    }
    asked = []
    for _ in range(13):
        web.clock.advance(3_500)
        asked.append((await call(inside, "GET", href)).status_code)

    assert wrong == {"nobody": 401, "no script": 403, "no kind": 404, "nothing": 404}
    assert (asked[0], asked[-1]) == (200, 401)


async def test_the_tasks_are_told_tab_by_tab(web: Web, inside: Browser) -> None:
    tabs = ("/todo/", "/todo/?who=all", "/todo/?state=done")
    asked = {path: await live(inside, path) for path in tabs}
    (task,) = await task_calls.add(web.api, {})
    added_ = {path: await mark(inside, href) for path, (href, _) in asked.items()}
    shown = await live(inside, "/todo/?who=all")
    web.clock.advance(5)
    await task_calls.patch(web.api, task, {"is_completed": True})
    done = {path: await mark(inside, href) for path, (href, _) in asked.items()}
    wrong = await call(inside, "GET", "/ajax/v1/changed?list=tasks&who=bob&state=open")

    assert [path for path in tabs if added_[path] != asked[path][1]] == ["/todo/", "/todo/?who=all"]
    assert shown[1] == added_["/todo/?who=all"]
    assert [path for path in tabs if done[path] != asked[path][1]] == ["/todo/?state=done"]
    assert wrong.status_code == 404
