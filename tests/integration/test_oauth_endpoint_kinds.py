"""Every kind of credential in every place: only its own opens (S-59 to S-61)."""

import asyncio

import pytest

from grantway.integrations.clients import find_client
from grantway.kernel.credentials import (
    HexKind,
    Kind,
    hex_credential,
    new_code,
    new_credential,
    new_uuid,
    read_hex_credential,
)
from grantway.oauth import families
from grantway.oauth import refusals as no
from grantway.oauth.exchange import CodeExchange, read_exchange
from grantway.oauth.refreshing import read_refresh
from tests.integration.api_client import NOW, Api
from tests.integration.forging import parts, signed_hs256
from tests.integration.token_endpoint import (
    REDIRECT_URI,
    ask,
    consented_code,
    exchange,
    first_pair,
    is_accepted,
    refresh,
    told,
)

LOOK_UP = "/oauth2/account/current/subdomain"
LOOK_UP_BEARER = "/oauth2/account/subdomain"
INTROSPECT = "/oauth2/introspect"


async def every_kind(api: Api) -> dict[str, str]:
    """Return one live credential of each kind, by the place where it is at home."""
    pair = await first_pair(api)
    header, claims = parts(pair["access_token"])
    header["alg"] = "HS256"
    one_time = claims | {"iss": "https://acme.grantway.test", "exp": NOW + 1800}
    return {
        "client_id": api.acme.client_id,
        "client_secret": api.acme.secret,
        "code": await consented_code(api),
        "refresh_token": pair["refresh_token"],
        "access_token": pair["access_token"],
        "long_lived": api.acme.token,
        "one_time": signed_hs256(api.acme.secret.encode(), header, one_time),
        "uuid": claims["hash_uuid"],
        "token_id": claims["jti"],
        **{kind.name.lower(): new_credential(kind) for kind in Kind},
    }


async def test_no_kind_is_accepted_in_the_place_of_another(api: Api) -> None:
    kinds = await every_kind(api)
    for name, value in kinds.items():
        for place in ("client_id", "client_secret", "code"):
            if name != place:
                answer = await exchange(api, kinds["code"], fields={place: value})
                assert told(answer)[0] == 400, (name, place)
        if name != "refresh_token":
            answer = await refresh(api, value)
            assert told(answer) == (401, "Cannot decrypt the refresh token"), name
            headers = {"x-refresh-token": value}
            answer = await api.get(LOOK_UP, token=None, headers=headers)
            assert answer.status_code == 401, name
        if name not in {"access_token", "long_lived"}:
            for path in ("/api/v4/account", LOOK_UP_BEARER):
                assert (await api.get(path, token=value)).status_code == 401, (name, path)
        if name not in {"access_token", "long_lived", "refresh_token"}:
            answer = await ask(api, {"token": value}, path=INTROSPECT)
            assert answer.json() == {"active": False}, name
            assert (await ask(api, {"token": value}, path="/oauth2/revoke")).status_code == 200
        swapped = {"grant_type": "authorization_code", "refresh_token": value, "code": ...}
        assert told(await ask(api, swapped)) == (400, "Check the `code` parameter"), name
        swapped = {"grant_type": "refresh_token", "code": value, "refresh_token": ...}
        assert told(await ask(api, swapped)) == (400, "Check the `refresh_token` parameter"), name

    assert await is_accepted(api, kinds)
    assert (await exchange(api, kinds["code"])).status_code == 200
    assert (await refresh(api, kinds["refresh_token"])).status_code == 200
    assert (await api.get("/api/v4/account", token=kinds["long_lived"])).status_code == 200
    assert (await api.get(LOOK_UP_BEARER, token=kinds["long_lived"])).status_code == 200


async def test_codes_and_refresh_tokens_have_the_look_of_the_dialect(api: Api) -> None:
    """S-59 as well: random bits enough, none of them shared."""
    codes = [await consented_code(api) for _ in range(5)]
    tokens = [(await first_pair(api))["refresh_token"] for _ in range(5)]
    for one in codes:
        assert one.startswith("def502")
        assert 700 <= len(one) <= 1100
        assert set(one) <= set("0123456789abcdef")
    for one in tokens:
        assert one.startswith("def502")
        assert set(one) <= set("0123456789abcdef")
    assert len(set(codes + tokens)) == 10
    assert len({one[8:60] for one in codes}) == 5


