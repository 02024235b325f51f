from tests.integration.api_client import Api


async def test_the_account_is_that_of_the_token(api: Api) -> None:
    answer = await api.get("/api/v4/account")

    assert answer.status_code == 200
    assert answer.json()["id"] == api.acme.account_id


async def test_a_users_token_is_theirs(api: Api) -> None:
    token = await api.token_of("Bob")
    answer = await api.get("/api/v4/account", token=token)

    assert answer.json()["current_user_id"] == api.acme.users["Bob"]
