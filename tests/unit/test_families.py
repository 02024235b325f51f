"""What a family computes: its tokens, their proof, their lifetimes (authorization.md 5.3, 5.4)."""

import calendar
import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantway.kernel.credentials import HexKind, hex_credential, read_hex_credential
from grantway.oauth.families import (
    is_proved,
    new_seed,
    read_refresh_token,
    refresh_expiry,
    refresh_token,
    token_id,
)

SEED = bytes(range(32))
NAME = "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810"
SEEDS = st.binary(min_size=32, max_size=32)
NAMES = st.uuids().map(str)
ACCOUNTS = st.integers(1, 2**63 - 1)
GENERATIONS = st.integers(1, 2**63 - 1)
MOMENTS = st.integers(0, 7_000_000_000)


@given(SEEDS, ACCOUNTS, NAMES, GENERATIONS)
def test_a_token_says_whose_it_is_and_proves_it(
    seed: bytes, account_id: int, name: str, generation: int
) -> None:
    token = refresh_token(seed, account_id, name, generation)
    presented = read_refresh_token(token)

    assert presented is not None
    assert (presented.account_id, presented.uuid, presented.generation) == (
        *(account_id, name, generation),
    )
    assert is_proved(presented, seed)
    assert refresh_token(seed, account_id, name, generation) == token


@given(SEEDS, ACCOUNTS, NAMES, GENERATIONS, SEEDS, ACCOUNTS, NAMES, GENERATIONS)
def test_nothing_of_it_can_be_changed(
    seed: bytes,
    account_id: int,
    name: str,
    generation: int,
    other_seed: bytes,
    other_account: int,
    other_name: str,
    other_generation: int,
) -> None:
    token = refresh_token(seed, account_id, name, generation)
    body = read_hex_credential(token, HexKind.REFRESH_TOKEN)
    assert body is not None
    proof = body[32:]
    for place, is_same in (
        ((other_account, name, generation), other_account == account_id),
        ((account_id, other_name, generation), other_name == name),
        ((account_id, name, other_generation), other_generation == generation),
    ):
        account, uuid_text, number = place
        written = account.to_bytes(8) + uuid.UUID(uuid_text).bytes + number.to_bytes(8) + proof
        presented = read_refresh_token(hex_credential(HexKind.REFRESH_TOKEN, written))
        assert presented is not None
        assert is_proved(presented, seed) == is_same
    presented = read_refresh_token(token)
    assert presented is not None
    assert is_proved(presented, other_seed) == (other_seed == seed)


@given(st.binary(max_size=200))
def test_whatever_is_written_in_its_place_is_read_or_refused(body: bytes) -> None:
    presented = read_refresh_token(hex_credential(HexKind.REFRESH_TOKEN, body))

    if presented is not None:
        assert len(body) == 64
        assert presented.account_id < 2**63
        assert presented.generation < 2**63
        assert not is_proved(presented, SEED)


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert read_refresh_token(text) is None
    assert read_refresh_token("def502" + text) is None


def test_a_flipped_digit_is_noticed_by_the_checksum_wherever_it_is() -> None:
    token = refresh_token(SEED, 1, NAME, 1)
    for at in range(len(token)):
        wrong = token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1 :]
        assert read_refresh_token(wrong) is None


def test_numbers_that_no_column_holds_are_no_token() -> None:
    rest = uuid.UUID(NAME).bytes
    for account, generation in ((2**63, 1), (1, 2**63), (2**64 - 1, 2**64 - 1)):
        body = account.to_bytes(8) + rest + generation.to_bytes(8) + bytes(32)
        assert read_refresh_token(hex_credential(HexKind.REFRESH_TOKEN, body)) is None


def test_tokens_and_ids_of_a_family_are_all_different() -> None:
    other = new_seed()
    tokens = {refresh_token(seed, 1, NAME, n) for seed in (SEED, other) for n in range(1, 200)}
    ids = {token_id(seed, n) for seed in (SEED, other) for n in range(1, 200)}

    assert len(tokens) == len(ids) == 2 * 199
    assert all(len(one) == 80 and set(one) <= set("0123456789abcdef") for one in ids)
    assert not any(one[:40] in token for one in ids for token in tokens)


def moment(year: int, month: int, day: int) -> int:
    return int(dt.datetime(year, month, day, 23, 59, 59, tzinfo=dt.UTC).timestamp())


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        (moment(2026, 1, 5), moment(2026, 4, 5)),
        (moment(2026, 3, 31), moment(2026, 6, 30)),
        (moment(2026, 10, 31), moment(2027, 1, 31)),
        (moment(2026, 12, 31), moment(2027, 3, 31)),
        (moment(2026, 1, 31), moment(2026, 5, 1)),  # 30 April is the 89th day
        (moment(2026, 11, 30), moment(2027, 2, 28)),
        (moment(2026, 12, 1), moment(2027, 3, 1)),
        (moment(2027, 11, 30), moment(2028, 2, 29)),
        (moment(2028, 2, 29), moment(2028, 5, 29)),
    ],
)
def test_three_months_are_those_of_the_calendar(issued: int, ends: int) -> None:
    assert refresh_expiry(issued) == ends


@given(MOMENTS)
def test_three_months_are_90_to_92_days_and_end_at_the_same_hour(issued: int) -> None:
    days, rest = divmod(refresh_expiry(issued) - issued, 86_400)

    assert rest == 0
    assert 90 <= days <= 92


@given(MOMENTS, st.integers(0, 10**7))
def test_who_refreshes_later_never_has_less(issued: int, later: int) -> None:
    assert refresh_expiry(issued) <= refresh_expiry(issued + later)


@given(MOMENTS)
def test_it_is_the_same_day_of_the_month_where_there_is_one(issued: int) -> None:
    begin = dt.datetime.fromtimestamp(issued, dt.UTC)
    end = dt.datetime.fromtimestamp(refresh_expiry(issued), dt.UTC)
    month = (begin.month + 2) % 12 + 1
    year = begin.year + (begin.month > 9)
    day = min(begin.day, calendar.monthrange(year, month)[1])
    by_calendar = begin.replace(year=year, month=month, day=day)

    assert end in (by_calendar, begin + dt.timedelta(days=90))
    assert end >= by_calendar
