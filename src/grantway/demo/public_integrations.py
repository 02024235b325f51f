"""The public integrations of danalabs: the examples, reviewed and published, and a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import msgspec
from msgspec import UNSET

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.app import Platform
from grantway.db import Transaction
from grantway.demo.cast import Cast, Keys
from grantway.demo.example import Site, Sites
from grantway.demo.samples import Drawn, Sample, archive_at, samples
from grantway.integrations import clients, public
from grantway.integrations import service as integrations
from grantway.integrations.model import Client
from grantway.integrations.public import PublicSettings
from grantway.marketplace import publishing, vetting
from grantway.moderation import archives, desk, drafts, forms, submissions
from grantway.moderation.model import Content
from grantway.moderation.states import ENDED, State
from grantway.pictures import service as pictures
from grantway.widgets import service as widgets

_OWNER = "danalabs"
_NOWHERE = "https://integration.example"  # without the examples nobody answers there
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


async def public_integrations(platform: Platform, cast: Cast, sites: Sites | None) -> Cast:
    """Return the cast with all of them, made now unless they are there.

    The examples may answer at other ports than at the last start; then their
    records follow, by another version, as everybody changes a published one.
    """
    dana = cast.accounts[_OWNER].users[0]
    known = cast.integrations
    both = zip(samples(), sites.both if sites else (None, None), strict=True)
    publishers = [Publisher(platform, sample, site, platform.now()) for sample, site in both]
    # Drawing is slow, and nothing slow belongs into a transaction.
    new = {
        one.sample.name: await anyio.to_thread.run_sync(one.sample.drawn)
        for one in publishers
        if one.sample.name not in known
    }
    made: dict[str, Keys] = {}
    async with platform.db.write() as tx:
        actor = await accounts.actor_for(tx, cast.accounts[_OWNER].id, dana.id, "demo")
        if actor is None:
            return cast  # somebody has ended Dana's part in it, and the demo goes on without her
        for one in publishers:
            name = one.sample.name
            made[name] = (
                await one.make(tx, actor, cast.moderator.id, new[name])
                if name in new
                else await one.follow(tx, actor, known[name].client_id)
            )
        if "draft" not in known:
            rules, now = platform.hooks.rules, platform.now()
            draft = await public.create_public(tx, actor, _DRAFT, now, rules=rules)
            its = await integrations.generate_secret(tx, actor, draft.client_id, platform.seal, now)
            made["draft"] = await _keys(tx, draft.client_id, its)
    return msgspec.structs.replace(cast, integrations=known | made)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes an example's integration, and lets it follow its program, at *site* if there is one."""

    platform: Platform
    sample: Sample
    site: Site | None
    now: int

    async def make(
        self, tx: Transaction, actor: Actor, moderator_id: int, drawn: Mapping[str, Drawn]
    ) -> Keys:
        """Make it with all that a review asks for, and publish it: the way of every integration."""
        rules, now = self.platform.hooks.rules, self.now
        settings = msgspec.structs.replace(self._at_site(self.sample.settings), **self._addresses)
        client_id = (await public.create_public(tx, actor, settings, now, rules=rules)).client_id
        for texts in self.sample.further:
            await forms.write_texts(tx, actor, client_id, texts, now, rules=rules)
        for language, (icon, logo, slides) in drawn.items():
            await forms.write_listing(
                tx,
                actor,
                client_id,
                language,
                now,
                rules=rules,
                support_uri=f"{self._origin}/support",
                support_email="help@danalabs.example",
                icon=await pictures.add(tx, actor, icon, now),
                logo=await pictures.add(tx, actor, logo, now),
                gallery=tuple([await pictures.add(tx, actor, one, now) for one in slides]),
            )
        await self._upload(tx, actor, client_id)
        secret = await integrations.generate_secret(tx, actor, client_id, self.platform.seal, now)
        draft = await drafts.newest(tx, actor, client_id)
        addresses = self.platform.settings.addresses
        report = await vetting.report_on(tx, draft, addresses, rules)
        await submissions.request_review(tx, actor, client_id, report, now)
        moderator = await desk.moderator_for(tx, moderator_id, "demo")
        await desk.approve(tx, moderator, client_id, draft.number, draft.content_hash, now)
        await publishing.publish(tx, actor, client_id, self.sample.category, now)
        return await _keys(tx, client_id, secret)

    async def follow(self, tx: Transaction, actor: Actor, client_id: str) -> Keys:
        """Let it follow its program, and return the keys that are good now."""
        client = await clients.find_client(tx, client_id)
        if client is not None and client.is_live and self._is_elsewhere(client):
            await self._move(tx, actor, client)
        # Somebody may have generated another one; the example needs that which is good now.
        secret = await clients.signing_secret(tx, client_id, self.platform.seal) or ""
        return await _keys(tx, client_id, secret)

    async def _move(self, tx: Transaction, actor: Actor, client: Client) -> None:
        """Let everything that names the example's address follow it."""
        rules, now = self.platform.hooks.rules, self.now
        newest = await drafts.newest(tx, actor, client.client_id)
        if newest.state in ENDED:
            newest = await drafts.add_version(tx, actor, client.client_id, now)
        elif newest.state != State.DRAFT:
            return  # somebody has it reviewed, and what is reviewed stays as it is
        before, _, _ = (client.redirect_uri or "").rpartition("/")
        stored = newest.stored.replace(before, self._origin) if before else newest.stored
        content = msgspec.json.decode(stored, type=Content)
        content = msgspec.structs.replace(content, **self._addresses)
        await drafts.save(
            tx, actor, client.client_id, content, now, seen_hash=newest.content_hash, rules=rules
        )
        await self._upload(tx, actor, client.client_id)
        if client.status == "published":
            # By the operator, whose machine moved it.
            await publishing.publish_unreviewed(
                tx, client.client_id, now, category=self.sample.category
            )

    async def _upload(self, tx: Transaction, actor: Actor, client_id: str) -> None:
        if self.sample.has_archive:
            archive, rules = archive_at(self._origin), self.platform.hooks.rules
            await archives.upload(tx, actor, client_id, archive, self.now, rules=rules)

    def _at_site(self, settings: PublicSettings) -> PublicSettings:
        filled = {
            field: value.format(site=self._origin)
            for field, value in msgspec.structs.asdict(settings).items()
            if isinstance(value, str)
        }
        return msgspec.structs.replace(settings, **filled)

    @property
    def _addresses(self) -> dict[str, Any]:
        return {
            "redirect_uri": self.site.redirect_uri if self.site else f"{_NOWHERE}/callback",
            "revoke_hook_uri": self.site.revoke_hook_uri if self.site else "",
        }

    @property
    def _origin(self) -> str:
        return self.site.url if self.site else _NOWHERE

    def _is_elsewhere(self, client: Client) -> bool:
        present = {
            "redirect_uri": client.redirect_uri or "",
            "revoke_hook_uri": client.revoke_hook_uri or "",
        }
        return present != self._addresses


async def _keys(tx: Transaction, client_id: str, secret: str) -> Keys:
    integration = await integrations.of_any_account(tx, client_id)
    return Keys(
        account=_OWNER,
        client_id=client_id,
        client_secret=secret,
        redirect_uri=integration.redirect_uri or "",
        status=integration.status,
        widget_code=await widgets.code_of(tx, integration.account_id, client_id) or UNSET,
    )
