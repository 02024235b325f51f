"""Installing, setting up and removing widgets (widgets-and-marketplace.md 4; S-160, S-214)."""

import asyncio
from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.audit import service as audit
from grantway.db import Database, Reader, Transaction
from grantway.hooks import service as hooks
from grantway.hooks.model import Attempt
from grantway.installing import service, wording
from grantway.installing.errors import (
    NotInstallable,
    NotInstalled,
    OfAnotherIntegration,
    WidgetNotFound,
)
from grantway.installing.model import Channel, Installation, State, Status
from grantway.installing.service import install, save_settings, uninstall
from grantway.installing.wording import texts_of
from grantway.integrations import public, states
from grantway.integrations import service as integrations
from grantway.kernel.errors import Forbidden, GrantwayError, Invalid
from grantway.kernel.remembering import Remembered
from grantway.moderation import publication
from grantway.widgets import service as widgets
from tests.contract.installing_cast import DEPOT, TEXTS, give_widget, manifest
from tests.contract.integration_cast import COMPLETE, NOW, People, open_people
from tests.contract.version_cast import make_mo

PRIVATE = "https://private.example/agreed"


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def make_published(people: People, raw: dict[str, Any] | None = None) -> str:
    async with people.db.write() as tx:
        made = await public.create_public(tx, people.dana, COMPLETE, NOW)
        await publication.publish_unreviewed(tx, made.client_id, NOW)
        await give_widget(tx, people.dana, made.client_id, raw or manifest())
    return made.client_id


async def make_private(people: People, owner: Actor) -> str:
    async with people.db.write() as tx:
        settings = integrations.Settings(redirect_uri=PRIVATE)
        made = await integrations.create_private(tx, owner, NOW, settings)
        await give_widget(tx, owner, made.client_id, manifest())
    return made.client_id


async def do(people: People, what: Any, *args: Any, **more: Any) -> Any:
    async with people.db.write() as tx:
        return await what(tx, *args, **more)


async def put(people: People, actor: Actor, client_id: str, **more: Any) -> Installation:
    made: Installation = await do(
        people, install, actor, client_id, channel=Channel.UI, now=NOW, **more
    )
    return made


async def status(people: People, actor: Actor, client_id: str) -> tuple[Status, dict[str, Any]]:
    async with people.db.read() as reader:
        widget = await widgets.in_force(reader, client_id)
        assert widget is not None
        found = await service.state(reader, actor.account_id, widget)
    return found.status, dict(found.settings)


async def calls(people: People, owner: Actor, client_id: str) -> list[Attempt]:
    """Return what was planned, the first before the others."""
    async with people.db.read() as reader:
        page = await hooks.attempts(reader, owner, client_id)
    return page.attempts[::-1]


async def test_without_settings_it_is_installed_at_once_and_its_integration_told_once(
    people: People,
) -> None:
    client_id = await make_published(people)
    first = await put(people, people.alice, client_id, details={"intent": "i"})
    second = await put(people, people.alice, client_id)
    (call,) = await calls(people, people.dana, client_id)
    async with people.db.read() as reader:
        page = await audit.entries(reader, people.alice.account_id)
    told = [one for one in page.entries if one.event == "installation.installed"]

    assert (first.status, first.is_new, second.is_new) == (Status.INSTALLED, True, False)
    assert second.id == first.id
    assert (call.kind, call.uri, call.state) == ("install", COMPLETE.redirect_uri, "waiting")
    assert [msgspec.json.decode(one.details) for one in told] == [
        {"channel": "ui", "version": 1, "intent": "i"}
    ]


async def test_with_settings_it_waits_for_them_and_removing_it_keeps_them(people: People) -> None:
    client_id = await make_published(people, manifest({"depot": DEPOT}))
    states_seen = [(await put(people, people.alice, client_id)).status]
    with pytest.raises(Invalid):
        await do(people, save_settings, people.alice, client_id, {"depot": ""}, NOW)
    states_seen.append((await status(people, people.alice, client_id))[0])
    await do(people, save_settings, people.alice, client_id, {"depot": "North"}, NOW)
    states_seen.append((await status(people, people.alice, client_id))[0])
    assert await do(people, uninstall, people.alice, client_id, NOW)
    assert not await do(people, uninstall, people.alice, client_id, NOW)
    gone = await status(people, people.alice, client_id)
    again = await put(people, people.alice, client_id)
    found = [one.kind for one in await calls(people, people.dana, client_id)]

    assert states_seen == [Status.NOT_CONFIGURED, Status.NOT_CONFIGURED, Status.INSTALLED]
    assert gone == (Status.INSTALL, {"depot": "North"})
    assert (again.status, again.is_new) == (Status.NOT_CONFIGURED, True)
    assert (await status(people, people.alice, client_id))[1] == {"depot": "North"}
    assert found.count("install") == 2


