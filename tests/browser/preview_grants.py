"""Pages about what integrations hold: *Authorization*, *Installed*, *Access you gave*."""

from types import SimpleNamespace as Value

from grantway.web.control.grant_rows import warnings_of
from grantway.web.wording import DAY, HOUR, MINUTE
from tests.browser.preview_values import (
    CONTROL,
    LONG_NAME,
    NOW,
    PAGE,
    Context,
    at_work,
    in_acme,
    inside,
    window,
)

ONE_PAGE = Value(number=1, first=1, last=1, total=None, previous_href="", next_href="")
EVERYTHING = ["Access to files", "Access to account data", "Deleting files", "Notification center"]


def grant(state: str = "live", /, **more: object) -> Context:
    values: Context = {
        "id": 1,
        "who": "Alice",
        "where": "",
        "user": "Alice",
        "integration": "Parcel tracker",
        "account": "acme",
        "is_own": False,
        "is_long_lived": False,
        "short_id": "a1b2c3d4",
        "state": state,
        "access": ["Access to account data"],
        "created_at": NOW - 30 * DAY,
        "ends_at": NOW + 62 * DAY,
        "is_ending": False,
        "ends_unused": True,
        "last_used_at": NOW - 4 * MINUTE,
        "last_used_from": "203.0.113.17",
        "is_reused": False,
        "reused_at": None,
        "has_left": False,
        "has_lent_rights": False,
        "revoked_at": None,
        "revoked_by": "",
        "revoke_href": "/accounts/acme/installed/2f1c9a4e/1/revoke",
        "is_fresh": False,
    }
    return values | more


LONG_LIVED: Context = {"is_long_lived": True, "ends_unused": False, "ends_at": NOW + 335 * DAY}
GRANTS = [
    grant(),
    grant(id=2, user="Bob", who="Bob", short_id="77e0f1aa", is_reused=True, access=EVERYTHING),
    grant(
        id=3,
        user="Maximiliane Oberhuber-Wittgenstein",
        who="Maximiliane Oberhuber-Wittgenstein",
        short_id="0c9d8e7f",
        ends_at=NOW + 3 * DAY,
        is_ending=True,
        last_used_at=NOW - 88 * DAY,
        last_used_from="2001:db8:85a3:8d3:1319:8a2e:370:7348",
        has_left=True,
    ),
    grant("stopped", id=4, user="Carol", who="Carol", short_id="99aa0011", has_left=True),
    grant(
        "live", id=5, user="Dan", who="Dan", short_id="5f6e7d8c", has_lent_rights=True, **LONG_LIVED
    ),
    grant("live", id=6, short_id="1a2b3c4d", last_used_at=None, last_used_from="", **LONG_LIVED),
    grant("expired", id=7, ends_at=NOW - 2 * DAY, last_used_at=NOW - 93 * DAY, ends_unused=False),
    grant("revoked", id=8, short_id="feedbeef", revoked_at=NOW - 9 * DAY, revoked_by="Alice"),
    grant("revoked", id=9, short_id="deadbeef", revoked_at=NOW - 19 * DAY, access=[]),
]
REVOKED = grant("revoked", revoked_at=NOW, revoked_by="Alice", is_fresh=True)


def listed(grants: list[Context]) -> Context:
    working = [one for one in grants if one["state"] in {"live", "stopped"}]
    return {
        "grants": grants,
        "page": PAGE if len(grants) > 1 else ONE_PAGE,
        "working": len(working),
        "people": len({one["user"] for one in working}),
        "warnings": warnings_of(grants),
        "authorization_href": "/accounts/acme/installed/2f1c9a4e",
        "notice": "",
    }


def installed(name: str = "Parcel tracker", **more: object) -> Value:
    values: Context = {
        "name": name,
        "href": "/accounts/acme/installed/2f1c9a4e",
        "settings_href": "",
        "listing_href": "",
        "kind": "Public",
        "owner": "Dana Labs",
        "is_own": False,
        "is_private": False,
        "is_verified": True,
        "access": ["Access to account data", "Notification center"],
        "installed_at": NOW - 40 * DAY,
        "installed_by": "Alice",
        "live": 6,
        "people": 5,
        "last_used_at": NOW - 4 * MINUTE,
        "tells_integration": True,
        "disable_action": "#",
        "code": "p4rcel" if name == "Parcel tracker" else "",
        "status": "not_configured",
        "logo": "",
        "open_href": "#",
        "page_href": "#" if name == "Parcel tracker" else "",
        "rating": Value(stars=4, is_removed=False),
    }
    return Value(**(values | more))


