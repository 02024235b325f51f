"""Sample values for the pictures of pages: the cast, long names, long tokens, hard cases."""

import base64
from types import SimpleNamespace as Value

from grantway.web.wording import DAY, HOUR, MINUTE

NOW = 1_795_380_000  # 22 Nov 2026, 20:40 UTC
ROOT = "localhost:8000"
CONTROL = f"http://accounts.{ROOT}"

Context = dict[str, object]


def account(name: str, **more: object) -> Value:
    subdomain = name.lower().split()[0]
    return Value(
        name=name,
        address=f"{subdomain}.{ROOT}",
        href=f"/accounts/{subdomain}",
        url=f"http://{subdomain}.{ROOT}",
        **more,
    )


ACME = account("acme")
LONG_NAME = (
    "Synchronisation of customers, leads and invoices with the warehouse in Rotterdam (second try)"
)
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ." + "".join(
    base64.urlsafe_b64encode(bytes((i * 37 + 11 * n) % 256 for i in range(120))).decode()
    for n in range(5)
)
CURL = (
    f"curl 'http://acme.{ROOT}/api/v4/leads?limit=5' \\\n"
    f"  --header 'accept: application/json' \\\n"
    f"  --header 'authorization: Bearer {TOKEN}'"
)

ALICE = Value(
    name="Alice",
    email="alice@acme.example",
    is_moderator=False,
    unseen=0,
    accounts=[
        account("acme", is_current=True),
        account("Northwind Wholesale and Logistics", is_current=False),
        account("bolt", is_current=False),
    ],
)

SCOPES = [
    Value(code="crm", title="Access to account data", words="Leads, pipelines, users"),
    Value(code="notifications", title="Notification center", words="Show notifications to users"),
    Value(code="files", title="Access to files", words="Read and add files"),
    Value(code="files_delete", title="Deleting files", words="Remove files for ever"),
]

WAREHOUSE = Value(
    id="2f1c9a4e-5b7d-4c1e-9a53-6d0b8f2e7c41",
    name="Warehouse export",
    kind="Private",
    href="/accounts/acme/integrations/2f1c9a4e",
    created_at=NOW - 40 * DAY,
    created_by="Alice",
    is_private=True,
    was_published=False,
    made_by_button=False,
    status="private",
    status_words="",
    stopped_at=None,
    stopped_why=None,
)
PARCELS = Value(
    id="7b1f0c52-6d1e-4c0b-9b7e-2a51c7d4e810",
    name="Parcel tracker by Dana Labs",
    kind="Public",
    href="/accounts/danalabs/integrations/7b1f0c52",
    created_at=NOW - 9 * DAY,
    created_by="Dana",
    is_private=False,
    was_published=False,
    made_by_button=False,
    status="draft",
    status_words="Draft",
    stopped_at=None,
    stopped_why=None,
)


def inside(**more: object) -> Context:
    """Return what every page of the control origin asks for."""
    return {"viewer": ALICE, "account": None, "section": "", "form_token": "t", **more}


def in_acme(section: str, /, **more: object) -> Context:
    return inside(account=ACME, section=section, **more)


def window(tab: str, **more: object) -> Context:
    values: Context = {"integration": WAREHOUSE, "tab": tab, "live_grants": 2, "unanswered": 0}
    values["errors"] = {}
    return in_acme("integrations", **(values | more))


def general(**more: object) -> Context:
    values = Value(
        name="Warehouse export",
        description="Copies won leads to the warehouse every night.",
        redirect_uri="",
        revoke_hook_url="",
        scopes=["crm", "files"],
    )
    return window(
        "general",
        **({"values": values, "scopes": SCOPES, "saved": False, "needs_password": False} | more),
    )


LANGUAGES = {"en": "English", "es": "Español", "pt": "Português", "id": "Bahasa Indonesia"}


def keys(**more: object) -> Context:
    values: Context = {
        "scopes": SCOPES[:2],
        "secret": Value(state="never", value="", issued_at=None, ends=[]),
        "code": None,
        "can_get_code": True,
        "values": Value(expires_on=""),
        "earliest": "2026-11-23",
        "latest": "2031-11-22",
        "quick_dates": [
            Value(label="30 days", value="2026-12-22"),
            Value(label="1 year", value="2027-11-22"),
            Value(label="5 years", value="2031-11-22"),
        ],
        "can_generate": True,
        "token_result": None,
        "may_keep_grants": False,
        "has_long_lived": True,
    }
    return window("keys", **(values | more))


