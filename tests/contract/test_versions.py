"""Drafts, reviews and verdicts (widgets-and-marketplace.md 6; S-148 to S-151, S-154)."""

import datetime as dt
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.audit import PLATFORM
from grantway.db import Database, Transaction
from grantway.integrations.errors import IntegrationNotFound, WrongState
from grantway.kernel.errors import Forbidden, GrantwayError
from grantway.moderation import desk, drafts, history, submissions
from grantway.moderation.checks.errors import NotReady
from grantway.moderation.checks.model import Finding, Report, Severity
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import (
    NotAModerator,
    OwnIntegration,
    SeenAnother,
    VerdictRefused,
    VersionNotFound,
)
from grantway.moderation.model import Reason, Version
from grantway.moderation.states import State
from tests.contract.crm_cast import audited
from tests.contract.integration_cast import NOW, SEAL, People, open_people
from tests.contract.version_cast import (
    COMMENT,
    REASONS,
    RULES,
    bring_to,
    clean,
    make_draft,
    make_mo,
    newest,
    rename_owner,
    submit,
)

REACHED = (State.DRAFT, State.IN_REVIEW, State.REJECTED, State.WITHDRAWN, State.APPROVED)


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def mo(people: People) -> Moderator:
    async with people.db.write() as tx:
        return await make_mo(tx)


Press = Callable[[Transaction, Actor, Moderator, Version], Awaitable[object]]


PRESSES: dict[str, Press] = {
    "save": lambda tx, actor, mo, seen: rename_owner(tx, actor, seen),
    "request_review": lambda tx, actor, mo, seen: submissions.request_review(
        tx, actor, seen.client_id, clean(seen), NOW
    ),
    "withdraw": lambda tx, actor, mo, seen: submissions.withdraw(tx, actor, seen.client_id, NOW),
    "add": lambda tx, actor, mo, seen: drafts.add_version(tx, actor, seen.client_id, NOW),
    "answer": lambda tx, actor, mo, seen: submissions.answer(
        tx, actor, seen.client_id, "It is free.", NOW
    ),
    "approve": lambda tx, actor, mo, seen: desk.approve(
        tx, mo, seen.client_id, seen.number, seen.content_hash, NOW
    ),
    "reject": lambda tx, actor, mo, seen: desk.reject(
        tx, mo, seen.client_id, seen.number, seen.content_hash, REASONS, RULES, NOW
    ),
    "ask": lambda tx, actor, mo, seen: desk.ask(
        tx, mo, seen.client_id, seen.number, "What does it cost?", NOW
    ),
    "note": lambda tx, actor, mo, seen: desk.note(
        tx, mo, seen.client_id, seen.number, "Looks sound.", NOW
    ),
}
"""Everything that people press, as somebody or other."""

LEADS_ON = {
    State.DRAFT: {"save", "request_review"},
    State.IN_REVIEW: {"withdraw", "answer", "approve", "reject", "ask", "note"},
    State.REJECTED: {"add", "note"},
    State.WITHDRAWN: {"add", "note"},
    State.APPROVED: {"withdraw", "note"},
}
BY_MODERATOR = {"approve", "reject", "ask", "note"}


async def refusal(
    people: People, press: Press, actor: Actor, mo: Moderator, seen: Version
) -> type[GrantwayError] | None:
    try:
        async with people.db.write() as tx:
            await press(tx, actor, mo, seen)
    except GrantwayError as error:
        return type(error)
    return None


@pytest.mark.parametrize("state", REACHED)
@pytest.mark.parametrize("name", PRESSES)
async def test_each_press_leads_on_from_its_own_states_alone(
    people: People, mo: Moderator, state: State, name: str
) -> None:
    seen = await bring_to(people, mo, state)
    refused = await refusal(people, PRESSES[name], people.dana, mo, seen)

    if name in LEADS_ON[state]:
        assert refused is None
    else:
        # A moderator knows nothing of a draft at all (S-154).
        is_hidden = state is State.DRAFT and name in BY_MODERATOR
        assert refused is (VersionNotFound if is_hidden else WrongState)
        assert (await newest(people, seen.client_id)) == seen


@pytest.mark.parametrize("name", sorted(set(PRESSES) - BY_MODERATOR))
async def test_only_administrators_of_its_own_account_press(
    people: People, mo: Moderator, name: str
) -> None:
    states = [state for state in REACHED if name in LEADS_ON[state]]
    seen = await bring_to(people, mo, states[0])
    user = msgspec.structs.replace(people.dana, is_administrator=False)

    assert await refusal(people, PRESSES[name], user, mo, seen) is Forbidden
    assert await refusal(people, PRESSES[name], people.alice, mo, seen) is IntegrationNotFound
    assert await refusal(people, PRESSES[name], people.dana, mo, seen) is None


