"""Tokens made by hand, byte by byte: the honest one, and what an attacker would try."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from grantway.oauth.keys import NewKey


def encoded(raw: bytes) -> str:
    """Return *raw* in base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of *token*, unverified."""
    head, claims, _ = token.split(".")
    return json.loads(decoded(head)), json.loads(decoded(claims))


def raw_json(value: dict[str, Any] | bytes) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def signed(key: NewKey, header: dict[str, Any] | bytes, claims: dict[str, Any] | bytes) -> str:
    """Return a token with a true RS256 signature of *key*, whatever it says."""
    text = f"{encoded(raw_json(header))}.{encoded(raw_json(claims))}"
    private = serialization.load_pem_private_key(key.private_pem.encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    signature = private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{encoded(signature)}"


def signed_hs256(secret: bytes, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Return a token whose signature is a MAC under *secret*."""
    text = f"{encoded(raw_json(header))}.{encoded(raw_json(claims))}"
    return f"{text}.{encoded(hmac.digest(secret, text.encode(), hashlib.sha256))}"
