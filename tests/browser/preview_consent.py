"""The consent page and what comes of it, filled with sample values: name, template, values."""

from types import SimpleNamespace as Value
from typing import Any

from grantway.web.control.consent_words import words
from tests.browser.preview_values import ROOT, Context

CASES: list[tuple[str, str, Context]] = []

PARCEL: Context = {
    "name": "Parcel tracker",
    "words": "Parcels beside your leads",
    "owner": "Dana Labs",
    "owner_uri": "https://parcel.example/",
    "privacy_uri": "https://parcel.example/privacy",
    "state": "verified",
    "initials": "PT",
    "tone": 1,
    "logo": "",
    "keys_host": "",
}
BARE: Context = {"owner_uri": None, "privacy_uri": None, "words": "", "tone": 0}


def choice(name: str = "Acme", effect: str = "installs") -> Context:
    subdomain = name.lower().split()[0]
    return {
        "subdomain": subdomain,
        "name": name,
        "address": f"{subdomain}.{ROOT}",
        "effect": effect,
    }


def frame(language: str = "en", email: str = "alice@acme.example") -> Context:
    viewer = Value(name="Alice", email=email) if email else None
    return {"lang": language, "say": words(language), "viewer": viewer}


def asks(name: str, *, language: str = "en", **changes: Any) -> None:
    integration = PARCEL | changes.pop("integration", {})
    scopes = changes.pop("scopes", ("crm", "notifications"))
    icons = {"crm": "leads", "files": "file", "files_delete": "trash", "notifications": "bell"}
    context: Context = {
        "form_token": "t",
        "credential": "gwcons_x",
        "dwell_ms": 0,
        "notice": "",
        "integration": integration,
        "scopes": [{"code": one, "icon": icons[one]} for one in scopes],
        "choices": [choice()],
        "chosen": "",
        "host": "parcel.example",
        "control": f"accounts.{ROOT}",
    }
    values = frame(language) | context | changes
    CASES.append((f"consent-{name}", "control/consent.html", values))


def refuses(reason: str, status: int, *, language: str = "en", **changes: Any) -> None:
    context: Context = {
        "key": f"refused.{reason}",
        "nothing": words(language)("refused.nothing"),
        "home_href": "/",
        "home_words": words(language)("refused.home"),
        "status": status,
        "receiver_status": 204,
        "ask": "",
        "problems": {},
    }
    name = f"consent-refused-{reason.replace('_', '-')}"
    values = frame(language) | context | changes
    CASES.append((name, "control/consent_refused.html", values))


def hands_over(
    name: str, *, is_allowed: bool, url: str | None = "https://parcel.example/agreed?code=def502"
) -> None:
    answered = Value(
        url=url,
        name="Parcel tracker",
        is_allowed=is_allowed,
    )
    # An opener that there is not: the script would lead away, so the picture goes without it.
    values = {"answered": answered, "target": "", "message": "{}", "host": "parcel.example"}
    CASES.append((name, "control/consent_handover.html", frame(email="") | values))


MANY = [
    choice(),
    choice("Bolt Bicycles", "installed"),
    choice("Northwind Wholesale and Logistics", "installed_user"),
    choice("Zenith", "installs"),
]
asks("one")
asks("several", choices=MANY, chosen="bolt")
asks("all-scopes", scopes=("files", "crm", "files_delete", "notifications"), choices=MANY)
asks("member", choices=[choice(effect="installed_user")])
asks("private", integration=BARE | {"state": "private", "owner": "Acme", "name": "Night export"})
asks(
    "draft",
    integration={"state": "draft"},
    choices=[choice("Dana Labs")],
)
asks(
    "proposal",
    integration=BARE
    | {
        "state": "proposal",
        "owner": "",
        "name": "Blumen Berger",
        "words": "Takes orders from our shop into your account.",
        "keys_host": "keys.blumen-berger.example",
    },
    host="shop.blumen-berger.example",
)
asks("proposal-several", integration=BARE | {"state": "proposal", "owner": ""}, choices=MANY)
asks("soon", notice="soon")
asks("changed", notice="changed")
asks(
    "long",
    integration={
        "name": "Enterprise customer relationship synchronisation for wholesale partners",
        "owner": "The Extraordinarily Thorough Software Company of Northern Europe",
    },
    choices=[choice("Northwind Wholesale and Logistics")],
)
asks("es", language="es", choices=MANY)
asks("pt", language="pt")
asks("id", language="id")
refuses("unknown", 404)
refuses("parameter", 400, problems={"response_type": "code"})
refuses("proposal", 400, problems={"secrets_uri": "it must begin with https://"})
refuses("other_redirect_uri", 400)
refuses("no_account", 403, ask="Alice, Charlie")
refuses("gone", 403)
refuses("not_by_a_person", 403, viewer=None)
refuses("keys_refused", 422, language="es")
hands_over("consent-granted", is_allowed=True)
hands_over("consent-denied", is_allowed=False)
hands_over("consent-denied-proposal", is_allowed=False, url=None)