async def test_installing_with_settings_saves_them_or_does_nothing(people: People) -> None:
    client_id = await make_published(people, manifest({"depot": DEPOT}))
    with pytest.raises(Invalid):
        await put(people, people.alice, client_id, settings={})
    untouched = await status(people, people.alice, client_id)
    made = await put(people, people.alice, client_id, settings={"depot": "North"})

    assert untouched == (Status.INSTALL, {})
    assert len(await calls(people, people.dana, client_id)) == 1
    assert (made.status, made.is_new) == (Status.INSTALLED, True)
    assert await status(people, people.alice, client_id) == (
        Status.INSTALLED,
        {"depot": "North"},
    )


async def test_values_by_user_are_for_people_of_this_account(people: People) -> None:
    field = {"name": "settings.lines", "type": "users", "required": False}
    client_id = await make_published(people, manifest({"lines": field}))
    await put(people, people.alice, client_id)
    alice, bob, charlie = (str(one.user_id) for one in (people.alice, people.bob, people.charlie))
    for wrong in ({charlie: "101"}, {alice: "101", "999999": "102"}):
        with pytest.raises(Invalid) as refused:
            await do(people, save_settings, people.alice, client_id, {"lines": wrong}, NOW)
        (entity,) = refused.value.violations or []
        assert [one.code for one in entity.errors] == ["NotSupportedChoice"]
    untouched = await status(people, people.alice, client_id)
    lines = {alice: "101", bob: "102"}
    await do(people, save_settings, people.alice, client_id, {"lines": lines}, NOW)

    assert untouched[1] == {}
    assert (await status(people, people.alice, client_id))[1] == {"lines": lines}


async def test_a_new_version_that_needs_a_field_is_not_set_up_any_more(people: People) -> None:
    client_id = await make_published(people)
    await put(people, people.alice, client_id)
    async with people.db.write() as tx:
        raw = manifest({"depot": DEPOT}, version="2.0.0")
        await give_widget(tx, people.dana, client_id, raw)
    before = await status(people, people.alice, client_id)
    await do(people, save_settings, people.alice, client_id, {"depot": "North"}, NOW)

    assert before == (Status.NOT_CONFIGURED, {})
    assert (await status(people, people.alice, client_id))[0] is Status.INSTALLED


async def test_settings_are_of_an_installation_in_this_account(people: People) -> None:
    client_id = await make_published(people, manifest({"depot": DEPOT}))
    with pytest.raises(NotInstalled):
        await do(people, save_settings, people.alice, client_id, {"depot": "x"}, NOW)
    await put(people, people.alice, client_id)
    with pytest.raises(NotInstalled):
        await do(people, save_settings, people.charlie, client_id, {"depot": "x"}, NOW)
    with pytest.raises(Forbidden):
        await do(people, save_settings, people.bob, client_id, {"depot": "x"}, NOW)
    await do(people, save_settings, people.alice, client_id, {"depot": "x"}, NOW)

    assert (await status(people, people.charlie, client_id)) == (Status.INSTALL, {})


async def refusal(people: People, actor: Actor, client_id: str) -> type[GrantwayError] | None:
    try:
        await put(people, actor, client_id)
    except GrantwayError as error:
        return type(error)
    return None


async def test_only_administrators_install_and_only_what_is_offered_to_their_account(
    people: People,
) -> None:
    published = await make_published(people)
    private = await make_private(people, people.alice)
    async with people.db.write() as tx:
        draft = (await public.create_public(tx, people.dana, COMPLETE, NOW)).client_id
        await give_widget(tx, people.dana, draft, manifest())
        bare = (await public.create_public(tx, people.dana, COMPLETE, NOW)).client_id
        await publication.publish_unreviewed(tx, bare, NOW)
    elsewhere = await make_published(people, manifest(installation=False))
    table = {
        "bob, published": (people.bob, published, Forbidden),
        "charlie, private of acme": (people.charlie, private, WidgetNotFound),
        "alice, her own private": (people.alice, private, None),
        "alice, draft of danalabs": (people.alice, draft, WidgetNotFound),
        "dana, her own draft": (people.dana, draft, None),
        "alice, without a widget": (people.alice, bare, NotInstallable),
        "alice, set up elsewhere": (people.alice, elsewhere, NotInstallable),
        "alice, unknown": (people.alice, "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810", WidgetNotFound),
        "alice, published": (people.alice, published, None),
    }
    found = {name: await refusal(people, one[0], one[1]) for name, one in table.items()}

    assert found == {name: one[2] for name, one in table.items()}


async def test_what_moderators_hid_or_the_operator_stopped_is_installed_nowhere_else(
    people: People,
) -> None:
    client_id = await make_published(people)
    await put(people, people.alice, client_id)
    async with people.db.write() as tx:
        mo = await make_mo(tx)
        await publication.hide(tx, mo, client_id, "It broke.", NOW)
    hidden = [await refusal(people, one, client_id) for one in (people.charlie, people.dana)]
    kept = await status(people, people.alice, client_id)
    async with people.db.write() as tx:
        await publication.show(tx, mo, client_id, NOW)
    shown = await refusal(people, people.charlie, client_id)
    async with people.db.write() as tx:
        await states.disable(tx, client_id, "It broke.", NOW)
    async with people.db.write() as tx:
        await uninstall(tx, people.charlie, client_id, NOW)

    assert hidden == [WidgetNotFound, None]
    assert kept[0] is Status.INSTALLED
    assert shown is None
    assert await refusal(people, people.charlie, client_id) is WidgetNotFound


