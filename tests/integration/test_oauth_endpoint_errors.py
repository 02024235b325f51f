"""Every row of the error table, exactly, each beside the honest request (authorization.md 5.5)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from grantway.integrations import service as integrations
from grantway.kernel.credentials import new_code, new_uuid
from tests.integration.api_client import NOW, Api
from tests.integration.token_endpoint import (
    DAY,
    MINUTE,
    REDIRECT_URI,
    ask,
    consented_code,
    exchange,
    first_pair,
    is_accepted,
    next_pair,
    refresh,
    set_redirect_uri,
    told,
)

TYPE = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson"
ENCODINGS = pytest.mark.parametrize("as_form", [False, True], ids=["json", "form"])
PARAMETERS = "Check that all required parameters have been provided"
Prepare = Callable[[Api], Awaitable[dict[str, Any]]]


def check(name: str) -> str:
    return f"Check the `{name}` parameter"


def body(hint: str, status: int) -> dict[str, Any]:
    return {
        "hint": hint,
        "title": "Incorrect request",
        "type": TYPE,
        "status": status,
        "detail": "Some parameters of the request are absent or not valid",
    }


CODE_ROWS: list[tuple[dict[str, Any], str]] = [
    ({"client_id": ...}, check("client_id")),
    ({"client_id": ""}, check("client_id")),
    ({"client_id": "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"}, check("client_id")),
    ({"client_id": "nonsense"}, check("client_id")),
    ({"client_secret": ...}, check("client_secret")),
    ({"client_secret": ""}, check("client_secret")),
    ({"client_secret": "x" * 64}, check("client_secret")),
    ({"grant_type": ...}, PARAMETERS),
    ({"grant_type": ""}, PARAMETERS),
    ({"grant_type": "Authorization_Code"}, PARAMETERS),
    ({"grant_type": "authorization_code "}, PARAMETERS),
    ({"grant_type": "password", "username": "alice@acme.example", "password": "x"}, PARAMETERS),
    ({"grant_type": "client_credentials"}, PARAMETERS),
    ({"grant_type": "implicit"}, PARAMETERS),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, PARAMETERS),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange"}, PARAMETERS),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}, PARAMETERS),
    ({"code": ...}, check("code")),
    ({"code": ""}, check("code")),
    ({"code": "nonsense"}, "Cannot decrypt the authorization code"),
    ({"code": new_code()}, "Cannot decrypt the authorization code"),
    ({"redirect_uri": ...}, check("redirect_uri")),
    ({"redirect_uri": ""}, check("redirect_uri")),
    *(
        ({"redirect_uri": uri}, "Redirect URI is not associated with client")
        for uri in (
            f"{REDIRECT_URI}/",
            f"{REDIRECT_URI}?",
            f"{REDIRECT_URI}#",
            f"{REDIRECT_URI}?code=1",
            REDIRECT_URI.replace("https", "http"),
            REDIRECT_URI.replace("https", "HTTPS"),
            REDIRECT_URI.replace("hooks", "Hooks"),
            REDIRECT_URI.replace(".org", ".org:443"),
            REDIRECT_URI.replace(".org", ".org."),
            REDIRECT_URI.replace("https://", "https://x@"),
            REDIRECT_URI.replace("kommo", "%6bommo"),
            REDIRECT_URI.replace("/kommo", "/./kommo"),
            REDIRECT_URI[:-1],
            f" {REDIRECT_URI}",
            f"{REDIRECT_URI}\n",
        )
    ),
]


@ENCODINGS
async def test_an_exchange_is_refused_row_by_row_and_its_code_stays_good(
    api: Api, *, as_form: bool
) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api)
    for change, hint in CODE_ROWS:
        answer = await exchange(api, code, fields=change, as_form=as_form)
        assert told(answer) == (400, hint), change
        assert answer.json() == body(hint, 400), change

    honest = await exchange(api, code, as_form=as_form)
    assert honest.status_code == 200


@ENCODINGS
async def test_a_refresh_is_refused_row_by_row_and_its_token_stays_good(
    api: Api, *, as_form: bool
) -> None:
    pair = await first_pair(api)
    rows: list[tuple[dict[str, Any], int, str]] = [
        ({"refresh_token": ...}, 400, check("refresh_token")),
        ({"refresh_token": ""}, 400, check("refresh_token")),
        ({"refresh_token": "nonsense"}, 401, "Cannot decrypt the refresh token"),
        ({"redirect_uri": f"{REDIRECT_URI}/"}, 400, "Redirect URI is not associated with client"),
        ({"client_id": ...}, 400, check("client_id")),
        ({"client_id": new_uuid()}, 400, check("client_id")),
        ({"client_secret": ...}, 400, check("client_secret")),
        ({"client_secret": api.bolt.secret}, 400, check("client_secret")),
        ({"grant_type": "refresh"}, 400, PARAMETERS),
    ]
    for change, status, hint in rows:
        answer = await refresh(api, pair["refresh_token"], fields=change, as_form=as_form)
        assert told(answer) == (status, hint), change
        assert answer.json() == body(hint, status), change
    assert await is_accepted(api, pair)

    without = {"redirect_uri": ...}
    honest = await refresh(api, pair["refresh_token"], fields=without, as_form=as_form)
    assert honest.status_code == 200


async def expired(api: Api) -> dict[str, Any]:
    code = await consented_code(api)
    api.clock.advance(20 * MINUTE)
    return {"grant_type": "authorization_code", "code": code}


async def used(api: Api) -> dict[str, Any]:
    code = await consented_code(api)
    assert (await exchange(api, code)).status_code == 200
    return {"grant_type": "authorization_code", "code": code}


async def of_another_client(api: Api) -> dict[str, Any]:
    await set_redirect_uri(api, "bolt")
    code = await consented_code(api, cast="bolt")
    return {"grant_type": "authorization_code", "code": code}


async def of_another_consent(api: Api) -> dict[str, Any]:
    code = await consented_code(api, redirect_uri="https://hooks.example.org/before")
    return {"grant_type": "authorization_code", "code": code}


async def of_another_account(api: Api) -> dict[str, Any]:
    code = await consented_code(api, cast="bolt", integration="acme")
    return {"grant_type": "authorization_code", "code": code}


async def refresh_of_another_client(api: Api) -> dict[str, Any]:
    await set_redirect_uri(api, "bolt")
    answer = await exchange(api, await consented_code(api, cast="bolt"), cast="bolt")
    return {"grant_type": "refresh_token", "refresh_token": answer.json()["refresh_token"]}


async def refresh_of_another_account(api: Api) -> dict[str, Any]:
    code = await consented_code(api, cast="bolt", integration="acme")
    answer = await exchange(api, code, host="bolt")
    return {"grant_type": "refresh_token", "refresh_token": answer.json()["refresh_token"]}


async def refresh_too_old(api: Api) -> dict[str, Any]:
    pair = await first_pair(api)
    api.clock.advance(93 * DAY)
    return {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}


async def refresh_spent(api: Api) -> dict[str, Any]:
    pair = await first_pair(api)
    await next_pair(api, await next_pair(api, pair))
    return {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}


STATE_ROWS: list[tuple[Prepare, int, str]] = [
    (expired, 400, "Authorization code has expired"),
    (used, 400, "Authorization code has been revoked"),
    (of_another_client, 400, "Authorization code was not issued to this client"),
    (of_another_consent, 400, "Invalid redirect URI"),
    (of_another_account, 400, "Invalid account"),
    (refresh_of_another_client, 401, "Token is not linked to client"),
    (refresh_of_another_account, 400, "Invalid account"),
    (refresh_too_old, 401, "Token has expired"),
    (refresh_spent, 401, "Token has been revoked"),
]


@ENCODINGS
@pytest.mark.parametrize(
    ("prepare", "status", "hint"), STATE_ROWS, ids=[row[0].__name__ for row in STATE_ROWS]
)
async def test_what_a_credential_has_become_is_told_by_its_row(
    api: Api, prepare: Prepare, status: int, hint: str, *, as_form: bool
) -> None:
    await set_redirect_uri(api)
    answer = await ask(api, await prepare(api), as_form=as_form)

    assert told(answer) == (status, hint)
    assert answer.json() == body(hint, status)
    assert (await exchange(api, await consented_code(api), as_form=as_form)).status_code == 200


@pytest.mark.parametrize("state", ["disabled", "deleted"])
async def test_an_integration_that_works_no_more_does_not_authenticate(
    api: Api, state: str
) -> None:
    pair = await first_pair(api)
    code = await consented_code(api)
    change = "update integrations set status = :state where client_id = :id"
    async with api.db.write() as tx:
        await tx.change(change, state=state, id=api.acme.client_id)
    for answer in (await exchange(api, code), await refresh(api, pair["refresh_token"])):
        assert told(answer) == (401, "Client authentication failed")
        assert answer.json()["title"] == "Incorrect client"
        assert answer.json()["detail"] == "The client could not be authenticated"
    async with api.db.write() as tx:
        await tx.change(change, state="private", id=api.acme.client_id)

    assert (await exchange(api, code)).status_code == 200
    assert (await refresh(api, pair["refresh_token"])).status_code == 200


async def test_an_old_secret_does_not_authenticate(api: Api) -> None:
    await set_redirect_uri(api)
    code = await consented_code(api)

    async def end_nothing(*_: object) -> None:
        """Leave the grants: this test is about the key."""

    async with api.db.write() as tx:
        secret = await integrations.generate_secret(
            tx, api.acme.actor, api.acme.client_id, api.platform.seal, NOW, end_grants=end_nothing
        )

    assert told(await exchange(api, code)) == (400, check("client_secret"))
    assert (await exchange(api, code, fields={"client_secret": secret})).status_code == 200


async def test_checks_come_in_the_order_of_the_standard(api: Api) -> None:
    """Kind of grant, client, what is missing, redirect URI, and only then the code."""
    await set_redirect_uri(api)
    wrong: dict[str, Any] = {
        "grant_type": "password",
        "client_id": new_uuid(),
        "client_secret": "wrong",
        "code": ...,
        "redirect_uri": "https://mallory.example/",
    }
    mended: list[tuple[str, Any, str]] = [
        ("grant_type", "authorization_code", check("client_id")),
        ("client_id", api.acme.client_id, check("client_secret")),
        ("client_secret", api.acme.secret, check("code")),
        ("code", "nonsense", "Redirect URI is not associated with client"),
        ("redirect_uri", REDIRECT_URI, "Cannot decrypt the authorization code"),
    ]
    assert told(await exchange(api, "", fields=wrong)) == (400, PARAMETERS)
    for name, value, hint in mended:
        wrong[name] = value
        assert told(await exchange(api, "", fields=wrong)) == (400, hint)
    wrong["code"] = await consented_code(api)
    assert (await exchange(api, "", fields=wrong)).status_code == 200


async def test_whoever_may_not_use_a_code_neither_learns_of_it_nor_spends_it(api: Api) -> None:
    """Mallory has bolt's integration, and a code and a token of acme (S-33, S-51)."""
    pair = await first_pair(api)
    await set_redirect_uri(api, "bolt")
    code = await consented_code(api)
    for host in ("acme", "bolt", "api"):
        stolen = await exchange(api, code, cast="bolt", host=host)
        assert told(stolen) == (400, "Authorization code was not issued to this client")
        stolen = await refresh(api, pair["refresh_token"], cast="bolt", host=host)
        assert told(stolen) == (401, "Token is not linked to client")
    following = await next_pair(api, pair)
    assert (await exchange(api, code)).status_code == 200
    spent = pair["refresh_token"]
    await next_pair(api, following)
    assert told(await refresh(api, spent, cast="bolt", host="acme"))[0] == 401

    async with api.db.read() as reader:
        assert await reader.value("select count(*) from grants where reused_at is not null") == 0
        assert await reader.value("select count(*) from grants where ended_at is not null") == 0


async def test_an_account_reads_russian_if_that_is_its_language(api: Api) -> None:
    await set_redirect_uri(api)
    async with api.db.write() as tx:
        await tx.change("update accounts set language = 'ru' where id = 1")
    ordinary = (await exchange(api, "nonsense")).json()
    refused = (await refresh(api, "nonsense")).json()
    english = (await exchange(api, "nonsense", host="api")).json()
    code = await consented_code(api)
    async with api.db.write() as tx:
        await tx.change("update integrations set status = 'disabled' where account_id = 1")
    stopped = (await exchange(api, code)).json()

    russian = (
        "Некорректный запрос",
        "В запросе отсутствует ряд параметров или параметры невалидны",  # noqa: RUF001 - Russian
    )
    assert (ordinary["title"], ordinary["detail"]) == russian
    assert ordinary["hint"] == "Cannot decrypt the authorization code"
    assert (refused["title"], refused["detail"]) == russian
    assert (stopped["title"], stopped["detail"]) == (
        "Некорректный клиент",
        "Авторизация клиента не прошла",
    )
    assert english["title"] == "Incorrect request"
