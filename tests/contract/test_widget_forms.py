"""What widgets keep of their forms beside the settings, and how much of it (contract 3.12)."""

import pytest

from grantway.db import Database
from grantway.installing import keeping, service
from grantway.installing.model import Channel, State
from grantway.integrations import service as integrations
from grantway.kernel.errors import GrantwayError
from grantway.widgets import service as widgets
from tests.contract.installing_cast import NOW, give_widget, manifest
from tests.contract.integration_cast import People, open_people


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


async def give_steps(people: People, client_id: str, names: list[str]) -> State:
    """Give acme's widget a version with these steps of a bot."""
    raw = manifest() | {
        "locations": ["salesbot_designer-1"],
        "salesbot_designer": {"logo": "x.png"} | {name: {"settings": {}} for name in names},
    }
    async with people.db.write() as tx:
        await give_widget(tx, people.alice, client_id, raw)
        await service.install(tx, people.alice, client_id, channel=Channel.UI, now=NOW)
        widget = await widgets.in_force(tx, client_id)
        assert widget is not None
        return await service.state(tx, people.alice.account_id, widget)


async def save(people: People, state: State, step: str, length: int) -> str:
    form, sent = f"salesbot_designer.{step}", {"text": "a" * length}
    try:
        async with people.db.write() as tx:
            await keeping.save_form(tx, people.alice, state, form, sent, NOW)
    except GrantwayError as error:
        return type(error).__name__
    return "saved"


async def kept(people: People, state: State) -> list[str]:
    async with people.db.read() as reader:
        found = await keeping.values(reader, people.alice, state)
    return [one.partition(".")[2] for one in found]


async def test_forms_have_an_end_in_number_and_together(people: People) -> None:
    """A page that hosts the widget carries them all; those of older versions count no more."""
    async with people.db.write() as tx:
        client_id = (await integrations.create_private(tx, people.alice, NOW)).client_id
    names = [f"step{n:02}" for n in range(25)]
    state = await give_steps(people, client_id, names)
    saved = [await save(people, state, one, 60_000) for one in names[:5]]
    small = [await save(people, state, names[n], 1_000) for n in (4, 19, 20)]
    smaller = (
        await save(people, state, names[0], 1_000),
        await save(people, state, names[5], 50_000),
    )
    found = await kept(people, state)
    newer = await give_steps(people, client_id, ["step05", "other"])

    assert saved == ["saved"] * 4 + ["Invalid"]
    assert small == ["saved", "saved", "WidgetNotFound"]
    assert smaller == ("saved", "saved")
    assert found == [*names[:6], "step19"]
    assert await kept(people, newer) == ["step05"]
    assert await save(people, newer, "other", 60_000) == "saved"
