"""Secrets: how they look, how they are kept, how they are sealed (S-59 to S-61, S-84 to S-89)."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.asgi.logs import redacted
from grantway.kernel.credentials import (
    Kind,
    digest,
    is_credential,
    new_client_secret,
    new_code,
    new_credential,
)
from grantway.kernel.sealing import Seal, UnsealError

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_credential_names_its_kind_and_checks_itself(kind: Kind) -> None:
    made = new_credential(kind)

    assert made.startswith(f"{kind}_")
    assert is_credential(made, kind)
    assert not any(is_credential(made, other) for other in Kind if other is not kind)
    for n in range(len(made)):
        changed = made[:n] + ("x" if made[n] != "x" else "y") + made[n + 1 :]
        assert not is_credential(changed, kind), n
    for wrong in (
        "",
        made[:-1],
        made + "a",
        made.upper(),
        f" {made}",
        made + "\n",
        "ä" * len(made),
    ):
        assert not is_credential(wrong, kind)


def test_secrets_are_long_random_and_never_the_same() -> None:
    for make in (new_client_secret, new_code, lambda: new_credential(Kind.SESSION)):
        made = {make() for _ in range(200)}
        assert len(made) == 200
    assert re.fullmatch("[A-Za-z0-9]{64}", new_client_secret())
    assert re.fullmatch("def502[0-9a-f]{698}", new_code())


def test_a_digest_tells_nothing_and_always_the_same() -> None:
    secret = new_client_secret()

    assert digest(secret) == digest(secret)
    assert secret not in digest(secret)
    assert digest(secret) != digest(secret[:-1])


@given(st.text(), st.text(max_size=20))
def test_what_is_sealed_opens_for_its_purpose_alone(text: str, purpose: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    purpose = purpose.encode("utf-8", "ignore").decode()
    seal = Seal([KEY])
    sealed = seal.seal(text, purpose)

    assert seal.unseal(sealed, purpose) == text
    assert seal.seal(text, purpose) != sealed
    with pytest.raises(UnsealError):
        seal.unseal(sealed, purpose + "x")


def test_a_sealed_value_that_was_changed_or_whose_key_is_gone() -> None:
    seal = Seal([KEY])
    sealed = seal.seal("secret", "purpose")
    name, _, box = sealed.partition(":")

    assert "secret" not in sealed
    raw = bytearray(base64.urlsafe_b64decode(box))
    for n in range(len(raw)):
        raw[n] ^= 1
        with pytest.raises(UnsealError):
            seal.unseal(f"{name}:{base64.urlsafe_b64encode(raw).decode()}", "purpose")
        raw[n] ^= 1
    for broken in ("", ":", name, f"{name}:", f"{name}:AAAA", f"{name}:!", f"x:{box}", box, "ä:ö"):
        with pytest.raises(UnsealError):
            seal.unseal(broken, "purpose")
    with pytest.raises(UnsealError, match="no key named"):
        Seal([OTHER]).unseal(sealed, "purpose")


def test_keys_can_be_changed_while_old_values_are_read() -> None:
    old = Seal([KEY]).seal("secret", "purpose")
    both = Seal([OTHER, KEY])

    assert both.unseal(old, "purpose") == "secret"
    assert Seal([OTHER]).unseal(both.seal("secret", "purpose"), "purpose") == "secret"
    with pytest.raises(ValueError, match="32 bytes"):
        Seal([b"short"])
    with pytest.raises(ValueError, match="at least one"):
        Seal([])


SECRETS = {
    "token": "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl-_x",
    "half a token": "eyJhbGciOiJSUzI1NiJ9.eyJhd",
    "code": new_code(),
    "secret": new_client_secret(),
} | {kind: new_credential(kind) for kind in Kind}


@pytest.mark.parametrize("name", list(SECRETS))
def test_credentials_are_taken_out_wherever_they_stand(name: str) -> None:
    secret = SECRETS[name]
    events = [
        f"Bearer {secret}",
        f"/path/{secret}?x={secret}&y=1",
        {"deep": [{"er": (f"x {secret} y",)}]},
        {"Authorization": "x", "client_secret": "x", "why": f"got {secret!r}"},
    ]
    for event in events:
        assert secret not in repr(redacted(event))


def test_what_is_no_credential_stays() -> None:
    harmless = {"path": "/api/v4/leads/7", "n": 7, "id": "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"}

    assert redacted(harmless) == harmless
    assert redacted({"Password": "hunter2", "token": 7}) == {
        "Password": "[hidden]",
        "token": "[hidden]",
    }
