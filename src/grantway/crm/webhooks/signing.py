"""What proves that a delivery comes from here, as the Standard Webhooks convention has it.

An addition to the dialect, whose deliveries prove nothing (S-165). Receivers
find libraries for it in every language.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Make a signing secret from the system's generator."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(signing_secrets: Sequence[str], message_id: str, at: int, body: str) -> str:
    """Return a signature by each of the secrets, the present one first.

    >>> signature(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_1", 1700000000, "a=b")
    'v1,evziKMe09ovWpGO2Z//tksSJl1SJBSTvnuf0o6RlX4g='
    """
    signed = f"{message_id}.{at}.{body}".encode()
    made = (hmac.digest(_key(one), signed, "sha256") for one in signing_secrets)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in made)


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX))
