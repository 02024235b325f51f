"""The pages of webhooks, filled with sample values: name, template, values."""

from types import SimpleNamespace as Value
from typing import Any

from grantway.crm.webhooks.encoding import fields_of, form_encode
from grantway.crm.webhooks.events import EVENTS
from grantway.crm.webhooks.model import Attempt, Delivery, headers, whole_body
from grantway.web.control.webhook_words import attempt_row, delivery_row, events_in_words
from grantway.web.wording import DAY, HOUR, MINUTE
from tests.browser.preview_values import LONG_NAME, NOW, Context, in_acme

LONG = "https://hooks.eu-central.synchronisation.example:8443/webhooks/grantway/v2/everything?key=1"
LEAD = {
    "id": 9001,
    "name": "First order: 40 pallets of oak, delivered before Christmas",
    "status_id": 7102,
    "price": 1000,
    "tags": [{"id": 5, "name": "Important"}],
    "custom_fields": [{"id": 31, "name": "Delivery", "values": [{"value": "Rotterdam"}]}],
    "linked_company_id": None,
    "updated_at": 1_700_000_200,
}
BODY = form_encode({"leads": {"status": [LEAD | {"old_status_id": 7101}]}})


def webhook(number: int, destination: str, *settings: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "id": number,
        "href": f"/accounts/acme/webhooks/{number}",
        "destination": destination,
        "receiver": destination.split("/")[2],
        "events": events_in_words(settings),
        "names": settings,
        "is_disabled": False,
        "created_at": NOW - number * DAY,
        "updated_at": NOW - number * DAY,
        "created_by": "Alice",
    }
    return Value(**(values | more))


PARCELS = webhook(3, "https://parcel.example/in", "add_lead", "status_lead", "add_contact")
ALL = webhook(40, LONG, *EVENTS, is_disabled=True, created_by=LONG_NAME, updated_at=NOW - DAY)


def delivery(number: int, state: str, **more: Any) -> Delivery:
    at = NOW - number * 3 * HOUR
    values: dict[str, Any] = {
        "account_id": 1,
        "id": 900 - number,
        "webhook_id": 3,
        "event": ("add_lead", "status_lead", "responsible_contact")[number % 3],
        "body": BODY,
        "state": state,
        "created_at": at,
        "due_at": at + 5 * MINUTE,
        "attempts": 1,
        "last_started_at": at,
        "last_status": None,
        "last_why": None,
        "last_milliseconds": None,
    }
    return Delivery(**(values | more))


DELIVERIES = [
    delivery(0, "waiting", attempts=0),
    delivery(1, "under_way"),
    delivery(2, "delivered", last_status=200, last_milliseconds=142),
    delivery(3, "put_off", last_status=503, last_milliseconds=1_204, attempts=2),
    delivery(4, "failed", last_why="too_late", last_milliseconds=2_000, attempts=3),
    delivery(5, "failed", last_status=302, last_milliseconds=31, attempts=3),
    delivery(6, "dropped"),
]
SHOWN = delivery(4, "put_off", attempts=4, last_status=503)
GATEWAY = "<html>\n<head><title>503 Service Temporarily Unavailable</title></head>\n</html>"
ATTEMPTS = [
    Attempt(1, None, NOW - 12 * HOUR, NOW - 12 * HOUR + 2, None, "too_late", 2_000, ""),
    Attempt(2, None, NOW - 11 * HOUR, None, None, None, None, None),
    Attempt(3, 1, NOW - 10 * HOUR, NOW - 10 * HOUR, 200, None, 88, ""),
    Attempt(4, None, NOW - 9 * HOUR, NOW - 9 * HOUR, 503, None, 1_204, GATEWAY),
]
WHOLE = whole_body(BODY, 31_000_001, "acme", "http://acme.localhost:8000")


def one(state: str = "", **more: object) -> Context:
    values: Context = {
        "webhook": PARCELS,
        "deliveries": [delivery_row(d) | {"href": "#"} for d in DELIVERIES],
        "state": state,
        "choices": [
            Value(label=label, href="#", is_current=label == (state or "All"))
            for label in ("All", "Waiting", "Delivered", "Failed", "Not sent")
        ],
        "kept_days": 30,
        "most_kept": 10_000,
        "secret": "",
        "is_new_secret": False,
        "former_until": None,
        "notice": "",
        "page": Value(number=1, first=1, last=7, total=None, previous_href="", next_href="?page=2"),
    }
    return in_acme("webhooks", **(values | more))


def told(**more: object) -> Context:
    values: Context = {
        "webhook": PARCELS,
        "delivery": delivery_row(SHOWN) | {"message_id": SHOWN.message_id},
        "headers": headers(SHOWN.message_id, NOW, 4, "v1,…"),
        "body": WHOLE,
        "fields": fields_of(WHOLE),
        "attempts": [attempt_row(a, SHOWN, {1: "Alice"}) for a in ATTEMPTS],
        "can_send_again": True,
        "notice": "",
        "is_refused": False,
    }
    return in_acme("webhooks", **(values | more))


SECRET = {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDuFSvPqrwX5U="}
COMMAND = """grantway webhook add https://hook.example.org/in \\
  --account acme --event add_lead"""
CASES: list[tuple[str, str, Context]] = [
    (
        "webhooks",
        "control/webhooks.html",
        in_acme("webhooks", webhooks=[PARCELS, ALL], most=100, command=COMMAND, notice=""),
    ),
    (
        "webhooks-none",
        "control/webhooks.html",
        in_acme(
            "webhooks", webhooks=[], most=100, command=COMMAND, notice="The webhook is removed."
        ),
    ),
    ("webhooks-one", "control/webhook.html", one()),
    ("webhooks-one-off", "control/webhook.html", one(webhook=ALL)),
    (
        "webhooks-one-secret",
        "control/webhook.html",
        one(deliveries=[], is_new_secret=True, former_until=NOW + DAY, **SECRET),
    ),
    ("webhooks-one-none-failed", "control/webhook.html", one("Failed", deliveries=[])),
    ("webhooks-delivery", "control/webhook_delivery.html", told()),
    (
        "webhooks-delivery-waits",
        "control/webhook_delivery.html",
        told(
            delivery=delivery_row(DELIVERIES[0]) | {"message_id": "msg_1_900_1700000000"},
            attempts=[],
            can_send_again=False,
            notice="It is sent once more, within seconds.",
        ),
    ),
    (
        "webhooks-delivery-busy",
        "control/webhook_delivery.html",
        told(
            can_send_again=False,
            notice="It was not sent once more: it is being sent already, or was sent very often.",
            is_refused=True,
        ),
    ),
]
