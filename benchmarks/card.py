"""How soon a lead's card with ten widgets can be used, and how much code hosts them."""

from __future__ import annotations

import asyncio
import gzip
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.figures import Samples, number, spread
from benchmarks.installers import Offices, empty_offices
from benchmarks.processes import Fault, Process, busy_seconds, free_port
from benchmarks.reports import Goal, Report, Table
from benchmarks.servers import serving
from grantway.kernel.addresses import Addresses
from grantway.web.cookies import Cookies
from grantway.web.pages import ASSETS
from tools.system_parts import find_chromium

WIDGETS = 10
MOST_SECONDS = 1.5
MOST_KILOBYTES = 250.0
LOADS, QUICK_LOADS = 20, 3
_QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
_DEPOT = "North"
_PATIENCE = 30_000
_OURS, _OTHERS = "ours", "of others"
_FRAME = "websdk/frame.js"
_LIBRARIES = ("/assets/websdk/lib/", "/assets/vendor/")
_SCRIPT = """define(['jquery', './lib/parcels'], function ($, parcels) {
  return function () {
    var w = this;
    var block = '.parcels-%(n)d';
    w.callbacks = {
      render: function () {
        w.render_template({caption: {class_name: 'parcels-caption'}, body: '', render:
          '<div class="parcels-%(n)d"><p>{{ lead }}, depot {{ depot }}</p><ul>' +
          '{%% for one in parcels %%}<li>{{ one.number }}: {{ one.state|upper }}</li>' +
          '{%% endfor %%}</ul><button type="button">Track</button></div>'},
          {depot: w.get_settings().depot, parcels: parcels.of(%(n)d),
            lead: APP.data.current_card.model.attributes['lead[NAME]']});
        return true;
      },
      bind_actions: function () {
        $(document).on('click', block + ' button', function () {
          $(this).closest(block).attr('data-tracked', 'yes');
        });
        return true;
      },
      init: function () {
        if ($(block + ' li').length === 12) performance.mark('widget-ready');
        return true;
      },
      settings: function () {}, onSave: function () { return true; },
      destroy: function () { $(document).off('click', block + ' button'); }
    };
    return w;
  };
});
"""
_PARCELS = """define([], function () {
  return {of: function (n) {
    var found = [];
    for (var i = 0; i < 12; i += 1) found.push({number: 'P-' + n + '-' + i, state: 'leaves'});
    return found;
  }};
});
"""
# Tasks over 50 ms in which the page answers nobody (W3C Long Tasks).
_WATCH = """window.longTasks = [];
new PerformanceObserver(list => {
  for (const one of list.getEntries()) longTasks.push([one.startTime, one.duration]);
}).observe({type: 'longtask', buffered: true});"""
_READY = "count => performance.getEntriesByName('widget-ready').length >= count"
_SETTLED = "() => new Promise(done => requestIdleCallback(() => setTimeout(done, 300)))"
_TELL = """() => {
  const page = performance.getEntriesByType('navigation')[0];
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return {
    loaded: page.domContentLoadedEventEnd,
    answered: page.responseEnd,
    painted: paint ? paint.startTime : 0,
    ready: performance.getEntriesByName('widget-ready').map(one => one.startTime),
    tasks: longTasks,
    files: performance.getEntriesByType('resource')
      .map(one => [one.name, one.encodedBodySize, one.responseEnd]),
  };
}"""


class Told(msgspec.Struct, frozen=True):
    """What the browser says of one load, in milliseconds from its beginning."""

    loaded: float
    answered: float
    painted: float
    ready: list[float]
    tasks: list[tuple[float, float]]
    files: list[tuple[str, float, float]]

    @property
    def interactive(self) -> float:
        """When the page was parsed, all widgets had drawn and bound, and no long task went on."""
        over = [start + duration for start, duration in self.tasks]
        return max([self.loaded, *self.ready, *over]) / 1000

    @property
    def blocked(self) -> float:
        """For how long tasks kept the page from answering, beyond 50 ms each."""
        return sum(duration - 50 for _, duration in self.tasks) / 1000


_PARTS: dict[str, Callable[[Told], float]] = {
    "answered": lambda told: told.answered / 1000,
    "painted": lambda told: told.painted / 1000,
    "first widget": lambda told: min(told.ready, default=0.0) / 1000,
    "interactive": lambda told: told.interactive,
    "blocked by long tasks": lambda told: told.blocked,
}


