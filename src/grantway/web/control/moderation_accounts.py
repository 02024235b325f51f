"""The desk's part about technical accounts: who asks for one, and who has one until when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.accounts import sessions
from grantway.accounts.errors import AccountNotFound
from grantway.accounts.model import Account
from grantway.accounts.technical import months_later
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Conflict
from grantway.moderation import technical_accounts
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import NoRequestWaits, OwnAccount, VerdictRefused
from grantway.moderation.submissions import MAX_MESSAGE
from grantway.moderation.technical_accounts import MONTHS, MOST_MONTHS
from grantway.moderation.technical_model import (
    Asking,
    Stage,
    TechnicalAccount,
    TechnicalRequest,
)
from grantway.web.control.desk import Desk, get, number, post
from grantway.web.control.elsewhere import PasswordNeeded
from grantway.web.control.moderation import MODERATION, PASSWORD_FIRST, moderator_of
from grantway.web.forms import Form, read_form, whole
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.wording import count, sentence

ACCOUNTS = f"{MODERATION}/accounts"
_ONE = f"{ACCOUNTS}/{{account}}"
_LABELS = {"reason": "Reason: ", "months": "Time: "}
_TERMS = (1, 3, 6, MOST_MONTHS)
_SHOWN = 100  # characters of what somebody builds, in the list

Work = Callable[[Transaction, Moderator, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class ModerationAccounts:
    """Answer `/moderation/accounts` and what lies below it, for moderators."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(ACCOUNTS, self.show),
            get(_ONE, self.show_one),
            post(f"{_ONE}/approve", self.approve),
            post(f"{_ONE}/refuse", self.refuse),
            post(f"{_ONE}/extend", self.extend),
            post(f"{_ONE}/end", self.end),
        ]

    async def show(self, request: Request) -> Response:
        waiting_after = _after(request, "asked")
        technical_after = _after(request, "until")
        async with self.desk.look(request) as (reader, visit):
            moderator = await moderator_of(reader, visit)
            context = await self.desk.frame(reader, visit, section="moderation")
            waiting = await technical_accounts.requests(reader, moderator, after=waiting_after)
            technical = await technical_accounts.current(reader, moderator, after=technical_after)
            more_waiting, more_technical = await _what_follows(
                reader, moderator, waiting, technical
            )
        context |= {
            "desk_tab": "accounts",
            "waiting": [self._asking(one) for one in waiting],
            "technical": [self._technical(one) for one in technical],
            "waiting_next": _next("asked", more_waiting),
            "technical_next": _next("until", more_technical),
            "is_first": waiting_after is None and technical_after is None,
            "shows_waiting": technical_after is None,
            "shows_technical": waiting_after is None,
        }
        return self.desk.page("control/moderation_accounts.html", context)

    async def show_one(self, request: Request) -> Response:
        return await self._page(request)

    async def approve(self, request: Request) -> Response:
        """Make the account technical, for what the form's request says."""
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, account_id: int) -> None:
            await technical_accounts.approve(
                tx,
                moderator,
                account_id,
                self.desk.services.now(),
                months=_number(form, "months"),
                number=_number(form, "request"),
            )

        return await self._change(request, form, work, "approved")

    async def refuse(self, request: Request) -> Response:
        """Refuse what the form's request says; the account reads why."""
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, account_id: int) -> None:
            reason, now = form.lines("reason"), self.desk.services.now()
            asked = _number(form, "request")
            await technical_accounts.refuse(tx, moderator, account_id, reason, now, number=asked)

        return await self._change(request, form, work, "refused")

    async def extend(self, request: Request) -> Response:
        """Put the end off that the form names, as was asked if it names a request."""
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, account_id: int) -> None:
            await technical_accounts.extend(
                tx,
                moderator,
                account_id,
                self.desk.services.now(),
                months=_number(form, "months"),
                seen_until=_number(form, "until"),
                number=_number(form, "request") if form.text("request") else None,
            )

        return await self._change(request, form, work, "extended")

    async def end(self, request: Request) -> Response:
        """Make the account an ordinary one; it reads why."""
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, account_id: int) -> None:
            reason, now = form.lines("reason"), self.desk.services.now()
            await technical_accounts.end(tx, moderator, account_id, reason, now)

        return await self._change(request, form, work, "ended")

    async def _change(self, request: Request, form: Form, work: Work, done: str) -> Response:
        """Do *work* as the moderator who sends *form*, or say on the page why not.

        It needs the password typed recently (S-117), which is asked for on this
        page, where going elsewhere would lose what was typed.
        """
        account_id, href = _subject(request)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                moderator = await moderator_of(tx, visit)
                self.desk.must_be_proved(visit, "moderate", href)
                await work(tx, moderator, account_id)
        except PasswordNeeded:
            return await self._page(request, form, {"proof": PASSWORD_FIRST})
        except VerdictRefused as error:
            return await self._page(request, form, error.problems)
        except AccountNotFound:
            raise PageNotFound from None
        except Conflict as error:
            return await self._page(request, form, conflict=error.detail)
        except OwnAccount:
            return await self._own(request)
        return go_to(request, f"{href}?done={done}")

    async def _page(
        self,
        request: Request,
        form: Form | None = None,
        problems: Mapping[str, str] | None = None,
        conflict: str = "",
    ) -> Response:
        account_id, href = _subject(request)
        now = self.desk.services.now()
        try:
            async with self.desk.look(request) as (reader, visit):
                moderator = await moderator_of(reader, visit)
                found, asked = await technical_accounts.look(reader, moderator, account_id)
                people = {one.requested_by for one in asked}
                people |= {one.decided_by for one in asked if one.decided_by is not None}
                names = await accounts.names(reader, people)
                administrators = await accounts.administrators(reader, account_id)
                context = await self.desk.frame(reader, visit, section="moderation")
        except OwnAccount:
            return await self._own(request)
        except (AccountNotFound, NoRequestWaits):
            raise PageNotFound from None
        waiting = asked[0] if asked and asked[0].state == Stage.WAITING else None
        begins = max(found.technical_until or now, now) if found.is_technical else now
        context |= {
            "desk_tab": "accounts",
            "href": href,
            "one": self._account(found, administrators),
            "waiting": None if waiting is None else _request(waiting, names),
            "before": [_request(one, names) for one in asked if one is not waiting],
            "terms": [
                {
                    "months": months,
                    "label": count(months, "month"),
                    "until": months_later(begins, months),
                }
                for months in _TERMS
            ],
            "values": {
                "months": form.text("months") if form else str(MONTHS),
                "reason": form.text("reason") if form else "",
            },
            "limit": MAX_MESSAGE,
            "is_proved": sessions.is_proved(visit.session, now),
            "is_typed": form is not None,
            "errors": {
                field: sentence(f"{_LABELS.get(field, '')}{why}")
                for field, why in (problems or {}).items()
            },
            "conflict": sentence(conflict) if conflict else "",
            "done": request.query_params.get("done", "") if form is None else "",
        }
        status = 409 if conflict else 422 if problems else 200
        return self.desk.page("control/moderation_account.html", context, status)

    async def _own(self, request: Request) -> Response:
        """Say who decides instead (S-151)."""
        async with self.desk.look(request) as (reader, visit):
            await moderator_of(reader, visit)
            context = await self.desk.frame(reader, visit, section="moderation")
        context |= {"desk_tab": "accounts", "one": None, "errors": {}}
        return self.desk.page("control/moderation_account.html", context, 403)

    def _account(self, found: Account, administrators: list[str]) -> dict[str, Any]:
        return {
            "name": found.name,
            "address": self.desk.services.addresses.authority(found.subdomain),
            "administrators": administrators,
            "created_at": found.created_at,
            "is_technical": found.is_technical,
            "until": found.technical_until,
        }

    def _asking(self, one: Asking) -> dict[str, Any]:
        about = " ".join(one.about.split())
        return {
            "href": f"{ACCOUNTS}/{one.account_id}",
            "name": one.account_name,
            "address": self.desk.services.addresses.authority(one.subdomain),
            "about": about if len(about) <= _SHOWN else f"{about[:_SHOWN].rstrip()}…",
            "asked_at": one.requested_at,
            "asked_by": one.requested_by,
            "is_again": one.number > 1,
            "is_technical": one.until is not None,
            "is_own": one.is_own,
        }

    def _technical(self, one: TechnicalAccount) -> dict[str, Any]:
        return {
            "href": f"{ACCOUNTS}/{one.account_id}",
            "name": one.account_name,
            "address": self.desk.services.addresses.authority(one.subdomain),
            "until": one.until,
            "published": one.published,
            "is_own": one.is_own,
        }


