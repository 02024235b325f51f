"""The proof that a person pressed the button on our page (S-24, S-25).

Contract: widgets-and-marketplace.md 5.4 row 5, for consent and installing alike.
"""

from __future__ import annotations

from starlette.requests import Request

# What browsers write themselves for a form that somebody sent by hand, in the window's own
# place, from a page of the same origin. No page can forge these headers.
_BY_HAND = {
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-user": "?1",
}
_LONGEST = 200  # of a header that is kept


def is_pressed_here(request: Request, origin: str) -> bool:
    """Tell whether the form can have been sent by nothing but a press on a page of *origin*.

    - Browsers that send `Sec-Fetch-*` send all four, and `Origin`; each has to
      be right. Safari leaves out `Sec-Fetch-User`, so there the other three
      have to do.
    - A browser without any of the four has to name our `Origin` as well, as all
      have done in forms since 2020, and the credential of this one question has
      to do. What it said is kept beside what came of it (`fetched`).
    """
    sent = {name: request.headers.getlist(name) for name in (*_BY_HAND, "origin")}
    if any(len(values) > 1 for values in sent.values()):
        return False
    if sent["origin"] != [origin]:
        return False
    if not any(sent[name] for name in _BY_HAND):
        return True
    wanted = dict(_BY_HAND)
    if not sent["sec-fetch-user"] and _is_safari(request):
        del wanted["sec-fetch-user"]
    return all(sent[name] == [value] for name, value in wanted.items())


def fetched(request: Request) -> dict[str, str]:
    """Return what the browser says of how the form was sent, for the record."""
    sent = {name: request.headers.get(name, "")[:_LONGEST] for name in ("origin", *_BY_HAND)}
    return {name: value for name, value in sent.items() if value}


def _is_safari(request: Request) -> bool:
    name = request.headers.get("user-agent", "")
    return "AppleWebKit/" in name and not any(
        other in name for other in ("Chrome/", "Chromium/", "Edg/", "OPR/")
    )
