"""A pair of tokens: stored as a number of its family, and computed from that."""

from __future__ import annotations

import msgspec

from grantway.kernel.addresses import API, Addresses
from grantway.oauth import families
from grantway.oauth.families import ACCESS_TOKEN_LIFETIME
from grantway.oauth.keys import SigningKey
from grantway.oauth.tokens import Claims, TokenCodec


class PairDue(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that is stored and not signed yet: signing takes longer than all the rest.

    Signed after the transaction, it keeps nobody waiting who wants to write.
    """

    account_id: int
    uuid: str
    client_id: str
    user_id: int
    scopes: str
    seed: bytes
    generation: int
    issued_at: int
    key: SigningKey


class TokenPair(msgspec.Struct, frozen=True):
    """What an integration receives. The refresh token is kept nowhere."""

    access_token: str
    refresh_token: str
    expires_in: int


class Pairs:
    """Computes pairs: the same one, however often it is asked for."""

    def __init__(self, codec: TokenCodec, addresses: Addresses) -> None:
        self._codec = codec
        self._base_domain = addresses.base_domain
        self._api_domain = addresses.authority(API)

    def sign(self, due: PairDue, now: int) -> TokenPair:
        """Return the pair, with the seconds that its access token still has at *now*."""
        claims = Claims(
            aud=due.client_id,
            jti=families.token_id(due.seed, due.generation),
            iat=due.issued_at,
            nbf=due.issued_at,
            exp=due.issued_at + ACCESS_TOKEN_LIFETIME,
            sub=str(due.user_id),
            account_id=due.account_id,
            base_domain=self._base_domain,
            scopes=tuple(due.scopes.split()),
            hash_uuid=due.uuid,
            api_domain=self._api_domain,
        )
        return TokenPair(
            self._codec.sign(due.key, claims),
            families.refresh_token(due.seed, due.account_id, due.uuid, due.generation),
            # A pair may be given again when its access token has ended: RFC 6749, A.14 knows
            # no sign, and clients read zero as "for ever".
            max(1, claims.exp - now),
        )
