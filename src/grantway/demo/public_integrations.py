"""The public integrations of danalabs: the example, published, and a draft."""

from __future__ import annotations

from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.db import Database, Transaction
from grantway.demo.cast import Cast, Keys
from grantway.demo.example import Site
from grantway.hooks.addresses import Rules
from grantway.integrations import clients, public
from grantway.integrations import service as integrations
from grantway.integrations.model import Client
from grantway.integrations.public import PublicSettings
from grantway.integrations.service import Changes
from grantway.kernel.sealing import Seal
from grantway.marketplace import publishing
from grantway.moderation import drafts, forms
from grantway.moderation.states import ENDED, State

_OWNER = "danalabs"
_NOWHERE = "https://integration.example"  # without the example nobody answers there
_LEAD_TABLE = PublicSettings(
    name="Lead table",
    short_description="Shows your newest leads on one page",
    description="Lead table reads the newest leads of your account and lists them on one page.\n"
    "It changes nothing.",
    instructions="Press the button on the site of Lead table, choose your account, and allow it.",
    scopes=("crm",),
    owner_name="Dana Labs",
    owner_uri=f"{_NOWHERE}/",
    privacy_uri=f"{_NOWHERE}/privacy",
)
_DRAFT = msgspec.structs.replace(
    _LEAD_TABLE,
    name="Parcel tracker",
    short_description="Tells where each lead's parcel is",
    description="Parcel tracker is not finished. It works in the account that made it.",
    instructions="",
    redirect_uri=f"{_NOWHERE}/parcels/callback",
    scopes=("crm", "notifications"),
)


async def public_integrations(
    db: Database, seal: Seal, cast: Cast, rules: Rules, site: Site | None, now: int
) -> Cast:
    """Return the cast with both integrations, made now unless they are there.

    The example may answer at another port than at the last start; then its
    record follows, by another version, as everybody changes a published one.
    """
    dana = cast.accounts[_OWNER].users[0]
    async with db.write() as tx:
        actor = await accounts.actor_for(tx, cast.accounts[_OWNER].id, dana.id, "demo")
        if actor is None:
            return cast  # somebody has ended Dana's part in it, and the demo goes on without her
        if "public" not in cast.integrations:
            lead_table = msgspec.structs.replace(_LEAD_TABLE, **_addresses(site))
            made = await public.create_public(tx, actor, lead_table, now, rules=rules)
            secret = await integrations.generate_secret(tx, actor, made.client_id, seal, now)
            await publishing.publish_unreviewed(tx, made.client_id, now)
            draft = await public.create_public(tx, actor, _DRAFT, now, rules=rules)
            its = await integrations.generate_secret(tx, actor, draft.client_id, seal, now)
            new = {
                "public": await _keys(tx, made.client_id, secret),
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


async def _move(
    tx: Transaction,
    actor: Actor,
    client: Client,
    site: Site | None,
    rules: Rules,
    now: int,
) -> None:
    state = (await drafts.newest(tx, actor, client.client_id)).state
    if state in ENDED:
        await drafts.add_version(tx, actor, client.client_id, now)
    elif state != State.DRAFT:
        return  # somebody has it reviewed, and what is reviewed stays as it is
    changes = Changes(**_addresses(site))
    await forms.edit(tx, actor, client.client_id, changes, now, rules=rules)
    if client.status == "published":
        await publishing.publish_unreviewed(tx, client.client_id, now)


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


def _is_elsewhere(client: Client, site: Site | None) -> bool:
    present = {
        "redirect_uri": client.redirect_uri or "",
        "revoke_hook_uri": client.revoke_hook_uri or "",
    }
    return present != _addresses(site)
