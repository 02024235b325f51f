"""An integration that is made strict or lenient, and what else its settings keep (C-3; S-78)."""

import asyncio

import pytest

from grantway.accounts import activation
from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.integrations import service as integrations
from grantway.integrations.errors import IntegrationNotFound, SettingsRefused
from grantway.integrations.model import Integration
from grantway.integrations.service import Changes, Settings
from tests.integration.api_client import Api

ACCOUNT = "/api/v4/account"


async def edit(api: Api, changes: Changes) -> Integration:
    async with api.db.write() as tx:
        return await integrations.edit(tx, api.acme.actor, api.acme.client_id, changes, api.clock())


async def without_alice(api: Api) -> None:
    """Deactivate Alice, whose token it is, with Bob as the other administrator."""
    async with api.db.write() as tx:
        bob = api.acme.users["Bob"]
        await accounts.add_user_to_account(
            tx, api.acme.account_id, bob, Role.ADMINISTRATOR, api.clock()
        )
        alice = await accounts.user_by_id(tx, api.acme.admin_id)
        await activation.deactivate(tx, alice, api.clock())


async def test_a_strict_integration_stops_with_its_authorizer_until_it_is_lenient(api: Api) -> None:
    await without_alice(api)
    before = (await api.get(ACCOUNT)).status_code
    await edit(api, Changes(fidelity="strict"))
    strict = (await api.get(ACCOUNT)).status_code
    await edit(api, Changes(fidelity="kommo"))

    assert (before, strict, (await api.get(ACCOUNT)).status_code) == (200, 401, 200)


async def test_a_form_that_says_nothing_of_fidelity_leaves_it(api: Api) -> None:
    await edit(api, Changes(fidelity="strict"))
    async with api.db.write() as tx:
        changed = await integrations.change_settings(
            tx, api.acme.actor, api.acme.client_id, Settings(name="Another"), api.clock()
        )
    async with api.db.read() as reader:
        kept = await integrations.of_any_account(reader, api.acme.client_id)

    assert (kept.name, kept.fidelity) == ("Another", "strict")
    assert kept == changed


async def test_another_fidelity_is_refused_and_nothing_changes(api: Api) -> None:
    with pytest.raises(SettingsRefused, match="fidelity: choose one of kommo, strict"):
        await edit(api, Changes(fidelity="dialect", name="Another"))
    async with api.db.read() as reader:
        kept = await integrations.of_any_account(reader, api.acme.client_id)

    assert (kept.name, kept.fidelity) == ("Integration name", "kommo")


async def test_two_edits_at_once_both_count(api: Api) -> None:
    async with api.db.write() as tx:
        await integrations.edit(
            tx, api.acme.actor, api.acme.client_id, Changes(name="Renamed"), api.clock()
        )
        other = asyncio.create_task(edit(api, Changes(description="Described")))
        await asyncio.wait([other], timeout=0.5)
    both = await other

    assert (both.name, both.description) == ("Renamed", "Described")


async def test_an_integration_of_another_account_cannot_be_edited(api: Api) -> None:
    async with api.db.write() as tx:
        with pytest.raises(IntegrationNotFound):
            await integrations.edit(
                tx, api.bolt.actor, api.acme.client_id, Changes(name="Mine"), api.clock()
            )
