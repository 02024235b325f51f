"""Asking a user whether an integration may work for them, and taking the answer.

Contract: authorization.md 3 and 10; rules S-17 to S-29. A question is put
together from what is stored now, shown, kept, and put together anew when the
answer comes; only an answer to the same question counts, and only once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from urllib.parse import unquote

import msgspec

from grantway import audit
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role, UserAccount
from grantway.audit import Entry, Event
from grantway.db import Reader, Transaction
from grantway.hooks.addresses import Rules
from grantway.hooks.service import Hooks
from grantway.installations import service as installations
from grantway.integrations import by_button, clients, trials
from grantway.integrations.errors import TooManyByButton
from grantway.integrations.scopes import scopes_of_token
from grantway.kernel.addresses import CONTROL, Addresses
from grantway.kernel.credentials import Kind, digest, is_credential, new_credential
from grantway.kernel.errors import Forbidden
from grantway.kernel.sealing import Seal
from grantway.oauth import codes
from grantway.oauth import consent_store as store
from grantway.oauth.codes import Terms
from grantway.oauth.consent_model import (
    Again,
    Answered,
    Choice,
    Given,
    Made,
    Outcome,
    Person,
    Question,
    Reason,
    Refused,
    StoredRequest,
)
from grantway.oauth.requests import Asked, with_answer

LIFETIME = 10 * 60
MAX_OPEN = 20
"""Questions that one session may have open: more than anybody has tabs with them."""
_KEPT = 24 * 3600


class Moment(msgspec.Struct, frozen=True):
    """Now, in seconds and in milliseconds: the dwell time is shorter than a second."""

    now: int
    ms: int


class Consent:
    """The use cases.

    *hooks* say where keys may be sent; *dwell_ms* is how long a page has to be
    seen before an answer counts.
    """

    def __init__(self, addresses: Addresses, seal: Seal, hooks: Hooks, dwell_ms: int) -> None:
        self._addresses = addresses
        self._seal = seal
        self._hooks = hooks
        self.dwell_ms = dwell_ms

    async def prepare(
        self, reader: Reader, user_id: int, asked: Asked, language: str
    ) -> Question | Refused:
        """Put together what to ask the user."""
        own = await accounts.accounts_of_user(reader, user_id)
        if asked.client_id is None:
            return await _proposed(reader, own, asked, self._hooks.rules)
        return await _of_integration(reader, user_id, own, asked, asked.client_id, language)

    async def keep(
        self, tx: Transaction, person: Person, question: Question, moment: Moment
    ) -> str:
        """Keep a question that is about to be shown; return the credential of its one answer.

        In each session the newest `MAX_OPEN` are kept: whoever opens the page
        over and over fills no table, and several tabs go on working.
        """
        await store.make_room(tx, person, MAX_OPEN)
        return await self._add(tx, person, question, moment)

    async def _add(
        self, tx: Transaction, person: Person, question: Question, moment: Moment
    ) -> str:
        credential = new_credential(Kind.CONSENT)
        asked = question.asked
        kept = StoredRequest(
            client_id=asked.client_id,
            proposal=None
            if asked.proposal is None
            else msgspec.json.encode(asked.proposal).decode(),
            redirect_uri=question.redirect_uri,
            state=asked.state,
            mode=asked.mode,
            opener=asked.opener,
            code_challenge=asked.code_challenge,
            shown_hash=question.shown_hash,
            shown_at_ms=moment.ms,
            expires_at=moment.now + LIFETIME,
        )
        await store.add_request(tx, digest(credential), person, kept)
        return credential

    async def answer(
        self,
        tx: Transaction,
        person: Person,
        credential: str,
        given: Given,
        language: str,
        moment: Moment,
    ) -> Outcome:
        """Take an answer. Everything that can refuse it comes before anything is spent."""
        if not is_credential(credential, Kind.CONSENT):
            return Refused(reason=Reason.GONE)
        kept = await store.find_request(tx, digest(credential), person)
        if kept is None or moment.now >= kept.expires_at:
            return Refused(reason=Reason.GONE)
        question = await self.prepare(tx, person.user_id, kept.asked, language)
        if isinstance(question, Refused):
            return question
        is_changed = question.shown_hash != kept.shown_hash
        is_early = moment.ms - kept.shown_at_ms < self.dwell_ms
        if is_early and given.is_allowed and not is_changed:
            await store.show_again(tx, digest(credential), moment.ms)
            return Again(question=question, credential=credential, is_changed=False)
        choice = question.choice(given.subdomain)
        if choice is None and given.is_allowed and not is_changed:
            return Refused(reason=Reason.NOT_ALLOWED)
        if not await store.claim_request(tx, digest(credential), person, moment.now):
            return Refused(reason=Reason.GONE)
        if is_changed:
            # In place of the one that was claimed, so nothing has to make room for it.
            fresh = await self._add(tx, person, question, moment)
            return Again(question=question, credential=fresh, is_changed=True)
        if choice is None or not given.is_allowed:
            return await self._deny(tx, person, question, choice, moment.now)
        return await self._allow(tx, person, question, choice, given, moment.now)

    async def finish(self, tx: Transaction, made: Made, now: int) -> Answered | Refused:
        """Install an integration whose keys have arrived, and issue its code.

        Refused when it ended meanwhile, by an administrator or because the keys took too long.
        """
        actor, client_id = made.actor, made.client_id
        if not await by_button.keys_arrived(tx, actor, client_id):
            return Refused(reason=Reason.GONE)
        installation_id = await installations.install(tx, actor, client_id, now)
        return await self._code(
            tx, actor, made.question, client_id, installation_id, made.given, now
        )

    async def undo(self, tx: Transaction, made: Made, now: int) -> None:
        """End an integration whose keys did not arrive: nobody could ever use it."""
        await by_button.end_refused(tx, made.actor, made.client_id, now)

    async def _allow(
        self,
        tx: Transaction,
        person: Person,
        question: Question,
        choice: Choice,
        given: Given,
        now: int,
    ) -> Outcome:
        account = choice.account
        actor = await accounts.actor_for(tx, account.id, person.user_id, person.source)
        if actor is None:
            raise Forbidden("You may no longer work in this account")
        if question.client is None:
            return await self._make(tx, actor, question, given, now)
        client_id = question.client.client_id
        installation_id = choice.installation_id
        if installation_id is None:
            installation_id = await installations.install(tx, actor, client_id, now)
        return await self._code(tx, actor, question, client_id, installation_id, given, now)

    async def _make(
        self, tx: Transaction, actor: Actor, question: Question, given: Given, now: int
    ) -> Outcome:
        try:
            made, secret = await by_button.create_by_button(
                tx, actor, question.proposal, self._seal, now
            )
        except TooManyByButton:
            return Refused(reason=Reason.TOO_MANY)
        return Made(
            client_id=made.client_id,
            secret=secret,
            actor=actor,
            question=question,
            given=given,
        )

    async def _code(
        self,
        tx: Transaction,
        actor: Actor,
        question: Question,
        client_id: str,
        installation_id: int,
        given: Given,
        now: int,
    ) -> Answered:
        terms = Terms(
            client_id=client_id,
            redirect_uri=question.redirect_uri,
            scopes=" ".join(scopes_of_token(question.scopes)),
            is_strict=question.client is not None and question.client.fidelity == "strict",
            code_challenge=question.asked.code_challenge,
        )
        entry = actor.did(Event.CONSENT_GIVEN, at=now, subject=client_id)
        # Without `sec-fetch-…`, Origin and the question's credential had to do.
        await audit.record(tx, entry.telling({"fetch": given.fetched}))
        issued = await codes.issue_consented_code(tx, actor, terms, installation_id, now)
        answer = [
            ("code", issued.code),
            ("referer", self._addresses.authority(given.subdomain)),
            ("client_id", client_id),
        ]
        return self._answered(question, client_id, answer, is_allowed=True)

    async def _deny(
        self, tx: Transaction, person: Person, question: Question, choice: Choice | None, now: int
    ) -> Answered:
        client_id = question.asked.client_id
        await audit.record(
            tx,
            Entry(
                at=now,
                event=Event.CONSENT_DENIED,
                account_id=audit.PLATFORM if choice is None else choice.account.id,
                actor="user",
                user_id=person.user_id,
                source=person.source,
                subject=client_id or "",
            ),
        )
        answer = [("error", "access_denied")]
        if client_id is not None:
            answer.append(("client_id", client_id))
        return self._answered(question, client_id, answer, is_allowed=False)

    def _answered(
        self,
        question: Question,
        client_id: str | None,
        answer: list[tuple[str, str]],
        *,
        is_allowed: bool,
    ) -> Answered:
        # Who answers (RFC 9207), so that an integration that asks several cannot mix them up.
        answer.append(("iss", self._addresses.origin(CONTROL)))
        redirect_uri, state = question.redirect_uri, question.asked.state
        return Answered(
            url=None if client_id is None else with_answer(redirect_uri, answer, state),
            asked=question.asked,
            redirect_uri=redirect_uri,
            client_id=client_id,
            name=question.name,
            is_allowed=is_allowed,
        )


def state_in_words(asked: Asked) -> str | None:
    """Return the `state` as text, for the message that carries the keys."""
    return None if asked.state is None else unquote(asked.state, errors="strict")


async def sweep(tx: Transaction, now: int) -> int:
    """Remove questions that were too old to be answered a day ago; return how many."""
    return await store.sweep_requests(tx, now - _KEPT)


async def _proposed(
    reader: Reader, own: list[UserAccount], asked: Asked, rules: Rules
) -> Question | Refused:
    if asked.proposal is None:
        return Refused(reason=Reason.UNKNOWN)
    if problems := asked.proposal.problems(rules):
        return Refused(reason=Reason.PROPOSAL, problems=problems)
    # Nobody makes integrations in an account that is there to try one.
    on_trial = await trials.among(reader, [account.id for account in own])
    choices = [
        _choice(account, None)
        for account in own
        if account.role == Role.ADMINISTRATOR and account.id not in on_trial
    ]
    if not choices:
        return await _nowhere(reader, own)
    return Question(
        asked=asked,
        redirect_uri=asked.proposal.redirect_uri,
        scopes=asked.proposal.capped_scopes,
        choices=choices,
    )


async def _of_integration(
    reader: Reader,
    user_id: int,
    own: list[UserAccount],
    asked: Asked,
    client_id: str,
    language: str,
) -> Question | Refused:
    is_id = _is_id(client_id)
    client = await clients.find_client(reader, client_id) if is_id else None
    introduced = await clients.find_presented(reader, client_id, language) if is_id else None
    own_ids = {account.id for account in own}
    tried_in = await trials.tried_in(reader, client_id, user_id, own_ids) if is_id else frozenset()
    if (
        client is None
        or introduced is None
        # Of somebody else's private integration or draft, nothing tells that it exists (S-154).
        or not clients.is_known_to(client, own_ids, tried_in)
    ):
        return Refused(reason=Reason.UNKNOWN)
    if client.redirect_uri is None:
        return Refused(reason=Reason.NO_REDIRECT_URI)
    if asked.redirect_uri not in (None, client.redirect_uri):
        return Refused(reason=Reason.OTHER_REDIRECT_URI)
    if client.fidelity == "strict" and asked.code_challenge is None:
        return Refused(reason=Reason.PKCE_NEEDED)
    possible = [one for one in own if clients.may_be_authorized_in(client, one.id, tried_in)]
    choices = [
        _choice(one, await installations.live_installation(reader, one.id, client_id))
        for one in possible
    ]
    choices = [one for one in choices if one.is_administrator or one.is_installed]
    if not choices:
        return await _nowhere(reader, possible)
    return Question(
        asked=asked,
        redirect_uri=client.redirect_uri,
        scopes=client.scopes,
        choices=choices,
        client=client,
        introduced=introduced,
    )


def _choice(account: UserAccount, installation_id: int | None) -> Choice:
    return Choice(account, account.role == Role.ADMINISTRATOR, installation_id)


async def _nowhere(reader: Reader, possible: Iterable[UserAccount]) -> Refused:
    """Refuse, and name those who could do it."""
    names = [name for one in possible for name in await accounts.administrators(reader, one.id)]
    return Refused(reason=Reason.NO_ACCOUNT, ask=tuple(dict.fromkeys(names)))


def _is_id(text: str) -> bool:
    """Tell whether *text* is an id as integrations have it, letter by letter."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
