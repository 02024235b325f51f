"""Pictures as pages and everybody who knows their names get them."""

import asyncio

import pytest

from grantway.kernel.clock import ManualClock
from grantway.pictures import service as pictures
from grantway.pictures.reading import read
from grantway.pictures.service import UNUSED_LIFETIME
from grantway.worker.sweeping import Sweeper
from tests.integration.api_client import NOW
from tests.integration.web_client import Web
from tests.picture_files import picture_file


async def store(web: Web, kind: str = "icon") -> str:
    picture = await asyncio.to_thread(read, picture_file(kind), kind)
    async with web.api.db.write() as tx:
        return await pictures.add(tx, web.api.acme.actor, picture, NOW)


async def test_a_picture_is_served_for_ever_and_can_do_nothing(web: Web) -> None:
    name = await store(web)
    answer = await web.browser().get(f"/pictures/{name}.png", "www")

    assert answer.status_code == 200
    assert answer.content == read(picture_file(), "icon").content
    assert {
        "content-type": "image/png",
        "content-length": str(len(answer.content)),
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
    }.items() <= dict(answer.headers).items()
    assert "set-cookie" not in answer.headers


async def test_a_program_may_ask_for_the_headers_alone(web: Web) -> None:
    name = await store(web)
    whole = await web.browser().get(f"/pictures/{name}.png", "www")
    asked = await web.browser().request("HEAD", f"/pictures/{name}.png", label="www")
    no_such = await web.browser().request("HEAD", f"/pictures/{'0' * 64}.png", label="www")

    own = {"x-request-id", "date"}
    assert asked.status_code == 200
    assert {n: v for n, v in asked.headers.items() if n not in own} == {
        n: v for n, v in whole.headers.items() if n not in own
    }
    assert no_such.status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "0" * 64 + ".png",
        "{HASH}.png",
        "{hash}",
        "{hash}.jpg",
        "{hash}.png/",
        "{hash}0.png",
        "..%2f{hash}.png",
        "%00.png",
        ".png",
        "",
    ],
)
async def test_another_name_finds_nothing(web: Web, name: str) -> None:
    stored = await store(web)
    path = name.format(hash=stored, HASH=stored.upper())
    answer = await web.browser().get(f"/pictures/{path}", "www")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("label", ["accounts", "acme", "static"])
async def test_pictures_stand_on_the_public_host_alone(web: Web, label: str) -> None:
    name = await store(web)

    assert (await web.browser().get(f"/pictures/{name}.png", label)).status_code == 404


async def test_nobody_sends_one_there(web: Web) -> None:
    answer = await web.browser().request(
        "PUT", f"/pictures/{'0' * 64}.png", label="www", content=picture_file()
    )

    assert answer.status_code == 405


async def test_the_hourly_sweep_removes_what_nothing_used_for_a_day(web: Web) -> None:
    name = await store(web)
    path = f"/pictures/{name}.png"
    for later, status in ((UNUSED_LIFETIME, 200), (UNUSED_LIFETIME + 1, 404)):
        await Sweeper(web.api.db, ManualClock(NOW + later)).sweep()
        assert (await web.browser().get(path, "www")).status_code == status