PRIVATE: Context = {
    "kind": "Private",
    "owner": "acme",
    "is_own": True,
    "is_private": True,
    "is_verified": False,
    "settings_href": "/accounts/acme/integrations/2f1c9a4e",
    "tells_integration": False,
    "rating": None,
}
ALL_INSTALLED = [
    installed("Warehouse export", live=2, people=1, access=EVERYTHING, **PRIVATE),
    installed(listing_href="/settings/widgets/2f1c9a4e"),
    installed(
        LONG_NAME,
        owner="Northwind Wholesale and Logistics",
        is_verified=False,
        live=0,
        people=0,
        last_used_at=None,
        installed_by="Maximiliane Oberhuber-Wittgenstein",
        access=[],
    ),
]
STOPPED = [Value(name="Lead magnet", kind="Public", stopped_at=NOW - 2 * DAY)]


def rule(
    present: int | None = None,
    considered: int | None = None,
    ending: tuple[Value, ...] = (),
) -> Context:
    return {
        "choices": [
            Value(value=str(days or "off"), days=days, is_chosen=days == considered)
            for days in (None, 30, 90, 180)
        ],
        "present": present,
        "considered": considered,
        "is_new": present != considered,
        "value": str(considered or "off"),
        "ending": ending,
    }


def ending(user: str, integration: str, ends_in: int, **more: object) -> Value:
    values: Context = {
        "href": "/accounts/acme/installed/2f1c9a4e",
        "is_long_lived": False,
        "unused_since": NOW + ends_in - 90 * DAY,
        "was_used": True,
        "ends_at": max(NOW, NOW + ends_in),
        "is_due": ends_in <= 0,
    }
    return Value(user=user, integration=integration, **(values | more))


ENDING = (
    ending("Alice", "Warehouse export", -40 * DAY, is_long_lived=True, was_used=False),
    ending("Maximiliane Oberhuber-Wittgenstein", LONG_NAME, 20 * HOUR),
    ending("Bob", "Parcel tracker", 9 * DAY),
)


def list_of(unused: Context, **more: object) -> Context:
    values: Context = {"installed": ALL_INSTALLED, "stopped": STOPPED, "notice": ""}
    return in_acme("installed", **(values | {"unused": unused} | more))


def own(name: str, account: str, **more: object) -> Context:
    return grant(
        "live", **({"who": name, "integration": name, "where": account, "is_own": True} | more)
    )


OWN = [
    own("Parcel tracker", "acme"),
    own(LONG_NAME, "Northwind Wholesale and Logistics", id=2, short_id="77e0f1aa"),
    own("Warehouse export", "acme", id=3, short_id="0c9d8e7f", **LONG_LIVED),
]

WORKSPACE: Context = {
    "tab": "installed",
    "has_submissions": True,
    "webhooks_url": "#",
    "integrations": ALL_INSTALLED,
    "waiting": [
        Value(
            name="Night export",
            action="#",
            code="n1ght",
            status="install",
            logo="",
            open_href="#",
            page_href="",
        )
    ],
    "stopped": STOPPED,
    "manage_url": f"{CONTROL}/accounts/acme/installed",
    "own_url": f"{CONTROL}/grants",
    "may_manage": True,
    "ask": [],
}
NOBODY: Context = {
    "has_submissions": False,
    "webhooks_url": "",
    "integrations": [],
    "waiting": [],
    "stopped": [],
    "may_manage": False,
    "ask": ["Alice"],
}

CASES: list[tuple[str, str, Context]] = [
    (
        "authorization",
        "control/integration_authorization.html",
        window("authorization", **listed(GRANTS)),
    ),
    (
        "authorization-empty",
        "control/integration_authorization.html",
        window("authorization", live_grants=0, **listed([])),
    ),
    (
        "installed-authorization",
        "control/installed_authorization.html",
        in_acme("installed", one=installed(), **listed(GRANTS)),
    ),
    (
        "installed-authorization-own",
        "control/installed_authorization.html",
        in_acme("installed", one=installed(LONG_NAME, **PRIVATE), **listed(GRANTS[:1])),
    ),
    (
        "installed-authorization-empty",
        "control/installed_authorization.html",
        in_acme("installed", one=ALL_INSTALLED[2], **listed([])),
    ),
    ("installed", "control/installed.html", list_of(rule())),
    ("installed-empty", "control/installed.html", list_of(rule(), installed=[], stopped=[])),
    ("installed-rule", "control/installed.html", list_of(rule(90, 90, ENDING[1:]))),
    ("installed-rule-quiet", "control/installed.html", list_of(rule(90, 90))),
    ("installed-rule-new", "control/installed.html", list_of(rule(None, 90, ENDING))),
    ("installed-rule-off", "control/installed.html", list_of(rule(90, None))),
    ("own-grants", "control/own_grants.html", inside(grants=OWN, page=ONE_PAGE, notice="")),
    ("own-grants-empty", "control/own_grants.html", inside(grants=[], page=ONE_PAGE, notice="")),
    (
        "workspace-integrations",
        "workspace/settings_integrations.html",
        at_work("settings", **WORKSPACE),
    ),
    (
        "workspace-integrations-user",
        "workspace/settings_integrations.html",
        at_work("settings", **(WORKSPACE | NOBODY)),
    ),
]