@dataclass(frozen=True, slots=True)
class Card:
    """A lead's card in an account with so many widgets."""

    widgets: int
    host: str
    cookie: str
    path: str


@dataclass(frozen=True, slots=True)
class Loads:
    """All loads of a card with an empty cache, and each once more with the full one."""

    card: Card
    cold: list[Told]
    warm: list[Told]


async def furnish(offices: Offices) -> list[tuple[int, str, str, str]]:
    """Make an account with ten widgets and one without; return each with ways into it."""
    made = []
    for name, widgets in (("plain", 0), ("acme", WIDGETS)):
        (alice,) = await offices.administrators(name, 1)
        for n in range(widgets):
            await offices.installed(alice, _files(n), {"depot": _DEPOT})
        made.append((widgets, alice.subdomain, alice.workspace, await offices.token(alice)))
    return made


def _files(n: int) -> dict[str, bytes]:
    manifest = {
        "widget": {
            "name": "widget.name",
            "description": "widget.name",
            "short_description": "widget.name",
            "version": f"1.0.{n}",
            "interface_version": 2,
            "init_once": False,
            "locale": ["en"],
            "installation": True,
        },
        "locations": ["lcard-1", "settings"],
        "settings": {"depot": {"name": "settings.depot", "type": "text", "required": True}},
    }
    texts = {"widget": {"name": f"Parcels {n}"}, "settings": {"depot": "Depot"}}
    return {
        "manifest.json": msgspec.json.encode(manifest),
        "i18n/en.json": msgspec.json.encode(texts),
        "script.js": (_SCRIPT % {"n": n}).encode(),
        "lib/parcels.js": _PARCELS.encode(),
        "style.css": f".parcels-{n} {{ color: #333; }}\n".encode(),
    }


def _lead(port: int, host: str, token: str) -> str:
    """Add a lead, and return the path of its card."""
    answer = httpx.post(
        f"http://127.0.0.1:{port}/api/v4/leads",
        headers={"Host": host, "Authorization": f"Bearer {token}"},
        json=[{"name": "Solar roof", "price": 12_000}],
    )
    if answer.status_code != 200:
        raise Fault(f"no lead was added: {answer.text}")
    return f"/leads/detail/{answer.json()['_embedded']['leads'][0]['id']}"


def _load(page: Page, card: Card) -> Told:
    page.goto(f"http://{card.host}{card.path}", wait_until="load")
    page.wait_for_function(_READY, arg=card.widgets, timeout=_PATIENCE)
    page.evaluate(_SETTLED)
    told = msgspec.convert(page.evaluate(_TELL), type=Told, strict=False)
    for n in range(card.widgets):
        page.locator(f".parcels-{n} button").click()
        if page.locator(f".parcels-{n}[data-tracked=yes]").count() != 1:
            raise Fault(f"widget {n} says that it is ready, and does not answer a press")
    return told


