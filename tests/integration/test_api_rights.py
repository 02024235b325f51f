"""What a non-administrator's grant may do (api-v4.md 2.15, 3.8; S-95)."""

from typing import Any

import msgspec
import pytest

from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.accounts.rights import EntityRights, Right, Rights
from tests.integration.api_client import NOW, Api

LEADS = "/api/v4/leads"


class People(msgspec.Struct, frozen=True):
    """Leads of Bob, of Carol in his group, and of Alice, who is in another one."""

    bobs: int
    carols: int
    alices: int

    def name(self, lead_id: int) -> str:
        return next(n for n in ("bobs", "carols", "alices") if getattr(self, n) == lead_id)


@pytest.fixture
async def people(api: Api) -> People:
    async with api.db.write() as tx:
        carol = await accounts.create_user(
            tx, email="carol@acme.example", name="Carol", password_hash=None, now=NOW
        )
        await accounts.add_user_to_account(tx, api.acme.account_id, carol.id, Role.USER, NOW)
        await tx.change("update account_users set group_id = 7 where user_id = :id", id=carol.id)
    owners = (api.acme.users["Bob"], carol.id, api.acme.users["Alice"])
    return People(*await api.add_leads(*({"responsible_user_id": one} for one in owners)))


def rights(**leads: Right) -> Rights:
    return Rights(leads=EntityRights(**leads))


async def as_bob(api: Api, **leads: Right) -> str:
    return await api.token_of("Bob", rights(**leads), group_id=7)


SEEN = {
    Right.ALL: {"bobs", "carols", "alices"},
    Right.GROUP: {"bobs", "carols"},
    Right.OWN: {"bobs"},
    Right.DENIED: set[str](),
}


async def test_who_sees_what(api: Api, people: People) -> None:
    for right, expected in SEEN.items():
        token = await as_bob(api, view=right)
        seen = await api.lead_ids(token=token)
        assert {people.name(one) for one in seen} == expected, right
        for name in ("bobs", "carols", "alices"):
            lead_id = getattr(people, name)
            one = await api.get(f"{LEADS}/{lead_id}?with=contacts", token=token)
            assert one.status_code == (200 if name in expected else 204), (right, name)
            by_id = await api.lead_ids(f"filter[id]={lead_id}&with=loss_reason", token=token)
            assert by_id == ([lead_id] if name in expected else [])


async def test_who_changes_what(api: Api, people: People) -> None:
    for right, expected in SEEN.items():
        token = await as_bob(api, edit=right)
        for name in ("bobs", "carols", "alices"):
            lead_id = getattr(people, name)
            before = await api.lead(lead_id)
            answer = await api.call("PATCH", f"{LEADS}/{lead_id}", json={"price": 3}, token=token)
            after = await api.lead(lead_id)
            if name in expected:
                assert (answer.status_code, after["price"]) == (200, 3), (right, name)
                await api.call("PATCH", f"{LEADS}/{lead_id}", json={"price": 0})
            else:
                assert answer.status_code == 403, (right, name)
                assert answer.json()["detail"] == "Insufficient rights to call this method"
                assert after == before


async def test_what_somebody_does_not_see_they_do_not_change(api: Api, people: People) -> None:
    token = await as_bob(api, view=Right.OWN, edit=Right.ALL)
    hidden = await api.call("PATCH", f"{LEADS}/{people.alices}", json={"price": 3}, token=token)
    missing = await api.call("PATCH", f"{LEADS}/99999", json={"price": 3}, token=token)
    own = await api.call("PATCH", f"{LEADS}/{people.bobs}", json={"price": 3}, token=token)

    assert (hidden.status_code, hidden.content) == (400, missing.content)
    assert own.status_code == 200
    assert (await api.lead(people.alices))["price"] == 0


async def test_a_batch_with_one_forbidden_lead_changes_nothing(api: Api, people: People) -> None:
    token = await as_bob(api, edit=Right.OWN)
    batch = [{"id": people.bobs, "price": 3}, {"id": people.alices, "price": 3}]

    assert (await api.call("PATCH", LEADS, json=batch, token=token)).status_code == 403
    assert (await api.lead(people.bobs))["price"] == 0
    assert (await api.call("PATCH", LEADS, json=batch[:1], token=token)).status_code == 200


async def test_who_adds(api: Api, people: People) -> None:
    refused = await api.call("POST", LEADS, json=[{}], token=await as_bob(api, add=Right.DENIED))
    count = await api.count("leads")
    (lead_id,) = await api.add_leads({}, token=await as_bob(api, add=Right.ALL))
    lead = await api.lead(lead_id)

    assert (refused.status_code, count) == (403, 3)
    bob = api.acme.users["Bob"]
    assert (lead["responsible_user_id"], lead["created_by"], lead["group_id"]) == (bob, bob, 7)


async def test_an_administrator_in_anothers_shoes_has_the_others_rights(
    api: Api, people: People
) -> None:
    await as_bob(api, view=Right.OWN)
    shoes: dict[str, Any] = {"headers": {"x-context-user-id": str(api.acme.users["Bob"])}}

    assert await api.lead_ids(**shoes) == [people.bobs]
    assert len(await api.lead_ids()) == 3
