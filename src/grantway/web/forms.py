"""Reading forms, and the two proofs that a form is ours (S-19, S-124)."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from starlette.requests import Request

from grantway.asgi.requests import read_body
from grantway.kernel.errors import Invalid
from grantway.kernel.sealing import Seal
from grantway.kernel.shapes import is_storable
from grantway.web.refusals import FormRefused

MAX_FORM = 64 * 1024
MAX_FIELDS = 50
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
_LONGEST_PATH = 20_000  # of a question to a user, each character of it encoded
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # printable ASCII but the backslash


class Form:
    """The fields that were sent, each once but those that may come several times."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """Return the field, or nothing when it was not sent."""
        return self.all(name)[0] if name in self._fields else ""

    def lines(self, name: str) -> str:
        """Return the value of a text area; forms send every end of a line as two characters."""
        return self.text(name).replace("\r\n", "\n")

    def all(self, name: str) -> list[str]:
        """Return every value of a field that may come several times."""
        return self._fields.get(name, [])


def whole(text: str) -> int | None:
    """Return the id or number that a form or an address names; None when it can be none."""
    # 18 digits always fit into 64 bits.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def read_form(
    request: Request,
    *,
    most: int = MAX_FORM,
    most_fields: int = MAX_FIELDS,
    several: frozenset[str] = frozenset(),
) -> Form:
    """Return the form in the body; raise Invalid or TooLarge.

    A field that comes twice is refused unless *several* names it: which of the
    two counts would be a guess.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Invalid("Send the form as application/x-www-form-urlencoded")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Invalid("Send the form without content-encoding")
    body = await read_body(request.receive, request.scope, most)
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=most_fields,
        )
    except ValueError as error:
        raise Invalid("The form cannot be read", why=type(error).__name__) from error
    for name, value in pairs:
        if not is_storable(value):
            raise Invalid("The form contains characters that cannot be stored")
        fields.setdefault(name, []).append(value)
    if any(len(values) > 1 for name, values in fields.items() if name not in several):
        raise Invalid("The form names a field twice")
    return Form(fields)


def must_come_from(request: Request, origin: str) -> None:
    """Raise FormRefused unless the request can have been sent by a page of *origin*.

    Browsers write both headers themselves; no page can forge them.

    - `Sec-Fetch-Site`, when sent, says `same-origin`. Current browsers send it
      to https and to localhost.
    - `Origin`, when sent, is ours. It is `null` when the page that sent the
      form has the referrer policy `no-referrer`, as pages that show a secret
      do; then only `Sec-Fetch-Site` can vouch for it.
    - With neither, it is an old browser or no browser at all, where only the
      form's own token can tell, which every form carries anyway.
    """
    sites = request.headers.getlist("sec-fetch-site")
    origins = request.headers.getlist("origin")
    if len(sites) > 1 or len(origins) > 1:
        raise FormRefused(why="several origins")
    if sites and sites[0] != "same-origin":
        raise FormRefused(why="sent by another site")
    if not origins or origins[0] == origin:
        return
    if origins[0] == "null" and sites:
        return
    raise FormRefused(why="sent by another origin")


class FormTokens:
    """Marks that bind a form to one browser session, made of what the session cannot show."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def of(self, session: str) -> str:
        """Return the token of forms in *session*."""
        return self._seal.mark(session, "form")

    def check(self, form: Form, session: str) -> None:
        """Raise FormRefused unless the form carries the session's token."""
        if not self._seal.is_mark(form.text(TOKEN_FIELD), session, "form"):
            raise FormRefused(why="form token")


def own_path(text: str) -> str:
    r"""Return *text* when it is a path on this host, else the start page (S-06).

    >>> own_path("/accounts/acme/integrations?done=deleted")
    '/accounts/acme/integrations?done=deleted'
    >>> own_path("//evil.example"), own_path("https://evil.example"), own_path("/\\evil.example")
    ('/', '/', '/')
    """
    return text if len(text) <= _LONGEST_PATH and _OWN_PATH.fullmatch(text) else "/"


def page_behind(request: Request, origin: str) -> str:
    """Return the path of the page that sent this request, as far as it is known and ours."""
    sender = request.headers.get("hx-current-url") or request.headers.get("referer") or ""
    return own_path(sender.removeprefix(origin)) if sender.startswith(f"{origin}/") else "/"
