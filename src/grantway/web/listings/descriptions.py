"""Show what integrators wrote with limited HTML: allowed tags alone, links to https (S-155).

Versions are checked before they are published. What is shown is cleaned all the
same, by what reads HTML as browsers do.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Collection

import nh3
from markupsafe import Markup

from grantway.integrations.rules import uri_problem
from grantway.moderation.checks.markup import ALLOWED_TAGS

_BLOCKS = re.compile(r"<(?:p|ul|ol|li|br)[ >]")
_PIECES = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')  # tags, as the cleaner writes them
_BARE_LINK = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>\"']+")
_HREF = re.compile(r'<a [^>]*?href="([^"]+)"')
_AFTER_A_LINK = ".,;:!?)]}»”"
_OUTWARD = {"target": "_blank", "referrerpolicy": "no-referrer"}
_REL = "noopener noreferrer"


def shown_description(text: str, opened: Collection[str] = ()) -> Markup:
    r"""Return a description as a page shows it.

    Where it has no tags that break lines, its own lines stay. A bare address
    becomes a link. What is *opened* may be led to as well: see `may_lead_to`.

    >>> str(shown_description("<b>Fast</b><script>alert(1)</script>\n1 < 2"))
    '<b>Fast</b><br>\n1 &lt; 2'
    >>> "https://parcel.example/x" in shown_description("See https://parcel.example/x.")
    True
    """
    cleaned = _cleaner(frozenset(opened)).clean(text.strip().replace("\r\n", "\n"))
    keeps_lines = _BLOCKS.search(cleaned) is None
    written = []
    is_in_link = False
    for n, piece in enumerate(_PIECES.split(cleaned)):
        if n % 2:
            is_in_link = piece.startswith("<a ") or (is_in_link and piece != "</a>")
            written.append(piece)
        else:
            shown = piece if is_in_link else _with_links(piece, opened)
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


def may_lead_to(uri: str, opened: Collection[str] = ()) -> bool:
    """Tell whether a page may lead to *uri*: by https, and nowhere else (S-155).

    As the checks ask it of links, so that nobody is shown another host than the
    one that a browser opens. *opened* are addresses with ports that the operator
    opened for tests and development; see `uri_problem`.

    >>> may_lead_to("https://parcel.example/#start"), may_lead_to("http://parcel.example/")
    (True, False)
    >>> may_lead_to("https://grantway.example@parcel.example/"), may_lead_to("https://[parcel")
    (False, False)
    >>> may_lead_to("http://localhost:9000/", ["127.0.0.1:9000"])
    True
    """
    bare = uri.partition("#")[0]
    return uri_problem(bare, is_redirect=False, is_private=False, opened=opened) is None


@functools.lru_cache(maxsize=4)  # one for each platform in the process
def _cleaner(opened: frozenset[str]) -> nh3.Cleaner:
    def filtered(_: str, attribute: str, value: str) -> str | None:
        return None if attribute == "href" and not may_lead_to(value, opened) else value

    return nh3.Cleaner(
        tags=set(ALLOWED_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"https", "http"} if opened else {"https"},
        url_relative="deny",
        link_rel=_REL,
        set_tag_attribute_values={"a": _OUTWARD},
        attribute_filter=filtered,
    )


def _with_links(text: str, opened: Collection[str]) -> str:
    """Make links of the addresses in *text*, which is escaped."""

    def link(found: re.Match[str]) -> str:
        # In what is escaped an address and what ends it look alike.
        whole = html.unescape(found[0])
        address = _ADDRESS.findall(whole)[0].rstrip(_AFTER_A_LINK)
        if not may_lead_to(address, opened):
            return found[0]
        rest = html.escape(whole[len(address) :], quote=False)
        shown = html.escape(address)
        attributes = "".join(f' {name}="{value}"' for name, value in _OUTWARD.items())
        return f'<a href="{shown}"{attributes} rel="{_REL}">{shown}</a>{rest}'

    return _BARE_LINK.sub(link, text)
