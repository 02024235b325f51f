"""Technical accounts: an administrator asks for one, the platform grants it for a while.

Contract: widgets-and-marketplace.md 6.1. Public integrations are made, handed in
for review and published in technical accounts alone. When an account stops being
one, nothing is deleted: what is published stays published, drafts go on working
in their own account, and a version under review is decided about. Making another
public integration or version, asking for a review and publishing wait until the
account is technical again.

What happens when its time is over stands in `technical_ends`.

No reviewer is put into a technical account, as nobody decides about an account
that they belong to (S-151). Moderators try what they review in accounts of their own.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from grantway import audit
from grantway.accounts import service as accounts
from grantway.accounts import technical
from grantway.accounts.actor import Actor
from grantway.accounts.model import Account
from grantway.accounts.technical import months_later
from grantway.audit import Entry, Event
from grantway.db import AlreadyThere, Reader, Transaction
from grantway.integrations import trials
from grantway.integrations.rules import text_problem, uri_problem
from grantway.kernel.errors import Forbidden
from grantway.moderation import technical_store as store
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import (
    AlreadyTechnical,
    EndChanged,
    NoRequestWaits,
    NotTechnical,
    OwnAccount,
    RequestIncomplete,
    RequestWaiting,
    VerdictRefused,
    WithoutEnd,
)
from grantway.moderation.submissions import MAX_MESSAGE
from grantway.moderation.technical_model import (
    MAX_ABOUT,
    Asking,
    Stage,
    TechnicalAccount,
    TechnicalRequest,
)
from grantway.notices import service as notices
from grantway.notices.model import Kind

MONTHS = 3
"""How long an account is technical at first, and after each renewal."""
MOST_MONTHS = 12
LAST_DAYS = 30
"""For so many days before its end an account may ask for more time."""
_PAGE_OF_IT = "technical"
_PAGE = 50


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """The operator of the platform, at the command line."""

    source: str = "command line"


Decider = Moderator | Operator


class Standing(msgspec.Struct, frozen=True):
    """An account, and what it asked last. *now* is when that was so."""

    account: Account
    request: TechnicalRequest | None
    now: int

    @property
    def may_ask(self) -> bool:
        """Whether a request would be taken now: to become technical, or for more time."""
        is_waiting = self.request is not None and self.request.state == Stage.WAITING
        return not is_waiting and (not self.account.is_technical or self.is_ending)

    @property
    def is_ending(self) -> bool:
        """Whether the account is technical, and its end near enough to ask for more time."""
        return self.ask_from is not None and self.now >= self.ask_from

    @property
    def ask_from(self) -> int | None:
        """From when on more time may be asked for; None while there is no end."""
        until = self.account.technical_until
        return None if until is None else until - LAST_DAYS * 24 * 3600


async def standing(reader: Reader, actor: Actor, now: int) -> Standing:
    """Return whether the actor's account is technical, and what it asked. For administrators."""
    actor.must_administer()
    account = await accounts.account_by_id(reader, actor.account_id)
    return Standing(account, await store.newest(reader, account.id), now)


async def request(
    tx: Transaction, actor: Actor, *, about: str, site: str, now: int
) -> TechnicalRequest:
    """Ask that the account becomes technical, or stays so; who was refused may ask again.

    *about* tells what they are going to build, or why it takes longer; *site*
    is theirs and may be empty. For administrators in person. Raises Forbidden,
    RequestIncomplete, RequestWaiting, and AlreadyTechnical while the end is far
    or there is none.
    """
    actor.must_administer()
    if actor.client_id is not None:
        raise Forbidden("Only a person can ask for a technical account, no integration")
    await trials.must_not_be_trial(tx, actor.account_id)
    about, site = about.strip(), site.strip()
    if problems := _problems(about, site):
        raise RequestIncomplete(problems)
    await technical.hold(tx, actor.account_id)
    found = await standing(tx, actor, now)
    if found.account.is_technical and not found.is_ending:
        raise AlreadyTechnical
    if not found.may_ask:
        raise RequestWaiting
    asked = TechnicalRequest(
        account_id=actor.account_id,
        number=1 if found.request is None else found.request.number + 1,
        state=Stage.WAITING,
        about=about,
        site=site,
        requested_at=now,
        requested_by=actor.user_id,
        decided_at=None,
        decided_by=None,
        ended_at=None,
        reason="",
    )
    try:
        await store.add(tx, asked)
    except AlreadyThere as error:
        raise RequestWaiting from error
    subject = _subject(found.account)
    await audit.record(tx, actor.did(Event.TECHNICAL_REQUESTED, at=now, subject=subject))
    return asked


