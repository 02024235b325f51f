"""What the pages of all origins are built from."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from grantway.accounts.sign_in import SignIn
from grantway.asgi.requests import Sources
from grantway.db import Database
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import Clock
from grantway.kernel.sealing import Seal
from grantway.oauth.long_lived import LongLivedTokens


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """Made once by `app`. *openapi* gives the document of the REST API, ready to send.

    *demo_sign_ins* are (name, e-mail, password) of the demo's cast, shown on
    its home page; empty everywhere else.
    """

    db: Database
    now: Clock
    addresses: Addresses
    seal: Seal
    sources: Sources
    sign_in: SignIn
    long_lived: LongLivedTokens
    openapi: Callable[[], bytes]
    demo_sign_ins: tuple[tuple[str, str, str], ...] = ()
