"""Show what integrators wrote with limited HTML: allowed tags alone, links to https (S-155).

Versions are checked before they are published. What is shown is cleaned all the
same, by what reads HTML as browsers do.
"""

from __future__ import annotations

import html
import re

import nh3
from markupsafe import Markup

from grantway.moderation.checks.markup import ALLOWED_TAGS

_BLOCKS = re.compile(r"<(?:p|ul|ol|li|br)[ >]")
_PIECES = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')  # tags, as the cleaner writes them
_BARE_LINK = re.compile(r"https://[^\s<>]+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>\"']+")
_HREF = re.compile(r'<a [^>]*?href="([^"]+)"')
_AFTER_A_LINK = ".,;:!?)]}»”"
_OUTWARD = {"target": "_blank", "referrerpolicy": "no-referrer"}
_REL = "noopener noreferrer"

_CLEANER = nh3.Cleaner(
    tags=set(ALLOWED_TAGS),
    attributes={"a": {"href"}},
    url_schemes={"https"},
    url_relative="deny",
    link_rel=_REL,
    set_tag_attribute_values={"a": _OUTWARD},
)


def shown_description(text: str) -> Markup:
    r"""Return a description as a page shows it.

    Where it has no tags that break lines, its own lines stay. A bare address
    becomes a link.

    >>> str(shown_description("<b>Fast</b><script>alert(1)</script>\n1 < 2"))
    '<b>Fast</b><br>\n1 &lt; 2'
    >>> "https://parcel.example/x" in shown_description("See https://parcel.example/x.")
    True
    """
    cleaned = _CLEANER.clean(text.strip().replace("\r\n", "\n"))
    keeps_lines = _BLOCKS.search(cleaned) is None
    written = []
    is_in_link = False
    for n, piece in enumerate(_PIECES.split(cleaned)):
        if n % 2:
            is_in_link = piece.startswith("<a ") or (is_in_link and piece != "</a>")
            written.append(piece)
        else:
            shown = piece if is_in_link else _with_links(piece)
            written.append(shown.replace("\n", "<br>\n") if keeps_lines else shown)
    return Markup("".join(written))  # noqa: S704 - cleaned above


def first_link(shown: Markup) -> str:
    """Return where a description leads first: there an integration without a widget is installed.

    It takes what a page shows, so that no button leads where nobody can read.

    >>> first_link(shown_description("Connect it on https://parcel.example/connect."))
    'https://parcel.example/connect'
    """
    found = _HREF.search(shown)
    return html.unescape(found[1]) if found else ""


def is_https(uri: str) -> bool:
    """Tell whether a page may lead to *uri*."""
    return uri.lower().startswith("https://")


def _with_links(text: str) -> str:
    """Make links of the addresses in *text*, which is escaped."""

    def link(found: re.Match[str]) -> str:
        # In what is escaped an address and what ends it look alike.
        whole = html.unescape(found[0])
        address = _ADDRESS.findall(whole)[0].rstrip(_AFTER_A_LINK)
        rest = html.escape(whole[len(address) :], quote=False)
        shown = html.escape(address)
        attributes = "".join(f' {name}="{value}"' for name, value in _OUTWARD.items())
        return f'<a href="{shown}"{attributes} rel="{_REL}">{shown}</a>{rest}'

    return _BARE_LINK.sub(link, text)
