"""Twists the bytes of an honest request, where no schema reaches."""

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import msgspec

from tests.generated.sending import Wire

Twist = Callable[[Wire, random.Random], Wire]


def _body(sent: bytes) -> Twist:
    return lambda wire, _: msgspec.structs.replace(wire, body=sent)


def _kind(value: bytes) -> Twist:
    def twist(wire: Wire, _: random.Random) -> Wire:
        others = [one for one in wire.headers if one[0] != b"content-type"]
        return msgspec.structs.replace(wire, headers=[*others, (b"content-type", value)])

    return twist


def _header(name: bytes, value: bytes) -> Twist:
    return lambda wire, _: msgspec.structs.replace(wire, headers=[*wire.headers, (name, value)])


def _query(text: bytes) -> Twist:
    return lambda wire, _: msgspec.structs.replace(wire, query=text)


def _member(raw: str) -> Twist:
    """Put *raw* in place of one of the values in the body, as no encoder would write it."""

    def twist(wire: Wire, chance: random.Random) -> Wire:
        body: Any = json.loads(wire.body)
        one = body[0] if isinstance(body, list) else body
        if not one:
            return wire
        one[chance.choice(list(one))] = "\N{SNOWMAN}"
        text = json.dumps(body, ensure_ascii=False).replace('"\N{SNOWMAN}"', raw)
        return msgspec.structs.replace(wire, body=text.encode())

    return twist


def _twice(wire: Wire, _: random.Random) -> Wire:
    text = wire.body.decode()
    return msgspec.structs.replace(wire, body=text.replace("{", '{"id":7,"id":"x",', 1).encode())


def _step(text: str) -> Twist:
    """Put *text* in place of the last number of the address."""

    def twist(wire: Wire, _: random.Random) -> Wire:
        steps = wire.path.split("/")
        numbers = [n for n, step in enumerate(steps) if step.isdigit()]
        if numbers:
            steps[numbers[-1]] = unquote(text)
        return msgspec.structs.replace(wire, path="/".join(steps))

    return twist


# fmt: off
_VALUES = (
    "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-0", "-0.0", "1.0", "1.5", "1e2", "9" * 400,
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "true", "null", "{}",
    '"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\uffff"', '"\u202e\u0301\U0001f468"',
    '""', '" "', '"' + "x" * 70_000 + '"', '"1"', "[]", "[[[]]]",
)
_STEPS = (
    "0", "-1", "1.0", "01", "+1", "1e3", " 1", "1 ", "\u0661", "%00", "x", "%FF", "%ED%A0%80", ".",
    "9223372036854775807", "9223372036854775808", "999999999999999999", "9" * 400, "'", '"', ";",
    "\N{PILE OF POO}", "a" * 65, "a" * 3_000,
)
_QUERIES = (
    b"page=%d" % 10**30, b"page=-1&limit=-1", b"page=0&limit=0", b"page=1e9", b"limit=1.5",
    b"page=999999999&limit=250", b"page=%00", b"limit=%F0%9F", b"page[]=1", b"limit[a]=2",
    b"filter", b"filter=1", b"filter[", b"filter[]", b"filter[]=1", b"filter[id", b"[id]=1",
    b"filter[id]=" + b"9" * 400, b"filter[id][]=-1", b"filter[id]=1,2,,x,3.5,1e3",
    b"filter[id]=" + b",".join(b"%d" % n for n in range(2_000)),
    b"&".join(b"filter[id][]=%d" % n for n in range(1_200)),
    b"filter" + b"[a]" * 300 + b"=1", b"&" * 5_000, b"=" * 200, b"x" * 17_000,
    b"filter[name]=%00%ff%ed%a0%80", b"filter[name][]=%F0%9F%98%80&query=%25_%27%22%5C",
    b"query=" + b"x" * 9_000, b"query=%00", b"query=" + b"%25_" * 500, b"query=%C0%AF&with=%FF",
    b"with=" + b",".join([b"contacts"] * 300), b"with[]=contacts&with[]=leads&with=tags",
    b"order[id]=asc&order[id]=desc&order[]=x&order=id",
    b"order[updated_at]=DESC&order[name]=ASC&order[%00]=asc",
    b"filter[updated_at][from]=9999999999999999999&filter[updated_at][to]=-1",
    b"filter[updated_at][from]=999999999999999999&filter[created_at]=-999999999999999999",
    b"filter[created_at][from]=281474976710655&filter[created_at][to]=99999999999999",
    b"filter[price][from]=99999999999999999&filter[price][to]=-99999999999999999",
    b"filter[statuses][0][pipeline_id]=1&filter[statuses][1][status_id]=142",
    b"filter[statuses][0][status_id]=" + b"9" * 18,
    b"filter[custom_fields_values][1]=x&filter[custom_fields_values][999999999999999999][]=1",
    b"filter[custom_fields_values][1][from]=x&filter[custom_fields_values][2][to]=1e400",
    b"filter[custom_fields_values][99999999999999999999]=1",
    b"filter[custom_fields_values][0][]=&filter[custom_fields_values][-1][]=1",
    b"filter[entity_id][]=" + b"9" * 18 + b"&filter[to_entity_id]=" + b"9" * 18,
    b"filter[entity_id][]=" + b"9" * 30 + b"&filter[entity]=lead",
    b"filter[value_after][leads_statuses][0][status_id]=" + b"9" * 18,
    b"filter[value_before][custom_field_values][field_type]=1&filter[type]=lead_added",
    b"filter[responsible_user_id]=999999999999999999&filter[task_type]=-5",
)
_BODIES = (
    b"", b" ", b"null", b"[]", b"{}", b"[[]]", b"[null]", b'""', b"0", b"NaN", b"[{}", b"{}{}",
    b"\xff\xfe", b"\xef\xbb\xbf[{}]", b"\0", b'[{"name":"\xc3"}]', b"[" * 5_000,
    b'{"a":' * 5_000, b'[{"a":' + b"[" * 900 + b"]" * 900 + b"}]",
    json.dumps([{}] * 251).encode(), b"[[{}],[{}]]",
)
_KINDS = (
    b"", b"text/plain", b"application/xml", b"multipart/form-data", b"\xff", b";;",
    b"application/x-www-form-urlencoded",
)
# fmt: on
OF_BODIES: tuple[Twist, ...] = (
    *map(_body, _BODIES),
    *map(_member, _VALUES),
    *map(_kind, _KINDS),
    _twice,
    _header(b"content-encoding", b"gzip"),
    _header(b"transfer-encoding", b"gzip, chunked"),
    _header(b"content-length", b"99999999"),
)
OF_ADDRESSES: tuple[Twist, ...] = tuple(map(_step, _STEPS))
OF_QUERIES: tuple[Twist, ...] = tuple(map(_query, _QUERIES))
