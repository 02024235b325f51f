"""Who may do what to an integration on its way to the public: one table (S-28, S-151, S-154).

Each cell is what a page answers. `DONE` has its effect; everything else changes
nothing at all, and 404 reads as if there were nothing. Below stands the same for
the command line: whoever runs it is the platform's operator, and acts for an
account that they name, or as a moderator whom they name.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import httpx
import msgspec
import pytest

from grantway.accounts import moderators
from grantway.installations import service as installations
from grantway.integrations import public
from grantway.marketplace import publishing, ratings
from grantway.moderation import desk, drafts, technical_accounts, trials
from tests.contract.version_cast import make_mo
from tests.integration.cli.command_line import SECRET_KEY, CommandLine
from tests.integration.moderation_world import REASON, Desk, Opened, client_id_of
from tests.integration.test_control_public_integrations import HONEST
from tests.integration.test_control_review import with_pictures
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web
from tests.unit.checked import SOUND

DONE = "done"
SIGN_IN = "sign in"
NOTHING = "nothing to do"
"""The page says that all is as wanted, because nothing of the kind is this person's."""

Cell = int | str
_ONE = ("--version", "1")


class Subject(msgspec.Struct, frozen=True):
    """What somebody tries to do something to."""

    client_id: str
    seen: str = ""
    rating: int = 0

    @property
    def window(self) -> str:
        return f"/accounts/acme/integrations/{self.client_id}"

    @property
    def desk(self) -> str:
        return f"/moderation/{self.client_id}/1"

    @property
    def listing(self) -> str:
        return f"/moderation/published/{self.client_id}"


class Row(NamedTuple):
    """An action: from which stage, by what form (none: a page is opened), and who may."""

    stage: str
    path: Callable[[Subject], str]
    form: dict[str, str] | None
    anonymous: Cell
    stranger: Cell
    user: Cell
    administrator: Cell
    moderator: Cell
    insider: Cell
    former: Cell


CALLERS = ("anonymous", "stranger", "user", "administrator", "moderator", "insider", "former")
"""*stranger* administers bolt; *user*, *administrator* and *insider*, a moderator, are of acme."""

