"""What the authorization server asks about an integration: whose it is, and where it may work.

An integration that is not there is None. A deleted or disabled one is returned
with its status, because the token endpoint answers it otherwise than an unknown
one (contract: authorization.md 21, row 3); pages must not (S-154).
"""

from __future__ import annotations

import hmac
from collections.abc import Collection

from grantway.db import Reader, Transaction
from grantway.integrations import signing_store, store, text_store
from grantway.integrations.model import Client, Description, Presented, secret_purpose
from grantway.kernel.credentials import digest
from grantway.kernel.sealing import Seal

__all__ = [
    "Client",
    "Description",
    "Presented",
    "find_client",
    "find_description",
    "find_presented",
    "forget_unneeded_secret",
    "forget_unneeded_secrets",
    "is_known_to",
    "is_secret_of",
    "may_be_authorized_in",
    "signing_secret",
]

_NO_SECRET = "0" * 64  # no digest is this one, so a comparison with it takes time and fails


async def find_client(reader: Reader, client_id: str) -> Client | None:
    """Return the integration, disabled and deleted ones as well; None when there never was one."""
    return await store.find_client(reader, client_id)


async def find_presented(reader: Reader, client_id: str, language: str) -> Presented | None:
    """Return how to introduce the integration in *language*, else in its main language.

    None unless it works: disabled, deleted and unknown ones are the same, found
    by the same question. Whether the user may know of it, `is_known_to` says.
    """
    return await store.find_presented(reader, client_id, language)


async def find_description(reader: Reader, client_id: str, language: str) -> Description | None:
    """Return what the integration says of itself, in the language that `find_presented` takes."""
    return await text_store.find_description(reader, client_id, language)


async def signing_secret(reader: Reader, client_id: str, seal: Seal) -> str | None:
    """Return the secret key to sign with, for hooks; None when there is none.

    A disabled integration keeps it, and a deleted one for as long as a hook waits
    that was planned before: see `forget_unneeded_secret`.
    """
    sealed = await signing_store.find_sealed_secret(reader, client_id)
    return None if sealed is None else seal.unseal(sealed, secret_purpose(client_id))


async def forget_unneeded_secret(tx: Transaction, client_id: str) -> None:
    """Wipe the secret key of a deleted integration once no revoke hook waits for it.

    For whoever deletes one, and after each hook. Nothing happens to a live one.
    """
    await signing_store.forget_secret_of(tx, client_id)


async def forget_unneeded_secrets(tx: Transaction) -> int:
    """Wipe those whose last hook nobody finished, and return how many; for the worker."""
    return await signing_store.forget_secrets(tx)


def is_secret_of(client: Client | None, secret: str) -> bool:
    """Tell whether *secret* is the present key of *client*, in the same time for all (S-46).

    False for an integration that is not there, is disabled or deleted, or has no key.
    """
    # Surrogates cannot be encoded, and no key has anything but ASCII in it (S-45).
    given = digest(secret) if secret.isascii() else _NO_SECRET
    kept = client.secret_hash if client is not None and client.is_live else None
    is_same = hmac.compare_digest(given, kept or _NO_SECRET)
    return is_same and kept is not None


def may_be_authorized_in(client: Client, account_id: int, tried_in: Collection[int] = ()) -> bool:
    """Tell whether users of the account may be asked for consent (authorization.md 3.2; S-147).

    A published integration may be asked for everywhere. Until then, and for a
    private one always, it is the account in which it was created, and those
    that were made to try it: *tried_in*, as `trials.tried_in` says.
    """
    if not client.is_live:
        return False
    return client.status == "published" or account_id in {client.account_id, *tried_in}


def is_known_to(
    client: Client | None, account_ids: Collection[int], tried_in: Collection[int] = ()
) -> bool:
    """Tell whether somebody of these accounts may learn that the integration exists (S-154).

    That is wherever `may_be_authorized_in` lets it be asked for. False reads the
    same for all reasons: unknown, deleted, disabled, and private or a draft of
    an account that is not among theirs.
    """
    if client is None or not client.is_live:
        return False
    if client.status == "published":
        return True
    return any(may_be_authorized_in(client, one, tried_in) for one in account_ids)
