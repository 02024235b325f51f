"""The moderators' desk, filled with sample values: name, template, values."""

import base64
from types import SimpleNamespace as Value
from typing import Any

from grantway.moderation.checks.checklist import RULES
from grantway.web.control.moderation_rows import rule_groups
from grantway.web.wording import DAY, HOUR
from tests.browser.preview_values import LONG_NAME, NOW, Context, inside
from tests.picture_files import picture_file

MO = Value(name="Mo", email="mo@moderation.example", is_moderator=True, unseen=3, accounts=[])
PAGE = "/moderation/7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810/2"
HASH = "6b1f0a93c2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e"
PICTURE = "data:image/png;base64," + base64.b64encode(picture_file("icon")).decode()
DESCRIPTION = (
    "Shows where each parcel is and when it will arrive, beside its lead.\n"
    "Connect your account at https://parcel.example/en/connect."
)


def waiting(name: str, due: int, /, **more: Any) -> Value:
    values: dict[str, Any] = {
        "href": PAGE,
        "name": name,
        "account": "Dana Labs",
        "number": 1,
        "submitted_at": NOW - 2 * DAY,
        "due_at": NOW + due,
        "is_overdue": due <= 0,
        "is_first": True,
        "is_own": False,
        "whys": [JUDGE],
    }
    return Value(**(values | more))


def why(text: str, kind: str = "", at: int | None = None) -> Value:
    return Value(text=text, kind=kind, at=at)


JUDGE = why("14 rules for a person to judge")
WHYS = [
    why("The integrator answered", "good", NOW - 2 * HOUR),
    why("Asks for more: access to files", "bad"),
    why("Redirect URL changed", "bad"),
    why("Texts changed in English"),
    why("Name like a published one", "bad"),
    why("3 findings: T9, L3 (2)", "warn"),
    JUDGE,
]
QUEUE = [
    waiting("Parcel tracker via Dana Labs", -5 * HOUR),
    waiting("Invoices by Blumen & Berger", 3 * HOUR, number=4, is_first=False, whys=WHYS),
    waiting("Mo's own calendar", DAY, is_own=True, account="Moderation tools", whys=[]),
    waiting(LONG_NAME, 2 * DAY, account="Northwind Wholesale and Logistics"),
]


def version(**more: Any) -> Value:
    values: dict[str, Any] = {
        "number": 2,
        "state": "In review",
        "state_kind": "warn",
        "hash": HASH,
        "submitted_at": NOW - 2 * DAY,
        "due_at": NOW - 5 * HOUR,
        "is_overdue": True,
        "decided_at": None,
        "decided_by": "",
        "published_at": None,
    }
    return Value(**(values | more))


def row(label: str, before: Any, after: Any, kind: str = "text") -> Value:
    return Value(label=label, kind=kind, before=before, after=after)


CHANGES = [
    Value(
        title="In all languages",
        language="",
        rows=[
            row("Access that it asks for", "Access to account data",
                "Access to files\nAccess to account data"),
            row("Redirect URL", "https://parcel.example/agreed",
                "https://agreements.eu-central.parcel-tracker.example/oauth2/agreed", "link"),
        ],
    ),
    Value(
        title="English",
        language="en",
        rows=[
            row("Description", "Shows where each parcel is.", DESCRIPTION),
            row("Icon", [PICTURE], [PICTURE], "pictures"),
            row("Slides", [], [PICTURE, PICTURE, PICTURE], "pictures"),
        ],
    ),
]  # fmt: skip
SAID = [
    Value(by="Dana", kind="asked for a review", is_private=False, at=NOW - 2 * DAY, text="",
          comment="Sign in as review@parcel.example; the password stands there.", reasons=[]),
    Value(by="Mo", kind="asked", is_private=False, at=NOW - DAY, text="What does it cost?",
          comment="", reasons=[]),
    Value(by="Dana", kind="answered", is_private=False, at=NOW - 20 * HOUR,
          text="It is free.\nFor ever.", comment="", reasons=[]),
    Value(by="Mo", kind="noted, for moderators alone", is_private=True, at=NOW - 19 * HOUR,
          text="Tried it in the throw-away account: works.", comment="", reasons=[]),
]  # fmt: skip
REJECTED = Value(
    by="Mo", kind="decided", is_private=False, at=NOW - HOUR, text="", comment="",
    reasons=[Value(rule="T9", text="The link leads nowhere.", asks=RULES[0].text)],
)  # fmt: skip


