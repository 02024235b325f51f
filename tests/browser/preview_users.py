"""Pages about users, their roles and groups, filled with sample values: name, template, values."""

from types import SimpleNamespace as Value
from typing import Any

from tests.browser.preview_values import LONG_NAME, Context, in_acme

HREF = "/accounts/acme/users/2"


def user(name: str, email: str, **more: Any) -> Value:
    values: dict[str, Any] = {
        "href": HREF,
        "is_administrator": False,
        "role": "",
        "role_id": None,
        "group": "Sales department",
        "group_id": 0,
        "is_active": True,
        "is_free": False,
        "is_viewer": False,
    }
    return Value(name=name, email=email, **(values | more))


ALICE = user("Alice", "alice@acme.example", is_administrator=True)
BOB = user("Bob", "bob@acme.example", role="Sales", role_id=1, group="North", group_id=3)
GONE = user("Frank", "frank@acme.example", is_active=False, is_free=True)
LONG = user(
    "Maximiliane Oberhuber-Wittgenstein",
    "maximiliane.oberhuber-wittgenstein@northwind-wholesale-and-logistics.example",
    role=LONG_NAME,
    group="Wholesale, logistics and everything that is sent abroad",
)
ROLES = [
    Value(id=1, name="Sales", href="/accounts/acme/roles/1", users=4),
    Value(id=2, name=LONG_NAME, href="/accounts/acme/roles/2", users=0),
]
GROUPS = [
    Value(id=0, name="Sales department", users=3),
    Value(id=3, name="North", users=1),
    Value(id=4, name="Wholesale, logistics and everything that is sent abroad", users=0),
]
NOTHING_SENT = Value(name="", email="", role="", group="", group_name="")
ONE_PAGE = Value(number=1, first=1, last=4, total=4, previous_href="", next_href="")
FAR = (("A", "All"), ("G", "Of their group"), ("M", "Their own"), ("D", "None"))
YES_OR_NO = (("A", "Yes"), ("D", "No"))


def users(**more: Any) -> Context:
    values: Context = {
        "users": [ALICE, BOB, LONG, GONE],
        "page": ONE_PAGE,
        "roles": ROLES,
        "groups": GROUPS,
        "values": NOTHING_SENT,
        "errors": {},
        "notice": "",
    }
    return in_acme("users", **(values | more))


def one(of: Value, problem: str = "") -> Context:
    return in_acme("users", user=of, roles=ROLES, groups=GROUPS, problem=problem)


def choice(deed: str, kind: str, chosen: str) -> Value:
    options = YES_OR_NO if deed == "Add" else FAR
    return Value(
        name=f"{kind}.{deed}",
        deed=deed,
        label=f"{deed} {kind}",
        options=[
            Value(value=value, label=label, is_chosen=value == chosen) for value, label in options
        ],
    )


def role(**more: Any) -> Context:
    deeds = {"See": "A", "Change": "G", "Add": "A", "Delete": "M", "Export": "D"}
    values: Context = {
        "role": Value(name="Sales", users=4, stages=2, delete_href="/accounts/acme/roles/1/delete"),
        "action": "/accounts/acme/roles/1",
        "name": "Sales",
        "deeds": list(deeds),
        "kinds": [
            Value(
                label=kind, choices=[choice(deed, kind, chosen) for deed, chosen in deeds.items()]
            )
            for kind in ("Leads", "Contacts", "Companies")
        ],
        "tasks": [choice("Change", "tasks", "A"), choice("Delete", "tasks", "M")],
        "flags": [
            Value(name="mail_access", label="They may use mail", is_on=False),
            Value(name="catalog_access", label="They may use lists and products", is_on=True),
        ],
        "errors": {},
    }
    return in_acme("users", **(values | more))


TAKEN = "Nobody can be added with this address: it cannot be written so, or somebody has it."
LAST = "This is the last administrator of acme who may work."

CASES: list[tuple[str, str, Context]] = [
    ("users", "control/users.html", users(notice="The user is added.")),
    (
        "users-error",
        "control/users.html",
        users(
            errors={"email": TAKEN, "password": "Use at least 8 characters."},
            values=Value(
                name="Erin", email="erin@acme.example", role="1", group="3", group_name=""
            ),
            roles=[],
            groups=GROUPS[:1],
        ),
    ),
    ("users-one", "control/user.html", one(BOB)),
    ("users-one-last", "control/user.html", one(ALICE, LAST)),
    ("users-one-gone", "control/user.html", one(GONE)),
    ("users-role", "control/user_role.html", role()),
    (
        "users-role-new",
        "control/user_role.html",
        role(role=None, name="", errors={"name": "Write 1 to 255 characters."}),
    ),
]
