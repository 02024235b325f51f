"""The public integrations of danalabs: the example, reviewed and published, and a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio.to_thread
import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.app import Platform
from grantway.db import Transaction
from grantway.demo.cast import Cast, Keys
from grantway.demo.example import Site
from grantway.hooks.addresses import Rules
from grantway.integrations import clients, public
from grantway.integrations import service as integrations
from grantway.integrations.model import Client
from grantway.integrations.public import PublicSettings
from grantway.kernel.addresses import Addresses
from grantway.marketplace import publishing, vetting
from grantway.moderation import desk, drafts, forms, submissions
from grantway.moderation.model import Content
from grantway.moderation.states import ENDED, State
from grantway.pictures import reading
from grantway.pictures import service as pictures
from grantway.pictures.model import Picture

PICTURES = Path(__file__).parent / "pictures"
_DRAWN = {"icon": "icon", "logo": "logo", "leads": "slide", "button": "slide"}
"""The listing's pictures, and the kind of each."""
_OWNER = "danalabs"
_CATEGORY = "analytics"
_NOWHERE = "https://integration.example"  # without the example nobody answers there
_LEAD_TABLE = PublicSettings(
    name="Lead table by Dana Labs",
    short_description="Shows your newest leads on one page",
    description="Lead table reads the newest leads of your account and lists them on one page. "
    "It changes nothing.\nConnect your account on {site}/",
    instructions="Open {site}/ and press the button. Choose your account, and allow it. "
    "To end it, press Disconnect there, or uninstall it in your account.",
    scopes=("crm",),
    owner_name="Dana Labs",
    owner_uri="{site}/",
    privacy_uri="{site}/privacy",
)
_DRAFT = PublicSettings(
    name="Parcel tracker",
    short_description="Tells where each lead's parcel is",
    description="Parcel tracker is not finished. It works in the account that made it.",
    redirect_uri=f"{_NOWHERE}/parcels/callback",
    scopes=("crm", "notifications"),
    owner_name="Dana Labs",
    owner_uri=f"{_NOWHERE}/",
    privacy_uri=f"{_NOWHERE}/privacy",
)


async def public_integrations(platform: Platform, cast: Cast, site: Site | None) -> Cast:
    """Return the cast with both integrations, made now unless they are there.

    The example may answer at another port than at the last start; then its
    record follows, by another version, as everybody changes a published one.
    """
    db, seal, now = platform.db, platform.seal, platform.now()
    rules, addresses = platform.hooks.rules, platform.settings.addresses
    dana = cast.accounts[_OWNER].users[0]
    is_new = "public" not in cast.integrations
    drawn = await anyio.to_thread.run_sync(_drawn) if is_new else {}
    async with db.write() as tx:
        actor = await accounts.actor_for(tx, cast.accounts[_OWNER].id, dana.id, "demo")
        if actor is None:
            return cast  # somebody has ended Dana's part in it, and the demo goes on without her
        if is_new:
            made = await _lead_table(tx, actor, drawn, rules, site, now)
            secret = await integrations.generate_secret(tx, actor, made, seal, now)
            await _publish(tx, actor, cast.moderator.id, made, rules, addresses, now)
            draft = await public.create_public(tx, actor, _DRAFT, now, rules=rules)
            its = await integrations.generate_secret(tx, actor, draft.client_id, seal, now)
            new = {
                "public": await _keys(tx, made, secret),
                "draft": await _keys(tx, draft.client_id, its),
            }
            return msgspec.structs.replace(cast, integrations=cast.integrations | new)
        client_id = cast.integrations["public"].client_id
        client = await clients.find_client(tx, client_id)
        if client is not None and client.is_live and _is_elsewhere(client, site):
            await _move(tx, actor, client, site, rules, now)
        # Somebody may have generated another one; the example needs that which is good now.
        secret = await clients.signing_secret(tx, client_id, seal) or ""
        keys = {"public": await _keys(tx, client_id, secret)}
    return msgspec.structs.replace(cast, integrations=cast.integrations | keys)


