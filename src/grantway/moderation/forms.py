"""The forms of pages and commands: each changes a part of a draft and leaves the rest.

Whoever edits at the same moment is waited for, so nobody takes back what another
one wrote in a different field.
"""

from __future__ import annotations

import msgspec

from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction
from grantway.integrations import record
from grantway.integrations import service as integrations
from grantway.integrations.errors import SettingsRefused, WrongState
from grantway.integrations.model import Integration, Texts
from grantway.integrations.public import PublicSettings, text_problems
from grantway.integrations.rules import CallRules
from grantway.integrations.service import Changes
from grantway.moderation import drafts
from grantway.moderation.model import Content, Presentation, Version

_TEXTS = ("name", "short_description", "description", "instructions")
Listed = str | tuple[str, ...]
"""A text or address, or the hashes of pictures."""
_SHARED = ("redirect_uri", "revoke_hook_uri", "owner_name", "owner_uri", "has_widget", "price")


async def edit(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    changes: Changes,
    now: int,
    *,
    rules: CallRules | None = None,
) -> Integration:
    """Store other values of some fields of an own integration, private or public.

    Existing grants keep the scopes that were agreed (S-55). How the dialect is
    read may be changed in any state: nobody agreed to that. For administrators.
    Raises IntegrationNotFound, SettingsRefused, WrongState.
    """
    await record.hold(tx, actor.account_id, client_id)
    present = await integrations.get_own(tx, actor, client_id)
    given = changes.given()
    if present.is_private or given.keys() == {"fidelity"}:
        return await integrations.edit(tx, actor, client_id, changes, now, rules=rules)
    draft = await drafts.held_draft(tx, actor, client_id)
    settings = msgspec.structs.replace(draft.content.settings, **given)
    return await write_settings(tx, actor, client_id, settings, now, rules=rules)


async def write_settings(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    settings: PublicSettings,
    now: int,
    *,
    rules: CallRules | None = None,
) -> Integration:
    """Store another form of a draft: what is the same in all languages, and the main one's texts.

    The main language stays what it is: `make_main_language` changes it. For
    administrators. Raises IntegrationNotFound, WrongState, SettingsRefused.
    """
    draft = await drafts.held_draft(tx, actor, client_id)
    changed = _with_settings(draft.content, settings)
    await drafts.save(tx, actor, client_id, changed, now, seen_hash=draft.content_hash, rules=rules)
    if settings.fidelity is not None:
        await integrations.edit(tx, actor, client_id, Changes(fidelity=settings.fidelity), now)
    return await integrations.get_own(tx, actor, client_id)


async def texts_of(reader: Reader, actor: Actor, client_id: str) -> list[Texts]:
    """Return what the newest version says, the main language first. For administrators.

    Raises IntegrationNotFound.
    """
    content = (await drafts.newest(reader, actor, client_id)).content
    return [one.texts for one in (content.main, *content.further)]


async def write_texts(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    texts: Texts,
    now: int,
    *,
    rules: CallRules | None = None,
) -> None:
    """Store what a draft says in a further language, or says otherwise from now on.

    For administrators. Raises IntegrationNotFound, WrongState, SettingsRefused.
    """
    draft = await drafts.held_draft(tx, actor, client_id)
    problems = text_problems(texts)
    if texts.language == draft.content.language:
        problems["language"] = "this is the main language; its texts stand in the form itself"
    if problems:
        raise SettingsRefused(problems)
    changed = draft.content.with_presentation(_saying(draft.content, texts))
    await drafts.save(tx, actor, client_id, changed, now, seen_hash=draft.content_hash, rules=rules)


async def remove_language(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    language: str,
    now: int,
    *,
    rules: CallRules | None = None,
) -> bool:
    """Take a further language away from a draft; False when it did not speak it.

    The main language stays: so the only one cannot be removed. For
    administrators. Raises IntegrationNotFound, WrongState.
    """
    draft = await drafts.held_draft(tx, actor, client_id)
    if language == draft.content.language:
        raise WrongState("The main language cannot be removed; make another one the main one first")
    changed = draft.content.without(language)
    await drafts.save(tx, actor, client_id, changed, now, seen_hash=draft.content_hash, rules=rules)
    return changed != draft.content


async def make_main_language(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    language: str,
    now: int,
    *,
    rules: CallRules | None = None,
) -> Integration:
    """Let a further language of a draft and its main one change places.

    The main one is shown to everybody whose language the integration does not
    speak. For administrators. Raises IntegrationNotFound, WrongState, and
    SettingsRefused for a language without texts.
    """
    draft = await drafts.held_draft(tx, actor, client_id)
    if language not in {one.language for one in draft.content.further}:
        raise SettingsRefused({"language": "write its texts first"})
    changed = msgspec.structs.replace(draft.content, language=language)
    await drafts.save(tx, actor, client_id, changed, now, seen_hash=draft.content_hash, rules=rules)
    return await integrations.get_own(tx, actor, client_id)


def _with_settings(content: Content, settings: PublicSettings) -> Content:
    """Return the content as the form of its main language changes it."""
    main = msgspec.structs.replace(
        content.main,
        **{field: getattr(settings, field) for field in (*_TEXTS, "privacy_uri")},
    )
    return msgspec.structs.replace(
        content.with_presentation(main),
        scopes=tuple(settings.scopes),
        **{field: getattr(settings, field) for field in _SHARED},
    )


def _saying(content: Content, texts: Texts) -> Presentation:
    """Return what the content presents in this language, with other texts."""
    present = next(
        (one for one in content.presentations if one.language == texts.language),
        Presentation(
            language=texts.language, name=texts.name, privacy_uri=content.main.privacy_uri
        ),
    )
    return msgspec.structs.replace(present, **{field: getattr(texts, field) for field in _TEXTS})


async def write_listing(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    language: str,
    now: int,
    *,
    rules: CallRules | None = None,
    **changes: Listed,
) -> Version:
    """Change what a draft shows in one language beside its texts: links, support, pictures.

    *changes* are fields of `Presentation`. For administrators. Raises
    IntegrationNotFound, WrongState, and SettingsRefused, also for a language
    without texts; a field of a further language is called `icon.es`.
    """
    draft = await drafts.held_draft(tx, actor, client_id)
    spoken = {one.language: one for one in draft.content.presentations}
    if language not in spoken:
        raise SettingsRefused({"language": "write its texts first"})
    changed = msgspec.structs.replace(spoken[language], **changes)
    content = draft.content.with_presentation(changed)
    return await drafts.save(
        tx, actor, client_id, content, now, seen_hash=draft.content_hash, rules=rules
    )
