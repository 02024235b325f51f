"""Public integrations: what administrators of a technical account write into their record.

What they write later goes into versions, which `moderation` keeps: a change of a
published one takes effect only when it was looked at (S-149).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from grantway import audit
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.integrations import store
from grantway.integrations.errors import (
    SettingsRefused,
    TechnicalAccountNeeded,
)
from grantway.integrations.model import (
    FIDELITIES,
    LANGUAGES,
    MAX_DESCRIPTION,
    MAX_NAME,
    MAX_SHORT_DESCRIPTION,
    PRICES,
    Integration,
    Texts,
)
from grantway.integrations.rules import (
    CallRules,
    hook_problem,
    optional_text_problem,
    text_problem,
    uri_problem,
)
from grantway.integrations.scopes import OFFERED, normal_scopes
from grantway.kernel.credentials import new_uuid

_TEXTS = ("name", "short_description", "description", "instructions")


class PublicSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a public integration; its texts are those of the main language.

    A draft may lack anything but a name; an empty address means none. Without a
    *fidelity* the present one stays.
    """

    name: str
    language: str = "en"
    short_description: str = ""
    description: str = ""
    instructions: str = ""
    redirect_uri: str = ""
    revoke_hook_uri: str = ""
    scopes: Sequence[str] = ()
    owner_name: str = ""
    owner_uri: str = ""
    privacy_uri: str = ""
    has_widget: bool = False
    price: str = PRICES[0]
    fidelity: str | None = None

    @property
    def texts(self) -> Texts:
        return Texts(language=self.language, **{field: getattr(self, field) for field in _TEXTS})

    def problems(self, rules: CallRules | None = None) -> dict[str, str]:
        """Say what is wrong, by field."""
        opened = () if rules is None else rules.opened
        found = {
            "owner_name": optional_text_problem(self.owner_name, MAX_NAME),
            "scopes": None
            if set(self.scopes) <= set(OFFERED)
            else f"choose among {', '.join(OFFERED)}",
            "price": None if self.price in PRICES else f"choose one of {', '.join(PRICES)}",
            "fidelity": None
            if self.fidelity in (None, *FIDELITIES)
            else f"choose one of {', '.join(FIDELITIES)}",
        }
        if self.redirect_uri:
            found["redirect_uri"] = uri_problem(
                self.redirect_uri, is_redirect=True, is_private=False, opened=opened
            )
        if self.revoke_hook_uri:
            found["revoke_hook_uri"] = hook_problem(self.revoke_hook_uri, rules)
        for field in ("owner_uri", "privacy_uri"):
            if uri := getattr(self, field):
                found[field] = uri_problem(uri, is_redirect=False, is_private=False, opened=opened)
        return text_problems(self.texts) | {field: text for field, text in found.items() if text}


def settings_of(integration: Integration) -> PublicSettings:
    """Return the form as it is filled in at present."""
    return PublicSettings(
        name=integration.name,
        language=integration.language,
        short_description=integration.short_description,
        description=integration.description,
        instructions=integration.instructions,
        redirect_uri=integration.redirect_uri or "",
        revoke_hook_uri=integration.revoke_hook_uri or "",
        scopes=integration.scopes.split(),
        owner_name=integration.owner_name,
        owner_uri=integration.owner_uri or "",
        privacy_uri=integration.privacy_uri or "",
        has_widget=integration.has_widget,
        price=integration.price,
    )


def text_problems(texts: Texts) -> dict[str, str]:
    """Say what is wrong with the texts of one language, by field."""
    found = {
        "language": None
        if texts.language in LANGUAGES
        else f"choose one of {', '.join(LANGUAGES)}",
        "name": text_problem(texts.name, MAX_NAME),
        "short_description": optional_text_problem(texts.short_description, MAX_SHORT_DESCRIPTION),
        "description": optional_text_problem(texts.description, MAX_DESCRIPTION, lines=True),
        "instructions": optional_text_problem(texts.instructions, MAX_DESCRIPTION, lines=True),
    }
    return {field: problem for field, problem in found.items() if problem}


def unfinished(draft: PublicSettings, further: Sequence[Texts]) -> dict[str, str]:
    """Say what a draft lacks before it may be published, by field (widgets-and-marketplace.md 6.2).

    A field of a further language is called `name.es`.
    """
    needed: Mapping[str, object] = {
        "redirect_uri": draft.redirect_uri,
        "scopes": draft.scopes,
        "owner_name": draft.owner_name,
        "privacy_uri": draft.privacy_uri,
    }
    missing = {field: "is missing" for field, value in needed.items() if not value}
    for texts in (draft.texts, *further):
        end = "" if texts.language == draft.language else f".{texts.language}"
        missing |= {
            f"{field}{end}": "is missing" for field in _TEXTS if not getattr(texts, field).strip()
        }
    return missing


def main_texts(integration: Integration) -> Texts:
    """Return what the integration says in its main language."""
    return Texts(
        language=integration.language,
        **{field: getattr(integration, field) for field in _TEXTS},
    )


async def create_public(
    tx: Transaction,
    actor: Actor,
    settings: PublicSettings,
    now: int,
    *,
    rules: CallRules | None = None,
) -> Integration:
    """Make a draft of a public integration, in a technical account.

    For administrators. It has no secret until somebody generates one. Raises
    Forbidden, TechnicalAccountNeeded, SettingsRefused.
    """
    actor.must_administer()
    await must_be_technical(tx, actor.account_id)
    if problems := settings.problems(rules):
        raise SettingsRefused(problems)
    draft = Integration(
        client_id=new_uuid(),
        account_id=actor.account_id,
        kind="public",
        status="draft",
        name="",
        description="",
        redirect_uri=None,
        revoke_hook_uri=None,
        scopes="",
        fidelity=FIDELITIES[0],
        secret_issued_at=None,
        created_at=now,
        created_by=actor.user_id,
        updated_at=now,
    )
    made = applied(draft, settings, now)
    await store.add_integration(tx, made)
    await audit.record(tx, actor.did(Event.INTEGRATION_CREATED, at=now, subject=made.client_id))
    return made


async def must_be_technical(reader: Reader, account_id: int) -> None:
    """Raise TechnicalAccountNeeded unless the account is technical now."""
    if not (await accounts.account_by_id(reader, account_id)).is_technical:
        raise TechnicalAccountNeeded


def applied(draft: Integration, settings: PublicSettings, now: int) -> Integration:
    """Return the integration as the form makes it."""
    return msgspec.structs.replace(
        draft,
        name=settings.name.strip(),
        language=settings.language,
        short_description=settings.short_description.strip(),
        description=settings.description.strip(),
        instructions=settings.instructions.strip(),
        redirect_uri=settings.redirect_uri or None,
        revoke_hook_uri=settings.revoke_hook_uri or None,
        scopes=normal_scopes(settings.scopes),
        owner_name=settings.owner_name.strip(),
        owner_uri=settings.owner_uri or None,
        privacy_uri=settings.privacy_uri or None,
        has_widget=settings.has_widget,
        price=settings.price,
        fidelity=settings.fidelity or draft.fidelity,
        updated_at=now,
    )
