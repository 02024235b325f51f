"""What one content says otherwise than another: what a moderator has to look at."""

from __future__ import annotations

import msgspec

from grantway.moderation.model import Content, Presentation


class Difference(msgspec.Struct, frozen=True):
    """A field that is not the same. *language* is empty for what is one for all languages."""

    field: str
    language: str
    before: str
    after: str


def differences(before: Content | None, after: Content) -> list[Difference]:
    """Return every field of *after* that differs, in the order of the form.

    Without *before*, as for a first version, that is everything that is filled in.

    >>> page = Presentation(language="en", name="Parcels")
    >>> one = Content(language="en", presentations=(page,), owner_name="Dana")
    >>> other = msgspec.structs.replace(one, owner_name="Dana Labs")
    >>> differences(one, other)
    [Difference(field='owner_name', language='', before='Dana', after='Dana Labs')]
    """
    found = _between("", _shared(before), _shared(after))
    spoken = {one.language: one for one in before.presentations} if before else {}
    said = {one.language: one for one in after.presentations}
    for language in sorted(spoken.keys() | said.keys()):
        found += _between(language, _texts(spoken.get(language)), _texts(said.get(language)))
    return found


def _between(language: str, before: dict[str, str], after: dict[str, str]) -> list[Difference]:
    return [
        Difference(field, language, before.get(field, ""), after.get(field, ""))
        for field in (after or before)
        if before.get(field, "") != after.get(field, "")
    ]


def _shared(content: Content | None) -> dict[str, str]:
    if content is None:
        return {}
    return {
        field: _shown(getattr(content, field))
        for field in Content.__struct_fields__
        if field != "presentations"
    }


def _texts(one: Presentation | None) -> dict[str, str]:
    if one is None:
        return {}
    fields = Presentation.__struct_fields__
    return {field: _shown(getattr(one, field)) for field in fields if field != "language"}


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)
