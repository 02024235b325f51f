"""X-Context-User-ID: a grant of an administrator acts as another user (api-v4.md 2.2; S-99)."""

from typing import Any

import pytest

from grantway.accounts.rights import EntityRights, Right, Rights
from tests.integration.api_client import Api

LEADS = "/api/v4/leads"
ACCOUNT = "/api/v4/account"


def as_user(user: object) -> dict[str, Any]:
    return {"headers": {"x-context-user-id": str(user)}}


@pytest.fixture
async def bobs_token(api: Api) -> str:
    """Give Bob rights to what is his alone, and return his own token."""
    return await api.token_of("Bob", Rights(leads=EntityRights(view=Right.OWN, edit=Right.OWN)))


async def set_bob(api: Api, column: str, value: str | int) -> None:
    sql = f"update account_users set {column} = :value where user_id = :id"
    async with api.db.write() as tx:
        await tx.change(sql, value=value, id=api.acme.users["Bob"])


async def test_rights_of_the_context_user_count_for_reading_and_writing(
    api: Api, bobs_token: str
) -> None:
    bob, alice = api.acme.users["Bob"], api.acme.admin_id
    (hers,) = await api.add_leads({"responsible_user_id": alice})
    (his,) = await api.add_leads({}, **as_user(bob))
    seen = await api.lead(his)

    assert (seen["responsible_user_id"], seen["created_by"], seen["updated_by"]) == (bob, bob, bob)
    assert await api.lead_ids(**as_user(bob)) == await api.lead_ids(token=bobs_token) == [his]
    assert await api.lead_ids(**as_user(alice)) == await api.lead_ids() == [hers, his]
    hidden = await api.call("PATCH", f"{LEADS}/{hers}", json={"price": 1}, **as_user(bob))
    own = await api.call("PATCH", f"{LEADS}/{his}", json={"price": 1}, **as_user(bob))
    assert (hidden.status_code, own.status_code) == (400, 200)
    assert (await api.get("/api/v4/users", **as_user(bob))).status_code == 403
    assert (await api.get("/api/v4/users", **as_user(alice))).status_code == 200
    assert (await api.get(ACCOUNT, **as_user(bob))).json()["current_user_id"] == bob


async def test_who_is_no_context_user(api: Api, bobs_token: str) -> None:
    bob = api.acme.users["Bob"]
    for nobody in ("999", api.bolt.admin_id, "", "0", "-1", "1.5", f" {bob}x", "٣", "9" * 30):
        refused = await api.get(
            ACCOUNT, headers=[("x-context-user-id", str(nobody).encode().decode("latin-1"))]
        )
        assert (refused.status_code, refused.json()["title"]) == (401, "Unauthorized"), nobody
    twice = [("x-context-user-id", str(bob)), ("x-context-user-id", str(api.acme.admin_id))]
    assert (await api.get(ACCOUNT, headers=twice)).status_code in {400, 401}
    for column, bad, good in (("is_free", True, False), ("is_active", False, True)):
        await set_bob(api, column, bad)
        assert (await api.get(ACCOUNT, **as_user(bob))).status_code == 401, column
        await set_bob(api, column, good)
        assert (await api.get(ACCOUNT, **as_user(bob))).status_code == 200, column


async def test_only_an_administrators_grant_acts_for_others(api: Api, bobs_token: str) -> None:
    bob, alice = api.acme.users["Bob"], api.acme.admin_id
    for other in (alice, bob):
        refused = await api.get(ACCOUNT, token=bobs_token, **as_user(other))
        assert refused.status_code == 401
        assert (await api.get(ACCOUNT, **as_user(other))).status_code == 200
    assert (await api.get(ACCOUNT, token=bobs_token)).status_code == 200


async def test_the_audit_names_both(api: Api) -> None:
    """Bob administers as well, and it is done as him, with the access that Alice gave."""
    bob, alice = api.acme.users["Bob"], api.acme.admin_id
    await set_bob(api, "role", "administrator")
    path = "/api/v4/leads/custom_fields"
    for headers, expected in ((as_user(bob), (bob, alice)), ({}, (alice, None))):
        field = {"type": "text", "name": f"As {expected[0]}"}
        answer = await api.call("POST", path, json=[field], **headers)
        assert answer.status_code == 201, answer.text
        async with api.db.read() as reader:
            found = [
                await reader.value(
                    f"select {name} from audit_entries where client_id is not null"
                    " order by id desc limit 1"
                )
                for name in ("user_id", "authorizer_id", "grant_id")
            ]
        assert found == [*expected, api.acme.grant_id]