def _entered(browser: Browser, card: Card, complaints: list[str]) -> BrowserContext:
    """Return a browser without anything in its cache, whose user is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    name = Cookies(is_secure=False).session
    context.add_cookies([{"name": name, "value": card.cookie, "url": f"http://{card.host}"}])
    context.add_init_script(_WATCH)
    context.on("weberror", lambda one: complaints.append(str(one.error)))
    return context


def _measure_loads(browser: Browser, cards: Sequence[Card], times: int) -> list[Loads]:
    """Load the cards in turns; the first turn, of a server just started, does not count."""
    found = [Loads(card, [], []) for card in cards]
    complaints: list[str] = []
    for turn in range(times + 1):
        for one in found:
            context = _entered(browser, one.card, complaints)
            page = context.new_page()
            cold, warm = _load(page, one.card), _load(page, one.card)
            context.close()
            if turn:
                one.cold.append(cold)
                one.warm.append(warm)
    if complaints:
        raise Fault(f"a page complained: {complaints[0]}")
    return found


async def _prepare(url: str, addresses: Addresses) -> tuple[dict[str, str], Any]:
    async with empty_offices(url, addresses) as offices:
        return offices.environment(url, addresses.port), await furnish(offices)


def measure(times: int) -> tuple[list[Loads], float]:
    """Load both cards so often; return it with the cores that others used meanwhile."""
    path = find_chromium()
    if path is None:
        raise Fault("Chromium is missing: `make parts` installs it")
    with tempfile.TemporaryDirectory(prefix="grantway-bench-") as name:
        folder = Path(name)
        port = free_port()
        addresses = Addresses("http", "localhost", port)
        url = f"sqlite:///{folder / 'card.db'}"
        environment, made = asyncio.run(_prepare(url, addresses))
        with serving(environment, folder, on_any_core=True), sync_playwright() as play:
            cards = []
            for widgets, subdomain, cookie, token in made:
                host = addresses.authority(subdomain)
                cards.append(Card(widgets, host, cookie, _lead(port, host, token)))
            browser = play.chromium.launch(executable_path=path, args=_QUIET)
            ours = Process(os.getpid())  # the browser and the server are below it
            busy, cpu, began = busy_seconds(), ours.cpu_seconds(), time.monotonic()
            found = _measure_loads(browser, cards, times)
            foreign = busy_seconds() - busy - (ours.cpu_seconds() - cpu)
            foreign /= time.monotonic() - began
            browser.close()
    return found, max(0.0, foreign)


@dataclass(frozen=True, slots=True)
class Code:
    """Bytes of some files, as they are and compressed by gzip."""

    files: int
    plain: int
    packed: int


def codes(told: Told) -> dict[str, Code]:
    """Return what a load fetched, by whose it is; ours with what waits for frames."""
    names: dict[str, set[str]] = {_OURS: {f"/assets/{_FRAME}"}, _OTHERS: set()}
    for address, *_ in told.files:
        path = urlsplit(address).path
        if path.startswith("/assets/") and path.endswith((".js", ".css")):
            is_library = path.startswith(_LIBRARIES)
            names[_OTHERS if is_library else _OURS].add(path)
    found = {}
    for whose, paths in names.items():
        contents = [(ASSETS / path.removeprefix("/assets/")).read_bytes() for path in paths]
        packed = sum(len(gzip.compress(one, 9)) for one in contents)
        found[whose] = Code(len(contents), sum(map(len, contents)), packed)
    return found


def report(*, quick: bool) -> Report:
    """Measure, and tell what came out."""
    times = QUICK_LOADS if quick else LOADS
    found, foreign = measure(times)
    rows = []
    for one in found:
        name = f"{one.card.widgets} widgets" if one.card.widgets else "no widgets"
        for cache, several in (("empty", one.cold), ("full", one.warm)):
            rows.append(
                [f"{name}, {cache} cache", *(_spread(several, of) for of in _PARTS.values())]
            )
    hosting = found[-1]
    by_whom = codes(hosting.cold[0])
    about = (
        f"A lead's card in headless Chromium, {times} loads with an empty cache, each followed by "
        "one with the full cache, the cards in turns; browser and server share all cores. Each of "
        "ten widgets reads its settings, has a module of its own, draws a list of twelve by Twig "
        "into the panel and binds a press by jQuery, which is tried after each load. The page is "
        "interactive when it is parsed, the last widget has drawn and bound, and no task of more "
        "than 50 ms goes on. Seconds from the beginning of the navigation; the median, and in "
        "brackets the least and the most."
    )
    code = Table(
        ["code and styles of the card", "files", "kB", "kB compressed"],
        [
            [whose, str(one.files), number(one.plain / 1000), number(one.packed / 1000)]
            for whose, one in by_whom.items()
        ],
    )
    said_of_code = (
        "Ours: all that the card fetches, and what runs widgets in frames, which it does not. "
        "Compressed by gzip, as a proxy does it; the server itself sends files as they are."
    )
    goals = [
        Goal(
            f"a card with {WIDGETS} widgets interactive in under {MOST_SECONDS} s, {cache} cache",
            f"{number(times_.median)} s, at worst {number(times_.most)} s",
            times_.most < MOST_SECONDS,
        )
        for cache, times_ in (
            ("empty", Samples(tuple(told.interactive for told in hosting.cold))),
            ("full", Samples(tuple(told.interactive for told in hosting.warm))),
        )
    ]
    ours = by_whom[_OURS].packed / 1000
    goals.append(
        Goal(
            f"host code under {MOST_KILOBYTES:.0f} kB compressed, without libraries of others",
            f"{number(ours)} kB",
            ours < MOST_KILOBYTES,
        )
    )
    return Report(
        name="card",
        title="A lead's card with widgets",
        sections=[
            about,
            Table(["seconds", *_PARTS], rows).markdown(),
            said_of_code,
            code.markdown(),
        ],
        goals=goals,
        foreign=[foreign],
    )


def _spread(several: Sequence[Told], of: Callable[[Told], float]) -> str:
    return spread(Samples(tuple(map(of, several))))