async def requests(
    reader: Reader, who: Decider, *, after: tuple[int, int] | None = None
) -> list[Asking]:
    """Return requests that wait, the oldest first, so many at a time.

    *after* is the moment and the account of the last one seen. What the
    moderator may not decide is marked, and stands there all the same.
    """
    return await store.list_waiting(reader, _user_id(who), after or (0, 0), _PAGE)


async def current(
    reader: Reader, who: Decider, *, after: tuple[int, int] | None = None
) -> list[TechnicalAccount]:
    """Return the accounts that are technical now, the first to end first, so many at a time.

    *after* is the `place` of the last one seen.
    """
    return await store.list_technical(reader, _user_id(who), after or (0, 0), _PAGE)


async def look(
    reader: Reader, who: Decider, account_id: int
) -> tuple[Account, list[TechnicalRequest]]:
    """Return an account that is technical or asked for it once, and all it asked, newest first.

    Raises AccountNotFound, OwnAccount, NoRequestWaits for any other account.
    """
    account = await _account(reader, who, account_id)
    asked = await store.list_of_account(reader, account_id)
    if not asked and not account.is_technical:
        raise NoRequestWaits
    return account, asked


async def approve(
    tx: Transaction,
    who: Decider,
    account_id: int,
    now: int,
    *,
    months: int = MONTHS,
    number: int | None = None,
) -> int:
    """Make the account technical, as it asked; return the moment until which it is.

    *number* is the request that was read; without it, the one that waits.
    Raises AccountNotFound, OwnAccount, NoRequestWaits, AlreadyTechnical, VerdictRefused.
    """
    _must_be_months(months)
    account = await _held(tx, who, account_id)
    until = months_later(now, months)
    await _decide(tx, who, account_id, number, Stage.APPROVED, "", now)
    if not await technical.begin(tx, account_id, until, now):
        raise AlreadyTechnical
    await _record(tx, who, account_id, Event.TECHNICAL_APPROVED, now, f"until {date(until)}")
    await tell(tx, account_id, Kind.TECHNICAL_APPROVED, now, account=account.name)
    return until


async def refuse(
    tx: Transaction,
    who: Decider,
    account_id: int,
    reason: str,
    now: int,
    *,
    number: int | None = None,
) -> None:
    """Refuse what the account asked; its administrators read the reason, and may ask again.

    One that asked for more time stays technical until its end. Raises
    AccountNotFound, OwnAccount, NoRequestWaits, VerdictRefused.
    """
    reason = _reason(reason)
    account = await _held(tx, who, account_id)
    await _decide(tx, who, account_id, number, Stage.REFUSED, reason, now)
    await _record(tx, who, account_id, Event.TECHNICAL_REFUSED, now, _subject(account))
    facts = {"account": account.name, "quote": reason}
    if account.technical_until is None:
        await tell(tx, account_id, Kind.TECHNICAL_REFUSED, now, **facts)
    else:
        facts["ends"] = date(account.technical_until)
        await tell(tx, account_id, Kind.TECHNICAL_NOT_EXTENDED, now, **facts)