IN_ARCHIVE = (
    Value(
        rule="A14",
        place="lib/deliveries/tracking/notifications.js:1204",
        text="self.crm_post in a loop: ask once for all, or one after another.",
    ),
    Value(
        rule="B1",
        place="script.js:49",
        text="$().closest().trigger stands beside a button to install or uninstall; see what "
        "it does.",
    ),
)


def review(**more: object) -> Context:
    values: Context = {
        "viewer": MO,
        "section": "moderation",
        "integration": Value(
            name="Parcel tracker via Dana Labs",
            id="7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810",
            account="Dana Labs",
            address="danalabs.localhost:8000",
            is_stopped=False,
        ),
        "version": version(),
        "href": PAGE,
        "before": version(number=1, state="Published", state_kind="good"),
        "before_href": PAGE,
        "changes": CHANGES,
        "everything": CHANGES,
        "whys": [why("Overdue", "bad", NOW - 5 * HOUR), *WHYS],
        "past": [],
        "preview_href": PAGE,
        "files_href": f"{PAGE}/files",
        "can_try": True,
        "trial": None,
        "must": [],
        "may": [
            Value(rule="N5", place="en/name",
                  text="The name is like Parcel trackers by Bolt, which is published already."),
            *IN_ARCHIVE,
        ],
        "checklist": [Value(id=rule.id, look=rule.human) for rule in RULES if rule.human],
        "said": SAID,
        "can_decide": True,
        "can_hide": False,
        "can_unhide": False,
        "is_proved": True,
        "is_typed": False,
        "rules": rule_groups(),
        "slots": [Value(rule="", text="")] * 8,
        "values": Value(question="", note="", reason=""),
        "errors": {},
        "conflict": "",
        "done": "",
    }  # fmt: skip
    return inside(**(values | more))


def queue(rows: list[Value], **more: object) -> Context:
    values: Context = {
        "desk_tab": "queue",
        "waiting": rows,
        "first_href": "",
        "next_href": "",
    }
    return inside(viewer=MO, section="moderation", **(values | more))


PAST = [
    Value(
        **vars(version(number=1, state="Rejected", state_kind="bad", is_overdue=False,
                       decided_at=NOW - 3 * DAY, decided_by="Mo", submitted_at=NOW - 4 * DAY)),
        href=PAGE,
        verdicts=[Value(by="Mo", at=NOW - 3 * DAY, text="", reasons=REJECTED.reasons)],
    )
]  # fmt: skip
TRIAL = Value(
    address="try-qhxmrwtzkb.localhost:8000",
    url="http://try-qhxmrwtzkb.localhost:8000",
    ends_at=NOW + 6 * DAY,
    has_it=True,
    consent_href=PAGE,
)
FOUND = Value(rule="C1", place="en/icon", text="Add an icon.")
TYPED = [Value(rule="T9", text=""), Value(rule="L4", text="Name the legal entity.")]
ONE = "control/moderation_review.html"
CASES: tuple[tuple[str, str, Context], ...] = (
    ("moderation-queue", "control/moderation_queue.html", queue(QUEUE, next_href="/moderation")),
    ("moderation-queue-empty", "control/moderation_queue.html", queue([])),
    ("moderation-own", "control/moderation_own.html", inside(viewer=MO, section="moderation")),
    ("moderation-update", ONE, review()),
    (
        "moderation-first",
        ONE,
        review(
            before=None,
            before_href=None,
            must=[FOUND],
            done="asked",
            whys=[why("First publication", "warn"), JUDGE],
            past=PAST,
        ),
    ),
    ("moderation-trial", ONE, review(trial=TRIAL, done="tried")),
    (
        "moderation-trial-strict",
        ONE,
        review(trial=Value(**(vars(TRIAL) | {"consent_href": "", "has_it": False}))),
    ),
    (
        "moderation-typed",
        ONE,
        review(
            slots=[*TYPED, *[Value(rule="", text="")] * 6],
            errors={"reason-0": "T9: it is empty."},
            is_typed=True,
        ),
    ),
    ("moderation-conflict", ONE, review(conflict="This version was changed.", is_typed=True)),
    ("moderation-unproved", ONE, review(is_proved=False)),
    (
        "moderation-published",
        ONE,
        review(
            version=version(number=1, state="Published", state_kind="good", is_overdue=False,
                            due_at=None, decided_at=NOW - DAY, decided_by="Mo",
                            published_at=NOW - HOUR),
            before=None,
            can_decide=False,
            can_try=False,
            whys=[],
            can_hide=True,
            said=[*SAID, REJECTED],
        ),
    ),
)  # fmt: skip
