"""The proof that a person pressed the button on our page (S-24, S-25)."""

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


def is_pressed_here(request: Request, origin: str) -> bool:
    """Tell whether the form can have been sent by nothing but a press on a page of *origin*.

    - Browsers that send `Sec-Fetch-*` send all four, and `Origin`; each has to
      be right. Safari leaves out `Sec-Fetch-User`, so there the other three
      have to do.
    - A browser without any of the four has to name our `Origin`. One that does
      not name that either is from before 2020 or no browser at all; it has
      proved itself by the token of its session's form and by the credential of
      this one question, which no other origin can read.
    """
    sent = {name: request.headers.getlist(name) for name in (*_BY_HAND, "origin")}
    if any(len(values) > 1 for values in sent.values()):
        return False
    if sent["origin"] not in ([], [origin]):
        return False
    if not any(sent[name] for name in _BY_HAND):
        return True
    wanted = dict(_BY_HAND)
    if not sent["sec-fetch-user"] and _is_safari(request):
        del wanted["sec-fetch-user"]
    return sent["origin"] == [origin] and all(
        sent[name] == [value] for name, value in wanted.items()
    )


def _is_safari(request: Request) -> bool:
    name = request.headers.get("user-agent", "")
    return "AppleWebKit/" in name and not any(
        other in name for other in ("Chrome/", "Chromium/", "Edg/", "OPR/")
    )
