"""A small world in acme, and what moves it into the empty account bolt."""

import io
import json
import re
from collections.abc import Sequence
from typing import Any

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.crm import beginnings
from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import writing
from grantway.crm.entities.binning import bin_entities
from grantway.crm.entities.model import EntityWrite
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import FieldType
from grantway.crm.fields.wire import EnumWish, FieldChange
from grantway.crm.leads.kind import LEADS
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.loss_reasons.model import NewLossReason
from grantway.crm.notes import writing as notes
from grantway.crm.pipelines import service as pipelines
from grantway.crm.tags import service as tags
from grantway.crm.tags.model import NewTag
from grantway.crm.tasks import writing as tasks
from grantway.crm.transfer import exporting, importing
from grantway.crm.transfer.importing import File, Import
from grantway.crm.transfer.json_stream import read_values
from grantway.crm.transfer.model import KINDS, Maps, Options, Progress, Refusal
from grantway.crm.transfer.rows import read_rows
from grantway.db import Database, Transaction

NOW = 1_800_000_000
ORIGIN = "https://acme.example"
THEN = NOW - 90 * 86_400


class World:
    """Both accounts, their people, and what stages of acme are called in bolt."""

    alice: Actor
    bob_id: int
    charlie: Actor
    maps: Maps

    def __init__(self, db: Database) -> None:
        self.db = db

    async def open(self) -> "World":
        async with self.db.write() as tx:
            self.alice, self.bob_id = await _account(tx, "acme", ["alice", "bob"])
            self.charlie, dora_id = await _account(tx, "bolt", ["charlie", "dora"])
            stages = [await _stages(tx, one) for one in (self.alice, self.charlie)]
        self.maps = Maps(
            users={self.alice.user_id: self.charlie.user_id, self.bob_id: dora_id},
            stages=dict(zip(*stages, strict=True)),
        )
        async with self.db.write() as tx:
            await self._fill(tx)
        return self

    async def _fill(self, tx: Transaction) -> None:
        alice = self.alice
        stage = (await pipelines.load(tx, alice.account_id)).main()
        (reason,) = await loss_reasons.list_reasons(tx, alice.account_id)
        order, source = await fields.add(
            tx,
            alice,
            "leads",
            [
                FieldChange(type=FieldType.TEXT, name="Order", code="ORDER"),
                FieldChange(
                    type=FieldType.SELECT,
                    name="Source",
                    enums=tuple(
                        EnumWish(None, one, n, None, f"enums.{n}")
                        for n, one in enumerate(("Fair", "Web"))
                    ),
                ),
            ],
            has_stage=lambda *_: True,
            now=NOW,
        )
        await tags.add(tx, alice, "leads", [NewTag("big", "D1A4DC", "")])
        (company,) = await self._add(tx, COMPANIES, [{"name": "Smith & Sons"}])
        phone = [{"value": "+1 555 0100", "enum_code": "MOB"}]
        ann, ben = await self._add(
            tx,
            CONTACTS,
            [
                {
                    "first_name": "Ann",
                    "last_name": "Lee",
                    "custom_fields_values": [{"field_code": "PHONE", "values": phone}],
                },
                {"name": "Ben Ünal", "created_by": 0},
            ],
        )
        leads = await self._add(
            tx,
            LEADS,
            [
                {
                    "name": "Solar roof",
                    "price": 100050,
                    "responsible_user_id": self.bob_id,
                    "tags_to_add": [{"name": "big"}, {"name": "new"}],
                    "custom_fields_values": [
                        {"field_id": order.id, "values": [{"value": "A-1"}]},
                        {"field_id": source.id, "values": [{"value": "Web"}]},
                    ],
                    "_embedded": {
                        "contacts": [{"id": ann}, {"id": ben, "is_main": True}],
                        "companies": [{"id": company}],
                    },
                },
                {
                    "name": "Lost",
                    "pipeline_id": stage.id,
                    "status_id": 143,
                    "loss_reason_id": reason.id,
                    "closed_at": THEN + 500,
                },
                {"name": "Binned"},
            ],
        )
        await bin_entities(tx, alice, LEADS, [leads[2]], NOW)
        await tasks.add(
            tx,
            alice,
            [
                EntityWrite("0", {"text": "Call", "complete_till": NOW + 60, **about})
                for about in ({"entity_type": "leads", "entity_id": leads[0]}, {})
            ],
            NOW,
        )
        note = {"note_type": "common", "params": '{"text":"Hello"}'}
        for kind, entity_id in ((LEADS, leads[0]), (CONTACTS, ann)):
            await notes.add(
                tx, alice, kind, [EntityWrite("0", note | {"entity_id": entity_id})], NOW
            )

    async def _add(self, tx: Transaction, kind: Any, many: Sequence[dict[str, Any]]) -> list[int]:
        times = {"created_at": THEN, "updated_at": THEN + 100}
        writes = [EntityWrite(str(n), times | one) for n, one in enumerate(many)]
        added = await writing.add(tx, self.alice, kind, writes, NOW, is_strict=False)
        return [one.id for one in added]

    async def exported(self, actor: Actor, *kinds: str) -> list[dict[str, Any]]:
        """Return what an export writes of the account."""
        async with self.db.read() as reader:
            ends = await exporting.last_ids(reader, actor.account_id)
        found = []
        for kind in kinds or KINDS:
            async for lines in exporting.export(self.db, actor, kind, ends.get(kind, 0), ORIGIN):
                found += [json.loads(one) for one in lines]
        return found

    async def begin(self, text: bytes, *, restart: bool = False) -> Progress:
        """Begin, or go on, to import a file with this text into bolt."""
        file = File("file.jsonl", str(hash(text)), "acme")
        async with self.db.write() as tx:
            return await importing.begin(tx, self.charlie, file, NOW, restart=restart)

    async def take(
        self, text: bytes, *, restart: bool = False, **options: Any
    ) -> tuple[Progress, list[Refusal]]:
        """Import the text into bolt; return how it ended, and what was refused."""
        refused: list[Refusal] = []

        def keep(behind: int, refusals: Sequence[Refusal]) -> int:
            assert behind == len(refused)
            refused.extend(refusals)
            return len(refused)

        begun = await self.begin(text, restart=restart)
        chosen = Options(**({"maps": self.maps} | options))
        running = Import(self.db, self.charlie, begun, chosen, "USD", keep, lambda: NOW)
        source = io.BytesIO(text)
        source.seek(begun.byte_offset)
        rows = read_rows(read_values(source, begun.cursor.place), chosen.kind, begun.cursor)
        return await running.run(rows, lambda *_: None), refused


