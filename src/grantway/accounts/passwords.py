"""Passwords: what is accepted, and how they are kept (S-87, S-107).

Hashing takes 20 ms and 19 MiB on purpose, so it runs on threads of its own, two
at a time, and never inside a transaction.
"""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import argon2

MIN_LENGTH = 8
MAX_LENGTH = 256  # cut before hashing, so nobody can buy work with a long one

_COMMON = frozenset(
    {
        *("password", "password1", "password123", "passw0rd", "p@ssw0rd", "12345678", "123456789"),
        *("1234567890", "qwertyui", "qwerty123", "qwertyuiop", "1q2w3e4r", "1qaz2wsx", "abc12345"),
        *(
            "iloveyou",
            "letmein1",
            "welcome1",
            "welcome123",
            "admin123",
            "administrator",
            "changeme",
        ),
        *("football", "baseball", "superman", "trustno1", "sunshine", "princess", "dragon123"),
        *("monkey123", "master123", "shadow123", "michael1", "computer", "internet", "whatever"),
        *("starwars", "asdfghjk", "asdfghjkl", "zxcvbnm1", "zaq12wsx", "11111111", "00000000"),
        *("87654321", "987654321", "147258369", "123123123", "aaaaaaaa", "abcdefgh", "abcd1234"),
        *("test1234", "testtest", "secret123", "default1", "guest123", "grantway", "kommo123"),
    }
)
# RFC 9106 section 4 names the form, the OWASP cheat sheet these values: 19 MiB, two passes.
_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_threads = ThreadPoolExecutor(2, thread_name_prefix="password")
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "Z3JhbnR3YXktbm9ib2R5$3JYUKB5mM6nWJ4n3Ks8nV1kXrC0V6Tj0s5yLw0kq7nE"
)
"""A hash that no password has: checking it makes an unknown address as slow as a known one."""


def password_problem(password: str, *, name: str, email: str) -> str | None:
    """Say why *password* is refused, or None.

    >>> password_problem("correct horse battery", name="Alice", email="alice@acme.example")
    >>> password_problem("12345678", name="Alice", email="alice@acme.example")
    'this is one of the passwords that are tried first; choose another one'
    """
    if len(password) < MIN_LENGTH:
        return f"use at least {MIN_LENGTH} characters"
    if len(password) > MAX_LENGTH:
        return f"use at most {MAX_LENGTH} characters"
    low = password.lower()
    own = {name.lower(), email.lower(), email.lower().partition("@")[0]}
    if low in _COMMON or low in own or len(set(low)) <= 2:
        return "this is one of the passwords that are tried first; choose another one"
    return None


async def hash_password(password: str) -> str:
    """Return what the database keeps."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _hasher.hash, _normal(password))


async def is_password(password: str, password_hash: str | None) -> bool:
    """Tell whether *password* is the right one; as slow for nobody as for somebody."""
    if len(password) > MAX_LENGTH:
        return False
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _verify, _normal(password), password_hash)


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return password_hash is not None


def _normal(password: str) -> str:
    # One person's é may be typed as one character or as two (RFC 8265, 4.2.2).
    return unicodedata.normalize("NFC", password)
