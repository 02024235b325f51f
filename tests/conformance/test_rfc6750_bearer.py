"""RFC 6750: bearer tokens. One test for each thing that a resource server must do."""

from tests.integration.api_client import Api

ACCOUNT = "/api/v4/account"


async def test_rfc6750_2_1_the_authorization_header_must_be_supported(api: Api) -> None:
    headers = {"authorization": f"Bearer {api.acme.token}"}

    assert (await api.get(ACCOUNT, token=None, headers=headers)).status_code == 200


async def test_rfc6750_2_3_tokens_in_the_query_need_not_be_supported_and_are_not(api: Api) -> None:
    answer = await api.get(f"{ACCOUNT}?access_token={api.acme.token}", token=None)

    assert answer.status_code == 401


async def test_rfc6750_3_the_challenge_must_be_included_and_use_the_scheme_bearer(
    api: Api,
) -> None:
    for token in (None, "nonsense"):
        answer = await api.get(ACCOUNT, token=token)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].split()[0] == "Bearer"


async def test_rfc6750_3_1_without_authentication_there_should_be_no_error_code(api: Api) -> None:
    answer = await api.get(ACCOUNT, token=None)

    assert answer.headers["www-authenticate"] == "Bearer"


async def test_rfc6750_3_1_an_expired_revoked_or_malformed_token_is_invalid_token(
    api: Api,
) -> None:
    revoked, grant_id = await api.issue()
    await api.revoke(grant_id)
    expired, _ = await api.issue(days=1)
    api.clock.advance(2 * 86_400)
    for token in (revoked, expired, "malformed"):
        answer = await api.get(ACCOUNT, token=token)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_rfc6750_5_3_answers_that_hold_what_a_token_opens_must_not_be_cached(
    api: Api,
) -> None:
    answer = await api.get(ACCOUNT)

    assert "no-store" in answer.headers["cache-control"]
