"""Verdicts, questions and notes of moderators, and what stands against them."""

import pytest

from grantway.accounts.sessions import PROOF_LIFETIME
from tests.integration.moderation_world import ACTS, REASON, Desk, act, saying
from tests.integration.web_client import ALICE, PASSWORDS, Browser, Web


async def test_an_approved_version_may_be_published(mo: Browser, world: Desk) -> None:
    page = await world.add()
    await mo.get(page)
    assert await act(mo, page, "approve") == 303
    assert await world.state(page) == "approved"
    await mo.get(f"{page}?done=approved")

    assert "Approved: its integrator may publish it now" in mo.text()
    assert 'action="' + page + '/approve"' not in mo.page


async def test_a_rejection_gives_a_reason_for_each_rule(mo: Browser, world: Desk) -> None:
    page = await world.add()
    await mo.get(page)
    two = [("rule", "T9"), ("text", REASON), ("rule", ""), ("text", " "), ("rule", "L4")]
    seen = (await world.version(page)).content_hash
    answer = await mo.submit(f"{page}/reject", ("seen", seen), *two, ("text", "Name it.\r\nSoon."))
    assert answer.status_code == 303
    await mo.get(page)

    assert await world.state(page) == "rejected"
    assert f"T9 {REASON}" in mo.text()
    assert "L4 Name it. Soon." in mo.text()
    assert "<b>not</b>" not in mo.page


@pytest.mark.parametrize(
    ("rule", "text", "words"),
    [
        ("", "", "Name at least one rule"),
        ("T9", "", 'id="f-reason-0-error"'),
        ("", "It is bad.", "Choose the rule that this is about."),
        ("Z1", "It is bad.", "Z1: there is no such rule in the checklist."),
    ],
)
async def test_what_is_no_reason_is_told_and_what_was_typed_stays(
    mo: Browser, world: Desk, rule: str, text: str, words: str
) -> None:
    page = await world.add()
    await mo.get(page)

    assert await act(mo, page, "reject", rule=rule, text=text) == 422
    assert words in mo.page
    assert text in mo.page
    assert await world.state(page) == "in_review"
    assert await act(mo, page, "reject", **ACTS["reject"]) == 303


async def test_a_question_is_heard_and_a_note_is_not(mo: Browser, world: Desk) -> None:
    page = await world.add()
    await mo.get(page)
    assert await act(mo, page, "ask", question=" ") == 422
    assert await act(mo, page, "note", note="") == 422
    for what in ("ask", "note"):
        assert await act(mo, page, what, **ACTS[what]) == 303
    await mo.get(page)

    assert await world.heard(page) == ["", "What does it cost?"]
    assert "noted, for moderators alone" in mo.text()
    assert "Tried it: works." in mo.text()


async def test_only_the_content_that_was_seen_is_decided_about(mo: Browser, world: Desk) -> None:
    page = await world.add()
    other = "0" * 64
    for what in ("approve", "reject"):
        await mo.get(page)
        assert await act(mo, page, what, **(ACTS[what] | {"seen": other})) == 409
        assert "Nothing was decided" in mo.text()
        assert "look at it again, then decide" in mo.text()
    assert REASON in mo.text()
    assert await world.state(page) == "in_review"

    assert await act(mo, page, "approve") == 303


@pytest.mark.parametrize("what", ["approve", "reject", "ask"])
async def test_what_was_withdrawn_meanwhile_is_told(mo: Browser, world: Desk, what: str) -> None:
    page = await world.add()
    await mo.get(page)
    await world.withdraw(page)

    assert await act(mo, page, what, **ACTS[what]) == 409
    assert "Version 1 is withdrawn" in mo.text()
    assert await world.state(page) == "withdrawn"
    assert await world.heard(page) == [""]


async def test_what_is_published_is_hidden_with_a_reason_and_shown_again(
    mo: Browser, world: Desk
) -> None:
    page = await world.add()
    await world.publish(page)
    await mo.get(page)
    assert await act(mo, page, "hide", reason="") == 422
    assert await world.state(page) == "published"
    assert await act(mo, page, "hide", reason="Its support page is gone.") == 303
    assert await world.state(page) == "hidden"
    assert (await world.heard(page))[-1] == "Its support page is gone."
    await mo.get(page)
    assert await act(mo, page, "unhide") == 303

    assert await world.state(page) == "published"


async def test_a_version_is_not_hidden_by_the_page_of_another(mo: Browser, world: Desk) -> None:
    first = await world.add()
    await world.publish(first)
    await mo.get(first)
    second = await world.update(first, saying(name="Parcels via Dana Labs"))
    await world.publish(second)

    assert await act(mo, first, "hide", reason="Its support page is gone.") == 409
    assert await world.state(second) == "published"
    await mo.get(second)
    assert await act(mo, second, "hide", reason="Its support page is gone.") == 303


@pytest.mark.parametrize("what", ACTS)
async def test_a_form_needs_its_token_and_our_origin(mo: Browser, world: Desk, what: str) -> None:
    page = await world.add()
    await mo.get(page)
    fields = [("seen", (await world.version(page)).content_hash), *ACTS[what].items()]
    elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await mo.post(f"{page}/{what}", fields)).status_code == 403
    await mo.get(page)
    assert (await mo.submit(f"{page}/{what}", *fields, headers=elsewhere)).status_code == 403
    assert await world.state(page) == "in_review"
    await mo.get(page)

    assert (await mo.submit(f"{page}/{what}", *fields)).status_code == 303


async def test_a_decision_needs_the_password_typed_recently(
    web: Web, mo: Browser, world: Desk
) -> None:
    page = await world.add()
    await mo.get(page)
    web.clock.advance(PROOF_LIFETIME)
    answer = await mo.submit(f"{page}/approve", ("seen", (await world.version(page)).content_hash))
    assert answer.headers["location"].startswith("/confirm-password?for=moderate&return_to=%2Fmod")
    assert await act(mo, page, "reject", **ACTS["reject"]) == 422
    assert "Confirm it in another tab" in mo.text()
    assert REASON in mo.text()
    assert await world.state(page) == "in_review"
    await mo.get(page)
    assert "It is asked for before a decision" in mo.text()
    assert await act(mo, page, "ask", **ACTS["ask"]) == 303

    await mo.get(answer.headers["location"])
    assert "decide about an integration" in mo.text()
    confirmed = await mo.submit(
        "/confirm-password",
        ("for", "moderate"),
        ("return_to", page),
        ("password", PASSWORDS[ALICE]),
    )
    assert confirmed.headers["location"] == page
    await mo.get(page)
    assert await act(mo, page, "reject", **ACTS["reject"]) == 303
