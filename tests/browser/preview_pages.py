"""Every page of the three origins, in the states that it has, filled with sample values."""

from dataclasses import dataclass, field
from types import SimpleNamespace as Value

from grantway.accounts.model import LANGUAGES as READ
from grantway.web.wording import DAY, MINUTE
from tests.browser.preview_calls import CASES as CALL_CASES
from tests.browser.preview_consent import CASES
from tests.browser.preview_crm import CASES as CRM_CASES
from tests.browser.preview_grants import CASES as GRANT_CASES
from tests.browser.preview_grants import REVOKED
from tests.browser.preview_install import CASES as INSTALL_CASES
from tests.browser.preview_moderation import CASES as MODERATION_CASES
from tests.browser.preview_notices import CASES as NOTICE_CASES
from tests.browser.preview_public import CASES as PUBLIC_CASES
from tests.browser.preview_published import CASES as PUBLISHED_CASES
from tests.browser.preview_ratings import CASES as RATING_CASES
from tests.browser.preview_technical import CASES as TECHNICAL_CASES
from tests.browser.preview_users import CASES as USER_CASES
from tests.browser.preview_values import (
    CODE,
    ENTRIES,
    EXISTS,
    HIDDEN,
    LANGUAGES,
    LONG_NAME,
    NEW_TOKEN,
    NOW,
    PAGE,
    PARCELS,
    PEOPLE,
    SESSIONS,
    SHOWN,
    WAREHOUSE,
    Context,
    account,
    general,
    in_acme,
    inside,
    keys,
)
from tests.browser.preview_webhooks import CASES as WEBHOOK_CASES
from tests.browser.preview_widget import CASES as WIDGET_CASES


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture: a template with the values that it asks for."""

    name: str
    template: str
    context: Context = field(default_factory=dict)


def sign_in(state: str, email: str = "", retry_after: int = 0) -> Sample:
    values: Context = {"state": state, "email": email, "retry_after": retry_after}
    return Sample(
        f"sign-in-{state}",
        "control/sign_in.html",
        {"form_token": "t", "return_to": "/accounts/acme/integrations"} | values,
    )


def home(role: str, **more: object) -> Value:
    administrator = role == "administrator"
    return account(
        more.pop("name", "acme"),  # type: ignore[arg-type]  # the name is always a str here
        role=role,
        is_administrator=administrator,
        **({"integrations": 2, "ask": []} | more),
    )


def error(kind: str, retry_after: int = 0, ask: tuple[str, ...] = ()) -> Sample:
    return Sample(
        f"error-{kind.replace('_', '-')}",
        "shared/error.html",
        {
            "kind": kind,
            "request_id": "01JD9K3V8Q7X2M5N",
            "home_href": "/",
            "retry_after": retry_after,
            "ask": ask,
        },
    )


def integrations() -> list[Value]:
    other: Context = {
        "kind": "Private",
        "status": "Installed",
        "status_kind": "good",
        "also": "",
        "review_href": "",
    }
    return [
        Value(
            name="Warehouse export",
            href=WAREHOUSE.href,
            created_at=NOW - 40 * DAY,
            live_grants=2,
            installed_in=None,
            last_used_at=NOW - 4 * MINUTE,
            **other,
        ),
        Value(
            name=LONG_NAME,
            href=WAREHOUSE.href,
            created_at=NOW - DAY,
            live_grants=0,
            installed_in=None,
            last_used_at=None,
            **other,
        ),
    ]


def public_integrations() -> list[Value]:
    states = (
        ("Draft", "", "", 0),
        ("In review, due 24 Nov", "warn", "Version 1 is published", 1240),
        ("Rejected: 2 reasons", "bad", "", 0),
        ("Approved: publish it", "good", "", 0),
        ("Stopped by the operator", "bad", "", 0),
    )
    return [
        Value(
            name=PARCELS.name,
            href=PARCELS.href,
            created_at=NOW - 9 * DAY,
            live_grants=0,
            installed_in=installed_in,
            last_used_at=None,
            kind="Public",
            status=status,
            status_kind=kind,
            also=also,
            review_href=f"{PARCELS.href}/review",
        )
        for status, kind, also, installed_in in states
    ]


def new_integration(**more: object) -> Context:
    values = Value(name="", language="en", has_widget=False)
    languages = [Value(code=code, label=label) for code, label in LANGUAGES.items()]
    return in_acme(
        "integrations", **({"values": values, "languages": languages, "errors": {}} | more)
    )


def profile(**more: object) -> Context:
    values: Context = {"language": "en", "errors": {}, "done": False} | more
    languages = [Value(code=code, label=label) for code, label in READ.items()]
    return inside(languages=languages, told_in=list(READ.values())[:3], **values)


SAMPLES = [
    sign_in("plain"),
    sign_in("wrong", "alice@acme.example"),
    sign_in("slowed", "alice@acme.example", 28),
    sign_in("signed_out"),
    sign_in("ended"),
    Sample(
        "home",
        "control/home.html",
        inside(
            accounts=[
                home("administrator"),
                home("user", name="Northwind Wholesale and Logistics", ask=["Charlie", "Dana"]),
                home("administrator", name="bolt", integrations=0),
            ]
        ),
    ),
    Sample("home-empty", "control/home.html", inside(accounts=[])),
    Sample("sessions", "control/sessions.html", inside(sessions=SESSIONS, notice="")),
    Sample(
        "sessions-ended",
        "control/sessions.html",
        inside(sessions=SESSIONS[:1], notice="The other sessions have ended"),
    ),
    Sample("profile", "control/profile.html", profile()),
    Sample("profile-done", "control/profile.html", profile(language="es", done=True)),
    Sample(
        "profile-errors",
        "control/profile.html",
        profile(
            language="fr",
            errors={"language": "Expected one of en, es, pt, id, tr, ru, and fr came."},
        ),
    ),
    Sample("password", "control/password.html", inside(errors={}, done=False)),
    Sample("password-done", "control/password.html", inside(errors={}, done=True)),
    Sample(
        "password-errors",
        "control/password.html",
        inside(
            errors={
                "current": "This is not your current password. Type it again.",
                "new": "The new password has 5 characters; it needs at least 8.",
            },
            done=False,
        ),
    ),
    Sample(
        "confirm-password",
        "control/confirm_password.html",
        in_acme(
            "",
            purpose="token",
            reason="generate a long-lived token",
            return_to=f"{WAREHOUSE.href}/keys",
            wrong=True,
            retry_after=0,
            cancel_href=f"{WAREHOUSE.href}/keys",
        ),
    ),
    Sample(
        "integrations",
        "control/integrations.html",
        in_acme(
            "integrations",
            integrations=integrations(),
            is_technical=False,
            is_trial=False,
            technical_until=None,
            notice="",
        ),
    ),
    Sample(
        "integrations-empty",
        "control/integrations.html",
        in_acme(
            "integrations",
            integrations=[],
            is_technical=False,
            is_trial=False,
            technical_until=None,
            notice="",
        ),
    ),
    Sample(
        "integrations-technical",
        "control/integrations.html",
        in_acme(
            "integrations",
            integrations=public_integrations(),
            is_technical=True,
            is_trial=False,
            technical_until=NOW + 80 * DAY,
            notice="",
        ),
    ),
    Sample(
        "integrations-technical-empty",
        "control/integrations.html",
        in_acme(
            "integrations",
            integrations=[],
            is_technical=True,
            is_trial=False,
            technical_until=NOW + 80 * DAY,
            notice="",
        ),
    ),
    Sample("new", "control/integration_new.html", new_integration()),
    Sample(
        "new-errors",
        "control/integration_new.html",
        new_integration(errors={"name": "Write 1 to 255 characters."}),
    ),
    *(Sample(*case) for case in PUBLIC_CASES),
    Sample("general", "control/integration_general.html", general()),
    Sample(
        "general-errors",
        "control/integration_general.html",
        general(
            values=Value(
                name="",
                description="",
                redirect_uri="http://warehouse.example/agreed",
                revoke_hook_url="",
                scopes=["crm"],
            ),
            errors={
                "name": "The name is empty; give it one of 1 to 255 characters.",
                "redirect_uri": "The redirect URL begins with http://; it must begin with https://.",
            },
        ),
    ),
    Sample(
        "general-delete",
        "control/integration_general.html",
        general(errors={"confirm_name": "This is not the name. Type: Warehouse export"}),
    ),
    Sample("keys", "control/integration_keys.html", keys()),
    Sample("keys-secret-exists", "control/integration_keys.html", keys(secret=EXISTS)),
    Sample("keys-secret-shown", "control/integration_keys.html", keys(secret=SHOWN, code=CODE)),
    Sample(
        "keys-token", "control/integration_keys.html", keys(secret=HIDDEN, token_result=NEW_TOKEN)
    ),
    Sample(
        "keys-errors",
        "control/integration_keys.html",
        keys(
            secret=HIDDEN,
            values=Value(expires_on="2032-01-01"),
            errors={"expires_on": "1 Jan 2032 is too far away; choose a day up to 22 Nov 2031."},
        ),
    ),
    Sample("keys-no-scopes", "control/integration_keys.html", keys(scopes=[], can_generate=False)),
    Sample("activity", "control/activity.html", in_acme("activity", entries=ENTRIES, page=PAGE)),
    Sample("activity-empty", "control/activity.html", in_acme("activity", entries=[], page=PAGE)),
    *(Sample(*case) for case in CRM_CASES),
    Sample("public-home", "public/home.html", {"section": "home", "demo": None}),
    Sample(
        "public-home-demo",
        "public/home.html",
        {"section": "home", "demo": Value(people=PEOPLE, example="http://localhost:8001")},
    ),
    *(
        Sample(*case)
        for case in (
            *GRANT_CASES,
            *CALL_CASES,
            *MODERATION_CASES,
            *PUBLISHED_CASES,
            *TECHNICAL_CASES,
            *USER_CASES,
            *WEBHOOK_CASES,
            *WIDGET_CASES,
            *NOTICE_CASES,
            *CASES,
            *INSTALL_CASES,
            *RATING_CASES,
        )
    ),
    error("400"),
    error("403", ask=("Alice", "Charlie")),
    error("form_refused"),
    error("404"),
    error("unknown_account"),
    error("405"),
    error("413"),
    error("429", 7),
    error("500"),
    error("503", 30),
]

# What htmx gets when a form of the preview is sent: the end of its address -> partial and context.
ANSWERS: dict[str, Sample] = {
    "/keys/secret": Sample("secret", "control/partials/secret.html", keys(secret=SHOWN)),
    "/keys/code": Sample("code", "control/partials/code.html", keys(code=CODE)),
    "/keys/token": Sample("token", "control/partials/token_result.html", keys(token=NEW_TOKEN)),
    "/revoke": Sample(
        "revoked",
        "control/partials/grant_row.html",
        inside(grant=REVOKED),
    ),
}
