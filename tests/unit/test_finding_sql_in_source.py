"""The finders behind the architecture tests must see what is bad."""

import pytest

from tests.architecture.sql_in_source import UNKNOWN, forgets_account, tables, tables_with, texts

MIGRATION = """
-- Several.
create table leads (
    account_id bigint not null references accounts (id),
    id bigint not null
);
create table signing_keys (
    kid text primary key
);
create index by_account on leads (account_id);
"""


def writes(source: str) -> set[str]:
    return {table for text in texts(source) for table in text.writes()}


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("insert into leads (id) values (1)", {"leads"}),
        ("insert or ignore into leads (id) values (1)", {"leads"}),
        ("insert into leads (id) values (1) on conflict (id) do update set name = 'x'", {"leads"}),
        ("update leads set name = 'x'", {"leads"}),
        ("update leads as l\n   set name = 'x'", {"leads"}),
        ("UPDATE leads l SET name = 'x'", {"leads"}),
        ("delete from leads where id = 1", {"leads"}),
        ("with gone as (delete from tags returning id) select id from gone", {"tags"}),
        ("select id from leads for update", set()),
        ("select id from leads", set()),
    ],
)
def test_what_a_statement_writes_is_seen(sql: str, written: set[str]) -> None:
    assert writes(f"async def f(tx):\n    await tx.change({sql!r})") == written


def test_a_table_that_is_filled_in_later_is_seen() -> None:
    assert writes("async def f(tx, t):\n    await tx.change(f'delete from {t}')") == {UNKNOWN}


def test_docstrings_write_nothing() -> None:
    assert writes('"""delete from leads"""\ndef f():\n    """delete from leads"""') == set()


def test_constants_are_written_out_where_they_are_used() -> None:
    source = 'LEADS = "select id from leads"\ndef f(): return g(f"{LEADS} where x", LEADS + " y")'
    in_function = [text.text for text in texts(source) if text.function == "f"]
    assert in_function == ["select id from leads where x", "select id from leads y"]


def test_tables_are_read_from_migrations() -> None:
    assert tables(MIGRATION) == {"leads", "signing_keys"}
    assert set(tables_with("account_id", MIGRATION)) == {"leads"}


@pytest.mark.parametrize(
    "body",
    [
        "r.one(X, 'select id from leads where id = :id')",
        "r.one(X, 'select id from signing_keys join leads on true')",
        "r.one(X, 'select id from signing_keys, leads')",
        "r.one(X, f'{LEADS} where id = :id')",
        "r.one(X, LEADS)",
        "t.change('delete from leads')",
        "t.change('update leads set name = :name')",
        "(':account_id', r.one(X, 'select id from leads'))",
        "(r.one(X, 'select 1 from leads where account_id = :account_id'), t.change(LEADS))",
    ],
)
def test_a_statement_that_forgets_the_account_is_seen(body: str) -> None:
    source = f"LEADS = 'select id from leads'\ndef f(r, t): return {body}"
    assert forgets_account(source, {"leads"}) == {"f": {"leads"}}


@pytest.mark.parametrize(
    "body",
    [
        "r.one(X, 'select id from leads where account_id = :account_id')",
        "r.one(X, f'{LEADS} where account_id = :account_id')",
        "r.one(X, f'{LEADS} where {x}', ['account_id = :account_id'])",
        "r.one(X, 'select kid from signing_keys')",
        "t.change('insert into leads (account_id) values (:account_id)')",
    ],
)
def test_a_statement_that_names_the_account_passes(body: str) -> None:
    source = f"LEADS = 'select id from leads'\ndef f(r, t, x): return {body}"
    assert forgets_account(source, {"leads"}) == {}
