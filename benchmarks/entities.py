"""Contacts, companies and tasks beside leads, filters by custom fields, and large requests."""

from __future__ import annotations

from benchmarks import entity_lists, entity_writes, field_filters
from benchmarks.entity_lists import PAGES_OF
from benchmarks.field_filters import MOST_MS, SINGLE
from benchmarks.figures import number
from benchmarks.lists import Times, asked, growth_goals, growth_tables
from benchmarks.reports import Goal, Report, Table, foreign

_ABOUT_PAGES = (
    f"`GET /api/v4/…?limit=50` as on [the page about leads](pages.md): 16 connections, one core, "
    f"requests not logged, an account with {PAGES_OF:,} of each on SQLite, none with custom "
    "fields or tags. One server is asked for each kind in turn."
)
_ABOUT_GROWTH = (
    "As on [the page about lists of leads](flatness.md): inside the server process, one request "
    "after the other, milliseconds, median and 99th percentile. Nine of ten tasks are about a "
    "contact or a company, a third of them are done."
)
_ABOUT_FILTERS = (
    "`GET /api/v4/leads?filter[custom_fields_values][…]` inside the server process, one request "
    "after the other, fifty leads on a page, milliseconds. Every lead has a choice of four (50, "
    "40, 9 and 1 %), a number from 1 to 999, one of 200,000 texts and one of 1,000 days; 0.5 % and "
    "0.04 % have a choice of another field. Every call asks for what a lead chosen at random has. "
    "Ranges of numbers and days take longest when some 25,000 leads are within: all of them are "
    "put in order then, of more the first are looked for."
)
_ABOUT_WRITES = (
    "Requests with 250 objects, the most that one may hold, `POST` and `PATCH` of lists: checked, "
    "rendered, indexed, told as events and on stable storage before the answer. The bare driver "
    "writes the same rows of the entities themselves, all their columns: one `executemany` of "
    "`insert` or `update` in a transaction; it reads, checks and renders nothing, and writes no "
    "events. What else is said of it on [the page about adding leads](writes.md) holds here, too."
)


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    pages = entity_lists.measure_pages(quick=quick)
    growth = entity_lists.measure_growth(quick=quick)
    filters = field_filters.measure_filters(quick=quick)
    written = entity_writes.measure_writes(quick=quick)
    rounds = [one for several in pages.rounds.values() for one in several]
    return Report(
        name="entities",
        title="Contacts, companies, tasks and custom fields",
        sections=[
            "## Pages of fifty",
            _ABOUT_PAGES,
            pages.table().markdown(),
            "## Lists in growing accounts",
            _ABOUT_GROWTH,
            *(table.markdown() for table in growth_tables(growth)),
            asked(entity_lists.QUESTIONS),
            f"## Filters by custom fields among {filters.sizes[0]:,} leads",
            _ABOUT_FILTERS,
            *(table.markdown() for table in _tables(filters)),
            "## 250 in a request",
            _ABOUT_WRITES,
            *(table.markdown() for table in entity_writes.tables(written)),
        ],
        goals=[
            *pages.goals(),
            *growth_goals(growth, "contacts, companies and tasks"),
            *_goals(filters),
            *(row.goal() for row in written if row.connections == entity_writes.CONNECTIONS[-1]),
        ],
        foreign=[*foreign(rounds), *(one.foreign for row in written for one in row.in_server)],
    )


def _tables(filters: Times) -> list[Table]:
    """Return a table for each kind of database, single filters first."""
    size = filters.sizes[0]
    return [
        Table(
            [kind, "p50", "p95", "p99"],
            [
                [name, *(number(by_size[size].percentile(percent)) for percent in (50, 95, 99))]
                for name, by_size in of_questions.items()
            ],
        )
        for kind, of_questions in filters.of.items()
    ]


def _goals(filters: Times) -> list[Goal]:
    size = filters.sizes[0]
    goals = []
    single = {question.name for question in SINGLE}
    for kind, of_questions in filters.of.items():
        p95 = {name: by_size[size].percentile(95) for name, by_size in of_questions.items()}
        worst = max(single, key=lambda name: p95[name])
        slower = [name for name in p95 if name not in single and p95[name] >= MOST_MS]
        goals.append(
            Goal(
                f"{kind}: p95 of every single filter among {size:,} leads under {MOST_MS:.0f} ms",
                f"at most {number(p95[worst])} ms ({worst})",
                p95[worst] < MOST_MS,
            )
        )
        goals.append(
            Goal(
                f"{kind}: filters together with others under {MOST_MS:.0f} ms at p95",
                f"all but {'; '.join(slower)}" if slower else "all of them",
            )
        )
    return goals
