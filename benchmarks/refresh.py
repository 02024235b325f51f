"""How many refresh tokens a second of processor time swaps, beside signing alone and peers."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import growth, plots, scaling, token_rounds
from benchmarks.accounts import CACHE
from benchmarks.figures import Samples, number, spread
from benchmarks.growth import Size
from benchmarks.reports import Goal, Report, Table, foreign
from benchmarks.scaling import Scaled
from benchmarks.token_rounds import (
    BARE,
    CONSENT,
    DJANGO,
    EXCHANGE,
    INTROSPECTION,
    LOGGED,
    NODE,
    OIDC,
    SIGNING,
    SILENT,
    Found,
)

LEAST_SHARE = 0.7
LEAST_TIMES = {NODE: 1.4, OIDC: 1.5, DJANGO: 12.0}
_REFRESHING = (LOGGED, SILENT, NODE, OIDC, DJANGO)
_BESIDE = (LOGGED, EXCHANGE, INTROSPECTION, CONSENT)
_MIB = 1 << 20


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    CACHE.mkdir(parents=True, exist_ok=True)
    # Not among the temporary files, which may lie in memory: this is about a disk.
    with tempfile.TemporaryDirectory(prefix="refresh-", dir=CACHE) as name:
        folder = Path(name)
        found = token_rounds.measure(folder, quick=quick)
        sizes = growth.measure(folder, quick=quick)
        scaled = scaling.measure(folder, quick=quick)
    plots.refresh({one: found.per_cpu_second(one) for one in (*_REFRESHING, SIGNING)})
    return Report(
        name="refresh",
        title="Refreshing tokens",
        sections=[
            _about(),
            _side_by_side(found).markdown(),
            "![Refreshes per CPU-second](refresh.svg)",
            _where(found).markdown(),
            "## The other requests\n\n" + _ABOUT_OTHERS,
            _beside(found).markdown(),
            "## The size of the database\n\n" + _about_growth(),
            _growth(sizes).markdown(),
            "## Several processes on PostgreSQL\n\n" + _ABOUT_SCALING,
            _scaling(scaled).markdown(),
        ],
        goals=[*_goals(found), _goal_of_growth(sizes), *_goals_of_scaling(scaled)],
        foreign=[
            *(one for rounds in found.rounds.values() for one in foreign(rounds)),
            *(one for server in scaled for one in foreign(server.rounds)),
        ],
    )


def _about() -> str:
    return (
        "`POST /oauth2/access_token` with a live refresh token: proof of the integration, the next "
        "generation of the family on stable storage (SQLite with `synchronous=full`), an access "
        "token signed by RS256 with 2,048 bits, the next refresh token. Every refresh token is "
        f"sent once. Each round has {token_rounds.POOL} families of its own, so that no two "
        "requests of a family meet. The peers rotate as well, on the same core, in turn. Those of "
        "npm keep everything in memory and sign access tokens by RS256; django-oauth-toolkit keeps "
        "opaque ones in SQLite with `synchronous=normal`, and its client secret as plain text, "
        "because the password hash that it makes by default would take all of the time."
    )


def _side_by_side(found: Found) -> Table:
    rows = []
    for name in (*_REFRESHING, BARE):
        speed, rounds = found.per_cpu_second(name), found.rounds[name]
        wall = Samples(tuple(one.requests / one.seconds for one in rounds))
        median = Samples(tuple(one.median_ms for one in rounds))
        ours = found.against(LOGGED, name)
        rows.append(
            [
                name,
                spread(speed),
                number(1e6 / speed.median),
                number(wall.median),
                number(median.median),
                _percent(found.against(name, SIGNING)),
                spread(ours) if name not in (LOGGED, SILENT, BARE) else "",
            ]
        )
    signing = found.signing
    rows.append([SIGNING, spread(signing), number(1e6 / signing.median), "", "", "100 %", ""])
    return Table(
        [
            "16 connections, one core",
            "per CPU-second",
            "µs each",
            "per second",
            "ms p50",
            "of the signing rate",
            "Grantway so many times as fast",
        ],
        rows,
    )


def _where(found: Found) -> Table:
    # Others on the machine only ever add: the fastest round of each was disturbed least.
    silent, logged, sign, bare = (
        1e6 / found.per_cpu_second(name).most for name in (SILENT, LOGGED, SIGNING, BARE)
    )
    return Table(
        ["where the time of a refresh goes, in the fastest round of each", "µs"],
        [
            ["sign the access token (signing alone)", number(sign)],
            ["receive the request and send as many bytes (the bare app)", number(bare)],
            [
                "everything else: host, fields, proof, family, transaction, tokens, answer",
                number(silent - sign - bare),
            ],
            ["write the request's line in the log", number(logged - silent)],
            ["**a refresh, logged**", f"**{number(logged)}**"],
        ],
    )


_ABOUT_OTHERS = (
    "Each on the same server, with requests logged: a code is swapped for the first pair of a new "
    "grant (signed as well), an access token is introspected (64 of them in turn, whose "
    "signatures are remembered after the first time), and a user presses *Allow*, which makes a "
    "code. Codes and questions to the user are made before, and each is spent once."
)


def _beside(found: Found) -> Table:
    rows = []
    for name in _BESIDE:
        speed, rounds = found.per_cpu_second(name), found.rounds[name]
        wall = Samples(tuple(one.requests / one.seconds for one in rounds))
        median = Samples(tuple(one.median_ms for one in rounds))
        title = "swap a refresh token" if name == LOGGED else name
        figures = [number(1e6 / speed.median), number(wall.median), number(median.median)]
        rows.append([title, spread(speed), *figures])
    return Table(
        ["16 connections, one core", "per CPU-second", "µs each", "per second", "ms p50"], rows
    )


def _about_growth() -> str:
    return (
        f"{growth.FAMILIES:,} grants on SQLite, refreshed in turn by the service itself, past HTTP "
        "and signing, each refresh durable. The file and its write-ahead log are measured after a "
        "checkpoint."
    )


def _growth(sizes: list[Size]) -> Table:
    return Table(
        ["refreshes", "file, MiB", "log, MiB", "minutes"],
        [
            [
                f"{one.refreshes:,}",
                f"{one.main / _MIB:.3f}",
                f"{one.log / _MIB:.3f}",
                f"{one.seconds / 60:.1f}",
            ]
            for one in sizes
        ],
    )


_ABOUT_SCALING = (
    f"The same request with {scaling.CONNECTIONS} connections to `grantway serve` with one, two "
    "and four processes. The server and PostgreSQL (`fsync` on) may use every core of the "
    "machine, and share them with the load generator; so more processes than cores gain nothing."
)


def _scaling(scaled: list[Scaled]) -> Table:
    rows = []
    for one in scaled:
        gain = Samples(
            tuple(
                here / there
                for here, there in zip(
                    one.per_second.values, scaled[0].per_second.values, strict=True
                )
            )
        )
        rows.append(
            [
                f"{one.processes} process{'es' * (one.processes > 1)}",
                spread(one.per_second),
                spread(gain) if one is not scaled[0] else "1",
                number(one.cores_of_server.median),
                number(one.cores_of_database.median),
                spread(one.per_cpu_second),
                spread(one.per_cpu_second_in_all),
            ]
        )
    return Table(
        [
            "PostgreSQL",
            "per second",
            "times one process",
            "cores of the server",
            "cores of PostgreSQL",
            "per CPU-second of the server",
            "of both",
        ],
        rows,
    )


def _goals(found: Found) -> list[Goal]:
    share = found.against(LOGGED, SIGNING)
    goals = [
        Goal(
            f"at least {LEAST_SHARE:.0%} of the signing rate, requests logged".replace("%", " %"),
            _percent(share),
            share.median >= LEAST_SHARE,
        )
    ]
    for peer, least in LEAST_TIMES.items():
        ours = found.against(LOGGED, peer)
        promise = f"at least {least:g} times {peer.partition(',')[0]}, requests logged"
        goals.append(Goal(promise, f"{spread(ours)} times", ours.median >= least))
    return goals


def _goal_of_growth(sizes: list[Size]) -> Goal:
    first, last = sizes[1], sizes[-1]
    return Goal(
        f"the database is as large after {last.refreshes:,} refreshes as after {first.refreshes:,}",
        f"{last.total / _MIB:.3f} MiB after {first.total / _MIB:.3f} MiB",
        last.total <= growth.MOST_GROWTH * first.total,
    )


def _goals_of_scaling(scaled: list[Scaled]) -> list[Goal]:
    return [
        Goal(
            f"PostgreSQL, {one.processes} process{'es' * (one.processes > 1)}: refreshes",
            f"{spread(one.per_second)} per second, "
            f"{spread(one.per_cpu_second_in_all)} per CPU-second with PostgreSQL's own",
        )
        for one in scaled
    ]


def _percent(share: Samples) -> str:
    return f"{share.median:.0%} [{share.least:.0%}-{share.most:.0%}]".replace("%", " %")
