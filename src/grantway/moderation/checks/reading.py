"""The texts of a content, one after another, as rules read them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from grantway.moderation.checks.markup import Markup, read_markup
from grantway.moderation.model import Content

FORMATTED = ("description", "instructions")
"""Fields that may contain limited HTML."""
WRITTEN = ("name", "short_description", *FORMATTED)
IN_WORDS = {
    "name": "the name",
    "short_description": "the short description",
    "description": "the description",
    "instructions": "the instructions after installation",
    "privacy_uri": "the link to the privacy policy",
    "support_uri": "the link to the support site",
    "support_email": "the e-mail address of support",
    "icon": "the icon",
    "logo": "the logo after installation",
    "gallery": "the slides",
    "owner_name": "the integration owner",
    "redirect_uri": "the redirect URI",
    "scopes": "the scopes",
}
"""What the form calls its fields."""


class Passage(msgspec.Struct, frozen=True):
    """One text in one language."""

    language: str
    field: str
    text: str

    @property
    def markup(self) -> Markup:
        """What it says without its tags. Only formatted fields can have any."""
        if self.field in FORMATTED:
            return read_markup(self.text)
        return Markup(plain=self.text, links=(), problems=())


def passages(content: Content, fields: tuple[str, ...] = WRITTEN) -> Iterator[Passage]:
    """Return the texts of these fields that are not empty, language by language."""
    for one in content.presentations:
        for field in fields:
            text: str = getattr(one, field)
            if text.strip():
                yield Passage(one.language, field, text)