async def _account(tx: Transaction, subdomain: str, people: Sequence[str]) -> tuple[Actor, int]:
    account = await accounts.create_account(
        tx, NewAccount(subdomain=subdomain, name=subdomain), NOW
    )
    ids: list[int] = []
    for name in people:
        user = await accounts.create_user(
            tx, email=f"{name}@{subdomain}.example", name=name, password_hash=None, now=NOW
        )
        role = Role.USER if ids else Role.ADMINISTRATOR
        await accounts.add_user_to_account(tx, account.id, user.id, role, NOW)
        ids.append(user.id)
    await beginnings.begin(tx, account.id, NOW)
    await loss_reasons.add(tx, account.id, [NewLossReason("Too expensive")], now=NOW)
    actor = await accounts.actor_for(tx, account.id, ids[0], "test")
    assert actor is not None
    return actor, ids[1]


async def _stages(tx: Transaction, actor: Actor) -> list[str]:
    present = await pipelines.load(tx, actor.account_id)
    return [f"{one.pipeline_id}/{one.id}" for one in present.main().stages]


def lines(rows: Sequence[Any]) -> bytes:
    """Return the rows as a file of lines."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def without_ids(rows: Sequence[dict[str, Any]], maps: Maps | None = None) -> list[str]:
    """Return the rows without the ids that an import gives anew; users by what *maps* says."""

    def bare(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: bare(one, key) for key, one in sorted(value.items())}
        if isinstance(value, list):
            return [bare(one) for one in value]
        if maps is not None and name in _PEOPLE:
            return maps.users.get(value, value)
        if name in _IDS and value is not None:
            return "id"
        return re.sub(r"\d+", "id", value) if name == "href" else value

    return [json.dumps(bare(row)) for row in rows]


_PEOPLE = {"responsible_user_id", "created_by", "updated_by"}
_IDS = {
    "id", "account_id", "pipeline_id", "status_id", "loss_reason_id", "field_id", "enum_id",
    "entity_id",
}  # fmt: skip