@pytest.mark.parametrize("name", sorted(BY_MODERATOR))
async def test_nobody_moderates_for_an_account_they_belong_to(
    people: People, mo: Moderator, name: str
) -> None:
    seen = await bring_to(people, mo, State.IN_REVIEW)
    async with people.db.write() as tx:
        partial = await make_mo(tx, in_account=people.dana.account_id)
        elsewhere = await make_mo(tx, in_account=people.alice.account_id)

    assert await refusal(people, PRESSES[name], people.dana, partial, seen) is OwnIntegration
    assert await refusal(people, PRESSES[name], people.dana, elsewhere, seen) is None


async def test_whoever_has_no_role_on_the_platform_is_no_moderator(
    people: People, mo: Moderator
) -> None:
    async with people.db.read() as reader:
        for user_id in (people.dana.user_id, 0):
            with pytest.raises(NotAModerator):
                await desk.moderator_for(reader, user_id)
        again = await desk.moderator_for(reader, mo.user_id)

    assert again.name == "Mo"


async def test_a_review_has_a_due_date_and_a_sealed_comment(people: People, mo: Moderator) -> None:
    friday = int(dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC).timestamp())
    seen = await submit(people, await make_draft(people), friday)
    async with people.db.read() as reader:
        (request,) = await desk.conversation(reader, mo, seen.client_id, 1)
        own = await submissions.conversation(reader, people.dana, seen.client_id, 1)
        waiting = await desk.queue(reader, mo)

    assert dt.datetime.fromtimestamp(seen.due_at or 0, dt.UTC).strftime("%a %H") == "Tue 12"
    assert desk.comment(SEAL, seen, request) == COMMENT
    assert COMMENT not in f"{request} {own}"
    assert [
        (one.client_id, one.number, one.due_at, one.is_first, one.is_own) for one in waiting
    ] == [(seen.client_id, 1, seen.due_at, True, False)]


async def test_errors_of_the_checks_stand_in_the_way_and_warnings_do_not(people: People) -> None:
    draft = await make_draft(people)
    error = Finding(rule="N1", severity=Severity.ERROR, text="It has 44.", field="name")
    warning = Finding(rule="G2", severity=Severity.WARNING, text="It says official.")
    for findings, is_ready in (((error, warning), False), ((warning,), True)):
        report = Report(content_hash=draft.content_hash, findings=findings)
        async with people.db.write() as tx:
            asking = submissions.request_review(tx, people.dana, draft.client_id, report, NOW)
            if is_ready:
                assert (await asking).state == State.IN_REVIEW
            else:
                with pytest.raises(NotReady):
                    await asking


async def test_a_report_on_other_content_counts_for_nothing(people: People) -> None:
    draft = await make_draft(people)
    other = Report(content_hash="0" * 64, findings=())
    async with people.db.write() as tx:
        with pytest.raises(SeenAnother):
            await submissions.request_review(tx, people.dana, draft.client_id, other, NOW)

    assert (await submit(people, draft)).state == State.IN_REVIEW


@pytest.mark.parametrize("name", ["approve", "reject"])
async def test_a_verdict_is_about_the_content_that_was_seen(
    people: People, mo: Moderator, name: str
) -> None:
    """Withdrawn, changed and submitted anew while the moderator reads (S-150)."""
    first = await submit(people, await make_draft(people))
    async with people.db.write() as tx:
        await submissions.withdraw(tx, people.dana, first.client_id, NOW)
        added = await drafts.add_version(tx, people.dana, first.client_id, NOW)
        await rename_owner(tx, people.dana, added)
    second = await submit(people, await newest(people, first.client_id))

    as_first_seen = msgspec.structs.replace(second, content_hash=first.content_hash)
    assert await refusal(people, PRESSES[name], people.dana, mo, first) is WrongState
    assert await refusal(people, PRESSES[name], people.dana, mo, as_first_seen) is SeenAnother
    assert await refusal(people, PRESSES[name], people.dana, mo, second) is None


