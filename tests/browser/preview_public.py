"""The tabs General and Listing of a public integration, as its maker writes them."""

import base64
from types import SimpleNamespace as Value

from grantway.demo.samples import PICTURES
from grantway.moderation.checks.model import Finding, Severity
from grantway.moderation.drafts import MAX_SLIDES
from grantway.pictures.model import KINDS
from grantway.web.control.moderation_rows import finding_row
from grantway.web.wording import DAY, HOUR
from tests.browser.preview_values import (
    HIDDEN_OF_PUBLIC,
    LANGUAGES,
    NOW,
    PARCELS,
    SCOPES,
    Context,
    account,
    keys,
    window,
)

OF_PUBLIC: Context = {"may_keep_grants": True, "has_long_lived": False}
ASKED = (
    ("C3", "owner_name", "", "The form asks for the integration owner"),
    (
        "N3",
        "name",
        "es",
        "End the name with via or by or vía or por, and who made it: Rastreador via …",
    ),
    (
        "T9",
        "description",
        "pt",
        "Say where users complete the installation: the description needs a link that begins with https://",
    ),
)
ASKED_OF_PICTURES = (
    ("C5", "icon", "en", "The icon is missing"),
    ("L4", "privacy_uri", "es", "The link to the privacy policy is missing"),
)


def asks(*found: tuple[str, str, str, str], elsewhere: int = 0) -> Context:
    """Return what the checks ask for on a tab."""
    rows = [
        finding_row(
            Finding(rule=rule, severity=Severity.ERROR, text=text, field=field, language=language)
        )
        for rule, field, language, text in found
    ]
    return {
        "asked": rows,
        "asked_elsewhere": elsewhere,
        "is_ready": not rows and not elsewhere,
    }


def public(language: str = "en", /, **more: object) -> Context:
    """Return the tab General of a public integration that speaks three languages."""
    status = more.pop("status", "draft")
    words = {"draft": "Draft", "published": "Published", "disabled": "Stopped by the operator"}
    integration = Value(
        **vars(PARCELS)
        | {
            "status": status,
            "status_words": words[str(status)],
            "was_published": status != "draft",
            "stopped_at": NOW - 3 * HOUR if status == "disabled" else None,
            "stopped_why": "Its secret key was found in a public repository.",
        }
    )
    spoken = ("en", "es", "pt")
    context: Context = {
        "integration": integration,
        "live_grants": 0,
        "language": Value(
            code=language,
            label=LANGUAGES[language],
            is_main=language == "en",
            is_spoken=language in spoken,
        ),
        "languages": [
            Value(
                code=code,
                label=LANGUAGES[code],
                href=f"{PARCELS.href}?language={code}",
                is_main=code == "en",
                is_current=code == language,
                is_incomplete=code == "pt",
            )
            for code in spoken
        ],
        "addable": [
            Value(code="id", label="Bahasa Indonesia"),
            Value(code="tr", label="Türkçe"),
            Value(code="ru", label="Русский"),
        ],
        "values": Value(
            name=PARCELS.name if language == "en" else "Rastreador de paquetes de Dana Labs",
            short_description="Parcels beside your leads",
            description="Shows on every lead where its parcel is.\n\nCarriers: 24 in Europe.",
            instructions="Open https://parcel.example/connect and press “Connect”.",
            redirect_uri="https://parcel.example/agreed",
            revoke_hook_uri="",
            owner_name="Dana Labs",
            owner_uri="https://parcel.example/",
            privacy_uri="https://parcel.example/privacy",
            scopes=["crm", "notifications"],
            has_widget=False,
            price="free",
        ),
        "scopes": SCOPES,
        **asks(*ASKED, elsewhere=2),
        "installed_in": 0,
        "published_at": None,
        "can_edit": status == "draft",
        "can_add_version": status == "published",
        "can_delete": status == "draft",
        "needs_password": False,
        "saved": False,
    }
    return window("general", **(context | more)) | {"account": account("danalabs")}


def picture(name: str) -> Value:
    """Return a picture of the demo's listing as it is stored."""
    drawn = base64.b64encode((PICTURES / f"{name}.png").read_bytes()).decode()
    return Value(name=name, src=f"data:image/png;base64,{drawn}")


def listing(**more: object) -> Context:
    """Return the tab Listing of a draft, in Spanish."""
    values: Context = {
        "language": Value(code="es", label=LANGUAGES["es"]),
        "languages": [
            Value(
                code=code,
                label=LANGUAGES[code],
                href=f"{PARCELS.href}/listing?language={code}",
                is_current=code == "es",
            )
            for code in ("en", "es", "pt")
        ],
        "values": Value(
            privacy_uri="https://parcel.example/es/privacidad",
            support_uri="https://parcel.example/es/ayuda",
            support_email="ayuda@parcel.example",
        ),
        "shown": Value(
            icon=picture("icon"),
            logo=picture("logo"),
            gallery=[picture("leads"), picture("button")],
        ),
        "kinds": {
            field: Value(width=KINDS[kind].width, height=KINDS[kind].height)
            for field, kind in (("icon", "icon"), ("logo", "logo"), ("gallery", "slide"))
        },
        "most_slides": MAX_SLIDES,
        **asks(*ASKED_OF_PICTURES, elsewhere=3),
    }
    return public(**values | more) | {"tab": "listing"}


NO_PICTURES = Value(icon=None, logo=None, gallery=[])

CASES: tuple[tuple[str, str, Context], ...] = (
    ("public", "control/integration_public.html", public()),
    ("public-complete", "control/integration_public.html", public(**asks(), saved=True)),
    (
        "public-errors",
        "control/integration_public.html",
        public(
            errors={
                "short_description": "Write 1 to 50 characters.",
                "redirect_uri": "It must begin with https://.",
                "password": "Type your password to change the addresses.",
            },
            needs_password=True,
        ),
    ),
    ("public-language", "control/integration_public.html", public("es")),
    ("public-language-new", "control/integration_public.html", public("id")),
    (
        "public-published",
        "control/integration_public.html",
        public(status="published", installed_in=1240, published_at=NOW - 5 * DAY),
    ),
    ("public-stopped", "control/integration_public.html", public(status="disabled")),
    (
        "public-keys",
        "control/integration_keys.html",
        keys(integration=PARCELS, live_grants=0, secret=HIDDEN_OF_PUBLIC, **OF_PUBLIC),
    ),
    ("public-listing", "control/integration_listing.html", listing()),
    (
        "public-listing-empty",
        "control/integration_listing.html",
        listing(shown=NO_PICTURES, values=Value(privacy_uri="", support_uri="", support_email="")),
    ),
    ("public-listing-complete", "control/integration_listing.html", listing(**asks(), saved=True)),
    (
        "public-listing-errors",
        "control/integration_listing.html",
        listing(
            errors={
                "support_uri": "Support site: it must begin with https://.",
                "icon": "Expected a picture of 400 by 272 pixels, and one of 512 by 512 came.",
            }
        ),
    ),
    (
        "public-listing-closed",
        "control/integration_listing.html",
        listing(status="published", can_edit=False),
    ),
)
