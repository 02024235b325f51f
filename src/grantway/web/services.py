"""What the pages of all origins are built from."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from grantway.accounts.sign_in import SignIn
from grantway.asgi.requests import Sources
from grantway.db import Database
from grantway.hooks.sender import Sender
from grantway.hooks.service import Hooks
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import Clock
from grantway.kernel.sealing import Seal
from grantway.oauth.consent import Consent
from grantway.oauth.long_lived import LongLivedTokens


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """Made once by `app`. *openapi* gives the document of the REST API, ready to send.

    *milliseconds* is the same clock, finer. *preinstall_script* says what runs of
    widgets that are not installed. *sends_mail* says whether a mail server is set.
    *demo_sign_ins* are (name, e-mail, password) of the demo's cast, shown on its
    home page; empty everywhere else. *demo_example* is where the example
    integration runs beside a demo.
    """

    db: Database
    now: Clock
    milliseconds: Clock
    addresses: Addresses
    seal: Seal
    sources: Sources
    sign_in: SignIn
    long_lived: LongLivedTokens
    consent: Consent
    hooks: Hooks
    sender: Sender
    openapi: Callable[[], bytes]
    preinstall_script: str = "sandbox"
    sends_mail: bool = False
    demo_sign_ins: tuple[tuple[str, str, str], ...] = ()
    demo_example: str | None = None
