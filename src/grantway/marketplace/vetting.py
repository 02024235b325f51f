"""The checklist on a stored version, names of other listings included (rules N5, S-152)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor

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
# Archives that are checked at once; each takes a processor for up to some seconds.
_checking = ThreadPoolExecutor(2, "checks")


class Question(msgspec.Struct, frozen=True):
    """A version and all that its checks need. *known* is the answer, if it was asked before."""

    version: Version
    around: Surroundings
    key: Hashable
    known: Report | None


async def question(
    reader: Reader, version: Version, addresses: Addresses, rules: CallRules | None = None
) -> Question:
    """Return what has to be known of a stored version, its archive included."""
    content = version.content
    alike = {}
    for one in content.presentations:
        # Makers' names are alike in all that they make.
        name = without_maker(one.name, one.language, content.owner_name)
        alike[one.language] = await search.names_like(reader, one.language, name, version.client_id)
    around = await surroundings_of(reader, version, addresses, rules=rules, alike=alike)
    key = _key(version, around)
    known = _kept.get(key) if content.archive else None
    if content.archive and known is None:
        archive = await archive_of(reader, version)
        around = msgspec.structs.replace(around, archive=archive)
    return Question(version, around, key, known)


async def answer(asked: Question) -> Report:
    """Return what the machine finds. An archive takes seconds: ask outside of transactions."""
    if asked.known is not None:
        return asked.known
    if asked.around.archive is None:
        return check_version(asked.version, asked.around)
    loop = asyncio.get_running_loop()
    report = await loop.run_in_executor(_checking, check_version, asked.version, asked.around)
    _kept[asked.key] = report
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return report


async def report_on(
    reader: Reader, version: Version, addresses: Addresses, rules: CallRules | None = None
) -> Report:
    """Return what the machine finds in a stored version, where nobody waits for *reader*."""
    return await answer(await question(reader, version, addresses, rules))


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
