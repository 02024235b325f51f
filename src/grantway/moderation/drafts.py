"""Drafts: what administrators of a technical account write before anybody reviews it.

An integration that the public cannot see works by its draft, so that it can be
tried in the account that made it. As soon as one version is published, that
one is in force, and a draft changes nothing until it was reviewed (S-149).
"""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec

from grantway import audit
from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction
from grantway.integrations import public, record
from grantway.integrations import service as integrations
from grantway.integrations.errors import IntegrationNotFound, SettingsRefused, WrongState
from grantway.integrations.model import Integration
from grantway.integrations.public import text_problems
from grantway.integrations.rules import CallRules, email_problem, uri_problem
from grantway.integrations.scopes import normal_scopes
from grantway.moderation import store
from grantway.moderation.errors import SeenAnother, VersionNotFound
from grantway.moderation.model import (
    Content,
    Presentation,
    Version,
    content_of,
    encoded,
    hash_of,
)
from grantway.moderation.states import ENDED, TRANSITIONS, Act, State, may
from grantway.pictures import service as pictures
from grantway.pictures.errors import PictureUnknown
from grantway.widgets import service as widgets
from grantway.widgets.errors import ArchiveUnknown

_HASH = re.compile(r"[0-9a-f]{64}")
MAX_SLIDES = 5  # contract: widgets-and-marketplace.md 6.2


async def newest(reader: Reader, actor: Actor, client_id: str) -> Version:
    """Return the newest version of an own public integration. For administrators.

    Raises IntegrationNotFound.
    """
    return await _newest(reader, await _own(reader, actor, client_id))


async def list_versions(reader: Reader, actor: Actor, client_id: str) -> list[Version]:
    """Return all versions, the newest first. For administrators. Raises IntegrationNotFound."""
    integration = await _own(reader, actor, client_id)
    kept = await store.list_all(reader, actor.account_id, client_id)
    return kept or [await _newest(reader, integration)]


async def save(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    content: Content,
    now: int,
    *,
    seen_hash: str,
    rules: CallRules | None = None,
) -> Version:
    """Store other content in the draft, which still has to be what was seen by *seen_hash*.

    For administrators. Raises IntegrationNotFound, WrongState, SeenAnother,
    SettingsRefused.
    """
    draft = await held_draft(tx, actor, client_id)
    if draft.content_hash != seen_hash:
        raise SeenAnother
    if problems := problems_of(content, rules):
        raise SettingsRefused(problems)
    content = _tidied(content)
    stored = encoded(content)
    integration = await _own(tx, actor, client_id)
    if not await store.rewrite(tx, draft, stored, hash_of(stored), now):
        raise SeenAnother
    await _use_pictures(tx, draft, content, now)
    await _use_archive(tx, draft, content, now)
    if await _is_by_draft(tx, integration):
        await put_in_force(tx, integration, content, actor.user_id, now)
    await audit.record(tx, actor.did(TRANSITIONS[Act.SAVE].event, at=now, subject=client_id))
    return msgspec.structs.replace(
        draft, stored=stored, content_hash=hash_of(stored), updated_at=now
    )


async def add_version(tx: Transaction, actor: Actor, client_id: str, now: int) -> Version:
    """Begin another draft with the content of the newest version.

    For administrators of a technical account. Raises IntegrationNotFound,
    TechnicalAccountNeeded, WrongState while the newest one is still under way.
    """
    integration = await _locked(tx, actor, client_id)
    await public.must_be_technical(tx, actor.account_id)
    last = await _newest(tx, integration)
    if last.state not in ENDED:
        raise WrongState(f"Version {last.number} is {last.state}; finish or withdraw it first")
    await _keep(tx, last)
    draft = Version(
        account_id=actor.account_id,
        client_id=client_id,
        number=last.number + 1,
        state=State.DRAFT,
        stored=last.stored,
        content_hash=last.content_hash,
        created_at=now,
        created_by=actor.user_id,
        updated_at=now,
    )
    await store.add(tx, draft)
    await _use_pictures(tx, draft, draft.content, now)
    await _use_archive(tx, draft, draft.content, now)
    await audit.record(
        tx, actor.did(audit.Event.VERSION_ADDED, at=now, subject=f"{client_id} {draft.number}")
    )
    return draft


