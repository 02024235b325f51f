"""The token endpoint and its relatives (contract: authorization.md 5 and 8; RFC 6749)."""

from __future__ import annotations

import msgspec

from grantway.api.oauth2 import access_token, metadata, subdomain, tokens
from grantway.api.oauth2.access_token import TokenEndpoint
from grantway.api.oauth2.asking import Endpoint
from grantway.api.oauth2.door import OAuth2Door, Route
from grantway.api.oauth2.metadata import Metadata
from grantway.api.oauth2.subdomain import SubdomainLookup
from grantway.api.oauth2.tokens import TokenQuestions
from grantway.asgi.hosts import HostKind
from grantway.asgi.limits import Limiter
from grantway.asgi.requests import Sources
from grantway.db import Database
from grantway.kernel.addresses import CONTROL, Addresses
from grantway.kernel.clock import Clock
from grantway.kernel.sealing import Seal
from grantway.oauth.bearer import Bearers
from grantway.oauth.exchange import Exchange
from grantway.oauth.introspection import Introspection
from grantway.oauth.keys import Keyring
from grantway.oauth.pairs import Pairs
from grantway.oauth.refreshing import Refreshing
from grantway.oauth.tokens import TokenCodec


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What the endpoints are made of."""

    db: Database
    keyring: Keyring
    codec: TokenCodec
    seal: Seal
    refreshing: Refreshing
    bearers: Bearers
    limiter: Limiter
    sources: Sources
    addresses: Addresses
    now: Clock


def build_door(parts: Parts) -> OAuth2Door:
    """Return the door with every endpoint at its hosts."""
    db, limiter = parts.db, parts.limiter
    refreshing = parts.refreshing
    pairs = Pairs(parts.codec, parts.addresses)
    token = TokenEndpoint(db, Exchange(parts.keyring, parts.seal), refreshing, pairs, limiter)
    questions = TokenQuestions(
        db, Introspection(parts.codec, refreshing), limiter, parts.addresses.origin(CONTROL)
    )
    lookup = SubdomainLookup(db, refreshing, parts.bearers, limiter, parts.addresses)
    about = Metadata(db, parts.keyring, parts.addresses)
    known: dict[Route, Endpoint] = {
        ("GET", metadata.METADATA): about.describe,
        ("GET", metadata.KEYS): about.keys,
    }
    looked_up: dict[Route, Endpoint] = {
        ("GET", subdomain.OF_HOLDER): lookup.by_refresh_token,
        ("GET", subdomain.OF_BEARER): lookup.by_access_token,
    }
    issued: dict[Route, Endpoint] = {
        ("POST", access_token.PATH): token,
        ("POST", tokens.INTROSPECT): questions.introspect,
        ("POST", tokens.REVOKE): questions.revoke,
    }
    return OAuth2Door(
        {
            HostKind.ACCOUNT: known | looked_up | issued,
            HostKind.API: known | looked_up | issued,
            HostKind.PUBLIC: known | looked_up,
            HostKind.CONTROL: known,
        },
        parts.sources,
        parts.now,
    )
