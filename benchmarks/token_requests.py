"""The requests to the authorization server that are measured, as wrk sends them."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from benchmarks.accounts import ADDRESSES, SUBDOMAIN
from benchmarks.grants import REDIRECT_URI, Integration, Visitor
from benchmarks.load import Queue, Target
from benchmarks.servers import Peer
from grantway.api.oauth2 import access_token, tokens
from grantway.kernel.addresses import CONTROL

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_NEXT = '"refresh_token"%s*:%s*"([^"]+)"'


def refreshing(integration: Integration, server: str) -> Target:
    """Swap refresh tokens, each once, the next of its family after all others."""
    queue = Queue(_refresh(integration), (), follows=_NEXT)
    return Target(server + access_token.PATH, _headers(SUBDOMAIN), queue=queue)


def same_again(integration: Integration, server: str) -> Target:
    """Send the same to a server that answers anything."""
    target = refreshing(integration, server)
    return replace(target, queue=Queue(_refresh(integration), (), follows="itself"))


def exchanging(integration: Integration, server: str) -> Target:
    """Swap codes, each once."""
    body = integration.body(grant_type="authorization_code", code="%s", redirect_uri=REDIRECT_URI)
    return Target(server + access_token.PATH, _headers(SUBDOMAIN), queue=Queue(body, ()))


def introspecting(integration: Integration, server: str) -> Target:
    """Ask what access tokens stand for, again and again."""
    queue = Queue(integration.body(token="%s"), (), follows="itself")
    return Target(server + tokens.INTROSPECT, _headers(SUBDOMAIN), queue=queue)


def consenting(visitor: Visitor, server: str) -> Target:
    """Press *Allow*, each time under another question."""
    fields = {"decision": "allow", "account": SUBDOMAIN, "form_token": visitor.form_token}
    headers = {
        **_headers(CONTROL, _FORM),
        "Cookie": visitor.cookie,
        "Origin": ADDRESSES.origin(CONTROL),
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
        "Sec-Fetch-User": "?1",
    }
    return Target(server + "/oauth", headers, queue=Queue(f"{urlencode(fields)}&request=%s", ()))


def refreshing_at(peer: Peer) -> Target:
    """Swap refresh tokens at a peer, by a form, which is what the standard knows."""
    return Target(peer.url, {"Content-Type": _FORM}, queue=Queue(peer.body, (), follows=_NEXT))


def _refresh(integration: Integration) -> str:
    return integration.body(
        grant_type="refresh_token", refresh_token="%s", redirect_uri=REDIRECT_URI
    )


def _headers(label: str, kind: str = _JSON) -> dict[str, str]:
    return {"Host": ADDRESSES.authority(label), "Content-Type": kind}