@pytest.mark.parametrize(
    ("reasons", "field"),
    [
        ((), "reasons"),
        ((Reason("N99", "It has 44."),), "N99"),
        ((Reason("N1", " "),), "N1"),
        ((Reason("N1", "It has 44."), Reason("N1", "Shorten it.")), "reasons"),
    ],
)
async def test_a_rejection_gives_one_reason_for_each_rule(
    people: People, mo: Moderator, reasons: tuple[Reason, ...], field: str
) -> None:
    seen = await bring_to(people, mo, State.IN_REVIEW)
    async with people.db.write() as tx:
        with pytest.raises(VerdictRefused) as refused:
            await desk.reject(tx, mo, seen.client_id, 1, seen.content_hash, reasons, RULES, NOW)

    assert set(refused.value.problems) == {field}
    assert (await newest(people, seen.client_id)).state == State.IN_REVIEW


async def test_the_integrator_reads_reasons_questions_and_no_notes(
    people: People, mo: Moderator
) -> None:
    seen = await bring_to(people, mo, State.IN_REVIEW)
    async with people.db.write() as tx:
        await desk.ask(tx, mo, seen.client_id, 1, "What does it cost?", NOW)
        await submissions.answer(tx, people.dana, seen.client_id, "It is free.", NOW)
        await desk.note(tx, mo, seen.client_id, 1, "Odd company.", NOW)
        await desk.reject(tx, mo, seen.client_id, 1, seen.content_hash, REASONS, RULES, NOW)
    async with people.db.read() as reader:
        own = await submissions.conversation(reader, people.dana, seen.client_id, 1)
        all_of_it = await desk.conversation(reader, mo, seen.client_id, 1)

    assert [one.kind for one in own] == ["request", "question", "answer", "verdict"]
    assert own[-1].reasons == list(REASONS)
    assert [one.text for one in all_of_it if one.kind == "note"] == ["Odd company."]


async def test_the_queue_is_turned_page_by_page(people: People, mo: Moderator) -> None:
    sent = [(await submit(people, await make_draft(people), NOW + n % 3)) for n in range(53)]
    async with people.db.read() as reader:
        first = await desk.queue(reader, mo)
        last = first[-1]
        second = await desk.queue(reader, mo, after=(last.due_at, last.client_id))

    expected = sorted((one.due_at or 0, one.client_id) for one in sent)
    assert [(one.due_at, one.client_id) for one in [*first, *second]] == expected
    assert (len(first), len(second)) == (50, 3)


async def test_everything_is_audited(people: People, mo: Moderator) -> None:
    seen = await bring_to(people, mo, State.IN_REVIEW)
    async with people.db.write() as tx:
        await desk.ask(tx, mo, seen.client_id, 1, "What does it cost?", NOW)
        await submissions.answer(tx, people.dana, seen.client_id, "It is free.", NOW)
        await desk.note(tx, mo, seen.client_id, 1, "Sound.", NOW)
        await desk.approve(tx, mo, seen.client_id, 1, seen.content_hash, NOW)
        await submissions.withdraw(tx, people.dana, seen.client_id, NOW)
        await drafts.add_version(tx, people.dana, seen.client_id, NOW)

    told = [event for event, _ in await audited(people.db, people.dana.account_id)]
    of_platform = [event for event, _ in await audited(people.db, PLATFORM)]
    assert "version.noted" in of_platform
    assert [one for one in told if one.startswith("version.")] == [
        "version.review_requested",
        "version.asked_about",
        "version.answered_for",
        "version.approved",
        "version.withdrawn",
        "version.added",
    ]


@pytest.mark.parametrize("what", ["answer", "ask", "note"])
async def test_nobody_says_so_much_that_no_page_can_show_it(
    people: People, mo: Moderator, what: str
) -> None:
    seen = await bring_to(people, mo, State.IN_REVIEW)
    for _ in range(submissions.MAX_MESSAGES):
        async with people.db.write() as tx:
            await PRESSES[what](tx, people.dana, mo, seen)
    with pytest.raises(VerdictRefused, match="no more fit"):
        async with people.db.write() as tx:
            await PRESSES[what](tx, people.dana, mo, seen)
    async with people.db.write() as tx:
        for other in {"answer", "ask", "note"} - {what}:
            await PRESSES[other](tx, people.dana, mo, seen)


async def test_the_history_shows_the_newest_of_many_versions(people: People, mo: Moderator) -> None:
    seen = await bring_to(people, mo, State.WITHDRAWN)
    for _ in range(20):
        async with people.db.write() as tx:
            draft = await drafts.add_version(tx, people.dana, seen.client_id, NOW)
        await submit(people, draft)
        async with people.db.write() as tx:
            await submissions.withdraw(tx, people.dana, seen.client_id, NOW)
    async with people.db.read() as reader:
        past = await history.of_integration(reader, mo, seen.client_id)

    assert [one.version.number for one in past] == list(range(21, 1, -1))
