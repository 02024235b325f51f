"""What the strict fidelity tightens, by server and by integration (C-3; S-78)."""

from typing import Any

from tests.integration.api_client import Api

LEADS = "/api/v4/leads"
ACCOUNT = "/api/v4/account"


async def test_a_strict_server_takes_no_number_for_a_text(open_api: Any) -> None:
    lenient = await open_api()
    strict = await open_api(is_strict=True)
    field = {"type": "text", "name": "Note"}
    made = await lenient.call("POST", f"{LEADS}/custom_fields", json=field)
    field_id = made.json()["id"]

    def lead(value: Any) -> list[dict[str, Any]]:
        return [{"custom_fields_values": [{"field_id": field_id, "values": [{"value": value}]}]}]

    refused = await strict.call("POST", LEADS, json=lead(5))
    honest = await strict.call("POST", LEADS, json=lead("five"))
    tolerated = await lenient.call("POST", LEADS, json=lead(5))

    assert (refused.status_code, honest.status_code, tolerated.status_code) == (400, 200, 200)


async def test_a_strict_integration_stops_with_its_authorizer(api: Api) -> None:
    async with api.db.write() as tx:
        await tx.change(
            "update integrations set fidelity = 'strict' where account_id = :account_id",
            account_id=api.acme.account_id,
        )
    honest = await api.get(ACCOUNT)
    async with api.db.write() as tx:
        await tx.change(
            "update account_users set is_active = false where user_id = :alice",
            alice=api.acme.admin_id,
        )
    refused = await api.get(ACCOUNT)

    assert (honest.status_code, refused.status_code) == (200, 401)