async def extend(
    tx: Transaction,
    who: Decider,
    account_id: int,
    now: int,
    *,
    months: int = MONTHS,
    seen_until: int | None = None,
    number: int | None = None,
) -> int:
    """Put the end off by so many months, asked for or not; return the new one.

    *seen_until* is the end that was seen, so that two who extend at once do it
    once. *number* is the request that was read; without it, the one that waits
    is answered, if there is one. Raises AccountNotFound, OwnAccount,
    NotTechnical, WithoutEnd, EndChanged, NoRequestWaits, VerdictRefused.
    """
    _must_be_months(months)
    account = await _held(tx, who, account_id)
    if not account.is_technical:
        raise NotTechnical
    before = account.technical_until
    if before is None:
        raise WithoutEnd
    if seen_until not in (None, before):
        raise EndChanged
    until = months_later(max(before, now), months)
    if not await technical.prolong(tx, account_id, before=before, until=until, now=now):
        raise EndChanged
    asked = await store.newest(tx, account_id)
    if number is not None or (asked is not None and asked.state == Stage.WAITING):
        await _decide(tx, who, account_id, number, Stage.APPROVED, "", now)
    await _record(tx, who, account_id, Event.TECHNICAL_EXTENDED, now, f"until {date(until)}")
    facts = {"account": account.name, "ends": date(until)}
    await tell(tx, account_id, Kind.TECHNICAL_EXTENDED, now, **facts)
    return until


async def end(tx: Transaction, who: Decider, account_id: int, reason: str, now: int) -> None:
    """Make the account an ordinary one again; its administrators read the reason.

    Raises AccountNotFound, OwnAccount, NotTechnical, VerdictRefused.
    """
    reason = _reason(reason)
    account = await _held(tx, who, account_id)
    if not await technical.end(tx, account.id, now):
        raise NotTechnical
    await store.mark_ended(tx, account_id, reason, now)
    await _record(tx, who, account_id, Event.TECHNICAL_ENDED, now)
    await tell(tx, account_id, Kind.TECHNICAL_ENDED, now, account=account.name, quote=reason)


async def tell(tx: Transaction, account_id: int, kind: Kind, now: int, **facts: str) -> None:
    """Tell the account's administrators, and lead them to the page about it."""
    await notices.tell_administrators(tx, account_id, kind, now, facts=facts, path=_PAGE_OF_IT)


def date(at: int) -> str:
    """Return a day as audit and notices name it."""
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d}"


async def _decide(
    tx: Transaction,
    who: Decider,
    account_id: int,
    number: int | None,
    after: Stage,
    reason: str,
    now: int,
) -> None:
    """Answer the request that waits, in one statement: of two who decide, one does."""
    if number is None:
        found = await store.newest(tx, account_id)
        number = 0 if found is None else found.number
    if not await store.decide(tx, account_id, number, after, _user_id(who), reason, now):
        raise NoRequestWaits


async def _held(tx: Transaction, who: Decider, account_id: int) -> Account:
    await technical.hold(tx, account_id)
    return await _account(tx, who, account_id)


async def _account(reader: Reader, who: Decider, account_id: int) -> Account:
    """Return the account, unless the moderator belongs to it, or did (S-151)."""
    account = await accounts.account_by_id(reader, account_id)
    if (
        isinstance(who, Moderator)
        and await accounts.find_member(reader, account_id, who.user_id) is not None
    ):
        raise OwnAccount
    return account


async def _record(
    tx: Transaction, who: Decider, account_id: int, event: Event, now: int, subject: str = ""
) -> None:
    is_moderator = isinstance(who, Moderator)
    entry = Entry(
        at=now,
        event=event,
        account_id=account_id,
        actor="moderator" if is_moderator else "operator",
        user_id=_user_id(who),
        source=who.source,
        subject=subject,
    )
    await audit.record(tx, entry)


def _subject(account: Account) -> str:
    """Return what the account asks for, as audit names it."""
    return "more time" if account.is_technical else ""


def _user_id(who: Decider) -> int | None:
    return who.user_id if isinstance(who, Moderator) else None


def _problems(about: str, site: str) -> dict[str, str]:
    found = {"about": text_problem(about, MAX_ABOUT, lines=True)}
    if site:
        found["site"] = uri_problem(site, is_redirect=False, is_private=False)
    return {field: problem for field, problem in found.items() if problem}


def _reason(reason: str) -> str:
    if problem := text_problem(reason, MAX_MESSAGE, lines=True):
        raise VerdictRefused({"reason": problem})
    return reason.strip()


def _must_be_months(months: int) -> None:
    if not 1 <= months <= MOST_MONTHS:
        raise VerdictRefused({"months": f"choose 1 to {MOST_MONTHS} months"})
