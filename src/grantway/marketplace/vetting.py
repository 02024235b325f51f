"""The checklist on a stored version, names of other listings included (rules N5, S-152)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractAsyncContextManager, nullcontext
from weakref import WeakKeyDictionary

import msgspec

from grantway.db import Reader
from grantway.integrations.rules import CallRules
from grantway.kernel.addresses import Addresses
from grantway.marketplace import search
from grantway.moderation.checks.checklist import check_version
from grantway.moderation.checks.gathering import archive_of, surroundings_of
from grantway.moderation.checks.model import Report, Surroundings
from grantway.moderation.checks.names import without_maker
from grantway.moderation.model import Version

_MOST_KEPT = 64
# What is said of an archive, by all that it depends on: pages ask again at every look.
_kept: OrderedDict[Hashable, Report] = OrderedDict()
# Archives that are checked at once; each takes a processor for up to some seconds, and its 60 MiB.
_AT_ONCE = 2
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_running: dict[Hashable, asyncio.Task[Report]] = {}


class Question(msgspec.Struct, frozen=True):
    """A version and what its checks need beside its archive. *key* names all of that."""

    version: Version
    around: Surroundings
    key: Hashable


async def question(
    reader: Reader, version: Version, addresses: Addresses, rules: CallRules | None = None
) -> Question:
    """Return what has to be known of a stored version; `answer` loads its archive."""
    content = version.content
    alike = {}
    for one in content.presentations:
        # Makers' names are alike in all that they make.
        name = without_maker(one.name, one.language, content.owner_name)
        alike[one.language] = await search.names_like(reader, one.language, name, version.client_id)
    around = await surroundings_of(reader, version, addresses, rules=rules, alike=alike)
    return Question(version, around, _key(version, around))


async def answer(
    asked: Question, read: Callable[[], AbstractAsyncContextManager[Reader]]
) -> Report:
    """Return what the machine finds. An archive takes seconds: ask outside of transactions.

    Whoever asks the same meanwhile waits for the same answer.
    """
    if not asked.version.content.archive:
        return check_version(asked.version, asked.around)
    if (known := _kept.get(asked.key)) is not None:
        return known
    task = _running.get(asked.key)
    if task is None:
        task = _running[asked.key] = asyncio.create_task(_checked(asked, read))
        task.add_done_callback(lambda _: _running.pop(asked.key))
    # Who goes away does not take the answer from the others.
    return await asyncio.shield(task)


async def _checked(
    asked: Question, read: Callable[[], AbstractAsyncContextManager[Reader]]
) -> Report:
    loop = asyncio.get_running_loop()
    async with _turns.setdefault(loop, asyncio.Semaphore(_AT_ONCE)):
        async with read() as reader:
            archive = await archive_of(reader, asked.version)
        around = msgspec.structs.replace(asked.around, archive=archive)
        report = await asyncio.to_thread(check_version, asked.version, around)
    if archive is not None:
        _kept[asked.key] = report
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return report


async def report_on(
    reader: Reader, version: Version, addresses: Addresses, rules: CallRules | None = None
) -> Report:
    """Return what the machine finds in a stored version, where nobody waits for *reader*."""
    asked = await question(reader, version, addresses, rules)
    return await answer(asked, lambda: nullcontext(reader))


def _key(version: Version, around: Surroundings) -> Hashable:
    told = msgspec.json.encode(
        (
            around.pictures,
            around.published_hash,
            around.alike,
            around.host_names,
            around.archive_of_others,
            None if around.rules is None else sorted(around.rules.opened),
        )
    )
    return version.content_hash, told
