"""What a version says as the Marketplace shows it: stored when it is published, looked at before.

Nothing here is stored. Whoever previews a version sees what publishing it would list.
"""

from __future__ import annotations

from grantway.marketplace.categories import OTHER
from grantway.marketplace.errors import ListingNotFound
from grantway.marketplace.model import STARS, Details, Listing, Tile
from grantway.moderation.model import Content, Presentation


def preview(
    content: Content, client_id: str, language: str, *, published_at: int, category: str = OTHER
) -> Listing:
    """Return the listing that *content* makes in one language, written completely or not.

    Nobody has rated or installed it. Its languages are those in which it would
    be listed. Raises ListingNotFound when it says nothing in *language*.
    """
    said = next((one for one in content.presentations if one.language == language), None)
    if said is None:
        raise ListingNotFound
    return Listing(
        tile=tile_of(content, said, client_id, published_at=published_at, category=category),
        details=details_of(content, said),
        updated_at=published_at,
        languages=tuple(one.language for one in written(content)),
        by_stars=dict.fromkeys(reversed(STARS), 0),
    )


def written(content: Content) -> list[Presentation]:
    """Return what it says in each language whose texts are written, so that it is listed there.

    Those are its name, short description and description.
    """
    return [
        one
        for one in content.presentations
        if all(text.strip() for text in (one.name, one.short_description, one.description))
    ]


def tile_of(
    content: Content,
    said: Presentation,
    client_id: str,
    *,
    published_at: int,
    category: str,
    is_featured: bool = False,
    installs: int = 0,
) -> Tile:
    """Return how lists show what it says in one language; nothing has rated or ranked it yet."""
    return Tile(
        number=0,
        client_id=client_id,
        language=said.language,
        category=category,
        name=said.name,
        short_description=said.short_description,
        icon=said.icon,
        logo=said.logo,
        owner_name=content.owner_name,
        has_widget=content.has_widget,
        price=content.price,
        is_featured=is_featured,
        published_at=published_at,
        installs=installs,
        rating_sum=0,
        rating_count=0,
        rank=0,
    )


def details_of(content: Content, said: Presentation, *, is_approved: bool = True) -> Details:
    """Return what only the listing's own page shows of it."""
    return Details(
        is_approved=is_approved,
        description=said.description,
        instructions=said.instructions,
        owner_uri=content.owner_uri,
        privacy_uri=said.privacy_uri,
        support_uri=said.support_uri,
        support_email=said.support_email,
        gallery=said.gallery,
    )
