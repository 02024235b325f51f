"""Subscriptions and deliveries: values and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from grantway.crm.webhooks.encoding import Payload, account_block
from grantway.crm.webhooks.events import EVENTS
from grantway.kernel.shapes import MAX_SORT, Items, Line, Shape, Whole, given

MAX_WEBHOOKS = 100
MAX_DESTINATION = 2_000
DEFAULT_SORT = 10
DEADLINE = 2.0
"""Seconds within which a receiver has answered, all of the exchange (api-v4.md 3.13)."""
CLAIM_LIFETIME = 60
"""Seconds for which a claimed delivery is its claimer's alone: many times the deadline."""
MAX_ATTEMPTS = 50
"""What is begun for one delivery, whoever wants it: else one that kills its sender would go on."""
MAX_ANSWER = 2_000
"""Characters of an answer that are kept for people to read."""
KEPT = 30 * 24 * 3600
"""Seconds for which deliveries can be read; then they are swept."""
MOST_KEPT = 10_000
"""Deliveries of an account that are kept once they are over, the newest ones."""
BAD_ANSWERS = 100
"""More bad answers than these within `BAD_SECONDS` switch a subscription off."""
BAD_SECONDS = 2 * 3600
OVERLAP = 24 * 3600
"""Seconds for which the former signing secret signs as well."""
USER_AGENT = "amoCRM-WebHook-client/1.0"
FORM = "application/x-www-form-urlencoded"

WAITING = ("waiting", "under_way", "put_off")
OVER = ("delivered", "failed", "dropped")
STATES: Mapping[str, Sequence[str]] = {"waiting": WAITING} | {one: (one,) for one in OVER}
"""What people tell apart, and the stored states that it stands for."""


class Retry(NamedTuple):
    """Another attempt: so long after the previous one, if that one's answer calls for it."""

    after: int
    is_for_servers_faults: bool


RETRIES = (
    Retry(5 * 60, is_for_servers_faults=False),
    Retry(15 * 60, is_for_servers_faults=False),
    Retry(15 * 60, is_for_servers_faults=True),
    Retry(60 * 60, is_for_servers_faults=True),
)
"""The documented schedule: attempts 2 to 5. The last two follow 499 and 5xx alone."""

NO_ANSWER = 0
"""Stands in place of a status when no whole answer came in time: one of the table's 0 to 99."""


def is_good(status: int) -> bool:
    """Tell whether a receiver has taken a delivery.

    >>> is_good(204), is_good(302), is_good(NO_ANSWER)
    (True, False, False)
    """
    return 100 <= status <= 299


def seconds_until_next(bad: int, status: int) -> int | None:
    """Return how long after the *bad*th bad answer, which was *status*, another attempt is due.

    None: that was the last one.

    >>> seconds_until_next(1, NO_ANSWER), seconds_until_next(3, 404), seconds_until_next(3, 503)
    (300, None, 900)
    """
    if bad > len(RETRIES):
        return None
    retry = RETRIES[bad - 1]
    is_servers_fault = status == 499 or 500 <= status <= 599
    return retry.after if is_servers_fault or not retry.is_for_servers_faults else None


class Occurrence(NamedTuple):
    """One event with one entity: its name, and what is told, but for the account."""

    event: str
    payload: Payload


NEW_WEBHOOK = Shape(
    {
        "destination": Line(
            "Where it is told: an address that is reachable from everywhere, over HTTPS.",
            required=True,
            longest=MAX_DESTINATION,
        ),
        "settings": Items(
            Line(choices=EVENTS, required=True),
            "The events that are told.",
            required=True,
            most=2 * len(EVENTS),
        ),
        "sort": Whole("Where it stands among the others.", nullable=True, most=MAX_SORT),
    }
)
NAMED_WEBHOOK = Shape(
    {
        "destination": Line(
            "The address of the subscription.", required=True, longest=MAX_DESTINATION
        )
    }
)


class Wanted(msgspec.Struct, frozen=True):
    """A subscription as it is asked for. *sort* None: as it is, or at the usual place."""

    destination: str
    settings: Sequence[str]
    sort: int | None = None


def wanted_of(values: Mapping[str, Any]) -> Wanted:
    """Return what was sent by the shape `NEW_WEBHOOK`; each event once."""
    sort = given(values, "sort")
    return Wanted(
        values["destination"],
        list(dict.fromkeys(values["settings"])),
        sort if isinstance(sort, int) else None,
    )


class Webhook(msgspec.Struct, frozen=True):
    """A subscription."""

    account_id: int
    id: int
    destination: str
    receiver: str
    events: str
    sort: int
    is_disabled: bool
    enabled_at: int
    former_until: int | None
    created_at: int
    created_by: int
    client_id: str | None
    updated_at: int

    @property
    def settings(self) -> list[str]:
        return self.events.split()

    @property
    def named(self) -> str:
        """Return it as the audit names it: the address may hold a secret."""
        return f"{self.id} at {self.receiver}"


class Waiting(msgspec.Struct, frozen=True):
    """The oldest delivery of an account that waits for a receiver."""

    account_id: int
    id: int


class Claim(msgspec.Struct, frozen=True):
    """A delivery that the caller has alone for a minute, and where it goes."""

    account_id: int
    id: int
    webhook_id: int
    event: str
    body: str
    created_at: int
    number: int
    bad: int
    destination: str
    subdomain: str
    secret_sealed: str
    former_secret_sealed: str | None

    @property
    def message_id(self) -> str:
        return message_id(self.account_id, self.id, self.created_at)


class Answer(msgspec.Struct, frozen=True):
    """What came of an attempt. *status* `NO_ANSWER`: *why* says why there is none.

    Not *was_sent*: we could not, and the receiver is not to blame.
    """

    status: int
    milliseconds: int
    why: str | None = None
    text: str = ""
    was_sent: bool = True


class Delivery(msgspec.Struct, frozen=True):
    """A delivery, as the account's administrators read it, and its last attempt."""

    account_id: int
    id: int
    webhook_id: int
    event: str
    body: str
    state: str
    created_at: int
    due_at: int
    attempts: int
    last_started_at: int | None
    last_status: int | None
    last_why: str | None
    last_milliseconds: int | None

    @property
    def message_id(self) -> str:
        return message_id(self.account_id, self.id, self.created_at)


class Attempt(msgspec.Struct, frozen=True):
    """One attempt to send a delivery. Unfinished: under way, or nobody lived to tell."""

    number: int
    wanted_by: int | None
    started_at: int
    finished_at: int | None
    status: int | None
    why: str | None
    milliseconds: int | None
    answer: str | None


def message_id(account_id: int, delivery_id: int, created_at: int) -> str:
    """Return the id that stays the same in each attempt.

    The moment as well: a platform that was set up anew counts from one again.

    >>> message_id(7, 12, 1_700_000_000)
    'msg_7_12_1700000000'
    """
    return f"msg_{account_id}_{delivery_id}_{created_at}"


def whole_body(body: str, account_id: int, subdomain: str, origin: str) -> str:
    """Return what is sent: what happened, and in which account as it is called now."""
    return f"{body}&{account_block(account_id, subdomain, origin)}"


def headers(message_id: str, at: int, number: int, signature: str) -> dict[str, str]:
    """Return the headers of an attempt (S-165)."""
    return {
        "Content-Type": FORM,
        "User-Agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
        "X-Grantway-Attempt": str(number),
    }
