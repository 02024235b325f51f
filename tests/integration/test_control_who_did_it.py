"""Who did it, in the audit and on its page: person, integration or operator (S-184)."""

import msgspec
import pytest

from grantway import audit
from grantway.accounts import moderators
from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.audit import EntryRow
from grantway.audit.model import PLATFORM
from grantway.cli.target import administrator
from grantway.integrations import service as integrations
from grantway.kernel.errors import Forbidden
from tests.integration.web_client import BOB, HOME_ADDRESS, Browser, Web

ACTIVITY = "/accounts/acme/activity"
COMMAND_LINE = "command line"


async def newest(web: Web) -> EntryRow:
    async with web.api.db.read() as reader:
        page = await audit.entries(reader, web.api.acme.account_id, limit=1)
    return page.entries[0]


async def as_operator(web: Web) -> None:
    """Create an integration as the command line does."""
    async with web.api.db.write() as tx:
        _, actor = await administrator(tx, "acme", None)
        await integrations.create_private(tx, actor, web.clock())


async def test_the_operators_act_is_not_told_as_the_administrators(
    web: Web, alice: Browser
) -> None:
    await as_operator(web)
    entry = await newest(web)
    await alice.get(ACTIVITY)

    assert (entry.event, entry.actor) == ("integration.created", "operator")
    assert (entry.user_id, entry.source) == (None, COMMAND_LINE)
    assert "The operator created an integration Integration name command line" in alice.text()


async def test_an_administrators_act_is_hers(web: Web, alice: Browser) -> None:
    await alice.get("/accounts/acme/integrations")
    await alice.submit("/accounts/acme/integrations")
    entry = await newest(web)
    await alice.get(ACTIVITY)

    assert (entry.event, entry.actor) == ("integration.created", "user")
    assert (entry.user_id, entry.source) == (web.api.acme.admin_id, HOME_ADDRESS)
    assert f"Alice created an integration Integration name {HOME_ADDRESS}" in alice.text()


async def test_an_integrations_act_names_it_and_the_grant_that_it_used(web: Web) -> None:
    answer = await web.api.call(
        "POST",
        "/api/v4/leads/pipelines",
        json=[
            {
                "name": "Second",
                "sort": 2,
                "is_main": False,
                "is_unsorted_on": True,
                "_embedded": {"statuses": [{"name": "First", "sort": 10, "color": "#fffeb2"}]},
            }
        ],
    )
    entry = await newest(web)
    acme = web.api.acme

    assert answer.status_code == 200, answer.text
    assert (entry.event, entry.actor) == ("pipeline.changed", "integration")
    assert (entry.user_id, entry.client_id) == (acme.admin_id, acme.client_id)
    assert entry.grant_id == acme.grant_id


async def test_the_operator_has_the_rights_of_the_user_and_no_more(web: Web) -> None:
    acme = web.api.acme
    before = await web.api.count("audit_entries")
    async with web.api.db.write() as tx:
        bob = await accounts.actor_for(tx, acme.account_id, acme.users["Bob"], COMMAND_LINE)
        assert bob is not None
        operator = msgspec.structs.replace(bob, is_operator=True)
        with pytest.raises(Forbidden):
            await integrations.create_private(tx, operator, web.clock())

    assert await web.api.count("audit_entries") == before
    await as_operator(web)
    assert await web.api.count("audit_entries") == before + 1


async def test_a_change_of_role_tells_whose_and_that_it_was_the_operators(
    web: Web, alice: Browser
) -> None:
    acme = web.api.acme
    async with web.api.db.write() as tx:
        await accounts.add_user_to_account(
            tx, acme.account_id, acme.users["Bob"], Role.ADMINISTRATOR, web.clock()
        )
    entry = await newest(web)
    await alice.get(ACTIVITY)

    assert (entry.event, entry.actor) == ("user.role_changed", "operator")
    assert (entry.user_id, entry.subject) == (acme.users["Bob"], "role administrator")
    assert "Bob was given another role Role administrator" in alice.text()
    assert "Bob was added to the account Role user" in alice.text()
    # He is one at once.
    bob = await web.signed_in(BOB)
    assert (await bob.get(ACTIVITY)).status_code == 200


async def test_making_a_moderator_is_told_nobody_but_the_operator(web: Web, alice: Browser) -> None:
    async with web.api.db.write() as tx:
        await moderators.appoint(tx, web.api.acme.users["Bob"], web.clock())
    async with web.api.db.read() as reader:
        told = await audit.entries(reader, PLATFORM, limit=1)
    await alice.get(ACTIVITY)

    assert [(one.event, one.actor, one.subject) for one in told.entries] == [
        ("user.role_changed", "operator", "moderator of the platform")
    ]
    assert "oderator" not in alice.text()


async def test_an_act_for_another_user_names_whose_access_it_was(web: Web, alice: Browser) -> None:
    bob = web.api.acme.users["Bob"]
    async with web.api.db.write() as tx:
        await accounts.add_user_to_account(
            tx, web.api.acme.account_id, bob, Role.ADMINISTRATOR, web.clock()
        )
    context = {"x-context-user-id": str(bob)}
    new = [{"name": "Third", "sort": 5, "is_main": False, "is_unsorted_on": False}]
    for headers, words in ((context, "as Bob, with access from Alice"), ({}, "")):
        answer = await web.api.call("POST", "/api/v4/leads/pipelines", json=new, headers=headers)
        assert answer.status_code == 200
        await alice.get(ACTIVITY)
        first = alice.text().partition("changed a pipeline")[2].partition("UTC")[0]
        assert words in first
        assert ("with access from" in first) is bool(words)
