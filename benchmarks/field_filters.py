"""Leads found by their custom fields, among a million of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlencode

from benchmarks.accounts import Account
from benchmarks.filling import WITH_VALUES
from benchmarks.lists import LIMIT, Ask, Question, Times, measure
from benchmarks.values import (
    DAYS,
    FIRST_DAY,
    SEATS,
    SHARES,
    ValuedFields,
    Values,
    values_of,
)

SIZE = 1_000_000
QUICK_SIZE = 10_000
MOST_MS = 50.0
PATH = "/api/v4/leads"
_DAY = 24 * 3600

Spec = tuple[str, Sequence[object]]
"""What comes behind the field in the name of a parameter, and its values."""
Pick = Callable[[ValuedFields, Values, random.Random], tuple[int, list[Spec]]]
"""Chooses a filter that a lead with these values meets."""


def measure_filters(*, quick: bool) -> Times:
    """Time every filter."""
    size, calls = (QUICK_SIZE, 10) if quick else (SIZE, 200)
    return measure((*SINGLE, *TOGETHER), (size,), calls, WITH_VALUES)


def _choices(*names: str) -> Pick:
    def pick(fields: ValuedFields, _has: Values, _choose: random.Random) -> tuple[int, list[Spec]]:
        field_id = (
            fields.source
            if names[0] in ("Website", "Referral", "Fair", "Newspaper")
            else fields.tier
        )
        return field_id, [("[]", [fields.choices[name] for name in names])]

    return pick


def _seats(width: int) -> Pick:
    """Choose so many neighbouring numbers, of the 999 that there are."""

    def pick(fields: ValuedFields, has: Values, choose: random.Random) -> tuple[int, list[Spec]]:
        if width == 1:
            return fields.seats, [("[]", [has.seats])]
        least = max(1, has.seats - choose.randrange(width))
        return fields.seats, [("[from]", [least]), ("[to]", [least + width - 1])]

    return pick


def _most_seats(
    fields: ValuedFields, _has: Values, choose: random.Random
) -> tuple[int, list[Spec]]:
    return fields.seats, [("[from]", [choose.randint(SEATS // 2, SEATS - 100)])]


def _contracts(count: int) -> Pick:
    def pick(fields: ValuedFields, has: Values, _choose: random.Random) -> tuple[int, list[Spec]]:
        others = [f"C-{n:06}" for n in range(count - 1)]
        return fields.contract, [("[]", [has.contract, *others])]

    return pick


def _days(count: int) -> Pick:
    def pick(fields: ValuedFields, has: Values, choose: random.Random) -> tuple[int, list[Spec]]:
        if count == 1:
            return fields.renewal, [("[]", [has.renewal])]
        least = max(FIRST_DAY, has.renewal - choose.randrange(count) * _DAY)
        return fields.renewal, [("[from]", [least]), ("[to]", [least + (count - 1) * _DAY])]

    return pick


def _asked(*picks: Pick, more: str = "") -> Ask:
    """Ask for the leads that are like one of them in these fields."""

    def ask(account: Account, choose: random.Random) -> tuple[str, str]:
        if account.fields is None:
            raise ValueError("the leads of this account have no fields")
        has = values_of(choose.randrange(account.size))
        named: list[tuple[str, object]] = []
        for pick in picks:
            field_id, specs = pick(account.fields, has, choose)
            name = f"filter[custom_fields_values][{field_id}]"
            named += [(name + end, value) for end, values in specs for value in values]
        query = urlencode([*named, ("limit", LIMIT)])
        pipeline_id, status_id = choose.choice(account.stages)
        return PATH, query + more.format(
            user=choose.choice(account.user_ids), pipeline=pipeline_id, status=status_id
        )

    return ask


_NEWEST = "&order[updated_at]=desc"
_KINDS: dict[str, Pick] = {
    **{f"the choice of {share / 100:g} %": _choices(name) for name, share in SHARES.items()},
    "choices of 50 % and 40 %": _choices("Website", "Referral"),
    "choices of 9 % and 1 %": _choices("Fair", "Newspaper"),
    "choices of 0.5 % and 0.04 %": _choices("Gold", "Platinum"),
    "a number": _seats(1),
    **{
        f"{width} numbers in a row, {width / 10:g} %": _seats(width) for width in (10, 25, 100, 500)
    },
    "numbers from 500 to 900 on": _most_seats,
    "a text": _contracts(1),
    "ten texts": _contracts(10),
    "a day": _days(1),
    **{f"{count} days in a row, {count * 100 / DAYS:g} %": _days(count) for count in (7, 30, 365)},
}


def _singles() -> Iterator[Question]:
    for name, pick in _KINDS.items():
        yield Question(name, "", _asked(pick))
        yield Question(f"{name}, newest change first", _NEWEST, _asked(pick, more=_NEWEST))
    yield Question(
        "the choice of 50 %, page 100", "&page=100", _asked(_choices("Website"), more="&page=100")
    )


def _may_find(name: str, example: str, ask: Ask) -> Question:
    return Question(name, example, ask, must_find=False)


_OWN = "&filter[responsible_user_id][]={user}"
_STAGE = "&filter[statuses][0][pipeline_id]={pipeline}&filter[statuses][0][status_id]={status}"
SINGLE = tuple(_singles())
TOGETHER = (
    *(
        _may_find(f"{name}, {beside}", more, _asked(_KINDS[name], more=more))
        for beside, more in (
            ("of a user", _OWN),
            ("in a stage", _STAGE),
            ("by `created_at`", "&order[created_at]=asc"),
            ("by `id`", "&order[id]=asc"),
        )
        for name in (
            "the choice of 50 %",
            "the choice of 0.5 %",
            "a number",
            "a text",
            "30 days in a row, 3 %",
            "500 numbers in a row, 50 %",
        )
    ),
    _may_find(
        "the choice of 50 %, in the bin",
        "&with=only_deleted",
        _asked(_choices("Website"), more="&with=only_deleted"),
    ),
    _may_find("the choice of 50 % and a number", "", _asked(_choices("Website"), _seats(1))),
    _may_find("the choice of 1 % and 100 numbers", "", _asked(_choices("Newspaper"), _seats(100))),
    _may_find("the choice of 50 % and 365 days", "", _asked(_choices("Website"), _days(365))),
    _may_find("the choice of 1 % and 30 days", "", _asked(_choices("Newspaper"), _days(30))),
    _may_find("100 numbers and 30 days", "", _asked(_seats(100), _days(30))),
    _may_find("10 numbers and 7 days", "", _asked(_seats(10), _days(7))),
    _may_find(
        "the choices of 0.5 % and 50 %, a year",
        "",
        _asked(_choices("Gold"), _choices("Website"), _days(365)),
    ),
)
