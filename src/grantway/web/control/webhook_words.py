"""Events, deliveries and answers of webhooks in the words of their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grantway.crm.webhooks.events import GROUPS
from grantway.crm.webhooks.model import Attempt, Delivery, is_good
from grantway.hooks.model import WHY_TEXTS, Why

_WHAT = {
    "lead": "Leads",
    "contact": "Contacts",
    "company": "Companies",
    "task": "Tasks",
    "customer": "Customers",
    "talk": "Talks",
    "message": "Incoming messages",
    "outgoing_message": "Outgoing messages",
    "chat_template_review": "Reviews of chat templates",
}
_DONE = {
    "add": "added",
    "update": "changed",
    "delete": "deleted",
    "restore": "restored",
    "status": "moved to another stage",
    "responsible": "given to somebody else",
    "note": "got a note",
}
_WHY: Mapping[Why, str] = {
    **WHY_TEXTS,
    Why.TOO_LATE: "The whole answer was not there within 2 seconds.",
    Why.NO_SECRET: "It was not sent: this server has no key that opens its signing secret.",
}
_UNKNOWN = "Our server stopped in the middle, so it was sent or it was not. It is sent again."
_REDIRECT = "Redirects are not followed. Subscribe the final address."
_DROPPED = "The webhook was switched off, or the account suspended, before it could be sent."


def events_in_words(settings: Sequence[str]) -> list[str]:
    """Return what a subscription wants, an entry for each kind of thing.

    >>> events_in_words(["add_lead", "add_task", "status_lead"])
    ['Leads: added, moved to another stage', 'Tasks: added']
    """
    told = []
    for what, actions in GROUPS.items():
        done = [_DONE[one] for one in actions if f"{one}_{what}" in settings]
        if done:
            told.append(f"{_WHAT[what]}: {', '.join(done)}")
    return told


def delivery_row(one: Delivery) -> dict[str, Any]:
    """Return a delivery as tables and its own page show it."""
    words, kind = _STATES[one.state]
    has_answer = one.last_status is not None
    return {
        "id": one.id,
        "event": one.event,
        "at": one.created_at,
        "state": words,
        "state_kind": kind,
        "next_at": one.due_at if one.state == "put_off" else None,
        "attempts": one.attempts,
        "answer": f"Answered {one.last_status}" if has_answer else "",
        "took": _took(one.last_milliseconds),
        "why": _DROPPED if one.state == "dropped" else _why(one.last_status, one.last_why),
    }


def attempt_row(one: Attempt, delivery: Delivery, names: Mapping[int, str]) -> dict[str, Any]:
    """Return an attempt as the page of its delivery shows it."""
    is_under_way = delivery.state == "under_way" and one.number == delivery.attempts
    if one.status is not None:
        state, kind = f"Answered {one.status}", "good" if is_good(one.status) else "warn"
    elif one.finished_at is not None:
        state, kind = "No answer", "bad"
    else:
        state, kind = ("Under way", "") if is_under_way else ("Unknown", "warn")
    is_unknown = one.finished_at is None and not is_under_way
    return {
        "number": one.number,
        "at": one.started_at,
        "by": "" if one.wanted_by is None else names.get(one.wanted_by, "Somebody"),
        "state": state,
        "state_kind": kind,
        "took": _took(one.milliseconds),
        "why": _UNKNOWN if is_unknown else _why(one.status, one.why),
        "answer": one.answer or "",
    }


_STATES = {
    "waiting": ("Waiting", ""),
    "under_way": ("Under way", ""),
    "put_off": ("To be tried again", "warn"),
    "delivered": ("Delivered", "good"),
    "failed": ("Failed", "bad"),
    "dropped": ("Not sent", "warn"),
}


def _took(milliseconds: int | None) -> str:
    return "" if milliseconds is None else f"{milliseconds:,} ms"


def _why(status: int | None, why: str | None) -> str:
    """Say what went wrong; empty when nothing did."""
    if status is not None:
        return _REDIRECT if 300 <= status < 400 else ""
    return "" if why is None else _WHY[Why(why)]
