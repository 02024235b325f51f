"""Pages about technical accounts, filled with sample values: name, template, values."""

from types import SimpleNamespace as Value
from typing import Any

from grantway.web.wording import DAY, HOUR
from tests.browser.preview_moderation import MO
from tests.browser.preview_values import LONG_NAME, NOW, Context, in_acme, inside

ABOUT = (
    "Shows where each parcel is and when it will arrive, beside its lead.\n"
    "For shops in Spain and Portugal that send with the four large carriers."
)
SITE = "https://parcel.example/"
WHY = "Tell us which system it connects, and link a site that says who you are."
PAGE = "/moderation/accounts/7"


def last(stage: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "stage": stage,
        "about": ABOUT,
        "site": SITE,
        "asked_at": NOW - 2 * DAY,
        "asked_by": "Alice",
        "decided_at": NOW - DAY,
        "ended_at": None,
        "reason": "",
    }
    return Value(**(values | more))


def technical(**more: Any) -> Context:
    values: Context = {
        "is_technical": False,
        "until": None,
        "last": None,
        "can_ask": True,
        "is_ending": False,
        "ask_from": None,
        "months": 3,
        "limits": Value(about=2000, site=2000),
        "values": Value(about="", site=""),
        "errors": {},
        "done": "",
    }
    return in_acme("integrations", **(values | more))


def ending(**more: Any) -> Context:
    values: Context = {"until": NOW + 9 * DAY, "ask_from": NOW - 21 * DAY, "is_ending": True}
    return technical(is_technical=True, **(values | more))


def row(name: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "href": PAGE,
        "name": name,
        "address": f"{name.lower().split()[0]}.localhost:8000",
        "about": "Shows where each parcel is and when it will arrive, beside its lead.",
        "asked_at": NOW - 5 * HOUR,
        "asked_by": "Alice",
        "is_again": False,
        "is_technical": False,
        "is_own": False,
        "until": NOW + 80 * DAY,
        "published": 0,
    }
    return Value(**(values | more))


def accounts(**more: Any) -> Context:
    values: Context = {
        "desk_tab": "accounts",
        "waiting": [
            row("Northwind Wholesale and Logistics", asked_at=NOW - 3 * DAY, is_again=True),
            row("Acme"),
            row("Parcels", is_technical=True, is_again=True),
            row("Moderation tools", is_own=True, asked_by="Mo"),
            row(LONG_NAME, about=f"{ABOUT[:100]}…"),
        ],
        "technical": [
            row("Bolt", until=NOW + 2 * DAY),
            row("Parcels", until=NOW + 40 * DAY, published=2),
            row("Dana Labs", until=None, published=1),
            row("Moderation tools", until=None, is_own=True),
        ],
        "shows_waiting": True,
        "shows_technical": True,
        "waiting_next": "",
        "technical_next": "/moderation/accounts",
        "is_first": True,
    }
    return inside(viewer=MO, section="moderation", **(values | more))


def asked(stage: str, **more: Any) -> Value:
    return last(stage, number=2, decided_by="Mo", **more)


def one(**more: Any) -> Context:
    values: Context = {
        "desk_tab": "accounts",
        "one": Value(
            name="Acme",
            address="acme.localhost:8000",
            administrators=["Alice", "Charlie"],
            created_at=NOW - 200 * DAY,
            is_technical=False,
            until=None,
        ),
        "href": PAGE,
        "waiting": asked("waiting", decided_at=None),
        "before": [],
        "terms": [
            Value(months=n, label=f"{n} months", until=NOW + n * 30 * DAY) for n in (1, 3, 6, 12)
        ],
        "values": Value(months="3", reason=""),
        "limit": 5000,
        "is_proved": True,
        "is_typed": False,
        "errors": {},
        "conflict": "",
        "done": "",
    }
    return inside(viewer=MO, section="moderation", **(values | more))


TECHNICAL = Value(
    name="Acme",
    address="acme.localhost:8000",
    administrators=["Alice"],
    created_at=NOW - 200 * DAY,
    is_technical=True,
    until=NOW + 80 * DAY,
)
_OWN, _DESK, _ONE = (
    "control/technical_account.html",
    "control/moderation_accounts.html",
    "control/moderation_account.html",
)
CASES: list[tuple[str, str, Context]] = [
    ("technical", _OWN, technical()),
    ("technical-waiting", _OWN, technical(can_ask=False, last=last("waiting"), done="asked")),
    ("technical-refused", _OWN, technical(last=last("refused", reason=WHY))),
    (
        "technical-wrong",
        _OWN,
        technical(
            values=Value(about="", site="parcel.example"),
            errors={
                "about": "Write 1 to 2000 characters.",
                "site": "It must begin with https://.",
            },
        ),
    ),
    (
        "technical-until",
        _OWN,
        technical(
            is_technical=True,
            until=NOW + 80 * DAY,
            can_ask=False,
            ask_from=NOW + 50 * DAY,
            last=last("approved"),
        ),
    ),
    ("technical-ending", _OWN, ending(last=last("refused", reason=WHY))),
    ("technical-more-waiting", _OWN, ending(can_ask=False, last=last("waiting"), done="asked")),
    ("technical-without-end", _OWN, technical(is_technical=True, can_ask=False)),
    ("technical-ended", _OWN, technical(last=last("ended", ended_at=NOW - HOUR))),
    ("moderation-accounts", _DESK, accounts()),
    ("moderation-accounts-empty", _DESK, accounts(waiting=[], technical=[], technical_next="")),
    ("moderation-account", _ONE, one()),
    (
        "moderation-account-again",
        _ONE,
        one(
            before=[asked("refused", reason=WHY), asked("ended", ended_at=NOW - 9 * DAY)],
            values=Value(months="3", reason=""),
            is_typed=True,
            errors={"reason": "Write 1 to 5000 characters."},
        ),
    ),
    (
        "moderation-account-technical",
        _ONE,
        one(one=TECHNICAL, waiting=None, before=[asked("approved")], done="approved"),
    ),
    ("moderation-account-more", _ONE, one(one=TECHNICAL, before=[asked("approved")])),
    ("moderation-account-unproved", _ONE, one(is_proved=False)),
    (
        "moderation-account-own",
        _ONE,
        inside(viewer=MO, section="moderation", one=None, desk_tab="accounts", errors={}),
    ),
]
