"""Grants and long-lived tokens as values."""

from __future__ import annotations

import msgspec


def outlives_authorizer(*, by_administrator: bool, is_strict: bool) -> bool:
    """Tell whether a grant works however its authorizer's place in the account changes.

    Administrators' do, as the dialect has it (authorization.md 11); those of strict
    integrations and of everybody else stop with their authorizer (S-78).
    """
    return by_administrator and not is_strict


class Standing(msgspec.Struct, frozen=True):
    """A grant as it stands now, when it and everything above it are live.

    Of a grant that was made of a code also the newest pair, and the newest one
    whose access token was used; else zero.
    """

    grant_id: int
    client_id: str
    user_id: int
    by_administrator: bool
    last_used_at: int | None
    token_id_hash: str | None
    subdomain: str
    fidelity: str
    generation: int
    used_generation: int
    pair_issued_at: int | None

    @property
    def is_strict(self) -> bool:
        return self.fidelity == "strict"

    @property
    def outlives_authorizer(self) -> bool:
        return outlives_authorizer(by_administrator=self.by_administrator, is_strict=self.is_strict)


class HeldGrant(msgspec.Struct, frozen=True):
    """Whose a grant is, whatever became of it and of all above it."""

    account_id: int
    grant_id: int
    client_id: str


class LongLivedToken(msgspec.Struct, frozen=True):
    """A long-lived token as the Authorization tab shows it.

    It has ended when its installation has. *uuid* stands in the token as well,
    so whoever holds one can tell which it is.
    """

    grant_id: int
    client_id: str
    user_id: int
    user_name: str
    scopes: str
    issued_at: int
    expires_at: int
    last_used_at: int | None
    last_used_from: str | None
    ended_at: int | None
    ended_by: str | None
    uuid: str

    def state(self, now: int) -> str:
        """Return `live`, `expired` or `revoked`."""
        if self.ended_at is not None:
            return "revoked"
        return "live" if now < self.expires_at else "expired"


class GrantShown(msgspec.Struct, frozen=True):
    """A grant as people see it, whatever kind of tokens it has.

    *expires_at* is when it ends unless it is used before: the end of a refresh
    token, or of a long-lived token. *reused_at* tells when a spent refresh token
    came back. *is_authorizer_active*: the user may still work in the account.
    *uuid* stands in its access tokens as well. *ended_by* is None when no user
    ended it: then it was the operator, or a rule of ours.
    """

    grant_id: int
    account_id: int
    account_name: str
    subdomain: str
    client_id: str
    integration_name: str
    user_id: int
    user_name: str
    kind: str
    uuid: str
    scopes: str
    by_administrator: bool
    is_strict: bool
    created_at: int
    expires_at: int
    last_used_at: int | None
    last_used_from: str | None
    reused_at: int | None
    ended_at: int | None
    ended_by: str | None
    is_ended_by_operator: bool
    is_authorizer_active: bool
    is_authorizer_administrator: bool

    @property
    def is_long_lived(self) -> bool:
        return self.kind == "long_lived"

    @property
    def unused_since(self) -> int:
        """When it was last of use: refreshing counts, and so does having been given."""
        return max(self.created_at, self.last_used_at or 0)

    @property
    def outlives_authorizer(self) -> bool:
        return outlives_authorizer(by_administrator=self.by_administrator, is_strict=self.is_strict)

    @property
    def has_lent_rights(self) -> bool:
        """Whether it works with rights of an administrator that its authorizer has no more."""
        return self.by_administrator and not self.is_authorizer_administrator

    def state(self, now: int) -> str:
        """Return `live`, `stopped`, `expired` or `revoked`.

        *stopped*: refused for as long as its authorizer may not work (S-78).
        """
        if self.ended_at is not None:
            return "revoked"
        if now >= self.expires_at:
            return "expired"
        return "live" if self.is_authorizer_active or self.outlives_authorizer else "stopped"


class Turn(msgspec.Struct, frozen=True):
    """Where a page of grants begins: after one of the list, or, going back, before it.

    It keeps whether that one had ended when it was listed, which is its place.
    """

    has_ended: bool
    grant_id: int
    is_back: bool = False


class GrantUsage(msgspec.Struct, frozen=True):
    """What the grants of one installed integration amount to."""

    client_id: str
    live: int
    users: int
    last_used_at: int | None


class NewGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A grant with a long-lived token, on its way into the store."""

    uuid: str
    installation_id: int
    client_id: str
    user_id: int
    scopes: str
    token_id_hash: str
    created_at: int
    expires_at: int


class NewCode(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization code on its way into the store, and all that it is bound to."""

    code_hash: str
    installation_id: int
    client_id: str
    user_id: int
    redirect_uri: str
    scopes: str
    by_administrator: bool
    code_challenge: str | None
    created_at: int
    expires_at: int


class CodeRow(msgspec.Struct, frozen=True):
    """An authorization code as it stands. *is_live*: its installation and account are."""

    account_id: int
    installation_id: int
    client_id: str
    user_id: int
    redirect_uri: str | None
    scopes: str
    by_administrator: bool
    code_challenge: str | None
    wrong_verifiers: int
    expires_at: int
    used_at: int | None
    grant_id: int | None
    is_live: bool
    subdomain: str


class NewFamily(msgspec.Struct, frozen=True, kw_only=True):
    """A grant made of a code, on its way into the store."""

    id: int
    uuid: str
    installation_id: int
    client_id: str
    user_id: int
    scopes: str
    by_administrator: bool
    seed_sealed: str
    refresh_expires_at: int
    source: str
    now: int


class Family(msgspec.Struct, frozen=True):
    """A grant made of a code as it stands. *is_live*: it and everything above it are.

    *generation* is its newest pair, issued at *pair_issued_at*;
    *used_generation* the newest whose access token came to the API.
    """

    account_id: int
    grant_id: int
    uuid: str
    client_id: str
    user_id: int
    scopes: str
    by_administrator: bool
    created_at: int
    seed_sealed: str
    generation: int
    pair_issued_at: int
    refresh_expires_at: int
    previous_expires_at: int | None
    used_generation: int
    subdomain: str
    fidelity: str
    is_live: bool

    @property
    def is_strict(self) -> bool:
        return self.fidelity == "strict"

    @property
    def outlives_authorizer(self) -> bool:
        return outlives_authorizer(by_administrator=self.by_administrator, is_strict=self.is_strict)