async def delete_version(tx: Transaction, actor: Actor, client_id: str, now: int) -> None:
    """Throw the newest draft away; the version before it is the newest again.

    The first one stays: without it the integration itself would be nothing.
    For administrators. Raises IntegrationNotFound, VersionNotFound, WrongState.
    """
    integration = await _locked(tx, actor, client_id)
    draft = await _newest(tx, integration)
    if not may(draft.state, Act.DELETE):
        raise WrongState(f"Version {draft.number} is {draft.state}; only a draft can be deleted")
    if draft.number == 1:
        raise WrongState("The first version can only be deleted together with its integration")
    if not await store.remove_draft(tx, draft):
        raise VersionNotFound
    before = await _newest(tx, integration)
    if await _is_by_draft(tx, integration):
        await put_in_force(tx, integration, before.content, actor.user_id, now)
    subject = f"{client_id} {draft.number}"
    await audit.record(tx, actor.did(TRANSITIONS[Act.DELETE].event, at=now, subject=subject))


async def held(tx: Transaction, actor: Actor, client_id: str) -> Version:
    """Return the newest version, which is kept, and which nobody else changes until the end.

    For administrators. Raises IntegrationNotFound, WrongState.
    """
    return await kept(tx, await _locked(tx, actor, client_id))


async def held_draft(tx: Transaction, actor: Actor, client_id: str) -> Version:
    """Return the newest version, which nobody else changes until the end, if it may be changed.

    For administrators. Raises IntegrationNotFound, WrongState.
    """
    version = await held(tx, actor, client_id)
    if not may(version.state, Act.SAVE):
        raise WrongState(_NOT_A_DRAFT[State(version.state)])
    return version


async def kept(tx: Transaction, integration: Integration) -> Version:
    """Return the newest version of an integration that the caller holds; it is kept from now on."""
    version = await _newest(tx, integration)
    await _keep(tx, version)
    return version


def unfinished(content: Content) -> dict[str, str]:
    """Say what the content lacks of what every user is shown, by field; `name.es` in Spanish."""
    return public.unfinished(content.settings, [one.texts for one in content.further])


def problems_of(content: Content, rules: CallRules | None = None) -> dict[str, str]:
    """Say what cannot even be stored, by field; a field of a further language is `name.es`."""
    codes = [one.language for one in content.presentations]
    if content.language not in codes or len(set(codes)) != len(codes):
        return {"language": "write texts in the main language, and one text for each language"}
    found = content.settings.problems(rules)
    opened = () if rules is None else rules.opened
    if content.archive and not _HASH.fullmatch(content.archive):
        found["archive"] = "upload the archive of the widget"
    for one in content.presentations:
        end = "" if one.language == content.language else f".{one.language}"
        problems = text_problems(one.texts) if end else {}
        problems |= _problems_of(one, opened)
        found |= {f"{field}{end}": text for field, text in problems.items()}
    return found


def _problems_of(one: Presentation, opened: Collection[str]) -> dict[str, str]:
    found = {
        field: uri_problem(uri, is_redirect=False, is_private=False, opened=opened)
        for field in ("privacy_uri", "support_uri")
        if (uri := getattr(one, field))
    }
    if len(one.gallery) > MAX_SLIDES or len(set(one.gallery)) != len(one.gallery):
        found["gallery"] = f"choose at most {MAX_SLIDES} slides, each of them once"
    if one.support_email:
        found["support_email"] = email_problem(one.support_email)
    return {field: text for field, text in found.items() if text}


def _tidied(content: Content) -> Content:
    """Return the content without spaces around texts, its scopes in the tokens' order."""
    fields = ("name", "short_description", "description", "instructions", "support_email")
    presentations = tuple(
        msgspec.structs.replace(one, **{field: getattr(one, field).strip() for field in fields})
        for one in content.presentations
    )
    return msgspec.structs.replace(
        content,
        presentations=tuple(sorted(presentations, key=lambda one: one.language)),
        scopes=tuple(normal_scopes(content.scopes).split()),
        owner_name=content.owner_name.strip(),
        archive=content.archive if content.has_widget else "",
    )


