"""RFC 6749: the token endpoint. One test for each thing that an authorization server must do.

Where the dialect goes another way, the test says so: refusals have its own
frame (authorization.md 5.5) in place of `error`, and failed client
authentication answers 400.
"""

import base64

from tests.integration.api_client import Api
from tests.integration.token_endpoint import (
    PATH,
    consented_code,
    exchange,
    first_pair,
    is_accepted,
    next_pair,
    refresh,
    set_redirect_uri,
    told,
)


async def ready(api: Api) -> str:
    await set_redirect_uri(api)
    return await consented_code(api)


async def test_rfc6749_2_3_1_basic_authentication_must_be_supported(api: Api) -> None:
    code = await ready(api)
    pair = base64.b64encode(f"{api.acme.client_id}:{api.acme.secret}".encode()).decode()
    headers = {"authorization": f"Basic {pair}"}
    left_out = {"client_id": ..., "client_secret": ...}
    answer = await exchange(api, code, fields=left_out, headers=headers, as_form=True)

    assert answer.status_code == 200


async def test_rfc6749_2_3_1_credentials_must_not_be_in_the_uri(api: Api) -> None:
    code = await ready(api)
    path = f"{PATH}?client_id={api.acme.client_id}&client_secret={api.acme.secret}"
    left_out = {"client_id": ..., "client_secret": ...}

    assert (await exchange(api, code, fields=left_out, path=path)).status_code == 400


async def test_rfc6749_3_2_requests_must_be_posted(api: Api) -> None:
    assert (await api.get(PATH, token=None)).status_code == 405


async def test_rfc6749_3_2_a_parameter_without_a_value_is_as_if_left_out(api: Api) -> None:
    code = await ready(api)
    empty = {"scope": "", "code_verifier": "", "refresh_token": ""}

    assert (await exchange(api, code, fields=empty, as_form=True)).status_code == 200


async def test_rfc6749_3_2_unknown_parameters_must_be_ignored(api: Api) -> None:
    code = await ready(api)

    assert (await exchange(api, code, fields={"x": "y"}, as_form=True)).status_code == 200


async def test_rfc6749_3_2_parameters_must_not_come_twice(api: Api) -> None:
    code = await ready(api)
    form = {"content-type": "application/x-www-form-urlencoded"}
    content = f"grant_type=authorization_code&grant_type=authorization_code&code={code}"
    answer = await api.call("POST", PATH, token=None, content=content, headers=form)

    assert answer.status_code == 400


async def test_rfc6749_4_1_2_a_code_must_not_be_used_twice(api: Api) -> None:
    code = await ready(api)
    answers = [await exchange(api, code) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 400]


async def test_rfc6749_4_1_2_a_code_must_be_bound_to_client_and_redirect_uri(api: Api) -> None:
    code = await ready(api)
    await set_redirect_uri(api, "bolt")
    other = {"redirect_uri": "https://other.example.org/"}
    assert (await exchange(api, code, cast="bolt", host="acme")).status_code == 400
    assert (await exchange(api, code, fields=other)).status_code == 400

    assert (await exchange(api, code)).status_code == 200


async def test_rfc6749_4_1_3_the_client_must_be_authenticated(api: Api) -> None:
    code = await ready(api)

    assert (await exchange(api, code, fields={"client_secret": "x"})).status_code == 400


async def test_rfc6749_5_1_the_answer_has_its_members_and_must_not_be_stored(api: Api) -> None:
    answer = await exchange(api, await ready(api))
    pair = answer.json()

    assert answer.headers["content-type"] == "application/json"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["pragma"] == "no-cache"
    assert pair["token_type"].lower() == "bearer"
    assert {"access_token", "refresh_token", "expires_in"} <= set(pair)


async def test_rfc6749_5_2_a_refusal_is_400_or_401_and_names_what_is_wrong(api: Api) -> None:
    await set_redirect_uri(api)
    refused = [await exchange(api, "x"), await refresh(api, "x")]

    assert [told(one)[0] for one in refused] == [400, 401]


async def test_rfc6749_6_a_refresh_token_must_be_bound_to_its_client(api: Api) -> None:
    pair = await first_pair(api)
    await set_redirect_uri(api, "bolt")
    stolen = await refresh(api, pair["refresh_token"], cast="bolt", host="acme")
    assert stolen.status_code == 401

    assert (await refresh(api, pair["refresh_token"])).status_code == 200


async def test_rfc6749_6_a_refresh_must_not_widen_the_scope(api: Api) -> None:
    pair = await first_pair(api)
    wider = {"scope": "crm files files_delete notifications"}
    answer = await refresh(api, pair["refresh_token"], fields=wider)
    shown = await api.get("/api/v4/leads", token=answer.json()["access_token"])

    assert shown.status_code == 204
    assert await is_accepted(api, answer.json())


async def test_rfc6749_10_4_a_refresh_token_that_was_replaced_must_be_refused(api: Api) -> None:
    first = await first_pair(api)
    third = await next_pair(api, await next_pair(api, first))

    assert (await refresh(api, first["refresh_token"])).status_code == 401
    assert (await refresh(api, third["refresh_token"])).status_code == 200


async def test_rfc6749_10_10_guessing_is_hopeless(api: Api) -> None:
    code, pair = await ready(api), await first_pair(api)

    assert len(code) * 4 > 160 + 56
    assert len(pair["refresh_token"]) * 4 > 160 + 56
