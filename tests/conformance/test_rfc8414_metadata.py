"""RFC 8414: metadata of the authorization server. One test for each thing that it must say."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.api_client import Api

WELL_KNOWN = "/.well-known/oauth-authorization-server"


async def document(api: Api) -> dict[str, Any]:
    answer = await api.get(WELL_KNOWN, host="accounts", token=None)
    assert answer.status_code == 200
    shown: dict[str, Any] = answer.json()
    return shown


async def test_rfc8414_2_the_issuer_is_https_without_query_or_fragment(api: Api) -> None:
    issuer = urlsplit((await document(api))["issuer"])

    assert (issuer.scheme, issuer.query, issuer.fragment) == ("https", "", "")


@pytest.mark.parametrize(
    "name",
    [
        *("authorization_endpoint", "token_endpoint", "jwks_uri"),
        *("revocation_endpoint", "introspection_endpoint", "service_documentation"),
    ],
)
async def test_rfc8414_2_every_address_is_one_of_ours(api: Api, name: str) -> None:
    address = urlsplit((await document(api))[name])

    assert address.scheme == "https"
    assert (address.hostname or "").endswith(".grantway.test")


async def test_rfc8414_2_what_is_required_is_there_and_lists_are_not_empty(api: Api) -> None:
    shown = await document(api)

    assert {"issuer", "response_types_supported"} <= set(shown)
    assert all(value for value in shown.values())
    assert shown["code_challenge_methods_supported"] == ["S256"]


async def test_rfc8414_3_the_document_is_json_at_the_issuers_well_known_address(api: Api) -> None:
    answer = await api.get(WELL_KNOWN, host="accounts", token=None)

    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["issuer"] == f"https://{answer.url.host}"


async def test_rfc7517_5_the_key_set_has_public_keys_alone(api: Api) -> None:
    path = urlsplit((await document(api))["jwks_uri"]).path
    keys = (await api.get(path, host="accounts", token=None)).json()["keys"]

    assert keys
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
        assert (key["use"], key["alg"]) == ("sig", "RS256")
