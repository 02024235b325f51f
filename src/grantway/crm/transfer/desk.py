"""What rows are checked against: what the account has, and what old ids are called here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.crm.entities.document import Surroundings
from grantway.crm.entities.drafts import Context
from grantway.crm.entities.model import PEOPLE
from grantway.crm.fields import service as fields
from grantway.crm.fields.model import Fields
from grantway.crm.loss_reasons import service as loss_reasons
from grantway.crm.pipelines import service as pipelines
from grantway.crm.pipelines.model import Pipelines
from grantway.crm.tags import service as tags
from grantway.crm.tags.model import COLORS, NewTag, Tag, TagRef, read_refs
from grantway.crm.transfer.field_matching import Matcher, lacking
from grantway.crm.transfer.model import Options
from grantway.db import Reader, Transaction
from grantway.kernel.errors import Invalid, Violation
from grantway.kernel.shapes import whole_number

_ROBOT = 0
_MOST_TAGS = 100_000  # that are remembered, of one type of entity


class Words(msgspec.Struct):
    """The fields and tags of one type of entity, as of an epoch."""

    epoch: int
    fields: Fields
    matcher: Matcher
    tags: dict[str, Tag]
    tags_by_id: dict[int, Tag]


class Desk:
    """Read anew for each batch, but for fields and tags: those when their epoch has risen.

    What it remembers is of transactions that were committed, so who undoes one calls `forget`.
    """

    users: dict[int, UserGroup]
    groups: dict[int, int]
    pipelines: Pipelines
    loss_reasons: dict[str, int]

    def __init__(self, actor: Actor, options: Options, currency: str) -> None:
        self.actor = actor
        self.options = options
        self.now = 0
        self._currency = currency
        self._words: dict[str, Words] = {}
        self._people: dict[Any, int | None] = {}

    def forget(self) -> None:
        """Read everything anew."""
        self._words = {}

    async def open(self, reader: Reader, now: int) -> None:
        """Read what the account has."""
        account_id = self.actor.account_id
        self.now = now
        groups = await accounts.user_groups(reader, account_id)
        # Who has left may have made what is imported, or answer for it still.
        self.users = {
            user_id: msgspec.structs.replace(one, is_active=True) for user_id, one in groups.items()
        }
        self.groups = {user_id: one.group_id for user_id, one in groups.items()}
        self.pipelines = await pipelines.load(reader, account_id)
        reasons = await loss_reasons.list_reasons(reader, account_id)
        self.loss_reasons = {one.name: one.id for one in reversed(reasons)}
        self.loss_reason_ids = {one.id for one in reasons}
        self._people = {None: None, _ROBOT: _ROBOT}

    async def words(self, tx: Transaction, entity_type: str, rows: Sequence[Any]) -> Words:
        """Return the fields and tags of *entity_type*; with the option, those that *rows* lack."""
        found = await self._present(tx, entity_type)
        if self.options.creates_fields:
            has_stage = self.pipelines.has
            for one in lacking(found.matcher, rows):
                wish = one.wish(self._currency)
                use = fields.add if one.field is None else fields.change
                try:
                    await use(
                        tx, self.actor, entity_type, [wish], has_stage=has_stage, now=self.now
                    )
                except Invalid:
                    continue  # the rows that need it are refused, and say what it is
                self._words.pop(entity_type, None)
            found = await self._present(tx, entity_type)
        return found

    async def _present(self, reader: Reader, entity_type: str) -> Words:
        account_id = self.actor.account_id
        # Before the definitions: if they change in between, the documents count as older.
        epoch = await fields.epoch(reader, account_id, entity_type)
        found = self._words.get(entity_type)
        # A field that is added raises no epoch: it shows once somebody misses it.
        if found is None or found.epoch != epoch or found.matcher.has_missed:
            present = await fields.definitions(reader, account_id, entity_type)
            found = Words(epoch, present, Matcher(present), {}, {})
            self._words[entity_type] = found
        return found

    def context(self, words: Words) -> Context:
        """Return what drafts are checked against."""
        return Context(
            actor=self.actor,
            now=self.now,
            is_strict=False,
            fields=words.fields,
            users=self.users,
            epoch=words.epoch,
        )

    def around(self, words: Words, companies: dict[int, int]) -> Surroundings:
        """Return what documents show of other rows."""
        return Surroundings(
            self.actor.account_id, words.fields, words.tags_by_id, self.groups, companies
        )

    def people(
        self, raw: dict[str, Any], sent: dict[str, Any], violations: list[Violation]
    ) -> None:
        """Put the users of this account for those that *raw* names into *sent*."""
        for name in PEOPLE:
            if name not in raw:
                continue
            old = raw[name]
            try:
                sent[name] = self._people[old]
            except TypeError:
                continue  # no id at all, which its shape refuses
            except KeyError:
                new = self._person(old)
                if new is None:
                    violations.append(
                        Violation(
                            "NotSupportedChoice",
                            name,
                            "A user of this account: name one for this id in the map, or one for "
                            "all with --responsible.",
                        )
                    )
                    sent.pop(name, None)
                else:
                    self._people[old] = sent[name] = new

    def _person(self, old: Any) -> int | None:
        user_id = whole_number(old)
        if user_id is None:
            return None
        new = self.options.maps.users.get(user_id, user_id)
        return new if new in self.users else self.options.responsible_user_id

    def stage(self, old: tuple[Any, Any]) -> tuple[int, int] | None:
        """Return the pipeline and the stage of this account for those of a row."""
        written = self.options.maps.stages.get(f"{old[0]}/{old[1]}")
        if written is not None:
            pipeline, _, stage = written.partition("/")
            old = (int(pipeline), int(stage))
        try:
            return old if self.pipelines.has(*old) else None
        except TypeError:
            return None

    async def tag_ids(
        self,
        tx: Transaction,
        entity_type: str,
        words: Words,
        wanted: Sequence[Sequence[TagRef]],
        colors: dict[str, str],
    ) -> list[tuple[int, ...]]:
        """Return the tags of each row by name, having added those that are new."""
        if len(words.tags) > _MOST_TAGS:
            words.tags, words.tags_by_id = {}, {}
        names = dict.fromkeys(str(ref.name) for refs in wanted for ref in refs)
        missing = [NewTag(name, colors.get(name), "") for name in names if name not in words.tags]
        if missing:
            for tag in await tags.add(tx, self.actor, entity_type, missing):
                words.tags[tag.name] = tag
                words.tags_by_id[tag.id] = tag
        return [
            tuple(dict.fromkeys(words.tags[str(ref.name)].id for ref in refs)) for refs in wanted
        ]


def tag_refs(raw: Any, colors: dict[str, str], violations: list[Violation]) -> list[TagRef]:
    """Return the tags of a row by their names, and note their *colors*."""
    if not raw:
        return []
    named = raw
    if isinstance(raw, list):
        named = [{"name": one.get("name")} if isinstance(one, dict) else one for one in raw]
        for one in raw:
            if isinstance(one, dict) and one.get("color") in COLORS:
                colors.setdefault(str(one.get("name")).strip(), one["color"])
    refs, faults = read_refs(named, "_embedded.tags")
    violations += faults
    return refs
