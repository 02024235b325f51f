# ruff: noqa: RUF001 - words of languages have their own letters
"""A Marketplace with something in it, served on loopback, for eyes and for tests."""

import asyncio
import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw

from grantway.app import open_platform
from grantway.db import migrate
from grantway.kernel.clock import ManualClock
from grantway.moderation.model import Presentation
from grantway.oauth.keys import make_key
from grantway.pictures import service as pictures
from grantway.pictures.model import KINDS
from grantway.pictures.reading import read
from tests.browser.conftest import PATIENCE, Served
from tests.contract.integration_cast import NOW
from tests.contract.listing_cast import install
from tests.integration.api_client import SECRET_KEY, Api, make_cast, settings
from tests.integration.marketplace_world import Market, open_market, said
from tests.picture_files import file_of

SHELF = (
    ("Parcel tracker by Dana", "Parcels beside your leads", "storage"),
    ("Ringo phone by Dana", "Call from a lead, listen to it later", "telephony"),
    ("Invoice maker by Dana", "Bills from a lead in two clicks", "payments"),
    ("Letterbox by Dana", "Writes to customers, and files answers", "email"),
    ("Form bridge by Dana", "Each form of your site becomes a lead", "forms"),
    ("Paperwork by Dana", "Contracts filled in from a lead", "documents"),
)
# With the longest words that a name may have.
TOLD = {
    "id": (
        ("Pelacak paket oleh Dana", "Paket tampil di samping prospek"),
        ("Mempertanggungjawab oleh Dana", "Penyelenggaraan pertanggungjawaban"),
    ),
    "tr": (
        ("Kargo takibi by Dana", "Kargolar fırsatların yanında"),
        ("Faturalandırmadakil by Dana", "Görüntülenebilirleştirilebilir mi?"),
    ),
    "ru": (
        ("Учёт посылок от Dana", "Посылки рядом со сделками"),
        ("Взаимодействующегос via Dana", "Самое необходимое: делопроизводство"),
    ),
}
_SHADES = ((20, 110, 96), (40, 84, 140), (170, 92, 20), (120, 60, 130), (90, 110, 40), (60, 70, 90))
LONG = (
    "Shows <b>where each parcel is</b>, beside the lead that waits for it.\n\n"
    "Connect it on https://parcel.example/connect, and choose your account there."
)


def drawn(kind: str, n: int) -> bytes:
    """Return an honest picture, another one for each *n*."""
    shade = _SHADES[n % len(_SHADES)]
    width, height = KINDS[kind].width, KINDS[kind].height
    image = Image.new("RGB", (width, height), shade)
    draw = ImageDraw.Draw(image)
    light = (*(min(255, one + 70) for one in shade),)
    for step in range(4):
        left = width * (0.15 + 0.19 * step)
        draw.rounded_rectangle(
            (left, height * (0.6 - 0.11 * step), left + width * 0.13, height * 0.85), 8, fill=light
        )
    return file_of(image)


async def add(market: Market, kind: str, n: int) -> str:
    picture = await asyncio.to_thread(read, drawn(kind, n), kind)
    async with market.db.write() as tx:
        return await pictures.add(tx, market.people.dana, picture, NOW)


More = Callable[[Api, Market], Awaitable[None]]


async def fill(url: str, more: More | None = None) -> str:
    """Fill the empty database at *url*; return the id of the listing that has everything."""
    await migrate(url)
    platform = await open_platform(settings(url), ManualClock(NOW))
    key = await make_key()
    api = Api(platform, ManualClock(NOW), await make_cast(platform, key), key)
    market = await open_market(api)
    made = []
    for n, (name, short, category) in enumerate(SHELF):
        icon = await add(market, "icon", n) if n != 3 else ""
        slides = tuple([await add(market, "slide", n + more) for more in range(3 if n == 0 else 0)])
        texts: list[Presentation] = [
            said("en", name, short, icon=icon, gallery=slides, description=LONG)
        ]
        if n < 4:
            texts.append(said("es", name, "Envíos junto a sus leads", icon=icon, gallery=slides))
            texts += [
                said(language, *TOLD[language][n % 2], icon=icon, gallery=slides, description=LONG)
                for language in sorted(TOLD)
            ]
        price = "external" if n in {0, 2} else "free"
        made.append(await market.listed(*texts, category=category, has_widget=n == 1, price=price))
    for n in range(20):
        await market.listed(said(name=f"Number {n} by Dana", short="One of many"))
    rating = await market.rate(made[0], 4, "We see at once which parcel is late.\nWorth it.")
    await market.answer(rating, "Thank you! Customs are coming next.")
    await install(market.people, market.people.charlie, made[0])
    await market.rate(made[2], 3, "")
    if more is not None:
        await more(api, market)
    await platform.close()
    return made[0]


@contextmanager
def open_shelf(
    folder: Path, more: More | None = None, **settings: str
) -> Iterator[tuple[Served, str]]:
    """Serve a filled Marketplace, and *more*; give where it is, and its fullest listing.

    *folder* has its database, `grantway.db`, and what it wrote, `serve.log`.
    """
    url = f"sqlite:///{folder / 'grantway.db'}"
    with ThreadPoolExecutor(1) as thread:  # a browser's own loop may run in this one
        client_id = thread.submit(asyncio.run, fill(url, more)).result()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    environment = {
        "GRANTWAY_DATABASE": url,
        "GRANTWAY_SECRET_KEY": base64.b64encode(SECRET_KEY).decode(),
        "GRANTWAY_DOMAIN": "localhost",
        "GRANTWAY_SCHEME": "http",
        "GRANTWAY_PORT": str(port),
        "GRANTWAY_PUBLIC_PORT": str(port),
        "GRANTWAY_LIMITS": "off",
        **{f"GRANTWAY_{name.upper()}": value for name, value in settings.items()},
    }
    log = folder / "serve.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "grantway", "serve"],
            stdout=written,
            stderr=written,
            env={**os.environ, **environment},
        )
    try:
        end = time.monotonic() + PATIENCE
        while not _answers(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield Served({"port": port}), client_id
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
