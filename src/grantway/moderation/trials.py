"""Throw-away accounts, in which a moderator tries what they review (S-147).

Contract: widgets-and-marketplace.md 6.8, "functional test in a throw-away
account with the reviewer's user". The account is an ordinary one with the
moderator alone in it. What works there is what is in force for the
integration: for a first version the version under review, for an update the one
that the public has. Its widget is that of the version under review in any case.
"""

from __future__ import annotations

import secrets
import string

import msgspec

from grantway import audit
from grantway.accounts import moderators
from grantway.accounts import service as accounts
from grantway.accounts.model import MAX_NAME, Account, Role
from grantway.accounts.service import NewAccount
from grantway.audit import Entry, Event
from grantway.crm import beginnings
from grantway.crm.entities import writing
from grantway.crm.entities.model import EntityWrite
from grantway.crm.leads.kind import LEADS
from grantway.db import Reader, Transaction
from grantway.installations import service as installations
from grantway.integrations import clients, trials
from grantway.integrations.errors import WrongState
from grantway.integrations.trials import Trial
from grantway.moderation import closing_trials, desk, store
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import NotAModerator, TrialNotFound
from grantway.moderation.states import State
from grantway.widgets import service as widgets

LIFETIME = 7 * 24 * 3600
_LETTERS = 10
_LEADS = (
    ("Website relaunch, North", 12_500),
    ("Annual maintenance, Harbour", 4_800),
    ("Fleet tracking, Airport", 22_000),
    ("Office furniture, Old Town", 3_150),
    ("Solar roof, Hillside", 18_900),
    ("Spare parts, Riverside", 640),
)


class Tried(msgspec.Struct, frozen=True):
    """A trial with its account. *has_it*: the integration is installed there now.

    *is_strict*: consent begins on its own site alone, with a PKCE challenge (S-35).
    """

    trial: Trial
    account: Account
    has_it: bool
    is_strict: bool


async def begin(
    tx: Transaction, moderator: Moderator, client_id: str, number: int, now: int
) -> Tried:
    """Make an account for the moderator to try the integration in; the live one if there is one.

    Raises NotAModerator, IntegrationNotFound, VersionNotFound, OwnIntegration,
    WrongState unless the version is reviewed.
    """
    _, version, _ = await desk.look(tx, moderator, client_id, number)
    # Whoever decides about the version meanwhile waits, and then ends what is made here.
    await store.hold(tx, version)
    integration, version, _ = await desk.look(tx, moderator, client_id, number)
    # So does whoever dismisses the moderator.
    await moderators.hold(tx, moderator.user_id)
    if not await moderators.is_moderator(tx, moderator.user_id):
        raise NotAModerator
    if version.state != State.IN_REVIEW:
        raise WrongState(f"Version {number} is {version.state}; try it while it is reviewed")
    if integration.is_disabled:
        raise WrongState("The platform's operator stopped this integration; it works nowhere")
    present = await find(tx, moderator, client_id)
    if present is not None:
        return present
    account = await _open(tx, moderator, version.content.main.name, now)
    trial = Trial(
        account_id=account.id,
        client_id=client_id,
        number=number,
        user_id=moderator.user_id,
        begun_at=now,
        ends_at=now + LIFETIME,
        archive_number=await widgets.number_of_version(
            tx, version.account_id, client_id, version.number
        ),
    )
    await trials.begin(tx, trial)
    await audit.record(
        tx,
        Entry(
            at=now,
            event=Event.TRIAL_BEGUN,
            account_id=account.id,
            actor="moderator",
            user_id=moderator.user_id,
            client_id=client_id,
            source=moderator.source,
            subject=f"{client_id} {number}",
        ),
    )
    return Tried(trial, account, has_it=False, is_strict=integration.fidelity == "strict")


async def find(reader: Reader, moderator: Moderator, client_id: str) -> Tried | None:
    """Return the account in which this moderator tries the integration now."""
    trial = await trials.live(reader, client_id, moderator.user_id)
    return None if trial is None else await _tried(reader, trial)


async def of_moderator(reader: Reader, moderator: Moderator) -> list[Tried]:
    """Return all that this moderator tries now."""
    found = await trials.live_of_user(reader, moderator.user_id)
    return [await _tried(reader, one) for one in found]


async def end(tx: Transaction, moderator: Moderator, client_id: str, now: int) -> None:
    """Close the account in which this moderator tries the integration. Raises TrialNotFound."""
    trial = await trials.live(tx, client_id, moderator.user_id)
    if trial is None or not await closing_trials.end(
        tx, trial, now, user_id=moderator.user_id, source=moderator.source
    ):
        raise TrialNotFound


async def _tried(reader: Reader, trial: Trial) -> Tried:
    account = await accounts.account_by_id(reader, trial.account_id)
    live = await installations.live_installation(reader, trial.account_id, trial.client_id)
    client = await clients.find_client(reader, trial.client_id)
    is_strict = client is not None and client.fidelity == "strict"
    return Tried(trial, account, has_it=live is not None, is_strict=is_strict)


async def _open(tx: Transaction, moderator: Moderator, name: str, now: int) -> Account:
    """Make an account as new ones are, with the moderator and a few leads in it."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_LETTERS))
    new = NewAccount(subdomain=f"try-{letters}", name=f"Trial of {name}"[:MAX_NAME])
    account = await accounts.create_account(tx, new, now)
    await beginnings.begin(tx, account.id, now)
    await accounts.add_user_to_account(tx, account.id, moderator.user_id, Role.ADMINISTRATOR, now)
    actor = await accounts.actor_for(tx, account.id, moderator.user_id, moderator.source)
    if actor is None:
        raise RuntimeError("the moderator was just made its administrator")
    leads = [
        EntityWrite(str(n), {"name": title, "price": price})
        for n, (title, price) in enumerate(_LEADS)
    ]
    await writing.add(tx, actor, LEADS, leads, now, is_strict=False)
    return account
