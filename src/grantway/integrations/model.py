"""An integration, and how others see it (contract: authorization.md 15)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from grantway.accounts.model import LANGUAGES as READ
from grantway.integrations.scopes import scopes_of_token

MAX_NAME = 255
MAX_DESCRIPTION = 65_000  # of the install instructions as well
MAX_SHORT_DESCRIPTION = 50
MAX_URI = 2_000  # rule S-08
FIRST_NAME = "Integration name"
FIRST_DESCRIPTION = "Description"
FIDELITIES = ("kommo", "strict")  # how the dialect is read: as its clients rely on, or narrowly
PRICES = ("free", "external")  # external: it is paid for somewhere else (contract: 6.2)
LANGUAGES: Mapping[str, str] = READ
"""What a public integration may speak, by code: whatever people may read."""
TONES = 8  # colours of icons; styles name them 0 to 7


class Integration(msgspec.Struct, frozen=True):
    """The software that asks for access."""

    client_id: str
    account_id: int
    kind: str
    status: str
    name: str
    description: str
    redirect_uri: str | None
    revoke_hook_uri: str | None
    scopes: str
    fidelity: str
    secret_issued_at: int | None
    created_at: int
    created_by: int
    updated_at: int
    language: str = "en"
    short_description: str = ""
    instructions: str = ""
    owner_name: str = ""
    owner_uri: str | None = None
    privacy_uri: str | None = None
    has_widget: bool = False
    secrets_uri: str | None = None
    published_at: int | None = None
    disabled_at: int | None = None
    disabled_reason: str | None = None
    price: str = PRICES[0]
    archive_number: int | None = None

    @property
    def is_private(self) -> bool:
        """Whether it works in its own account only, and may have long-lived tokens."""
        return self.kind == "private"

    @property
    def is_external(self) -> bool:
        """Whether a button on a site made it (contract: authorization.md 10)."""
        return self.secrets_uri is not None

    @property
    def is_disabled(self) -> bool:
        """Whether the platform's operator stopped it everywhere (S-79)."""
        return self.status == "disabled"

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def tone(self) -> int:
        return tone(self.client_id)

    @property
    def token_scopes(self) -> list[str]:
        """What a token of this integration lists."""
        return scopes_of_token(self.scopes)


class Texts(msgspec.Struct, frozen=True):
    """What a public integration says of itself in one language."""

    language: str
    name: str
    short_description: str = ""
    description: str = ""
    instructions: str = ""


class Client(msgspec.Struct, frozen=True):
    """An integration as the authorization server sees it."""

    client_id: str
    account_id: int
    kind: str
    status: str
    name: str
    redirect_uri: str | None
    revoke_hook_uri: str | None
    scopes: str
    fidelity: str
    has_widget: bool
    secrets_uri: str | None
    secret_hash: str | None

    def __repr__(self) -> str:
        """Name the integration and nothing that it keeps."""
        return f"Client({self.client_id!r}, status={self.status!r})"

    @property
    def is_live(self) -> bool:
        """Whether it may do anything at all: neither stopped by the operator nor deleted."""
        return self.status not in {"disabled", "deleted"}

    @property
    def is_disabled(self) -> bool:
        """Whether the platform's operator stopped it everywhere (S-79)."""
        return self.status == "disabled"

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    @property
    def is_external(self) -> bool:
        """Whether a button on a site made it (contract: authorization.md 10)."""
        return self.secrets_uri is not None


class Description(msgspec.Struct, frozen=True):
    """What an integration says of itself before it is installed, and after; limited HTML."""

    kind: str
    description: str
    instructions: str


class Presented(msgspec.Struct, frozen=True):
    """An integration as a page introduces it to a user, in their language if it speaks that."""

    client_id: str
    account_id: int
    name: str
    short_description: str
    language: str
    owner_name: str
    owner_uri: str | None
    privacy_uri: str | None
    redirect_uri: str | None
    secrets_uri: str | None
    scopes: str
    kind: str
    status: str
    has_widget: bool

    @property
    def is_verified(self) -> bool:
        """Whether it passed moderation: published ones did, no others."""
        return self.status == "published"

    @property
    def initials(self) -> str:
        """Return one or two letters for its icon."""
        return initials(self.name)

    @property
    def tone(self) -> int:
        """Return the number of its icon's colour, the same wherever it is shown."""
        return tone(self.client_id)


def secret_purpose(client_id: str) -> str:
    """Return what the secret key of an integration is sealed for."""
    return f"secret of {client_id}"


def initials(name: str) -> str:
    """Return one or two letters that stand for *name*.

    >>> initials("dana's parcel tracker"), initials("Éclair"), initials("#1")
    ('DP', 'É', '1')
    """
    words = [[c for c in word if c.isalnum()] for word in name.split()]
    return "".join(letters[0] for letters in words if letters)[:2].upper() or "?"


def tone(client_id: str) -> int:
    """Return a number below TONES, always the same for the same integration.

    >>> 0 <= tone("0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810") < TONES
    True
    """
    return hashlib.blake2b(client_id.encode(), digest_size=1).digest()[0] % TONES
