"""The tab *Sent calls* of an integration, filled with sample values: name, template, values."""

from types import SimpleNamespace as Value
from typing import Any

from grantway.hooks.model import Attempt, Why
from grantway.web.control.calls import call_row
from grantway.web.wording import HOUR, MINUTE
from tests.browser.preview_values import NOW, PARCELS, Context, account, window

URI = "https://parcel.example/revoked?client_uuid=7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810&account_id="
LONG = "https://hooks.eu-central.synchronisation.example/webhooks/grantway/v2/access-revoked?"
STATES = ("All", "Waiting", "Under way", "Answered", "Failed", "Unknown")


def attempt(number: int, subdomain: str = "acme", /, **more: Any) -> Attempt:
    at = NOW - number * 3 * HOUR
    values: dict[str, Any] = {
        "id": 100 - number,
        "account_id": number,
        "subdomain": subdomain,
        "kind": "revoke",
        "method": "GET",
        "uri": f"{URI}{number}",
        "created_at": at,
        "claimed_at": at + 1,
        "finished_at": at + 2,
        "result": "answered",
        "status": None,
        "why": None,
        "milliseconds": None,
    }
    return Attempt(**(values | more))


WAITS: dict[str, Any] = {"claimed_at": None, "finished_at": None, "result": None}
ATTEMPTS = [
    attempt(0, **WAITS),
    attempt(1, "bolt", finished_at=None, result=None),
    attempt(2, "northwind-wholesale-logistics", status=200, milliseconds=142),
    attempt(3, result="failed", why=Why.TOO_LATE, milliseconds=3_000, uri=f"{LONG}{URI}"),
    attempt(4, result="failed", why=Why.NO_DESTINATION, milliseconds=12),
    attempt(5, "bolt", result="unknown"),
    attempt(6, status=503, milliseconds=88, claimed_at=NOW - 18 * HOUR + 7 * MINUTE),
    attempt(
        7,
        status=200,
        milliseconds=310,
        kind="secrets",
        method="POST",
        uri="https://keys.blumen-berger.example/",
    ),
    attempt(
        8,
        status=301,
        milliseconds=20,
        kind="install",
        uri="https://parcel.example/agreed?code=def502&from_widget=1",
    ),
]


def tab(state: str = "", **more: object) -> Context:
    values: Context = {
        "integration": PARCELS,
        "calls": [call_row(one) for one in ATTEMPTS],
        "unheard": [],
        "install_uri": "https://parcel.example/agreed",
        "is_all_unheard": True,
        "state": state,
        "choices": [
            Value(label=label, href=f"{PARCELS.href}/calls", is_current=label == (state or "All"))
            for label in STATES
        ],
        "revoke_hook_uri": "https://parcel.example/revoked",
        "has_secret": True,
        "kept_days": 30,
        "page": Value(
            number=2, first=51, last=59, total=None, previous_href="?page=1", next_href=""
        ),
    }
    return window("calls", **(values | more)) | {"account": account("danalabs")}


TEMPLATE = "control/integration_calls.html"
CASES: list[tuple[str, str, Context]] = [
    ("calls", TEMPLATE, tab()),
    (
        "calls-unheard",
        TEMPLATE,
        tab(
            unheard=[
                Value(account="northwind-wholesale-logistics", at=NOW - HOUR, result="Failed"),
                Value(account="bolt", at=NOW - 30 * HOUR, result="Unknown"),
                *(
                    Value(account=f"shop{n}", at=NOW - (40 + n) * HOUR, result="Failed")
                    for n in range(5)
                ),
            ]
        ),
    ),
    ("calls-none-in-this-state", TEMPLATE, tab("Unknown", calls=[])),
    ("calls-empty", TEMPLATE, tab(calls=[])),
    ("calls-empty-no-address", TEMPLATE, tab(calls=[], revoke_hook_uri="")),
    ("calls-empty-no-key", TEMPLATE, tab(calls=[], has_secret=False)),
]