async def put_in_force(
    tx: Transaction,
    integration: Integration,
    content: Content,
    user_id: int,
    now: int,
    *,
    is_public: bool = False,
) -> None:
    """Let the integration be what *content* says, from the commit on; before all if *is_public*."""
    texts = [one.texts for one in content.further]
    await record.put_in_force(tx, integration, content.settings, texts, user_id, now)
    await widgets.put_in_force(tx, integration, content.archive, now, is_public=is_public)


async def _own(reader: Reader, actor: Actor, client_id: str) -> Integration:
    integration = await integrations.get_own(reader, actor, client_id)
    if integration.is_private:
        raise IntegrationNotFound
    return integration


async def _locked(tx: Transaction, actor: Actor, client_id: str) -> Integration:
    actor.must_administer()
    await record.hold(tx, actor.account_id, client_id)
    integration = await _own(tx, actor, client_id)
    if integration.is_disabled:
        raise WrongState("The platform's operator stopped this integration; nothing can be changed")
    return integration


async def _is_by_draft(reader: Reader, integration: Integration) -> bool:
    """Tell whether the integration works by its draft: no version was ever put before others."""
    if integration.status != "draft":
        return False
    in_force = await store.in_force(reader, integration.account_id, integration.client_id)
    return in_force is None


async def _use_pictures(tx: Transaction, version: Version, content: Content, now: int) -> None:
    """Keep the pictures that the version shows; raise SettingsRefused for those that are gone."""
    hashes = {name for one in content.presentations for name in one.pictures}
    try:
        await pictures.use(tx, version.account_id, version.client_id, version.number, hashes, now)
    except PictureUnknown as error:
        problems = {
            f"{field}.{one.language}" if one.language != content.language else field: error.detail
            for one in content.presentations
            for field in ("icon", "logo", "gallery")
            if error.hashes & set(_names(getattr(one, field)))
        }
        raise SettingsRefused(problems) from error


async def _use_archive(tx: Transaction, version: Version, content: Content, now: int) -> None:
    """Keep the archive of the version; raise SettingsRefused when it is gone."""
    account_id, client_id, number = version.account_id, version.client_id, version.number
    try:
        await widgets.use(tx, account_id, client_id, number, content.archive, now)
    except ArchiveUnknown as error:
        raise SettingsRefused({"archive": error.detail}) from error


def _names(named: str | tuple[str, ...]) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else named


async def _keep(tx: Transaction, version: Version) -> None:
    """Store a version that was made up of the record."""
    if not await store.find(tx, version.account_id, version.client_id, version.number):
        await store.add(tx, version)


async def _newest(reader: Reader, integration: Integration) -> Version:
    """Return the newest version, made up of the record when none is kept yet."""
    kept = await store.newest(reader, integration.account_id, integration.client_id)
    return kept or await of_record(reader, integration)


async def of_record(reader: Reader, integration: Integration) -> Version:
    """Return the version that an integration's record makes up while none is kept."""
    stored = encoded(content_of(integration, await record.further_texts(reader, integration)))
    is_public = integration.published_at is not None and integration.status != "draft"
    return Version(
        account_id=integration.account_id,
        client_id=integration.client_id,
        number=1,
        state=State.PUBLISHED if is_public else State.DRAFT,
        stored=stored,
        content_hash=hash_of(stored),
        created_at=integration.created_at,
        created_by=integration.created_by,
        updated_at=integration.updated_at,
        # Whoever published it had looked at it, and moderators may look again.
        submitted_at=integration.published_at if is_public else None,
        published_at=integration.published_at if is_public else None,
    )


_NOT_A_DRAFT = {
    State.IN_REVIEW: "This version is being reviewed; withdraw it to change anything",
    State.APPROVED: "This version was approved as it is; add another version to change anything",
    State.REJECTED: "This version was rejected; add another version with your changes",
    State.WITHDRAWN: "This version was withdrawn; add another version with your changes",
    State.PUBLISHED: "This version is published; add another version with your changes",
    State.SUPERSEDED: "This version is not the newest; add another version with your changes",
    State.HIDDEN: "This version is hidden by the platform; add another version with your changes",
}
