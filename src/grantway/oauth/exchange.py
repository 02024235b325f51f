"""Swapping an authorization code for the first pair of tokens.

Contract: authorization.md 4 and 5; RFC 6749, 4.1.3; RFC 7636; rules S-32 to S-40.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import msgspec

from grantway import audit
from grantway.accounts import service as accounts
from grantway.audit import Entry, Event
from grantway.db import Transaction
from grantway.integrations.clients import Client
from grantway.kernel.credentials import HexKind, digest, new_uuid, read_hex_credential
from grantway.kernel.sealing import Seal
from grantway.oauth import code_store, families, family_store, grants
from grantway.oauth import refusals as no
from grantway.oauth.keys import Keyring
from grantway.oauth.model import CodeRow, NewFamily
from grantway.oauth.pairs import PairDue
from grantway.oauth.refusals import Refusal

MAX_WRONG_VERIFIERS = 5
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


class CodeExchange(msgspec.Struct, frozen=True, kw_only=True):
    """What the integration sends for a code. Empty means absent."""

    code: str
    redirect_uri: str
    verifier: str = ""


def read_exchange(client: Client, sent: CodeExchange) -> CodeExchange | Refusal:
    """Return the request unless something speaks against it that nobody has to look up (S-61)."""
    if not sent.code:
        return no.CodeMissing()
    if not sent.redirect_uri:
        return no.RedirectUriMissing()
    if sent.redirect_uri != client.redirect_uri:
        return no.RedirectUriUnknown()
    if read_hex_credential(sent.code, HexKind.CODE) is None:
        return no.CodeUnreadable(why="not the look of a code")
    return sent


class Exchange:
    """Redeems codes."""

    def __init__(self, keyring: Keyring, seal: Seal) -> None:
        self._keyring = keyring
        self._seal = seal

    async def redeem_code(
        self,
        tx: Transaction,
        client: Client,
        sent: CodeExchange,
        *,
        subdomain: str | None,
        source: str,
        now: int,
    ) -> PairDue | Refusal:
        """Swap the code for a grant with its first pair; *client* has proved who it is.

        *sent* is what `read_exchange` let pass. *subdomain* is the host that was
        asked, None for the shared one. A request that proves nothing changes
        nothing, so nobody can spend a code that is not theirs (S-33, S-40).
        """
        code_hash = digest(sent.code)
        code = await code_store.find_code(tx, code_hash)
        if code is None:
            return no.CodeUnreadable(why="unknown code")
        refusal = _refusal(code, client, sent, subdomain, now)
        if isinstance(refusal, no.VerifierWrong):
            await code_store.count_wrong_verifier(tx, code_hash)
        if refusal is not None:
            return refusal
        user = await accounts.find_worker(tx, code.account_id, code.user_id)
        if user is None:
            return no.CodeRevoked(why="its user may no longer work in the account")
        (grant_id,) = await tx.take_ids("grant")
        if not await code_store.claim_code(tx, code_hash, grant_id, now):
            return await _replayed(tx, code_hash, client, source, now)
        is_administrators = code.by_administrator and user.is_administrator
        return await self._begin(
            tx, code, grant_id, source, now, is_administrators=is_administrators
        )

    async def _begin(
        self,
        tx: Transaction,
        code: CodeRow,
        grant_id: int,
        source: str,
        now: int,
        *,
        is_administrators: bool,
    ) -> PairDue:
        """Add the grant. Who was demoted since the consent grants what they may now (S-95)."""
        seed, uuid = families.new_seed(), new_uuid()
        await family_store.add_family(
            tx,
            code.account_id,
            NewFamily(
                id=grant_id,
                uuid=uuid,
                installation_id=code.installation_id,
                client_id=code.client_id,
                user_id=code.user_id,
                scopes=code.scopes,
                by_administrator=is_administrators,
                seed_sealed=self._seal.seal(seed.hex(), families.purpose(uuid)),
                refresh_expires_at=families.refresh_expiry(now),
                source=source,
                now=now,
            ),
        )
        await _record(tx, Event.CODE_REDEEMED, code, grant_id, source, now)
        return PairDue(
            account_id=code.account_id,
            uuid=uuid,
            client_id=code.client_id,
            user_id=code.user_id,
            scopes=code.scopes,
            seed=seed,
            generation=1,
            issued_at=now,
            key=await self._keyring.active(tx),
        )


def _refusal(
    code: CodeRow, client: Client, sent: CodeExchange, subdomain: str | None, now: int
) -> Refusal | None:
    """Return what speaks against the code, apart from its being used already."""
    if code.client_id != client.client_id:
        return no.CodeOfAnotherClient()
    if subdomain is not None and subdomain != code.subdomain:
        return no.WrongAccount()
    if now >= code.expires_at:
        return no.CodeExpired()
    if code.redirect_uri != sent.redirect_uri:
        return no.RedirectUriDiffers()
    if not code.is_live:
        return no.CodeRevoked(why="installation or account has ended")
    return _verifier_refusal(code, sent.verifier)


async def _replayed(
    tx: Transaction, code_hash: str, client: Client, source: str, now: int
) -> Refusal:
    """Refuse a code that was used, and record it; strict: its grant ends (S-34)."""
    code = await code_store.find_code(tx, code_hash)
    if code is not None and await code_store.note_replay(tx, code_hash, now):
        await _record(tx, Event.CODE_REPLAYED, code, code.grant_id, source, now)
    if code is not None and code.grant_id is not None and client.fidelity == "strict":
        await grants.end_by_rule(tx, code.account_id, code.grant_id, source, now)
    return no.CodeRevoked(why="used before")


async def _record(
    tx: Transaction, event: Event, code: CodeRow, grant_id: int | None, source: str, now: int
) -> None:
    entry = Entry(
        at=now,
        event=event,
        account_id=code.account_id,
        actor="integration",
        user_id=code.user_id,
        client_id=code.client_id,
        grant_id=grant_id,
        source=source,
        subject=code.client_id,
        outcome="refused" if event is Event.CODE_REPLAYED else "done",
    )
    await audit.record(tx, entry)


def _verifier_refusal(code: CodeRow, verifier: str) -> Refusal | None:
    """Compare verifier and challenge (RFC 7636, 4.6; S-35 to S-38)."""
    if code.code_challenge is None:
        return no.VerifierWrong(why="there was no challenge") if verifier else None
    if not verifier:
        return no.VerifierMissing()
    if code.wrong_verifiers >= MAX_WRONG_VERIFIERS:
        return no.CodeRevoked(why="too many wrong verifiers")
    if not _VERIFIER.fullmatch(verifier):
        return no.VerifierWrong(why="not the form of a verifier")
    digested = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digested).rstrip(b"=")
    if not hmac.compare_digest(made, code.code_challenge.encode()):
        return no.VerifierWrong(why="it does not fit")
    return None