def _drawn() -> dict[str, Picture]:
    return {
        name: reading.read((PICTURES / f"{name}.png").read_bytes(), kind)
        for name, kind in _DRAWN.items()
    }


async def _lead_table(
    tx: Transaction,
    actor: Actor,
    drawn: dict[str, Picture],
    rules: Rules,
    site: Site | None,
    now: int,
) -> str:
    """Make the example's integration, with all that a review asks for; return its id."""
    where = _origin(site)
    filled = {
        field: value.format(site=where)
        for field, value in msgspec.structs.asdict(_LEAD_TABLE).items()
        if isinstance(value, str)
    }
    settings = msgspec.structs.replace(_LEAD_TABLE, **(filled | _addresses(site)))
    made = await public.create_public(tx, actor, settings, now, rules=rules)
    added = {name: await pictures.add(tx, actor, one, now) for name, one in drawn.items()}
    await forms.write_listing(
        tx,
        actor,
        made.client_id,
        settings.language,
        now,
        rules=rules,
        support_uri=f"{where}/support",
        support_email="help@danalabs.example",
        icon=added["icon"],
        logo=added["logo"],
        gallery=(added["leads"], added["button"]),
    )
    return made.client_id


async def _publish(
    tx: Transaction,
    actor: Actor,
    moderator_id: int,
    client_id: str,
    rules: Rules,
    addresses: Addresses,
    now: int,
) -> None:
    """Let the moderator review the draft, and publish it: the way of every integration."""
    draft = await drafts.newest(tx, actor, client_id)
    report = await vetting.report_on(tx, draft, addresses, rules)
    await submissions.request_review(tx, actor, client_id, report, now)
    moderator = await desk.moderator_for(tx, moderator_id, "demo")
    await desk.approve(tx, moderator, client_id, draft.number, draft.content_hash, now)
    await publishing.publish(tx, actor, client_id, _CATEGORY, now)


async def _move(
    tx: Transaction,
    actor: Actor,
    client: Client,
    site: Site | None,
    rules: Rules,
    now: int,
) -> None:
    """Let everything that names the example's address follow it."""
    newest = await drafts.newest(tx, actor, client.client_id)
    if newest.state in ENDED:
        newest = await drafts.add_version(tx, actor, client.client_id, now)
    elif newest.state != State.DRAFT:
        return  # somebody has it reviewed, and what is reviewed stays as it is
    before, _, _ = (client.redirect_uri or "").rpartition("/")
    stored = newest.stored.replace(before, _origin(site)) if before else newest.stored
    content = msgspec.structs.replace(msgspec.json.decode(stored, type=Content), **_addresses(site))
    await drafts.save(
        tx, actor, client.client_id, content, now, seen_hash=newest.content_hash, rules=rules
    )
    if client.status == "published":
        # By the operator, whose machine moved it.
        await publishing.publish_unreviewed(tx, client.client_id, now, category=_CATEGORY)


async def _keys(tx: Transaction, client_id: str, secret: str) -> Keys:
    integration = await integrations.of_any_account(tx, client_id)
    return Keys(
        account=_OWNER,
        client_id=client_id,
        client_secret=secret,
        redirect_uri=integration.redirect_uri or "",
        status=integration.status,
    )


def _addresses(site: Site | None) -> dict[str, Any]:
    return {
        "redirect_uri": site.redirect_uri if site else f"{_NOWHERE}/callback",
        "revoke_hook_uri": site.revoke_hook_uri if site else "",
    }


def _origin(site: Site | None) -> str:
    return site.url if site else _NOWHERE


def _is_elsewhere(client: Client, site: Site | None) -> bool:
    present = {
        "redirect_uri": client.redirect_uri or "",
        "revoke_hook_uri": client.revoke_hook_uri or "",
    }
    return present != _addresses(site)
