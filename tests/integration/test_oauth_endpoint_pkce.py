"""Proof of possession at the token endpoint (RFC 7636, 4.5 and 4.6; S-35 to S-38, S-40)."""

import base64
import hashlib

import pytest

from grantway.integrations import service as integrations
from grantway.integrations.service import Changes
from grantway.oauth.exchange import MAX_WRONG_VERIFIERS
from tests.integration.api_client import Api
from tests.integration.token_endpoint import (
    consented_code,
    exchange,
    new_code,
    refresh,
    set_redirect_uri,
    told,
)

# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
WRONG = (400, "Failed to verify `code_verifier`")
MISSING = (400, "Check the `code_verifier` parameter")


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.mark.parametrize("as_form", [False, True], ids=["json", "form"])
async def test_the_example_of_the_standard_works(api: Api, *, as_form: bool) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api, code_challenge=CHALLENGE)
    answer = await exchange(api, code, fields={"code_verifier": VERIFIER}, as_form=as_form)

    assert answer.status_code == 200


async def test_a_code_with_a_challenge_needs_the_verifier(api: Api) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api, code_challenge=CHALLENGE)
    assert told(await exchange(api, code)) == MISSING
    assert told(await exchange(api, code, fields={"code_verifier": ""})) == MISSING

    assert (await exchange(api, code, fields={"code_verifier": VERIFIER})).status_code == 200


@pytest.mark.parametrize(
    "verifier",
    [
        CHALLENGE,  # that would be the method `plain`
        VERIFIER[:-1],
        VERIFIER + "x",
        VERIFIER + " ",
        VERIFIER + "\n",
        VERIFIER.lower(),
        "x" * 43,
        "x" * 30_000,
        VERIFIER[:-1] + "é",
        VERIFIER[:-1] + "\0",
    ],
    ids=[
        *("the challenge", "shorter", "longer", "space", "line", "lower"),
        *("another", "long", "accent", "NUL"),
    ],
)
async def test_another_verifier_is_refused_and_the_right_one_works_afterwards(
    api: Api, verifier: str
) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api, code_challenge=CHALLENGE)
    assert told(await exchange(api, code, fields={"code_verifier": verifier})) == WRONG

    assert (await exchange(api, code, fields={"code_verifier": VERIFIER})).status_code == 200


@pytest.mark.parametrize(
    ("verifier", "is_one"),
    [
        ("x" * 42, False),
        ("x" * 43, True),
        ("-._~" * 32, True),
        ("x" * 129, False),
        ("x" * 42 + "+", False),
        ("x" * 42 + "/", False),
        ("x" * 42 + "=", False),
    ],
)
async def test_a_verifier_has_43_to_128_characters_of_its_alphabet(
    api: Api, verifier: str, *, is_one: bool
) -> None:
    """Even a challenge that was made of it does not help another one."""
    await set_redirect_uri(api)
    code = await consented_code(api, code_challenge=challenge_of(verifier))
    answer = await exchange(api, code, fields={"code_verifier": verifier})

    if is_one:
        assert answer.status_code == 200
    else:
        assert told(answer) == WRONG


async def test_without_a_challenge_a_verifier_is_refused_and_an_empty_one_is_none(
    api: Api,
) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api)
    for _ in range(MAX_WRONG_VERIFIERS + 1):
        assert told(await exchange(api, code, fields={"code_verifier": VERIFIER})) == WRONG

    assert (await exchange(api, code, fields={"code_verifier": ""})).status_code == 200


async def test_a_strict_integrations_code_of_the_keys_tab_has_no_challenge(api: Api) -> None:
    """What is asked of a user has to have one (S-38); this code comes from no request.

    Slipped into a flow with a verifier it is of no use (S-37).
    """
    await set_redirect_uri(api)
    async with api.db.write() as tx:
        await integrations.edit(
            tx, api.acme.actor, api.acme.client_id, Changes(fidelity="strict"), api.clock()
        )
    code = await new_code(api)
    assert told(await exchange(api, code, fields={"code_verifier": VERIFIER})) == WRONG
    with_challenge = await consented_code(api, code_challenge=CHALLENGE)
    assert told(await exchange(api, with_challenge)) == MISSING

    assert (await exchange(api, code)).status_code == 200
    right = {"code_verifier": VERIFIER}
    assert (await exchange(api, with_challenge, fields=right)).status_code == 200


async def test_guessing_verifiers_ends_the_code_for_whoever_has_the_credentials_alone(
    api: Api,
) -> None:
    """S-40: what proves nothing does not count; and other codes are not touched."""
    await set_redirect_uri(api)
    await set_redirect_uri(api, "bolt")
    code, other = [await consented_code(api, code_challenge=CHALLENGE) for _ in range(2)]
    guess = {"code_verifier": "x" * 43}
    for _ in range(MAX_WRONG_VERIFIERS + 1):
        await exchange(api, code, fields=guess | {"client_secret": "wrong"})
        await exchange(api, code, fields=guess | {"redirect_uri": "https://mallory.example/"})
        await exchange(api, code, fields=guess, cast="bolt", host="acme")
        await exchange(api, code, fields=guess, host="bolt")
    for _ in range(MAX_WRONG_VERIFIERS - 1):
        assert told(await exchange(api, code, fields=guess)) == WRONG
    async with api.db.read() as reader:
        wrong = await reader.column(
            "select wrong_verifiers from authorization_codes order by wrong_verifiers"
        )
    assert wrong == [0, MAX_WRONG_VERIFIERS - 1]
    assert told(await exchange(api, code, fields=guess)) == WRONG
    right = {"code_verifier": VERIFIER}
    refused = (400, "Authorization code has been revoked")
    assert told(await exchange(api, code, fields=right)) == refused

    assert (await exchange(api, other, fields=right)).status_code == 200


async def test_a_refresh_asks_for_no_verifier(api: Api) -> None:
    """The possession was proved when the family began."""
    await set_redirect_uri(api)
    code = await consented_code(api, code_challenge=CHALLENGE)
    pair = (await exchange(api, code, fields={"code_verifier": VERIFIER})).json()

    assert (await refresh(api, pair["refresh_token"])).status_code == 200