async def _what_follows(
    reader: Reader,
    moderator: Moderator,
    waiting: list[Asking],
    technical: list[TechnicalAccount],
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Return behind what both lists go on, or None for one that is over.

    Asked for, because a full page says nothing about the next one.
    """
    first = (waiting[-1].requested_at, waiting[-1].account_id) if waiting else None
    second = technical[-1].place if technical else None
    if first and not await technical_accounts.requests(reader, moderator, after=first):
        first = None
    if second and not await technical_accounts.current(reader, moderator, after=second):
        second = None
    return first, second


def _subject(request: Request) -> tuple[int, str]:
    """Return the account that the path names, and its page."""
    account_id = number(request.path_params["account"])
    return account_id, f"{ACCOUNTS}/{account_id}"


def _after(request: Request, name: str) -> tuple[int, int] | None:
    query = request.query_params
    if name not in query:
        return None
    return number(query[name]), number(query.get("account", ""))


def _next(name: str, place: tuple[int, int] | None) -> str:
    if place is None:
        return ""
    return f"{ACCOUNTS}?{urlencode({name: place[0], 'account': place[1]})}"


def _number(form: Form, name: str) -> int:
    """Return a number of the form; 0, which is never right, for anything else."""
    return whole(form.text(name)) or 0


def _request(one: TechnicalRequest, names: Mapping[int, str]) -> dict[str, Any]:
    decided_by = "" if one.decided_at is None else "the operator"
    if one.decided_by is not None:
        decided_by = names.get(one.decided_by, "somebody")
    return {
        "number": one.number,
        "stage": Stage(one.state).value,
        "about": one.about,
        "site": one.site,
        "asked_at": one.requested_at,
        "asked_by": names.get(one.requested_by, "Somebody"),
        "decided_at": one.decided_at,
        "decided_by": decided_by,
        "ended_at": one.ended_at,
        "reason": one.reason,
    }