# fmt: off
ROWS = {
    # What its integrator does: administrators of acme.
    "edit draft": Row(
        "draft", lambda it: f"{it.window}/public", HONEST | {"scopes": "crm"},
        SIGN_IN, 404, 403, DONE, 404, 403, 404),
    "request review": Row(
        "draft", lambda it: f"{it.window}/review", {"comment": ""},
        SIGN_IN, 404, 403, DONE, 404, 403, 404),
    "answer": Row(
        "in review", lambda it: f"{it.window}/review/answer", {"text": "It is free."},
        SIGN_IN, 404, 403, DONE, 404, 403, 404),
    "withdraw": Row(
        "in review", lambda it: f"{it.window}/review/withdraw", {},
        SIGN_IN, 404, 403, DONE, 404, 403, 404),
    "publish": Row(
        "approved", lambda it: f"{it.window}/review/publish", {"category": "other"},
        SIGN_IN, 404, 403, DONE, 404, 403, 404),
    "add version": Row(
        "published", lambda it: f"{it.window}/versions", {},
        SIGN_IN, 404, 403, DONE, 404, 403, 404),
    # What moderators do: those who do not belong to acme.
    "look": Row(
        "in review", lambda it: it.desk, None,
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "preview": Row(
        "in review", lambda it: f"{it.desk}/preview", None,
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "ask": Row(
        "in review", lambda it: f"{it.desk}/ask", {"question": "What does it cost?"},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "note": Row(
        "in review", lambda it: f"{it.desk}/note", {"note": "Tried it: works."},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "approve": Row(
        "in review", lambda it: f"{it.desk}/approve", {},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "reject": Row(
        "in review", lambda it: f"{it.desk}/reject", {"rule": "T9", "text": REASON},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "begin trial": Row(
        "in review", lambda it: f"{it.desk}/try", {},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "end trial": Row(
        "on trial", lambda it: f"{it.desk}/end-trial", {},
        SIGN_IN, 404, 404, 404, DONE, NOTHING, 404),
    "hide": Row(
        "published", lambda it: f"{it.desk}/hide", {"reason": REASON},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "show": Row(
        "hidden", lambda it: f"{it.desk}/unhide", {},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "feature": Row(
        "published", lambda it: f"{it.listing}/feature", {},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "remove rating": Row(
        "rated", lambda it: f"{it.listing}/ratings/{it.rating}/remove", {"reason": REASON},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
    "approve technical account": Row(
        "asking", lambda it: f"/moderation/accounts/{it.client_id}/approve",
        {"months": "3", "request": "1"},
        SIGN_IN, 404, 404, 404, DONE, 403, 404),
}
# fmt: on


@pytest.fixture
async def callers(
    web: Web, world: Desk, mo: Browser, insider: Browser, open_moderator: Opened
) -> dict[str, Browser]:
    async with web.api.db.write() as tx:
        made = await make_mo(tx, name="former")
    former = await open_moderator(made)
    async with web.api.db.write() as tx:
        await moderators.dismiss(tx, made.user_id, web.clock())
    return {
        "anonymous": web.browser(),
        "stranger": await web.signed_in(CHARLIE),
        "user": await web.signed_in(BOB),
        "administrator": await web.signed_in(ALICE),
        "moderator": mo,
        "insider": insider,
        "former": former,
    }


async def bring_to(world: Desk, stage: str) -> Subject:
    """Return something of acme at a stage, reached as people reach it."""
    web, now = world.web, world.web.clock()
    acme = web.api.acme.actor
    if stage == "asking":
        async with web.api.db.write() as tx:
            await technical_accounts.request(tx, acme, about="Parcels", site="", now=now)
        return Subject(str(acme.account_id))
    if stage == "draft":
        content = await with_pictures(web, SOUND)
        async with web.api.db.write() as tx:
            await tx.change("update accounts set is_technical = true where subdomain = 'acme'")
            named = public.PublicSettings(name=SOUND.main.name)
            client_id = (await public.create_public(tx, acme, named, now)).client_id
            seen = (await drafts.newest(tx, acme, client_id)).content_hash
            await drafts.save(tx, acme, client_id, content, now, seen_hash=seen)
        return Subject(client_id)
    page = await world.add()
    version = await world.version(page)
    client_id, seen, rating = client_id_of(page), version.content_hash, 0
    if stage in {"published", "hidden", "rated"}:
        await world.publish(page)
    async with web.api.db.write() as tx:
        if stage == "approved":
            await desk.approve(tx, world.mo, client_id, 1, seen, now)
        elif stage == "on trial":
            await trials.begin(tx, world.mo, client_id, 1, now)
        elif stage == "hidden":
            await publishing.hide(tx, world.mo, client_id, REASON, now)
        elif stage == "rated":
            charlie = web.api.bolt.actor
            await installations.install(tx, charlie, client_id, now)
            rating = (await ratings.rate(tx, charlie, client_id, stars=2, text="", now=now)).id
    return Subject(client_id, seen, rating)


async def everything(web: Web) -> list[list[object]]:
    """Return all that an action may change."""
    async with web.api.db.read() as reader:
        return [
            await reader.column(asked)
            for asked in (
                "select state || content_hash from versions order by client_id, number",
                "select kind from version_messages order by id",
                "select status from integrations order by client_id",
                "select client_id from listings where is_featured order by client_id",
                "select id from ratings where removed_at is not null order by id",
                "select account_id from trial_accounts where ended_at is null order by account_id",
                "select id from accounts where is_technical order by id",
            )
        ]


async def attempt(browser: Browser, caller: str, row: Row, it: Subject) -> httpx.Response:
    if row.form is None:
        return await browser.get(row.path(it))
    await browser.get("/sign-in" if caller == "anonymous" else "/sessions")
    return await browser.submit(row.path(it), *(row.form | {"seen": it.seen}).items())


@pytest.mark.parametrize("action", ROWS)
async def test_who_may_do_it(
    web: Web, world: Desk, callers: dict[str, Browser], action: str
) -> None:
    row = ROWS[action]
    it = await bring_to(world, row.stage)
    before = await everything(web)
    # Those who may come last: what they do stays done.
    for caller in sorted(CALLERS, key=lambda one: getattr(row, one) == DONE):
        expected = getattr(row, caller)
        answer = await attempt(callers[caller], caller, row, it)
        status, led_to = answer.status_code, answer.headers.get("location", "")
        is_changed = await everything(web) != before
        told = (caller, status, led_to)
        if expected == DONE:
            assert status == (200 if row.form is None else 303), told
            assert not led_to.startswith("/sign-in"), told
            assert is_changed == (row.form is not None), told
            continue
        if expected == SIGN_IN:
            assert status == 303, told
            assert led_to.startswith("/sign-in"), told
        else:
            assert status == (303 if expected == NOTHING else expected), told
        assert not is_changed, told


class Command(NamedTuple):
    """An action of the table in a terminal; *named* is whom the operator has to name for it."""

    words: Callable[[Subject], list[str]]
    named: str


_CATEGORY = ("--category", "other")
COMMANDS = {
    "edit draft": Command(lambda it: ["integration", "edit", it.client_id, "--name", "B"], "acme"),
    "request review": Command(
        lambda it: ["integration", "version", "submit", it.client_id], "acme"
    ),
    "answer": Command(
        lambda it: ["integration", "version", "answer", it.client_id, "It is free."], "acme"
    ),
    "withdraw": Command(lambda it: ["integration", "version", "withdraw", it.client_id], "acme"),
    "publish": Command(
        lambda it: ["integration", "version", "publish", it.client_id, *_CATEGORY], "acme"
    ),
    "add version": Command(lambda it: ["integration", "version", "add", it.client_id], "acme"),
    "look": Command(lambda it: ["show", it.client_id, *_ONE], "moderator"),
    "ask": Command(lambda it: ["ask", it.client_id, "What does it cost?", *_ONE], "moderator"),
    "note": Command(lambda it: ["note", it.client_id, "It works.", *_ONE], "moderator"),
    "approve": Command(lambda it: ["approve", it.client_id, *_ONE, "--seen", it.seen], "moderator"),
    "reject": Command(
        lambda it: ["reject", it.client_id, *_ONE, "--seen", it.seen, "--reason", f"T9={REASON}"],
        "moderator",
    ),
    "begin trial": Command(lambda it: ["try", it.client_id, *_ONE], "moderator"),
    "end trial": Command(lambda it: ["end-trial", it.client_id], "moderator"),
    "hide": Command(lambda it: ["hide", it.client_id, "--reason", REASON], "moderator"),
    "show": Command(lambda it: ["unhide", it.client_id], "moderator"),
    "feature": Command(lambda it: ["feature", it.client_id], "moderator"),
    "remove rating": Command(
        lambda it: ["rating", "remove", it.client_id, str(it.rating), "--reason", REASON],
        "moderator",
    ),
    "approve technical account": Command(
        lambda _: ["account", "technical", "approve", "acme"], "nobody"
    ),
}
"""Every action but the preview, which is a page."""


@pytest.fixture
def line(web: Web, database_url: str) -> CommandLine:
    """Return the command line of the same platform."""
    return CommandLine(
        {
            "GRANTWAY_DATABASE": database_url,
            "GRANTWAY_SECRET_KEY": SECRET_KEY,
            "GRANTWAY_DOMAIN": web.platform.settings.addresses.root,
        }
    )


@pytest.mark.parametrize("action", COMMANDS)
async def test_whom_the_operator_may_name(
    web: Web, world: Desk, callers: dict[str, Browser], line: CommandLine, action: str
) -> None:
    words, named = COMMANDS[action]
    it = await bring_to(world, ROWS[action].stage)
    before = await everything(web)
    insider = f"mo{web.api.acme.account_id}@moderation.example"
    names: dict[str, list[tuple[str, ...]]] = {
        "acme": [("--account", "bolt"), ("--account", "acme")],
        # Whoever moderates comes last: what they do stays done.
        "moderator": [
            ("--as", email)
            for email in (ALICE, "former@moderation.example", insider, "mo@moderation.example")
        ],
        "nobody": [()],
    }
    tries = names[named]
    begin = ["moderation"] if named == "moderator" else []
    for one in tries:
        # A command begins its own event loop.
        ended = await asyncio.to_thread(line.run, *begin, *words(it), *one)
        is_changed = await everything(web) != before
        is_last = one == tries[-1]
        assert ended.exit_code == (0 if is_last else 1), (one, ended.output)
        assert is_changed == (is_last and action != "look"), one


def test_every_action_has_a_command() -> None:
    assert COMMANDS.keys() == ROWS.keys() - {"preview"}
