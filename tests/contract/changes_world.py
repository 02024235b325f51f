"""A world in which what is told of changes is looked at: fields, a subscription to everything."""

from collections.abc import Sequence
from typing import Any

import msgspec

from grantway.accounts.actor import Actor
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import binning, writing
from grantway.crm.entities.kind import Kind
from grantway.crm.entities.model import EntityWrite
from grantway.crm.events import service as events
from grantway.crm.events.model import Event, EventQuery, elements
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldType
from grantway.crm.fields.wire import EnumWish, FieldChange
from grantway.crm.leads.kind import LEADS
from grantway.crm.pipelines import service as pipelines
from grantway.crm.webhooks.encoding import fields_of
from grantway.crm.webhooks.events import EVENTS
from grantway.crm.webhooks.model import Webhook
from grantway.db import Database
from tests.contract.crm_cast import ACME, ALICE, BOB, NOW, open_accounts
from tests.contract.webhook_cast import HOOK, Webhooks

KINDS: dict[str, Kind[Any]] = {"lead": LEADS, "contact": CONTACTS, "company": COMPANIES}

Happened = tuple[str, list[dict[str, Any]], list[dict[str, Any]]]
"""Type, values before and values after of an event."""


class World(msgspec.Struct, kw_only=True):
    """Acme with the main pipeline, two fields of leads, and one subscription to everything."""

    db: Database
    hooks: Webhooks
    webhook: Webhook
    main: int
    stages: Sequence[int]
    text: int
    choice: int
    enums: Sequence[int]
    now: int = NOW

    async def add(self, noun: str, *values: dict[str, Any], actor: Actor = ALICE) -> list[int]:
        writes = [EntityWrite(str(n), one) for n, one in enumerate(values)]
        async with self.db.write() as tx:
            added = await writing.add(tx, actor, KINDS[noun], writes, self.now, is_strict=False)
        return [one.id for one in added]

    async def change(self, noun: str, *values: dict[str, Any], actor: Actor = ALICE) -> None:
        writes = [EntityWrite(str(n), one) for n, one in enumerate(values)]
        async with self.db.write() as tx:
            await writing.change(tx, actor, KINDS[noun], writes, self.now, is_strict=False)

    async def put_away(self, noun: str, *ids: int, actor: Actor = ALICE) -> None:
        async with self.db.write() as tx:
            await binning.bin_entities(tx, actor, KINDS[noun], ids, self.now)

    async def restore(self, noun: str, *ids: int, actor: Actor = ALICE) -> None:
        async with self.db.write() as tx:
            await binning.restore(tx, actor, KINDS[noun], ids, self.now)

    async def events(self, actor: Actor = ALICE, **asked: Any) -> list[Event]:
        """Return a page of events, newest first."""
        async with self.db.read() as reader:
            page = await events.page(reader, actor, EventQuery(**asked))
        return list(page.events)

    async def happened(self) -> list[Happened]:
        """Return what happened, oldest first."""
        return [
            (one.type, elements(one.value_before), elements(one.value_after))
            for one in reversed(await self.events(limit=100))
        ]

    async def told(self) -> list[tuple[str, dict[str, str]]]:
        """Return event and fields of each delivery, oldest first."""
        found = await self.hooks.deliveries(self.webhook)
        return [(one.event, dict(fields_of(one.body))) for one in reversed(found)]

    async def forget(self) -> None:
        """Begin anew: nothing has happened and nothing was told."""
        async with self.db.write() as tx:
            await tx.change("delete from events")
            await tx.change("delete from webhook_deliveries")


async def make_world(db: Database) -> World:
    await open_accounts(db)
    hooks = Webhooks(db)
    async with db.write() as tx:
        for one in (ALICE, BOB):
            await tx.change(
                """
                insert into users (id, uuid, email, name, language, is_active, created_at,
                                   updated_at)
                values (:id, :uuid, :uuid, :uuid, 'en', true, :now, :now)
                """,
                id=one.user_id,
                uuid=f"user-{one.user_id}",
                now=NOW,
            )
            await tx.change(
                """
                insert into account_users (account_id, user_id, role, group_id, rights, is_active,
                                           is_free, created_at)
                values (:account_id, :user_id, 'user', 0, '{}', true, false, :now)
                """,
                account_id=ACME,
                user_id=one.user_id,
                now=NOW,
            )
        await pipelines.create_default(tx, ACME, NOW)
        present = await pipelines.load(tx, ACME)
        enums = tuple(
            EnumWish(None, value, n, None, f"enums.{n}") for n, value in enumerate(("red", "green"))
        )
        text, choice = await fields.add(
            tx,
            ALICE,
            "leads",
            [
                FieldChange(type=FieldType.TEXT, name="Source", code="SOURCE"),
                FieldChange(type=FieldType.SELECT, name="Colour", code="COLOUR", enums=enums),
            ],
            has_stage=present.has,
            now=NOW,
        )
    main = present.main()
    return World(
        db=db,
        hooks=hooks,
        webhook=await hooks.subscribe(HOOK, *EVENTS),
        main=main.id,
        stages=[one.id for one in main.stages if one.is_editable],
        text=text.id,
        choice=choice.id,
        enums=[one.id for one in choice.enums],
    )
