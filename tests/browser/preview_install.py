"""The question whether to install, and what comes of it: name, template, sample values."""

import base64
from pathlib import Path
from typing import Any

from grantway.web.control.consent_words import words
from tests.browser.preview_consent import BARE, PARCEL, frame
from tests.browser.preview_values import ROOT, Context

CASES: list[tuple[str, str, Context]] = []
_LOGO = Path(__file__).parents[2] / "examples/parcel_widget/widget/images/logo_small.png"
LOGO = f"data:image/png;base64,{base64.b64encode(_LOGO.read_bytes()).decode()}"
PLACE: Context = {"name": "Acme", "address": f"acme.{ROOT}"}


def asks(name: str, *, language: str = "en", is_install: bool = True, **changes: Any) -> None:
    context: Context = {
        "form_token": "t",
        "nonce": "gwinst_x",
        "dwell_ms": 0,
        "notice": "",
        "is_install": is_install,
        "integration": PARCEL | changes.pop("integration", {}),
        "scopes": [
            {"code": "crm", "icon": "leads"},
            {"code": "notifications", "icon": "bell"},
        ],
        "place": PLACE,
        "version": "1.4.0",
        "control": f"accounts.{ROOT}",
    }
    CASES.append((f"install-{name}", "control/install.html", frame(language) | context | changes))


def ends(name: str, key: str, *, language: str = "en") -> None:
    context: Context = {
        "key": key,
        "name": "Parcel tracker",
        "place": PLACE,
        "back_href": f"http://acme.{ROOT}/settings/integrations/",
    }
    CASES.append((f"install-{name}", "control/install_over.html", frame(language) | context))


def refuses(reason: str, status: int, *, again: bool = False, ask: str = "") -> None:
    context: Context = {
        "key": f"install.refused.{reason}",
        "status": status,
        "receiver_status": "—",
        "ask": ask,
        "problems": {},
        "nothing": words("en")("install.nothing"),
        "home_href": f"http://acme.{ROOT}/settings/integrations/",
        "home_words": words("en").plain("install.back", account="Acme"),
    } | ({"again_href": "/install/x"} if again else {})
    name = f"install-refused-{reason.replace('_', '-')}"
    CASES.append((name, "control/consent_refused.html", frame() | context))


asks("asks", integration={"logo": LOGO})
asks("private", integration=BARE | {"state": "private", "owner": "", "name": "Night export"})
asks("draft", integration={"state": "draft"})
asks("untick", notice="untick")
asks("soon", notice="soon")
asks(
    "long",
    integration={
        "name": "Enterprise customer relationship synchronisation for wholesale partners",
        "owner": "The Extraordinarily Thorough Software Company of Northern Europe",
    },
    place={"name": "Northwind Wholesale and Logistics", "address": f"northwind.{ROOT}"},
)
asks("es", language="es")
asks("pt", language="pt")
asks("id", language="id")
asks("disable", is_install=False, version="")
asks("disable-es", is_install=False, version="", language="es")
ends("done", "installed")
ends("removed", "removed")
ends("cancelled", "cancelled")
refuses("changed", 409, again=True)
refuses("new_version", 409)
refuses("not_allowed", 403, ask="Alice, Charlie")
