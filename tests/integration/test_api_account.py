"""GET /api/v4/account (api-v4.md 3.1)."""

import pytest

from tests.integration.api_client import NOW, Api

ACCOUNT = "/api/v4/account"


async def test_the_account_is_that_of_the_token(api: Api) -> None:
    answer = await api.get(ACCOUNT)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/hal+json"
    assert answer.json() == {
        "id": api.acme.account_id,
        "name": "Acme",
        "subdomain": "acme",
        "created_at": NOW,
        "created_by": 0,
        "updated_at": NOW,
        "updated_by": 0,
        "current_user_id": api.acme.admin_id,
        "country": "US",
        "currency": "USD",
        "currency_symbol": "$",
        "customers_mode": "unavailable",
        "is_unsorted_on": True,
        "mobile_feature_version": 0,
        "is_loss_reason_enabled": True,
        "is_helpbot_enabled": False,
        "is_technical_account": False,
        "contact_name_display_order": 1,
        "_links": {"self": {"href": f"https://acme.grantway.test{ACCOUNT}"}},
    }
    assert (await api.get(ACCOUNT, host="bolt")).json()["id"] == api.bolt.account_id


async def test_a_users_token_is_theirs(api: Api) -> None:
    answer = await api.get(ACCOUNT, token=await api.token_of("Bob"))

    assert answer.json()["current_user_id"] == api.acme.users["Bob"]


async def test_with_adds_what_it_names_and_nothing_else(api: Api) -> None:
    members = {
        *("amojo_id", "version", "entity_names", "drive_url", "is_api_filter_enabled"),
        *("invoices_settings", "uuid"),
    }
    embedded = {"amojo_rights", "users_groups", "task_types", "datetime_settings"}
    plain = set((await api.get(ACCOUNT)).json())
    for word in members | embedded | {"nonsense", ""}:
        shown = (await api.get(f"{ACCOUNT}?with={word}")).json()
        added = set(shown) - plain
        if word in embedded:
            assert (added, set(shown["_embedded"])) == ({"_embedded"}, {word})
        else:
            assert added == ({word} if word in members else set()), word
    every = (await api.get(f"{ACCOUNT}?with={'%2C'.join(members | embedded)}")).json()
    assert set(every) - plain == members | {"_embedded"}
    assert set(every["_embedded"]) == embedded


async def test_what_clients_read_without_a_guard(api: Api) -> None:
    words = "version,users_groups,task_types,datetime_settings,amojo_rights,invoices_settings"
    shown = (await api.get(f"{ACCOUNT}?with={words}")).json()
    embedded = shown["_embedded"]

    assert isinstance(shown["version"], int)
    assert embedded["users_groups"][0]["id"] == 0
    assert [(one["id"], one["code"]) for one in embedded["task_types"]] == [
        (1, "FOLLOW_UP"),
        (2, "MEETING"),
    ]
    assert set(embedded["datetime_settings"]) == {
        *("date_pattern", "short_date_pattern", "short_time_pattern", "date_format"),
        *("time_format", "timezone", "timezone_offset"),
    }
    assert embedded["amojo_rights"] == {"can_direct": False, "can_create_groups": False}


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("UTC", "+00:00"), ("Asia/Kolkata", "+05:30"), ("America/St_Johns", "-03:30")],
)
async def test_the_offset_of_a_time_zone(api: Api, zone: str, offset: str) -> None:
    async with api.db.write() as tx:
        await tx.change("update accounts set timezone = :zone", zone=zone)
    shown = (await api.get(f"{ACCOUNT}?with=datetime_settings")).json()["_embedded"]

    assert shown["datetime_settings"]["timezone"] == zone
    assert shown["datetime_settings"]["timezone_offset"] == offset
