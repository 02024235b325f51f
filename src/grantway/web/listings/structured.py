"""A listing as search engines read it: schema.org's SoftwareApplication as JSON-LD."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from markupsafe import Markup

from grantway.marketplace.model import Listing

_IN_A_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def structured(found: Listing, address: str, picture: str) -> Markup:
    """Return what stands in the page's `<script type="application/ld+json">`.

    Browsers run nothing of that kind. What integrators wrote cannot end the
    element: no `<` is left in it. *picture* may be "".
    """
    return Markup(json.dumps(_document(found, address, picture)).translate(_IN_A_SCRIPT))  # noqa: S704 - escaped here


def _document(found: Listing, address: str, picture: str) -> dict[str, Any]:
    tile = found.tile
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "name": tile.name,
        "description": tile.short_description,
        "url": address,
        "inLanguage": tile.language,
        "applicationCategory": "BusinessApplication",
        "operatingSystem": "Web",
        "datePublished": _day(tile.published_at),
        "dateModified": _day(found.updated_at),
    }
    if picture:
        document["image"] = picture
    if tile.owner_name:
        document["author"] = {"@type": "Organization", "name": tile.owner_name}
    if not tile.is_paid:
        # What others cost is agreed elsewhere.
        document["offers"] = {"@type": "Offer", "price": "0", "priceCurrency": "USD"}
    if tile.stars is not None:
        document["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": tile.stars,
            "ratingCount": tile.rating_count,
            "bestRating": 5,
            "worstRating": 1,
        }
    return document


def _day(at: int) -> str:
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d}"
