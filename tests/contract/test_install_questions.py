"""What stands in a question and changes before its answer: nothing is installed (5.4 rows 3, 5)."""

from typing import Any

import pytest

from grantway.db import Database
from grantway.installing import service
from grantway.installing.model import Decided, Reason
from tests.contract.installing_cast import DEPOT, give_widget, manifest
from tests.contract.integration_cast import open_people
from tests.contract.test_install_intents import Asked, reason
from tests.contract.test_installing import make_published

OF_INTEGRATION = "update integrations set {} = :value where client_id = :client_id"
OF_ACCOUNT = "update accounts set {} = :value where subdomain = :client_id"
CHANGES = {
    "scopes": (OF_INTEGRATION, "crm files notifications push_notifications"),
    "owner_name": (OF_INTEGRATION, "Mallory"),
    "owner_uri": (OF_INTEGRATION, "https://mallory.example/"),
    "privacy_uri": (OF_INTEGRATION, "https://mallory.example/privacy"),
    "redirect_uri": (OF_INTEGRATION, "https://mallory.example/in"),
    "name": (OF_ACCOUNT, "Another account"),
}


@pytest.fixture
async def asked(db: Database) -> Asked:
    people = await open_people(db)
    return Asked(people, await make_published(people))


@pytest.mark.parametrize("column", CHANGES)
async def test_what_somebody_agrees_to_stays_what_the_page_said(asked: Asked, column: str) -> None:
    statement, value = CHANGES[column]
    subject = "acme" if statement is OF_ACCOUNT else asked.client_id
    intent = await asked.open()
    nonce = await asked.show(intent)
    async with asked.people.db.write() as tx:
        changed = await tx.change(statement.format(column), value=value, client_id=subject)
    refused = await asked.answer(intent, nonce)
    untouched = await asked.installed()
    done = await asked.answer(intent, await asked.show(intent))

    assert changed == 1
    assert (reason(refused), untouched) == (Reason.CHANGED, 0)
    assert isinstance(done, Decided)


@pytest.mark.parametrize(
    ("raw", "more"),
    [(manifest(), {"script": b"attack();"}), (manifest({"depot": DEPOT}), {})],
)
async def test_other_files_are_another_question(
    asked: Asked, raw: dict[str, Any], more: dict[str, bytes]
) -> None:
    """Also when the manifest goes on saying the same version."""
    intent = await asked.open()
    nonce = await asked.show(intent)
    async with asked.people.db.write() as tx:
        await give_widget(tx, asked.people.dana, asked.client_id, raw, **more)
    refused = await asked.answer(intent, nonce)
    fresh = await asked.open()

    assert (reason(refused), await asked.installed()) == (Reason.NEW_VERSION, 0)
    assert fresh.id != intent.id
    assert isinstance(await asked.answer(fresh, await asked.show(fresh)), Decided)


async def test_an_account_that_is_full_meanwhile_says_so(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = await asked.open()
    nonce = await asked.show(intent)
    monkeypatch.setattr(service, "MOST_AT_WORK", 0)
    full = await asked.answer(intent, nonce)
    untouched = await asked.installed()
    monkeypatch.undo()

    assert (reason(full), untouched) == (Reason.NO_ROOM, 0)
    assert isinstance(await asked.answer(intent, nonce), Decided)
