"""Whether lists stay as fast when an account grows from a thousand leads to a million."""

from __future__ import annotations

import random
from urllib.parse import urlencode

from benchmarks import plots
from benchmarks.accounts import Account
from benchmarks.lists import (
    LIMIT,
    Ask,
    Question,
    asked,
    by,
    fixed,
    growth_goals,
    growth_tables,
    measure,
    one,
    users,
)
from benchmarks.reports import Report

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES = (1_000, 10_000)
PATH = "/api/v4/leads"


def _by_stages(count: int) -> Ask:
    def ask(account: Account, choose: random.Random) -> tuple[str, str]:
        named = []
        for n, (pipeline_id, status_id) in enumerate(choose.sample(account.stages, count)):
            named += [
                (f"filter[statuses][{n}][pipeline_id]", pipeline_id),
                (f"filter[statuses][{n}][status_id]", status_id),
            ]
        return PATH, urlencode([*named, ("limit", LIMIT)])

    return ask


def _pipelines(account: Account) -> list[int]:
    return sorted({pipeline_id for pipeline_id, _ in account.stages})


_NEWEST = "&order[updated_at]=desc"
QUESTIONS = (
    Question("first page", "?limit=50", fixed(PATH, "limit=50")),
    Question("page 100", "?limit=10&page=100", fixed(PATH, "limit=10&page=100")),
    Question("pipeline and status", "?filter[statuses][0]…", _by_stages(1)),
    Question("three statuses", "?filter[statuses][0]…[2]…", _by_stages(3)),
    Question("pipeline", "?filter[pipeline_id][]=1", by(PATH, "pipeline_id", _pipelines)),
    Question(
        "pipeline, newest change first",
        f"?filter[pipeline_id][]=1{_NEWEST}",
        by(PATH, "pipeline_id", _pipelines, _NEWEST),
    ),
    Question(
        "responsible user",
        "?filter[responsible_user_id][]=1",
        by(PATH, "responsible_user_id", users),
    ),
    Question(
        "newest change first", "?order[updated_at]=desc", fixed(PATH, "order[updated_at]=desc")
    ),
    Question("by creation", "?order[created_at]=asc", fixed(PATH, "order[created_at]=asc")),
    Question("by id", "?order[id]=asc", fixed(PATH, "order[id]=asc")),
    Question("one lead", "/{id}", one(PATH, "leads")),
)


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    sizes, calls = (QUICK_SIZES, 50) if quick else (SIZES, 200)
    found = measure(QUESTIONS, sizes, calls)
    about = (
        "The time of an answer inside the server process: requests go straight into the ASGI "
        "application, one after the other, without a connection between. Milliseconds, median and "
        "99th percentile. Leads are spread evenly over two pipelines with eleven stages, four "
        "users and a thousand days, and their ids are in no relation to their dates. Every size "
        "is a database of its own; every call may ask for another stage, user or lead. PostgreSQL "
        "runs on the other core, with 512 MB of shared buffers and statistics of all tables."
    )
    plots.flatness(found)
    return Report(
        name="flatness",
        title="Lists in growing accounts",
        sections=[
            about,
            "![Time of an answer by the number of leads](flatness.svg)",
            *(table.markdown() for table in growth_tables(found)),
            asked(QUESTIONS),
        ],
        goals=growth_goals(found, "leads"),
    )
