"""What a page that hosts widgets lets them do (decision 0020)."""

from __future__ import annotations

from grantway.hooks.addresses import Rules
from grantway.kernel.addresses import CONTROL, PUBLIC


def hosting_policy(rules: Rules) -> str:
    """Return the Content-Security-Policy of a page that hosts widgets (decision 0020).

    Scripts, calls, styles and frames may come from anywhere that is encrypted,
    and from what the operator opened on this machine (decision 0011);
    nothing is executed that stands in the page's own markup.
    """
    addresses = rules.own
    # In development our own neighbours speak plain HTTP.
    anywhere = "https:" if addresses.is_secure else "https: http:"
    sockets = "wss:" if addresses.is_secure else "wss: ws:"
    if addresses.is_secure:
        # Browsers trust this machine without TLS.
        opened = sorted(one.port for one in rules.allowed if one.is_loopback)
        named = (f"http://{host}:{port}" for port in opened for host in ("localhost", "127.0.0.1"))
        anywhere = " ".join([anywhere, *named])
    control = addresses.origin(CONTROL)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'unsafe-eval' {anywhere}",
            "script-src-attr 'none'",
            f"style-src 'self' 'unsafe-inline' {anywhere}",
            f"img-src 'self' data: blob: {anywhere} {addresses.origin(PUBLIC)}",
            f"font-src 'self' data: {anywhere}",
            f"media-src 'self' data: blob: {anywhere}",
            f"connect-src 'self' {anywhere} {sockets}",
            f"frame-src 'self' blob: {anywhere}",
            "worker-src 'self' blob:",
            f"form-action 'self' {control}/no-form-goes-here",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )
