"""A version: everything that users are told of an integration, in one state of it.

Contract: widgets-and-marketplace.md 6.2 and 6.3; rules S-148 to S-150.
"""

from __future__ import annotations

import hashlib

import msgspec

from grantway.integrations.model import PRICES, Integration, Texts
from grantway.integrations.public import PublicSettings


class Presentation(msgspec.Struct, frozen=True, kw_only=True):
    """What a version says and shows in one language.

    *description* stands in the listing, *instructions* where it is installed.
    *icon*, *logo* and *gallery* name pictures by their content hash.
    """

    language: str
    name: str
    short_description: str = ""
    description: str = ""
    instructions: str = ""
    privacy_uri: str = ""
    support_uri: str = ""
    support_email: str = ""
    icon: str = ""
    logo: str = ""
    gallery: tuple[str, ...] = ()

    @property
    def texts(self) -> Texts:
        return Texts(
            language=self.language,
            name=self.name,
            short_description=self.short_description,
            description=self.description,
            instructions=self.instructions,
        )

    @property
    def pictures(self) -> tuple[str, ...]:
        return tuple(one for one in (self.icon, self.logo, *self.gallery) if one)


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What is reviewed. Two contents that are equal have the same hash, and no others.

    *language* is the main one, shown to whoever speaks none of the others.
    *presentations* are in the order of their languages' codes. *archive* names
    the widget's files by their content hash, and is empty without any.
    """

    language: str
    presentations: tuple[Presentation, ...]
    redirect_uri: str = ""
    revoke_hook_uri: str = ""
    scopes: tuple[str, ...] = ()
    owner_name: str = ""
    owner_uri: str = ""
    has_widget: bool = False
    price: str = PRICES[0]
    archive: str = ""

    @property
    def main(self) -> Presentation:
        """What it says in its main language."""
        return next(one for one in self.presentations if one.language == self.language)

    @property
    def further(self) -> tuple[Presentation, ...]:
        return tuple(one for one in self.presentations if one.language != self.language)

    @property
    def settings(self) -> PublicSettings:
        """The same as the form of an integration, for what both know."""
        main = self.main
        return PublicSettings(
            name=main.name,
            language=self.language,
            short_description=main.short_description,
            description=main.description,
            instructions=main.instructions,
            redirect_uri=self.redirect_uri,
            revoke_hook_uri=self.revoke_hook_uri,
            scopes=self.scopes,
            owner_name=self.owner_name,
            owner_uri=self.owner_uri,
            privacy_uri=main.privacy_uri,
            has_widget=self.has_widget,
            price=self.price,
        )

    def with_presentation(self, changed: Presentation) -> Content:
        """Return this content, saying *changed* in its language."""
        others = [one for one in self.presentations if one.language != changed.language]
        return msgspec.structs.replace(self, presentations=_in_order([*others, changed]))

    def without(self, language: str) -> Content:
        """Return this content, saying nothing in *language*, which is not the main one."""
        kept = [one for one in self.presentations if one.language != language]
        return msgspec.structs.replace(self, presentations=_in_order(kept))


class Version(msgspec.Struct, frozen=True):
    """One state of a public integration. Once it was submitted, its content never changes.

    *stored* is the content as JSON, and *content_hash* names it. *due_at* is when
    a decision is promised.
    """

    account_id: int
    client_id: str
    number: int
    state: str
    stored: str
    content_hash: str
    created_at: int
    created_by: int
    updated_at: int
    submitted_at: int | None = None
    due_at: int | None = None
    decided_at: int | None = None
    decided_by: int | None = None
    published_at: int | None = None
    category: str | None = None

    @property
    def content(self) -> Content:
        return msgspec.json.decode(self.stored, type=Content)


class Waiting(msgspec.Struct, frozen=True):
    """A version in the moderators' queue. *is_own*: this moderator belongs to its account.

    *stored* is its content, and *stored_before* that which the public has.
    *found* says how often each rule fired when it was handed in. Of what was
    asked and answered it has the last.
    """

    account_id: int
    account_name: str
    client_id: str
    name: str
    number: int
    content_hash: str
    submitted_at: int
    due_at: int
    is_first: bool
    is_own: bool
    stored: str
    stored_before: str | None
    found: str | None
    asked_at: int | None
    answered_at: int | None


class Reason(msgspec.Struct, frozen=True):
    """Why a version was rejected: a rule of the checklist, and what it means here."""

    rule: str
    text: str


class Message(msgspec.Struct, frozen=True):
    """What somebody said about a version. *sealed* is for moderators alone."""

    id: int
    kind: str
    user_id: int
    name: str
    text: str
    sealed: str | None
    stored_reasons: str
    at: int

    @property
    def reasons(self) -> list[Reason]:
        return msgspec.json.decode(self.stored_reasons, type=list[Reason])


def encoded(content: Content) -> str:
    """Return the one way in which this content is stored.

    >>> page = Presentation(language="en", name="Parcels via Dana")
    >>> encoded(Content(language="en", presentations=(page,)))[:31]
    '{"language":"en","presentations'
    """
    document = msgspec.to_builtins(content)
    # As it was stored before there were others: what is the same keeps its hash.
    if content.price == PRICES[0]:
        del document["price"]
    if not content.archive:
        del document["archive"]
    return msgspec.json.encode(document).decode()


def hash_of(stored: str) -> str:
    """Return the name of a content: 64 hex characters of SHA-256."""
    return hashlib.sha256(stored.encode()).hexdigest()


def content_of(integration: Integration, further: list[Texts]) -> Content:
    """Return what an integration says that has no version yet."""
    main = Texts(
        integration.language,
        integration.name,
        integration.short_description,
        integration.description,
        integration.instructions,
    )
    return Content(
        language=integration.language,
        presentations=_in_order(
            [
                Presentation(
                    **msgspec.structs.asdict(texts), privacy_uri=integration.privacy_uri or ""
                )
                for texts in (main, *further)
            ]
        ),
        redirect_uri=integration.redirect_uri or "",
        revoke_hook_uri=integration.revoke_hook_uri or "",
        scopes=tuple(integration.scopes.split()),
        owner_name=integration.owner_name,
        owner_uri=integration.owner_uri or "",
        has_widget=integration.has_widget,
        price=integration.price,
    )


def _in_order(presentations: list[Presentation]) -> tuple[Presentation, ...]:
    return tuple(sorted(presentations, key=lambda one: one.language))
