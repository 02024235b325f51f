"""RFC 7636: proof key for code exchange, as far as the token endpoint is concerned."""

from tests.integration.api_client import Api
from tests.integration.token_endpoint import consented_code, exchange, set_redirect_uri

# Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def status(api: Api, **fields: str) -> int:
    await set_redirect_uri(api)
    code = await consented_code(api, code_challenge=CHALLENGE)
    return (await exchange(api, code, fields=fields, as_form=True)).status_code


async def test_rfc7636_appendix_b_the_example_works(api: Api) -> None:
    assert await status(api, code_verifier=VERIFIER) == 200


async def test_rfc7636_4_6_values_that_are_not_equal_must_be_refused(api: Api) -> None:
    assert await status(api, code_verifier=VERIFIER[::-1]) == 400
    assert await status(api) == 400


async def test_rfc7636_4_6_the_method_is_that_of_the_request_and_never_plain(api: Api) -> None:
    assert await status(api, code_verifier=CHALLENGE, code_challenge_method="plain") == 400


async def test_rfc7636_4_1_a_verifier_has_43_to_128_unreserved_characters(api: Api) -> None:
    for verifier in (VERIFIER[:42], VERIFIER * 3, VERIFIER[:-1] + "="):
        assert await status(api, code_verifier=verifier) == 400