async def test_installing_at_once_makes_one_installation_and_one_call(people: People) -> None:
    client_id = await make_published(people)
    made = await asyncio.gather(*(put(people, people.alice, client_id) for _ in range(8)))

    assert len({one.id for one in made}) == 1
    assert sum(one.is_new for one in made) == 1
    assert len(await calls(people, people.dana, client_id)) == 1


async def test_installing_against_removing_leaves_one_or_none_and_a_call_for_each(
    people: People,
) -> None:
    client_id = await make_published(people)

    async def toggle(n: int) -> None:
        async def act(tx: Transaction) -> None:
            if n % 2:
                await uninstall(tx, people.alice, client_id, NOW)
            else:
                await install(tx, people.alice, client_id, channel=Channel.UI, now=NOW)

        for _ in range(5):
            try:
                await do(people, act)
            except GrantwayError:  # overtaken, as doors try again
                continue
            return

    await asyncio.gather(*(toggle(n) for n in range(12)))
    async with people.db.read() as reader:
        made = await reader.value("select count(*) from installations")
        live = await reader.value("select count(*) from installations where ended_at is null")
    kinds = [one.kind for one in await calls(people, people.dana, client_id)]

    assert live in (0, 1)
    assert kinds.count("install") == made
    assert made - live <= 6


async def test_a_token_installs_its_own_integration_alone_unless_the_account_allows_more(
    people: People,
) -> None:
    client_id = await make_published(people)
    own = msgspec.structs.replace(people.alice, client_id=client_id)
    other = msgspec.structs.replace(people.alice, client_id="another")

    async def allowed(actor: Actor) -> bool:
        try:
            await do(people, service.must_be_allowed, actor, client_id)
        except OfAnotherIntegration:
            return False
        return True

    before = [await allowed(own), await allowed(other)]
    with pytest.raises(Forbidden):
        await do(people, service.let_install_others, people.bob, NOW, allowed=True)
    changed = [
        await do(people, service.let_install_others, people.alice, NOW, allowed=value)
        for value in (True, True, False, True)
    ]
    elsewhere = msgspec.structs.replace(people.charlie, client_id="another")

    assert before == [True, False]
    assert changed == [True, False, True, True]
    assert [await allowed(other), await allowed(elsewhere)] == [True, False]


async def test_texts_are_read_once_for_an_archive_and_not_kept_without_end(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "_remembered", Remembered(4_000))
    client_id = await make_private(people, people.alice)
    async with people.db.read() as reader:
        widget = await widgets.in_force(reader, client_id)
        assert widget is not None
        read = await texts_of(reader, widget, ["en"])
        # Whoever would ask this for anything fails.
        nobody: Any = object()
        again = await texts_of(nobody, widget, ["en"])
        for number in range(3):
            other = msgspec.structs.replace(widget, content_hash=f"another-{number}")
            await texts_of(reader, other, ["en"])
        with pytest.raises(AttributeError):
            await texts_of(nobody, widget, ["en"])

    assert again == read
    assert read["widget"]


async def test_texts_of_a_page_have_an_end(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(msgspec.json.encode(TEXTS))
    monkeypatch.setattr(wording, "MOST_ON_PAGE", size + 1)
    client_id = await make_private(people, people.alice)
    async with people.db.read() as reader:
        widget = await widgets.in_force(reader, client_id)
        assert widget is not None
        page = wording.Texts(reader, ["en"])
        found = [
            await page.of(msgspec.structs.replace(widget, content_hash=f"content-{n}"))
            for n in (1, 2, 3, 1, 2)
        ]
        by_itself = await texts_of(reader, widget, ["en"])

    assert found == [TEXTS, TEXTS, {}, TEXTS, TEXTS]
    assert by_itself == TEXTS


class Counting:
    """Counts what is asked of a reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.count = 0

    def __getattr__(self, name: str) -> Any:
        self.count += 1
        return getattr(self._reader, name)


async def test_many_widgets_are_read_as_fast_as_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_WAITING", 3)
    counts = []
    made: list[str] = []
    waiting: list[tuple[str, State]] = []
    for more in (1, 4):
        made += [await make_private(people, people.alice) for _ in range(2 * more)]
        for client_id in made[-more:]:
            await put(people, people.alice, client_id)
        async with people.db.read() as reader:
            counting: Any = Counting(reader)
            here = await service.at_work(counting, people.alice)
            waiting = await service.waiting(counting, people.alice)
            known = await service.known(counting, people.alice, 50, 0)
            counts.append((counting.count, len(here), len(waiting), len(known)))
            assert await service.waiting(reader, people.bob) == []
            assert await service.waiting(reader, people.charlie) == []

    assert counts == [(7, 1, 1, 2), (7, 5, 3, 10)]
    assert {one.status for _, one in waiting} == {Status.INSTALL}
    assert {one.widget.client_id for _, one in waiting} <= set(made[2:6]) | {made[0]}