def forgeries(token: str) -> list[str]:
    """Return what somebody who knows the format could write without the family's seed."""
    body = read_hex_credential(token, HexKind.REFRESH_TOKEN)
    assert body is not None
    account, name, generation, proof = body[:8], body[8:24], body[24:32], body[32:]
    high = (2**63 - 1).to_bytes(8)
    written = [
        account + name + (2).to_bytes(8) + proof,
        account + name + bytes(8) + proof,
        account + name + high + proof,
        account + name + b"\xff" * 8 + proof,
        account + name + generation + bytes(32),
        account + name + generation + proof[:-1] + bytes([proof[-1] ^ 1]),
        high + name + generation + proof,
        b"\xff" * 8 + name + generation + proof,
        bytes(8) + name + generation + proof,
        (2).to_bytes(8) + name + generation + proof,
        account + bytes(16) + generation + proof,
        account + b"\xff" * 16 + generation + proof,
        body[:-1],
        body + b"\0",
        b"",
    ]
    return [hex_credential(HexKind.REFRESH_TOKEN, one) for one in written]


async def test_a_token_that_was_written_by_hand_is_refused_and_nothing_is_noted(api: Api) -> None:
    """Some name accounts and generations that no column holds (S-177)."""
    token = (await first_pair(api))["refresh_token"]
    for forged in forgeries(token):
        assert told(await refresh(api, forged)) == (401, "Cannot decrypt the refresh token")
        headers = {"x-refresh-token": forged}
        assert (await api.get(LOOK_UP, token=None, headers=headers)).status_code == 401
        assert (await ask(api, {"token": forged}, path=INTROSPECT)).json() == {"active": False}
        assert (await ask(api, {"token": forged}, path="/oauth2/revoke")).status_code == 200
    async with api.db.read() as reader:
        assert await reader.value("select count(*) from grants where reused_at is not null") == 0

    assert (await refresh(api, token)).status_code == 200


async def test_one_familys_proof_opens_no_other(api: Api) -> None:
    first, second = [(await first_pair(api))["refresh_token"] for _ in range(2)]
    bodies = [read_hex_credential(one, HexKind.REFRESH_TOKEN) or b"" for one in (first, second)]
    crossed = hex_credential(HexKind.REFRESH_TOKEN, bodies[0][:32] + bodies[1][32:])

    assert told(await refresh(api, crossed)) == (401, "Cannot decrypt the refresh token")
    assert (await refresh(api, first)).status_code == 200


@pytest.mark.parametrize("kind", [HexKind.CODE, HexKind.REFRESH_TOKEN])
async def test_a_wrong_checksum_is_refused_before_the_database_is_asked(
    api: Api, kind: HexKind
) -> None:
    pair = await first_pair(api)
    async with api.db.read() as reader:
        client = await find_client(reader, api.acme.client_id)
    assert client is not None
    right = new_code() if kind is HexKind.CODE else pair["refresh_token"]
    flipped = [
        right[:at] + ("0" if right[at] != "0" else "1") + right[at + 1 :]
        for at in range(0, len(right), 7)
    ]

    def read(text: str) -> object:
        if kind is HexKind.CODE:
            return read_exchange(client, CodeExchange(code=text, redirect_uri=REDIRECT_URI))
        return read_refresh(client, text, REDIRECT_URI)

    for wrong in (*flipped, right[:-2], right + "00", right.upper(), "def502", ""):
        assert isinstance(
            read(wrong),
            no.CodeUnreadable | no.CodeMissing | no.RefreshTokenUnreadable | no.RefreshTokenMissing,
        )
    assert not isinstance(read(right), no.Refusal)


async def test_what_is_no_token_waits_for_nobody_who_writes(api: Api) -> None:
    pair = await first_pair(api)
    async with api.db.write() as tx:
        await tx.change("update grants set scopes = scopes where account_id = 1")
        async with asyncio.timeout(2):
            assert (await refresh(api, "def502" + "00" * 60)).status_code == 401
            assert (await exchange(api, "def502" + "00" * 60)).status_code == 400
    assert (await refresh(api, pair["refresh_token"])).status_code == 200


async def test_a_family_that_never_was_is_refused_however_well_it_is_written(api: Api) -> None:
    await first_pair(api)
    seed = families.new_seed()
    stranger = families.refresh_token(seed, api.acme.account_id, new_uuid(), 1)
    async with api.db.read() as reader:
        long_lived = await reader.value(
            "select uuid from grants where kind = 'long_lived' and account_id = 1"
        )
    of_long_lived = families.refresh_token(seed, api.acme.account_id, long_lived, 1)
    for token in (stranger, of_long_lived):
        assert told(await refresh(api, token)) == (401, "Cannot decrypt the refresh token")
    assert parts(api.acme.token)[1]["hash_uuid"] == long_lived