ENDS = [
    "The present secret key",
    "Access that was given with authorization codes; long-lived tokens go on working",
]
HIDDEN = Value(state="hidden", value="", issued_at=NOW - 12 * DAY, ends=ENDS)
KEPT_ON_REQUEST = "Access that users of all accounts have given, unless you keep it"
EXISTS = Value(**vars(HIDDEN) | {"state": "exists"})
HIDDEN_OF_PUBLIC = Value(**vars(HIDDEN) | {"ends": [ENDS[0], KEPT_ON_REQUEST]})
SHOWN = Value(
    state="shown",
    value="gws_kR8tq0Zy3mVbN5xPcLw7EhUa2JdQ9fGsT4iYoX6vBn1ZrCk0MlHeWuAj8p_5d21",
    issued_at=NOW,
    ends=ENDS,
)
CODE = Value(value="gwc_" + TOKEN[60:320], expires_at=NOW + 20 * MINUTE)
NEW_TOKEN = Value(value=TOKEN, expires_at=NOW + 365 * DAY, curl=CURL)


PAGE = Value(number=2, first=51, last=100, total=312, previous_href="?page=1", next_href="?page=3")


def session(software: str, kind: str, source: str, seen: int, **more: object) -> Value:
    values: Context = {"id": seen, "is_this": False, "signed_in_at": NOW - 3 * DAY - seen}
    return Value(
        software=software,
        kind=kind,
        source=source,
        seen_at=NOW - seen,
        **(values | more),
    )


SESSIONS = [
    session("Firefox 148 on Linux", "Control pages", "198.51.100.24", 20, is_this=True),
    session("Firefox 148 on Linux", "Workspace of acme", "198.51.100.24", 5 * MINUTE),
    session("Safari on iPhone", "Workspace of Northwind Wholesale", "2001:db8::7348", 30 * HOUR),
]


def entry(
    before: int, who: str, what: str, detail: str = "", source: str = "198.51.100.24"
) -> Value:
    return Value(at=NOW - before, who=who, what=what, detail=detail, source=source)


ENTRIES = [
    entry(120, "Alice", "generated a long-lived token", "Warehouse export, until 1 Jan 2028"),
    entry(300, "Alice", "generated a secret key", "Warehouse export"),
    entry(400, "Alice", "confirmed her password"),
    entry(
        9 * HOUR, "Bob", "signed in to the workspace", "", "2001:db8:85a3:8d3:1319:8a2e:370:7348"
    ),
    entry(2 * DAY, "Grantway", "ended a long-lived token", "Telephony, its day had come", ""),
    entry(9 * DAY, "Alice", "revoked a long-lived token", LONG_NAME),
]

VISITOR = Value(name="Alice", email="alice@acme.example", role="administrator")


def at_work(section: str, **more: object) -> Context:
    return {"viewer": VISITOR, "account": ACME, "section": section, "form_token": "t", **more}


def lead(number: int, name: str, price: int, stage: str, colour: str, **more: object) -> Value:
    values: Context = {"currency": "USD", "pipeline": "Sales", "responsible": "Alice"}
    return Value(
        id=number,
        href=f"/leads/detail/{number}",
        name=name,
        price=price,
        stage=stage,
        colour=colour,
        updated_at=NOW - number * 5000,
        **(values | more),
    )


LEADS = [
    lead(1, "Office chairs for the new floor", 12_400, "Initial contact", "#99ccff"),
    lead(2, "Canteen", 980, "Offer made", "#ffff99", responsible="Bob"),
    lead(3, LONG_NAME, 1_250_000, "Negotiation", "#ffcc66", pipeline="Wholesale"),
    lead(4, "Спецзаказ «Витрина» 株式会社", 0, "Closed - won", "#ccff66"),
    lead(5, "Lamps", 450, "Closed - lost", "#d5d8db", responsible="Bob"),
    lead(6, "Standing desks", 28_000, "Decision making", "#ffcccc", pipeline="Wholesale"),
]


def person(name: str, role: str, where: str, host: str) -> Value:
    home = where or "grantway"
    return Value(
        name=name,
        role=role,
        account=where,
        email=f"{name.lower()}@{home}.example",
        password=f"{name.lower()}-opens-the-gate",
        url=f"http://{host}.{ROOT}/",
    )


PEOPLE = [
    person("Alice", "Administrator", "acme", "acme"),
    person("Bob", "User", "acme", "acme"),
    person("Charlie", "Administrator", "bolt", "bolt"),
    person("Dana", "Administrator", "danalabs", "danalabs"),
    person("Mo", "Moderator", "", "accounts"),
]
