"""`crm_post`: a widget's call to the outside, made by this server (contract 3.13; S-145).

It follows all rules of hooks: https to public addresses alone, resolved once,
no redirect, no cookie and no credential of anybody.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.requests import Request
from starlette.routing import Route

from grantway.hooks.addresses import read_uri
from grantway.hooks.model import Answered
from grantway.hooks.sender import Call
from grantway.installing import service as installing
from grantway.installing.errors import NotInstalled
from grantway.installing.model import Status
from grantway.kernel.errors import Invalid, TooMany
from grantway.kernel.shapes import Line, Shape
from grantway.web.workspace.ajax import AjaxDoor
from grantway.web.workspace.ajax_installing import read
from grantway.web.workspace.hall import Guest
from grantway.web.workspace.widgets.form_bodies import form_body

log = structlog.get_logger()

DEADLINE = 10.0
MAX_ANSWER = 1_000_000
# One a second, as the SDK itself sends them; two may come closer together on their way.
_WINDOW_MS, _IN_WINDOW = 2_000, 2
_MAX_KEYS = 10_000
_AT_ONCE = 50
_AT_ONCE_OF_ACCOUNT = 5
_CALL = Shape(
    {
        "widget": Line(required=True, longest=64),
        "url": Line(required=True, longest=3_000),
        "type": Line(longest=20, blank=True),
    }
)


class Turns:
    """Whose turn it is in this process: so many calls in a while, and so many at once."""

    def __init__(self) -> None:
        self._recent: collections.OrderedDict[tuple[str, str], list[int]] = (
            collections.OrderedDict()
        )
        self._under_way: collections.Counter[int] = collections.Counter()

    def admit(self, key: tuple[str, str], now_ms: int) -> None:
        """Count a call of a widget in a session; raise TooMany."""
        recent = [one for one in self._recent.pop(key, []) if one > now_ms - _WINDOW_MS]
        self._recent[key] = recent
        if len(self._recent) > _MAX_KEYS:
            self._recent.popitem(last=False)
        if len(recent) >= _IN_WINDOW:
            raise TooMany("One call a second may go out from a widget", retry_after=1)
        recent.append(now_ms)

    @contextmanager
    def under_way(self, account_id: int) -> Iterator[None]:
        """Hold a place while a call is under way; raise TooMany when there is none."""
        is_full = self._under_way.total() >= _AT_ONCE
        if is_full or self._under_way[account_id] >= _AT_ONCE_OF_ACCOUNT:
            raise TooMany("Too many calls of widgets are under way", retry_after=1)
        self._under_way[account_id] += 1
        try:
            yield
        finally:
            self._under_way[account_id] -= 1
            if not self._under_way[account_id]:
                del self._under_way[account_id]


@dataclass(frozen=True, slots=True)
class ProxyCalls:
    """Answer `POST /ajax/v1/proxy`."""

    door: AjaxDoor
    turns: Turns = field(default_factory=Turns)

    def routes(self) -> list[Route]:
        return [self.door.route("POST", "/ajax/v1/proxy", self.post)]

    async def post(self, request: Request, sent: Any) -> dict[str, Any]:
        """Send the widget's data as a form, and answer what came back.

        Whatever went wrong out there is status 0, so that nobody learns from it
        what stands behind which address (S-163).
        """
        wanted = read(_CALL, sent)
        try:
            body = form_body(sent.get("data"))
        except ValueError as error:
            raise Invalid("The data is too long as a form, or nested too deeply") from error
        services = self.door.hall.services
        async with self.door.look(request) as (reader, guest):
            state = (await installing.known_by_code(reader, guest.actor, wanted["widget"])).state
            if state.status is Status.INSTALL:
                raise NotInstalled
        services.sender.rules.must_be_callable(wanted["url"])
        self.turns.admit((guest.visit.session.id, wanted["widget"]), services.milliseconds())
        with self.turns.under_way(guest.account.id):
            outcome = await services.sender.send(
                Call(
                    account_id=guest.account.id,
                    method="POST",
                    uri=wanted["url"],
                    body=body,
                    headers={"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"},
                    deadline=DEADLINE,
                    keeps=MAX_ANSWER,
                    reads=MAX_ANSWER,
                )
            )
        is_whole = isinstance(outcome, Answered) and not outcome.is_cut
        status = outcome.status if isinstance(outcome, Answered) and is_whole else 0
        _note(guest, wanted, status, outcome.milliseconds)
        text = outcome.excerpt if isinstance(outcome, Answered) and is_whole else ""
        return {"status": status, "body": text}


def _note(guest: Guest, wanted: dict[str, str], status: int, milliseconds: int) -> None:
    log.info(
        "widgets.proxied",
        account=guest.account.id,
        user=guest.visit.user.id,
        widget=wanted["widget"],
        to=read_uri(wanted["url"]).name,
        status=status,
        ms=milliseconds,
    )
