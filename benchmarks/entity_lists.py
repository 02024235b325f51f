"""Lists of contacts, companies and tasks: pages beside those of leads, and in growing accounts."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.accounts import Account, sqlite_account
from benchmarks.figures import Samples, number, ratios, spread
from benchmarks.filling import BESIDE_LEADS, EVERYTHING, Span, place_of
from benchmarks.lists import LIMIT, Ask, Question, Times, by, fixed, measure, one, users
from benchmarks.load import Round, Target, ask
from benchmarks.pages import LEAST_PAGES, grantway
from benchmarks.reports import Goal, Table

SIZES = (1_000, 1_000_000)
QUICK_SIZES = (1_000, 10_000)
PAGES_OF = 10_000
"""So many of each are in the account whose pages are counted, and in those that are written to."""
_NEWEST = "order[updated_at]=desc"


def path(many: str) -> str:
    """Return where the list is."""
    return f"/api/v4/{many}"


@dataclass(frozen=True, slots=True)
class Pages:
    """Rounds by what was listed, each kind in every turn."""

    rounds: dict[str, list[Round]]

    def per_cpu_second(self, many: str) -> Samples:
        return Samples(tuple(one.per_cpu_second for one in self.rounds[many]))

    def beside_leads(self, many: str) -> Samples:
        return ratios(self.per_cpu_second(many), self.per_cpu_second("leads"))

    def table(self) -> Table:
        """Return a line for each kind."""
        return Table(
            ["50 on a page", "pages per CPU-second", "µs each", "bytes", "beside leads"],
            [
                [
                    many,
                    spread(self.per_cpu_second(many)),
                    number(1e6 / self.per_cpu_second(many).median),
                    number(Samples(tuple(one.bytes_each for one in rounds)).median),
                    "1" if many == "leads" else spread(self.beside_leads(many)),
                ]
                for many, rounds in self.rounds.items()
            ],
        )

    def goals(self) -> Iterator[Goal]:
        for many in BESIDE_LEADS:
            speed, share = self.per_cpu_second(many), self.beside_leads(many)
            yield Goal(
                f"pages of {many} as leads: at least {LEAST_PAGES:,} per CPU-second on SQLite",
                f"{spread(speed)}, {spread(share)} times leads",
                speed.median >= LEAST_PAGES,
            )


def measure_pages(*, quick: bool) -> Pages:
    """Ask one server for each kind in turn."""
    rounds, seconds = (2, 1) if quick else (9, 2)
    url, account = sqlite_account(PAGES_OF, EVERYTHING)
    found: dict[str, list[Round]] = {many: [] for many in EVERYTHING}
    with tempfile.TemporaryDirectory(prefix="grantway-bench-") as name:
        folder = Path(name)
        with grantway(url, account, folder, logs=False) as case:
            address = case.target.url.partition("/api")[0]
            targets = {
                many: Target(f"{address}{path(many)}?limit={LIMIT}", account.headers)
                for many in EVERYTHING
            }
            ask(targets["leads"], 1, case.server, folder)  # warms it
            for _ in range(rounds):
                for many, target in targets.items():
                    found[many].append(ask(target, seconds, case.server, folder))
    return Pages(found)


def measure_growth(*, quick: bool) -> Times:
    """Time every list in a small account and in a large one."""
    sizes, calls = (QUICK_SIZES, 10) if quick else (SIZES, 200)
    return measure(QUESTIONS, sizes, calls, BESIDE_LEADS)


def _questions(many: str, more: Sequence[tuple[str, str, Ask]]) -> Iterator[Question]:
    """Yield what is asked of every kind, and *more*: names, queries and what makes them."""
    where = path(many)
    by_user = by(where, "responsible_user_id", users)
    everywhere: list[tuple[str, str, Ask]] = [
        ("first page", "?limit=50", fixed(where, "limit=50")),
        ("page 100", "?limit=10&page=100", fixed(where, "limit=10&page=100")),
        ("responsible user", "?filter[responsible_user_id][]=1", by_user),
        ("newest change first", f"?{_NEWEST}", fixed(where, _NEWEST)),
        ("by id", "?order[id]=asc", fixed(where, "order[id]=asc")),
        ("one by id", "/{id}", one(where, many)),
    ]
    for name, example, asks in (*everywhere, *more):
        yield Question(f"{many}: {name}", f"/{many}{example}", asks)


def _ordered(many: str, order: str) -> tuple[str, str, Ask]:
    query = f"order[{order}]=asc"
    return f"by `{order}`", f"?{query}", fixed(path(many), query)


def _chosen(many: str, name: str, values: Sequence[object]) -> tuple[str, str, Ask]:
    example = f"?filter[{name}][]={values[0]}"
    return f"of one `{name}`", example, by(path(many), name, lambda _: values)


def _of_entity(account: Account, choose: random.Random) -> tuple[str, str]:
    """Ask for the tasks of an entity that has some."""
    place = None
    while place is None:
        place = place_of(choose.randrange(account.size), _entities(account))
    entity_type, entity_id = place
    asked = [("filter[entity_type]", entity_type), ("filter[entity_id][]", entity_id)]
    return path("tasks"), urlencode([*asked, ("limit", LIMIT)])


def _entities(account: Account) -> dict[str, Span]:
    return {many: span for many, span in account.ids.items() if many != "tasks"}


QUESTIONS = (
    *_questions("contacts", [_ordered("contacts", "name")]),
    *_questions("companies", [_ordered("companies", "name")]),
    *_questions(
        "tasks",
        [
            _ordered("tasks", "created_at"),
            _ordered("tasks", "complete_till"),
            _chosen("tasks", "is_completed", (0, 1)),
            _chosen("tasks", "task_type", (1, 2)),
            _chosen("tasks", "entity_type", ("contacts", "companies")),
            ("of one entity", "?filter[entity_type]=contacts&filter[entity_id][]=1", _of_entity),
        ],
    ),
)
